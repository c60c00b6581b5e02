//! `…/userinfo`

use std::time::Duration;

use http::Method;
use testkit::TestServer;

use super::{PRODUCTION, Relying, SANDBOX, claims, token};

#[tokio::test]
async fn it_says_of_the_person_what_the_id_token_says() {
    let server = TestServer::start().await;
    let tokens = Relying::party(&server).await.tokens().await;
    let id_token = claims(token(&tokens, "id_token"));
    for method in [Method::GET, Method::POST] {
        let call =
            server.http.bare(method, &format!("{SANDBOX}/userinfo")).bearer(token(&tokens, "access_token"));
        let answer = call.send().await.is(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let said = answer.json();
        for (name, value) in said.as_object().expect("claims") {
            assert_eq!(value, &id_token[name], "{name}");
        }
        assert!(said["sub"].is_string() && said["family_name"] == "Lopez");
        assert!(said.get("aud").is_none() && said.get("nonce").is_none());
    }
}

#[tokio::test]
async fn no_token_and_a_wrong_one_are_told_apart_by_the_challenge_alone() {
    let server = TestServer::start().await;
    let relying = Relying::party(&server).await;
    let tokens = relying.tokens().await;
    let path = format!("{SANDBOX}/userinfo");
    let access_token = token(&tokens, "access_token");
    let none = server.http.get(&path).send().await.is(401);
    assert_eq!((none.header("www-authenticate"), none.header("cache-control")), ("Bearer", "no-store"));
    let twice = server.http.get(&path).bearer(access_token).bearer(access_token).send().await.is(401);
    assert_eq!(twice.header("www-authenticate"), "Bearer");
    for wrong in ["x", token(&tokens, "refresh_token"), token(&tokens, "id_token")] {
        let refused = server.http.get(&path).bearer(wrong).send().await.is(401);
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        assert_eq!((refused.header("cache-control"), refused.body.len()), ("no-store", 0));
    }
    let elsewhere = server.http.get(&format!("{PRODUCTION}/userinfo")).bearer(access_token);
    elsewhere.send().await.is(401);
    server.advance(Duration::from_hours(1));
    server.http.get(&path).bearer(access_token).send().await.is(401);
}
