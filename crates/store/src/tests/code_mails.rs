//! How many mails went to an address, whatever became of what they were for.

use super::on_both_engines;
use super::sample::{MINUTE, NOW, client};
use crate::CodeMails;

const EMAIL: &str = "knixontestemail@epic.com";

on_both_engines! {
    async fn each_mail_counts_for_its_client_and_for_its_address(stage: &Stage) {
        let (one, other) = (client(&stage.store, 1).await, client(&stage.store, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        for (letter, email, client, at) in [
            ("letter-1", EMAIL, &one, NOW),
            ("letter-2", "KNixonTestEmail@epic.com", &one, NOW.plus(MINUTE)),
            ("letter-3", EMAIL, &other, NOW.plus(MINUTE)),
            ("letter-4", "another@epic.com", &one, NOW.plus(MINUTE)),
        ] {
            tx.add_code_mail(letter, email, &client.public_id, at).await.expect("added");
        }
        for (email, client, since, of_client, of_all) in [
            (EMAIL, &one, NOW.minus(MINUTE), 2, 3),
            (EMAIL, &other, NOW.minus(MINUTE), 1, 3),
            (EMAIL, &one, NOW, 1, 2),
            ("nobody@epic.com", &one, NOW.minus(MINUTE), 0, 0),
        ] {
            let counted = tx.code_mails_to(email, &client.public_id, since).await.expect("read");
            assert_eq!(counted, CodeMails { of_client, of_all }, "{email}");
        }
    }

    async fn one_is_forgotten_after_an_hour(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_code_mail("letter-1", EMAIL, &client.public_id, NOW).await.expect("added");
        assert_eq!(tx.forget_lapsed(NOW.plus(59 * MINUTE)).await.expect("asked"), 0);
        assert_eq!(tx.forget_lapsed(NOW.plus(60 * MINUTE)).await.expect("forgotten"), 1);
    }
}
