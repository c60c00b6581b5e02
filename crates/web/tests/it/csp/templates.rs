//! Authentication templates: what an operator may enter.

use ::csp::templates::{NewTemplate, TemplateRefused, create};
use testkit::TestServer;

#[tokio::test]
async fn a_template_has_a_name_that_reads_as_it_stands_and_sends_codes_to_apps_alone() {
    let server = TestServer::start().await;
    let make = async |name: &str, redirect_uri: &str| {
        let new = NewTemplate {
            name: name.to_owned(),
            redirect_uris: vec!["https://app.example/callback".to_owned(), redirect_uri.to_owned()],
            hcid: server.hcid().clone(),
            refresh_days: 90,
            form: token::Form::Tefca2,
        };
        create(&server.app.csp, &new, "test", "test").await
    };
    for name in ["", "  ", "Sample \u{202e}htlaeH", "a\0b"] {
        let refused = make(name, "org.example.app:/callback").await;
        assert!(matches!(refused, Err(TemplateRefused::Name)), "{name:?}");
    }
    for uri in
        ["javascript:alert(1)", "intent://scan/", "http://app.example/callback", "https://a.example/#x"]
    {
        let refused = make("Sample Health App", uri).await;
        assert!(matches!(refused, Err(TemplateRefused::RedirectUri(named)) if named == uri), "{uri}");
    }
    assert_eq!(server.store().row_counts().await["authentication_templates"], 0);
    assert!(make("Sample Health App", "http://127.0.0.1:3000/callback").await.is_ok());
}
