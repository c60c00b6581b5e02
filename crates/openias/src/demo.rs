//! `openias demo`: the whole of it on one machine. The server, the sandbox network and the sample app,
//! each behind its own port, talking real HTTP.

mod app;
mod file;
mod headless;
mod journey;
mod kept;
mod setup;

use std::path::Path;
use std::process::ExitCode;

use model::synthetic::{PATIENTS, by_email};
use sandbox::integrator::Backend;
use tokio_util::sync::CancellationToken;

use crate::cli::Demo;
use crate::commands::serve::{run_until, stop_on_signal};
use crate::config::{LogFormat, OWN_IDP};
use crate::{logs, output};
use setup::Stage;

/// What the demo logs. One place of its network answers with another person, to show that such an answer is
/// discarded; on a real network that is worth a warning, here it is meant.
const QUIET: &str = "warn,openias_network::discovery=error";

pub(crate) async fn run(args: &Demo) -> anyhow::Result<ExitCode> {
    check_patient(&args.patient)?;
    logs::start(args.log.as_deref().unwrap_or(QUIET), LogFormat::Text)?;
    let Stage { wired, listener, site, backend, inbox, sample, own, kept, sign_in, config_file, folder } =
        setup::prepare(args).await?;
    let stop = CancellationToken::new();
    let server = tokio::spawn(run_until(wired, listener, stop.clone()));
    tokio::spawn(site);
    let outcome = if args.headless {
        headless::run(args, &backend, &inbox).await
    } else {
        stop_on_signal(stop.clone())?;
        introduce(&backend, &sign_in, &config_file)?;
        sample.introduce("the sample app");
        if let Some(own) = own {
            own.introduce("your app");
        }
        if let Some(file) = kept.file() {
            output::line(&format!("They stand in {} too, for you alone.", file.display()));
        }
        output::line("Camila Lopez is knixontestemail@epic.com; any confirmation code will do.");
        output::line("Press Ctrl-C to stop.");
        stop.cancelled().await;
        Ok(ExitCode::SUCCESS)
    };
    stop.cancel();
    server.await?;
    drop(folder);
    outcome
}

/// Names the ten whom the sandbox can prove, before anything starts for somebody else.
fn check_patient(email: &str) -> anyhow::Result<()> {
    let known: Vec<_> = PATIENTS.iter().map(|patient| patient.email).collect();
    anyhow::ensure!(
        by_email(email).is_some(),
        "{email} is no synthetic patient; choose one of {}",
        known.join(", ")
    );
    Ok(())
}

fn introduce(backend: &Backend, sign_in: &str, config_file: &Path) -> anyhow::Result<()> {
    let program = file::quoted(&std::env::current_exe()?.to_string_lossy());
    let config_file = file::quoted(&config_file.to_string_lossy());
    output::line("");
    output::line("OpenIAS is running. Start here, as a patient would:");
    output::line(&format!("  Sample app      {}", backend.app_url));
    output::line(&format!("  Server          {}", backend.openias_url));
    output::line(&format!("  Portal sign-in  {sign_in}"));
    output::line(&format!("  CSP issuer      {}/authenticate/oidc-sandbox", backend.openias_url));
    output::line(&format!("  idp of the CSP  {OWN_IDP}"));
    output::line("");
    output::line(
        "The sign-in link works once. This prints another, and with this --config every command is the demo's:",
    );
    output::line(&format!("  {program} operator sign-in --config {config_file}"));
    output::line("");
    Ok(())
}
