//! The ID token for the client: who the session is about, nothing more.

use model::Timestamp;
use serde_json::json;
use store::Authorization;

use crate::{Identity, SESSION_LIFE};

/// Signs an ID token for the client of an authorization (OpenID Connect Core 2). `sub` is the CSP's
/// subject behind its issuer: the same person verified by two CSPs is two subjects, as their CSPs say.
pub fn issue(
    identity: &Identity,
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
    identity.signing_key.sign("JWT", claims.to_string().as_bytes(), &identity.entropy.for_signing())
}
