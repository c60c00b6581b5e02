//! The ID token for the client: who the session is about, nothing more.

use jose::{Algorithm, SigningKey};
use model::Timestamp;
use serde_json::json;
use store::{Authorization, KeyPurpose};

use crate::{Identity, SESSION_LIFE};

/// The algorithms that a client's ID tokens can be signed with, the default first.
pub const ALGORITHMS: &[Algorithm] = KeyPurpose::Identity.algorithms();

/// The algorithm of a client's ID tokens: what it asks for where we have such keys, otherwise ES256.
pub fn algorithm_for(asked: Option<Algorithm>) -> Algorithm {
    asked.filter(|algorithm| ALGORITHMS.contains(algorithm)).unwrap_or(Algorithm::Es256)
}

/// Signs an ID token for the client of an authorization (OpenID Connect Core 2). `sub` is the CSP's
/// subject behind its issuer: the same person verified by two CSPs is two subjects, as their CSPs say.
pub fn issue(
    identity: &Identity,
    key: &SigningKey,
    authorization: &Authorization,
    now: Timestamp,
) -> Result<String, jose::SigningFault> {
    let proven = &authorization.identity;
    let claims = json!({
        "iss": identity.settings.base_url,
        "sub": format!("{}#{}", proven.issuer, proven.subject),
        "aud": authorization.public_id.as_str(),
        "iat": now.seconds(),
        "exp": now.plus(SESSION_LIFE).seconds(),
        "auth_time": proven.proofed_at.seconds(),
    });
    key.sign("JWT", claims.to_string().as_bytes(), &identity.entropy.for_signing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn es256_unless_a_client_asks_for_rs256() {
        for (asked, given) in [
            (None, Algorithm::Es256),
            (Some(Algorithm::Es256), Algorithm::Es256),
            (Some(Algorithm::Rs256), Algorithm::Rs256),
            (Some(Algorithm::Rs384), Algorithm::Es256),
        ] {
            assert_eq!(algorithm_for(asked), given);
        }
    }
}
