//! `private_key_jwt`: a client proves itself by an assertion that it signed (RFC 7523).

use model::{ClientPolicy, ClientProfile};
use serde_json::{Value, json};
use testkit::http::Call;
use testkit::keyed::ASSERTION_TYPE;
use testkit::{Answer, Keyed, TestServer};

/// What a client by the seed pushes.
fn request(id_token: &str) -> [(&str, &str); 4] {
    [
        ("scope", "openid profile email"),
        ("response_type", "code"),
        ("idp", "persona_csp"),
        ("idp_id_token", id_token),
    ]
}

/// A pushed request with this assertion.
async fn push(server: &TestServer, client: &Keyed, assertion: &str) -> Answer {
    client.form_with(assertion, "/oauth2/par", &request(&server.id_token())).send().await
}

fn changed(client: &Keyed, name: &str, value: Value) -> String {
    let mut claims = client.claims();
    claims[name] = value;
    client.key.token(claims.to_string())
}

#[tokio::test]
async fn t8_par_2_a_client_with_keys_proves_itself_by_assertions_wherever_clients_do() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let id_token = server.id_token();
    let token = [("token", "unknown")];
    let guess = [("grant_type", "authorization_code"), ("code", "guess")];
    for (path, fields, status) in [
        ("/oauth2/par", &request(&id_token)[..], 201),
        ("/oauth2/token", &guess, 400),
        ("/oauth2/introspect", &token, 200),
        ("/oauth2/revoke", &token, 200),
    ] {
        client.form(path, fields).send().await.is(status);
        client.party.signed(client.party.http.form(path, fields)).send().await.is(401);
        let stranger = Keyed::of(&server, ClientPolicy::default()).await;
        let forged = stranger.key.token(client.claims().to_string());
        client.form_with(&forged, path, fields).send().await.is_oauth_error(401, "invalid_client");
    }
    let named = [("client_id", client.party.public_id.as_str()), ("token", "unknown")];
    client.form("/oauth2/introspect", &named).send().await.is(200);
    let other = [("client_id", "somebody"), ("token", "unknown")];
    client.form("/oauth2/introspect", &other).send().await.is_oauth_error(401, "invalid_client");
    let bearer = server.http.get("/v1/bridge/fhir/ehi-export/x").bearer(client.party.private_key.expose());
    bearer.send().await.is_bridge_error(401, "unauthorized");
}

/// What proved a client counts once, also where it asked for nothing.
#[tokio::test]
async fn t8_an_assertion_without_a_token_does_not_serve_again() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let assertion = client.assertion();
        client.form_with(&assertion, path, &[]).send().await.is_oauth_error(400, "invalid_request");
        let again = client.form_with(&assertion, path, &[("token", "unknown")]).send().await;
        again.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn t8_a_client_with_a_secret_has_no_use_for_assertions() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    server.set_policy(&client.party, ClientPolicy::default()).await;
    push(&server, &client, &client.assertion()).await.is_oauth_error(401, "invalid_client");
    client.party.par(&server.id_token()).send().await.is(201);
}

#[tokio::test]
async fn t8_par_2_two_ways_at_once_are_no_way() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let party = &client.party;
    let fields = [("token", "a")];
    let asserted = || client.form("/oauth2/introspect", &fields);
    party.signed(asserted()).send().await.is_oauth_error(400, "invalid_request");
    asserted().bearer("a").send().await.is_oauth_error(400, "invalid_request");
    let both = [("token", "a"), ("client_id", &party.public_id), ("client_secret", "a")];
    client.form("/oauth2/introspect", &both).send().await.is_oauth_error(400, "invalid_request");
    let assertion = client.assertion();
    let kinds = ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"];
    for kind in kinds {
        let unknown = [("token", "a"), ("client_assertion", &assertion), ("client_assertion_type", kind)];
        let call: Call = party.http.form("/oauth2/introspect", &unknown);
        call.send().await.is_oauth_error(400, "invalid_request");
    }
    let alone = [("token", "a"), ("client_assertion_type", ASSERTION_TYPE)];
    let call = party.http.form("/oauth2/introspect", &alone);
    call.send().await.is_oauth_error(401, "invalid_client");
    client.form_with(&assertion, "/oauth2/introspect", &fields).send().await.is(200);
}

#[tokio::test]
async fn t8_j11_an_assertion_counts_once_at_whichever_endpoint() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let assertion = client.assertion();
    push(&server, &client, &assertion).await.is(201);
    push(&server, &client, &assertion).await.is_oauth_error(401, "invalid_client");
    let token = [("token", "unknown")];
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let again = client.form_with(&assertion, path, &token);
        again.send().await.is_oauth_error(401, "invalid_client");
        let fresh = client.assertion();
        client.form_with(&fresh, path, &token).send().await.is(200);
        client.form_with(&fresh, path, &token).send().await.is_oauth_error(401, "invalid_client");
    }
    assert_eq!(server.store().row_counts().await["pushed_requests"], 1);
}

#[tokio::test]
async fn t8_j11_an_assertion_of_a_refused_token_call_is_used_up() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let guessed = [("grant_type", "authorization_code"), ("code", "guess")];
    let renewal = [("grant_type", "refresh_token"), ("refresh_token", "guess")];
    let alone = [("grant_type", "client_credentials")];
    for fields in [&guessed[..], &renewal, &alone] {
        let assertion = client.assertion();
        client.form_with(&assertion, "/oauth2/token", fields).send().await.is(400);
        let again = client.form_with(&assertion, "/oauth2/introspect", &[("token", "unknown")]);
        again.send().await.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn t8_j11_nobody_fills_the_audit_trail_with_one_assertion() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let assertion = client.assertion();
    let lines = async || server.store().row_counts().await["audit"];
    let before = lines().await;
    let push = || client.form_with(&assertion, "/oauth2/par", &[("scope", "phone")]);
    push().send().await.is_oauth_error(400, "invalid_request");
    push().send().await.is_oauth_error(401, "invalid_client");
    server.app.write_request_log().await.expect("written");
    assert_eq!(lines().await, before + 1);
}

#[tokio::test]
async fn par_14_a_client_by_the_seed_names_us_in_one_way_of_several() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let base = server.http.base();
    let url = |path: &str| json!(format!("{base}{path}"));
    for audience in
        [json!(base), url("/oauth2/token"), url("/oauth2/par"), url("/v1/oauth2/par"), json!([base])]
    {
        push(&server, &client, &changed(&client, "aud", audience)).await.is(201);
    }
    for audience in [
        json!("https://other.example"),
        json!([base, "https://other.example"]),
        url("/"),
        url("/oauth2/authorize"),
        json!([]),
        Value::Null,
    ] {
        let refused = push(&server, &client, &changed(&client, "aud", audience.clone())).await;
        assert_eq!(refused.status, 401, "{audience}");
    }
}

#[tokio::test]
async fn par_14_a_client_under_fapi_2_names_the_issuer_alone() {
    let server = TestServer::start().await;
    let profile = ClientProfile::Fapi2;
    let client = Keyed::of(&server, ClientPolicy { profile, ..ClientPolicy::default() }).await;
    let base = server.http.base();
    let asked = |audience: Value| {
        let assertion = changed(&client, "aud", audience);
        client.form_with(&assertion, "/oauth2/introspect", &[("token", "a")])
    };
    asked(json!(base)).send().await.is(200);
    for audience in
        [json!(format!("{base}/oauth2/par")), json!(format!("{base}/oauth2/token")), json!([base])]
    {
        asked(audience).send().await.is_oauth_error(401, "invalid_client");
    }
}

#[tokio::test]
async fn t8_what_an_assertion_says_is_held_against_it() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let stranger = server.party().await;
    let now = server.clock.now().seconds();
    for (name, value) in [
        ("iss", json!("somebody")),
        ("sub", json!(stranger.public_id)),
        ("sub", json!("a\u{0}b")),
        ("exp", json!(now)),
        ("exp", json!(now + 7200)),
        ("nbf", json!(now + 61)),
        ("iat", json!(now + 61)),
        ("jti", Value::Null),
    ] {
        let refused = push(&server, &client, &changed(&client, name, value.clone())).await;
        refused.is_oauth_error(401, "invalid_client");
    }
    for text in ["a", "a.b.c", &"a".repeat(20_000), &server.id_token()] {
        push(&server, &client, text).await.is_oauth_error(401, "invalid_client");
    }
    push(&server, &client, &client.assertion()).await.is(201);
}

#[tokio::test]
async fn d2_keys_of_clients_are_announced() {
    let server = TestServer::start().await;
    let document = server.http.get("/.well-known/openid-configuration").send().await.is(200).json();
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = document[format!("{endpoint}_endpoint_auth_methods_supported")].as_array();
        assert!(methods.expect("a list").contains(&json!("private_key_jwt")), "{endpoint}");
        assert_eq!(
            document[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")],
            json!(["ES256", "EdDSA", "Ed25519", "PS256", "RS256"])
        );
    }
}
