//! `openias client`

use std::process::ExitCode;

use egress::Origin;
use model::client::private_key;
use model::{Credential, Mode, PublicId};

use super::{open, organization};
use crate::cli::{Client, ClientAction};
use crate::output::line;

pub(crate) async fn run(args: &Client) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    let (store, entropy) = (&app.identity.store, &app.identity.entropy);
    match &args.action {
        ClientAction::List { org } => {
            let organization = organization(store, org).await?;
            for credential in store.read().await?.credentials_of(&organization.id).await? {
                let state = if credential.active { "active" } else { "off" };
                line(&format!("{}  {state}  {}", credential.public_id, credential.note));
            }
        }
        ClientAction::Add { org, mode, origin, redirect_uri, note } => {
            let organization = organization(store, org).await?;
            anyhow::ensure!(redirect_uri.len() <= 25, "a credential has at most 25 redirect URIs");
            let origins = origin.iter().map(|text| Ok(Origin::parse(text)?.to_string())).collect::<anyhow::Result<_>>()?;
            let mode = Mode::from(*mode);
            let key = private_key(mode, entropy.bytes());
            let credential = Credential {
                public_id: PublicId::from_random(mode, entropy.bytes()),
                organization_id: organization.id,
                private_key: key.hash(),
                redirect_uris: redirect_uri.clone(),
                origins,
                note: note.clone(),
                active: true,
            };
            let mut tx = store.write().await?;
            tx.add_credential(&credential, app.identity.clock.now()).await?;
            tx.commit().await?;
            line(&format!("public id:   {}", credential.public_id));
            line(&format!("private key: {}  (shown once)", key.expose()));
        }
        ClientAction::Disable { org, public_id } => {
            let organization = organization(store, org).await?;
            let public_id = PublicId::parse(public_id)?;
            let mut tx = store.write().await?;
            let changed = tx.set_credential_active(&organization.id, &public_id, false).await?;
            anyhow::ensure!(changed, "the organisation has no credential {public_id}");
            tx.commit().await?;
            line(&format!("{public_id} is switched off"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
