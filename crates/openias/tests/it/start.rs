//! Starting and stopping: what is wrong is named together with its remedy, and asked to stop it stops.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use store::DatabaseUrl;

use crate::child::{log, run};
use crate::installation::{Installation, free_port};

/// Asserts that `serve` with this configuration ends at once, with exit code 1 and these words; all it said.
#[track_caller]
fn refuses_to_start(folder: &Path, config: &str, words: &[&str]) -> String {
    std::fs::write(folder.join("openias.toml"), config).expect("written");
    let output = run(folder, &["serve", "--config", "openias.toml"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
    assert!(said.starts_with("error: ") && !said.contains("panicked"), "{said}");
    said
}

/// A configuration with a port of its own.
fn config(rest: &str) -> String {
    format!("[server]\nlisten = \"127.0.0.1:{}\"\n{rest}", free_port())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_it_stops() {
    let installation = Installation::on(&DatabaseUrl::Embedded).await;
    let server = installation.start().await;
    let (code, printed) = server.hear_out().await;
    assert_eq!(code, Some(0));
    // A journal reads what no terminal shows.
    assert!(printed.contains("openias operator sign-in") && !printed.contains("token="), "{printed}");
    let said = log(installation.folder());
    assert!(!said.contains("ERROR") && !said.contains("panicked"), "{said}");
    // Whoever copies the database of a server that was stopped has all of it.
    assert!(!installation.folder().join("openias-data/openias.sqlite3-wal").exists());
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let config = format!("[server]\nlisten = \"{address}\"\n");
    refuses_to_start(folder.path(), &config, &[&address, "in use", "server.listen"]);
    assert!(!folder.path().join("openias-data").exists(), "nothing was begun");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a-file");
    std::fs::write(&file, "").expect("written");
    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).expect("made");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o500)).expect("locked");
    // Nothing is locked to root.
    let root = std::fs::write(locked.join("probe"), "").is_ok();
    for data_dir in [file.join("data")].into_iter().chain((!root).then_some(locked)) {
        let named = data_dir.display().to_string();
        refuses_to_start(
            folder.path(),
            &config(&format!("[store]\ndata_dir = {named:?}\n")),
            &[&named, "store.data_dir"],
        );
    }
}

#[test]
fn a_misspelt_key_is_named_with_the_nearest_right_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for (config, wrong, right) in [
        ("[server]\nlissten = \"127.0.0.1:1\"\n", "server.lissten", "server.listen"),
        ("[webhooks]\nretry_second = [1]\n", "webhooks.retry_second", "webhooks.retry_seconds"),
        ("[stroe]\ndata_dir = \"x\"\n", "stroe", "store"),
    ] {
        refuses_to_start(folder.path(), config, &["openias.toml", wrong, &format!("did you mean {right}")]);
    }
}

#[test]
fn a_value_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for (config, words) in [
        (
            "[server]\nbase_url = \"https://ias.example.org/path\"\n",
            ["server.base_url", "https://ias.example.org"],
        ),
        ("[server]\nlisten = \"nowhere\"\n", ["listen = \"nowhere\"", "openias.toml"]),
        ("[jobs]\nlease_seconds = 0\n", ["jobs.lease_seconds", "1 to 3600"]),
        (
            "[server]\nlisten = \"127.0.0.1:0\"\n[egress]\nprivate_origins = [\"10.0.0.5\"]\n",
            ["egress.private_origins", "10.0.0.5"],
        ),
        ("[log]\nfilter = \"=x=\"\n", ["log.filter", "=x="]),
        ("not toml", ["openias.toml", "line 1"]),
    ] {
        refuses_to_start(folder.path(), config, &words);
    }
    let missing = run(folder.path(), &["serve", "--config", "nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nowhere.toml"));
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("openias.key");
    std::fs::write(&key, "").expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("opened");
    let named = key.display().to_string();
    let settings = config(&format!("[store]\nkey_file = {named:?}\n"));
    refuses_to_start(folder.path(), &settings, &[&named, "chmod 600"]);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("closed");
    refuses_to_start(folder.path(), &settings, &[&named, "damaged", "backup"]);
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = config("[store]\ndatabase_url = \"postgres://openias:planted@127.0.0.1:1/openias\"\n");
    let said = refuses_to_start(folder.path(), &settings, &["store.database_url"]);
    assert!(!said.contains("planted"), "{said}");
}

#[test]
fn a_patient_whom_the_sandbox_cannot_prove_is_named_with_those_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), &["demo", "--headless", "--patient", "nobody@example.org"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("nobody@example.org") && said.contains("knixontestemail@epic.com"), "{said}");
}
