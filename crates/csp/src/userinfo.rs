//! The userinfo endpoint of the CSP.

use model::SecretHash;
use serde_json::{Map, Value};
use store::StoreError;

use crate::tokens::issuance;
use crate::{Csp, Environment};

/// The claims about the person behind an access token: those of the ID token that are about the person,
/// with the same `sub`. None when the token is unknown, lapsed or of the other environment.
pub async fn claims(
    csp: &Csp,
    environment: Environment,
    access_token: &str,
) -> Result<Option<Map<String, Value>>, StoreError> {
    let now = csp.clock.now();
    let mut tx = csp.store.read().await?;
    let Some(id) = tx.userinfo_inquiry(&SecretHash::of(access_token), now).await? else { return Ok(None) };
    let Some(inquiry) = tx.inquiry(&id).await? else { return Ok(None) };
    let template = tx.authentication_template(&inquiry.client_id).await?;
    let Some(template) = template.filter(|template| template.active && template.environment == environment)
    else {
        return Ok(None);
    };
    let issuer = csp.issuer(environment);
    let Ok(issuance) = issuance(&issuer, &template, &inquiry, None, "", now) else { return Ok(None) };
    let mut claims: Map<String, Value> = serde_json::from_slice(&token::issue(&issuance)).unwrap_or_default();
    for about_the_token in ["iss", "aud", "exp", "iat", "nbf", "jti", "azp", "auth_time"] {
        claims.remove(about_the_token);
    }
    Ok(Some(claims))
}
