//! The demo's configuration as a file in its data folder, so that every other command works beside it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use identity::registrations::{Proof, Registrations};
use model::Hcid;
use tempfile::NamedTempFile;
use toml::{Table, Value};

use crate::config::Config;

/// Writes `demo.toml`, and the secrets it names beside it. The network has other ports in every run, so an earlier
/// run's file is replaced.
pub(super) fn write(config: &Config, registrations: &Registrations) -> anyhow::Result<PathBuf> {
    let folder = std::path::absolute(&config.store.data_dir)?;
    let proofing = proofing(&folder, registrations)?;
    let seconds = i64::try_from(config.network.deadline_seconds)?;
    let retries = config.webhooks.retry_seconds.iter().map(|seconds| i64::try_from(*seconds));
    let tables = [
        table(
            "server",
            [
                ("listen", config.server.listen.to_string().into()),
                ("base_url", config.server.base_url.clone().into()),
            ],
        ),
        table("store", [("data_dir", ".".into())]),
        table(
            "network",
            [
                ("directory_url", config.network.directory_url.clone().unwrap_or_default().into()),
                ("deadline_seconds", seconds.into()),
            ],
        ),
        table("webhooks", [("retry_seconds", retries.collect::<Result<Vec<_>, _>>()?.into())]),
        table("egress", [("private_origins", config.egress.private_origins.clone().into())]),
        ("csps".to_owned(), Value::try_from(&config.csps)?),
        ("proofing".to_owned(), proofing),
    ];
    let text = format!(
        "# Written anew by every start of `openias demo`.\n\n{}",
        toml::to_string(&Table::from_iter(tables))?
    );
    let file = folder.join("demo.toml");
    write_own(&file, &text)?;
    Ok(file)
}

/// A word that a shell reads as it stands.
pub(super) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if word.bytes().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn table<const N: usize>(name: &str, keys: [(&str, Value); N]) -> (String, Value) {
    (name.to_owned(), Value::Table(keys.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()))
}

/// The entries of proofing, whose secrets stand in files of their own.
fn proofing(folder: &Path, registrations: &Registrations) -> anyhow::Result<Value> {
    let mut entries = Vec::new();
    for one in &registrations.all {
        let mut entry = Table::from_iter([
            ("idp".to_owned(), one.idp.clone().into()),
            ("mode".to_owned(), one.mode.to_string().into()),
            ("issuer".to_owned(), one.issuer.clone().into()),
            ("client_id".to_owned(), one.client_id.clone().into()),
            ("scope".to_owned(), one.scope.clone().into()),
        ]);
        if let Some(hcid) = one.hcid.as_ref().map(Hcid::oid) {
            entry.insert("hcid".to_owned(), hcid.into());
        }
        if let Proof::Secret(secret) = &one.proof {
            let name = format!("{}.secret", one.idp);
            write_own(&folder.join(&name), secret.expose())?;
            entry.insert("client_secret_file".to_owned(), name.into());
        }
        entries.push(Value::Table(entry));
    }
    Ok(entries.into())
}

/// A file that is its owner's alone. It is made anew, whatever stands in its place, and whoever may read that.
pub(super) fn write_own(file: &Path, text: &str) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        // Such a file is made for its owner alone.
        let mut fresh = NamedTempFile::new_in(file.parent().unwrap_or(Path::new(".")))?;
        fresh.write_all(text.as_bytes())?;
        fresh.persist(file)?;
        Ok(())
    };
    write().with_context(|| format!("{} cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_takes_no_place_that_others_may_read() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let (outside, inside) = (folder.path().join("outside"), folder.path().join("a.secret"));
        std::fs::write(&outside, "as it was").expect("written");
        std::fs::set_permissions(&outside, std::fs::Permissions::from_mode(0o644)).expect("opened");
        symlink(&outside, &inside).expect("linked");
        for text in ["first", "second"] {
            write_own(&inside, text).expect("written");
            assert_eq!(std::fs::read_to_string(&inside).expect("there"), text);
            let made = std::fs::symlink_metadata(&inside).expect("there");
            assert!(made.is_file() && made.permissions().mode() & 0o777 == 0o600);
        }
        assert_eq!(std::fs::read_to_string(&outside).expect("there"), "as it was");
    }

    #[test]
    fn a_shell_reads_a_word_as_it_stands() {
        assert_eq!(quoted("/tmp/a-b_c.1"), "/tmp/a-b_c.1");
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
    }
}
