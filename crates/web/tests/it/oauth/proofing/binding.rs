//! Who was proven belongs to the browser that asked, and to no other.

use std::time::Duration;

use testkit::{Browser, Party, Pkce, TestServer};

use super::{Way, back, claims, confirmed, departed, stage, trail};

async fn at_csp(party: &Party) -> (Browser, Way) {
    let browser = Browser::new(party);
    confirmed(party, &browser, &Pkce::fresh()).await;
    let way = departed(&browser).await;
    (browser, way)
}

/// Nobody redeemed the code, and nobody is asked for consent.
async fn assert_nothing_came_of_it(server: &TestServer) {
    assert!(server.csp.site().received().is_empty(), "the code was redeemed");
    assert_eq!(server.store().row_counts().await["authorizations"], 0);
}

/// The attacker begins, and sends the way to the CSP to a victim, who proves who they are.
#[tokio::test]
async fn a_victim_with_an_attackers_state_proves_nothing_to_the_attacker() {
    let (server, party) = stage().await;
    let (attacker, way) = at_csp(&party).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    // In a browser that never was here, and in one that has a proofing of its own under way.
    back(&server, &Browser::new(&party), &way.state).await.is_problem(400, "proofing_elsewhere");
    let (victim, own) = at_csp(&party).await;
    back(&server, &victim, &way.state).await.is_problem(400, "proofing_elsewhere");
    assert_nothing_came_of_it(&server).await;
    assert!(attacker.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
    // What was refused is not spent: each browser still gets its own answer.
    server.csp.gives(&server.csp.sign(&claims(&server, &own.nonce)));
    back(&server, &victim, &own.state).await.is(303);
    assert!(victim.get("/oauth2/proofing").await.is(200).text().contains("name=\"decision\""));
    assert!(attacker.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
}

/// The attacker has a code of their own, and slips it to a victim's browser.
#[tokio::test]
async fn a_code_of_another_way_is_redeemed_with_this_ways_verifier_and_nonce() {
    let (server, party) = stage().await;
    let (_, attackers) = at_csp(&party).await;
    let (victim, own) = at_csp(&party).await;
    // A CSP that would not check the verifier: the nonce is another one's.
    server.csp.gives(&server.csp.sign(&claims(&server, &attackers.nonce)));
    back(&server, &victim, &own.state).await.is(303);
    let page = victim.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains("data-trouble=\"refused\"") && page.contains("token.nonce"), "{page}");
    assert_eq!(server.store().row_counts().await["authorizations"], 0);
}

/// RFC 9207 section 2.4. Each of them is the end of its way, so that nobody fills the audit trail with one.
#[tokio::test]
async fn an_answer_names_the_issuer_that_the_patient_was_sent_to() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    for iss in [None, Some("https://another.example"), Some("")] {
        let way = departed(&browser).await;
        let mut parameters = vec![("code", "c"), ("state", way.state.as_str())];
        parameters.extend(iss.map(|iss| ("iss", iss)));
        for _ in 0..2 {
            let answer = browser.get_with("/oauth2/proofing/callback", &parameters).await;
            answer.is_problem(400, "proofing_elsewhere");
        }
        back(&server, &browser, &way.state).await.is_problem(400, "proofing_elsewhere");
    }
    assert_nothing_came_of_it(&server).await;
    let refused = trail(&server).await.into_iter().filter(|line| line == "proofing.refused proofing.iss");
    assert_eq!(refused.count(), 3);
    let way = departed(&browser).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    back(&server, &browser, &way.state).await.is(303);
    assert_eq!(server.store().row_counts().await["authorizations"], 1);
}

/// Nor does it hammer a CSP, or the audit trail, by going there without end.
#[tokio::test]
async fn a_browser_sets_out_for_a_csp_a_few_times() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let discovered = server.csp.site().discovered();
    for _ in 0..20 {
        departed(&browser).await;
    }
    assert_eq!(server.csp.site().discovered(), discovered + 1, "it is at hand");
    let lines = trail(&server).await.len();
    for idp in ["persona_csp", "silent_csp"] {
        let path = format!("/oauth2/proofing/csp?idp={idp}");
        browser.get(&path).await.is_problem(400, "proofing_over");
    }
    assert_eq!(trail(&server).await.len(), lines);
    // What a CSP changes counts after some minutes.
    let other = Browser::new(&party);
    confirmed(&party, &other, &Pkce::fresh()).await;
    server.advance(Duration::from_mins(5));
    departed(&other).await;
    assert_eq!(server.csp.site().discovered(), discovered + 2);
}

#[tokio::test]
async fn an_answer_counts_once() {
    let (server, party) = stage().await;
    let (browser, way) = at_csp(&party).await;
    server.csp.gives(&server.csp.sign(&claims(&server, "another")));
    back(&server, &browser, &way.state).await.is(303);
    back(&server, &browser, &way.state).await.is_problem(400, "proofing_elsewhere");
    assert_eq!(server.csp.site().received().len(), 1);
}

#[tokio::test]
async fn a_link_of_somebody_elses_sends_nobody_to_a_csp() {
    let (_, party) = stage().await;
    let browser = Browser::new(&party);
    confirmed(&party, &browser, &Pkce::fresh()).await;
    let call = party.http.get("/oauth2/proofing/csp?idp=persona_csp").header("cookie", &browser.cookies());
    let answer = call.header("sec-fetch-site", "cross-site").send().await.is(303);
    assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en");
}

#[tokio::test]
async fn what_is_proven_waits_for_no_other_browser() {
    let (server, party) = stage().await;
    let (browser, way) = at_csp(&party).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    let before = browser.cookies();
    back(&server, &browser, &way.state).await.is(303);
    // Whoever knew the secret from before the proof has nothing of it (AZ-12).
    let (name, secret) = before.split_once('=').expect("one cookie");
    for cookie in [name, "__Host-openias-decision"] {
        let call = party.http.get("/oauth2/proofing").header("cookie", &format!("{cookie}={secret}"));
        assert_eq!(call.send().await.status, 400, "{cookie}");
    }
    Browser::new(&party).get("/oauth2/proofing").await.is_problem(400, "proofing_over");
}
