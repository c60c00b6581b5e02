//! Authentication templates and the accounts behind them.

use model::Hcid;
use model::id::{AccountId, hex};

use super::on_both_engines;
use super::sample::{NOW, template};
use crate::CspEnvironment;

on_both_engines! {
    async fn one_is_read_as_it_was_kept(stage: &Stage) {
        let kept = template(1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_authentication_template(&kept, NOW).await.expect("added");
        let found = tx.authentication_template(&kept.client_id).await.expect("read").expect("found");
        assert_eq!(format!("{found:?}"), format!("{kept:?}"));
        assert!(found.secret.matches(&kept.secret));
        assert_eq!(tx.authentication_templates().await.expect("read").len(), 1);
        assert!(tx.authentication_template("env_example.atoc_9").await.expect("read").is_none());
        assert!(tx.add_authentication_template(&kept, NOW).await.is_err(), "a client id is given once");
    }

    async fn a_reference_finds_its_account_again_in_its_environment_and_for_its_owner(stage: &Stage) {
        let fresh = |number| AccountId::from_random([number; 28]);
        let (sandbox, production) = (CspEnvironment::Sandbox, CspEnvironment::Production);
        let (owner, other) = (template(1).hcid, Hcid::parse("2.999.7204.9.2").expect("an HCID"));
        let reference = Some("patient@example.org");
        let mut tx = stage.store.write().await.expect("a transaction");
        assert_eq!(tx.account(sandbox, &owner, reference, fresh(1), NOW).await.expect("one"), fresh(1));
        assert_eq!(tx.account(sandbox, &owner, reference, fresh(2), NOW).await.expect("the same"), fresh(1));
        assert_eq!(tx.account(production, &owner, reference, fresh(3), NOW).await.expect("another"), fresh(3));
        assert_eq!(tx.account(sandbox, &other, reference, fresh(4), NOW).await.expect("another"), fresh(4));
        assert_eq!(tx.account(sandbox, &owner, None, fresh(5), NOW).await.expect("a new one"), fresh(5));
        assert_eq!(tx.account(sandbox, &owner, None, fresh(6), NOW).await.expect("a new one"), fresh(6));
        tx.commit().await.expect("committed");
        let rows = stage.store.raw_rows().await;
        assert!(!rows.contains("patient@example.org") && !rows.contains(&hex(b"patient@example.org")));
    }
}
