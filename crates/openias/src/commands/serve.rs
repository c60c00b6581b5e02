//! `openias serve`

use std::process::ExitCode;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::cli::Serve;
use crate::config::Config;
use crate::wiring::{Wired, egress_client, make_store, measure, wire};
use crate::{logs, output};

pub(crate) async fn run(args: &Serve) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.config.config.as_deref())?;
    logs::start(&config.log.filter, config.log.format)?;
    let listener = listen(config.server.listen).await?;
    let measured = measure();
    let wired = wire(&config, make_store(&config).await?, egress_client(&config)?).await?;
    measured.await?;
    // Before anybody is told that it runs: who is told may ask it to stop at once.
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    output::line(&format!("OpenIAS listens on {} as {}", config.server.listen, config.server.base_url));
    // Where nobody watches, what is printed is kept: a link that opens the portal has no place in a journal.
    if output::is_watched() {
        output::line(&format!(
            "Portal sign-in (once, for 15 minutes): {}",
            web::sign_in_link(&wired.app).await?
        ));
    } else {
        output::line("For a portal sign-in link, run `openias operator sign-in` with this configuration.");
    }
    run_until(wired, listener, stop).await;
    output::line("OpenIAS has stopped.");
    Ok(ExitCode::SUCCESS)
}

/// Serves and works until `stop`, then lets what runs end.
pub(crate) async fn run_until(wired: Wired, listener: TcpListener, stop: CancellationToken) {
    let Wired { app, worker } = wired;
    // What fails while the last requests end is kept too.
    let served = CancellationToken::new();
    let serving = async {
        web::serve_behind(listener, web::router(app.clone()), app.proxies(), stop.cancelled()).await;
        served.cancel();
    };
    let working = worker.run(stop.cancelled());
    let logging = web::keep_request_log(&app, served.cancelled());
    tokio::join!(serving, working, logging);
}

/// Takes an address, and says what to do when it is taken.
pub(crate) async fn listen(address: std::net::SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{address} cannot be listened on; choose another with server.listen, or --port for the demo")
    })
}

/// Cancels `stop` at the first SIGINT or SIGTERM.
pub(crate) fn stop_on_signal(stop: CancellationToken) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
}
