//! The administration commands. They work on the store directly, beside a running server or without one.

pub(crate) mod client;
pub(crate) mod csp;
pub(crate) mod doctor;
pub(crate) mod keys;
pub(crate) mod operator;
pub(crate) mod org;
pub(crate) mod serve;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod webhook;

use anyhow::Context as _;
use model::Organization;
use model::id::OrganizationId;
use store::Store;

use crate::cli::ConfigArgs;
use crate::config::Config;
use crate::wiring::{self, Wired};

/// Who acts, in the audit trail.
const ACTOR: &str = "operator";
/// Stands in the audit trail where a request of the server has its id.
const REQUEST: &str = "command line";

async fn open(args: &ConfigArgs) -> anyhow::Result<Wired> {
    let config = Config::load(args.config.as_deref())?;
    wiring::wire(&config, wiring::existing_store(&config).await?, wiring::egress_client(&config)?).await
}

async fn organization(store: &Store, id: &str) -> anyhow::Result<Organization> {
    let id = OrganizationId::parse(id)?;
    let found = store.read().await?.organization(&id).await?;
    found.with_context(|| format!("there is no organisation {id}; see `openias org list`"))
}
