//! Coming up: once, again without a change, and not over another history.

use ambient::Entropy;
use model::SecretHash;

use super::on_both_engines;
use crate::database::args;
use crate::{Store, StoreError};

on_both_engines! {
    async fn opening_a_second_time_changes_nothing(stage: &Stage) {
        let before = stage.store.raw_rows().await;
        let again = Store::open(&stage.options, Entropy::seeded(2)).await.expect("opens again");
        assert!(before.starts_with("migrations "), "{before}");
        assert_eq!(again.raw_rows().await, before);
    }

    async fn two_that_open_at_once_both_succeed(stage: &Stage) {
        let open = || Store::open(&stage.options, Entropy::system());
        let (one, other) = tokio::join!(open(), open());
        assert!(one.is_ok() && other.is_ok());
    }

    async fn a_migration_that_was_changed_is_refused_by_name(stage: &Stage) {
        let mut tx = stage.store.write().await.expect("a transaction");
        let sql = "UPDATE migrations SET checksum = $1 WHERE name = '0001_first_journey'";
        tx.execute(sql, args![SecretHash::of("another text").as_bytes()]).await.expect("changed");
        tx.commit().await.expect("committed");
        let refused = Store::open(&stage.options, Entropy::seeded(2)).await;
        assert!(matches!(refused, Err(StoreError::MigrationChanged("0001_first_journey"))));
    }
}
