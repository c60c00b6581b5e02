//! `openias org`

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use identity::organizations::{self, Draft, Named};
use model::{Entitlements, Hcid, Organization};

use super::{ACTOR, REQUEST, open, organization};
use crate::cli::{Org, OrgAction};
use crate::output::line;

pub(crate) async fn run(args: &Org) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    let store = &app.identity.store;
    match &args.action {
        OrgAction::List => {
            for organization in store.read().await?.organizations().await? {
                line(&describe(&organization));
            }
        }
        OrgAction::Add { name, hcid, privacy_policy } => {
            let draft = Draft {
                name,
                hcid: hcid.as_deref().unwrap_or_default(),
                privacy_policy_uri: privacy_policy.as_deref().unwrap_or_default(),
                ..Draft::default()
            };
            line(&describe(&organizations::add(&app.identity, &draft, ACTOR, REQUEST).await?));
        }
        OrgAction::Logo { id, file, remove: _ } => {
            let known = organization(store, id).await?;
            let image = file.as_deref().map(read_image).transpose()?;
            let changed =
                organizations::set_logo(&app.identity, &known.id, image.as_deref(), ACTOR, REQUEST).await?;
            line(&describe(&changed));
        }
        OrgAction::Enable { id, mode, tefca, byoi } => {
            let known = organization(store, id).await?;
            let named = Named { tefca: *tefca, byoi: *byoi };
            let (identity, mode) = (&app.identity, (*mode).into());
            let changed = organizations::entitle(identity, &known.id, mode, named, ACTOR, REQUEST).await?;
            line(&describe(&changed));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read_image(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn describe(organization: &Organization) -> String {
    let switches = |entitled: Entitlements| match (entitled.tefca, entitled.byoi) {
        (true, true) => "TEFCA, BYOI",
        (true, false) => "TEFCA",
        (false, true) => "BYOI",
        (false, false) => "off",
    };
    format!(
        "{}  {}  HCID {}  test: {}  live: {}",
        organization.id,
        organization.name,
        organization.hcid.as_ref().map_or("none", Hcid::urn),
        switches(organization.test),
        switches(organization.live)
    )
}
