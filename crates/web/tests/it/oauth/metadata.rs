//! Discovery and keys of the authorization server.

use testkit::TestServer;

#[tokio::test]
async fn d1_discovery_names_the_issuer_and_endpoints_that_answer() {
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
async fn d2_what_must_be_announced_is_and_both_algorithms_of_id_tokens() {
    let server = TestServer::start().await;
    let document = server.http.get("/.well-known/openid-configuration").send().await.is(200).json();
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
    ] {
        assert!(!document[name].is_null(), "{name}");
    }
    assert_eq!(document["id_token_signing_alg_values_supported"], serde_json::json!(["ES256", "RS256"]));
}

#[tokio::test]
async fn d3_what_a_par_client_looks_for_is_announced() {
    let server = TestServer::start().await;
    let base = server.http.base();
    let document = server.http.get("/.well-known/oauth-authorization-server").send().await.is(200).json();
    assert_eq!(document["pushed_authorization_request_endpoint"], format!("{base}/oauth2/par"));
    assert_eq!(document["require_pushed_authorization_requests"], true);
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(document["code_challenge_methods_supported"], serde_json::json!(["S256"]));
}

#[tokio::test]
async fn d4_the_published_keys_are_public_halves_each_with_an_id_of_its_own() {
    let server = TestServer::start().await;
    let keys = server.http.get("/jwks.json").send().await.is(200).json();
    let mut seen = Vec::new();
    for key in keys["keys"].as_array().expect("keys") {
        let mut names: Vec<_> = key.as_object().expect("a key").keys().map(String::as_str).collect();
        names.sort_unstable();
        match key["alg"].as_str() {
            Some("ES256") => assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]),
            Some("RS256") => assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]),
            other => panic!("{other:?}"),
        }
        assert_eq!(key["use"], "sig");
        seen.push(key["kid"].as_str().expect("an id").to_owned());
    }
    seen.sort_unstable();
    seen.dedup();
    // One of each algorithm for our tokens, and the one that signs assertions to the network.
    assert_eq!((seen.len(), keys["keys"].as_array().map(Vec::len)), (3, Some(3)));
}

#[tokio::test]
async fn d4_caches_keep_documents_for_five_minutes_and_ask_by_the_entity_tag() {
    let server = TestServer::start().await;
    for path in [
        "/jwks.json",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/authenticate/oidc-sandbox/jwks",
        "/authenticate/oidc/jwks",
        "/authenticate/oidc/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/authenticate/oidc-sandbox",
    ] {
        let first = server.http.get(path).send().await.is(200);
        assert_eq!(first.header("cache-control"), "public, max-age=300", "{path}");
        assert_eq!(first.header("content-type"), "application/json");
        let tag = first.header("etag");
        assert!(tag.starts_with('"') && tag.len() > 20, "a strong tag: {tag}");
        for known in [tag.to_owned(), format!("\"other\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            let second = server.http.get(path).header("if-none-match", &known).send().await.is(304);
            assert_eq!((second.header("etag"), second.text().as_str()), (tag, ""));
            assert_eq!(second.header("cache-control"), "public, max-age=300");
        }
        let other = server.http.get(path).header("if-none-match", "\"other\"").send().await.is(200);
        assert_eq!((other.header("etag"), other.text()), (tag, first.text()));
    }
}
