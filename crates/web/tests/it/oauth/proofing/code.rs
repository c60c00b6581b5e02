//! The e-mail address and its code.

use std::time::Duration;

use model::{Entitlements, Mode};
use testkit::{Browser, Mailbox, PATIENT, Pkce, Setup, TestServer};

use super::{hosted, push, stage, trail};

async fn asked() -> (TestServer, Browser) {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    browser.authorize(&party, &push(&party, &[]).await, &Pkce::fresh()).await.is(303);
    (server, browser)
}

#[tokio::test]
async fn what_is_no_address_or_of_the_other_mode_is_asked_for_again() {
    let (_, browser) = asked().await;
    for (email, words) in [
        ("", "cannot send email to this address"),
        ("camila", "cannot send email to this address"),
        ("\"><script>x</script>", "cannot send email to this address"),
        ("a@b.example\r\nBcc: c@d.example", "cannot send email to this address"),
        ("somebody@example.org", "only the made-up test patients"),
    ] {
        let page = browser.post("/oauth2/proofing/email", &[("email", email)]).await.is(422).text();
        assert!(page.contains(words), "{email}");
        let field = page.split('<').find(|tag| tag.starts_with("input id=\"email-en\"")).expect("the field");
        let kept = email.replace('"', "&#34;").replace('<', "&#60;").replace('>', "&#62;");
        assert!(field.contains(&format!("value=\"{kept}\"")), "what was typed stays: {field}");
        assert!(
            field.contains("aria-describedby=\"email-problem-en ") && field.contains(" autofocus"),
            "{field}"
        );
    }
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("name=\"email\""));
}

#[tokio::test]
async fn a_synthetic_address_is_no_real_patients() {
    let mailbox = Mailbox::start().await;
    let live = Entitlements { tefca: true, byoi: true };
    let server =
        TestServer::with(Setup { proofing: true, mailer: Some(mailbox.mailer()), live, ..Setup::default() })
            .await;
    let party = server.party_of(&server.organization.id, Mode::Live).await;
    let party = hosted(&server, party).await;
    let browser = Browser::new(&party);
    browser.authorize(&party, &push(&party, &[]).await, &Pkce::fresh()).await.is(303);
    let page = browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(422).text();
    assert!(page.contains("made-up test patient") && !page.contains("class=\"choice\""), "{page}");
    browser.post("/oauth2/proofing/email", &[("email", "camila@example.org")]).await.is(303);
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains("camila@example.org") && !page.contains("TEST22"), "{page}");
    let answer = browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(answer.header("location").contains("wrong=code"));
}

#[tokio::test]
async fn a_code_is_tried_five_times_and_asked_for_five_times() {
    let (server, browser) = asked().await;
    for sent in 1..=5 {
        let form: &[_] = if sent == 1 { &[("email", PATIENT)] } else { &[] };
        let path = if sent == 1 { "/oauth2/proofing/email" } else { "/oauth2/proofing/again" };
        browser.post(path, form).await.is(303);
        for _ in 0..5 {
            let answer = browser.post("/oauth2/proofing/code", &[("code", "AAAAAA")]).await.is(303);
            // Loaded again, the page tries nothing.
            for _ in 0..2 {
                let page = browser.get(answer.header("location")).await.is(200);
                assert!(page.text().contains("role=\"alert\""));
            }
        }
        browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
        let page = browser.get("/oauth2/proofing").await.is(200).text();
        assert!(page.contains("data-spent"), "the right one comes too late");
        assert!(!page.contains("TEST22"), "a code that does nothing is not shown");
        assert_eq!(page.contains("/oauth2/proofing/again"), sent < 5);
        assert_eq!(page.contains("there are 5 for one identity check"), sent == 5, "why it is gone");
    }
    browser.post("/oauth2/proofing/again", &[]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("No more codes"));
    let trail = trail(&server).await;
    assert_eq!(trail.iter().filter(|line| line.starts_with("proofing.code_sent")).count(), 5);
    // All that is left is the way back.
    let back = browser.post("/oauth2/proofing/cancel", &[]).await.is(303);
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_code_lapses_and_a_new_one_counts() {
    let (server, browser) = asked().await;
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    server.advance(Duration::from_mins(10));
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("data-spent"));
    browser.post("/oauth2/proofing/again", &[]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
    // What comes late, from another window, changes nothing.
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "AAAAAA")]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
}

#[tokio::test]
async fn another_address_can_be_given_until_one_is_confirmed() {
    let (_, browser) = asked().await;
    browser.post("/oauth2/proofing/email", &[("email", "ahackett@gmail.com")]).await.is(303);
    let page = browser.get("/oauth2/proofing?change=1").await.is(200).text();
    assert!(page.contains("name=\"email\"") && page.contains("value=\"ahackett@gmail.com\""), "{page}");
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(browser.get("/oauth2/proofing?change=1").await.is(200).text().contains("idp=persona_csp"));
}

/// The code that was sent last can still be entered.
#[tokio::test]
async fn where_no_more_codes_are_sent_the_page_says_so_and_what_to_do() {
    let (_, browser) = asked().await;
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    for _ in 0..4 {
        let page = browser.get("/oauth2/proofing").await.is(200).text();
        assert!(page.contains("change=1") && !page.contains("data-last"));
        browser.post("/oauth2/proofing/again", &[]).await.is(303);
    }
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(
        page.contains("data-last") && page.contains("Enter the last one") && page.contains("name=\"code\"")
    );
    assert!(!page.contains("/oauth2/proofing/again") && !page.contains("change=1"));
    browser.post("/oauth2/proofing/code", &[("code", "TEST22")]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
}

#[tokio::test]
async fn no_csp_before_the_address_is_confirmed() {
    let (_, browser) = asked().await;
    let answer = browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
    assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en");
    browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    let answer = browser.get("/oauth2/proofing/csp?idp=persona_csp").await.is(303);
    assert_eq!(answer.header("location"), "/oauth2/proofing?lang=en");
}

#[tokio::test]
async fn where_no_mail_is_sent_none_is_held_back() {
    let (server, party) = stage().await;
    for _ in 0..11 {
        let browser = Browser::new(&party);
        browser.authorize(&party, &push(&party, &[]).await, &Pkce::fresh()).await.is(303);
        browser.post("/oauth2/proofing/email", &[("email", PATIENT)]).await.is(303);
    }
    let trail = trail(&server).await;
    assert_eq!(trail.iter().filter(|line| *line == "proofing.code_sent").count(), 11, "{trail:?}");
}
