//! Whether a patient could be sent to a CSP, for the operator who asks beforehand.

use egress::Client;

use super::provider::Provider;

/// Reads the discovery document of an issuer as it is read when a patient goes there; what is wrong with it.
pub async fn reach(client: &Client, issuer: &str) -> Result<(), String> {
    Provider::discover(client, issuer).await.map(drop).map_err(|fault| fault.to_string())
}
