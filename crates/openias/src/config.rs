//! The configuration: one file, every key documented, the environment above it.

mod checks;
mod csps;
mod mail;
mod proofing;
mod unknown;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use confique::Config as _;
use egress::Origin;
use serde::Deserialize;
use web::TrustedProxies;

pub(crate) use csps::{CspEntry, OWN_IDP};
pub(crate) use mail::Mail;
pub(crate) use proofing::ProofingEntry;

use crate::output;

/// The configuration of `openias`.
#[expect(clippy::doc_link_with_quotes, reason = "a list of TOML is no link")]
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
    /// How much may be asked for in a time, each 0 for no limit. Whoever asks for more is told 429 with
    /// `Retry-After`. Every node counts for itself.
    #[config(nested)]
    pub(crate) limits: Limits,
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
    /// Signing keys.
    #[config(nested)]
    pub(crate) keys: Keys,
    /// Outbound calls.
    #[config(nested)]
    pub(crate) egress: Egress,
    /// Mail, which confirms the addresses of patients who are proven here.
    #[config(nested)]
    pub(crate) mail: Mail,
    /// Log lines, on standard error.
    #[config(nested)]
    pub(crate) log: Log,
    /// Trusted credential service providers beside those that stand without being named: `clear_csp`,
    /// `idme_csp`, `persona_csp`, and `openias_csp`, the server's own sandbox issuer, in test mode. An entry
    /// with one of these values replaces it; with nothing beside `idp` and `name` it takes its trust away. Only
    /// the file can hold this key, in tables such as:
    ///
    /// [[csps]]
    /// idp = "example_csp"                               # what clients send as `idp`
    /// name = "Example CSP"
    /// live_issuers = ["https://csp.example.org"]        # exactly as in `iss`
    /// test_issuers = ["https://sandbox.csp.example.org"]
    /// max_life_hours = 2                                # a longer token is refused; 2 unless said
    ///
    /// And where the defaults do not fit: `oid`, `algorithms` (RS256 alone), `max_proofing_days` (none; tokens
    /// must then say when the person was proofed), `profile` (none: the token says; or "tefca-2", "tefca-3.0",
    /// "cms-aligned"), `quirks` (codes of graded rules that the CSP is known to break, see
    /// docs/reference/token-rules.md), `jwks_uri` (where its keys are fetched, instead of what its discovery
    /// document says) or `jwks_file` (its keys, fetched nowhere and read when the server starts; a relative path
    /// starts where `data_dir` does). Neither may serve a live and another test issuer at once.
    #[config(default = [])]
    pub(crate) csps: Vec<CspEntry>,
    /// Where patients without an ID token are sent to prove who they are, for clients whose policy says so
    /// (`openias client policy --hosted-proofing true`): what you registered at trusted CSPs, with
    /// `<base_url>/oauth2/proofing/callback` as redirect URI. Only the file can hold this key, in tables such as:
    ///
    /// [[proofing]]
    /// idp = "persona_csp"                               # a trusted CSP
    /// mode = "live"                                     # or "test": whose patients
    /// client_id = "env_1.atoc_2"
    /// client_secret_file = "persona.secret"             # holds the secret, in one line
    ///
    /// And where the defaults do not fit: `client_key_file` (in place of the secret: a PKCS#8 key, PEM or DER, that
    /// signs our assertions), `issuer` (the CSP's first of the mode), `scope` ("openid profile email"), `parameters`
    /// (what the CSP wants to be asked besides, such as `{ acr_values = "ial2" }`), `hcid` (that its ID tokens for you
    /// are meant for, and in whose name the network is asked; without it, that of the organization whose patient it
    /// is). A relative path starts where `data_dir` does. In live mode, mail has to be set up too.
    #[config(default = [])]
    pub(crate) proofing: Vec<ProofingEntry>,
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
    /// Addresses and networks of the proxies in front, such as `["10.0.0.5", "192.168.7.0/24"]`. Only from these
    /// is `X-Forwarded-For` believed, and of it only the last hop that is none of them. Without them, callers from
    /// this machine and from private networks are not told apart, so `limits` on addresses leave them alone.
    #[config(
        default = [],
        env = "OPENIAS_SERVER_TRUSTED_PROXIES",
        parse_env = confique::env::parse::list_by_comma
    )]
    pub(crate) trusted_proxies: Vec<String>,
}

/// Where everything is kept.
#[derive(Debug, confique::Config)]
pub(crate) struct Store {
    /// Folder for the database, the key file and export files. `openias serve` makes it when absent, for its
    /// owner alone. A relative path here and in `key_file` starts at the folder of the configuration file, or
    /// at the current folder where there is no file.
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
    /// Whether DPoP proofs have to hold a nonce of ours: a proof made ahead of time is then good for minutes.
    #[config(default = false, env = "OPENIAS_IDENTITY_DPOP_NONCES")]
    pub(crate) dpop_nonces: bool,
}

/// How much may be asked for in a time.
#[derive(Debug, confique::Config)]
pub(crate) struct Limits {
    /// Calls a second of one client that has proven itself. Nobody else can use it up.
    #[config(default = 20000, env = "OPENIAS_LIMITS_CLIENT_PER_SECOND")]
    pub(crate) client_per_second: u32,
    /// Calls a second of all clients of one organization together.
    #[config(default = 40000, env = "OPENIAS_LIMITS_ORGANIZATION_PER_SECOND")]
    pub(crate) organization_per_second: u32,
    /// Calls a minute from one address (in IPv6 from one /64) that bring no key: browsers, and strangers. An office or
    /// a clinic may share one address.
    #[config(default = 6000, env = "OPENIAS_LIMITS_ADDRESS_PER_MINUTE")]
    pub(crate) address_per_minute: u32,
    /// Calls a minute from one address that bring a key for one client and prove nothing by it, and ten times as
    /// many for all clients together. After that a key is looked at only if it has proven right there before.
    #[config(default = 60, env = "OPENIAS_LIMITS_FAILURES_PER_MINUTE")]
    pub(crate) failures_per_minute: u32,
    /// Tries to sign in to the portal a minute from one address.
    #[config(default = 30, env = "OPENIAS_LIMITS_SIGN_INS_PER_MINUTE")]
    pub(crate) sign_ins_per_minute: u32,
}

/// The TEFCA network.
#[derive(Debug, confique::Config)]
pub(crate) struct Network {
    /// FHIR base URL of the directory, without a slash at its end. Without it no records can be found.
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
    #[config(
        default = [60, 900, 10800, 72000],
        env = "OPENIAS_WEBHOOKS_RETRY_SECONDS",
        parse_env = confique::env::parse::list_by_comma
    )]
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

/// Signing keys.
#[derive(Debug, confique::Config)]
pub(crate) struct Keys {
    /// Days that a key signs before its successor is published. 0 leaves it to `openias keys rotate`.
    #[config(default = 90, env = "OPENIAS_KEYS_ROTATE_DAYS")]
    pub(crate) rotate_days: u64,
}

/// Outbound calls.
#[derive(Debug, confique::Config)]
pub(crate) struct Egress {
    /// Origins that may be called although they are not public or not https, such as
    /// `http://10.0.0.5:8080`. Everything else must be https at a public address. The server's own origin
    /// need not stand here when `base_url` is on this machine.
    #[config(
        default = [],
        env = "OPENIAS_EGRESS_PRIVATE_ORIGINS",
        parse_env = confique::env::parse::list_by_comma
    )]
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
        for warning in unknown::variables(std::env::vars_os()) {
            output::warning(&warning);
        }
        let mut config = builder.load().context("the configuration is not valid")?;
        checks::check(&config)?;
        if let Some(folder) = file.and_then(Path::parent) {
            config.store.data_dir = folder.join(&config.store.data_dir);
            config.store.key_file = config.store.key_file.map(|path| folder.join(path));
            for csp in &mut config.csps {
                csp.jwks_file = csp.jwks_file.take().map(|path| folder.join(path));
            }
            for entry in &mut config.proofing {
                entry.starting_at(folder);
            }
            config.mail.starting_at(folder);
        }
        config.registrations()?;
        config.mail.read()?;
        Ok(config)
    }

    /// The defaults alone, without file or environment.
    pub(crate) fn defaults() -> anyhow::Result<Self> {
        Ok(Self::builder().load()?)
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

    /// The origins that may be called although they are not public or not https: those that the operator
    /// listed, and our own where it is this machine's.
    pub(crate) fn private_origins(&self) -> anyhow::Result<Vec<Origin>> {
        let listed = self.egress.private_origins.iter();
        let mut origins = listed
            .map(|text| Origin::parse(text).with_context(|| format!("egress.private_origins holds {text:?}")))
            .collect::<anyhow::Result<Vec<_>>>()?;
        origins.extend(Origin::parse(&self.server.base_url).ok().filter(Origin::is_loopback));
        Ok(origins)
    }

    /// How long a key signs before its successor is published, where that is not left to a command.
    pub(crate) fn rotate_keys_after(&self) -> Option<Duration> {
        let days = self.keys.rotate_days;
        (days > 0).then(|| Duration::from_secs(days * 24 * 3600))
    }

    /// The proxies in front.
    pub(crate) fn trusted_proxies(&self) -> anyhow::Result<TrustedProxies> {
        let texts = self.server.trusted_proxies.iter().map(String::as_str);
        TrustedProxies::parse(texts).context("in server.trusted_proxies")
    }

    /// How much may be asked for.
    pub(crate) fn limits(&self) -> web::Limits {
        let l = &self.limits;
        web::Limits {
            client_per_second: l.client_per_second,
            organization_per_second: l.organization_per_second,
            address_per_minute: l.address_per_minute,
            failures_per_minute: l.failures_per_minute,
            sign_ins_per_minute: l.sign_ins_per_minute,
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

    pub(super) fn load(text: &str) -> anyhow::Result<Config> {
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
    fn a_proxy_that_is_no_address_is_named() {
        let good = "[server]\ntrusted_proxies = [\"10.0.0.5\", \"2001:db8::/32\"]\n";
        load(good).expect("a configuration");
        let error = load("[server]\ntrusted_proxies = [\"10.0.0.5\", \"proxy\"]\n").expect_err("refused");
        let text = format!("{error:#}");
        assert!(text.contains("server.trusted_proxies") && text.contains("\"proxy\""), "{text}");
    }

    #[test]
    fn relative_paths_start_at_the_configuration_file() {
        let config = load("[store]\nkey_file = \"keys/openias.key\"\n").expect("a configuration");
        let folder = config.store.data_dir.parent().expect("a folder").to_owned();
        assert!(folder.is_absolute() && config.store.data_dir.ends_with("openias-data"));
        assert_eq!(config.store.key_file, Some(folder.join("keys/openias.key")));
        let config = load("[store]\ndata_dir = \"/var/lib/openias\"\n").expect("a configuration");
        assert_eq!(config.store.data_dir, Path::new("/var/lib/openias"));
    }

    #[test]
    fn the_example_of_a_csp_is_one() {
        let template = template();
        let example = template.lines().skip_while(|line| *line != "# [[csps]]");
        let example: Vec<&str> =
            example.take_while(|line| line.len() > 1).map(|line| line.trim_start_matches("# ")).collect();
        let config = load(&example.join("\n")).expect("a configuration");
        let [csp] = config.csps.as_slice() else { panic!("one entry: {example:?}") };
        assert_eq!((csp.idp.as_str(), csp.max_life_hours), ("example_csp", Some(2)));
    }

    #[test]
    fn the_reference_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/config.md");
        let written = std::fs::read_to_string(path).expect("docs/reference/config.md");
        assert!(written.contains(&template()), "run `cargo xtask gen`");
    }
}
