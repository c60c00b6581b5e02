//! Authentication templates and the accounts behind them.

use model::Hcid;
use model::id::{AccountId, hex};

use super::on_both_engines;
use super::sample::{NOW, template};
use crate::CspEnvironment;

const PERSON: &[&str] = &["camila", "lopez", "1987-09-12"];
const ANOTHER: &[&str] = &["homer", "simpson", "1956-05-12"];

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

    async fn one_is_switched_off_and_on(stage: &Stage) {
        let kept = template(1);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_authentication_template(&kept, NOW).await.expect("added");
        for active in [false, true] {
            assert!(tx.set_authentication_template_active(&kept.client_id, active).await.expect("asked"));
            let found = tx.authentication_template(&kept.client_id).await.expect("read").expect("found");
            assert_eq!(found.active, active);
        }
        assert!(!tx.set_authentication_template_active("env_example.atoc_9", false).await.expect("asked"));
    }

    async fn a_reference_finds_its_account_again_in_its_environment_and_for_its_owner(stage: &Stage) {
        let fresh = |number| AccountId::from_random([number; 28]);
        let (sandbox, production) = (CspEnvironment::Sandbox, CspEnvironment::Production);
        let (owner, other) = (template(1).hcid, Hcid::parse("2.999.7204.9.2").expect("an HCID"));
        let mut tx = stage.store.write().await.expect("a transaction");
        let own = tx.account_reference(&owner, "patient@example.org");
        let foreign = tx.account_reference(&other, "patient@example.org");
        for (environment, reference, number, found) in [
            (sandbox, Some(&own), 1, 1),
            (sandbox, Some(&own), 2, 1),
            (production, Some(&own), 3, 3),
            (sandbox, Some(&foreign), 4, 4),
            (sandbox, None, 5, 5),
            (sandbox, None, 6, 6),
        ] {
            let claimed = tx.claim_account(environment, reference, PERSON, fresh(number), NOW).await;
            assert_eq!(claimed.expect("asked"), Some(fresh(found)), "{number}");
        }
        tx.commit().await.expect("committed");
        let rows = stage.store.raw_rows().await;
        assert!(!rows.contains("patient@example.org") && !rows.contains(&hex(b"patient@example.org")));
    }

    async fn an_account_stays_with_the_person_who_had_it_first(stage: &Stage) {
        let sandbox = CspEnvironment::Sandbox;
        let fresh = |number| AccountId::from_random([number; 28]);
        let mut tx = stage.store.write().await.expect("a transaction");
        let reference = tx.account_reference(&template(1).hcid, "patient-7");
        let reference = Some(&reference);
        assert!(tx.can_have_account(sandbox, reference, ANOTHER).await.expect("asked"), "nobody has it yet");
        assert_eq!(tx.claim_account(sandbox, reference, PERSON, fresh(1), NOW).await.expect("asked"), Some(fresh(1)));
        assert!(tx.can_have_account(sandbox, reference, PERSON).await.expect("asked"));
        assert!(!tx.can_have_account(sandbox, reference, ANOTHER).await.expect("asked"));
        assert_eq!(tx.claim_account(sandbox, reference, ANOTHER, fresh(2), NOW).await.expect("asked"), None);
        assert_eq!(tx.claim_account(sandbox, reference, PERSON, fresh(3), NOW).await.expect("asked"), Some(fresh(1)));
        assert!(tx.can_have_account(sandbox, None, ANOTHER).await.expect("asked"), "one without a reference is new");
        tx.claim_account(sandbox, None, PERSON, fresh(4), NOW).await.expect("asked");
        tx.commit().await.expect("committed");
        let rows = stage.store.raw_rows().await;
        assert!(!rows.contains("lopez"), "the person stands in a row");
        assert_eq!(stage.store.row_counts().await["accounts"], 2);
    }
}
