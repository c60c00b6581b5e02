//! `/oauth2/logout`: a client signs its patient out (OpenID Connect RP-Initiated Logout 1.0).

use std::time::Duration;

use model::ClientPolicy;
use testkit::http::encode;
use testkit::{Answer, Party, Pkce, TestServer};

use super::flow::{allowed, push, redeem, renew};
use super::refresh::{is_active, text, tokens};

const BYE: &str = "https://app.example/bye";

async fn party(server: &TestServer) -> Party {
    let party = server.party().await;
    let policy = ClientPolicy { post_logout_redirect_uris: vec![BYE.to_owned()], ..ClientPolicy::default() };
    server.set_policy(&party, policy).await;
    party
}

async fn sign_out(server: &TestServer, parameters: &[(&str, &str)]) -> Answer {
    server.http.get(&format!("/oauth2/logout?{}", encode(parameters))).send().await
}

#[tokio::test]
async fn l1_a_lapsed_id_token_ends_what_it_names_and_leads_where_its_client_says() {
    let server = TestServer::start().await;
    let party = party(&server).await;
    let tokens = tokens(&server, &party).await;
    let hint = ("id_token_hint", text(&tokens, "id_token"));
    server.advance(Duration::from_mins(30));
    assert!(is_active(&party, text(&tokens, "access_token")).await);
    let back =
        sign_out(&server, &[hint, ("post_logout_redirect_uri", BYE), ("state", "a b&c")]).await.is(303);
    assert_eq!(back.header("location"), format!("{BYE}?state=a+b%26c"));
    assert!(!is_active(&party, text(&tokens, "access_token")).await);
    assert!(is_active(&party, text(&tokens, "refresh_token")).await, "what renews them is not the browser's");
    server.advance(Duration::from_mins(40));
    let fields = [hint, ("post_logout_redirect_uri", BYE)];
    let late = server.http.form("/oauth2/logout", &fields).send().await.is(303);
    assert_eq!(late.header("location"), BYE);
}

#[tokio::test]
async fn l1_nobody_is_sent_where_the_client_did_not_say() {
    let server = TestServer::start().await;
    let (party, other) = (party(&server).await, server.party().await);
    let tokens = tokens(&server, &party).await;
    let hint = ("id_token_hint", text(&tokens, "id_token"));
    let access_token = ("id_token_hint", text(&tokens, "access_token"));
    let forged = format!("{}A", text(&tokens, "id_token"));
    let bye = ("post_logout_redirect_uri", BYE);
    for parameters in [
        &[][..],
        &[bye],
        &[hint],
        &[("id_token_hint", "a.b.c"), bye],
        &[("id_token_hint", forged.as_str()), bye],
        &[access_token, bye],
        &[hint, bye, ("client_id", other.public_id.as_str())],
        &[hint, ("post_logout_redirect_uri", "https://app.example/bye/")],
        &[hint, ("post_logout_redirect_uri", "https://evil.example/")],
    ] {
        let page = sign_out(&server, parameters).await.is(200);
        assert_eq!(page.header("location"), "", "{parameters:?}");
    }
}

#[tokio::test]
async fn l1_the_page_says_what_has_ended_and_no_more() {
    let server = TestServer::start().await;
    let party = party(&server).await;
    let lasting = tokens(&server, &party).await;
    let pkce = Pkce::fresh();
    let scope = ("scope", "openid profile email");
    let code = allowed(&party, push(&server, &party, &pkce, &[scope]).send().await).await;
    let passing = redeem(&party, &code, &pkce, &[]).send().await.is(200).json();
    let forged = format!("{}A", text(&lasting, "id_token"));
    for hint in [&[][..], &[("id_token_hint", "a.b.c")], &[("id_token_hint", &forged)]] {
        let page = sign_out(&server, hint).await.is(200).text();
        assert!(page.contains("No session was ended") && !page.contains("data-signed-out"), "{hint:?}");
    }
    assert!(is_active(&party, text(&lasting, "access_token")).await);
    for (tokens, comes_back) in [(&passing, false), (&lasting, true), (&lasting, true)] {
        let page = sign_out(&server, &[("id_token_hint", text(tokens, "id_token"))]).await.is(200).text();
        assert!(page.contains("data-signed-out") && page.contains("stay connected"), "{page}");
        assert_eq!(page.contains("come back without you"), comes_back, "{page}");
        assert!(!is_active(&party, text(tokens, "access_token")).await);
    }
    renew(&party, text(&lasting, "refresh_token"), &[]).send().await.is(200);
}
