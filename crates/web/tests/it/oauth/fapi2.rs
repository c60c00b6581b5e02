//! The FAPI 2.0 Security Profile: a client that proves itself by keys, pushes everything, and whose tokens are bound.

use std::time::Duration;

use jose::Algorithm;
use model::{ClientPolicy, ClientProfile, RequestUse};
use serde_json::{Value, json};
use testkit::http::Call;
use testkit::{Answer, Holder, Keyed, Pkce, TestServer};

use super::flow::{OWN, allowed, claims, introspect, push, redeem, renew};
use super::refresh::text;

const PAR: &str = "/oauth2/par";
const TOKEN: &str = "/oauth2/token";
const USERINFO: &str = "/oauth2/userinfo";

fn policy() -> ClientPolicy {
    ClientPolicy { profile: ClientProfile::Fapi2, sender_constrained: true, ..ClientPolicy::default() }
}

struct Stage {
    server: TestServer,
    client: Keyed,
    holder: Holder,
    pkce: Pkce,
}

impl Stage {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let client = Keyed::of(&server, policy()).await;
        let (holder, pkce) = (Holder::new(&server), Pkce::fresh());
        Self { server, client, holder, pkce }
    }

    fn push(&self, more: &[(&str, &str)]) -> Call {
        push(&self.server, &self.client, &self.pkce, more)
    }

    async fn code(&self) -> String {
        allowed(&self.client, self.push(&[]).send().await).await
    }

    fn redeem(&self, code: &str) -> Call {
        redeem(&self.client, code, &self.pkce, &[]).header("dpop", &self.holder.proof(TOKEN))
    }

    fn renew(&self, tokens: &Value) -> Call {
        renew(&self.client, text(tokens, "refresh_token"), &[]).header("dpop", &self.holder.proof(TOKEN))
    }

    async fn read(&self, token: &str) -> Answer {
        let call = self.server.http.get(USERINFO).header("authorization", &format!("DPoP {token}"));
        call.header("dpop", &self.holder.proof_with(USERINFO, token)).send().await
    }
}

#[tokio::test]
async fn a_client_of_keys_alone_goes_the_whole_way() {
    let stage = Stage::new().await;
    let (long_state, nonce) = ("s".repeat(1024), "n".repeat(64));
    let pushed = stage.push(&[("state", &long_state), ("nonce", &nonce), ("dpop_jkt", stage.holder.jkt())]);
    let request_uri = pushed.send().await.is(201).json()["request_uri"].as_str().expect("text").to_owned();
    let party = &stage.client.party;
    let query = testkit::http::encode(&[("client_id", &party.public_id), ("request_uri", &request_uri)]);
    let page = party.http.get(&format!("/oauth2/authorize?{query}")).send().await.is(200);
    let back = party.decide(&page.hidden("handle"), "allow").await.is(303);
    assert!(back.location().as_str().starts_with(&format!("{OWN}?code=")));
    assert_eq!(back.parameter("state").as_deref(), Some(long_state.as_str()));
    assert_eq!(back.parameter("iss").as_deref(), Some(stage.server.http.base()));
    let code = back.parameter("code").expect("a code");
    let tokens = stage.redeem(&code).send().await.is(200).json();
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(claims(text(&tokens, "id_token"))["nonce"], nonce);
    let person = stage.read(text(&tokens, "access_token")).await.is(200).json();
    assert_eq!(person["sub"], claims(text(&tokens, "id_token"))["sub"]);
    let standing = introspect(&stage.client, text(&tokens, "access_token")).await;
    assert_eq!(standing["cnf"], json!({"jkt": stage.holder.jkt()}));
}

#[tokio::test]
async fn par_7_everything_is_pushed_and_by_s256() {
    let stage = Stage::new().await;
    let challenge = stage.pkce.challenge.clone();
    for (change, rule) in [
        (&[("redirect_uri", "")][..], "par.no_redirect_uri"),
        (&[("redirect_uri", "https://app.example/authorized?x")], "par.redirect_uri"),
        (&[("redirect_uri", &stage.client.party.widget_callback())], "par.redirect_uri"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "par.code_challenge"),
        (&[("code_challenge", &challenge), ("code_challenge_method", "")], "par.code_challenge"),
        (&[("code_challenge_method", "plain")], "par.code_challenge"),
        (&[("scope", "profile email")], "par.scope"),
        (&[("response_type", "code id_token")], "par.response_type"),
        (&[("response_mode", "fragment")], "par.response_mode"),
    ] {
        let refused = stage.push(change).send().await;
        refused.is_oauth_error(400, "invalid_request");
        assert!(refused.text().contains(rule), "{change:?}: {}", refused.text());
    }
    stage.push(&[("scope", "openid")]).send().await.is(201);
    let answer = stage.push(&[]).send().await.is(201).json();
    assert!(answer["expires_in"].as_u64().is_some_and(|seconds| seconds < 600));
}

#[tokio::test]
async fn par_2_no_secret_proves_it_anywhere() {
    let stage = Stage::new().await;
    let party = &stage.client.party;
    let (id, key) = (party.public_id.as_str(), party.private_key.expose());
    for path in [PAR, TOKEN, "/oauth2/introspect", "/oauth2/revoke"] {
        let fields = [("grant_type", "client_credentials"), ("token", "x")];
        party.signed(party.http.form(path, &fields)).send().await.is_oauth_error(401, "invalid_client");
        let posted = [fields[0], fields[1], ("client_id", id), ("client_secret", key)];
        party.http.form(path, &posted).send().await.is_oauth_error(401, "invalid_client");
    }
    party.signed(party.http.get("/v1/bridge/fhir/ehi-export/x")).send().await.is(401);
}

#[tokio::test]
async fn az_1_what_the_browser_brings_counts_for_nothing() {
    let stage = Stage::new().await;
    let request_uri = stage.push(&[("state", "pushed")]).send().await.is(201).json();
    let request_uri = request_uri["request_uri"].as_str().expect("text");
    let party = &stage.client.party;
    let other = Pkce::fresh();
    let page = party
        .authorize(&[
            ("request_uri", request_uri),
            ("redirect_uri", "https://evil.example/"),
            ("state", "brought"),
            ("code_challenge", &other.challenge),
            ("scope", "openid"),
        ])
        .await
        .is(200);
    let back = party.decide(&page.hidden("handle"), "allow").await.is(303);
    assert!(back.location().as_str().starts_with(&format!("{OWN}?")));
    assert_eq!(back.parameter("state").as_deref(), Some("pushed"));
    let code = back.parameter("code").expect("a code");
    let brought = redeem(&stage.client, &code, &other, &[]).header("dpop", &stage.holder.proof(TOKEN));
    brought.send().await.is_oauth_error(400, "invalid_grant");
    let tokens = stage.redeem(&code).send().await.is(200).json();
    assert_eq!(tokens["scope"], "openid profile email offline_access");
}

#[tokio::test]
async fn az_4_nothing_is_asked_for_but_by_a_pushed_request() {
    let stage = Stage::new().await;
    let (party, challenge) = (&stage.client.party, stage.pkce.challenge.as_str());
    let all = [("redirect_uri", OWN), ("scope", "openid"), ("code_challenge", challenge)];
    for request_uri in ["", "https://app.example/request.jwt", "urn:ietf:params:oauth:request_uri:1.x"] {
        let refused = party.authorize(&[&all[..], &[("request_uri", request_uri)]].concat()).await;
        assert_eq!(refused.header("location"), "", "{request_uri}");
        refused.is_problem(400, "request_uri");
    }
    let request = [&all[..], &[("request", "a.b.c")]].concat();
    party.authorize(&request).await.is_problem(400, "request_uri");
}

#[tokio::test]
async fn az_8_a_code_lives_for_a_minute_and_is_for_its_client_alone() {
    let stage = Stage::new().await;
    let code = stage.code().await;
    let stranger = Keyed::of(&stage.server, policy()).await;
    let foreign = redeem(&stranger, &code, &stage.pkce, &[]).header("dpop", &stage.holder.proof(TOKEN));
    foreign.send().await.is_oauth_error(400, "invalid_grant");
    // The widget's way in, which proves nobody, is none for it.
    let callback = stage.client.party.widget_callback();
    for redirect_uri in [callback.as_str(), OWN] {
        let bare = stage.server.http.form(
            TOKEN,
            &[
                ("grant_type", "authorization_code"),
                ("client_id", &stage.client.party.public_id),
                ("code", &code),
                ("code_verifier", &stage.pkce.verifier),
                ("redirect_uri", redirect_uri),
            ],
        );
        let bare = bare.header("dpop", &stage.holder.proof(TOKEN)).send().await;
        bare.is_oauth_error(401, "invalid_client");
    }
    stage.server.advance(Duration::from_mins(1));
    stage.redeem(&code).send().await.is_oauth_error(400, "invalid_grant");
    let code = stage.code().await;
    stage.server.advance(Duration::from_secs(59));
    stage.redeem(&code).send().await.is(200);
    stage.redeem(&code).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn t9_tokens_are_bound_or_there_are_none() {
    let stage = Stage::new().await;
    let code = stage.code().await;
    let bare = redeem(&stage.client, &code, &stage.pkce, &[]).send().await;
    bare.is_oauth_error(400, "invalid_dpop_proof");
    let tokens = stage.redeem(&code).send().await.is(200).json();
    let token = text(&tokens, "access_token");
    stage.server.http.get(USERINFO).bearer(token).send().await.is(401);
    let in_the_query = format!("{USERINFO}?access_token={token}");
    stage.server.http.get(&in_the_query).send().await.is(401);
    stage.read(token).await.is(200);
    // The scheme's case does not matter (RFC 9110 section 11.1).
    let shouted = stage.server.http.get(USERINFO).header("authorization", &format!("dPOp {token}"));
    shouted.header("dpop", &stage.holder.proof_with(USERINFO, token)).send().await.is(200);
}

#[tokio::test]
async fn t7_a_refresh_token_stays_the_same() {
    let stage = Stage::new().await;
    let tokens = stage.redeem(&stage.code().await).send().await.is(200).json();
    for _ in 0..3 {
        let renewed = stage.renew(&tokens).send().await.is(200).json();
        assert_eq!(renewed["refresh_token"], Value::Null, "the one it has is good");
        stage.read(text(&renewed, "access_token")).await.is(200);
    }
    let bare = renew(&stage.client, text(&tokens, "refresh_token"), &[]).send().await;
    bare.is_oauth_error(400, "invalid_dpop_proof");
    let stranger = Keyed::of(&stage.server, policy()).await;
    let foreign = renew(&stranger, text(&tokens, "refresh_token"), &[]);
    let foreign = foreign.header("dpop", &stage.holder.proof(TOKEN)).send().await;
    foreign.is_oauth_error(400, "invalid_grant");
    let revoked = stage.client.form("/oauth2/revoke", &[("token", text(&tokens, "refresh_token"))]);
    revoked.send().await.is(200);
    stage.renew(&tokens).send().await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn j1_rs256_is_for_other_clients() {
    let stage = Stage::new().await;
    for (algorithm, is_good) in [
        (Algorithm::Rs256, false),
        (Algorithm::Ps256, true),
        (Algorithm::EdDsa, true),
        (Algorithm::Es256, true),
    ] {
        let code = stage.code().await;
        let proof = Holder::with(&stage.server, algorithm).proof(TOKEN);
        let answer = redeem(&stage.client, &code, &stage.pkce, &[]).header("dpop", &proof).send().await;
        if is_good {
            answer.is(200);
        } else {
            answer.is_oauth_error(400, "invalid_dpop_proof");
        }
    }
}

#[tokio::test]
async fn j10_clocks_may_be_ten_seconds_ahead_and_not_more_than_a_minute() {
    let stage = Stage::new().await;
    let now = stage.server.clock.now().seconds();
    for (ahead, status) in [(10, 200), (61, 401)] {
        let mut claims = stage.client.claims();
        (claims["iat"], claims["nbf"]) = (json!(now + ahead), json!(now + ahead));
        claims["exp"] = json!(now + ahead + 60);
        let assertion = stage.client.key.token(claims.to_string());
        let asked = stage.client.form_with(&assertion, "/oauth2/introspect", &[("token", "x")]);
        asked.send().await.is(status);
    }
    for (ahead, status) in [(61, 400), (10, 200)] {
        let code = stage.code().await;
        let mut claims = stage.holder.claims("POST", TOKEN);
        claims["iat"] = json!(now + ahead);
        let proof = stage.holder.key.proof(&claims);
        redeem(&stage.client, &code, &stage.pkce, &[]).header("dpop", &proof).send().await.is(status);
    }
}

#[tokio::test]
async fn az_2_a_request_uri_may_be_loaded_until_the_patient_decides_where_the_policy_says_so() {
    let stage = Stage::new().await;
    let kind = ClientPolicy { request_use: RequestUse::Authorize, ..policy() };
    let client = Keyed::of(&stage.server, kind).await;
    let pushed = push(&stage.server, &client, &stage.pkce, &[]).send().await.is(201).json();
    let request_uri = [("request_uri", pushed["request_uri"].as_str().expect("text"))];
    let first = client.party.authorize(&request_uri).await.is(200);
    let second = client.party.authorize(&request_uri).await.is(200);
    client.party.decide(&second.hidden("handle"), "allow").await.is(303);
    let late = client.party.decide(&first.hidden("handle"), "allow").await;
    late.is_problem(400, "nothing_to_decide");
    client.party.authorize(&request_uri).await.is_problem(400, "request_uri");
}
