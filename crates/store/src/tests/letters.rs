//! Letters: kept until they are sent or of no more use.

use model::Letter;

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client, in_a_minute};
use crate::{JobKind, Share};

pub(super) fn letter() -> Letter {
    Letter {
        to: "knixontestemail@epic.com".to_owned(),
        subject: "Your code".to_owned(),
        text: "PLANTED-LETTER".to_owned(),
    }
}

on_both_engines! {
    async fn one_is_there_until_it_is_sent_and_while_it_is_of_use(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.post_letter("l1", &letter(), &client.organization_id, in_a_minute(), NOW).await.expect("posted");
        tx.commit().await.expect("committed");
        let mut tx = stage.store.write().await.expect("a transaction");
        let share = Share { free: 10, of_one: 10 };
        let jobs = tx.lease_jobs(JobKind::Mail, share, MINUTE, NOW).await.expect("leased");
        assert_eq!(jobs.iter().map(|job| job.subject.as_str()).collect::<Vec<_>>(), ["l1"]);
        assert_eq!(tx.letter("l1", NOW).await.expect("read"), Some(letter()));
        assert_eq!(tx.letter("l1", in_a_minute()).await.expect("read"), None, "the code in it has lapsed");
        assert_eq!(tx.letter("l2", NOW).await.expect("read"), None);
        tx.drop_letter("l1").await.expect("dropped");
        assert_eq!(tx.letter("l1", NOW).await.expect("read"), None);
    }
}
