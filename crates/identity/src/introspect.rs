//! Token introspection (RFC 7662) and revocation (RFC 7009): a client's own tokens alone.

use jose::KeySet;
use model::{Busy, ProvenSubject, Scope, SecretHash, Timestamp};
use oauth::access_token::Verified;
use store::{Consent, StoreError, Tx};

use crate::Identity;
use crate::clients::{Client, Presented, UnknownClient, authenticate, begin, token as client_token};
use crate::tokens::access_token::key_of;
use crate::tokens::id_token::subject;
use crate::tokens::record_end;

/// What a token stands for. One that stands for nothing, or for another client's patient, is just not active.
#[derive(Debug)]
pub struct Standing {
    /// Whether it is a refresh token.
    pub renews: bool,
    /// `sub`
    pub subject: String,
    /// `client_id`
    pub client_id: String,
    /// `scope`
    pub scope: Scope,
    /// `aud`: for whom it is.
    pub audience: Vec<String>,
    /// `iat`
    pub issued_at: Timestamp,
    /// `exp`
    pub expires_at: Timestamp,
    /// `cnf.jkt`: the key that it is bound to.
    pub key: Option<String>,
}

/// Why nothing is said or done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// The client or its organisation asks too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// `token` is missing.
    #[error("token is missing")]
    NoToken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The rule's code, for the request log.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(reason) => reason.code(),
            Self::Busy(_) => "client.busy",
            Self::NoToken | Self::Store(_) => "",
        }
    }
}

/// What a token stands for now; none when it is not active.
pub async fn introspect(
    identity: &Identity,
    presented: Presented<'_>,
    token: Option<&str>,
) -> Result<Option<Standing>, Refusal> {
    let keys = client_token::keys_for(identity, token.unwrap_or_default()).await?;
    let mut tx = begin(identity, presented).await?;
    let client = authenticate(identity, &mut tx, presented).await??;
    (identity.gate)(&client)?;
    let Some(token) = token else { return Err(without_token(tx).await?) };
    let standing = look_up(identity, &mut tx, &keys, &client, token).await?;
    tx.commit().await?;
    Ok(standing)
}

/// What a client proved itself by counts once, also where it asks for nothing.
async fn without_token(tx: Tx) -> Result<Refusal, StoreError> {
    tx.commit().await?;
    Ok(Refusal::NoToken)
}

async fn look_up(
    identity: &Identity,
    tx: &mut Tx,
    keys: &KeySet,
    client: &Client,
    token: &str,
) -> Result<Option<Standing>, StoreError> {
    let now = identity.clock.now();
    if let Some(own) = client_token::read(identity, keys, token) {
        return Ok(client_token::holds(tx, client, &own).await?.then(|| alone(&own)));
    }
    let by_default = |audience: Vec<String>| {
        if audience.is_empty() { vec![identity.settings.base_url.clone()] } else { audience }
    };
    if let Some(key) = key_of(token)
        && let Some(found) = tx.access_token(&key, now).await?
    {
        return Ok(stands(client, &found.consent, now).then(|| Standing {
            renews: false,
            subject: subject(&found.consent.identity),
            client_id: found.consent.public_id.to_string(),
            scope: found.scope,
            audience: by_default(found.audience),
            issued_at: found.issued_at,
            expires_at: found.expires_at,
            key: found.dpop_jkt,
        }));
    }
    let found = tx.consent_refresh_token(&SecretHash::of(token)).await?;
    let found = found.filter(|found| stands(client, &found.consent, now) && found.holds_at(now));
    Ok(found.map(|found| Standing {
        renews: true,
        subject: subject(&found.consent.identity),
        client_id: found.consent.public_id.to_string(),
        scope: found.consent.scope,
        audience: by_default(found.consent.resources),
        issued_at: found.issued_at,
        expires_at: found.expires_at,
        key: None,
    }))
}

/// Whether tokens of a consent are good for anything to this client.
fn stands(client: &Client, consent: &Consent<ProvenSubject>, now: Timestamp) -> bool {
    is_of(client, consent) && client.may_use_tefca() && consent.holds_at(now)
}

fn is_of(client: &Client, consent: &Consent<ProvenSubject>) -> bool {
    consent.public_id == client.credential.public_id
}

/// Of a client's token that is about no patient.
fn alone(token: &Verified) -> Standing {
    Standing {
        renews: false,
        subject: token.subject().to_owned(),
        client_id: token.client_id().to_owned(),
        scope: token.scope().clone(),
        audience: token.audience().to_vec(),
        issued_at: token.issued_at(),
        expires_at: token.expires_at(),
        key: token.jkt().map(|key| key.as_str().to_owned()),
    }
}

/// Ends a token, if it is the client's; otherwise nothing happens, and the answer is the same (RFC 7009 2.2). With a
/// refresh token ends all that came of the same consent (2.1). `request_id` stands in the audit trail.
pub async fn revoke(
    identity: &Identity,
    presented: Presented<'_>,
    token: Option<&str>,
    request_id: &str,
) -> Result<(), Refusal> {
    let now = identity.clock.now();
    let keys = client_token::keys_for(identity, token.unwrap_or_default()).await?;
    let mut tx = identity.store.write().await?;
    let client = authenticate(identity, &mut tx, presented).await??;
    (identity.gate)(&client)?;
    let Some(token) = token else { return Err(without_token(tx).await?) };
    let ended = if let Some(key) = key_of(token)
        && let Some(found) = tx.access_token(&key, now).await?
        && is_of(&client, &found.consent)
    {
        tx.revoke_access_token(&key).await?;
        Some((found.consent.id.to_string(), "access_token"))
    } else if let Some(found) = tx.consent_refresh_token(&SecretHash::of(token)).await?
        && is_of(&client, &found.consent)
    {
        tx.revoke_consent_tokens(&found.consent.id, now).await?;
        Some((found.consent.id.to_string(), "refresh_token"))
    } else if let Some(own) = client_token::read(identity, &keys, token)
        && client_token::is_of(&client, &own)
    {
        client_token::revoke(&mut tx, &own).await?;
        Some((own.token_id().to_owned(), "client_credentials"))
    } else {
        None
    };
    let Some((subject, detail)) = ended else { return Ok(tx.commit().await?) };
    let actor = client.credential.public_id.as_str();
    record_end(&mut tx, actor, (subject.as_str(), detail), request_id, now).await?;
    Ok(tx.commit().await?)
}
