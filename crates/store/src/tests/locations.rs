//! Record locator runs.

use model::id::LocationId;

use super::on_both_engines;
use super::sample::{NOW, client, consent, in_a_minute, location};
use crate::{Answer, LocationStatus};

on_both_engines! {
    async fn one_runs_at_a_time_for_a_consent(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let first = location(&stage.store, &consent, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        let second = LocationId::from_random([2; 16]);
        let running = tx.begin_location(&second, &consent, NOW).await.expect("asked");
        assert_eq!((running.id, running.status, running.asked), (first.clone(), LocationStatus::Pending, 0));
        tx.finish_location(&first, LocationStatus::Failed).await.expect("ended");
        let running = tx.begin_location(&second, &consent, in_a_minute()).await.expect("asked");
        assert_eq!((running.id, running.consent_id), (second, consent));
    }

    async fn an_answer_that_comes_again_replaces_the_first(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = location(&stage.store, &consent, 1).await;
        let answer = |outcome: &str| Answer {
            hcid: "urn:oid:2.999.1".to_owned(),
            name: "Place 1".to_owned(),
            outcome: outcome.to_owned(),
        };
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.set_location_asked(&id, 3).await.expect("set");
        tx.add_answer(&id, &answer("timed_out")).await.expect("added");
        tx.add_answer(&id, &answer("found")).await.expect("added again");
        let answers = tx.answers(&id).await.expect("read");
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].outcome, "found");
        assert_eq!(tx.location(&id).await.expect("read").expect("found").asked, 3);
    }

    async fn an_ended_one_stays_as_it_ended(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let consent = consent(&stage.store, &client, 1).await;
        let id = location(&stage.store, &consent, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.finish_location(&id, LocationStatus::Success).await.expect("ended");
        tx.finish_location(&id, LocationStatus::Failed).await.expect("asked");
        tx.set_location_asked(&id, 9).await.expect("asked");
        let kept = tx.location(&id).await.expect("read").expect("found");
        assert_eq!((kept.status, kept.asked), (LocationStatus::Success, 0));
    }
}
