//! `openias org`

use std::process::ExitCode;

use model::id::OrganizationId;
use model::{Entitlements, Hcid, Mode, Organization};

use super::{open, organization};
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
            let added = Organization {
                id: OrganizationId::from_random(app.identity.entropy.bytes()),
                name: name.clone(),
                logo_uri: None,
                website_uri: None,
                privacy_policy_uri: privacy_policy.clone(),
                terms_uri: None,
                hcid: hcid.as_deref().map(Hcid::parse).transpose()?,
                test: Entitlements::default(),
                live: Entitlements::default(),
            };
            let mut tx = store.write().await?;
            if let Some(hcid) = &added.hcid {
                anyhow::ensure!(!tx.hcid_is_taken(hcid, &added.id).await?, "another organisation has the HCID {hcid}");
            }
            tx.add_organization(&added, app.identity.clock.now()).await?;
            tx.commit().await?;
            line(&describe(&added));
        }
        OrgAction::Enable { id, mode, tefca, byoi } => {
            let mut changed = organization(store, id).await?;
            let entitlements = Entitlements { tefca: *tefca, byoi: *byoi };
            match Mode::from(*mode) {
                Mode::Test => changed.test = entitlements,
                Mode::Live => changed.live = entitlements,
            }
            let mut tx = store.write().await?;
            tx.update_organization(&changed).await?;
            tx.commit().await?;
            line(&describe(&changed));
        }
    }
    Ok(ExitCode::SUCCESS)
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
