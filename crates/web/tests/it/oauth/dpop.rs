//! DPoP (RFC 9449): codes and access tokens that are of use to the holder of a key alone.

use std::time::Duration;

use http::Method;
use model::ClientPolicy;
use serde_json::{Value, json};
use testkit::http::Call;
use testkit::{Answer, Holder, Party, Pkce, Setup, TestServer};

use super::flow::{allowed, introspect, push, redeem, renew};
use super::refresh::text;

const PAR: &str = "/oauth2/par";
const TOKEN: &str = "/oauth2/token";
const USERINFO: &str = "/oauth2/userinfo";

/// A code that is bound to the holder's key.
async fn bound_code(server: &TestServer, party: &Party, holder: &Holder) -> (String, Pkce) {
    let pkce = Pkce::fresh();
    let pushed = push(server, party, &pkce, &[]).header("dpop", &holder.proof(PAR)).send().await;
    (allowed(party, pushed).await, pkce)
}

fn refresh(party: &Party, tokens: &Value) -> Call {
    renew(party, text(tokens, "refresh_token"), &[])
}

async fn bound_tokens(server: &TestServer, party: &Party, holder: &Holder) -> Value {
    let (code, pkce) = bound_code(server, party, holder).await;
    let tokens = redeem(party, &code, &pkce, &[]).header("dpop", &holder.proof(TOKEN)).send().await;
    tokens.is(200).json()
}

fn by_proof(call: Call, token: &str, proof: &str) -> Call {
    call.header("authorization", &format!("DPoP {token}")).header("dpop", proof)
}

/// A call of userinfo with a token and a proof.
async fn read(party: &Party, token: &str, proof: &str) -> Answer {
    by_proof(party.http.get(USERINFO), token, proof).send().await
}

#[tokio::test]
async fn par_13_proof_and_parameter_name_one_key() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, other, pkce) = (Holder::new(&server), Holder::new(&server), Pkce::fresh());
    let named = |jkt| push(&server, &party, &pkce, &[("dpop_jkt", jkt)]);
    named(holder.jkt()).send().await.is(201);
    named(holder.jkt()).header("dpop", &holder.proof(PAR)).send().await.is(201);
    let torn = named(other.jkt()).header("dpop", &holder.proof(PAR)).send().await;
    torn.is_oauth_error(400, "invalid_dpop_proof");
    for jkt in ["a", &holder.jkt()[1..], &format!("{}=", holder.jkt())] {
        named(jkt).send().await.is_oauth_error(400, "invalid_request");
    }
    server.app.write_request_log().await.expect("written");
    let trail = server.store().read().await.expect("a transaction").audit_trail(1).await.expect("read");
    assert!(trail[0].detail.starts_with("dpop.proof: "), "{}", trail[0].detail);
}

#[tokio::test]
async fn par_13_a_code_is_redeemed_by_the_holder_of_its_key() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, other, pkce) = (Holder::new(&server), Holder::new(&server), Pkce::fresh());
    let by_parameter = push(&server, &party, &pkce, &[("dpop_jkt", holder.jkt())]).send().await;
    let by_proof = push(&server, &party, &pkce, &[]).header("dpop", &holder.proof(PAR)).send().await;
    for pushed in [by_parameter, by_proof] {
        let code = allowed(&party, pushed).await;
        let redeem = || redeem(&party, &code, &pkce, &[]);
        redeem().send().await.is_oauth_error(400, "invalid_dpop_proof");
        redeem().header("dpop", &other.proof(TOKEN)).send().await.is_oauth_error(400, "invalid_grant");
        let tokens = redeem().header("dpop", &holder.proof(TOKEN)).send().await.is(200).json();
        assert_eq!(tokens["token_type"], "DPoP");
        let used = redeem().header("dpop", &holder.proof(TOKEN)).send().await;
        used.is_oauth_error(400, "invalid_grant");
    }
}

#[tokio::test]
async fn t9_a_code_that_is_not_bound_brings_a_token_that_is_when_there_is_a_proof() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, pkce) = (Holder::new(&server), Pkce::fresh());
    let code = allowed(&party, push(&server, &party, &pkce, &[]).send().await).await;
    let tokens =
        redeem(&party, &code, &pkce, &[]).header("dpop", &holder.proof(TOKEN)).send().await.is(200).json();
    let token = text(&tokens, "access_token");
    assert_eq!(tokens["token_type"], "DPoP");
    read(&party, token, &holder.proof_with(USERINFO, token)).await.is(200);
}

/// Whoever steals what renews a bound token gets no bearer token for it.
#[tokio::test]
async fn t9_after_the_first_proof_no_renewal_gives_less() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, next, pkce) = (Holder::new(&server), Holder::new(&server), Pkce::fresh());
    let code = allowed(&party, push(&server, &party, &pkce, &[]).send().await).await;
    let redeem = redeem(&party, &code, &pkce, &[]).header("dpop", &holder.proof(TOKEN));
    let bound_at_once = redeem.send().await.is(200).json();

    let bearer = super::refresh::tokens(&server, &party).await;
    assert_eq!(bearer["token_type"], "Bearer");
    let bearer = refresh(&party, &bearer).send().await.is(200).json();
    assert_eq!(bearer["token_type"], "Bearer", "nobody asked for more");
    let renewal = refresh(&party, &bearer).header("dpop", &holder.proof(TOKEN));
    let bound_later = renewal.send().await.is(200).json();
    for tokens in [bound_at_once, bound_later] {
        refresh(&party, &tokens).send().await.is_oauth_error(400, "invalid_dpop_proof");
        let renewed = refresh(&party, &tokens).header("dpop", &next.proof(TOKEN)).send().await.is(200).json();
        assert_eq!(renewed["token_type"], "DPoP");
    }
}

#[tokio::test]
async fn t9_a_bound_token_is_no_bearer_token_and_the_other_way_round() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, other) = (Holder::new(&server), Holder::new(&server));
    let tokens = bound_tokens(&server, &party, &holder).await;
    let token = text(&tokens, "access_token");
    let refused = party.http.get(USERINFO).bearer(token).send().await.is(401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    read(&party, token, &holder.proof_with(USERINFO, token)).await.is(200);
    let refused = read(&party, token, &other.proof_with(USERINFO, token)).await.is(401);
    assert!(refused.header("www-authenticate").starts_with("DPoP error=\"invalid_token\", algs=\"ES256 "));

    let session = party.session(&server.id_token()).await;
    read(&party, &session, &holder.proof_with(USERINFO, &session)).await.is(401);
    party.http.get(USERINFO).bearer(&session).send().await.is(200);
    let nothing = party.http.get(USERINFO).send().await.is(401);
    assert!(nothing.header("www-authenticate").starts_with("Bearer, DPoP algs="));
}

#[tokio::test]
async fn t9_the_bridge_takes_a_bound_token_with_its_proof_alone() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, other) = (Holder::new(&server), Holder::new(&server));
    let tokens = bound_tokens(&server, &party, &holder).await;
    let token = text(&tokens, "access_token");
    for path in ["/v1/bridge/record_locator", "/bridge/record_locator"] {
        let call = || party.http.get(path);
        call().bearer(token).send().await.is_bridge_error(401, "session_ended");
        let foreign = other.proof_with(path, token);
        by_proof(call(), token, &foreign).send().await.is_bridge_error(401, "session_ended");
        let proof = holder.proof_with(path, token);
        by_proof(call(), token, &proof).send().await.is(200);
        let again = by_proof(call(), token, &proof).send().await;
        again.is_bridge_error(401, "session_ended");
        assert!(again.header("www-authenticate").contains("invalid_dpop_proof"));
    }
}

#[tokio::test]
async fn j14_a_proof_goes_with_one_token_one_method_one_address() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let holder = Holder::new(&server);
    let tokens = bound_tokens(&server, &party, &holder).await;
    let token = text(&tokens, "access_token");
    let claims = |change: &dyn Fn(&mut Value)| {
        use base64::Engine as _;
        let mut claims = holder.claims("GET", USERINFO);
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
        claims["ath"] = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash).into();
        change(&mut claims);
        holder.key.proof(&claims)
    };
    let (now, base) = (server.clock.now().seconds(), server.http.base());
    let changes: [(&str, Value); 10] = [
        ("ath", Value::Null),
        ("ath", json!("another token")),
        ("htm", json!("POST")),
        ("htm", json!("get")),
        ("htu", json!(format!("{base}/oauth2/token"))),
        ("htu", json!("https://other.example/oauth2/userinfo")),
        ("iat", json!(now - 60)),
        ("iat", json!(now + 31)),
        ("jti", Value::Null),
        ("htu", json!(format!("{base}/v1/oauth2/userinfo"))),
    ];
    for (name, value) in changes {
        let proof = claims(&|claims| claims[name] = value.clone());
        let refused = read(&party, token, &proof).await.is(401);
        assert!(refused.header("www-authenticate").contains("invalid_dpop_proof"), "{name} {value}");
    }
    let with_query = claims(&|claims| claims["htu"] = json!(format!("{base}{USERINFO}?a=b#c")));
    read(&party, token, &with_query).await.is(200);
    let (one, two) = (holder.proof_with(USERINFO, token), holder.proof_with(USERINFO, token));
    let doubled = by_proof(party.http.get(USERINFO), token, &one).header("dpop", &two);
    assert!(doubled.send().await.is(401).header("www-authenticate").contains("invalid_dpop_proof"));
    let missing = party.http.get(USERINFO).header("authorization", &format!("DPoP {token}"));
    assert!(missing.send().await.is(401).header("www-authenticate").contains("invalid_dpop_proof"));
    read(&party, token, &one).await.is(200);
}

#[tokio::test]
async fn j14_a_proof_that_does_not_stand_costs_the_code_nothing() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let holder = Holder::new(&server);
    let (code, pkce) = bound_code(&server, &party, &holder).await;
    let (now, base) = (server.clock.now().seconds(), server.http.base());
    for (name, value) in [
        ("htm", json!("GET")),
        ("htu", json!(format!("{base}/oauth2/par"))),
        ("htu", json!(format!("{base}/v1/oauth2/token"))),
        ("iat", json!(now - 60)),
        ("iat", json!(now + 31)),
        ("jti", json!("")),
    ] {
        let mut claims = holder.claims("POST", TOKEN);
        claims[name] = value;
        let refused =
            redeem(&party, &code, &pkce, &[]).header("dpop", &holder.key.proof(&claims)).send().await;
        refused.is_oauth_error(400, "invalid_dpop_proof");
    }
    let twice = redeem(&party, &code, &pkce, &[]).header("dpop", &holder.proof(TOKEN));
    let twice = twice.header("dpop", &holder.proof(TOKEN)).send().await;
    twice.is_oauth_error(400, "invalid_dpop_proof");
    redeem(&party, &code, &pkce, &[])
        .header("dpop", "")
        .send()
        .await
        .is_oauth_error(400, "invalid_dpop_proof");
    let proof = holder.proof(TOKEN);
    let tokens = redeem(&party, &code, &pkce, &[]).header("dpop", &proof).send().await.is(200).json();
    let replayed = refresh(&party, &tokens).header("dpop", &proof).send().await;
    replayed.is_oauth_error(400, "invalid_dpop_proof");
    refresh(&party, &tokens).header("dpop", &holder.proof(TOKEN)).send().await.is(200);
}

#[tokio::test]
async fn j14_a_proof_of_a_refused_call_is_used_up() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let holder = Holder::new(&server);
    let tokens = bound_tokens(&server, &party, &holder).await;
    for refused in [
        renew(&party, "unknown", &[]),
        renew(&party, text(&tokens, "refresh_token"), &[("scope", "phone")]),
        redeem(&party, "unknown", &Pkce::fresh(), &[]),
    ] {
        let proof = holder.proof(TOKEN);
        let error = refused.header("dpop", &proof).send().await.is(400).json()["error"].clone();
        assert_ne!(error, "invalid_dpop_proof");
        let again = refresh(&party, &tokens).header("dpop", &proof).send().await;
        again.is_oauth_error(400, "invalid_dpop_proof");
    }
    refresh(&party, &tokens).header("dpop", &holder.proof(TOKEN)).send().await.is(200);
}

/// A stranger has nothing written down: whoever proves no client, and has no code, may guess without a trace.
#[tokio::test]
async fn j14_a_proof_of_somebody_who_guesses_at_the_widgets_code_is_forgotten() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let holder = Holder::new(&server);
    let guess = party.redeem("guess", &Pkce::fresh().verifier);
    let guess = guess.header("dpop", &holder.proof("/v1/oauth2/token")).send().await;
    guess.is_oauth_error(400, "invalid_grant");
    assert_eq!(server.store().row_counts().await["assertion_uses"], 0);
}

#[tokio::test]
async fn j11_a_proof_counts_once_at_par() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, pkce) = (Holder::new(&server), Pkce::fresh());
    let proof = holder.proof(PAR);
    push(&server, &party, &pkce, &[]).header("dpop", &proof).send().await.is(201);
    let again = push(&server, &party, &pkce, &[]).header("dpop", &proof).send().await;
    again.is_oauth_error(400, "invalid_dpop_proof");
    assert_eq!(server.store().row_counts().await["pushed_requests"], 1);
}

#[tokio::test]
async fn t9_a_renewal_of_bound_tokens_is_bound_to_any_key_of_the_client() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let (holder, next) = (Holder::new(&server), Holder::new(&server));
    let tokens = bound_tokens(&server, &party, &holder).await;
    refresh(&party, &tokens).send().await.is_oauth_error(400, "invalid_dpop_proof");
    let renewed = refresh(&party, &tokens).header("dpop", &next.proof(TOKEN)).send().await.is(200).json();
    assert_eq!(renewed["token_type"], "DPoP");
    let token = text(&renewed, "access_token");
    read(&party, token, &holder.proof_with(USERINFO, token)).await.is(401);
    read(&party, token, &next.proof_with(USERINFO, token)).await.is(200);
    let standing = introspect(&party, token).await;
    assert_eq!((&standing["token_type"], &standing["cnf"]), (&json!("DPoP"), &json!({"jkt": next.jkt()})));
    let standing = introspect(&party, text(&renewed, "refresh_token")).await;
    assert_eq!((&standing["active"], &standing["cnf"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn t9_a_client_may_be_held_to_bound_tokens() {
    let server = TestServer::start().await;
    let party = server.party().await;
    server.set_policy(&party, ClientPolicy { sender_constrained: true, ..ClientPolicy::default() }).await;
    let (holder, pkce) = (Holder::new(&server), Pkce::fresh());
    let code = allowed(&party, push(&server, &party, &pkce, &[]).send().await).await;
    redeem(&party, &code, &pkce, &[]).send().await.is_oauth_error(400, "invalid_dpop_proof");
    let tokens =
        redeem(&party, &code, &pkce, &[]).header("dpop", &holder.proof(TOKEN)).send().await.is(200).json();
    refresh(&party, &tokens).send().await.is_oauth_error(400, "invalid_dpop_proof");
    refresh(&party, &tokens).header("dpop", &holder.proof(TOKEN)).send().await.is(200);
}

#[tokio::test]
async fn j14_where_nonces_are_demanded_the_answer_names_the_one_to_use() {
    let server = TestServer::with(Setup { dpop_nonces: true, ..Setup::default() }).await;
    let party = server.party().await;
    let (holder, pkce) = (Holder::new(&server), Pkce::fresh());
    let with_nonce = |claims: Value, nonce: &str| {
        let mut claims = claims;
        claims["nonce"] = nonce.into();
        holder.key.proof(&claims)
    };
    let asked = push(&server, &party, &pkce, &[]).header("dpop", &holder.proof(PAR)).send().await;
    asked.is_oauth_error(400, "use_dpop_nonce");
    let nonce = asked.header("dpop-nonce").to_owned();
    assert_eq!(nonce.len(), 24);
    let proof = with_nonce(holder.claims("POST", PAR), &nonce);
    let pushed = push(&server, &party, &pkce, &[]).header("dpop", &proof).send().await;
    let code = allowed(&party, pushed).await;
    server.advance(Duration::from_secs(30));
    let redeem = |proof: &str| redeem(&party, &code, &pkce, &[]).header("dpop", proof);
    redeem(&holder.proof(TOKEN)).send().await.is_oauth_error(400, "use_dpop_nonce");
    let wrong = with_nonce(holder.claims("POST", TOKEN), "a");
    redeem(&wrong).send().await.is_oauth_error(400, "use_dpop_nonce");
    let good = with_nonce(holder.claims("POST", TOKEN), &nonce);
    let tokens = redeem(&good).send().await.is(200).json();
    let token = text(&tokens, "access_token");
    for path in [USERINFO, "/v1/bridge/record_locator"] {
        let call = by_proof(party.http.get(path), token, &holder.proof_with(path, token));
        let refused = call.send().await.is(401);
        assert!(refused.header("www-authenticate").starts_with("DPoP error=\"use_dpop_nonce\""));
        assert_eq!(refused.header("dpop-nonce"), nonce);
    }
    server.advance(Duration::from_mins(10));
    let late = with_nonce(holder.claims("POST", TOKEN), &nonce);
    let refused = refresh(&party, &tokens).header("dpop", &late).send().await;
    refused.is_oauth_error(400, "use_dpop_nonce");
    assert_ne!(refused.header("dpop-nonce"), nonce);
}

#[tokio::test]
async fn t9_the_widgets_code_may_be_bound_too() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let holder = Holder::new(&server);
    let pkce = Pkce::fresh();
    let code = party.allow(&party.push(&server.id_token()).await, &pkce).await;
    let redeem = |path| party.redeem(&code, &pkce.verifier).header("dpop", &holder.proof(path));
    redeem(TOKEN).send().await.is_oauth_error(400, "invalid_dpop_proof");
    let tokens = redeem("/v1/oauth2/token").send().await.is(200).json();
    assert_eq!(tokens["token_type"], "DPoP");
}

#[tokio::test]
async fn d3_proofs_are_announced_and_asked_for_by_post_alone() {
    let server = TestServer::start().await;
    let document = server.http.get("/.well-known/oauth-authorization-server").send().await.is(200).json();
    assert_eq!(
        document["dpop_signing_alg_values_supported"],
        json!(["ES256", "EdDSA", "Ed25519", "PS256", "RS256"])
    );
    server.http.bare(Method::GET, TOKEN).send().await.is_oauth_error(405, "invalid_request");
}
