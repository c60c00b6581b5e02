//! The second generation of "bring your own identity": a pushed request names a patient, and the client's endpoint
//! gives out the ID token.

use http::Method;
use model::ClientPolicy;
use serde_json::json;
use testkit::exchange::ExchangeEndpoint;
use testkit::{Answer, Party, Setup, TestServer};

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

async fn stage() -> (TestServer, Party, ExchangeEndpoint) {
    let endpoint = ExchangeEndpoint::start().await;
    let origin = endpoint.url.trim_end_matches("/exchange").to_owned();
    let server = TestServer::with(Setup { private_origins: vec![origin], ..Setup::default() }).await;
    let party = server.party().await;
    let policy = ClientPolicy { token_exchange_uri: Some(endpoint.url.clone()), ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    (server, party, endpoint)
}

async fn push(party: &Party, more: &[(&str, &str)]) -> Answer {
    let own = [
        ("scope", "openid profile email"),
        ("response_type", "code"),
        ("prompt", "consent"),
        ("redirect_uri", "https://app.example/authorized"),
        ("patient_id", "patient 7"),
    ];
    let own = own.into_iter().filter(|(name, _)| more.iter().all(|(given, _)| given != name));
    let all: Vec<_> = own.chain(more.iter().copied()).collect();
    party.signed(party.http.form("/oauth2/par", &all)).send().await
}

#[tokio::test]
async fn a_patient_id_becomes_a_request_about_the_patient_of_the_token_given_out() {
    let (server, party, endpoint) = stage().await;
    let answer =
        json!({"access_token": server.id_token(), "issued_token_type": ID_TOKEN, "token_type": "N_A"});
    endpoint.answers(200, &answer.to_string());
    let request_uri =
        push(&party, &[]).await.is(201).json()["request_uri"].as_str().expect("text").to_owned();
    let pkce = testkit::Pkce::fresh();
    let parameters = [("request_uri", request_uri.as_str()), ("code_challenge", pkce.challenge.as_str())];
    assert!(party.authorize(&parameters).await.is(200).text().contains("Camila"));
}

#[tokio::test]
async fn the_assertion_says_who_asks_whom_about_whom_and_is_another_each_time() {
    let (server, party, endpoint) = stage().await;
    for _ in 0..2 {
        push(&party, &[]).await.is_oauth_error(400, "invalid_request");
    }
    let keys = jose::KeySet::from_json(&server.http.get("/jwks.json").send().await.body).expect("keys");
    let mut ids = Vec::new();
    for form in endpoint.asked() {
        let fields: std::collections::BTreeMap<String, String> =
            form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        assert_eq!(fields["grant_type"], "urn:ietf:params:oauth:grant-type:token-exchange");
        assert_eq!(fields["requested_token_type"], ID_TOKEN);
        assert_eq!(fields["audience"], server.hcid().urn());
        assert_eq!(fields["subject_token"], fields["client_assertion"]);
        let compact = jose::Compact::parse(&fields["client_assertion"]).expect("a JWT");
        let algorithms = [jose::Algorithm::Rs256, jose::Algorithm::Es256];
        assert!(compact.verify(&keys, &algorithms).is_ok());
        let claims = super::flow::claims(&fields["client_assertion"]);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!(server.http.base()), &json!("patient 7")));
        assert_eq!(claims["aud"], endpoint.url);
        assert_eq!(claims["client_id"], party.public_id, "two clients may share the endpoint");
        assert_eq!(claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(60));
        ids.push(claims["jti"].clone());
    }
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_patient_id_that_nobody_needs_so_long_is_not_passed_on() {
    let (_server, party, endpoint) = stage().await;
    let long = "a".repeat(2049);
    let refused = push(&party, &[("patient_id", &long)]).await;
    refused.is_oauth_error(400, "invalid_request");
    assert!(refused.text().contains("(par.too_long)"), "{}", refused.text());
    assert!(endpoint.asked().is_empty());
}

#[tokio::test]
async fn each_failure_of_the_endpoint_is_told_apart() {
    let (_server, party, endpoint) = stage().await;
    for (status, error, told) in [
        (400, "invalid_grant", "answered invalid_grant"),
        (401, "invalid_client", "answered invalid_client"),
        (400, "invalid_target", "refused our request"),
        (400, "slander", "gave no ID Token"),
        (200, "", "gave no ID Token"),
    ] {
        endpoint.answers(status, &json!({"error": error, "error_description": "Camila left"}).to_string());
        let answer = push(&party, &[]).await;
        answer.is_oauth_error(400, "invalid_request");
        let text = answer.text();
        assert!(text.contains(told) && !text.contains("Camila") && !text.contains("slander"), "{text}");
    }
    endpoint.is_busy(429, "7");
    let busy = push(&party, &[]).await;
    busy.is_oauth_error(503, "temporarily_unavailable");
    assert_eq!(busy.header("retry-after"), "7");
}

#[tokio::test]
async fn a_call_that_breaks_off_is_tried_once_more() {
    let (server, party, endpoint) = stage().await;
    endpoint.answers(200, &json!({"id_token": server.id_token()}).to_string());
    endpoint.hangs_up(1);
    push(&party, &[]).await.is(201);
    endpoint.hangs_up(2);
    push(&party, &[]).await.is_oauth_error(503, "temporarily_unavailable");
    assert_eq!(endpoint.asked().len(), 4);
}

#[tokio::test]
async fn what_it_gives_out_is_judged_like_any_token() {
    let (server, party, endpoint) = stage().await;
    let stranger = server.another_organization(2).await;
    let foreign = server.csp.claims(stranger.hcid.as_ref().expect("an HCID"), server.clock.now());
    endpoint.answers(200, &json!({"id_token": server.csp.sign(&foreign)}).to_string());
    let refused = push(&party, &[]).await;
    refused.is_oauth_error(400, "invalid_request");
    assert!(refused.text().contains("token."), "{}", refused.text());
}

#[tokio::test]
async fn it_is_for_clients_with_an_endpoint_and_without_a_token_beside_it() {
    let (server, party, endpoint) = stage().await;
    let id_token = server.id_token();
    push(&party, &[("idp", "persona_csp"), ("idp_id_token", &id_token)])
        .await
        .is_oauth_error(400, "invalid_request");
    let plain = server.party().await;
    push(&plain, &[]).await.is_oauth_error(400, "invalid_request");
    assert!(endpoint.asked().is_empty());
    server.http.bare(Method::GET, "/oauth2/par").send().await.is_oauth_error(405, "invalid_request");
}
