//! Discovery and keys of the authorization server.

use testkit::TestServer;

#[tokio::test]
async fn discovery_names_endpoints_that_answer() {
    let server = TestServer::start().await;
    let base = server.http.base();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let document = server.http.get(path).send().await.is(200).json();
        assert_eq!(document["issuer"], base);
        assert_eq!(document["require_pushed_authorization_requests"], true);
        assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
        for (name, status) in [
            ("pushed_authorization_request_endpoint", 405),
            ("token_endpoint", 405),
            ("authorization_endpoint", 400),
            ("jwks_uri", 200),
        ] {
            let endpoint = document[name].as_str().expect("an endpoint");
            server.http.get(endpoint).send().await.is(status);
        }
    }
}

#[tokio::test]
async fn the_published_keys_are_public_halves() {
    let server = TestServer::start().await;
    let answer = server.http.get("/jwks.json").send().await.is(200);
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    let keys = answer.json();
    for key in keys["keys"].as_array().expect("keys") {
        let mut names: Vec<_> = key.as_object().expect("a key").keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    }
}
