//! Proofings: in one browser, by a code that is tried a few times, through an answer that is taken once.

use model::{Credential, Timestamp, Unproven};

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client, hash, in_a_minute, proven_request};
use crate::{Holder, Leg, NewCode, NewProofing, ProofingStage, Store};

const EMAIL: &str = "knixontestemail@epic.com";

/// A proofing that lasts a minute, in the browser that keeps `secret(number)`.
pub(super) async fn proofing(store: &Store, client: &Credential, number: u8) -> String {
    let id = format!("proofing-{number}");
    keep(store, client, &id, Holder::Browser(&hash(number))).await;
    id
}

async fn keep(store: &Store, client: &Credential, id: &str, holder: Holder<'_>) {
    assert!(begin(store, client, id, holder).await);
}

/// Of a pushed request that begins at most two.
async fn begin(store: &Store, client: &Credential, id: &str, holder: Holder<'_>) -> bool {
    let mut tx = store.write().await.expect("a transaction");
    let added = tx
        .add_proofing(&NewProofing {
            id,
            holder,
            public_id: &client.public_id,
            pushed_id: 1,
            request: &proven_request().with(Unproven { idp: None }),
            began_at: NOW,
            expires_at: in_a_minute(),
            most_of_request: 2,
        })
        .await
        .expect("asked");
    tx.commit().await.expect("committed");
    added
}

/// Sends a code that lasts half a minute, for five tries; at most two go out.
pub(super) async fn coded(store: &Store, id: &str, code: &str) -> bool {
    let expires_at = NOW.plus(MINUTE / 2);
    let mut tx = store.write().await.expect("a transaction");
    let code = NewCode { email: EMAIL, code, expires_at, tries: 5, most_codes: 2 };
    let sent = tx.send_proofing_code(id, &code, NOW).await.expect("asked");
    tx.commit().await.expect("committed");
    sent
}

pub(super) async fn try_code(store: &Store, id: &str, code: &str, now: Timestamp) -> Option<bool> {
    let mut tx = store.write().await.expect("a transaction");
    let tried = tx.try_proofing_code(id, code, now).await.expect("asked");
    tx.commit().await.expect("committed");
    tried
}

/// A proofing whose patient is at a CSP, with the state `secret(200)`.
pub(super) async fn at_csp(store: &Store, client: &Credential, number: u8) -> String {
    let id = proofing(store, client, number).await;
    coded(store, &id, "ABC234").await;
    assert_eq!(try_code(store, &id, "ABC234", NOW).await, Some(true));
    let mut tx = store.write().await.expect("a transaction");
    assert!(tx.begin_proofing_leg(&id, &hash(200), &leg(), NOW).await.expect("asked"));
    tx.commit().await.expect("committed");
    id
}

fn leg() -> Leg {
    Leg {
        idp: "example_csp".to_owned(),
        issuer: "https://csp.example".to_owned(),
        token_endpoint: "https://csp.example/token".to_owned(),
        names_itself: true,
        secret_in_form: false,
        verifier: "planted-verifier".to_owned(),
        nonce: "planted-nonce".to_owned(),
    }
}

on_both_engines! {
    async fn one_goes_from_the_address_to_a_proven_patient(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = at_csp(&stage.store, &client, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let at_csp = tx.proofing_at_csp(&hash(1), &hash(200), NOW).await.expect("read").expect("there");
        assert_eq!((at_csp.stage, at_csp.leg), (ProofingStage::Csp, Some(leg())));
        assert_eq!(at_csp.email.expect("an address").expose(), EMAIL);
        assert_eq!(at_csp.request.redirect_uri.as_deref(), Some("https://app.example/callback"));
        assert!(!tx.prove(&id, &hash(7), NOW).await.expect("asked"), "the answer was not taken yet");
        assert!(tx.take_proofing_leg(&id, &hash(200), NOW).await.expect("asked"));
        assert!(!tx.take_proofing_leg(&id, &hash(200), NOW).await.expect("asked"));
        tx.note_proofing_trouble(&id, "cancelled").await.expect("noted");
        let back = tx.proofing(&hash(1)).await.expect("read").expect("there");
        assert_eq!((back.stage, back.trouble.as_deref()), (ProofingStage::Confirmed, Some("cancelled")));
        assert!(tx.begin_proofing_leg(&id, &hash(201), &leg(), NOW).await.expect("asked"));
        assert!(tx.take_proofing_leg(&id, &hash(201), NOW).await.expect("asked"));
        assert!(!tx.prove(&id, &hash(7), in_a_minute()).await.expect("asked"), "too late");
        assert!(tx.prove(&id, &hash(7), NOW).await.expect("asked"));
        assert!(!tx.prove(&id, &hash(7), NOW).await.expect("asked"));
        assert!(tx.proofing(&hash(1)).await.expect("read").is_none(), "what was kept before opens nothing");
        let proven = tx.proofing(&hash(7)).await.expect("read").expect("there");
        assert_eq!(proven.stage, ProofingStage::Proven);
        assert!(!tx.end_proofing(&id).await.expect("asked"));
    }

    async fn a_csps_answer_belongs_to_one_browser_one_state_and_its_time(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        at_csp(&stage.store, &client, 1).await;
        proofing(&stage.store, &client, 2).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        for (browser, state, now) in
            [(2, 200, NOW), (9, 200, NOW), (1, 201, NOW), (1, 200, in_a_minute())]
        {
            let found = tx.proofing_at_csp(&hash(browser), &hash(state), now).await.expect("read");
            assert!(found.is_none(), "{browser} {state}");
        }
        assert!(tx.proofing_at_csp(&hash(1), &hash(200), NOW).await.expect("read").is_some());
    }

    async fn a_code_is_right_for_its_proofing_alone_and_in_time(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (one, other) = (proofing(&stage.store, &client, 1).await, proofing(&stage.store, &client, 2).await);
        assert_eq!(try_code(&stage.store, &one, "ABC234", NOW).await, None, "none was sent");
        assert!(coded(&stage.store, &one, "ABC234").await && coded(&stage.store, &other, "DEF567").await);
        assert_eq!(try_code(&stage.store, &one, "DEF567", NOW).await, Some(false));
        assert_eq!(try_code(&stage.store, &one, "ABC234", NOW.plus(MINUTE / 2)).await, None);
        assert_eq!(try_code(&stage.store, &one, "ABC234", NOW).await, Some(true));
        assert_eq!(try_code(&stage.store, &one, "ABC234", NOW).await, None, "it is used");
        assert!(!coded(&stage.store, &one, "GHJ234").await, "the address is confirmed");
    }

    async fn a_new_code_takes_the_place_of_the_old_and_there_are_few(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let id = proofing(&stage.store, &client, 1).await;
        assert!(coded(&stage.store, &id, "ABC234").await && coded(&stage.store, &id, "DEF567").await);
        assert!(!coded(&stage.store, &id, "GHJ234").await);
        assert_eq!(try_code(&stage.store, &id, "ABC234", NOW).await, Some(false));
        assert_eq!(try_code(&stage.store, &id, "DEF567", NOW).await, Some(true));
    }

    async fn a_pushed_request_begins_few(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        for (number, expected) in [(1, true), (2, true), (3, false)] {
            let (id, holder) = (format!("proofing-{number}"), hash(number));
            assert_eq!(begin(&stage.store, &client, &id, Holder::Browser(&holder)).await, expected);
        }
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.proofing(&hash(3)).await.expect("read").is_none());
    }

    async fn a_patient_sets_out_for_a_csp_a_few_times(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (id, early) = (at_csp(&stage.store, &client, 1).await, proofing(&stage.store, &client, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(!tx.count_departure(&early, 2, NOW).await.expect("asked"), "no address is confirmed");
        assert!(!tx.count_departure(&id, 2, in_a_minute()).await.expect("asked"), "too late");
        for expected in [true, true, false] {
            assert_eq!(tx.count_departure(&id, 2, NOW).await.expect("asked"), expected);
        }
    }

    async fn a_ticket_opens_it_in_one_browser(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        keep(&stage.store, &client, "proofing-1", Holder::Ticket(&hash(50))).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        for (ticket, now) in [(51, NOW), (50, in_a_minute())] {
            assert!(!tx.open_proofing(&hash(ticket), &hash(1), now).await.expect("asked"), "{ticket}");
        }
        assert!(tx.opened_proofing(&hash(50), &hash(1)).await.expect("read").is_none(), "nobody has it");
        assert!(tx.open_proofing(&hash(50), &hash(1), NOW).await.expect("asked"));
        for browser in [1, 2] {
            assert!(!tx.open_proofing(&hash(50), &hash(browser), NOW).await.expect("asked"), "once");
        }
        for (ticket, browser, has) in [(50, 1, true), (50, 2, false), (51, 1, false)] {
            let opened = tx.opened_proofing(&hash(ticket), &hash(browser)).await.expect("read");
            assert_eq!(opened.is_some(), has, "{ticket} {browser}");
        }
        assert_eq!(tx.request_of_ticket(&hash(50), &client.public_id, NOW).await.expect("read"), Some(1));
        assert_eq!(tx.request_of_ticket(&hash(3), &client.public_id, NOW).await.expect("read"), None);
        assert!(tx.end_proofing("proofing-1").await.expect("asked"));
        assert_eq!(tx.request_of_ticket(&hash(50), &client.public_id, NOW).await.expect("read"), None);
        let over = tx.opened_proofing(&hash(50), &hash(1)).await.expect("read").expect("there");
        assert_eq!(over.stage, ProofingStage::Ended);
    }

    async fn a_ticket_of_a_proofing_that_ended_opens_nothing(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        keep(&stage.store, &client, "proofing-1", Holder::Ticket(&hash(50))).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        assert!(tx.end_proofing("proofing-1").await.expect("asked"));
        assert!(!tx.open_proofing(&hash(50), &hash(1), NOW).await.expect("asked"), "it is over");
    }
}
