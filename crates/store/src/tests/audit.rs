//! The audit trail.

use super::on_both_engines;
use super::sample::{NOW, in_a_minute};
use crate::Happening;

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
}
