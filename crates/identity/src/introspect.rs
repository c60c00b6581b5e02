//! Token introspection (RFC 7662) and revocation (RFC 7009): a client's own tokens alone.

use model::{Busy, SecretHash, Timestamp};
use store::{Consent, Happening, StoreError};

use crate::Identity;
use crate::clients::{Client, Presented, UnknownClient, authenticate};
use crate::tokens::id_token::subject;

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
    pub scope: String,
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
    let now = identity.clock.now();
    let mut tx = identity.store.read().await?;
    let client = authenticate(&mut tx, presented).await??;
    (identity.gate)(&client)?;
    let hash = SecretHash::of(token.ok_or(Refusal::NoToken)?);
    let own = |consent: &Consent| consent.public_id == client.credential.public_id && consent.holds_at(now);
    if let Some(found) = tx.access_token(&hash, now).await? {
        let (scope, times) = (found.scope, (found.issued_at, found.expires_at));
        return Ok(own(&found.consent).then(|| standing(identity, found.consent, scope, times, false)));
    }
    let found = tx.consent_refresh_token(&hash).await?;
    let found = found.filter(|found| own(&found.consent) && found.holds_at(now));
    Ok(found.map(|found| {
        let (scope, times) = (found.consent.scope.clone(), (found.issued_at, found.expires_at));
        standing(identity, found.consent, scope, times, true)
    }))
}

fn standing(
    identity: &Identity,
    consent: Consent,
    scope: String,
    (issued_at, expires_at): (Timestamp, Timestamp),
    renews: bool,
) -> Standing {
    let everything = || vec![identity.settings.base_url.clone()];
    Standing {
        renews,
        subject: subject(&consent),
        client_id: consent.public_id.to_string(),
        scope,
        audience: Some(consent.resources).filter(|named| !named.is_empty()).unwrap_or_else(everything),
        issued_at,
        expires_at,
        key: consent.dpop_jkt,
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
    let mut tx = identity.store.write().await?;
    let client = authenticate(&mut tx, presented).await??;
    (identity.gate)(&client)?;
    let hash = SecretHash::of(token.ok_or(Refusal::NoToken)?);
    let own = |consent: &Consent, client: &Client| consent.public_id == client.credential.public_id;
    let ended = if let Some(found) = tx.access_token(&hash, now).await?
        && own(&found.consent, &client)
    {
        tx.revoke_access_token(&hash).await?;
        Some((found.consent.id, "access_token"))
    } else if let Some(found) = tx.consent_refresh_token(&hash).await?
        && own(&found.consent, &client)
    {
        tx.revoke_consent_tokens(&found.consent.id, now).await?;
        Some((found.consent.id, "refresh_token"))
    } else {
        None
    };
    let Some((consent, detail)) = ended else { return Ok(()) };
    let (actor, subject) = (client.credential.public_id.as_str(), consent.as_str());
    tx.audit(Happening { request_id, actor, action: "tokens.revoked", subject, detail }, now).await?;
    Ok(tx.commit().await?)
}
