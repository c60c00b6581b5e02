//! Client authentication: a public id with its private key, or an assertion that the client signed.

pub(crate) mod token;

use std::sync::Arc;

use jose::{Algorithm, Compact, KeySet};
use model::{
    Busy, ClientAuthentication, ClientProfile, Credential, Organization, PublicId, SecretHash, Timestamp,
};
use oauth::assertion::{self, Expectations, Unverified};
use store::{AssertionUse, Signer, StoreError, Tx};

use crate::Identity;

pub use oauth::assertion::TYPE as ASSERTION_TYPE;
pub use token::by_access_token;

/// What clients may sign with; some of them with less.
pub const ALGORITHMS: &[Algorithm] = oauth::algorithms(ClientProfile::Byoi);

/// How a client proves itself, unchecked.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// By its private key, in HTTP Basic or in the form (RFC 6749 2.3.1).
    Secret {
        /// The public id, perhaps.
        public_id: &'a str,
        /// The private key, perhaps.
        private_key: &'a str,
    },
    /// By an assertion (RFC 7523 2.2).
    Assertion {
        /// The assertion, perhaps.
        text: &'a str,
        /// The public id, when the form names it, too.
        public_id: Option<&'a str>,
    },
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
    /// The client proves nothing where it has to.
    #[error("there is no proof of the client")]
    Missing,
    /// The public id is not one.
    #[error("the public id is malformed")]
    Malformed,
    /// No credential has it.
    #[error("no credential has this public id")]
    Unknown,
    /// The private key is another one's.
    #[error("the private key does not belong to the public id")]
    WrongKey,
    /// The credential proves itself in another way: by signed assertions, or by its private key.
    #[error("the credential proves itself in another way")]
    WrongMethod,
    /// The assertion does not stand.
    #[error(transparent)]
    Assertion(#[from] assertion::Reject),
    /// The assertion was used before (RFC 7523 section 3, `jti`).
    #[error("the assertion was used before")]
    Replayed,
    /// The credential is switched off.
    #[error("the credential is switched off")]
    Inactive,
}

impl UnknownClient {
    /// The rule's code in the audit trail.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "client.missing",
            Self::Malformed => "client.malformed",
            Self::Unknown => "client.unknown",
            Self::WrongKey => "client.wrong_key",
            Self::WrongMethod => "client.wrong_method",
            Self::Assertion(_) => "client.assertion",
            Self::Replayed => "client.replayed",
            Self::Inactive => "client.inactive",
        }
    }
}

/// A client that proved itself by what may be left to use up: an assertion counts once.
#[derive(Debug)]
pub struct Proven {
    client: Client,
    assertion: Option<assertion::Verified>,
}

impl Proven {
    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether there is anything to use up.
    pub(crate) fn counts_once(&self) -> bool {
        self.assertion.is_some()
    }

    /// Uses up what it proved itself by, in the transaction that does what it asks for.
    pub async fn use_up(&self, tx: &mut Tx, now: Timestamp) -> Result<Result<(), UnknownClient>, StoreError> {
        let Some(assertion) = &self.assertion else { return Ok(Ok(())) };
        let signer = Signer::Client(assertion.client_id());
        let (token_id, expires_at) = (assertion.jti(), assertion.expires_at());
        let first = tx.use_assertion(&AssertionUse { signer, token_id, expires_at }, now).await?;
        Ok(if first { Ok(()) } else { Err(UnknownClient::Replayed) })
    }
}

/// A transaction in which such a client can be authenticated: one that writes only if an assertion is used up in it.
pub async fn begin(identity: &Identity, presented: Presented<'_>) -> Result<Tx, StoreError> {
    match presented {
        Presented::Secret { .. } => identity.store.read().await,
        Presented::Assertion { .. } => identity.store.write().await,
    }
}

/// Checks what a client proves itself by, and uses it up when the transaction is committed.
pub async fn authenticate(
    identity: &Identity,
    tx: &mut Tx,
    presented: Presented<'_>,
) -> Result<Result<Client, UnknownClient>, StoreError> {
    let proven = match prove(identity, tx, presented).await? {
        Ok(proven) => proven,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(proven.use_up(tx, identity.clock.now()).await?.map(|()| proven.client))
}

/// The same without using anything up, which is left to [`Proven::use_up`].
pub async fn prove(
    identity: &Identity,
    tx: &mut Tx,
    presented: Presented<'_>,
) -> Result<Result<Proven, UnknownClient>, StoreError> {
    match presented {
        Presented::Secret { public_id, private_key } => {
            let client = by_private_key(tx, public_id, private_key).await?;
            Ok(client.map(|client| Proven { client, assertion: None }))
        }
        Presented::Assertion { text, public_id } => by_assertion(identity, tx, text, public_id).await,
    }
}

/// The same work is done for known and unknown ids, and the key is compared in constant time.
async fn by_private_key(
    tx: &mut Tx,
    public_id: &str,
    private_key: &str,
) -> Result<Result<Client, UnknownClient>, StoreError> {
    let hash = SecretHash::of(private_key);
    let Ok(public_id) = PublicId::parse(public_id) else { return Ok(Err(UnknownClient::Malformed)) };
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

/// By the keys that are on file for the client; where an assertion says that keys are, nobody looks.
async fn by_assertion(
    identity: &Identity,
    tx: &mut Tx,
    text: &str,
    named: Option<&str>,
) -> Result<Result<Proven, UnknownClient>, StoreError> {
    let compact = match Compact::parse(text) {
        Ok(compact) => compact,
        Err(fault) => return Ok(Err(assertion::Reject::from(fault).into())),
    };
    let unverified = match Unverified::read(&compact) {
        Ok(unverified) => unverified,
        Err(reject) => return Ok(Err(reject.into())),
    };
    let public_id = match PublicId::parse(unverified.client_id()) {
        Ok(public_id) if named.is_none_or(|named| named == public_id.as_str()) => public_id,
        _ => return Ok(Err(UnknownClient::Malformed)),
    };
    let Some(credential) = tx.credential(&public_id).await? else { return Ok(Err(UnknownClient::Unknown)) };
    let policy = &credential.policy;
    let ClientAuthentication::PrivateKeyJwt(jwks) = &policy.authentication else {
        return Ok(Err(UnknownClient::WrongMethod));
    };
    // The set was read when it was put on file.
    let keys = KeySet::of_client(jwks.as_bytes()).unwrap_or_default();
    let endpoints = identity.settings.token_endpoints();
    let endpoints = endpoints.each_ref().map(String::as_str);
    let (issuer, now) = (&identity.settings.base_url, identity.clock.now());
    let expected = Expectations::new(public_id.as_str(), policy.profile, issuer, &endpoints, now);
    match assertion::verify(&unverified, &keys, &expected) {
        Err(reject) => Ok(Err(reject.into())),
        Ok(assertion) => {
            let client = with_organization(tx, credential).await?;
            Ok(client.map(|client| Proven { client, assertion: Some(assertion) }))
        }
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
