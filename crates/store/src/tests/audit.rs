//! The audit trail.

use model::Timestamp;

use super::on_both_engines;
use super::sample::{NOW, in_a_minute};
use crate::{AuditFilter, Happening, Place, Tx};

async fn add(tx: &mut Tx, action: &str, subject: &str, at: Timestamp) {
    let happening = Happening { request_id: "id", actor: "a", action, subject, detail: "" };
    tx.audit(happening, at).await.expect("added");
}

on_both_engines! {
    async fn the_latest_lines_come_first(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        for (detail, at) in [("token.expired", NOW), ("", in_a_minute())] {
            let happening = Happening {
                request_id: "id",
                actor: "public_test_x",
                action: "par.refused",
                subject: "subject",
                detail,
            };
            tx.audit(happening, at).await.expect("added");
        }
        let trail = tx.audit_trail(10).await.expect("read");
        assert_eq!(trail.iter().map(|entry| entry.detail.as_str()).collect::<Vec<_>>(), ["", "token.expired"]);
        assert_eq!((trail[1].at, trail[1].actor.as_str(), trail[1].action.as_str()), (NOW, "public_test_x", "par.refused"));
        assert_eq!(tx.audit_trail(1).await.expect("read").len(), 1);
    }

    async fn pages_follow_each_other_both_ways_and_through_a_filter(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        for number in 0..6 {
            let action = if number % 2 == 0 { "even" } else { "odd" };
            add(&mut tx, action, &format!("subject-{}", number / 3), NOW).await;
        }
        let all = tx.audit_trail(10).await.expect("read");
        let id = |number: usize| all[5 - number].id;
        let by = |action, subject| AuditFilter { action, subject, ..AuditFilter::default() };
        let (none, (even, first)) = (by(None, None), (by(Some("even"), None), by(None, Some("subject-0"))));
        let both = by(Some("even"), Some("subject-0"));
        // The lines by their number, then whether there are newer and older ones.
        for (filter, place, lines, newer, older) in [
            (none, Place::Latest, &[5, 4][..], false, true),
            (none, Place::Before(id(4)), &[3, 2], true, true),
            (none, Place::Before(id(2)), &[1, 0], true, false),
            (none, Place::After(id(1)), &[3, 2], true, true),
            (none, Place::After(id(3)), &[5, 4], false, true),
            (none, Place::After(id(5)), &[], false, true),
            (even, Place::Latest, &[4, 2], false, true),
            (even, Place::Before(id(2)), &[0], true, false),
            (even, Place::After(id(0)), &[4, 2], false, true),
            (first, Place::Latest, &[2, 1], false, true),
            (first, Place::After(id(0)), &[2, 1], false, true),
            (both, Place::Latest, &[2, 0], false, false),
            (both, Place::After(id(0)), &[2], false, true),
            (by(Some("other"), None), Place::Latest, &[], false, false),
        ] {
            let page = tx.audit_page(filter, place, 2).await.expect("read");
            let found: Vec<_> = page.rows.iter().map(|entry| entry.id).collect();
            let wanted: Vec<_> = lines.iter().map(|number| id(*number)).collect();
            assert_eq!((found, page.newer, page.older), (wanted, newer, older), "{filter:?} {place:?}");
        }
    }

    async fn the_lines_of_a_request_and_of_somebody_are_found(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        for number in 0..6 {
            let (request_id, actor) = (format!("request-{}", number / 2), format!("actor-{}", number % 2));
            let action = if number < 4 { "early" } else { "late" };
            let line = Happening { request_id: &request_id, actor: &actor, action, subject: "s", detail: "" };
            tx.audit(line, NOW).await.expect("added");
        }
        let all = tx.audit_trail(10).await.expect("read");
        let any = AuditFilter::default();
        let request = AuditFilter { request_id: Some("request-1"), ..any };
        let actor = AuditFilter { actor: Some("actor-1"), ..any };
        for (filter, lines) in [
            (request, &[3, 2][..]),
            (AuditFilter { actor: Some("actor-1"), ..request }, &[3]),
            (AuditFilter { action: Some("late"), ..request }, &[]),
            (AuditFilter { subject: Some("s"), ..request }, &[3, 2]),
            (actor, &[5, 3, 1]),
            (AuditFilter { action: Some("early"), ..actor }, &[3, 1]),
            (AuditFilter { subject: Some("s"), action: Some("late"), ..actor }, &[5]),
            (AuditFilter { request_id: Some("request-9"), ..any }, &[]),
        ] {
            let page = tx.audit_page(filter, Place::Latest, 10).await.expect("read");
            let found: Vec<_> = page.rows.iter().map(|entry| entry.id).collect();
            let wanted: Vec<_> = lines.iter().map(|number| all[5 - number].id).collect();
            assert_eq!(found, wanted, "{filter:?}");
        }
        let first = tx.audit_page(actor, Place::After(all[4].id), 1).await.expect("read");
        assert_eq!(first.rows.iter().map(|entry| entry.id).collect::<Vec<_>>(), [all[2].id]);
    }

    async fn a_line_that_strangers_cause_is_written_once_a_minute(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let line = |action| Happening { request_id: "id", actor: "a", action, subject: "s", detail: "" };
        assert!(!tx.is_audit_braked("refused", NOW).await.expect("asked"));
        assert!(tx.audit_now_and_then(line("refused"), NOW).await.expect("asked"));
        let almost = in_a_minute().minus(std::time::Duration::from_millis(1));
        for now in [NOW, almost] {
            assert!(tx.is_audit_braked("refused", now).await.expect("asked"));
            assert!(!tx.audit_now_and_then(line("refused"), now).await.expect("asked"));
        }
        assert!(tx.audit_now_and_then(line("other"), NOW).await.expect("asked"), "each action by itself");
        assert!(!tx.is_audit_braked("refused", in_a_minute()).await.expect("asked"));
        assert!(tx.audit_now_and_then(line("refused"), in_a_minute()).await.expect("asked"));
        assert_eq!(tx.audit_trail(10).await.expect("read").len(), 3);
    }
}
