//! Access tokens about a patient: known by when they lapse and their hash, and where they name for whom they are, JWTs
//! besides.

use std::time::Duration;

use jose::Compact;
use model::{ProvenSubject, Scope, Secret, SecretHash, Timestamp};
use oauth::Thumbprint;
use oauth::access_token::{Issuance, claimed_id, issue};
use store::{AccessTokenKey, Consent, Keys, NewAccessToken, Tx};

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
    consent: &Consent<ProvenSubject>,
    access: Access<'_>,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let expires_at = now.plus(SESSION_LIFE);
    let name = name(identity, expires_at);
    let token = if access.audience.is_empty() {
        name
    } else {
        let whose = Whose {
            subject: &subject(&consent.identity),
            client_id: consent.public_id.as_str(),
            auth_time: Some(consent.identity.proofed_at),
        };
        sign(identity, keys, &name, whose, access, SESSION_LIFE, now)?
    };
    tx.add_access_token(&NewAccessToken {
        key: &AccessTokenKey { expires_at, hash: token.hash() },
        consent_id: &consent.id,
        scope: access.scope,
        audience: access.audience,
        dpop_jkt: access.key.map(Thumbprint::as_str),
        issued_at: now,
    })
    .await?;
    Ok(token)
}

/// When a token lapses, in milliseconds, and a secret: the token itself, or the `jti` of a JWT. What has a dot is taken
/// for a JWT by some clients.
fn name(identity: &Identity, expires_at: Timestamp) -> Secret {
    Secret::new(format!("{}~{}", expires_at.millis(), identity.entropy.secret().expose()))
}

/// What a token is kept under, if it is one of these. Only being found there proves that it is.
pub(crate) fn key_of(token: &str) -> Option<AccessTokenKey> {
    let claimed;
    let name = match Compact::parse(token) {
        Ok(compact) => {
            claimed = claimed_id(&compact)?;
            &claimed
        }
        Err(_) => token,
    };
    let (lapses, _) = name.split_once('~')?;
    let expires_at = Timestamp::from_millis(lapses.parse().ok()?);
    Some(AccessTokenKey { expires_at, hash: SecretHash::of(token) })
}

/// Whom a token is about, and who may use it.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) subject: &'a str,
    pub(super) client_id: &'a str,
    /// When the person was authenticated, if it is about one.
    pub(super) auth_time: Option<Timestamp>,
}

/// Signs an access token (RFC 9068).
pub(super) fn sign(
    identity: &Identity,
    keys: &Keys,
    token_id: &Secret,
    whose: Whose<'_>,
    access: Access<'_>,
    life: Duration,
    now: Timestamp,
) -> Result<Secret, Refusal> {
    let audience: Vec<&str> = access.audience.iter().map(String::as_str).collect();
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
        auth_time: whose.auth_time,
    };
    let key = keys.signing(ACCESS_TOKEN_ALGORITHM)?;
    let signed = issue(&issuance, &key, &identity.entropy.for_signing());
    signed.map(Secret::new).map_err(|_| Refusal::Signing)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn what_says_when_it_lapses_is_looked_for_and_nothing_else() {
        let jwt = |claims: &str| {
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.{}", part(r#"{"alg":"ES256","kid":"k"}"#), part(claims), part("signature"))
        };
        for token in ["17~secret", &jwt(r#"{"jti":"17~secret"}"#)] {
            let key = key_of(token).expect("it says when");
            assert_eq!(key.expires_at, Timestamp::from_millis(17));
            assert!(key.hash.matches(&SecretHash::of(token)));
        }
        for token in ["", "secret", "~secret", "x~secret", "17.secret", "9223372036854775808~secret"] {
            assert!(key_of(token).is_none(), "{token}");
        }
        for claims in ["{}", r#"{"jti":17}"#, r#"{"jti":"secret"}"#, r#"{"jti":"17~a","jti":"18~b"}"#, "[]"] {
            assert!(key_of(&jwt(claims)).is_none(), "{claims}");
        }
    }
}
