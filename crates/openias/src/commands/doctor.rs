//! `openias doctor`: checks one thing after the other and says what to do about each. It makes nothing and
//! changes nothing.

use std::process::ExitCode;

use ambient::{Clock, Entropy};
use egress::{KeySource, Request};
use identity::csps::{Csp, TrustedIssuer};
use identity::proofing::reach;
use identity::registrations::Registration;
use model::Mode;
use store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::cli::Doctor;
use crate::config::Config;
use crate::output::line;
use crate::wiring::{egress_client, with_remedy};

/// What one check found.
enum Finding {
    Fine(String),
    /// Something that may be meant so, or pass by itself.
    Notable(String),
    /// The server cannot do its work like this.
    Faulty(String),
}
use Finding::{Faulty, Fine, Notable};

pub(crate) async fn run(args: &Doctor) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.config.as_deref())?;
    line("ok    the configuration is valid");
    let mut healthy = true;
    let mut report = |name: &str, finding: Finding| match finding {
        Fine(said) => line(&format!("ok    {name}: {said}")),
        Notable(said) => line(&format!("warn  {name}: {said}")),
        Faulty(why) => {
            healthy = false;
            line(&format!("FAIL  {name}: {why}"));
        }
    };
    report("store", store(&config).await);
    report("address", address(&config).await);
    report("base URL", base_url(&config));
    report("directory", directory(&config).await);
    for (csp, finding) in csps(&config).await {
        report(&csp, finding);
    }
    for (registration, finding) in proofing(&config).await {
        report(&registration, finding);
    }
    if let Some(finding) = mail(&config).await {
        report("mail", finding);
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn store(config: &Config) -> Finding {
    match unseal(config).await {
        Ok(()) => Fine("opens, and its key file unseals what it holds".to_owned()),
        Err(error @ (StoreError::Absent(_) | StoreError::MigrationPending(_))) => {
            Notable(format!("{error}; `openias serve` sees to it"))
        }
        Err(error) => Faulty(format!("{:#}", with_remedy(error))),
    }
}

/// Opens the store and unseals the signing keys; every store holds one.
async fn unseal(config: &Config) -> Result<(), StoreError> {
    let store = Store::open_existing(&config.store_options(), Entropy::system()).await?;
    let mut tx = store.read().await?;
    for key in tx.signing_keys(Clock::system().now()).await? {
        tx.signing_key(&key.kid).await?;
    }
    Ok(())
}

async fn address(config: &Config) -> Finding {
    let address = config.server.listen;
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Fine(format!("{address} is free")),
        Err(error) => Notable(format!(
            "{address} cannot be listened on ({error}): fine if the server is running, otherwise choose another"
        )),
    }
}

fn base_url(config: &Config) -> Finding {
    let base = &config.server.base_url;
    let local = egress::Origin::parse(base).is_ok_and(|origin| origin.is_loopback());
    if base.starts_with("https://") || local {
        Fine(base.clone())
    } else {
        Faulty(format!("{base} is not https; browsers and CSPs will refuse it"))
    }
}

async fn directory(config: &Config) -> Finding {
    let Some(directory) = &config.network.directory_url else {
        return Notable("network.directory_url is not set, so no records can be found".to_owned());
    };
    let client = match egress_client(config) {
        Ok(client) => client,
        Err(error) => return Faulty(format!("{error:#}")),
    };
    let url = format!("{directory}/Organization?_count=1");
    match client.fetch(Request::get(&url)).await {
        Ok(answer) if answer.status.is_success() => Fine(format!("{directory} answers")),
        Ok(answer) => Faulty(format!("{directory} answered with status {}", answer.status.as_u16())),
        Err(error) => Faulty(format!("{directory}: {error}")),
    }
}

/// Which CSPs are trusted in which mode, and whether their keys can be had. That they cannot is no fault of
/// the installation: the machine may be offline, and our own issuer answers only while the server runs.
async fn csps(config: &Config) -> Vec<(String, Finding)> {
    let (client, csps) = match egress_client(config).and_then(|client| Ok((client, config.trusted_csps()?))) {
        Ok(found) => found,
        Err(error) => return vec![("CSPs".to_owned(), Faulty(format!("{error:#}")))],
    };
    let (keys, now, own) = (csps.issuer_keys(&client), Clock::system().now(), config.own_sandbox());
    let distrusted = config.csps.iter().filter(|entry| entry.trusts_nobody()).map(|entry| {
        let name = format!("CSP {} ({})", entry.idp, entry.name);
        (name, Notable("its entry has no issuer, so it is not trusted".to_owned()))
    });
    let mut asked = JoinSet::new();
    for (number, csp) in csps.all().iter().cloned().enumerate() {
        let (keys, own) = (keys.clone(), own.clone());
        asked.spawn(async move {
            let mut findings = Vec::new();
            for issuer in &csp.issuers {
                let finding = match keys.of(&issuer.url, None, now).await {
                    Ok(keys) => Fine(had(issuer, keys.keys().len())),
                    Err(_) if issuer.url == own => {
                        Notable(format!("{own} does not answer; it does while the server runs"))
                    }
                    Err(error) => Notable(error.to_string()),
                };
                findings.push((named(&csp, issuer), finding));
            }
            (number, findings)
        });
    }
    let mut answered = asked.join_all().await;
    answered.sort_by_key(|(number, _)| *number);
    answered.into_iter().flat_map(|(_, findings)| findings).chain(distrusted).collect()
}

/// Whether patients can be sent to the CSPs that we are registered at. As with their keys, that they cannot now is no
/// fault of the installation.
async fn proofing(config: &Config) -> Vec<(String, Finding)> {
    let registrations = egress_client(config).and_then(|client| Ok((client, config.registrations()?)));
    let (client, registrations) = match registrations {
        Ok(found) => found,
        Err(error) => return vec![("proofing".to_owned(), Faulty(format!("{error:#}")))],
    };
    let mut findings = Vec::new();
    for Registration { idp, mode, issuer, .. } in &registrations.all {
        let finding = match reach(&client, issuer).await {
            Ok(()) => Fine(format!("patients can be sent to {issuer}")),
            Err(_) if *issuer == config.own_sandbox() => {
                Notable(format!("{issuer} does not answer; it does while the server runs"))
            }
            Err(why) => Notable(why),
        };
        findings.push((format!("proofing at {idp}, {mode}"), finding));
    }
    let needs_mail = registrations.of_mode(Mode::Live).next().is_some();
    if needs_mail && !registrations.sends_mail {
        let why = "mail.host is not set, so no patient without an ID token is proven in live mode";
        findings.push(("proofing".to_owned(), Notable(why.to_owned())));
    }
    findings
}

/// Whether the relay takes our connection. Nothing is sent.
async fn mail(config: &Config) -> Option<Finding> {
    let mailer = match config.mail.read() {
        Ok(mailer) => mailer?,
        Err(error) => return Some(Faulty(format!("{error:#}"))),
    };
    let relay = config.mail.host.as_deref().unwrap_or_default();
    Some(match mailer.reach().await {
        Ok(()) => Fine(format!("{relay} takes our connection")),
        Err(why) => Faulty(format!("{relay}: {why}")),
    })
}

/// Where the keys came from: of an issuer with pinned keys nobody was asked.
fn had(issuer: &TrustedIssuer, keys: usize) -> String {
    let url = &issuer.url;
    match &issuer.keys {
        KeySource::Discovery => format!("{url} answers"),
        KeySource::JwksUri(uri) => format!("the keys of {url} are at {uri}, as pinned"),
        KeySource::Pinned(_) => {
            format!("the keys of {url} are pinned in jwks_file ({keys}); it was not asked")
        }
        KeySource::AtHand(_) => format!("the keys of {url} are the server's own"),
    }
}

fn named(csp: &Csp, issuer: &TrustedIssuer) -> String {
    let modes: Vec<&str> = issuer.modes.iter().map(|mode: &Mode| mode.as_str()).collect();
    format!("CSP {} ({}), {}", csp.idp, csp.name, modes.join(" and "))
}
