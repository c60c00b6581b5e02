//! The code of a real patient comes by mail.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Entitlements, Mode};
use serde_json::{Value, json};
use testkit::{Browser, CSP_KEY, Mailbox, Party, Pkce, Setup, TestServer, keys, logs};

use super::{back, claims, departed, hosted, push, trail};

const EMAIL: &str = "camila.planted@example.org";

async fn live() -> (TestServer, Party, Mailbox) {
    let mailbox = Mailbox::start().await;
    let live = Entitlements { tefca: true, byoi: true };
    let setup = Setup { proofing: true, mailer: Some(mailbox.mailer()), live, ..Setup::default() };
    let server = TestServer::with(setup).await;
    let party = server.party_of(&server.organization.id, Mode::Live).await;
    let party = hosted(&server, party).await;
    (server, party, mailbox)
}

async fn asked(party: &Party) -> Browser {
    let browser = Browser::new(party);
    browser.authorize(party, &push(party, &[]).await, &Pkce::fresh()).await.is(303);
    browser
}

/// The code in a letter, which stands on a line of its own.
fn code_in(letter: &str) -> String {
    let at = letter.find("digo: ").map(|at| at + 6).or(letter.find("Your code: ").map(|at| at + 11));
    letter[at.expect("a code")..][..6].to_owned()
}

#[tokio::test]
async fn the_code_in_the_letter_is_the_one_that_counts() {
    let (server, party, mailbox) = live().await;
    let browser = asked(&party).await;
    browser.post("/oauth2/proofing/email", &[("email", EMAIL), ("lang", "es")]).await.is(303);
    assert!(mailbox.taken().is_empty(), "nobody waits for the relay");
    server.work().await;
    let letters = mailbox.taken();
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(
        letter.contains(&format!("To: {EMAIL}")) && letter.contains("From: \"Example Health\""),
        "{letter}"
    );
    assert!(!letter.lines().any(|line| line.starts_with("Subject:") && line.contains(&code_in(letter))));
    assert_eq!(server.store().row_counts().await["letters"], 0, "it is sent, and forgotten");
    let page = browser.get("/oauth2/proofing").await.is(200).text();
    assert!(page.contains(EMAIL) && !page.contains(&code_in(letter)), "the page does not give the code away");
    browser.post("/oauth2/proofing/code", &[("code", "AAAAAA")]).await.is(303);
    browser.post("/oauth2/proofing/code", &[("code", &code_in(letter).to_lowercase())]).await.is(303);
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("idp=persona_csp"));
    assert!(!trail(&server).await.iter().any(|line| line.contains("planted")));
    assert!(!logs::hold("camila.planted"), "the address is in the log");
}

#[tokio::test]
async fn a_letter_that_the_relay_does_not_take_now_is_sent_again_while_it_is_of_use() {
    let (server, party, mailbox) = live().await;
    let browser = asked(&party).await;
    mailbox.refuses(Some(451));
    browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
    server.work().await;
    assert_eq!((mailbox.asked(), mailbox.taken().len()), (1, 0));
    server.work().await;
    assert_eq!(mailbox.asked(), 1, "not at once");
    mailbox.refuses(None);
    server.advance(Duration::from_secs(5));
    server.work().await;
    assert_eq!(mailbox.taken().len(), 1);

    mailbox.refuses(Some(451));
    browser.post("/oauth2/proofing/again", &[]).await.is(303);
    server.work().await;
    let before = mailbox.asked();
    server.advance(Duration::from_mins(10));
    server.work().await;
    assert_eq!(mailbox.asked(), before, "the code in it has lapsed");
    assert_eq!(server.store().row_counts().await["letters"], 0);
    assert_eq!(server.store().row_counts().await["outbox"], 0);
}

#[tokio::test]
async fn a_letter_that_the_relay_refuses_for_good_is_given_up() {
    let (server, party, mailbox) = live().await;
    let browser = asked(&party).await;
    mailbox.refuses(Some(550));
    browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
    server.work().await;
    assert_eq!(server.store().row_counts().await["letters"], 0);
    assert_eq!(server.store().row_counts().await["outbox"], 0);
}

#[tokio::test]
async fn no_address_is_flooded_and_nobody_is_told() {
    let (server, party, mailbox) = live().await;
    let mut pages = Vec::new();
    for _ in 0..12 {
        let browser = asked(&party).await;
        browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
        let page = browser.get("/oauth2/proofing").await.is(200);
        pages.push(page.text().replace(&page.hidden("check"), ""));
        server.work().await;
    }
    assert_eq!(mailbox.taken().len(), 10);
    pages.dedup();
    assert_eq!(pages.len(), 1, "the pages differ");
    let other = asked(&party).await;
    other.post("/oauth2/proofing/email", &[("email", "somebody.else@example.org")]).await.is(303);
    server.work().await;
    assert_eq!(mailbox.taken().len(), 11);
}

/// How many letters go to an address.
fn to(letters: &[String], address: &str) -> usize {
    letters.iter().filter(|letter| letter.contains(&format!("To: {address}"))).count()
}

/// What is asked for afterwards, to another address, takes nothing back.
#[tokio::test]
async fn no_address_is_flooded_by_proofings_that_end_with_another() {
    let (server, party, mailbox) = live().await;
    for _ in 0..4 {
        let browser = asked(&party).await;
        for email in [EMAIL, EMAIL, EMAIL, EMAIL, "somebody.else@example.org"] {
            browser.post("/oauth2/proofing/email", &[("email", email)]).await.is(303);
        }
        server.work().await;
    }
    let letters = mailbox.taken();
    assert_eq!((to(&letters, EMAIL), to(&letters, "somebody.else@example.org")), (10, 4));
}

/// Who asks for codes to a stranger's address in one app does not keep them from another app, up to a bound.
#[tokio::test]
async fn one_clients_patients_do_not_use_up_what_goes_to_an_address_for_anothers() {
    let (server, first, mailbox) = live().await;
    let mut parties = vec![first];
    for _ in 0..3 {
        let party = server.party_of(&server.organization.id, Mode::Live).await;
        parties.push(hosted(&server, party).await);
    }
    for (party, expected) in parties.iter().zip([10, 20, 30, 30]) {
        for _ in 0..11 {
            let browser = asked(party).await;
            browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
        }
        server.work().await;
        assert_eq!(to(&mailbox.taken(), EMAIL), expected);
    }
    server.advance(Duration::from_hours(1));
    let browser = asked(&parties[0]).await;
    browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
    server.work().await;
    assert_eq!(to(&mailbox.taken(), EMAIL), 31);
}

/// The patient would wait for nothing.
#[tokio::test]
async fn an_address_that_the_mailer_cannot_write_to_is_asked_for_again() {
    let (_server, party, _mailbox) = live().await;
    let browser = asked(&party).await;
    for email in ["a..b@example.org", ".a@example.org", "a@-example.org"] {
        browser.post("/oauth2/proofing/email", &[("email", email)]).await.is(422);
    }
}

#[tokio::test]
async fn a_real_patient_is_proven_where_we_prove_ourselves_by_a_key() {
    let (server, party, mailbox) = live().await;
    let (browser, pkce) = (Browser::new(&party), Pkce::fresh());
    browser.authorize(&party, &push(&party, &[]).await, &pkce).await.is(303);
    browser.post("/oauth2/proofing/email", &[("email", EMAIL)]).await.is(303);
    server.work().await;
    browser.post("/oauth2/proofing/code", &[("code", &code_in(&mailbox.taken()[0]))]).await.is(303);
    let way = departed(&browser).await;
    let mut claims = claims(&server, &way.nonce);
    claims["email"] = EMAIL.into();
    server.csp.gives(&server.csp.sign(&claims));
    back(&server, &browser, &way.state).await.is(303);

    let asked = server.csp.site().received();
    let form: BTreeMap<_, _> = url::form_urlencoded::parse(asked[0].body.as_bytes()).into_owned().collect();
    assert!(asked[0].authorization.is_empty() && !form.contains_key("client_secret"));
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let keys = json!({"keys": [keys::signing_key(CSP_KEY).public_jwk()]}).to_string();
    let keys = jose::KeySet::from_json(keys.as_bytes()).expect("keys");
    let assertion = jose::Compact::parse(&form["client_assertion"]).expect("an assertion");
    let payload = assertion.verify(&keys, &[jose::Algorithm::Rs256]).expect("our signature");
    let said: Value = serde_json::from_slice(payload.bytes()).expect("claims");
    let client_id = testkit::forge::CLIENT_ID;
    assert_eq!((said["iss"].as_str(), said["sub"].as_str()), (Some(client_id), Some(client_id)));
    assert_eq!(said["aud"], format!("{}/token", server.csp.issuer));
    assert_eq!(said["exp"].as_i64(), Some(server.clock.now().seconds() + 60));
    assert!(trail(&server).await[0].starts_with("proofing.proven tefca-2"));
    assert!(!trail(&server).await[0].contains("another_email"));
    assert!(browser.get("/oauth2/proofing").await.is(200).text().contains("name=\"decision\""));
}
