//! The ID token for the client: who the session is about, nothing more.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, SigningKey};
use model::{Secret, SecretHash, Timestamp};
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
    access_token: &Secret,
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
        "at_hash": at_hash(access_token),
    });
    key.sign("JWT", claims.to_string().as_bytes(), &identity.entropy.for_signing())
}

/// Ties the ID token to the access token beside it: the left half of its hash, which is SHA-256 for every algorithm
/// of ours (OpenID Connect Core 3.1.3.6).
fn at_hash(access_token: &Secret) -> String {
    let hash = SecretHash::of(access_token.expose());
    URL_SAFE_NO_PAD.encode(hash.as_bytes().iter().copied().take(16).collect::<Vec<u8>>())
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

    /// The example of OpenID Connect Core A.3.
    #[test]
    fn at_hash_is_that_of_the_specification() {
        let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y".to_owned());
        assert_eq!(at_hash(&token), "77QmUPtjPfzWtF2AnpK9RQ");
    }
}
