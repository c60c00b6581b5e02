//! Why calls failed.

use http::Method;
use model::ClientPolicy;
use serde_json::{Value, json};
use store::{FailedCall, FailedCallFilter, Place};
use testkit::{Answer, Keyed, Party, TestServer};

use super::Desk;

/// The failed calls that were kept of the server's own organisation, newest first, as
/// `method route status error rule`.
async fn kept(server: &TestServer) -> Vec<String> {
    let line = |c: &FailedCall| format!("{} {} {} {} {}", c.method, c.route, c.status, c.error, c.rule);
    calls(server).await.iter().map(|call| line(call).trim_end().to_owned()).collect()
}

async fn calls(server: &TestServer) -> Vec<FailedCall> {
    server.app.write_request_log().await.expect("written");
    let mut tx = server.store().read().await.expect("a transaction");
    let (all, latest) = (FailedCallFilter::default(), Place::Latest);
    let page = tx.failed_calls(&server.organization.id, all, latest, 1000).await.expect("read");
    page.rows.into_iter().map(|(_, call)| call).collect()
}

/// A push that fails for want of a scope; its answer.
async fn fail(party: &Party) -> Answer {
    party.signed(party.http.form("/v1/oauth2/par", &[])).send().await.is(400)
}

#[tokio::test]
async fn a_failed_call_of_a_proven_client_is_kept_with_its_route_and_codes() {
    let server = TestServer::start().await;
    let party = server.party().await;
    let expired = server.id_token();
    server.advance(std::time::Duration::from_hours(3));
    party.par(&expired).send().await.is(400);
    party
        .signed(party.http.form(
            "/oauth2/token",
            &[("grant_type", "authorization_code"), ("code", "secret-code"), ("redirect_uri", "x")],
        ))
        .send()
        .await
        .is(400);
    party.signed(party.http.bare(Method::DELETE, "/v1/bridge/org_connection/secret-id")).send().await.is(404);
    party.signed(party.http.json("/bridge/fhir/ehi-export", &json!({"other": 1}))).send().await.is(400);
    let answer = fail(&party).await;
    assert_eq!(
        kept(&server).await,
        [
            "POST /v1/oauth2/par 400 invalid_request par.scope",
            "POST /bridge/fhir/ehi-export 400 invalid_json",
            "DELETE /v1/bridge/org_connection/{id} 404 not_found",
            "POST /oauth2/token 400 invalid_grant code.unknown",
            "POST /oauth2/par 400 invalid_request token.expired",
        ]
    );
    let last = calls(&server).await.remove(0);
    assert_eq!((last.request_id.as_str(), last.at), (answer.header("x-request-id"), server.clock.now()));
    assert_eq!(last.public_id.as_str(), party.public_id);
    let rows = server.store().raw_rows().await;
    let rows: String = rows.lines().filter(|row| row.starts_with("failed_calls")).collect();
    assert!(!rows.contains("secret-") && !rows.contains(&expired[..40].to_lowercase()));
}

#[tokio::test]
async fn a_patients_failed_call_is_kept_for_the_client_of_its_session() {
    let server = TestServer::start().await;
    let (party, other) = (server.party().await, server.party().await);
    let session = party.session(&server.id_token()).await;
    let poll = |party: &Party| {
        let path = format!("/v1/bridge/record_locator/secret-task?public_id={}", party.public_id);
        server.http.get(&path).bearer(&session)
    };
    poll(&party).send().await.is(404);
    poll(&other).send().await.is(401);
    let route = "GET /v1/bridge/record_locator/{task}";
    assert_eq!(kept(&server).await, [format!("{route} 401 session_ended"), format!("{route} 404 not_found")]);
    assert!(calls(&server).await.iter().all(|call| call.public_id.as_str() == party.public_id));
}

#[tokio::test]
async fn neither_strangers_nor_successes_are_kept() {
    let server = TestServer::start().await;
    let (party, mut thief) = (server.party().await, server.party().await);
    thief.public_id.clone_from(&party.public_id);
    party.push(&server.id_token()).await;
    thief.par(&server.id_token()).send().await.is(401);
    thief.signed(server.http.get("/bridge/org_connection/x")).send().await.is(401);
    party.redeem("a guess", "a verifier").send().await.is(400);
    party.authorize(&[("request_uri", "x")]).await.is(400);
    server.http.get("/bridge/org_connection/x").bearer("guess").send().await.is(401);
    assert!(kept(&server).await.is_empty());
}

/// What the client signed itself is its own mistake, which its developers can read; nobody else can write there.
#[tokio::test]
async fn why_an_assertion_of_the_clients_own_does_not_stand_is_kept_and_not_told() {
    let server = TestServer::start().await;
    let client = Keyed::of(&server, ClientPolicy::default()).await;
    let (token, now) = ([("token", "unknown")], server.clock.now().seconds());
    let signed = |name: &str, value: Value| {
        let mut claims = client.claims();
        claims[name] = value;
        client.key.token(claims.to_string())
    };
    let once = client.assertion();
    client.form_with(&once, "/oauth2/introspect", &token).send().await.is(200);
    let strangers = Keyed::of(&server, ClientPolicy::default()).await;
    let forged = strangers.key.token(client.claims().to_string());
    let expected = client.form_with(&forged, "/oauth2/introspect", &token).send().await;
    let mut rules = Vec::new();
    for (assertion, rule) in [
        (signed("aud", json!("https://another.example")), "assertion.audience"),
        (signed("exp", json!(now - 1)), "assertion.expired"),
        (signed("exp", json!(now + 7200)), "assertion.life"),
        (signed("iat", json!(now + 600)), "assertion.ahead"),
        (signed("jti", json!(null)), "assertion.claim"),
        (signed("iss", json!("somebody")), "assertion.client"),
        (once, "client.replayed"),
    ] {
        for path in ["/oauth2/par", "/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let grant = ("grant_type", "client_credentials");
            let fields = [("token", "unknown"), grant, ("scope", "x")];
            let call = client.form_with(&assertion, path, &fields);
            // A replay at PAR comes to light when the request is kept.
            if rule == "client.replayed" && path == "/oauth2/par" {
                continue;
            }
            let answer = call.send().await;
            answer.is_oauth_error(401, "invalid_client");
            assert_eq!(answer.text(), expected.text(), "no answer tells more than a forger's");
            rules.push(format!("POST {path} 401 invalid_client {rule}"));
        }
    }
    rules.reverse();
    assert_eq!(kept(&server).await, rules);
    assert!(calls(&server).await.iter().all(|call| call.public_id.as_str() == client.party.public_id));
    let desk = Desk::open(&server).await;
    let page = desk.get(&desk.path("/requests")).await.is(200).text();
    assert!(page.contains("assertion.audience") && page.contains("Put the issuer of this server into aud"));
}

#[tokio::test]
async fn what_waits_is_written_when_the_server_stops() {
    let server = TestServer::start().await;
    fail(&server.party().await).await;
    openias_web::keep_request_log(&server.app, std::future::ready(())).await;
    assert_eq!(server.store().row_counts().await["failed_calls"], 1);
}

#[tokio::test]
async fn the_page_says_what_failed_why_and_what_to_do() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    let empty = desk.get(&desk.path("/requests")).await.is(200);
    assert!(empty.text().contains("No call has failed"));
    let other = server.another_organization(2).await;
    let foreign = server.csp.token(other.hcid.as_ref().expect("an HCID"), server.clock.now());
    let request = party.par(&foreign).send().await.is(400);
    let request = request.header("x-request-id");
    fail(&party).await;
    server.app.write_request_log().await.expect("written");
    let page = desk.get(&desk.path("/requests")).await.is(200).text();
    let (rule, description) = (token::Rule::Audience, token::Rule::Audience.describe());
    for text in [
        "datetime=\"2026-05-28T20:26:40Z\"",
        "POST /oauth2/par",
        "invalid_request",
        rule.code(),
        description.sentence,
        description.advice,
        "par.scope",
        "The scope must be “openid profile email”, perhaps",
        &party.public_id,
        request,
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains(party.private_key.expose()) && !page.contains(&foreign));
    let spanish = desk.get(&desk.path("/requests?lang=es")).await.is(200).text();
    assert!(spanish.contains("El scope debe ser") && !spanish.contains(description.sentence));
    let at = |text: &str| page.find(text).unwrap_or(usize::MAX);
    assert!(at("par.scope") < at(rule.code()), "the newest call stands first");
}

#[tokio::test]
async fn the_audit_trail_leads_to_the_failed_call_and_nowhere_else() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    party.push(&server.id_token()).await;
    let answer = fail(&party).await;
    server.app.write_request_log().await.expect("written");
    let trail = desk.get("/portal/audit").await.is(200).text();
    let path = format!("{}?request={}&#38;lang=en", desk.path("/requests"), answer.header("x-request-id"));
    assert_eq!(trail.matches("/requests?request=").count(), 1, "an accepted push has no failed call");
    assert!(trail.contains(&format!("href=\"{path}\"")), "{path}");
    let page = desk.get(&path.replace("&#38;", "&")).await.is(200).text();
    assert!(
        page.contains("par.scope") && page.contains(&format!("value=\"{}\"", answer.header("x-request-id")))
    );
}

/// The numbers of the calls on a page, in their order.
fn numbers(page: &Answer) -> Vec<usize> {
    let html = page.text();
    html.split("request-number-").skip(1).filter_map(|rest| rest.split('<').next()?.parse().ok()).collect()
}

fn link(page: &Answer, rel: &str) -> Option<String> {
    let html = page.text();
    let before =
        html.split(&format!("\" rel=\"{rel}\"")).next().filter(|before| before.len() < html.len())?;
    before.rsplit("href=\"").next().map(|href| href.replace("&#38;", "&"))
}

#[tokio::test]
async fn the_list_is_read_page_by_page_and_by_what_is_asked_for() {
    let server = TestServer::start().await;
    let (desk, party, other) = (Desk::open(&server).await, server.party().await, server.party().await);
    fail(&party).await;
    fail(&other).await;
    let samples = calls(&server).await;
    let mut tx = server.store().write().await.expect("a transaction");
    for number in 0..238 {
        let mut call = samples[number % 2].clone();
        call.request_id = format!("request-number-{number}");
        call.status = if number.is_multiple_of(3) { 503 } else { 400 };
        tx.add_failed_call(&call).await.expect("added");
    }
    tx.commit().await.expect("committed");
    let path = desk.path("/requests");
    let down = |range: std::ops::Range<usize>| range.rev().collect::<Vec<_>>();
    let first = desk.get(&format!("{path}?lang=es")).await.is(200);
    assert_eq!((numbers(&first), link(&first, "prev")), (down(138..238), None));
    let second = desk.get(&link(&first, "next").expect("older calls")).await.is(200);
    assert_eq!(numbers(&second), down(38..138));
    assert!(second.text().contains("<html lang=\"es\""));
    let back = desk.get(&link(&second, "prev").expect("newer calls")).await.is(200);
    assert_eq!(numbers(&back), down(138..238));
    let third = desk.get(&link(&second, "next").expect("older calls")).await.is(200);
    assert_eq!((numbers(&third), link(&third, "next")), (down(0..38), None));

    let own = samples.iter().position(|call| call.public_id.as_str() == party.public_id).expect("kept");
    let filtered = desk.get(&format!("{path}?class=5&credential={}", party.public_id)).await.is(200);
    let wanted: Vec<_> =
        (0..238_usize).rev().filter(|number| number.is_multiple_of(3) && number % 2 == own).collect();
    assert_eq!(numbers(&filtered), wanted);
    let html = filtered.text();
    assert!(html.contains("<option value=\"5\" selected>"), "the filter stands in its form");
    assert!(html.contains(&format!("<option value=\"{}\" selected>", party.public_id)));
    let one = desk.get(&format!("{path}?request=+request-number-7+")).await.is(200);
    assert_eq!((numbers(&one), link(&one, "next")), (vec![7], None));
    let none = desk.get(&format!("{path}?class=4&request=request-number-3")).await.is(200);
    assert!(numbers(&none).is_empty() && none.text().contains("No call is like this"));
    for odd in
        ["before=x", "after=-5", "after=1&before=2", "class=x", "class=999", "class=0", "credential=%27"]
    {
        desk.get(&format!("{path}?{odd}")).await.is(200);
    }
}
