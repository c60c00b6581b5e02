//! The client assertion: who asks, why, for whom, and the patient's own ID token as the proof.
//!
//! Claims of UDAP B2B authorization with the extension objects of Facilitated FHIR SOP 2.0: `hl7-b2b`
//! names the organisation and the purpose, `tefca_ias` the person.

use std::time::Duration;

use jose::{Algorithm, SigningFault};
use model::id::TokenId;
use model::{Secret, Timestamp};
use serde_json::{Value, json};
use store::StoreError;

use crate::{Network, Requester};

/// The exchange purpose of individual access (XP SOP 5.1).
pub const PURPOSE_OF_USE: &str = "urn:oid:2.16.840.1.113883.3.7204.1.5.2.1#T-IAS";
/// Assertions live this long; UDAP allows at most 300 seconds.
const LIFE: Duration = Duration::from_mins(5);
const _: () = assert!(LIFE.as_secs() <= store::key_ring::SIGNED_LIFE.as_secs());

/// Why there is no assertion.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// The library could not sign.
    #[error(transparent)]
    Signing(#[from] SigningFault),
    /// The key could not be had.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs an assertion for one token endpoint that says who asks, why and for whom. Each has its own id and
/// is used once.
pub async fn sign(
    network: &Network,
    requester: Requester<'_>,
    token_endpoint: &str,
) -> Result<Secret, Unsigned> {
    let now = network.clock.now();
    let mut claims = claims(network, token_endpoint, now);
    claims["extensions"] = json!({"hl7-b2b": hl7_b2b(requester), "tefca_ias": tefca_ias(requester)});
    sign_claims(network, &claims, now).await
}

/// Signs an assertion that proves the client and nothing else: the patient speaks for themselves.
pub async fn sign_client(network: &Network, token_endpoint: &str) -> Result<Secret, Unsigned> {
    let now = network.clock.now();
    sign_claims(network, &claims(network, token_endpoint, now), now).await
}

fn claims(network: &Network, token_endpoint: &str, now: Timestamp) -> Value {
    let client_id = &network.settings.client_id;
    json!({
        "iss": client_id,
        "sub": client_id,
        "aud": token_endpoint,
        "iat": now.seconds(),
        "exp": now.plus(LIFE).seconds(),
        "jti": TokenId::from_random(network.entropy.bytes()).as_str(),
    })
}

/// RS256, which every responder must understand.
async fn sign_claims(network: &Network, claims: &Value, now: Timestamp) -> Result<Secret, Unsigned> {
    let key = network.keys.signing(Algorithm::Rs256, now).await?;
    let signed = key.sign("JWT", claims.to_string().as_bytes(), &network.entropy.for_signing())?;
    Ok(Secret::new(signed))
}

fn hl7_b2b(requester: Requester<'_>) -> Value {
    json!({
        "version": "1",
        "organization_name": requester.organization_name,
        "organization_id": format!("Organization/{}", requester.identity.meant_for.oid()),
        "purpose_of_use": [PURPOSE_OF_USE],
    })
}

fn tefca_ias(requester: Requester<'_>) -> Value {
    let patient = fhir::patient::build(None, &requester.identity.demographics, &[]);
    let mut user = patient.clone();
    user["resourceType"] = json!("RelatedPerson");
    user["relationship"] = json!([{"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
        "code": "ONESELF",
    }]}]);
    json!({
        "version": "1",
        "user_information": user,
        "patient_information": patient,
        "id_token": requester.identity.id_token,
    })
}
