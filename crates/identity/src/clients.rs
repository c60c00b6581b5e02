//! Client authentication: a public id with its private key, or an assertion that the client signed.

pub(crate) mod token;

use std::sync::Arc;

use jose::{Algorithm, Compact, KeySet};
use model::{Busy, ClientAuthentication, ClientProfile, Credential, PublicId, SecretHash, Timestamp};
use oauth::assertion::{self, Expectations, Unverified};
pub use store::Client;
use store::{AssertionUse, ConfigurationVersion, KnownClient, Signer, StoreError, Tx};

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

/// Whether a client may be served now. Every client that has proven itself is asked about, and none that has not:
/// else anybody could use up what is another's. Who counts, and how much is too much, the edge knows.
pub type Gate = Arc<dyn Fn(&Client) -> Result<(), Busy> + Send + Sync>;

/// Told which client signed an assertion that does not stand, so that the failed call is listed as that client's. It
/// admits nobody: the call still counts against its sender, who may have overheard the assertion.
pub type OnFailedCall = Arc<dyn Fn(&Credential) + Send + Sync>;

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
    /// `client_id` beside the proof is another one's.
    #[error("client_id is not the client that proved itself")]
    Another,
    /// The private key is another one's.
    #[error("the private key does not belong to the public id")]
    WrongKey,
    /// The credential proves itself in another way: by signed assertions, or by its private key.
    #[error("the credential proves itself in another way")]
    WrongMethod,
    /// The assertion is not signed by the client, as far as anybody knows.
    #[error(transparent)]
    Assertion(#[from] assertion::Reject),
    /// The client signed the assertion, and it does not stand.
    #[error(transparent)]
    Signed(assertion::Reject),
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
            Self::Another => "client.another",
            Self::WrongKey => "client.wrong_key",
            Self::WrongMethod => "client.wrong_method",
            Self::Assertion(_) => "client.assertion",
            Self::Signed(reject) => reject.code(),
            Self::Replayed => "client.replayed",
            Self::Inactive => "client.inactive",
        }
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
    let public_id = match named(presented) {
        Ok(public_id) => public_id,
        Err(reason) => return Ok(Err(reason)),
    };
    let found = tx.credential(&public_id).await?;
    let assertion = match check(identity, presented, found.as_ref()) {
        Ok(assertion) => assertion,
        Err(reason) => return Ok(Err(told(identity, found.as_ref(), reason))),
    };
    let Some(credential) = found else { return Ok(Err(UnknownClient::Unknown)) };
    if let Err(reason) = use_up(tx, assertion.as_ref(), identity.clock.now()).await? {
        return Ok(Err(told(identity, Some(&credential), reason)));
    }
    with_organization(tx, credential).await
}

/// The reason, of which the client hears if it signed for it.
pub(crate) fn told(identity: &Identity, found: Option<&Credential>, reason: UnknownClient) -> UnknownClient {
    if let (Some(credential), UnknownClient::Signed(_) | UnknownClient::Replayed) = (found, reason) {
        (identity.on_failed_call)(credential);
    }
    reason
}

/// Begins the transaction that does what a client asks for. What the client proves itself by is checked before, for one
/// writes at a time, and used up in it; who the client is stands as the transaction sees it.
pub(crate) async fn begin_as_client(
    identity: &Identity,
    presented: Presented<'_>,
) -> Result<Result<(Tx, Client), UnknownClient>, StoreError> {
    let recognised = match recognise(identity, presented).await? {
        Ok(recognised) => recognised,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut tx = identity.store.write().await?;
    let client = if tx.configuration_version().await? == recognised.version() {
        let used = recognised.use_up(&mut tx, identity.clock.now()).await?;
        let credential = Some(&recognised.client().credential);
        used.map(|()| recognised.client().clone()).map_err(|reason| told(identity, credential, reason))
    } else {
        identity.store.forget_client(&recognised.client().credential.public_id);
        authenticate(identity, &mut tx, presented).await?
    };
    Ok(client.map(|client| (tx, client)))
}

async fn use_up(
    tx: &mut Tx,
    assertion: Option<&assertion::Verified>,
    now: Timestamp,
) -> Result<Result<(), UnknownClient>, StoreError> {
    let Some(assertion) = assertion else { return Ok(Ok(())) };
    let first = tx.use_assertion(&use_of(assertion), now).await?;
    Ok(if first { Ok(()) } else { Err(UnknownClient::Replayed) })
}

/// A client that proved itself, and may have been at hand.
#[derive(Debug)]
pub(crate) struct Recognised {
    known: Arc<KnownClient>,
    assertion: Option<assertion::Verified>,
}

impl Recognised {
    pub(crate) fn client(&self) -> &Client {
        &self.known.client
    }

    /// What the client was taken to be.
    pub(crate) fn version(&self) -> ConfigurationVersion {
        self.known.version
    }

    /// Uses up what it proved itself by, in the transaction that does what it asks for.
    pub(crate) async fn use_up(
        &self,
        tx: &mut Tx,
        now: Timestamp,
    ) -> Result<Result<(), UnknownClient>, StoreError> {
        use_up(tx, self.assertion.as_ref(), now).await
    }

    /// What it proved itself by, when that counts once.
    pub(crate) fn assertion(&self) -> Option<AssertionUse<'_>> {
        self.assertion.as_ref().map(use_of)
    }
}

/// Checks what a client proves itself by against one that may be at hand, for what names the client's version to the
/// store when it is written. Nobody is turned away for what was at hand alone.
pub(crate) async fn recognise(
    identity: &Identity,
    presented: Presented<'_>,
) -> Result<Result<Recognised, UnknownClient>, StoreError> {
    let public_id = match named(presented) {
        Ok(public_id) => public_id,
        Err(reason) => return Ok(Err(reason)),
    };
    let recognised = |found: Option<Arc<KnownClient>>| {
        let assertion = check(identity, presented, found.as_ref().map(|known| &known.client.credential))?;
        let known = found.filter(|known| known.client.credential.active).ok_or(UnknownClient::Inactive)?;
        Ok(Recognised { known, assertion })
    };
    if let Ok(client) = recognised(identity.store.client(&public_id).await?) {
        return Ok(Ok(client));
    }
    let found = identity.store.client_afresh(&public_id).await?;
    let credential = found.as_ref().map(|known| &known.client.credential);
    Ok(recognised(found.clone()).map_err(|reason| told(identity, credential, reason)))
}

/// The same for what is not written: the client is as the configuration says by now.
pub(crate) async fn recognise_now(
    identity: &Identity,
    presented: Presented<'_>,
) -> Result<Result<Recognised, UnknownClient>, StoreError> {
    let recognised = match recognise(identity, presented).await? {
        Ok(recognised) => recognised,
        Err(reason) => return Ok(Err(reason)),
    };
    if recognised.version() == identity.store.configuration_version().await? {
        return Ok(Ok(recognised));
    }
    identity.store.client_afresh(&recognised.client().credential.public_id).await?;
    recognise(identity, presented).await
}

/// Whom a client says it is.
fn named(presented: Presented<'_>) -> Result<PublicId, UnknownClient> {
    let public_id = |text| PublicId::parse(text).map_err(|_| UnknownClient::Malformed);
    match presented {
        Presented::Secret { public_id: text, .. } => public_id(text),
        Presented::Assertion { text, public_id: named } => {
            let compact = Compact::parse(text).map_err(assertion::Reject::from)?;
            let signer = public_id(Unverified::read(&compact)?.client_id())?;
            is_same(named, &signer)?;
            Ok(signer)
        }
    }
}

/// A client may name itself beside its proof, and nobody else.
pub(crate) fn check_named(client: &Client, named: Option<&str>) -> Result<(), UnknownClient> {
    is_same(named, &client.credential.public_id)
}

fn is_same(named: Option<&str>, public_id: &PublicId) -> Result<(), UnknownClient> {
    if named.is_none_or(|named| named == public_id.as_str()) { Ok(()) } else { Err(UnknownClient::Another) }
}

/// Whether a client proves that it is the one that was found, and the assertion by which it did.
fn check(
    identity: &Identity,
    presented: Presented<'_>,
    found: Option<&Credential>,
) -> Result<Option<assertion::Verified>, UnknownClient> {
    match presented {
        Presented::Secret { private_key, .. } => check_private_key(private_key, found).map(|()| None),
        Presented::Assertion { text, .. } => check_assertion(identity, text, found).map(Some),
    }
}

/// The same work is done for known and unknown ids, and the key is compared in constant time.
fn check_private_key(private_key: &str, found: Option<&Credential>) -> Result<(), UnknownClient> {
    let hash = SecretHash::of(private_key);
    let matches = hash.is_on_file(found.map(|credential| &credential.private_key));
    match found {
        None => Err(UnknownClient::Unknown),
        Some(_) if !matches => Err(UnknownClient::WrongKey),
        Some(credential) if credential.policy.authentication != ClientAuthentication::Secret => {
            Err(UnknownClient::WrongMethod)
        }
        Some(_) => Ok(()),
    }
}

/// By the keys that are on file for the client; where an assertion says that keys are, nobody looks.
fn check_assertion(
    identity: &Identity,
    text: &str,
    found: Option<&Credential>,
) -> Result<assertion::Verified, UnknownClient> {
    let Credential { public_id, policy, .. } = found.ok_or(UnknownClient::Unknown)?;
    let ClientAuthentication::PrivateKeyJwt(jwks) = &policy.authentication else {
        return Err(UnknownClient::WrongMethod);
    };
    let compact = Compact::parse(text).map_err(assertion::Reject::from)?;
    // The set was read when it was put on file.
    let keys = KeySet::of_client(jwks.as_bytes()).unwrap_or_default();
    let endpoints = identity.settings.token_endpoints();
    let endpoints = endpoints.each_ref().map(String::as_str);
    let (issuer, now) = (&identity.settings.base_url, identity.clock.now());
    let expected = Expectations::new(public_id.as_str(), policy.profile, issuer, &endpoints, now);
    assertion::verify(&Unverified::read(&compact)?, &keys, &expected)
        .map_err(|reject| if reject.is_of_signer() { UnknownClient::Signed(reject) } else { reject.into() })
}

fn use_of(assertion: &assertion::Verified) -> AssertionUse<'_> {
    let signer = Signer::Client(assertion.client_id());
    AssertionUse { signer, token_id: assertion.jti(), expires_at: assertion.expires_at() }
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
