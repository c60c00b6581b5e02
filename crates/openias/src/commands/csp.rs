//! `openias csp`

mod add;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use egress::KeySource;
use identity::csps::check::check;
use identity::csps::{Csp as TrustedCsp, TrustedIssuer};
use jose::Algorithm;
use model::TokenProfile;
use serde_json::json;
use token::Grade;

use crate::cli::{Csp, CspAction, CspAdd};
use crate::config::{Config, CspEntry};
use crate::output::line;
use crate::wiring::egress_client;

pub(crate) async fn run(args: &Csp) -> anyhow::Result<ExitCode> {
    let file = args.config.config.as_deref();
    match &args.action {
        CspAction::List => {
            for csp in Config::load(file)?.trusted_csps()?.all() {
                list(csp);
            }
        }
        CspAction::Check { issuer, json } => return look_at(&Config::load(file)?, issuer, *json).await,
        CspAction::Add(entry) => {
            let file = file.context("name the configuration file to add it to: --config FILE")?;
            add::add(file, &entry_of(entry), entry.replace)?;
            line(&format!("{} is trusted from the next start of the server", entry.idp));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn entry_of(args: &CspAdd) -> CspEntry {
    CspEntry {
        idp: args.idp.clone(),
        name: args.name.clone(),
        oid: args.oid.clone(),
        live_issuers: args.live_issuers.clone(),
        test_issuers: args.test_issuers.clone(),
        algorithms: (!args.algorithms.is_empty()).then(|| args.algorithms.clone()),
        max_life_hours: args.max_life_hours,
        max_proofing_days: args.max_proofing_days,
        profile: args.profile.clone(),
        quirks: args.quirks.clone(),
        jwks_uri: args.jwks_uri.clone(),
        jwks_file: args.jwks_file.clone(),
    }
}

fn list(csp: &TrustedCsp) {
    line(&format!("{}  {}", csp.idp, csp.name));
    for TrustedIssuer { url, modes, keys } in &csp.issuers {
        let modes: Vec<_> = modes.iter().map(ToString::to_string).collect();
        line(&format!("  {url}  ({})  keys {}", modes.join(", "), place_of(keys)));
    }
    for (what, how) in members(csp) {
        line(&format!("  {what:<12} {how}"));
    }
}

fn place_of(keys: &KeySource) -> String {
    match keys {
        KeySource::Discovery => "by discovery".to_owned(),
        KeySource::JwksUri(uri) => format!("at {uri}"),
        KeySource::Pinned(keys) => format!("in jwks_file ({})", keys.keys().len()),
        KeySource::AtHand(_) => "the server's own".to_owned(),
    }
}

/// What is known of a CSP beside its issuers: what, and how it is.
fn members(csp: &TrustedCsp) -> [(&'static str, String); 6] {
    let join = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let days = |age: Duration| format!("at most {} days ago", age.as_secs() / 86_400);
    [
        ("oid", csp.oid.as_ref().map_or_else(|| "none".to_owned(), |oid| oid.oid().to_owned())),
        ("algorithms", join(csp.algorithms.iter().copied().map(Algorithm::name).collect())),
        ("tokens live", format!("at most {} h", csp.max_life.as_secs() / 3600)),
        ("proofed", csp.max_proofing_age.map_or_else(|| "at any time".to_owned(), days)),
        ("profile", csp.profile.map_or("as the token says", TokenProfile::name).to_owned()),
        ("quirks", join(csp.quirks.iter().map(|rule| rule.code()).collect())),
    ]
}

async fn look_at(config: &Config, issuer: &str, json: bool) -> anyhow::Result<ExitCode> {
    let csps = config.trusted_csps()?;
    let csp = csps.of_issuer(issuer);
    let seen = check(&egress_client(config)?, issuer, csp, config.is_local()?).await;
    let refused = seen.iter().any(|observation| observation.grade == Grade::Error);
    if json {
        let observation = |seen: &identity::csps::check::Observation| json!({"grade": seen.grade.name(), "sentence": seen.sentence});
        let observations: Vec<_> = seen.iter().map(observation).collect();
        line(&json!({"issuer": issuer, "idp": csp.map(|csp| &csp.idp), "usable": !refused, "observations": observations}).to_string());
    } else {
        for observation in &seen {
            let grade = if observation.grade == Grade::Fine { "ok" } else { observation.grade.name() };
            line(&format!("{grade:<8} {}", observation.sentence));
        }
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
