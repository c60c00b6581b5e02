//! Introspection and revocation: a client's own tokens, and nobody else's.

use testkit::{Party, TestServer};

use super::refresh::{is_active, refresh, text, tokens};

#[tokio::test]
async fn i1_r1_a_token_is_told_to_its_client_alone_and_revoked_by_it_alone() {
    let server = TestServer::start().await;
    let (party, stranger) = (server.party().await, server.party().await);
    let tokens = tokens(&server, &party).await;
    let (access, renewal) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    assert!(is_active(&party, access).await && is_active(&party, renewal).await);
    assert!(!is_active(&stranger, access).await && !is_active(&party, "unknown").await);
    party
        .http
        .form("/oauth2/introspect", &[("token", access)])
        .send()
        .await
        .is_oauth_error(401, "invalid_client");
    let revoke = |by: &Party, token: &str| by.signed(by.http.form("/oauth2/revoke", &[("token", token)]));
    revoke(&stranger, access).send().await.is(200);
    assert!(is_active(&party, access).await);
    revoke(&party, access).send().await.is(200);
    revoke(&party, "unknown").send().await.is(200);
    assert!(!is_active(&party, access).await && is_active(&party, renewal).await);
    let refused = party.http.get("/oauth2/userinfo").bearer(access).send().await.is(401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    let renewed = refresh(&party, renewal).send().await.is(200).json();
    revoke(&party, text(&renewed, "refresh_token")).send().await.is(200);
    assert!(!is_active(&party, text(&renewed, "access_token")).await, "all of the same consent");
    refresh(&party, text(&renewed, "refresh_token")).send().await.is_oauth_error(400, "invalid_grant");
}
