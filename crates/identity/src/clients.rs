//! Client authentication: a public id and its private key.

use std::sync::Arc;

use model::{Busy, ClientAuthentication, Credential, Organization, PublicId, SecretHash};
use store::{StoreError, Tx};

/// Credentials as a request brought them, unchecked.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The public id, perhaps.
    pub public_id: &'a str,
    /// The private key, perhaps.
    pub private_key: &'a str,
}

/// A client that proved itself, and the organisation it acts for.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its credential.
    pub credential: Credential,
    /// Its organisation.
    pub organization: Organization,
}

/// Whether a client may be served now. Every client that has proven itself is asked about, and none that has not:
/// else anybody could use up what is another's. Who counts, and how much is too much, the edge knows.
pub type Gate = Arc<dyn Fn(&Client) -> Result<(), Busy> + Send + Sync>;

/// Why a client is not accepted. The public answer is the same for all of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownClient {
    /// The public id is not one.
    #[error("the public id is malformed")]
    Malformed,
    /// No credential has it.
    #[error("no credential has this public id")]
    Unknown,
    /// The private key is another one's.
    #[error("the private key does not belong to the public id")]
    WrongKey,
    /// The credential proves itself by signed assertions, and a private key came.
    #[error("the credential proves itself by signed assertions, not by its private key")]
    WrongMethod,
    /// The credential is switched off.
    #[error("the credential is switched off")]
    Inactive,
}

impl UnknownClient {
    /// The rule's code in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "client.malformed",
            Self::Unknown => "client.unknown",
            Self::WrongKey => "client.wrong_key",
            Self::WrongMethod => "client.wrong_method",
            Self::Inactive => "client.inactive",
        }
    }
}

/// Checks credentials. The same work is done for known and unknown ids, and the key is compared in
/// constant time.
pub async fn authenticate(
    tx: &mut Tx,
    presented: Presented<'_>,
) -> Result<Result<Client, UnknownClient>, StoreError> {
    let hash = SecretHash::of(presented.private_key);
    let Ok(public_id) = PublicId::parse(presented.public_id) else {
        return Ok(Err(UnknownClient::Malformed));
    };
    let found = tx.credential(&public_id).await?;
    let matches = hash.is_on_file(found.as_ref().map(|credential| &credential.private_key));
    match found {
        None => Ok(Err(UnknownClient::Unknown)),
        Some(_) if !matches => Ok(Err(UnknownClient::WrongKey)),
        Some(credential) if credential.policy.authentication != ClientAuthentication::Secret => {
            Ok(Err(UnknownClient::WrongMethod))
        }
        Some(credential) => with_organization(tx, credential).await,
    }
}

/// The client of a public id alone: for pages, which hold no private key.
pub async fn identify(tx: &mut Tx, public_id: &str) -> Result<Result<Client, UnknownClient>, StoreError> {
    let Ok(public_id) = PublicId::parse(public_id) else { return Ok(Err(UnknownClient::Malformed)) };
    match tx.credential(&public_id).await? {
        None => Ok(Err(UnknownClient::Unknown)),
        Some(credential) => with_organization(tx, credential).await,
    }
}

async fn with_organization(
    tx: &mut Tx,
    credential: Credential,
) -> Result<Result<Client, UnknownClient>, StoreError> {
    if !credential.active {
        return Ok(Err(UnknownClient::Inactive));
    }
    let organization = tx.organization(&credential.organization_id).await?;
    Ok(organization.map(|organization| Client { credential, organization }).ok_or(UnknownClient::Unknown))
}
