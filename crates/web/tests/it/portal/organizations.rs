//! Adding and changing organisations.

use testkit::TestServer;

use super::{Desk, shows_fault};

const GOOD: [(&str, &str); 3] = [
    ("name", "Example Health"),
    ("hcid", "2.999.7204.9.50"),
    ("privacy_policy_uri", "https://health.example/privacy"),
];

/// A good form with one field replaced.
fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    GOOD.into_iter().filter(|(known, _)| *known != name).chain([(name, value)]).collect()
}

#[tokio::test]
async fn an_organization_is_added_with_everything_switched_off() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let answer = desk.post("/portal", &GOOD).await.is(303);
    let path = answer.header("location").split('?').next().unwrap_or_default().to_owned();
    assert!(answer.header("location").ends_with("?lang=en&done=organization-added"));
    let page = desk.get(answer.header("location")).await.is(200).text();
    assert!(page.contains("The organization was added.") && page.contains("value=\"2.999.7204.9.50\""));
    assert!(!page.contains(" checked"));
    let id = path.rsplit('/').next().unwrap_or_default();
    assert_eq!(desk.last_change().await, format!("operator organization.added {id}"));
    assert!(desk.get("/portal").await.text().contains(&path));
}

#[tokio::test]
async fn the_list_shows_hcids_and_switches_and_what_the_server_is() {
    let server = TestServer::start().await;
    let page = Desk::open(&server).await.get("/portal").await.is(200).text();
    for text in [
        "2.999.7204.9.1",
        "TEFCA + BYOI",
        env!("CARGO_PKG_VERSION"),
        server.http.base(),
        "clear_csp",
        "https://verified.clearme.com/integrations",
        "https://api.idmelabs.com/oidc",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_name_cannot_become_markup() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let name = "\"><script>alert(1)</script> & Söhne";
    let answer = desk.post("/portal", &with("name", name)).await.is(303);
    let path = answer.header("location").split('?').next().unwrap_or_default().to_owned();
    for page in
        ["/portal".to_owned(), path.clone(), format!("{path}/credentials"), "/portal/audit".to_owned()]
    {
        let html = desk.get(&page).await.is(200).text();
        assert!(!html.contains("<script"), "{page}");
    }
    let html = desk.get(&path).await.text();
    assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62; &#38; Söhne"), "{html}");
    // What is not accepted is shown again, too.
    let html = desk.post("/portal", &[("name", name), ("hcid", name)]).await.is(422).text();
    assert!(!html.contains("<script"));
}

#[tokio::test]
async fn faults_stand_beside_their_fields_and_nothing_is_kept() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let before = desk.trail().await;
    for (field, value, text) in [
        ("name", "", "Enter a name."),
        ("name", "  ", "Enter a name."),
        ("name", &"a".repeat(121), "at most 120 characters"),
        ("hcid", "2.999.7204.9.1", "Another organization has this HCID."),
        ("hcid", "urn:oid:2.999.7204.9.1", "Another organization has this HCID."),
        ("hcid", "3.1", "This is not an OID."),
        ("privacy_policy_uri", "javascript:alert(1)", "This is not an https address."),
        ("privacy_policy_uri", "http://health.example/", "This is not an https address."),
    ] {
        let page = desk.post("/portal", &with(field, value)).await.is(422);
        shows_fault(&page, field, text);
        assert!(
            page.text().contains(&format!("name=\"{field}\" value=\"{value}\"")),
            "{field} loses {value}"
        );
        let kept = GOOD.iter().filter(|(name, _)| *name != field);
        assert!(
            kept.clone().all(|(_, value)| page.text().contains(&format!("value=\"{value}\""))),
            "{field}"
        );
    }
    assert_eq!(desk.trail().await, before);
    assert!(!desk.get("/portal").await.text().contains("Example Health"));
}

#[tokio::test]
async fn all_of_an_organization_can_be_changed() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let fields = [
        ("name", "Example Health"),
        ("hcid", "urn:oid:2.999.7204.9.60"),
        ("website_uri", "https://health.example"),
        ("privacy_policy_uri", ""),
        ("terms_uri", "https://health.example/terms"),
        ("test_tefca", "on"),
        ("live_byoi", "on"),
    ];
    let answer = desk.post(&desk.path(""), &fields).await.is(303);
    assert!(answer.header("location").ends_with("done=organization-saved"));
    let mut tx = server.store().read().await.expect("a transaction");
    let saved = tx.organization(&server.organization.id).await.expect("read").expect("the organisation");
    assert_eq!(saved.name, "Example Health");
    assert_eq!(saved.hcid.as_ref().map(model::Hcid::oid), Some("2.999.7204.9.60"));
    assert_eq!(saved.website_uri.as_deref(), Some("https://health.example/"));
    assert_eq!((saved.privacy_policy_uri, saved.logo_uri), (None, server.organization.logo_uri.clone()));
    assert_eq!(
        (saved.test.tefca, saved.test.byoi, saved.live.tefca, saved.live.byoi),
        (true, false, false, true)
    );
    let id = &server.organization.id;
    assert_eq!(
        desk.last_change().await,
        format!(
            "operator organization.changed {id} name website_uri privacy_policy_uri terms_uri \
             hcid=urn:oid:2.999.7204.9.60 test.byoi=false live.byoi=true"
        )
    );
}

#[tokio::test]
async fn saving_what_is_there_already_is_no_change() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let before = desk.trail().await;
    let page = desk.get(&desk.path("")).await.text();
    let policy = server.organization.privacy_policy_uri.clone().unwrap_or_default();
    assert!(page.contains(&policy));
    let fields = [
        ("name", server.organization.name.as_str()),
        ("hcid", server.hcid().oid()),
        ("privacy_policy_uri", &policy),
        ("test_tefca", "on"),
        ("test_byoi", "on"),
    ];
    desk.post(&desk.path(""), &fields).await.is(303);
    assert_eq!(desk.trail().await, before);
}

#[tokio::test]
async fn another_organizations_hcid_cannot_be_taken_over() {
    let server = TestServer::start().await;
    let other = server.another_organization(2).await;
    let desk = Desk::open(&server).await;
    let taken = other.hcid.as_ref().map(model::Hcid::oid).unwrap_or_default();
    let page = desk
        .post(&desk.path(""), &[("name", "Example Health"), ("hcid", taken), ("live_tefca", "on")])
        .await
        .is(422);
    shows_fault(&page, "hcid", "Another organization has this HCID.");
    assert!(
        page.text().contains("name=\"live_tefca\" value=\"on\" aria-describedby=\"live_tefca-hint\" checked")
    );
    assert!(
        !page
            .text()
            .contains("name=\"test_tefca\" value=\"on\" aria-describedby=\"test_tefca-hint\" checked")
    );
}
