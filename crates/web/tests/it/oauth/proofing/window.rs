//! Inside the widget: a window of its own, in the same browser.

use testkit::{Answer, Browser, Party, Pkce};

use super::{back, check, claims, push, stage};

/// The link to the window that a page in a frame shows.
fn link(page: &Answer) -> String {
    let text = page.text();
    let at = text.find("/oauth2/proofing/window?ticket=").expect("a link");
    text[at..].split(['"', '&']).next().expect("its end").to_owned()
}

async fn framed(party: &Party, pkce: &Pkce) -> (Browser, String, Answer) {
    let request_uri = push(party, &[]).await;
    let frame = Browser::frame(party);
    let page = frame.authorize(party, &request_uri, pkce).await.is(200);
    (frame, request_uri, page)
}

#[tokio::test]
async fn no_csp_is_shown_in_a_frame_and_the_window_goes_on_to_the_end() {
    let (server, party) = stage().await;
    let pkce = Pkce::fresh();
    let (frame, request_uri, page) = framed(&party, &pkce).await;
    assert!(page.text().contains("target=\"_blank\" rel=\"opener\""));
    assert!(page.header("content-security-policy").contains("frame-ancestors 'self' https://app.example"));
    assert!(!frame.cookies().contains("proofing"), "the frame is not where it happens");
    // A reload of the page around it.
    let again = frame.authorize(&party, &request_uri, &pkce).await.is(200);
    assert_eq!(link(&again), link(&page));

    let window = Browser::new(&party);
    window.get(&link(&page)).await.is(303);
    window.post("/oauth2/proofing/email", &[("email", testkit::PATIENT)]).await.is(303);
    // Pressed once more, it is still the same.
    window.get(&link(&page)).await.is(303);
    window.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    let way = super::departed(&window).await;
    server.csp.gives(&server.csp.sign(&claims(&server, &way.nonce)));
    back(&server, &window, &way.state).await.is(303);
    let consent = window.get("/oauth2/proofing").await.is(200);
    let fields = [("handle", consent.hidden("handle")), ("decision", "allow".to_owned())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let decided = window.post("/oauth2/authorize/decision", &fields).await.is(303);
    assert!(decided.location().as_str().starts_with(&party.widget_callback()));
    party.redeem(&decided.parameter("code").expect("a code"), &pkce.verifier).send().await.is(200);
    // It is over, for the window as for the page in the frame.
    window.get(&link(&page)).await.is(303);
    window.get("/oauth2/proofing").await.is_problem(400, "nothing_to_decide");
    frame.authorize(&party, &request_uri, &pkce).await.is_problem(400, "request_uri");
}

/// At every step, and in two windows at once; the decision is taken once.
#[tokio::test]
async fn a_window_that_is_opened_again_goes_on_where_it_was_left_up_to_the_decision() {
    let (server, party) = stage().await;
    let pkce = Pkce::fresh();
    let (_, _, page) = framed(&party, &pkce).await;
    let (window, stranger) = (Browser::new(&party), Browser::new(&party));
    let name = check(&window.get(&link(&page)).await.is(303));
    let home = format!("/oauth2/proofing?check={name}");
    let mut way = None;
    for marker in ["name=\"email\"", "TEST22", "idp=persona_csp", "name=\"decision\""] {
        match marker {
            "TEST22" => {
                let fields = [("email", testkit::PATIENT), ("check", &name)];
                window.post("/oauth2/proofing/email", &fields).await.is(303);
            }
            "idp=persona_csp" => {
                let fields = [("code", "TEST22"), ("check", &name)];
                window.post("/oauth2/proofing/code", &fields).await.is(303);
            }
            "name=\"decision\"" => {
                let gone = super::departed(&window).await;
                // Closed at the CSP's page: there is a choice again.
                assert_eq!(check(&window.get(&link(&page)).await.is(303)), name);
                assert!(window.get(&home).await.is(200).text().contains("idp=persona_csp"));
                server.csp.gives(&server.csp.sign(&claims(&server, &gone.nonce)));
                back(&server, &window, &gone.state).await.is(303);
                way = Some(gone);
            }
            _ => {}
        }
        for _ in 0..2 {
            assert_eq!(check(&window.get(&link(&page)).await.is(303)), name);
            assert!(window.get(&home).await.is(200).text().contains(marker), "{marker}");
        }
        stranger.get(&link(&page)).await.is_problem(400, "proofing_elsewhere");
    }
    let earlier = way.expect("a way");
    back(&server, &stranger, &earlier.state).await.is_problem(400, "proofing_elsewhere");
    // What was sent from a window that was left behind shows where it is by now.
    for (path, field) in [("code", "code"), ("email", "email"), ("again", "x"), ("cancel", "x")] {
        let late = window.post(&format!("/oauth2/proofing/{path}"), &[(field, "x"), ("check", &name)]).await;
        assert_eq!(check(&late.is(303)), name, "{path}");
    }
    let handle = window.get(&home).await.hidden("handle");
    let decide = [("handle", handle.as_str()), ("decision", "allow")];
    let decided = window.post("/oauth2/authorize/decision", &decide).await.is(303);
    window.post("/oauth2/authorize/decision", &decide).await.is_problem(400, "nothing_to_decide");
    party.redeem(&decided.parameter("code").expect("a code"), &pkce.verifier).send().await.is(200);
    assert_eq!(server.store().row_counts().await["authorizations"], 1);
}

#[tokio::test]
async fn a_window_that_is_opened_again_too_late_says_so() {
    let (server, party) = stage().await;
    let (_, _, page) = framed(&party, &Pkce::fresh()).await;
    let window = Browser::new(&party);
    window.get(&link(&page)).await.is(303);
    server.advance(std::time::Duration::from_mins(40));
    window.get(&link(&page)).await.is_problem(400, "proofing_lapsed");
    let (_, _, page) = framed(&party, &Pkce::fresh()).await;
    let name = check(&window.get(&link(&page)).await.is(303));
    window.post("/oauth2/proofing/cancel", &[("check", &name)]).await.is(303);
    window.get(&link(&page)).await.is_problem(400, "proofing_elsewhere");
}

/// Whoever sends the link on gets nothing: what the other one proves stays in the other browser.
#[tokio::test]
async fn a_ticket_is_one_browsers() {
    let (_, party) = stage().await;
    let (_, _, page) = framed(&party, &Pkce::fresh()).await;
    let (first, second) = (Browser::new(&party), Browser::new(&party));
    first.get(&link(&page)).await.is(303);
    second.get(&link(&page)).await.is_problem(400, "proofing_elsewhere");
    second.get("/oauth2/proofing/window?ticket=guessed").await.is_problem(400, "proofing_elsewhere");
    assert!(first.get("/oauth2/proofing").await.is(200).text().contains("name=\"email\""));
}

/// The patient would prove who they are for whoever sent the link.
#[tokio::test]
async fn a_link_of_somebody_elses_begins_nothing_beside_a_proofing() {
    let (_, party) = stage().await;
    let ((_, _, own), (_, _, foreign)) =
        (framed(&party, &Pkce::fresh()).await, framed(&party, &Pkce::fresh()).await);
    let victim = Browser::new(&party);
    victim.get(&link(&own)).await.is(303);
    let before = victim.cookies();
    victim.get_from("cross-site", &link(&foreign)).await.is_problem(400, "proofing_elsewhere");
    assert_eq!(victim.cookies(), before);
    victim.get_from("cross-site", &link(&own)).await.is(303);
    victim.get_from("same-origin", &link(&foreign)).await.is(303);
    // An app may open the first one in a browser of its own.
    let (_, _, third) = framed(&party, &Pkce::fresh()).await;
    Browser::new(&party).get_from("cross-site", &link(&third)).await.is(303);
}

#[tokio::test]
async fn a_head_opens_nothing() {
    let (_, party) = stage().await;
    let (_, _, page) = framed(&party, &Pkce::fresh()).await;
    for path in
        [link(&page).as_str(), "/oauth2/proofing", "/oauth2/proofing/csp", "/oauth2/proofing/callback"]
    {
        let answer = party.http.bare(http::Method::HEAD, path).send().await.is(405);
        assert_eq!(answer.header("allow"), "GET", "{path}");
    }
    Browser::new(&party).get(&link(&page)).await.is(303);
}
