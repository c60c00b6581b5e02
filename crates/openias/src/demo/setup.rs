//! Setting the stage: addresses first, then who trusts whom, then keys.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use ambient::{Clock, Entropy};
use anyhow::Context as _;
use egress::{Client, IssuerKeys, Origin};
use sandbox::integrator::{Backend, Call, Calls, Inbox};
use sandbox::{Bound, Trust, World};
use tokio::net::TcpListener;

use super::app::{AppAddress, Registered, register};
use super::file;
use super::kept::KeptKeys;
use crate::cli::Demo;
use crate::commands::serve::listen;
use crate::config::{Config, CspEntry};
use crate::output;
use crate::wiring::{Wired, egress_client, make_store, measure, wire};

/// The sign-in link is for this machine, and whoever tries the demo may come to it late.
const SIGN_IN_LIFE: Duration = Duration::from_hours(12);

/// Everything, ready to run.
pub(super) struct Stage {
    pub(super) wired: Wired,
    pub(super) listener: TcpListener,
    /// The sample app's server.
    pub(super) site: Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(super) backend: Backend,
    pub(super) inbox: Inbox,
    /// The sample app.
    pub(super) sample: Registered,
    /// The developer's own app, if there is one.
    pub(super) own: Option<Registered>,
    /// Where the keys of both are kept.
    pub(super) kept: KeptKeys,
    /// The portal's sign-in link, which works once.
    pub(super) sign_in: String,
    /// The demo's configuration, for every other command.
    pub(super) config_file: PathBuf,
    /// The temporary data folder, deleted when dropped.
    pub(super) folder: Option<tempfile::TempDir>,
}

pub(super) async fn prepare(args: &Demo) -> anyhow::Result<Stage> {
    let app_port =
        args.port.checked_add(1).context("--port must leave room for the sample app's port behind it")?;
    step("Taking ports");
    let listener = listen(loopback(args.port)).await?;
    let app_listener = listen(loopback(app_port)).await?;
    // Two names of one machine are two sites to a browser, as app and server are in the field.
    let openias_url = format!("http://localhost:{}", args.port);
    let app_url = format!("http://127.0.0.1:{app_port}");

    step("Setting up the sandbox network");
    let bound = Bound::bind(World::standard()).await.context("the sandbox network cannot listen")?;
    let (config, folder) = config(args, &openias_url, &app_url, &bound)?;
    let own = own_app(args)?;

    step("Opening the store");
    // Webhooks may go to whatever a developer runs on this machine.
    let outbound = egress_client(&config)?.with_any_loopback();
    let measured = measure();
    let mut wired = wire(&config, make_store(&config).await?, outbound).await?;
    measured.await?;
    let client = Client::new([Origin::parse(&openias_url)?, Origin::parse(&app_url)?]);
    bound.serve(&Trust {
        keys: IssuerKeys::new(client.clone()),
        clients: vec![openias_url.clone()],
        csp_issuers: vec![format!("{openias_url}/authenticate/oidc-sandbox")],
        clock: Clock::system(),
        entropy: Entropy::system(),
    });

    step("Registering the sample app");
    let mut kept = KeptKeys::read(args.data_dir.as_ref())?;
    let sample =
        register(&wired, sample_app(&app_url, &wired.app.identity.settings.proofing_callback()), &mut kept)
            .await?;
    let issuer = wired.app.csp.issuer(csp::Environment::Sandbox);
    let registrations = sample.registrations(issuer)?;
    let config_file = file::write(&config, &registrations)?;
    wired.app = wired.app.with_registrations(registrations);
    let own = match own {
        Some(address) => {
            step("Registering your app");
            Some(register(&wired, address, &mut kept).await.context("your app cannot be registered")?)
        }
        None => None,
    };
    let headless = args.headless;
    let watch = move |call: &Call| {
        if headless {
            super::journey::print(call);
        }
    };
    let backend = Backend {
        calls: Calls::new(client, Clock::system(), watch),
        keys: sample.keys.clone(),
        openias_url,
        app_url,
        entropy: Entropy::system(),
    };
    let inbox = Inbox::new(sample.webhook_secret.clone(), Clock::system());
    let router = sandbox::integrator::router(backend.clone(), inbox.clone(), !headless);
    let sign_in = web::sign_in_link_for(&wired.app, SIGN_IN_LIFE).await?;
    let site = Box::pin(web::serve(app_listener, router, std::future::pending()));
    Ok(Stage { wired, listener, site, backend, inbox, sample, own, kept, sign_in, config_file, folder })
}

fn sample_app(origin: &str, proofing_callback: &str) -> AppAddress {
    AppAddress {
        name: "Sample Health App",
        hcid: "2.999.7204.9.1",
        callback: format!("{origin}/callback"),
        proofing_callback: Some(proofing_callback.to_owned()),
        redirect_uris: vec![format!("{origin}/authorized")],
        webhook: format!("{origin}/webhooks"),
        token_exchange: Some(format!("{origin}/token-exchange")),
        origin: origin.to_owned(),
    }
}

/// The developer's app, in an organisation of its own: its webhooks and connections are nobody else's.
fn own_app(args: &Demo) -> anyhow::Result<Option<AppAddress>> {
    let Some(given) = &args.app_origin else { return Ok(None) };
    let origin = Origin::parse(given.trim_end_matches('/'))
        .with_context(|| format!("--app-origin is {given:?}"))?
        .to_string();
    let below = |given: &Option<String>, path: &str| given.clone().unwrap_or(format!("{origin}{path}"));
    let callback = below(&args.app_callback, "/callback");
    Ok(Some(AppAddress {
        name: "Your app",
        hcid: "2.999.7204.9.2",
        redirect_uris: vec![callback.clone()],
        webhook: below(&args.app_webhook, "/webhooks"),
        token_exchange: None,
        proofing_callback: None,
        callback,
        origin,
    }))
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn step(text: &str) {
    output::line(&format!("{text} ..."));
}

fn config(
    args: &Demo,
    openias_url: &str,
    app_url: &str,
    bound: &Bound,
) -> anyhow::Result<(Config, Option<tempfile::TempDir>)> {
    let mut config = Config::defaults()?;
    let folder = match &args.data_dir {
        Some(_) => None,
        None => {
            Some(tempfile::tempdir().context("no temporary folder can be made; name one with --data-dir")?)
        }
    };
    let temporary = folder.as_ref().map(|folder| folder.path().to_owned());
    config.store.data_dir = args.data_dir.clone().or(temporary).unwrap_or_default();
    config.server.listen = loopback(args.port);
    openias_url.clone_into(&mut config.server.base_url);
    config.network.directory_url = Some(bound.directory_url());
    config.network.deadline_seconds = 3;
    config.webhooks.retry_seconds = vec![2, 10, 30, 60];
    config.egress.private_origins = bound.origins();
    config.egress.private_origins.extend([openias_url.to_owned(), app_url.to_owned()]);
    config.csps = vec![CspEntry {
        idp: "persona_csp".to_owned(),
        name: "Built-in CSP".to_owned(),
        live_issuers: vec![format!("{openias_url}/authenticate/oidc")],
        test_issuers: vec![format!("{openias_url}/authenticate/oidc-sandbox")],
        ..CspEntry::default()
    }];
    Ok((config, folder))
}
