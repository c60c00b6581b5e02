//! Clients as the hot path needs them: a credential and its organisation, read once and kept at hand.
//!
//! What is at hand may be old. Whoever acts on it says by which version of the configuration it was read, and what is
//! written compares that with the version then: a client that an operator switches off, in whatever process, is off.
//! What is refused is refused only if that version is still the one ([`Store::configuration_version`]), or after a
//! fresh look ([`Store::client_afresh`]).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use model::{Credential, Organization, PublicId};

use crate::database::{Row, Tx, args};
use crate::statement::statements;
use crate::{Result, Store, StoreError};

/// Clients at hand. Only those that are there: a stranger's guesses take no place.
const AT_HAND: usize = 4096;

statements! {
    VERSION = "SELECT version FROM configuration";
}

/// Which state of all organisations and credentials something was judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfigurationVersion(i64);

impl ConfigurationVersion {
    fn read(row: Option<&Row>) -> Result<Self> {
        let row = row.ok_or(StoreError::Damaged { table: "configuration", column: "version" })?;
        Ok(Self(row.get("version")?))
    }
}

/// A client: a credential, and the organisation it acts for.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its credential.
    pub credential: Credential,
    /// Its organisation.
    pub organization: Organization,
}

impl Client {
    /// Whether its organisation may use TEFCA in the credential's mode: without that, nothing about a patient is for it.
    pub fn may_use_tefca(&self) -> bool {
        self.organization.entitlements(self.credential.mode()).tefca
    }
}

/// A client as it was at a version, active or not.
#[derive(Debug)]
pub struct KnownClient {
    /// The client.
    pub client: Client,
    /// When.
    pub version: ConfigurationVersion,
}

#[derive(Default)]
pub(crate) struct ClientsAtHand(RwLock<HashMap<String, Arc<KnownClient>>>);

impl ClientsAtHand {
    fn find(&self, public_id: &str) -> Option<Arc<KnownClient>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(public_id).map(Arc::clone)
    }

    fn put(&self, public_id: &PublicId, client: Option<&Arc<KnownClient>>) {
        let mut clients = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let Some(client) = client else {
            clients.remove(public_id.as_str());
            return;
        };
        if clients.len() >= AT_HAND {
            clients.clear();
        }
        clients.insert(public_id.as_str().to_owned(), Arc::clone(client));
    }
}

impl Store {
    /// A client, from memory if it is at hand: good for a judgement that names its version to what it writes.
    pub async fn client(&self, public_id: &PublicId) -> Result<Option<Arc<KnownClient>>> {
        match self.0.clients.find(public_id.as_str()) {
            Some(client) => Ok(Some(client)),
            None => self.client_afresh(public_id).await,
        }
    }

    /// The version of the configuration now: whether what is at hand is still what stands.
    pub async fn configuration_version(&self) -> Result<ConfigurationVersion> {
        ConfigurationVersion::read(Box::pin(self.0.database.look_up(VERSION)).await?.as_ref())
    }

    /// Reads a client anew when it is asked for next: what was at hand has proven old.
    pub fn forget_client(&self, public_id: &PublicId) {
        self.0.clients.put(public_id, None);
    }

    /// A client as it is now.
    pub async fn client_afresh(&self, public_id: &PublicId) -> Result<Option<Arc<KnownClient>>> {
        let mut tx = self.read().await?;
        // First of all: what is read after it is at least as new.
        let version = tx.configuration_version().await?;
        let client = match tx.credential(public_id).await? {
            None => None,
            Some(credential) => {
                let organization = tx.organization(&credential.organization_id).await?;
                organization.map(|organization| {
                    Arc::new(KnownClient { client: Client { credential, organization }, version })
                })
            }
        };
        self.0.clients.put(public_id, client.as_ref());
        Ok(client)
    }
}

impl Tx {
    /// The version of the configuration now.
    pub async fn configuration_version(&mut self) -> Result<ConfigurationVersion> {
        ConfigurationVersion::read(self.fetch(VERSION, args![]).await?.as_ref())
    }
}
