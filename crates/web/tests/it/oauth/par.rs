//! `POST /oauth2/par`: every check of the seed, and that a refusal leaves nothing behind.

use http::Method;
use model::{Entitlements, Mode, TokenPolicy, TokenProfile};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::http::Call;
use testkit::{Answer, Party, SILENT_CSP, Setup, TestServer, logs};

/// How many requests are kept.
async fn kept(server: &TestServer) -> i64 {
    server.store().row_counts().await["pushed_requests"]
}

/// The rule codes of refusals in the audit trail, oldest first.
async fn refusals(server: &TestServer) -> Vec<String> {
    server.app.write_request_log().await.expect("written");
    let trail = server.store().read().await.expect("a transaction").audit_trail(100).await.expect("read");
    let refused = trail.into_iter().rev().filter(|entry| entry.action == "par.refused");
    refused.map(|entry| entry.detail.split(':').next().unwrap_or_default().to_owned()).collect()
}

/// A form with one field set, added or, when empty, left out.
fn form(id_token: &str, name: &str, value: &str) -> Vec<(String, String)> {
    let good = [
        ("scope", "openid profile email"),
        ("response_type", "code"),
        ("idp", "persona_csp"),
        ("idp_id_token", id_token),
    ];
    let kept = good.into_iter().filter(|(known, _)| *known != name);
    let set = Some((name, value)).filter(|(_, value)| !value.is_empty());
    kept.chain(set).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn call(party: &Party, fields: &[(String, String)]) -> Call {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    party.signed(party.http.form("/oauth2/par", &fields))
}

/// Asserts that neither an answer nor any log line holds a part of an ID token but its header, which names
/// nobody.
fn is_silent_about(answer: &Answer, id_token: &str) {
    for part in id_token.split('.').skip(1).filter(|part| part.len() > 20) {
        assert!(!answer.text().contains(part), "the answer repeats the token");
        assert!(!logs::hold(part), "a log line repeats the token");
    }
}

#[tokio::test]
async fn par_4_a_good_token_becomes_a_request_uri() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let id_token = server.id_token();
    for path in ["/oauth2/par", "/v1/oauth2/par"] {
        let fields: Vec<_> = form(&id_token, "", "");
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = party.signed(party.http.form(path, &fields)).send().await.is(201);
        let body = answer.json();
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
        assert_eq!(body["expires_in"], 90);
        assert!(
            body["request_uri"].as_str().expect("text").starts_with("urn:ietf:params:oauth:request_uri:")
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        is_silent_about(&answer, &id_token);
    }
    assert_eq!(kept(&server).await, 2);
}

#[tokio::test]
async fn par_17_par_8_what_may_differ_may_differ() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let own = server.http.base().to_owned();
    for (name, value) in [
        ("scope", "email openid profile".to_owned()),
        ("scope", "openid openid profile email".to_owned()),
        ("client_id", party.public_id.clone()),
        ("redirect_uri", "https://app.example/authorized".to_owned()),
        ("audience", own.clone()),
        ("resource", format!("{own}/v1")),
        ("something_else", "is ignored".to_owned()),
    ] {
        call(&party, &form(&server.id_token(), name, &value)).send().await.is(201);
    }
    let body = testkit::http::encode(&[
        ("idp", "persona_csp"),
        ("idp_id_token", &server.id_token()),
        ("scope", "openid profile email"),
        ("response_type", "code"),
    ]);
    let typed = party.http.post("/oauth2/par", "Application/X-WWW-Form-Urlencoded; charset=utf-8", body);
    party.signed(typed).send().await.is(201);
}

#[tokio::test]
async fn par_2_credentials_that_are_missing_or_wrong_are_one_error() {
    let server = TestServer::start().await;
    let (party, other) = (server.party().await, server.party().await);
    let id_token = server.id_token();
    let fields = [
        ("scope", "openid profile email"),
        ("response_type", "code"),
        ("idp", "persona_csp"),
        ("idp_id_token", id_token.as_str()),
    ];
    let plain = || party.http.form("/oauth2/par", &fields);
    let unknown = party.public_id.replace(&party.public_id[15..25], "0000000000");
    let mut texts = Vec::new();
    for call in [
        plain(),
        plain().basic(&party.public_id, other.private_key.expose()),
        plain().basic(&party.public_id, ""),
        plain().basic(&unknown, party.private_key.expose()),
        plain().basic("", ""),
        plain().basic("' OR 1=1 --", "x"),
        plain().basic(party.private_key.expose(), &party.public_id),
        plain().bearer(party.private_key.expose()),
        plain().header("authorization", "Basic"),
        plain().header("authorization", "Basic %%%"),
        plain().header("authorization", "Basic bm9jb2xvbg=="),
    ] {
        let answer = call.send().await;
        answer.is_oauth_error(401, "invalid_client");
        assert!(answer.header("www-authenticate").starts_with("Basic realm="));
        is_silent_about(&answer, &id_token);
        texts.push(answer.text());
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "nobody is told which it was");
    assert_eq!(kept(&server).await, 0);
    assert!(refusals(&server).await.is_empty(), "strangers do not fill the audit trail");
    call(&party, &form(&id_token, "", "")).send().await.is(201);
}

#[tokio::test]
async fn par_2_a_credential_that_is_switched_off_is_unknown() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let public_id = model::PublicId::parse(&party.public_id).expect("a public id");
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(tx.set_credential_active(&server.organization.id, &public_id, false).await.expect("switched"));
    tx.commit().await.expect("committed");
    party.par(&server.id_token()).send().await.is_oauth_error(401, "invalid_client");
}

#[tokio::test]
async fn par_2_credentials_in_two_places_are_a_malformed_request() {
    let server = TestServer::start().await;
    let (party, other) = (server.party().await, server.party().await);
    let id_token = server.id_token();
    let twice = party.signed(party.par(&id_token));
    let two_clients = other.signed(party.par(&id_token));
    let key = party.private_key.expose().to_owned();
    let in_the_body = call(&party, &form(&id_token, "client_secret", &key));
    let asserted = call(&party, &form(&id_token, "client_assertion", "x.y.z"));
    let another = call(&party, &form(&id_token, "client_id", &other.public_id));
    for call in [twice, two_clients, in_the_body, asserted, another] {
        let answer = call.send().await;
        answer.is_oauth_error(400, "invalid_request");
        assert!(!answer.text().contains(&key) && !logs::hold(&key));
    }
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn par_1_only_a_form_is_read() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let body = testkit::http::encode(&[("idp_id_token", &server.id_token())]);
    let typed = |media_type| party.signed(party.http.post("/oauth2/par", media_type, body.clone()));
    for call in [
        typed("application/json"),
        typed("multipart/form-data; boundary=x"),
        typed("text/plain"),
        typed("application/x-www-form-urlencodedx"),
        typed("application/x-www-form-urlencoded").header("content-type", "application/json"),
        party.signed(party.http.bare(Method::POST, "/oauth2/par")),
    ] {
        call.send().await.is_oauth_error(415, "invalid_request");
    }
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn par_10_a_body_over_the_limit_is_refused() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let long = form(&"e".repeat(64 * 1024), "", "");
    call(&party, &long).send().await.is_oauth_error(413, "invalid_request");
    let just_short = form(&"e".repeat(60 * 1024), "", "");
    call(&party, &just_short).send().await.is_oauth_error(400, "invalid_request");
}

#[tokio::test]
async fn par_8_a_repeated_parameter_is_named() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for name in ["scope", "response_type", "idp", "idp_id_token", "something_else"] {
        let mut fields = form(&server.id_token(), "something_else", "x");
        fields.extend(fields.clone().into_iter().filter(|(known, _)| known == name));
        let answer = call(&party, &fields).send().await;
        answer.is_oauth_error(400, "invalid_request");
        let description = answer.json()["error_description"].to_string();
        assert!(description.contains(&format!("parameter {name} is repeated")), "{description}");
    }
    let many: Vec<_> = (0..100).map(|number| (format!("p{number}"), "x".to_owned())).collect();
    call(&party, &many).send().await.is_oauth_error(400, "invalid_request");
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn par_15_par_7_parameters_that_are_missing_or_unknown_are_named() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let id_token = server.id_token();
    let table = [
        ("scope", "", "invalid_request", "par.scope"),
        ("scope", "openid", "invalid_request", "par.scope"),
        ("scope", "openid profile email admin", "invalid_request", "par.scope"),
        ("scope", "openid  profile email", "invalid_request", "par.scope"),
        ("response_type", "", "invalid_request", "par.response_type"),
        ("response_type", "token", "invalid_request", "par.response_type"),
        ("idp", "", "invalid_request", "par.idp"),
        ("idp", "PERSONA_CSP", "invalid_request", "par.idp"),
        ("idp", "okta_csp", "invalid_request", "par.idp"),
        ("idp_id_token", "", "invalid_request", "par.idp_id_token"),
        ("audience", "https://api.elsewhere.example", "invalid_target", "target.audience"),
        ("resource", "https://api.elsewhere.example", "invalid_target", "target.audience"),
        ("redirect_uri", "https://app.example/other", "invalid_request", "par.redirect_uri"),
        ("redirect_uri", "https://app.example/authorized/", "invalid_request", "par.redirect_uri"),
    ];
    for (name, value, error, rule) in table {
        let answer = call(&party, &form(&id_token, name, value)).send().await;
        answer.is_oauth_error(400, error);
        let description = answer.json()["error_description"].to_string();
        assert!(description.contains(rule), "{name}={value}: {description}");
    }
    assert_eq!(kept(&server).await, 0);
    assert_eq!(refusals(&server).await, table.map(|(_, _, _, rule)| rule.to_owned()));
}

#[tokio::test]
async fn par_3_par_9_par_12_a_request_is_pushed_by_its_parameters_alone() {
    let server = TestServer::start().await;
    let (party, id_token) = (server.party().await, server.id_token());
    for (name, value, error, rule) in [
        ("request_uri", "urn:ietf:params:oauth:request_uri:1.x", "invalid_request", "par.request_uri"),
        ("request_uri", "https://app.example/request.jwt", "invalid_request", "par.request_uri"),
        ("request", "a.b.c", "request_not_supported", "par.request"),
        ("authorization_details", "[]", "invalid_authorization_details", "par.authorization_details"),
        ("authorization_details", "{", "invalid_authorization_details", "par.authorization_details"),
    ] {
        let answer = call(&party, &form(&id_token, name, value)).send().await;
        answer.is_oauth_error(400, error);
        assert!(answer.text().contains(&format!("({rule})")), "{name}={value}: {}", answer.text());
    }
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn par_5_nobody_guesses_a_request_uri() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let request_uri = party.push(&server.id_token()).await;
        let reference = request_uri.strip_prefix("urn:ietf:params:oauth:request_uri:").expect("its form");
        let (_, secret) = reference.split_once('.').expect("a secret behind the row");
        // 256 bits, of which the store keeps a hash.
        assert!(
            secret.len() == 43 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert!(seen.insert(secret.to_owned()), "{secret} came twice");
    }
}

#[tokio::test]
async fn par_16_a_token_that_does_not_stand_is_refused_by_its_rule() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (csp, now) = (&server.csp, server.clock.now().seconds());
    let with = |name: &str, value: Value| {
        let mut claims = csp.claims(server.hcid(), server.clock.now());
        claims[name] = value;
        claims
    };
    let without = |name: &str| {
        let mut claims = csp.claims(server.hcid(), server.clock.now());
        claims.as_object_mut().expect("claims").remove(name);
        claims
    };
    let mut old = with("exp", json!(now - 61));
    old["iat"] = json!(now - 3661);
    let mut early = with("nbf", json!(now + 61));
    early["exp"] = json!(now + 3661);
    let good = csp.claims(server.hcid(), server.clock.now());
    let foreign = ["urn:oid:2.999.7204.9.2"];
    let table = [
        (csp.sign(&old), "token.expired", "has expired"),
        (csp.sign(&early), "token.not_yet_valid", "not valid yet"),
        (csp.sign(&with("iat", json!(now + 61))), "token.issued_in_future", "claims rules"),
        (csp.sign(&with("exp", json!(now + 7201))), "token.lifetime", "claims rules"),
        (csp.sign(&with("iss", json!("https://evil.example"))), "token.issuer", "issuer does not match"),
        (csp.sign(&with("iss", json!(format!("{}/", csp.issuer)))), "token.issuer", "issuer does not match"),
        (csp.sign(&with("iss", json!("https://api.id.me/oidc"))), "token.issuer", "issuer does not match"),
        (csp.sign(&without("iss")), "token.issuer_missing", "claims rules"),
        (csp.sign(&with("aud", json!(foreign))), "token.audience", "audience does not match"),
        (csp.sign(&with("aud", json!("env_a.atoc_b"))), "token.audience", "audience does not match"),
        (
            csp.sign(&with("aud", json!([server.hcid().urn(), foreign[0]]))),
            "token.foreign_audience",
            "audience",
        ),
        (csp.sign(&with("aud", json!({}))), "token.audience_shape", "audience does not match"),
        (csp.sign(&without("jti")), "token.missing", "claims rules"),
        (csp.sign(&without("birthdate")), "token.missing", "claims rules"),
        (csp.tamper(&good), "jws.signature", "not signed"),
        (csp.sign_with_a_strangers_key(&good), "jws.unknown_key", "not signed"),
        (csp.unsigned(&good), "jws.segments", "cannot be read"),
        (format!("{}AAAA", csp.unsigned(&good)), "jws.algorithm", "not signed"),
        ("not a token".to_owned(), "jws.segments", "cannot be read"),
        (format!("{}.x", csp.sign(&good)), "jws.segments", "cannot be read"),
    ];
    for (number, (id_token, rule, text)) in table.iter().enumerate() {
        let answer = party.par(id_token).send().await;
        answer.is_oauth_error(400, "invalid_request");
        let description = answer.json()["error_description"].to_string();
        assert!(description.contains(text) && description.contains(rule), "{number}: {description}");
        is_silent_about(&answer, id_token);
    }
    assert_eq!(kept(&server).await, 0);
    assert_eq!(refusals(&server).await.len(), table.len());
    party.par(&csp.sign(&good)).send().await.is(201);
}

#[tokio::test]
async fn a_token_counts_until_its_end() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let id_token = server.id_token();
    server.advance(Duration::from_secs(3600 + 59));
    party.par(&id_token).send().await.is(201);
    server.advance(Duration::from_secs(1));
    party.par(&id_token).send().await.is_oauth_error(400, "invalid_request");
}

#[tokio::test]
async fn v39_the_email_must_fit_the_mode() {
    let entitled = Entitlements { tefca: true, byoi: true };
    let server = TestServer::with(Setup { live: entitled, ..Setup::default() }).await;
    let (test, live) = (server.party().await, server.party_of(&server.organization.id, Mode::Live).await);
    let synthetic = server.id_token();
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["email"] = json!("somebody@example.org");
    let real = server.csp.sign(&claims);
    for (party, id_token, mode) in [(&live, &synthetic, "live"), (&test, &real, "test")] {
        let answer = party.par(id_token).send().await;
        answer.is_oauth_error(400, "invalid_request");
        let description = answer.json()["error_description"].to_string();
        assert!(description.contains(&format!("not appropriate for API mode {mode}")), "{description}");
        is_silent_about(&answer, id_token);
    }
    assert_eq!(kept(&server).await, 0);
    live.par(&real).send().await.is(201);
    test.par(&synthetic).send().await.is(201);
}

#[tokio::test]
async fn v39_a_synthetic_patient_enters_no_live_mode_by_a_side_door() {
    let entitled = Entitlements { tefca: true, byoi: true };
    let server = TestServer::with(Setup { live: entitled, ..Setup::default() }).await;
    let live = server.party_of(&server.organization.id, Mode::Live).await;
    let email = testkit::PATIENT;
    for (name, value) in [
        ("email_verified", json!(false)),
        ("email_verified", json!("false")),
        ("email_verified", json!(0)),
        ("email", json!(format!(" {email} "))),
        ("email", json!(format!("{email}."))),
        ("email", json!(email.to_uppercase())),
        ("email", Value::Null),
        ("email", json!("Unknown")),
    ] {
        let mut claims = server.csp.claims(server.hcid(), server.clock.now());
        claims[name] = value.clone();
        let answer = live.par(&server.csp.sign(&claims)).send().await;
        answer.is_oauth_error(400, "invalid_request");
        assert!(answer.text().contains("token.email_mode"), "{name} {value}: {}", answer.text());
    }
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn v34_a_token_is_one_clients_alone_and_once_where_once_is_the_rule() {
    let server = TestServer::start().await;
    let (one, other) = (server.party().await, server.party().await);
    let id_token = server.id_token();
    one.par(&id_token).send().await.is(201);
    one.par(&id_token).send().await.is(201);
    let answer = other.par(&id_token).send().await;
    answer.is_oauth_error(400, "invalid_request");
    assert!(answer.text().contains("token.replayed"), "{}", answer.text());

    let strict = TokenPolicy { once: true, ..TokenPolicy::default() };
    server.judge_tokens_by(&other, strict).await;
    let id_token = server.id_token();
    other.par(&id_token).send().await.is(201);
    other.par(&id_token).send().await.is_oauth_error(400, "invalid_request");
    assert_eq!(refusals(&server).await, ["token.replayed", "token.replayed"]);
    assert_eq!(kept(&server).await, 3);
}

#[tokio::test]
async fn a_client_may_ask_for_a_stricter_form() {
    let server = TestServer::start().await;
    let party = server.party().await;
    party.par(&server.id_token()).send().await.is(201);
    let strict = TokenPolicy { profile: Some(TokenProfile::CmsAligned), once: false };
    server.judge_tokens_by(&party, strict).await;
    let answer = party.par(&server.id_token()).send().await;
    answer.is_oauth_error(400, "invalid_request");
    assert!(answer.text().contains("token.assurance_level"), "{}", answer.text());
    assert_eq!(refusals(&server).await, ["token.assurance_level"]);
}

#[tokio::test]
async fn par_16_an_organisation_must_be_entitled_in_the_mode_of_its_key() {
    let server = TestServer::start().await;
    let (test, live) = (server.party().await, server.party_of(&server.organization.id, Mode::Live).await);
    live.par(&server.id_token()).send().await.is_oauth_error(400, "unauthorized_client");
    for (entitlements, missing) in [
        (Entitlements { tefca: false, byoi: true }, "TEFCA"),
        (Entitlements { tefca: true, byoi: false }, "BYOI"),
    ] {
        server.change_organization(|organization| organization.test = entitlements).await;
        let answer = test.par(&server.id_token()).send().await;
        answer.is_oauth_error(400, "unauthorized_client");
        assert!(answer.text().contains(&format!("{missing} is not enabled")), "{}", answer.text());
    }
    server.change_organization(|organization| organization.hcid = None).await;
    let answer = test.par(&server.id_token()).send().await;
    answer.is_oauth_error(400, "invalid_request");
    assert!(answer.text().contains("no HCID configured"), "{}", answer.text());
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn a_csp_that_does_not_answer_is_a_passing_trouble() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let mut claims = server.csp.claims(server.hcid(), server.clock.now());
    claims["iss"] = json!(SILENT_CSP);
    let id_token = server.csp.sign(&claims);
    let answer = call(&party, &form(&id_token, "idp", "silent_csp")).send().await;
    answer.is_oauth_error(503, "temporarily_unavailable");
    is_silent_about(&answer, &id_token);
    assert_eq!(kept(&server).await, 0);
}

#[tokio::test]
async fn par_1_only_post_is_answered() {
    let server = TestServer::start().await;
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let answer = server.http.bare(method, "/oauth2/par").send().await;
        answer.is_oauth_error(405, "invalid_request");
        assert_eq!(answer.header("allow"), "POST");
    }
}

#[tokio::test]
async fn what_was_accepted_and_refused_stands_in_the_audit_trail() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let refused = call(&party, &form(&server.id_token(), "idp", "okta_csp")).send().await;
    server.app.write_request_log().await.expect("written");
    let accepted = party.par(&server.id_token()).send().await.is(201);
    let trail = server.store().read().await.expect("a transaction").audit_trail(2).await.expect("read");
    for (entry, answer, action) in
        [(&trail[0], &accepted, "par.accepted"), (&trail[1], &refused, "par.refused")]
    {
        assert_eq!((entry.action.as_str(), entry.actor.as_str()), (action, party.public_id.as_str()));
        assert_eq!(entry.request_id, answer.header("x-request-id"));
    }
}
