//! The ID token for the client: who the session is about, nothing more.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::Algorithm;
use model::{IdTokenAlgorithm, ProvenSubject, Secret, Timestamp};
use serde::Serialize;
use store::{Consent, Keys};

use super::Refusal;
use crate::clients::Client;
use crate::{Identity, SESSION_LIFE};

/// Signs an ID token for a client about the patient of a consent (OpenID Connect Core 2). A refreshed one has no
/// `nonce` and the first one's `auth_time` (12.2). `sid` names the consent, for a sign-out.
pub(super) fn issue(
    identity: &Identity,
    keys: &Keys,
    client: &Client,
    consent: &Consent<ProvenSubject>,
    access_token: &Secret,
    nonce: Option<&str>,
    now: Timestamp,
) -> Result<String, Refusal> {
    let claims = Claims {
        iss: &identity.settings.base_url,
        sub: &subject(&consent.identity),
        aud: client.credential.public_id.as_str(),
        iat: now.seconds(),
        exp: now.plus(SESSION_LIFE).seconds(),
        auth_time: consent.identity.proofed_at.seconds(),
        at_hash: &half_hash(access_token.expose()),
        sid: consent.id.as_str(),
        nonce,
    };
    let claims = serde_json::to_vec(&claims).map_err(|_| Refusal::Signing)?;
    let key = keys.signing(algorithm(client))?;
    let signed = key.sign("JWT", &claims, &identity.entropy.for_signing());
    signed.map_err(|_| Refusal::Signing)
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    auth_time: i64,
    at_hash: &'a str,
    sid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// What a client's ID tokens are signed with.
pub(crate) fn algorithm(client: &Client) -> Algorithm {
    match client.credential.policy.id_token_algorithm {
        IdTokenAlgorithm::Es256 => Algorithm::Es256,
        IdTokenAlgorithm::Rs256 => Algorithm::Rs256,
    }
}

/// `sub`: the CSP's subject behind its issuer. The same person verified by two CSPs is two subjects, as their CSPs
/// say.
pub(crate) fn subject(patient: &ProvenSubject) -> String {
    format!("{}#{}", patient.issuer, patient.subject)
}

/// The left half of a token's hash, by the hash of our signature algorithms (OpenID Connect Core 3.1.3.6).
fn half_hash(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
