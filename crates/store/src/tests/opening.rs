//! What opening makes, and what it must never make.

use ambient::Entropy;
use model::Mode;

use super::on_both_engines;
use super::sample::{NOW, client, consent, endpoint, inquiry, organization};
use crate::database::args;
use crate::{DatabaseUrl, KeyFileError, Options, Store, StoreError};

fn is_missing(opened: &Result<Store, StoreError>) -> bool {
    matches!(opened, Err(StoreError::KeyFile(KeyFileError::Missing(_))))
}

on_both_engines! {
    async fn a_lost_key_file_is_not_replaced_where_anything_is_sealed(stage: &Stage) {
        let key_file = stage.options.data_dir.join("openias.key");
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_organization(&organization(9), NOW).await.expect("added");
        tx.commit().await.expect("committed");
        std::fs::remove_file(&key_file).expect("lost");
        let again = Store::open(&stage.options, Entropy::seeded(2)).await;
        assert!(again.is_ok() && key_file.exists(), "nothing was sealed with the first one");

        let client = client(&stage.store, 1).await;
        endpoint(&stage.store, &client, Mode::Test, 1).await;
        std::fs::remove_file(&key_file).expect("lost");
        for opened in [
            Store::open(&stage.options, Entropy::seeded(3)).await,
            Store::open_existing(&stage.options, Entropy::seeded(3)).await,
        ] {
            assert!(is_missing(&opened));
            assert!(!key_file.exists(), "no new key stands in its place");
        }
    }

    async fn rows_of_every_kind_count_as_sealed(stage: &Stage) {
        let key_file = stage.options.data_dir.join("openias.key");
        std::fs::remove_file(&key_file).expect("lost");
        let client = client(&stage.store, 1).await;
        consent(&stage.store, &client, 1).await;
        assert!(is_missing(&Store::open(&stage.options, Entropy::seeded(2)).await), "a consent");
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.execute("DELETE FROM consents", args![]).await.expect("deleted");
        tx.commit().await.expect("committed");
        inquiry(&stage.store, 1).await;
        assert!(is_missing(&Store::open(&stage.options, Entropy::seeded(2)).await), "an account");
    }

    async fn what_is_there_is_opened_without_a_change(stage: &Stage) {
        let before = stage.store.raw_rows().await;
        let opened = Store::open_existing(&stage.options, Entropy::seeded(2)).await.expect("opens");
        assert_eq!(opened.raw_rows().await, before);
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.execute("DELETE FROM migrations", args![]).await.expect("deleted");
        tx.commit().await.expect("committed");
        let older = Store::open_existing(&stage.options, Entropy::seeded(2)).await;
        assert!(matches!(older, Err(StoreError::MigrationPending("0001_first_journey"))));
    }
}

#[tokio::test]
async fn looking_for_a_store_makes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let options = Options { data_dir: data_dir.clone(), database: DatabaseUrl::Embedded, key_file: None };
    let opened = Store::open_existing(&options, Entropy::seeded(1)).await;
    assert!(matches!(opened, Err(StoreError::Absent(place)) if place == data_dir.display().to_string()));
    assert!(!data_dir.exists());
}

/// Who copies the file of a store that was closed has all of it.
#[tokio::test]
async fn a_closed_store_is_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let options = Options { data_dir: data_dir.clone(), database: DatabaseUrl::Embedded, key_file: None };
    let store = Store::open(&options, Entropy::seeded(1)).await.expect("opens");
    let added = organization(1);
    let mut tx = store.write().await.expect("a transaction");
    tx.add_organization(&added, NOW).await.expect("added");
    tx.commit().await.expect("committed");
    // Whoever reads has a connection of his own.
    assert!(store.read().await.expect("reads").organization(&added.id).await.expect("read").is_some());
    drop(store);

    let beside = |ending: &str| data_dir.join(format!("openias.sqlite3{ending}"));
    assert!(!beside("-wal").exists() && !beside("-shm").exists());
    let copied = Options { data_dir: folder.path().join("copied"), ..options };
    std::fs::create_dir(&copied.data_dir).expect("made");
    for name in ["openias.sqlite3", "openias.key"] {
        std::fs::copy(data_dir.join(name), copied.data_dir.join(name)).expect("copied");
    }
    let opened = Store::open_existing(&copied, Entropy::seeded(2)).await.expect("opens");
    assert!(opened.read().await.expect("reads").organization(&added.id).await.expect("read").is_some());
}

#[tokio::test]
async fn a_link_in_the_data_folder_leads_to_nothing_that_is_written_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data_dir, elsewhere) = (folder.path().join("data"), folder.path().join("elsewhere"));
    std::fs::create_dir(&data_dir).expect("made");
    std::fs::write(&elsewhere, "precious").expect("written");
    std::os::unix::fs::symlink(&elsewhere, data_dir.join(".writable")).expect("linked");
    let options = Options { data_dir, database: DatabaseUrl::Embedded, key_file: None };
    Store::open(&options, Entropy::seeded(1)).await.expect("opens");
    assert_eq!(std::fs::read_to_string(&elsewhere).expect("there"), "precious");
}
