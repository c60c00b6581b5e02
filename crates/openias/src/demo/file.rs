//! The demo's configuration as a file in its data folder, so that every other command works beside it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use identity::registrations::{Proof, Registrations};
use model::Hcid;
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

/// A file that is its owner's alone.
pub(super) fn write_own(file: &Path, text: &str) -> anyhow::Result<()> {
    let opened = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file);
    opened
        .and_then(|mut opened| opened.write_all(text.as_bytes()))
        .with_context(|| format!("{} cannot be written", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_word_as_it_stands() {
        assert_eq!(quoted("/tmp/a-b_c.1"), "/tmp/a-b_c.1");
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
    }
}
