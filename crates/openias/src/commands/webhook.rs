//! `openias webhook`

use std::process::ExitCode;

use anyhow::Context as _;
use connect::webhooks;
use model::id::WebhookEndpointId;

use super::{ACTOR, REQUEST, open, organization};
use crate::cli::{Webhook, WebhookAction};
use crate::output::line;

pub(crate) async fn run(args: &Webhook) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    let store = &app.identity.store;
    match &args.action {
        WebhookAction::List { org } => {
            let organization = organization(store, org).await?;
            for endpoint in store.read().await?.webhook_endpoints_of(&organization.id).await? {
                let state = if endpoint.active { "active" } else { "off" };
                line(&format!("{}  {}  {state}  {}", endpoint.id, endpoint.mode, endpoint.url));
                line("    event  exports and tests, always");
                endpoint.event_types.iter().for_each(|event| line(&format!("    event  {event}")));
            }
        }
        WebhookAction::Add { org, mode, url, events } => {
            let organization = organization(store, org).await?;
            let endpoint = webhooks::add_endpoint(
                &app.connect,
                &organization.id,
                (*mode).into(),
                url,
                events,
                ACTOR,
                REQUEST,
            )
            .await?;
            line(&format!("endpoint: {}", endpoint.id));
            line(&format!("secret:   {}  (shown once)", endpoint.secret.expose()));
        }
        WebhookAction::Disable { org, endpoint } => switch(&app, org, endpoint, false).await?,
        WebhookAction::Enable { org, endpoint } => switch(&app, org, endpoint, true).await?,
        WebhookAction::Test { org, endpoint } => {
            let organization = organization(store, org).await?;
            let id = WebhookEndpointId::parse(endpoint)?;
            let found = store.read().await?.webhook_endpoint(&id, &organization.id).await?;
            let found = found.with_context(|| format!("the organisation has no endpoint {id}"))?;
            let sent = webhooks::send_test(&app.connect, &found, ACTOR, REQUEST).await?;
            anyhow::ensure!(sent, "the endpoint {id} is switched off");
            line("webhook.test is in the outbox; a running server delivers it");
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn switch(app: &web::App, org: &str, endpoint: &str, active: bool) -> anyhow::Result<()> {
    let organization = organization(&app.identity.store, org).await?;
    let id = WebhookEndpointId::parse(endpoint)?;
    let changed =
        webhooks::switch_endpoint(&app.connect, &organization.id, &id, active, ACTOR, REQUEST).await?;
    anyhow::ensure!(changed, "the organisation has no endpoint {id}");
    line(&format!("{id} is switched {}", if active { "on" } else { "off" }));
    Ok(())
}
