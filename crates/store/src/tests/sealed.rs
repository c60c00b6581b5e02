//! What is kept of patients, and every secret, is unreadable in the database and in its files.

use ambient::Entropy;
use jose::Algorithm;
use model::client::private_key;
use model::id::hex;
use model::{Mode, Secret};

use super::access_tokens::access_token_in;
use super::authorizations::allowed;
use super::csp_tokens::take_request;
use super::inquiries::approved;
use super::letters::letter;
use super::on_both_engines;
use super::proofings::{at_csp, coded, proofing};
use super::pushed_requests::pushed;
use super::sample::{
    ID_TOKEN, NOW, account_found, authorization_request, client, connection, consent, endpoint, hash,
    in_a_minute, secret,
};
use super::sign_ins::begun;
use crate::{DatabaseUrl, KeyPurpose, NewSigningKey, Options, Store};

/// Everything that must not be readable, by what it is.
fn planted() -> Vec<(&'static str, String)> {
    vec![
        ("ID token", ID_TOKEN.to_owned()),
        ("payload of the ID token", ID_TOKEN.split('.').nth(1).unwrap_or_default().to_owned()),
        ("e-mail", "knixontestemail".to_owned()),
        ("given name", "Camila".to_owned()),
        ("family name", "Lopez".to_owned()),
        ("birth date", "1987-09-12".to_owned()),
        ("phone", "4694694321".to_owned()),
        ("street", "3268 West Johnson".to_owned()),
        ("patient's id at the place", "remote-patient-8472".to_owned()),
        ("login hint of a pushed request", "planted-login-hint".to_owned()),
        ("refresh token of a provider", "planted-refresh-token".to_owned()),
        ("webhook secret", "whsec_77".to_owned()),
        ("private key", private_key(Mode::Test, [1; 45]).expose().to_owned()),
        ("code, token or handle", secret(1).expose().to_owned()),
        ("letter", "PLANTED-LETTER".to_owned()),
        ("code of an e-mail", "PLANTED-CODE".to_owned()),
        ("what is kept of the way to a CSP", "planted-verifier".to_owned()),
        ("code of the CSP", secret(101).expose().to_owned()),
    ]
}

on_both_engines! {
    async fn nothing_planted_is_readable(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        pushed(&stage.store, &client, secret(1)).await;
        allowed(&stage.store, &client, 1).await;
        let proofing = proofing(&stage.store, &client, 1).await;
        coded(&stage.store, &proofing, "PLANTED-CODE").await;
        at_csp(&stage.store, &client, 3).await;
        let consent = consent(&stage.store, &client, 2).await;
        let opened = connection(&stage.store, &client, &consent, 1).await;
        let inquiry = approved(&stage.store, 1).await;
        endpoint(&stage.store, &client, Mode::Test, 77).await;
        let signing_key = ambient::ec_p256_keypair().expect("a key");
        let mut tx = stage.store.write().await.expect("a transaction");
        tx.add_account_found(&account_found(&consent, 2)).await.expect("added");
        tx.keep_connection_refresh_token(&opened, &Secret::new("planted-refresh-token".to_owned())).await.expect("kept");
        access_token_in(&mut tx, &consent, 1).await;
        tx.post_letter("l1", &letter(), &client.organization_id, in_a_minute(), NOW).await.expect("posted");
        tx.add_refresh_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_userinfo_token(&hash(1), &inquiry, in_a_minute()).await.expect("added");
        tx.add_operator_session(&hash(1), in_a_minute()).await.expect("added");
        for number in [1, 2] {
            let request = authorization_request();
            tx.push_csp_request(&hash(number), "client", &request, in_a_minute()).await.expect("added");
        }
        let (purpose, algorithm) = (KeyPurpose::Network, Algorithm::Es256);
        let new = NewSigningKey { purpose, algorithm, kid: "kid", pkcs8: &signing_key };
        tx.add_signing_key(&new, NOW).await.expect("added");
        tx.commit().await.expect("committed");
        begun(&stage.store, &account_found(&consent, 2), 1).await;
        // What is deleted must be gone from the file too.
        assert!(take_request(&stage.store, &hash(1), "client", NOW).await.is_some());

        let rows = stage.store.raw_rows().await;
        assert!(rows.contains("connections ") && rows.contains("https://app.example/webhooks/77"), "the rows are read");
        for (what, text) in planted() {
            let text = text.to_lowercase();
            assert!(!rows.contains(&text), "the {what} stands in a row");
            assert!(!rows.contains(&hex(text.as_bytes())), "the {what} stands in a row of bytes");
        }
        assert!(!rows.contains(&hex(&signing_key)), "the signing key stands in a row");
        for file in files(&stage.options.data_dir) {
            let bytes = std::fs::read(&file).expect("a file");
            for (what, text) in planted() {
                assert!(!holds(&bytes, text.as_bytes()), "the {what} stands in {}", file.display());
            }
            assert!(!holds(&bytes, &signing_key), "the signing key stands in {}", file.display());
        }
    }

    async fn a_sealed_value_put_into_another_row_does_not_open(stage: &Stage) {
        let client = client(&stage.store, 1).await;
        let (one, other) = (consent(&stage.store, &client, 1).await, consent(&stage.store, &client, 2).await);
        let mut tx = stage.store.write().await.expect("a transaction");
        let swap = "UPDATE consents SET identity = (SELECT c.identity FROM consents c WHERE c.id = $1) WHERE id = $2";
        tx.execute(swap, crate::database::args![one.as_str(), other.as_str()]).await.expect("moved");
        let read = tx.consent(&other).await;
        assert!(matches!(read, Err(crate::StoreError::Damaged { table: "consents", column: "identity" })));
        assert!(tx.consent(&one).await.is_ok());
    }
}

/// Whom a file or folder is for.
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Behind a folder that others may enter, the files themselves must keep them out.
#[tokio::test]
async fn the_database_is_for_its_owner_alone_wherever_it_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("opened");
    let (open, made) = (folder.path().to_owned(), folder.path().join("deep/data"));
    for data_dir in [open, made.clone()] {
        let options = Options { data_dir: data_dir.clone(), database: DatabaseUrl::Embedded, key_file: None };
        let store = Store::open(&options, Entropy::seeded(1)).await.expect("the store opens");
        client(&store, 1).await;
        for name in ["openias.sqlite3", "openias.sqlite3-wal", "openias.sqlite3-shm", "openias.key"] {
            assert_eq!(mode(&data_dir.join(name)), 0o600, "{name} in {}", data_dir.display());
        }
        assert_eq!(mode(&data_dir.join("objects")), 0o700);
    }
    assert_eq!(mode(&made), 0o700);

    // A copy that was put in its place is kept as well.
    let copy = made.join("openias.sqlite3");
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o644)).expect("opened");
    let options = Options { data_dir: made, database: DatabaseUrl::Embedded, key_file: None };
    let store = Store::open(&options, Entropy::seeded(2)).await.expect("the store opens");
    client(&store, 2).await;
    for name in ["openias.sqlite3", "openias.sqlite3-wal", "openias.sqlite3-shm"] {
        assert_eq!(mode(&options.data_dir.join(name)), 0o600, "{name} of a copy");
    }
}

/// All files below the data folder, but for the key file, which is what unseals them.
fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_none_or(|kind| kind != "key") {
            found.push(path);
        }
    }
    found
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
