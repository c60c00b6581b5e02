//! Discovery and keys of the two issuers.

use testkit::TestServer;

use super::{PRODUCTION, SANDBOX};

#[tokio::test]
async fn d1_each_issuer_speaks_for_itself_with_a_key_of_its_own() {
    let server = TestServer::start().await;
    let mut kids = Vec::new();
    for path in [SANDBOX, PRODUCTION] {
        let issuer = format!("{}{path}", server.http.base());
        let document =
            server.http.get(&format!("{path}/.well-known/openid-configuration")).send().await.is(200);
        let document = document.json();
        assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        assert_eq!(document["issuer"], issuer);
        assert_eq!(document["id_token_signing_alg_values_supported"], serde_json::json!(["RS256"]));
        for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"] {
            assert!(document[name].as_str().is_some_and(|url| url.starts_with(&issuer)), "{name}");
        }
        // RFC 8414 section 3.1: the well-known part stands before an issuer's path too.
        let first = format!("/.well-known/oauth-authorization-server{path}");
        assert_eq!(server.http.get(&first).send().await.is(200).json(), document);
        let keys = server.http.get(document["jwks_uri"].as_str().expect("a URL")).send().await.is(200).json();
        let [key] = keys["keys"].as_array().expect("keys").as_slice() else { panic!("one key") };
        assert!(key.get("d").is_none() && key.get("p").is_none());
        kids.push(key["kid"].clone());
    }
    assert_ne!(kids[0], kids[1]);
}
