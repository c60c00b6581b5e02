//! `openias demo`: the whole of it on one machine. The server, the sandbox network and the sample app,
//! each behind its own port, talking real HTTP.

mod headless;
mod journey;
mod setup;

use std::process::ExitCode;

use model::synthetic::{PATIENTS, by_email};
use tokio_util::sync::CancellationToken;

use crate::cli::Demo;
use crate::commands::serve::{run_until, stop_on_signal};
use crate::config::LogFormat;
use crate::{logs, output};
use setup::Stage;

pub(crate) async fn run(args: &Demo) -> anyhow::Result<ExitCode> {
    check_patient(&args.patient)?;
    logs::start(args.log.as_deref().unwrap_or("warn,openias=warn"), LogFormat::Text)?;
    let Stage { wired, listener, site, backend, inbox, sign_in, another_sign_in, folder } =
        setup::prepare(args).await?;
    let stop = CancellationToken::new();
    let server = tokio::spawn(run_until(wired, listener, stop.clone()));
    tokio::spawn(site);
    let outcome = if args.headless {
        headless::run(args, &backend, &inbox).await
    } else {
        introduce(&backend, &sign_in, &another_sign_in);
        stop_on_signal(stop.clone())?;
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

fn introduce(backend: &sandbox::integrator::Backend, sign_in: &str, another_sign_in: &str) {
    let keys = &backend.keys;
    output::line("");
    output::line("OpenIAS is running. Start here, as a patient would:");
    output::line(&format!("  Sample app      {}", backend.app_url));
    output::line(&format!("  Server          {}", backend.openias_url));
    output::line(&format!("  Portal sign-in  {sign_in}"));
    output::line("");
    output::line("The sign-in link works once. This prints another:");
    output::line(&format!("  {another_sign_in}"));
    output::line("");
    output::line("Keys of the demo organisation (test mode):");
    output::line(&format!("  public id       {}", keys.public_id));
    output::line(&format!("  private key     {}", keys.private_key.expose()));
    output::line(&format!("  CSP client id   {}", keys.csp_client_id));
    output::line(&format!("  CSP secret      {}", keys.csp_client_secret.expose()));
    output::line("");
    output::line(
        "Synthetic patients: Camila Lopez is knixontestemail@epic.com; any confirmation code will do.",
    );
    output::line("Press Ctrl-C to stop.");
}
