//! Setting the stage: addresses first, then who trusts whom, then keys.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use ambient::{Clock, Entropy};
use anyhow::Context as _;
use connect::webhooks;
use csp::templates::{NewTemplate, create};
use egress::{Client, IssuerKeys, Origin};
use identity::credentials::{self, Draft};
use model::id::OrganizationId;
use model::{Entitlements, Hcid, Mode, Organization, Secret, TokenPolicy};
use sandbox::integrator::{Backend, Call, Calls, Inbox, Keys};
use sandbox::{Bound, Trust, World};
use tokio::net::TcpListener;

use crate::cli::Demo;
use crate::commands::serve::listen;
use crate::config::{Config, CspEntry};
use crate::output;
use crate::wiring::{Wired, wire};

/// The demo organisation's HCID, below the arc set aside for examples.
const HCID: &str = "2.999.7204.9.1";
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
    /// The portal's sign-in link, which works once.
    pub(super) sign_in: String,
    /// The command that prints another.
    pub(super) another_sign_in: String,
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

    step("Opening the store and making keys");
    let wired = wire(&config).await?;
    let client = Client::new([Origin::parse(&openias_url)?, Origin::parse(&app_url)?])?;
    bound.serve(&Trust {
        keys: IssuerKeys::new(client.clone()),
        clients: vec![openias_url.clone()],
        csp_issuers: vec![format!("{openias_url}/authenticate/oidc-sandbox")],
        clock: Clock::system(),
        entropy: Entropy::system(),
    });

    step("Registering the demo organisation");
    let (keys, secret) = register(&wired, &app_url).await?;
    let headless = args.headless;
    let watch = move |call: &Call| {
        if headless {
            super::journey::print(call);
        }
    };
    let backend = Backend {
        calls: Calls::new(client, Clock::system(), watch),
        keys,
        openias_url,
        app_url,
        entropy: Entropy::system(),
    };
    let inbox = Inbox::new(secret, Clock::system());
    let router = sandbox::integrator::router(backend.clone(), inbox.clone(), !headless);
    let sign_in = web::sign_in_link_for(&wired.app, SIGN_IN_LIFE).await?;
    let another_sign_in = another_sign_in(&config)?;
    let site = Box::pin(web::serve(app_listener, router, std::future::pending()));
    Ok(Stage { wired, listener, site, backend, inbox, sign_in, another_sign_in, folder })
}

/// The command that prints a fresh sign-in link of this very demo, as it can be pasted into a shell.
fn another_sign_in(config: &Config) -> anyhow::Result<String> {
    let folder = std::path::absolute(&config.store.data_dir)?;
    let program = std::env::current_exe()?;
    Ok(format!(
        "OPENIAS_STORE_DATA_DIR={} OPENIAS_SERVER_BASE_URL={} {} operator sign-in",
        quoted(&folder.to_string_lossy()),
        config.server.base_url,
        quoted(&program.to_string_lossy()),
    ))
}

/// A word that a shell reads as it stands.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if word.bytes().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
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

/// Makes the demo organisation's keys; the organisation itself may stand from an earlier run.
async fn register(wired: &Wired, app_url: &str) -> anyhow::Result<(Keys, Secret)> {
    let app = &wired.app;
    let organization = organization(wired).await?;
    let authorized = format!("{app_url}/authorized");
    let draft = Draft {
        mode: Mode::Test,
        origins: vec![app_url],
        redirect_uris: vec![&authorized],
        note: "demo",
        tokens: TokenPolicy::default(),
    };
    let (credential, private_key) =
        credentials::add(&app.identity, &organization.id, &draft, "demo", "").await?;
    let template = NewTemplate {
        name: organization.name.clone(),
        redirect_uris: vec![format!("{app_url}/callback")],
        hcid: Hcid::parse(HCID)?,
        refresh_days: 90,
        form: token::Form::Tefca2,
    };
    let (template, csp_secret) = create(&app.csp, &template, "demo", "").await?;
    let keys = Keys {
        public_id: credential.public_id.to_string(),
        private_key,
        csp_client_id: template.client_id,
        csp_client_secret: csp_secret,
    };
    let secret = webhook_secret(wired, &organization, &format!("{app_url}/webhooks")).await?;
    Ok((keys, secret))
}

async fn organization(wired: &Wired) -> anyhow::Result<Organization> {
    let identity = &wired.app.identity;
    let hcid = Hcid::parse(HCID)?;
    let known = identity.store.read().await?.organizations().await?;
    if let Some(organization) =
        known.into_iter().find(|organization| organization.hcid.as_ref() == Some(&hcid))
    {
        return Ok(organization);
    }
    let organization = Organization {
        id: OrganizationId::from_random(identity.entropy.bytes()),
        name: "Sample Health App".to_owned(),
        logo_uri: Some("/assets/demo-logo.svg".to_owned()),
        website_uri: None,
        privacy_policy_uri: Some("https://sample-health-app.example/privacy".to_owned()),
        terms_uri: None,
        hcid: Some(hcid),
        test: Entitlements { tefca: true, byoi: true },
        live: Entitlements::default(),
    };
    let mut tx = identity.store.write().await?;
    tx.add_organization(&organization, identity.clock.now()).await?;
    tx.commit().await?;
    Ok(organization)
}

/// The secret of the sample app's webhook endpoint, registered now or in an earlier run.
async fn webhook_secret(wired: &Wired, organization: &Organization, url: &str) -> anyhow::Result<Secret> {
    let connect = &wired.app.connect;
    let known = connect.store.read().await?.webhook_endpoints_of(&organization.id).await?;
    if let Some(endpoint) = known.into_iter().find(|endpoint| endpoint.url == url) {
        return Ok(endpoint.secret);
    }
    let events = ["patient.connection_success", "patient.authorization_revoked"].map(str::to_owned);
    let endpoint =
        webhooks::add_endpoint(connect, &organization.id, Mode::Test, url, &events, "demo", "").await?;
    Ok(endpoint.secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_word_as_it_stands() {
        assert_eq!(quoted("/tmp/a-b_c.1"), "/tmp/a-b_c.1");
        assert_eq!(quoted("/a b/it's"), r"'/a b/it'\''s'");
    }
}
