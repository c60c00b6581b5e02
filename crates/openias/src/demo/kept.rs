//! The keys that a demo gave out, kept beside its data for the next one: the store holds only their hashes.
//! They open synthetic patients' records on this machine and nothing else; the file is its owner's alone.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use model::Secret;
use sandbox::integrator::Keys;
use serde::{Deserialize, Serialize};

use super::file::write_own;

/// `demo-keys.json` in the data folder, if the data stays.
pub(super) struct KeptKeys {
    file: Option<PathBuf>,
    apps: Vec<KeptApp>,
    /// Keeps other demos away from the folder, for as long as this one runs.
    _lock: Option<File>,
}

/// The keys of an app, which fit its addresses and no others.
#[derive(Serialize, Deserialize)]
pub(super) struct KeptApp {
    pub(super) origin: String,
    pub(super) callback: String,
    pub(super) organization: String,
    pub(super) public_id: String,
    pub(super) private_key: String,
    pub(super) csp_client_id: String,
    pub(super) csp_client_secret: String,
    pub(super) webhook_secret: String,
}

impl KeptKeys {
    /// What an earlier demo has kept in this folder, which has to have ended; without a folder nothing is kept.
    pub(super) fn read(folder: Option<&PathBuf>) -> anyhow::Result<Self> {
        let lock = folder.map(|folder| lock(folder)).transpose()?;
        let file = folder.map(|folder| folder.join("demo-keys.json"));
        let text = match file.as_ref().map(std::fs::read_to_string) {
            Some(Ok(text)) => text,
            Some(Err(error)) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).context("demo-keys.json cannot be read");
            }
            _ => return Ok(Self { file, apps: Vec::new(), _lock: lock }),
        };
        let apps = serde_json::from_str(&text)
            .context("demo-keys.json cannot be understood; delete it, and new keys are made")?;
        Ok(Self { file, apps, _lock: lock })
    }

    /// Where they are kept.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The keys for these addresses.
    pub(super) fn find(&self, origin: &str, callback: &str) -> Option<&KeptApp> {
        self.apps.iter().find(|app| app.is_at(origin, callback))
    }

    /// Keeps keys in place of those for the same addresses.
    pub(super) fn keep(&mut self, keys: KeptApp) -> anyhow::Result<()> {
        self.apps.retain(|app| !app.is_at(&keys.origin, &keys.callback));
        self.apps.push(keys);
        let Some(file) = &self.file else { return Ok(()) };
        let text = serde_json::to_string_pretty(&self.apps)?;
        write_own(file, &text)
    }
}

/// A second demo would write the files anew that the first one has told of.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let file = folder.join("demo.lock");
    let lock = OpenOptions::new().append(true).create(true).open(&file);
    let lock = lock.with_context(|| format!("{} cannot be made", file.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another demo runs with the data in {}: stop it, or name another folder with --data-dir",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", file.display()))
        }
    }
}

impl KeptApp {
    pub(super) fn keys(&self) -> Keys {
        Keys {
            public_id: self.public_id.clone(),
            private_key: Secret::new(self.private_key.clone()),
            csp_client_id: self.csp_client_id.clone(),
            csp_client_secret: Secret::new(self.csp_client_secret.clone()),
        }
    }

    fn is_at(&self, origin: &str, callback: &str) -> bool {
        self.origin == origin && self.callback == callback
    }
}
