//! `openias client`

mod policy;

use std::process::ExitCode;

use anyhow::Context as _;
use identity::credentials::{self, Draft};
use model::{Credential, Organization, PublicId, TokenPolicy, TokenProfile};
use store::Store;

use super::{ACTOR, REQUEST, open, organization};
use crate::cli::{BY_TOKEN, Client, ClientAction};
use crate::output::line;

pub(crate) async fn run(args: &Client) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    let store = &app.identity.store;
    match &args.action {
        ClientAction::List { org } => {
            let organization = organization(store, org).await?;
            for credential in store.read().await?.credentials_of(&organization.id).await? {
                let state = if credential.active { "active" } else { "off" };
                line(&format!("{}  {state}  {}", credential.public_id, credential.note));
                line(&format!("    ID tokens     {}", describe(credential.tokens)));
                credential.origins.iter().for_each(|origin| line(&format!("    origin        {origin}")));
                credential.redirect_uris.iter().for_each(|uri| line(&format!("    redirect URI  {uri}")));
            }
        }
        ClientAction::Add { org, mode, origin, redirect_uri, note } => {
            let organization = organization(store, org).await?;
            let draft = Draft {
                mode: (*mode).into(),
                origins: origin.iter().map(String::as_str).collect(),
                redirect_uris: redirect_uri.iter().map(String::as_str).collect(),
                note,
                tokens: TokenPolicy::default(),
            };
            let (credential, key) =
                credentials::add(&app.identity, &organization.id, &draft, ACTOR, REQUEST).await?;
            line(&format!("public id:   {}", credential.public_id));
            line(&format!("private key: {}  (shown once)", key.expose()));
        }
        ClientAction::Tokens { org, public_id, profile, once, no_once } => {
            let organization = organization(store, org).await?;
            let Credential { public_id, tokens: before, .. } =
                credential(store, &organization, public_id).await?;
            let mut tokens = before;
            if let Some(name) = profile {
                tokens.profile = TokenProfile::from_name(name);
            }
            if *once || *no_once {
                tokens.once = *once;
            }
            if tokens != before {
                let (identity, id) = (&app.identity, &organization.id);
                credentials::judge_tokens_by(identity, id, &public_id, tokens, ACTOR, REQUEST).await?;
            }
            line(&format!("{public_id}  {}", describe(tokens)));
        }
        ClientAction::Policy(args) => policy::run(&app.identity, args).await?,
        ClientAction::Disable { org, public_id } => switch(&app, org, public_id, false).await?,
        ClientAction::Enable { org, public_id } => switch(&app, org, public_id, true).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A credential of an organisation.
async fn credential(
    store: &Store,
    organization: &Organization,
    public_id: &str,
) -> anyhow::Result<Credential> {
    let public_id = PublicId::parse(public_id)?;
    let found = store.read().await?.credential(&public_id).await?;
    let found = found.filter(|credential| credential.organization_id == organization.id);
    found.with_context(|| format!("the organisation has no credential {public_id}"))
}

fn describe(tokens: TokenPolicy) -> String {
    let profile = tokens.profile.map_or(BY_TOKEN, TokenProfile::name);
    format!("judged {profile}, {}", if tokens.once { "each taken once" } else { "taken again while valid" })
}

async fn switch(app: &web::App, org: &str, public_id: &str, active: bool) -> anyhow::Result<()> {
    let organization = organization(&app.identity.store, org).await?;
    let public_id = PublicId::parse(public_id)?;
    let changed =
        credentials::switch(&app.identity, &organization.id, &public_id, active, ACTOR, REQUEST).await?;
    anyhow::ensure!(changed, "the organisation has no credential {public_id}");
    line(&format!("{public_id} is switched {}", if active { "on" } else { "off" }));
    Ok(())
}
