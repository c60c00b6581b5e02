//! `client_credentials`: a client acts without a patient, by a token of which nothing is kept.

use std::time::Duration;

use model::{ClientPolicy, ClientProfile};
use serde_json::{Value, json};
use testkit::http::Call;
use testkit::{Holder, Keyed, Party, TestServer};

use super::flow::{Client, claims, header, introspect};
use super::refresh::text;

const TOKEN: &str = "/oauth2/token";
const EXPORT: &str = "/v1/bridge/fhir/ehi-export/x";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// A credential whose operator lets it act alone, with its private key.
async fn alone(server: &TestServer) -> Party {
    let party = server.party().await;
    server.set_policy(&party, ClientPolicy { client_credentials: true, ..ClientPolicy::default() }).await;
    party
}

async fn token(client: &impl Client) -> String {
    let tokens = client.proven(TOKEN, &[GRANT]).send().await.is(200).json();
    text(&tokens, "access_token").to_owned()
}

/// A call of the Bridge that a backend may make: there is no such export, which only a client is told.
fn ask(party: &Party, token: &str) -> Call {
    party.http.get(EXPORT).bearer(token)
}

fn fapi2() -> ClientPolicy {
    ClientPolicy { profile: ClientProfile::Fapi2, sender_constrained: true, ..ClientPolicy::default() }
}

#[tokio::test]
async fn t10_a_clients_own_token_is_a_jwt_about_itself_and_nothing_is_written() {
    let server = TestServer::start().await;
    let (party, now) = (alone(&server).await, server.clock.now().seconds());
    let before = server.store().row_counts().await;
    let answer = party.proven(TOKEN, &[GRANT]).send().await.is(200);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let tokens = answer.json();
    let mut names: Vec<_> = tokens.as_object().expect("members").keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["access_token", "expires_in", "token_type"]);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    let token = text(&tokens, "access_token");
    assert_eq!((&header(token)["typ"], &header(token)["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let mut said = claims(token);
    let jti = said["jti"].take();
    assert!(jti.as_str().is_some_and(|jti| jti.len() > 20));
    let (id, base) = (&party.public_id, server.http.base());
    let expected = json!({
        "iss": base, "aud": base, "sub": id, "client_id": id, "iat": now, "exp": now + 600, "jti": null,
    });
    assert_eq!(said, expected);
    ask(&party, token).send().await.is_bridge_error(404, "not_found");
    assert_eq!(server.store().row_counts().await, before);
}

#[tokio::test]
async fn t2_a_client_by_the_seed_acts_alone_where_its_operator_says_so() {
    let server = TestServer::start().await;
    let party = server.party().await;
    party.proven(TOKEN, &[GRANT]).send().await.is_oauth_error(400, "unauthorized_client");
    party.http.form(TOKEN, &[GRANT]).send().await.is_oauth_error(401, "invalid_client");
    let named = [GRANT, ("client_id", party.public_id.as_str())];
    party.http.form(TOKEN, &named).send().await.is_oauth_error(401, "invalid_client");
    let (party, other) = (alone(&server).await, server.party().await);
    for (name, value, status, error) in [
        ("scope", "openid", 400, "invalid_scope"),
        ("client_id", other.public_id.as_str(), 401, "invalid_client"),
        ("resource", "https://elsewhere.example", 400, "invalid_target"),
    ] {
        party.proven(TOKEN, &[GRANT, (name, value)]).send().await.is_oauth_error(status, error);
    }
    let first = format!("{}/v1", server.http.base());
    let aimed = party.proven(TOKEN, &[GRANT, ("audience", &first)]).send().await.is(200).json();
    assert_eq!(claims(text(&aimed, "access_token"))["aud"], first);
    ask(&party, text(&aimed, "access_token")).send().await.is_bridge_error(404, "not_found");
}

#[tokio::test]
async fn t10_what_is_no_clients_token_opens_nothing() {
    let server = TestServer::start().await;
    let party = alone(&server).await;
    let token = token(&party).await;
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let forged = format!("{signed}.{}{}", &signature[2..], &signature[..2]);
    let patients = party.session(&server.id_token()).await;
    for wrong in [forged.as_str(), signed, &format!("{signed}."), &patients, "a.b.c"] {
        let refused = ask(&party, wrong).send().await;
        refused.is_bridge_error(401, "unauthorized");
    }
    let refused = ask(&party, &forged).send().await;
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    for path in ["/oauth2/userinfo", "/v1/bridge/record_locator"] {
        party.http.get(path).bearer(&token).send().await.is(401);
    }
    ask(&party, &token).send().await.is(404);
    server.advance(Duration::from_mins(10));
    ask(&party, &token).send().await.is_bridge_error(401, "unauthorized");
}

#[tokio::test]
async fn t10_what_an_operator_switches_off_ends_at_once() {
    let server = TestServer::start().await;
    let party = alone(&server).await;
    let token = token(&party).await;
    server.set_policy(&party, ClientPolicy::default()).await;
    ask(&party, &token).send().await.is_bridge_error(401, "unauthorized");
    assert_eq!(introspect(&party, &token).await, json!({"active": false}));
    let bound =
        ClientPolicy { client_credentials: true, sender_constrained: true, ..ClientPolicy::default() };
    server.set_policy(&party, bound).await;
    ask(&party, &token).send().await.is_bridge_error(401, "unauthorized");
    server.set_policy(&party, ClientPolicy { client_credentials: true, ..ClientPolicy::default() }).await;
    ask(&party, &token).send().await.is_bridge_error(404, "not_found");
    let public_id = model::PublicId::parse(&party.public_id).expect("a public id");
    let mut tx = server.store().write().await.expect("a transaction");
    assert!(tx.set_credential_active(&server.organization.id, &public_id, false).await.expect("switched"));
    tx.commit().await.expect("committed");
    ask(&party, &token).send().await.is_bridge_error(401, "unauthorized");
}

#[tokio::test]
async fn i2_r1_a_clients_own_token_is_told_to_it_and_ended_by_it_alone() {
    let server = TestServer::start().await;
    let (party, stranger) = (alone(&server).await, server.party().await);
    let token = token(&party).await;
    let standing = introspect(&party, &token).await;
    let said = claims(&token);
    for name in ["iss", "sub", "client_id", "iat", "exp"] {
        assert_eq!(standing[name], said[name], "{name}");
    }
    assert_eq!((&standing["aud"], &standing["scope"]), (&json!([said["aud"]]), &Value::Null));
    assert_eq!(introspect(&stranger, &token).await, json!({"active": false}));
    let revoke = |by: &Party| by.proven("/oauth2/revoke", &[("token", &token)]);
    revoke(&stranger).send().await.is(200);
    ask(&party, &token).send().await.is_bridge_error(404, "not_found");
    revoke(&party).send().await.is(200);
    revoke(&party).send().await.is(200);
    ask(&party, &token).send().await.is_bridge_error(401, "unauthorized");
    assert_eq!(introspect(&party, &token).await, json!({"active": false}));
}

#[tokio::test]
async fn t9_a_client_under_fapi_2_acts_alone_by_a_token_that_is_bound_to_its_key() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, fapi2()).await;
    let (holder, other) = (Holder::new(&server), Holder::new(&server));
    client.proven(TOKEN, &[GRANT]).send().await.is_oauth_error(400, "invalid_dpop_proof");
    let proof = holder.proof(TOKEN);
    let asked = || client.proven(TOKEN, &[GRANT]).header("dpop", &proof);
    let tokens = asked().send().await.is(200).json();
    asked().send().await.is_oauth_error(400, "invalid_dpop_proof");
    assert_eq!(tokens["token_type"], "DPoP");
    let token = text(&tokens, "access_token");
    assert_eq!(claims(token)["cnf"], json!({"jkt": holder.jkt()}));
    let call = |proof: &str| {
        let call = client.party.http.get(EXPORT).header("authorization", &format!("DPoP {token}"));
        call.header("dpop", proof)
    };
    let good = holder.proof_with(EXPORT, token);
    call(&good).send().await.is_bridge_error(404, "not_found");
    for refused in [
        call(&good),
        call(&other.proof_with(EXPORT, token)),
        call(&holder.proof_with("/v1/bridge/fhir/ehi-export/y", token)),
        client.party.http.get(EXPORT).header("authorization", &format!("DPoP {token}")),
    ] {
        let refused = refused.send().await;
        refused.is_bridge_error(401, "unauthorized");
        assert!(refused.header("www-authenticate").starts_with("DPoP error="));
    }
    ask(&client.party, token).send().await.is_bridge_error(401, "unauthorized");
    let key = client.party.private_key.expose();
    ask(&client.party, key).send().await.is_bridge_error(401, "unauthorized");
    // The assertion of a request counts once here, too.
    let assertion = client.assertion();
    let asserted = || client.form_with(&assertion, TOKEN, &[GRANT]).header("dpop", &holder.proof(TOKEN));
    asserted().send().await.is(200);
    asserted().send().await.is_oauth_error(401, "invalid_client");
}
