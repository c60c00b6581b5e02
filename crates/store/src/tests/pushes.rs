//! Pushes that are written together: each gets what is its own, and the audit trail all of it.

use std::time::Duration;

use model::Credential;
use model::id::hex;

use super::on_both_engines;
use super::pushed_requests::{push, push_as_judged, pushed, take};
use super::sample::{MINUTE, NOW, client, in_a_minute, request, secret};
use crate::database::args;
use crate::{
    AssertionUse, AuditFilter, FORGOTTEN_AT_ONCE, Happening, NewPushedRequest, Place, Push, Pushed, Signer,
    Store, TokenUse,
};

/// As many pushes at once, each by its number; those that were kept.
async fn at_once(store: &Store, client: &Credential, many: u8) -> Vec<(u8, crate::RequestReference)> {
    let tries = (0..many).map(|number| {
        let (store, client) = (store.clone(), client.clone());
        tokio::spawn(async move {
            let token_id = format!("token-{}", number / 2);
            let token =
                TokenUse { issuer: "https://csp.example", token_id: &token_id, once: true, expires_at: NOW };
            (number, push(&store, &client, Some(token), secret(number)).await)
        })
    });
    let mut kept = Vec::new();
    for outcome in tries.collect::<Vec<_>>() {
        match outcome.await.expect("no panic") {
            (number, Pushed::Kept(reference)) => kept.push((number, reference)),
            (_, Pushed::Replayed) => {}
            (_, other) => panic!("{other:?}"),
        }
    }
    kept
}

on_both_engines! {
    async fn each_of_a_crowd_gets_what_is_its_own(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let kept = at_once(&stage.store, &client, 200).await;
        assert_eq!(kept.len(), 100, "one for each token");
        let rows = stage.store.row_counts().await;
        assert_eq!((rows["pushed_requests"], rows["token_uses"], rows["audit"]), (100, 100, 0));
        for (number, reference) in kept {
            assert!(reference.expose().ends_with(secret(number).expose()));
            assert!(take(&stage.store, &reference, &client, NOW).await.is_some(), "{number}");
        }
    }

    /// A row that the engine refuses, by a rule that is made for it.
    async fn a_row_that_cannot_be_written_takes_nobody_down(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let rule = match tx.engine() {
            crate::database::Engine::Sqlite => format!(
                "CREATE TRIGGER bad BEFORE INSERT ON pushed_requests WHEN NEW.secret_hash = x'{}'
                    BEGIN SELECT RAISE(FAIL, 'no'); END;",
                hex(secret(7).hash().as_bytes())
            ),
            crate::database::Engine::Postgres => format!(
                "ALTER TABLE pushed_requests ADD CHECK (secret_hash <> '\\x{}')",
                hex(secret(7).hash().as_bytes())
            ),
        };
        tx.execute_script(rule).await.expect("a rule");
        tx.commit().await.expect("committed");
        let known = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
        let tries = (0..40).map(|number| {
            let (store, client, version) = (stage.store.clone(), client.clone(), known.version);
            tokio::spawn(async move { push_as_judged(&store, &client, None, secret(number), version).await })
        });
        for (number, outcome) in tries.collect::<Vec<_>>().into_iter().enumerate() {
            match outcome.await {
                Ok(Pushed::Kept(reference)) => {
                    assert!(take(&stage.store, &reference, &client, NOW).await.is_some(), "{number}");
                    assert_ne!(number, 7);
                }
                Ok(other) => panic!("{number}: {other:?}"),
                Err(failed) => assert!(failed.is_panic() && number == 7),
            }
        }
    }

    /// Of a crowd that brings the same assertion, or the same proof, one is kept, and no other uses its token.
    async fn j11_what_counts_once_counts_once_in_a_crowd(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        for signer in [Signer::Client("one"), Signer::Key("one")] {
            let known = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
            let tries = (0..40).map(|number| {
                let (store, client, judged_by) = (stage.store.clone(), client.clone(), known.version);
                tokio::spawn(async move {
                    let used = AssertionUse { signer, token_id: "a", expires_at: in_a_minute() };
                    let token_id = format!("{signer:?}-{number}");
                    let token = TokenUse {
                        issuer: "https://csp.example",
                        token_id: &token_id,
                        once: true,
                        expires_at: in_a_minute(),
                    };
                    let is_proof = matches!(signer, Signer::Key(_));
                    let push = Push {
                        request: &NewPushedRequest {
                            public_id: &client.public_id,
                            request: &request(),
                            expires_at: in_a_minute(),
                        },
                        assertion: (!is_proof).then_some(used),
                        proof: is_proof.then_some(used),
                        token: Some(token),
                        organization: &client.organization_id,
                        request_id: "request-1",
                        remarks: "tefca-2",
                        judged_by,
                    };
                    store.push(&push, secret(number), NOW).await.expect("answered")
                })
            });
            let mut kept = 0;
            for outcome in tries.collect::<Vec<_>>() {
                match (signer, outcome.await.expect("no panic")) {
                    (_, Pushed::Kept(_)) => kept += 1,
                    (Signer::Client(_), Pushed::AssertionReplayed) | (Signer::Key(_), Pushed::ProofReplayed) => {}
                    (_, other) => panic!("{other:?}"),
                }
            }
            assert_eq!(kept, 1);
        }
        let rows = stage.store.row_counts().await;
        assert_eq!((rows["pushed_requests"], rows["token_uses"], rows["assertion_uses"]), (2, 2, 2));
    }

    async fn an_accepted_push_stands_in_the_trail_at_once_and_for_ever(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let line = |action| Happening { request_id: "", actor: "a", action, subject: "s", detail: "" };
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.audit(line("before"), NOW).await.expect("added");
        tx.commit().await.expect("committed");
        pushed(&stage.store, &client, secret(1)).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.audit(line("after"), NOW).await.expect("added");
        let before = tx.audit_trail(10).await.expect("read");
        let actions: Vec<_> = before.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["after", "par.accepted", "before"]);
        let entry = &before[1];
        assert_eq!((entry.at, entry.request_id.as_str(), entry.detail.as_str()), (NOW, "request-1", "tefca-2"));
        assert_eq!(entry.actor, client.public_id.as_str());
        assert_eq!(entry.subject, client.organization_id.as_str());
        let found = AuditFilter {
            action: Some("par.accepted"),
            subject: Some(client.organization_id.as_str()),
            ..AuditFilter::default()
        };
        let page = tx.audit_page(found, Place::Latest, 10).await.expect("read");
        assert_eq!(page.rows.len(), 1);

        assert_eq!(tx.forget_lapsed(in_a_minute().plus(60 * MINUTE)).await.expect("forgotten"), 1);
        let after = tx.audit_trail(10).await.expect("read");
        let whole = |trail: &[crate::AuditEntry]| format!("{trail:?}");
        assert_eq!(whole(&before), whole(&after), "in its old place, word for word");
    }

    async fn what_lapsed_goes_in_pieces(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let known = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
        let many = FORGOTTEN_AT_ONCE + 200;
        let tries = (0..many).map(|_| {
            let (store, client, version) = (stage.store.clone(), client.clone(), known.version);
            tokio::spawn(async move { push_as_judged(&store, &client, None, secret(1), version).await })
        });
        for outcome in tries.collect::<Vec<_>>() {
            assert!(matches!(outcome.await.expect("no panic"), Pushed::Kept(_)));
        }
        let later = in_a_minute().plus(Duration::from_hours(2));
        for forgotten in [FORGOTTEN_AT_ONCE, 200, 0] {
            let mut tx = stage.store.write().await.expect("a transaction");
            assert_eq!(tx.forget_lapsed(later).await.expect("forgotten"), forgotten);
            tx.commit().await.expect("committed");
        }
        assert_eq!(stage.store.row_counts().await["audit"], i64::try_from(many).expect("a number"));
    }

    async fn a_push_whose_answer_was_lost_is_found_again(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let known = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
        let reference = pushed(&stage.store, &client, secret(1)).await;
        let mut row = crate::pushes::Row {
            id: reference.expose().split('.').next().expect("a row").parse().expect("a number"),
            secret_hash: secret(1).hash(),
            public_id: client.public_id.as_str().to_owned(),
            organization_id: client.organization_id.as_str().to_owned(),
            request_id: "request-1".to_owned(),
            remarks: String::new(),
            sealed: vec![0],
            pushed_at: NOW,
            expires_at: in_a_minute(),
            assertion: None,
            proof: None,
            token: None,
            judged_by: known.version,
        };
        let key = row.id;
        let same = crate::pushes::write_alone(&stage.store, &mut row).await.expect("written");
        assert_eq!(same, crate::pushes::Verdict::Kept(key));
        assert_eq!(stage.store.row_counts().await["pushed_requests"], 1);
        row.secret_hash = secret(2).hash();
        let other = crate::pushes::write_alone(&stage.store, &mut row).await.expect("written");
        assert_ne!(other, crate::pushes::Verdict::Kept(key), "another's key is not its own");
        assert_eq!(stage.store.row_counts().await["pushed_requests"], 2);
    }

    async fn whoever_was_switched_off_is_off_although_he_is_at_hand(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let at_hand = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
        // Another process, or a hand at the database.
        let other = Store::open(&stage.options, ambient::Entropy::seeded(2)).await.expect("opens");
        let changes: [&'static str; 2] = [
            "UPDATE credentials SET active = FALSE WHERE public_id = $1",
            "UPDATE organizations SET test_byoi = FALSE WHERE id IN (
                SELECT organization_id FROM credentials WHERE public_id = $1)",
        ];
        let mut judged_by = at_hand.version;
        for change in changes {
            let mut tx = other.write().await.expect("a transaction");
            assert_eq!(tx.execute(change, args![client.public_id.as_str()]).await.expect("changed"), 1);
            tx.commit().await.expect("committed");
            assert!(stage.store.client(&client.public_id).await.expect("asked").is_some(), "still at hand");
            let outcome = push_as_judged(&stage.store, &client, None, secret(1), judged_by).await;
            assert!(matches!(outcome, Pushed::Outdated), "{outcome:?}");
            let fresh = stage.store.client_afresh(&client.public_id).await.expect("asked").expect("a client");
            assert!(!fresh.client.credential.active);
            judged_by = fresh.version;
        }
        let now = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
        assert!(!now.client.organization.test.byoi, "the fresh look is at hand from now on");
        assert_eq!(stage.store.row_counts().await["pushed_requests"], 0);
    }
}

/// While the disk does not answer, a bounded number waits, and the rest is told so.
#[tokio::test]
async fn a_full_queue_says_that_it_is_busy_and_drains() {
    let stage = super::Stage::sqlite().await;
    let client = client(&stage.store, 1).await;
    let known = stage.store.client(&client.public_id).await.expect("asked").expect("a client");
    let held = stage.store.write().await.expect("a transaction");
    tokio::time::pause();
    let tries: Vec<_> = (0..1300)
        .map(|_| {
            let (store, client, version) = (stage.store.clone(), client.clone(), known.version);
            tokio::spawn(async move {
                let request = crate::NewPushedRequest {
                    public_id: &client.public_id,
                    request: &super::sample::request(),
                    expires_at: in_a_minute(),
                };
                let push = crate::Push {
                    request: &request,
                    assertion: None,
                    proof: None,
                    token: None,
                    organization: &client.organization_id,
                    request_id: "",
                    remarks: "",
                    judged_by: version,
                };
                store.push(&push, secret(1), NOW).await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let busy = tries.iter().filter(|attempt| attempt.is_finished()).count();
    // One group is in the writer's hands.
    assert_eq!(busy, 1300 - 1024 - 128);
    tokio::time::resume();
    drop(held);
    let mut kept = 0;
    for attempt in tries {
        match attempt.await.expect("no panic") {
            Ok(Pushed::Kept(_)) => kept += 1,
            Err(crate::StoreError::Busy) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kept, 1300 - busy);
}
