//! `openias csp`

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use identity::csps::check::check;
use identity::csps::{Csp as TrustedCsp, TrustedIssuer};
use serde_json::json;
use token::Grade;

use crate::cli::{Csp, CspAction};
use crate::config::{Config, CspEntry};
use crate::output::line;
use crate::wiring::egress_client;

pub(crate) async fn run(args: &Csp) -> anyhow::Result<ExitCode> {
    let file = args.config.config.as_deref();
    let config = Config::load(file)?;
    match &args.action {
        CspAction::List => {
            for csp in config.trusted_csps()?.all() {
                list(csp);
            }
        }
        CspAction::Check { issuer, json } => return look_at(&config, issuer, *json).await,
        CspAction::Add { idp, name, live_issuers, test_issuers, quirks } => {
            let file = file.context("name the configuration file to add it to: --config FILE")?;
            let entry = CspEntry {
                idp: idp.clone(),
                name: name.clone(),
                live_issuers: live_issuers.clone(),
                test_issuers: test_issuers.clone(),
                quirks: quirks.clone(),
                ..CspEntry::default()
            };
            add(config, file, entry)?;
            line(&format!("{idp} is trusted from the next start of the server"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(csp: &TrustedCsp) {
    let hours = csp.max_life.as_secs() / 3600;
    line(&format!("{}  {}  tokens live at most {hours} h", csp.idp, csp.name));
    for TrustedIssuer { url, modes, .. } in &csp.issuers {
        let modes: Vec<_> = modes.iter().map(ToString::to_string).collect();
        line(&format!("  {url}  ({})", modes.join(", ")));
    }
    if !csp.quirks.is_empty() {
        let quirks: Vec<_> = csp.quirks.iter().map(|rule| rule.code()).collect();
        line(&format!("  forgiven: {}", quirks.join(", ")));
    }
}

async fn look_at(config: &Config, issuer: &str, json: bool) -> anyhow::Result<ExitCode> {
    let seen = check(&egress_client(config)?, issuer).await;
    let refused = seen.iter().any(|observation| observation.grade == Grade::Error);
    if json {
        let observation = |seen: &identity::csps::check::Observation| json!({"grade": seen.grade.name(), "sentence": seen.sentence});
        let observations: Vec<_> = seen.iter().map(observation).collect();
        line(&json!({"issuer": issuer, "usable": !refused, "observations": observations}).to_string());
    } else {
        for observation in &seen {
            let grade = if observation.grade == Grade::Fine { "ok" } else { observation.grade.name() };
            line(&format!("{grade:<8} {}", observation.sentence));
        }
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Appends an entry to the file, once the whole list with it makes sense.
fn add(mut config: Config, file: &Path, entry: CspEntry) -> anyhow::Result<()> {
    let known = config.csps.iter().any(|known| known.idp == entry.idp);
    anyhow::ensure!(!known, "{} has an entry in {} already: change it there", entry.idp, file.display());
    let written = entry.to_toml();
    config.csps.push(entry);
    config.trusted_csps()?;
    let before = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let gap = if before.ends_with('\n') || before.is_empty() { "" } else { "\n" };
    // A list set to empty by a line of its own excludes tables of the same name.
    let after = format!("{before}{gap}\n{written}");
    toml::from_str::<toml::Table>(&after)
        .with_context(|| format!("{} cannot take a [[csps]] table at its end", file.display()))?;
    std::fs::write(file, after).with_context(|| file.display().to_string())
}
