//! The configuration: one file, every key documented, the environment above it.

mod csps;
mod unknown;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use confique::Config as _;
use serde::Deserialize;

pub(crate) use csps::CspEntry;

/// The configuration of `openias`.
#[derive(Debug, confique::Config)]
pub(crate) struct Config {
    /// Where the server listens and how the world reaches it.
    #[config(nested)]
    pub(crate) server: Server,
    /// Where everything is kept.
    #[config(nested)]
    pub(crate) store: Store,
    /// The authorization server.
    #[config(nested)]
    pub(crate) identity: Identity,
    /// The TEFCA network.
    #[config(nested)]
    pub(crate) network: Network,
    /// Exports.
    #[config(nested)]
    pub(crate) exports: Exports,
    /// Webhooks.
    #[config(nested)]
    pub(crate) webhooks: Webhooks,
    /// What runs in the background: searches, exports, webhooks.
    #[config(nested)]
    pub(crate) jobs: Jobs,
    /// Outbound calls.
    #[config(nested)]
    pub(crate) egress: Egress,
    /// Log lines, on standard error.
    #[config(nested)]
    pub(crate) log: Log,
    /// Trusted credential service providers beside CLEAR, ID.me and Persona, or in their place. A list of
    /// tables: `idp` (the value clients send), `name`, `live_issuers`, `test_issuers` (lists of exact
    /// issuer URLs); and where the defaults do not fit: `oid`, `algorithms` (RS256 alone), `max_life_hours` (2; a
    /// longer token is refused), `max_proofing_days` (none; tokens must then say when the person was proofed),
    /// `profile` (none: the token says; or "tefca-2", "tefca-3.0", "cms-aligned"), `quirks` (codes of graded
    /// rules that the CSP is known to break, see docs/reference/token-rules.md), `jwks_uri` (where its keys are
    /// fetched, instead of what its discovery document says) or `jwks_file` (its keys, fetched nowhere).
    #[config(default = [])]
    pub(crate) csps: Vec<CspEntry>,
}

/// Where the server listens.
#[derive(Debug, confique::Config)]
pub(crate) struct Server {
    /// Address and port. Put a TLS-terminating proxy in front for anything but this machine.
    #[config(default = "127.0.0.1:8480", env = "OPENIAS_SERVER_LISTEN")]
    pub(crate) listen: std::net::SocketAddr,
    /// The URL under which browsers and backends reach the server, without a slash at its end. It is the
    /// issuer of tokens: changing it later makes clients refuse them.
    #[config(default = "http://localhost:8480", env = "OPENIAS_SERVER_BASE_URL")]
    pub(crate) base_url: String,
}

/// Where everything is kept.
#[derive(Debug, confique::Config)]
pub(crate) struct Store {
    /// Folder for the database, the key file and export files. Made when absent, for its owner alone.
    #[config(default = "openias-data", env = "OPENIAS_STORE_DATA_DIR")]
    pub(crate) data_dir: PathBuf,
    /// `postgres://…` to use PostgreSQL instead of the embedded database.
    #[config(env = "OPENIAS_STORE_DATABASE_URL")]
    pub(crate) database_url: Option<SecretUrl>,
    /// The key file that unseals stored data. By default `openias.key` in the data folder. Back it up
    /// apart from the data.
    #[config(env = "OPENIAS_STORE_KEY_FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

/// The authorization server.
#[derive(Debug, confique::Config)]
pub(crate) struct Identity {
    /// How many days a patient's consent lasts.
    #[config(default = 365, env = "OPENIAS_IDENTITY_CONSENT_DAYS")]
    pub(crate) consent_days: u64,
}

/// The TEFCA network.
#[derive(Debug, confique::Config)]
pub(crate) struct Network {
    /// FHIR base URL of the directory.
    #[config(env = "OPENIAS_NETWORK_DIRECTORY_URL")]
    pub(crate) directory_url: Option<String>,
    /// Seconds that one place may take to say whether it knows a patient.
    #[config(default = 10, env = "OPENIAS_NETWORK_DEADLINE_SECONDS")]
    pub(crate) deadline_seconds: u64,
}

/// Exports.
#[derive(Debug, confique::Config)]
pub(crate) struct Exports {
    /// Hours that an export file can be downloaded before it is deleted.
    #[config(default = 24, env = "OPENIAS_EXPORTS_KEEP_HOURS")]
    pub(crate) keep_hours: u64,
}

/// Webhooks.
#[derive(Debug, confique::Config)]
pub(crate) struct Webhooks {
    /// Seconds before each retry. After the last the delivery is kept as dead and can be sent by hand.
    #[config(default = [60, 900, 10800, 72000])]
    pub(crate) retry_seconds: Vec<u64>,
    /// Seconds that an endpoint may take to answer.
    #[config(default = 60, env = "OPENIAS_WEBHOOKS_TIMEOUT_SECONDS")]
    pub(crate) timeout_seconds: u64,
}

/// What runs in the background.
#[derive(Debug, confique::Config)]
pub(crate) struct Jobs {
    /// Seconds that a job belongs to the process that runs it, renewed while it runs: how long the jobs of a
    /// process that died wait until another, or the restarted one, runs them again.
    #[config(default = 120, env = "OPENIAS_JOBS_LEASE_SECONDS")]
    pub(crate) lease_seconds: u64,
}

/// Outbound calls.
#[derive(Debug, confique::Config)]
pub(crate) struct Egress {
    /// Origins that may be called although they are not public or not https, such as
    /// `http://10.0.0.5:8080`. Everything else must be https at a public address.
    #[config(default = [])]
    pub(crate) private_origins: Vec<String>,
}

/// Log lines.
#[derive(Debug, confique::Config)]
pub(crate) struct Log {
    /// What to log, such as `info` or `info,openias_network=debug`.
    #[config(default = "info", env = "OPENIAS_LOG_FILTER")]
    pub(crate) filter: String,
    /// `text` or `json`.
    #[config(default = "text", env = "OPENIAS_LOG_FORMAT")]
    pub(crate) format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A URL with a password in it: not printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretUrl(pub(crate) String);

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretUrl(..)")
    }
}

impl Config {
    /// Reads the file, if one is named, and the environment above it.
    pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut builder = Self::builder().env();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("the configuration file {} cannot be read", path.display()))?;
            unknown::check(&text).with_context(|| format!("in the configuration file {}", path.display()))?;
            builder = builder.file(path);
        }
        let config = builder.load().context("the configuration is not valid")?;
        config.check()?;
        Ok(config)
    }

    /// The defaults alone, without file or environment.
    pub(crate) fn defaults() -> anyhow::Result<Self> {
        Ok(Self::builder().load()?)
    }

    fn check(&self) -> anyhow::Result<()> {
        let base = &self.server.base_url;
        egress::Origin::parse(base).with_context(|| {
            format!("server.base_url is {base:?}; it must be an origin such as https://ias.example.org")
        })?;
        anyhow::ensure!(
            (1..=3650).contains(&self.identity.consent_days),
            "identity.consent_days must be 1 to 3650"
        );
        anyhow::ensure!(
            (1..=300).contains(&self.network.deadline_seconds),
            "network.deadline_seconds must be 1 to 300"
        );
        anyhow::ensure!((1..=720).contains(&self.exports.keep_hours), "exports.keep_hours must be 1 to 720");
        anyhow::ensure!(
            (1..=60).contains(&self.webhooks.timeout_seconds),
            "webhooks.timeout_seconds must be 1 to 60"
        );
        anyhow::ensure!(
            (1..=3600).contains(&self.jobs.lease_seconds),
            "jobs.lease_seconds must be 1 to 3600"
        );
        Ok(())
    }

    /// The store's options.
    pub(crate) fn store_options(&self) -> store::Options {
        store::Options {
            data_dir: self.store.data_dir.clone(),
            database: match &self.store.database_url {
                Some(url) => store::DatabaseUrl::Postgres(url.0.clone()),
                None => store::DatabaseUrl::Embedded,
            },
            key_file: self.store.key_file.clone(),
        }
    }

    /// The waits before each retry of a webhook.
    pub(crate) fn webhook_retries(&self) -> Vec<Duration> {
        self.webhooks.retry_seconds.iter().map(|seconds| Duration::from_secs(*seconds)).collect()
    }
}

/// The configuration file with every key, its meaning and its default: what `docs/reference/config.md`
/// holds.
pub(crate) fn template() -> String {
    confique::toml::template::<Config>(confique::toml::FormatOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> anyhow::Result<Config> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("openias.toml");
        std::fs::write(&path, text)?;
        Config::load(Some(&path))
    }

    #[test]
    fn the_defaults_stand() {
        let config = load("").expect("an empty file is a configuration");
        assert_eq!(config.server.base_url, "http://localhost:8480");
        assert_eq!(config.webhook_retries().len(), 4);
    }

    #[test]
    fn a_misspelt_key_is_named_with_the_nearest_right_one() {
        let error = load("[server]\nlisten = \"127.0.0.1:1\"\nbase_ulr = \"x\"\n").expect_err("refused");
        let text = format!("{error:#}");
        assert!(text.contains("server.base_ulr") && text.contains("server.base_url"), "{text}");
    }

    #[test]
    fn values_out_of_bounds_are_named() {
        for (text, key) in [
            ("[server]\nbase_url = \"https://a.example/path\"", "server.base_url"),
            ("[identity]\nconsent_days = 0", "identity.consent_days"),
            ("[network]\ndeadline_seconds = 0", "network.deadline_seconds"),
            ("[jobs]\nlease_seconds = 0", "jobs.lease_seconds"),
            ("[log]\nformat = \"xml\"", "format = \"xml\""),
        ] {
            let error = load(text).expect_err("refused");
            assert!(format!("{error:#}").contains(key), "{error:#}");
        }
    }

    #[test]
    fn the_reference_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/config.md");
        let written = std::fs::read_to_string(path).expect("docs/reference/config.md");
        assert!(written.contains(&template()), "run `cargo xtask gen`");
    }
}
