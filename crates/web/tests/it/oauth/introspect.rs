//! Introspection and revocation: a client's own tokens, and nobody else's.

use testkit::{Party, Pkce, TestServer};

use super::flow::{allowed, push, redeem};
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

#[tokio::test]
async fn i1_t7_without_tefca_no_token_about_a_patient_is_good_for_anything() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let kept = tokens(&server, &party).await;
    let (access, renewal) = (text(&kept, "access_token"), text(&kept, "refresh_token"));
    let pkce = Pkce::fresh();
    let code = allowed(&party, push(&server, &party, &pkce, &[]).send().await).await;
    let switch = async |on| server.change_organization(|organization| organization.test.tefca = on).await;
    switch(false).await;
    assert!(!is_active(&party, access).await && !is_active(&party, renewal).await);
    refresh(&party, renewal).send().await.is_oauth_error(400, "unauthorized_client");
    redeem(&party, &code, &pkce, &[]).send().await.is_oauth_error(400, "unauthorized_client");
    // Switched on again, nothing of it was used up.
    switch(true).await;
    assert!(is_active(&party, access).await && is_active(&party, renewal).await);
    refresh(&party, renewal).send().await.is(200);
    redeem(&party, &code, &pkce, &[]).send().await.is(200);
    // Nor is an answer that was lost given again; and a code that comes twice ends what it brought.
    switch(false).await;
    refresh(&party, renewal).send().await.is_oauth_error(400, "unauthorized_client");
    redeem(&party, &code, &pkce, &[]).send().await.is_oauth_error(400, "invalid_grant");
}
