//! `/oauth2/userinfo`: who the patient is, for whoever holds the session.

use http::Method;
use serde_json::json;
use testkit::{Pkce, TestServer};

use super::flow::{allowed, claims, push, redeem};
use super::refresh::{text, tokens};

const PATH: &str = "/oauth2/userinfo";

#[tokio::test]
async fn u1_it_answers_by_both_methods_what_was_proven() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let tokens = tokens(&server, &party).await;
    for method in [Method::GET, Method::POST] {
        let call = server.http.bare(method, PATH).bearer(text(&tokens, "access_token"));
        let answer = call.send().await.is(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let person = answer.json();
        assert_eq!(person["sub"], claims(text(&tokens, "id_token"))["sub"]);
        assert_eq!((&person["given_name"], &person["email_verified"]), (&json!("Camila"), &json!(true)));
    }
}

#[tokio::test]
async fn u1_what_the_csp_did_not_say_of_the_address_is_not_said() {
    let server = TestServer::start().await;
    let party = server.party().await;
    for (said, expected) in [(json!(true), json!(true)), (json!(null), json!(null))] {
        let mut claims = server.csp.claims(server.hcid(), server.clock.now());
        claims["email_verified"] = said;
        let (id_token, pkce) = (server.csp.sign(&claims), Pkce::fresh());
        let pushed = push(&server, &party, &pkce, &[("idp_id_token", &id_token)]).send().await;
        let code = allowed(&party, pushed).await;
        let tokens = redeem(&party, &code, &pkce, &[]).send().await.is(200).json();
        let call = server.http.get(PATH).bearer(text(&tokens, "access_token"));
        let person = call.send().await.is(200).json();
        assert!(person["email"].is_string());
        assert_eq!(person["email_verified"], expected);
    }
}

#[tokio::test]
async fn u1_a_token_comes_in_the_header_and_stands() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let tokens = tokens(&server, &party).await;
    let token = text(&tokens, "access_token");
    let in_the_query = server.http.get(&format!("{PATH}?access_token={token}")).send().await.is(401);
    assert!(!in_the_query.header("www-authenticate").contains("error"), "there was no token");
    for wrong in ["x", text(&tokens, "refresh_token"), text(&tokens, "id_token"), party.private_key.expose()]
    {
        let refused = server.http.get(PATH).bearer(wrong).send().await.is(401);
        assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""), "{wrong}");
    }
    let twice = server.http.get(PATH).bearer(token).bearer(token);
    twice.send().await.is(401);
}
