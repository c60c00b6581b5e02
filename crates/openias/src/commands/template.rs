//! `openias template`

use std::process::ExitCode;

use anyhow::Context as _;
use csp::templates::{NewTemplate, create, switch};
use model::Hcid;
use token::Form;

use super::{ACTOR, REQUEST, open};
use crate::cli::{Template, TemplateAction};
use crate::output::line;

pub(crate) async fn run(args: &Template) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    match &args.action {
        TemplateAction::List => {
            for template in app.csp.store.read().await?.authentication_templates().await? {
                let state = if template.active { "active" } else { "off" };
                line(&format!("{}  {state}  {}  {}", template.client_id, template.name, template.hcid));
                template.redirect_uris.iter().for_each(|uri| line(&format!("    redirect URI  {uri}")));
            }
        }
        TemplateAction::Add { name, hcid, redirect_uri, refresh_days, form } => {
            let new = NewTemplate {
                name: name.clone(),
                redirect_uris: redirect_uri.clone(),
                hcid: Hcid::parse(hcid)?,
                refresh_days: *refresh_days,
                form: Form::from_name(form).context("there is no such form")?,
            };
            let (template, secret) = create(&app.csp, &new, ACTOR, REQUEST).await?;
            line(&format!("client id:     {}", template.client_id));
            line(&format!("client secret: {}  (shown once)", secret.expose()));
        }
        TemplateAction::Disable { client_id } => toggle(&app, client_id, false).await?,
        TemplateAction::Enable { client_id } => toggle(&app, client_id, true).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn toggle(app: &web::App, client_id: &str, active: bool) -> anyhow::Result<()> {
    let changed = switch(&app.csp, client_id, active, ACTOR, REQUEST).await?;
    anyhow::ensure!(changed, "there is no template {client_id}; see `openias template list`");
    line(&format!("{client_id} is switched {}", if active { "on" } else { "off" }));
    Ok(())
}
