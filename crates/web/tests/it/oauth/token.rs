//! `POST /oauth2/token`: a code becomes a session, once, for whoever can prove to have asked for it.

use std::time::Duration;

use http::Method;
use testkit::{Party, Pkce, TestServer, logs};

use super::flow::push;

async fn code(server: &TestServer, party: &Party) -> (String, Pkce) {
    let pkce = Pkce::fresh();
    (party.allow(&party.push(&server.id_token()).await, &pkce).await, pkce)
}

/// A redemption with one field set or, when empty, left out.
fn redeem(party: &Party, code: &str, pkce: &Pkce, name: &str, value: &str) -> testkit::http::Call {
    let callback = party.widget_callback();
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", party.public_id.as_str()),
        ("code", code),
        ("code_verifier", pkce.verifier.as_str()),
        ("redirect_uri", callback.as_str()),
    ];
    let kept = good.into_iter().filter(|(known, _)| *known != name);
    let fields: Vec<_> = kept.chain(Some((name, value)).filter(|(_, value)| !value.is_empty())).collect();
    party.http.form("/oauth2/token", &fields)
}

#[tokio::test]
async fn t3_the_widget_redeems_a_code_once_and_no_cache_keeps_the_answer() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (code, pkce) = code(&server, &party).await;
    let answer = party.redeem(&code, &pkce.verifier).send().await.is(200);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let tokens = answer.json();
    assert_eq!((tokens["token_type"].as_str(), tokens["expires_in"].as_u64()), (Some("Bearer"), Some(3600)));
    assert_eq!(tokens["scope"], "openid profile email");
    let session = tokens["access_token"].as_str().expect("an access token");
    party.bridge("record_locator", session).await;
    let again = party.redeem(&code, &pkce.verifier).send().await;
    again.is_oauth_error(400, "invalid_grant");
    assert_eq!(again.header("cache-control"), "no-store");
    for secret in [session, &code, &pkce.verifier, tokens["id_token"].as_str().expect("an ID token")] {
        assert!(!logs::hold(secret), "a log line holds a secret of the exchange");
    }
}

#[tokio::test]
async fn t11_the_id_token_names_its_client_and_nothing_of_the_person() {
    use base64::Engine as _;
    let server = TestServer::start().await;
    let party = server.party().await;
    let (code, pkce) = code(&server, &party).await;
    let tokens = party.redeem(&code, &pkce.verifier).send().await.is(200).json();
    let id_token = tokens["id_token"].as_str().expect("an ID token");
    let keys = jose::KeySet::from_json(&server.http.get("/jwks.json").send().await.body).expect("keys");
    let compact = jose::Compact::parse(id_token).expect("a token");
    assert!(compact.verify(&keys, &[jose::Algorithm::Es256]).is_ok(), "ES256 unless a client asks");
    let payload = id_token.split('.').nth(1).expect("a payload");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    let claims: serde_json::Value = serde_json::from_slice(&claims).expect("claims");
    assert_eq!(
        (claims["iss"].as_str(), claims["aud"].as_str()),
        (Some(server.http.base()), Some(&*party.public_id))
    );
    let mut names: Vec<_> = claims.as_object().expect("claims").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["at_hash", "aud", "auth_time", "exp", "iat", "iss", "sid", "sub"]);
}

#[tokio::test]
async fn t6_t2_a_wrong_guess_costs_the_right_client_nothing() {
    let server = TestServer::start().await;
    let (party, stranger) = (server.party().await, server.party().await);
    let (code, pkce) = code(&server, &party).await;
    let wrong = Pkce::fresh();
    let too_long = "a".repeat(129);
    for (name, value, error) in [
        ("code_verifier", wrong.verifier.as_str(), "invalid_grant"),
        ("code_verifier", pkce.challenge.as_str(), "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("code_verifier", too_long.as_str(), "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("code", "", "invalid_request"),
        ("code", wrong.verifier.as_str(), "invalid_grant"),
        ("redirect_uri", "https://app.example/authorized", "invalid_client"),
        ("grant_type", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "refresh_token", "invalid_request"),
        ("client_id", "", "invalid_client"),
        ("client_id", "nobody", "invalid_client"),
        ("client_id", stranger.public_id.as_str(), "invalid_grant"),
    ] {
        let answer = redeem(&party, &code, &pkce, name, value).send().await;
        let status = if error == "invalid_client" { 401 } else { 400 };
        answer.is_oauth_error(status, error);
        assert!(!answer.text().contains(&code) && !answer.text().contains(&pkce.verifier));
    }
    assert_eq!(server.store().row_counts().await["access_tokens"], 0);
    party.redeem(&code, &pkce.verifier).send().await.is(200);
}

#[tokio::test]
async fn t8_a_backend_proves_itself_with_its_key_and_wherever_the_code_was_sent() {
    let server = TestServer::start().await;
    let (party, stranger) = (server.party().await, server.party().await);
    let (pkce, own) = (Pkce::fresh(), "https://app.example/authorized");
    let request_uri = party.push(&server.id_token()).await;
    let parameters = [
        ("redirect_uri", own),
        ("request_uri", request_uri.as_str()),
        ("code_challenge", pkce.challenge.as_str()),
    ];
    let page = party.authorize(&parameters).await.is(200);
    let code = party.decide(&page.hidden("handle"), "allow").await.is(303).parameter("code").expect("a code");
    let call = || redeem(&party, &code, &pkce, "redirect_uri", own);
    call().send().await.is_oauth_error(401, "invalid_client");
    call()
        .basic(&party.public_id, stranger.private_key.expose())
        .send()
        .await
        .is_oauth_error(401, "invalid_client");
    stranger.signed(call()).send().await.is_oauth_error(401, "invalid_client");
    call().bearer(party.private_key.expose()).send().await.is_oauth_error(401, "invalid_client");
    party.signed(party.signed(call())).send().await.is_oauth_error(400, "invalid_request");
    let elsewhere = party.signed(party.redeem(&code, &pkce.verifier));
    elsewhere.send().await.is_oauth_error(400, "invalid_grant");
    party.signed(call()).send().await.is(200);
}

#[tokio::test]
async fn t8_a_backend_that_was_switched_off_is_off_although_it_is_at_hand() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let public_id = model::PublicId::parse(&party.public_id).expect("a public id");
    let (code, pkce) = code(&server, &party).await;
    for (active, status) in [(false, 401), (true, 200)] {
        assert!(server.store().client(&public_id).await.expect("asked").is_some(), "at hand");
        let mut tx = server.store().write().await.expect("a transaction");
        let switched = tx.set_credential_active(&server.organization.id, &public_id, active).await;
        assert!(switched.expect("asked"));
        tx.commit().await.expect("committed");
        party.signed(party.redeem(&code, &pkce.verifier)).send().await.is(status);
    }
}

#[tokio::test]
async fn az_8_a_code_lives_for_a_minute() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (in_time, pkce) = code(&server, &party).await;
    server.advance(Duration::from_secs(59));
    party.redeem(&in_time, &pkce.verifier).send().await.is(200);
    let (late, pkce) = code(&server, &party).await;
    server.advance(Duration::from_mins(1));
    party.redeem(&late, &pkce.verifier).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn a_session_lives_for_an_hour() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    server.advance(Duration::from_secs(3599));
    party.bridge("record_locator", &session).await;
    server.advance(Duration::from_secs(1));
    let late = server.http.get("/v1/bridge/record_locator").bearer(&session).send().await;
    late.is_bridge_error(401, "session_ended");
}

#[tokio::test]
async fn t1_only_a_form_is_read_and_only_post_is_answered() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (code, pkce) = code(&server, &party).await;
    let typed = party.http.post("/oauth2/token", "application/json", "{}");
    typed.send().await.is_oauth_error(415, "invalid_request");
    let long = "a".repeat(64 * 1024);
    redeem(&party, &code, &pkce, "code", &long).send().await.is_oauth_error(413, "invalid_request");
    let callback = party.widget_callback();
    let twice = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code", code.as_str()),
        ("client_id", party.public_id.as_str()),
        ("code_verifier", pkce.verifier.as_str()),
        ("redirect_uri", callback.as_str()),
    ];
    party.http.form("/oauth2/token", &twice).send().await.is_oauth_error(400, "invalid_request");
    server.http.bare(Method::GET, "/oauth2/token").send().await.is_oauth_error(405, "invalid_request");
    party.redeem(&code, &pkce.verifier).send().await.is(200);
}

#[tokio::test]
async fn t12_neither_passwords_nor_implicit_answers_nor_unknown_grants() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer", "AUTHORIZATION_CODE"]
    {
        let fields = [("grant_type", grant), ("username", "a"), ("password", "b"), ("assertion", "c")];
        let refused = party.signed(party.http.form("/oauth2/token", &fields)).send().await;
        refused.is_oauth_error(400, "unsupported_grant_type");
    }
    for kind in ["token", "id_token", "code token", "code id_token", "none"] {
        let refused = push(&server, &party, &Pkce::fresh(), &[("response_type", kind)]).send().await;
        refused.is_oauth_error(400, "invalid_request");
    }
    let document = server.http.get("/.well-known/openid-configuration").send().await.is(200).json();
    assert_eq!(document["response_types_supported"], serde_json::json!(["code"]));
    let grants = serde_json::json!(["authorization_code", "refresh_token", "client_credentials"]);
    assert_eq!(document["grant_types_supported"], grants);
}
