//! Access tokens about a patient: known by their hash, and where they name for whom they are, JWTs besides.

use std::time::Duration;

use model::{Scope, Secret, Timestamp};
use oauth::Thumbprint;
use oauth::access_token::{Issuance, issue};
use store::{Consent, Keys, NewAccessToken, Tx};

use super::id_token::subject;
use super::{ACCESS_TOKEN_ALGORITHM, Refusal};
use crate::{Identity, SESSION_LIFE};

/// What an access token says of itself.
#[derive(Clone, Copy)]
pub(super) struct Access<'a> {
    pub(super) scope: &'a Scope,
    /// For whom it is (RFC 8707); of one that nobody but us can read, nobody.
    pub(super) audience: &'a [String],
    /// The key that it is bound to.
    pub(super) key: Option<&'a Thumbprint>,
}

/// Makes an access token of a consent and keeps its hash, so that it can be revoked.
pub(super) async fn add(
    identity: &Identity,
    tx: &mut Tx,
    keys: &Keys,
    consent: &Consent,
    access: Access<'_>,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let token = if access.audience.is_empty() {
        identity.entropy.secret()
    } else {
        let whose = Whose { subject: &subject(consent), client_id: consent.public_id.as_str() };
        let proofed_at = Some(consent.identity.proofed_at);
        sign(identity, keys, whose, access, proofed_at, SESSION_LIFE, now)?
    };
    tx.add_access_token(&NewAccessToken {
        token: &token.hash(),
        consent_id: &consent.id,
        scope: access.scope,
        audience: access.audience,
        dpop_jkt: access.key.map(Thumbprint::as_str),
        issued_at: now,
        expires_at: now.plus(SESSION_LIFE),
    })
    .await?;
    Ok(token)
}

/// Whom a token is about, and who may use it.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) subject: &'a str,
    pub(super) client_id: &'a str,
}

/// Signs an access token (RFC 9068).
pub(super) fn sign(
    identity: &Identity,
    keys: &Keys,
    whose: Whose<'_>,
    access: Access<'_>,
    auth_time: Option<Timestamp>,
    life: Duration,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let audience: Vec<&str> = access.audience.iter().map(String::as_str).collect();
    let token_id = identity.entropy.secret();
    let issuance = Issuance {
        issuer: &identity.settings.base_url,
        audience: &audience,
        subject: whose.subject,
        client_id: whose.client_id,
        issued_at: now,
        life,
        token_id: token_id.expose(),
        scope: access.scope,
        jkt: access.key,
        auth_time,
    };
    let key = keys.signing(ACCESS_TOKEN_ALGORITHM)?;
    let signed = issue(&issuance, &key, &identity.entropy.for_signing());
    signed.map(Secret::new).map_err(|_| Refusal::Signing)
}
