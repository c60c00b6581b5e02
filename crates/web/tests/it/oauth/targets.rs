//! For whom access tokens are (RFC 8707), and those that say so: JWTs (RFC 9068).

use jose::{Algorithm, Compact, KeySet};
use serde_json::json;
use testkit::{Holder, Pkce, TestServer};

use super::flow::{allowed, claims, header, introspect, push, redeem, renew};
use super::refresh::text;

#[tokio::test]
async fn par_11_a_target_is_this_api_by_an_absolute_uri() {
    let server = TestServer::start().await;
    let (party, pkce) = (server.party().await, Pkce::fresh());
    let base = server.http.base().to_owned();
    for (name, value, rule) in [
        ("resource", "/v1", "target.resource"),
        ("resource", "v1", "target.resource"),
        ("resource", &format!("{base}/v1#a"), "target.resource"),
        ("resource", &format!("{base}/v2"), "target.audience"),
        ("resource", "https://elsewhere.example/v1", "target.audience"),
        ("audience", "https://elsewhere.example/v1", "target.audience"),
        ("audience", &format!("{base}/"), "target.audience"),
        ("audience", &format!("{base}/v1/"), "target.audience"),
    ] {
        let refused = push(&server, &party, &pkce, &[(name, value)]).send().await;
        refused.is_oauth_error(400, "invalid_target");
        assert!(refused.text().contains(rule), "{name}={value}: {}", refused.text());
    }
    push(&server, &party, &pkce, &[("audience", &base), ("resource", &base)]).send().await.is(201);
}

#[tokio::test]
async fn t10_a_token_for_this_api_is_a_jwt_that_our_keys_verify() {
    let server = TestServer::start().await;
    let (party, pkce, now) = (server.party().await, Pkce::fresh(), server.clock.now().seconds());
    let base = server.http.base().to_owned();
    let both = [("audience", base.as_str()), ("resource", &format!("{base}/v1"))];
    let code = allowed(&party, push(&server, &party, &pkce, &both).send().await).await;
    let tokens = redeem(&party, &code, &pkce, &[]).send().await.is(200).json();
    let token = text(&tokens, "access_token");
    let keys = KeySet::from_json(&server.http.get("/jwks.json").send().await.is(200).body).expect("keys");
    Compact::parse(token).expect("a JWT").verify(&keys, &[Algorithm::Es256]).expect("it stands");
    assert_eq!((&header(token)["typ"], &header(token)["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let said = claims(token);
    let mut names: Vec<_> = said.as_object().expect("claims").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"]);
    assert_eq!(said["iss"], base);
    assert_eq!(said["aud"], json!([base, format!("{base}/v1")]));
    assert_eq!(said["sub"], claims(text(&tokens, "id_token"))["sub"]);
    assert_eq!(said["client_id"], party.public_id);
    assert_eq!((&said["iat"], &said["exp"]), (&json!(now), &json!(now + 3600)));
    assert_eq!(said["scope"], tokens["scope"]);
    for path in ["/oauth2/userinfo", "/v1/bridge/record_locator"] {
        party.http.get(path).bearer(token).send().await.is(200);
        // It is known whole, and nobody else's signature makes another of it.
        party.http.get(path).bearer(&format!("{token}A")).send().await.is(401);
        party.http.get(path).bearer(said["jti"].as_str().expect("an id")).send().await.is(401);
        party.http.get(path).bearer(text(&tokens, "id_token")).send().await.is(401);
    }
    let standing = introspect(&party, token).await;
    for name in ["iss", "sub", "aud", "client_id", "scope", "iat", "exp"] {
        assert_eq!(standing[name], said[name], "{name}");
    }
    party.signed(party.http.form("/oauth2/revoke", &[("token", token)])).send().await.is(200);
    party.http.get("/oauth2/userinfo").bearer(token).send().await.is(401);
    let refused = party.http.get("/v1/bridge/fhir/ehi-export/x").bearer(token).send().await;
    refused.is_bridge_error(401, "unauthorized");
}

#[tokio::test]
async fn t13_a_token_is_for_what_was_granted_or_less() {
    let server = TestServer::start().await;
    let (party, pkce) = (server.party().await, Pkce::fresh());
    let base = server.http.base().to_owned();
    let first = format!("{base}/v1");
    let both = [("audience", base.as_str()), ("resource", first.as_str())];
    let code = allowed(&party, push(&server, &party, &pkce, &both).send().await).await;
    for foreign in ["https://elsewhere.example", "/v1", &format!("{base}/v2")] {
        let refused = redeem(&party, &code, &pkce, &[("resource", foreign)]).send().await;
        refused.is_oauth_error(400, "invalid_target");
    }
    let tokens = redeem(&party, &code, &pkce, &[("resource", &first)]).send().await.is(200).json();
    let token = text(&tokens, "access_token");
    assert_eq!(claims(token)["aud"], first);
    assert_eq!(introspect(&party, token).await["aud"], json!([first]));
    let renewal = text(&tokens, "refresh_token");
    assert_eq!(introspect(&party, renewal).await["aud"], json!([base, first]));
    let renewed = renew(&party, renewal, &[]).send().await.is(200).json();
    assert_eq!(claims(text(&renewed, "access_token"))["aud"], json!([base, first]));

    let code = allowed(&party, push(&server, &party, &pkce, &[("resource", &first)]).send().await).await;
    let wider = redeem(&party, &code, &pkce, &[("audience", &base)]).send().await;
    wider.is_oauth_error(400, "invalid_target");
    let tokens = redeem(&party, &code, &pkce, &[]).send().await.is(200).json();
    let wider = renew(&party, text(&tokens, "refresh_token"), &[("resource", &base)]).send().await;
    wider.is_oauth_error(400, "invalid_target");
    let renewed = renew(&party, text(&tokens, "refresh_token"), &[]).send().await.is(200).json();
    assert_eq!(claims(text(&renewed, "access_token"))["aud"], first);
}

#[tokio::test]
async fn t13_a_token_for_nobody_in_particular_is_opaque_until_one_is_named() {
    let server = TestServer::start().await;
    let (party, pkce) = (server.party().await, Pkce::fresh());
    let base = server.http.base().to_owned();
    let code = allowed(&party, push(&server, &party, &pkce, &[]).send().await).await;
    let tokens = redeem(&party, &code, &pkce, &[]).send().await.is(200).json();
    assert!(!text(&tokens, "access_token").contains('.'));
    assert_eq!(introspect(&party, text(&tokens, "access_token")).await["aud"], json!([base]));
    let renewal = text(&tokens, "refresh_token");
    let renewed = renew(&party, renewal, &[("resource", &base)]).send().await.is(200).json();
    assert_eq!(claims(text(&renewed, "access_token"))["aud"], base);
}

#[tokio::test]
async fn t9_a_jwt_names_the_key_that_it_is_bound_to() {
    let server = TestServer::start().await;
    let (party, pkce, holder) = (server.party().await, Pkce::fresh(), Holder::new(&server));
    let base = server.http.base().to_owned();
    let pushed =
        push(&server, &party, &pkce, &[("audience", &base)]).header("dpop", &holder.proof("/oauth2/par"));
    let code = allowed(&party, pushed.send().await).await;
    let redeemed = redeem(&party, &code, &pkce, &[]).header("dpop", &holder.proof("/oauth2/token"));
    let tokens = redeemed.send().await.is(200).json();
    let token = text(&tokens, "access_token");
    assert_eq!(claims(token)["cnf"], json!({"jkt": holder.jkt()}));
    party.http.get("/oauth2/userinfo").bearer(token).send().await.is(401);
    let by_proof = party.http.get("/oauth2/userinfo").header("authorization", &format!("DPoP {token}"));
    by_proof.header("dpop", &holder.proof_with("/oauth2/userinfo", token)).send().await.is(200);
}
