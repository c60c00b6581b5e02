//! How much may be asked for in a time, and what whoever asks for more is told (PAR-10).

use std::time::Duration;

use http::Method;
use model::{ClientPolicy, Mode};
use openias_web::{Limits, TrustedProxies};
use serde_json::json;
use testkit::http::{Answer, Call, encode};
use testkit::{Keyed, Pkce, Setup, TestServer};

const SECOND: Duration = Duration::from_secs(1);
const ONE: &str = "203.0.113.7";
const OTHER: &str = "203.0.113.8";

/// A server with these limits, whose tests call through a proxy that it trusts.
async fn server(limits: Limits) -> TestServer {
    let proxies = TrustedProxies::parse(["127.0.0.1"]).expect("an address");
    TestServer::with(Setup { limits, proxies, ..Setup::default() }).await
}

async fn from(address: &str, call: Call) -> Answer {
    call.header("x-forwarded-for", address).send().await
}

#[track_caller]
fn is_busy_oauth(answer: &Answer, seconds: &str) {
    answer.is_oauth_error(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), seconds);
}

#[track_caller]
fn is_busy_bridge(answer: &Answer, seconds: &str) {
    answer.is_bridge_error(429, "too_many_requests");
    assert_eq!(answer.header("retry-after"), seconds);
}

#[track_caller]
fn is_busy_page(answer: &Answer, seconds: &str) {
    answer.is_problem(429, "too_many");
    assert_eq!(answer.header("retry-after"), seconds);
}

#[tokio::test]
async fn par_10_rate_is_429_with_retry_after() {
    let server = server(Limits { client_per_second: 2, ..Limits::OFF }).await;
    let (party, other) = (server.party().await, server.party().await);
    let id_token = server.id_token();
    for _ in 0..2 {
        party.par(&id_token).send().await.is(201);
    }
    is_busy_oauth(&party.par(&id_token).send().await, "1");
    assert_eq!(server.store().row_counts().await["pushed_requests"], 2, "what is refused is not kept");
    is_busy_bridge(&party.signed(server.http.get("/v1/bridge/org_connection/x")).send().await, "1");
    other.par(&server.csp.token(server.hcid(), server.clock.now())).send().await.is(201);
    server.advance(SECOND / 2);
    party.par(&id_token).send().await.is(201);
    is_busy_oauth(&party.par(&id_token).send().await, "1");
}

#[tokio::test]
async fn nobody_uses_up_what_is_another_clients() {
    let server = server(Limits { client_per_second: 1, organization_per_second: 1, ..Limits::OFF }).await;
    let (party, mut thief) = (server.party().await, server.party().await);
    thief.public_id.clone_from(&party.public_id);
    for _ in 0..20 {
        thief.par(&server.id_token()).send().await.is_oauth_error(401, "invalid_client");
        thief.redeem("a guess", "a verifier").send().await.is_oauth_error(400, "invalid_grant");
        server.http.get(&format!("/bridge/org?public_id={}", party.public_id)).send().await.is(200);
    }
    party.push(&server.id_token()).await;
}

#[tokio::test]
async fn an_organizations_clients_are_summed_in_both_modes_and_at_the_built_in_csp() {
    let server = server(Limits { organization_per_second: 3, ..Limits::OFF }).await;
    let (test, live) = (server.party().await, server.party_of(&server.organization.id, Mode::Live).await);
    let csp = server.csp_client().await;
    let connection = |party: &testkit::Party| party.signed(server.http.get("/bridge/org_connection/x"));
    let refresh = || {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let form = server.http.form("/authenticate/oidc-sandbox/token", &fields);
        form.basic(&csp.client_id, csp.client_secret.expose())
    };
    connection(&test).send().await.is(404);
    connection(&live).send().await.is(404);
    refresh().send().await.is_oauth_error(400, "invalid_grant");
    is_busy_bridge(&connection(&test).send().await, "1");
    is_busy_oauth(&refresh().send().await, "1");
    is_busy_oauth(
        &server
            .http
            .form("/authenticate/oidc-sandbox/par", &[])
            .basic(&csp.client_id, csp.client_secret.expose())
            .send()
            .await,
        "1",
    );
    let foreign = server.another_organization(2).await;
    let stranger = server.party_of(&foreign.id, Mode::Test).await;
    connection(&stranger).send().await.is(404);
}

#[tokio::test]
async fn an_address_is_limited_wherever_no_client_proves_itself() {
    let server = server(Limits { address_per_minute: 6, ..Limits::OFF }).await;
    let party = server.party().await;
    let pkce = Pkce::fresh();
    let authorize = || {
        let query = encode(&[("client_id", &party.public_id), ("code_challenge", &pkce.challenge)]);
        server.http.get(&format!("/oauth2/authorize?{query}"))
    };
    let org = || server.http.get(&format!("/v1/bridge/org?public_id={}", party.public_id));
    let inquiry = || server.http.form("/authenticate/oidc-sandbox/inquiry/person", &[("handle", "x")]);
    let decision =
        || server.http.form("/v1/oauth2/authorize/decision", &[("handle", "x"), ("decision", "allow")]);
    for _ in 0..20 {
        from(ONE, party.par(&server.id_token())).await.is(201);
    }
    from(ONE, authorize()).await.is(400);
    from(ONE, org()).await.is(200);
    from(ONE, inquiry()).await.is(400);
    from(ONE, party.redeem("a guess", &pkce.verifier)).await.is(400);
    from(ONE, server.http.bare(Method::GET, "/oauth2/par")).await.is(405);
    from(ONE, decision()).await.is(400);
    for call in [authorize(), inquiry(), decision(), server.http.get("/authenticate/oidc/authorize")] {
        is_busy_page(&from(ONE, call).await, "10");
    }
    let spanish = from(ONE, authorize().header("accept-language", "es")).await;
    assert!(spanish.text().contains("Hay demasiadas solicitudes"), "{}", spanish.text());
    is_busy_bridge(&from(ONE, org()).await, "10");
    is_busy_oauth(&from(ONE, party.redeem("a guess", &pkce.verifier)).await, "10");
    is_busy_oauth(&from(ONE, server.http.form("/oauth2/par", &[])).await, "10");
    from(OTHER, org()).await.is(200);
    for open in ["/healthz", "/jwks.json", "/authenticate/oidc-sandbox/jwks", "/portal/sign-in"] {
        from(ONE, server.http.get(open)).await.is(200);
    }
    server.advance(10 * SECOND);
    from(ONE, org()).await.is(200);
    is_busy_bridge(&from(ONE, org()).await, "10");
}

#[tokio::test]
async fn an_ipv6_address_is_its_whole_network() {
    let server = server(Limits { address_per_minute: 1, ..Limits::OFF }).await;
    let org = || server.http.get("/bridge/org?public_id=x");
    from("2001:db8:1:2::1", org()).await.is(404);
    is_busy_bridge(&from("2001:db8:1:2:ffff::9", org()).await, "60");
    from("2001:db8:1:3::1", org()).await.is(404);
}

#[tokio::test]
async fn guessing_keys_is_limited_more_strictly_than_anything_else() {
    let server = server(Limits { address_per_minute: 100, failures_per_minute: 3, ..Limits::OFF }).await;
    let (party, other) = (server.party().await, server.party().await);
    let wrong = || server.http.form("/oauth2/par", &[]).basic(&party.public_id, "private_test_guess");
    let bridge = |key: &str| server.http.get("/bridge/org_connection/x").bearer(key);
    let csp = || {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let form = server.http.form("/authenticate/oidc-sandbox/token", &fields);
        form.basic("env_x.atoc_y", "guess")
    };
    for _ in 0..3 {
        from(ONE, wrong()).await.is_oauth_error(401, "invalid_client");
        from(ONE, bridge("private_test_guess")).await.is_bridge_error(401, "unauthorized");
        from(ONE, csp()).await.is_oauth_error(401, "invalid_client");
    }
    is_busy_oauth(&from(ONE, wrong()).await, "20");
    is_busy_oauth(&from(ONE, party.par(&server.id_token())).await, "20");
    is_busy_bridge(&from(ONE, bridge(party.private_key.expose())).await, "20");
    is_busy_oauth(&from(ONE, csp()).await, "20");
    from(ONE, server.http.get("/bridge/org?public_id=x")).await.is(404);
    from(ONE, party.redeem("a code", "a verifier")).await.is_oauth_error(400, "invalid_grant");
    from(ONE, other.par(&server.id_token())).await.is(201);
    from(OTHER, party.par(&server.csp.token(server.hcid(), server.clock.now()))).await.is(201);
    server.advance(20 * SECOND);
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let known = || party.signed(server.http.form("/oauth2/token", &refresh));
    from(ONE, known()).await.is_oauth_error(400, "invalid_grant");
    from(ONE, wrong()).await.is_oauth_error(401, "invalid_client");
    is_busy_oauth(&from(ONE, wrong()).await, "20");
    from(ONE, known()).await.is_oauth_error(400, "invalid_grant");
}

#[tokio::test]
async fn what_others_do_at_an_address_keeps_no_client_there_from_proving_itself() {
    let server = server(Limits { address_per_minute: 3, failures_per_minute: 3, ..Limits::OFF }).await;
    let (party, new) = (server.party().await, server.party().await);
    let introspect =
        |party: &testkit::Party| party.signed(server.http.form("/oauth2/introspect", &[("token", "x")]));
    let bridge = || server.http.get("/bridge/org_connection/x").bearer(party.private_key.expose());
    from(ONE, introspect(&party)).await.is(200);
    from(ONE, bridge()).await.is(404);
    for number in 0..5 {
        from(ONE, server.http.get("/bridge/org?public_id=x")).await;
        let guess = server.http.form("/oauth2/par", &[]);
        from(ONE, guess.basic(&party.public_id, &format!("private_test_{number}"))).await;
    }
    is_busy_bridge(&from(ONE, server.http.get("/bridge/org?public_id=x")).await, "20");
    is_busy_oauth(
        &from(ONE, server.http.form("/oauth2/par", &[]).basic(&party.public_id, "guess")).await,
        "20",
    );
    for _ in 0..10 {
        from(ONE, introspect(&party)).await.is(200);
        from(ONE, introspect(&new)).await.is(200);
    }
    for number in 0..50 {
        let guess = server.http.form("/oauth2/par", &[]);
        from(ONE, guess.basic(&format!("public_test_{number}"), "private_test_guess")).await;
    }
    let newest = server.party().await;
    is_busy_oauth(&from(ONE, introspect(&newest)).await, "2");
    from(ONE, introspect(&party)).await.is(200);
    from(ONE, bridge()).await.is(404);
}

#[tokio::test]
async fn a_key_or_an_assertion_in_the_form_is_limited_like_one_in_the_header() {
    let server = server(Limits { address_per_minute: 100, failures_per_minute: 3, ..Limits::OFF }).await;
    let (party, other) = (server.party().await, server.party().await);
    let refresh = |party: &testkit::Party, secret: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("client_id", party.public_id.as_str()),
            ("client_secret", secret),
        ];
        server.http.form("/oauth2/token", &fields)
    };
    for _ in 0..3 {
        from(ONE, refresh(&party, "a guess")).await.is_oauth_error(401, "invalid_client");
    }
    is_busy_oauth(&from(ONE, refresh(&party, "a guess")).await, "20");
    from(ONE, refresh(&other, other.private_key.expose())).await.is_oauth_error(400, "invalid_grant");
    from(ONE, party.redeem("a code", "a verifier")).await.is_oauth_error(400, "invalid_grant");
    let keyed = Keyed::of(&server, ClientPolicy::default()).await;
    let stranger = Keyed::of(&server, ClientPolicy::default()).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let forged = || stranger.key.token(keyed.claims().to_string());
    for _ in 0..3 {
        let call = keyed.form_with(&forged(), "/oauth2/token", &fields);
        from(OTHER, call).await.is_oauth_error(401, "invalid_client");
    }
    is_busy_oauth(&from(OTHER, keyed.form_with(&forged(), "/oauth2/token", &fields)).await, "20");
    is_busy_oauth(&from(OTHER, keyed.form("/oauth2/introspect", &[("token", "x")])).await, "20");
    from(OTHER, stranger.form("/oauth2/introspect", &[("token", "x")])).await.is(200);
    from(ONE, keyed.form("/oauth2/introspect", &[("token", "x")])).await.is(200);
}

#[tokio::test]
async fn pages_that_read_the_store_are_limited_and_an_operator_at_work_is_not() {
    let server = server(Limits { address_per_minute: 3, ..Limits::OFF }).await;
    let party = server.party().await;
    let cookie = {
        let link = openias_web::sign_in_link(&server.app).await.expect("a link");
        let answer = from(ONE, server.http.form("/portal/sign-in", &[("token", &link)])).await.is(303);
        answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    };
    let operator = || server.http.get("/portal").header("cookie", &cookie);
    let widget = || server.http.get(&format!("/?public-id={}", party.public_id));
    for _ in 0..10 {
        from(ONE, operator()).await.is(200);
    }
    from(ONE, widget()).await.is(200);
    from(ONE, server.http.get("/portal").header("cookie", "openias_operator=x")).await.is(303);
    from(ONE, server.http.get("/r/x")).await.is(200);
    for call in [widget(), server.http.get("/portal"), server.http.get("/r/x")] {
        is_busy_page(&from(ONE, call).await, "20");
    }
    from(ONE, operator()).await.is(200);
    from(OTHER, widget()).await.is(200);
}

#[tokio::test]
async fn what_a_caller_says_of_itself_is_not_believed() {
    let limits =
        Limits { address_per_minute: 1, failures_per_minute: 1, sign_ins_per_minute: 1, ..Limits::OFF };
    // Nobody is trusted: callers from this machine are not told apart, whatever they say.
    let open = TestServer::with(Setup { limits, ..Setup::default() }).await;
    for _ in 0..5 {
        from(ONE, open.http.get("/bridge/org?public_id=x")).await.is(404);
    }
    let server = server(limits).await;
    from(ONE, server.http.get("/bridge/org?public_id=x")).await.is(404);
    for claimed in ["198.51.100.1, ", "198.51.100.2,", "127.0.0.1, ::1, "] {
        let said = format!("{claimed}{ONE}");
        is_busy_bridge(&from(&said, server.http.get("/bridge/org?public_id=x")).await, "60");
    }
    let twice = server.http.get("/bridge/org?public_id=x").header("x-forwarded-for", "198.51.100.3");
    is_busy_bridge(&from(ONE, twice).await, "60");
    from("unknown", server.http.get("/bridge/org?public_id=x")).await.is(404);
    is_busy_bridge(&from("_hidden", server.http.get("/bridge/org?public_id=x")).await, "60");
}

#[tokio::test]
async fn tries_to_sign_in_to_the_portal_are_limited() {
    let server = server(Limits { sign_ins_per_minute: 2, ..Limits::OFF }).await;
    let link = openias_web::sign_in_link(&server.app).await.expect("a link");
    let attempt = |token: &str| server.http.form("/portal/sign-in?lang=es", &[("token", token)]);
    for _ in 0..2 {
        from(ONE, attempt("guess")).await.is(403);
    }
    let busy = from(ONE, attempt(&link)).await;
    is_busy_page(&busy, "30");
    assert!(busy.text().contains("<html lang=\"es\""));
    from(ONE, server.http.get("/portal/sign-in")).await.is(200);
    from(OTHER, attempt(&link)).await.is(303);
}

#[tokio::test]
async fn a_patients_widget_counts_by_its_address_and_never_against_its_client() {
    let server = server(Limits { client_per_second: 1, address_per_minute: 20, ..Limits::OFF }).await;
    let party = server.party().await;
    let session = party.session(&server.id_token()).await;
    server.advance(SECOND);
    let poll = || server.http.get(&format!("/bridge/record_locator/x?public_id={}", party.public_id));
    for _ in 0..20 {
        from(ONE, poll().bearer(&session)).await.is(404);
    }
    is_busy_bridge(&from(ONE, poll().bearer(&session)).await, "3");
    let body = json!({"vault_connection_ids": []});
    let authorize = server.http.json("/bridge/vault_connection/authorize", &body);
    is_busy_bridge(&from(ONE, authorize.bearer(&session)).await, "3");
    from(OTHER, party.signed(server.http.get("/bridge/org_connection/x"))).await.is(404);
}
