//! Endpoints: registering one, and asking it for a sign of life.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::id::{EventId, OrganizationId, WebhookEndpointId};
use model::{Mode, Secret};
use serde_json::json;
use store::{NewWebhookEndpoint, StoreError, WebhookEndpoint, WebhookEvent};

use super::signature::SECRET_PREFIX;
use super::{Event, fresh_delivery};
use crate::Connect;

/// Why an endpoint was not registered.
#[derive(Debug, thiserror::Error)]
pub enum EndpointRefused {
    /// OpenIAS would not dial it.
    #[error("webhooks cannot be sent there: {0}")]
    Url(#[from] egress::EgressError),
    /// The organisation has an endpoint with that URL, in this mode or the other.
    #[error("the organisation has an endpoint with this URL already")]
    Duplicate,
    /// There is no event of that name.
    #[error("there is no event {0:?}")]
    EventType(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Registers an endpoint with a fresh secret.
pub async fn add_endpoint(
    connect: &Connect,
    organization: &OrganizationId,
    mode: Mode,
    url: &str,
    event_types: &[String],
) -> Result<WebhookEndpoint, EndpointRefused> {
    connect.client.permits(url)?;
    let known = |name: &String| Event::ALL.iter().any(|event| event.as_str() == name);
    if let Some(unknown) = event_types.iter().find(|name| !known(name)) {
        return Err(EndpointRefused::EventType(unknown.clone()));
    }
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::from_random(connect.entropy.bytes()),
        organization_id: organization.clone(),
        mode,
        url: url.to_owned(),
        secret: Secret::new(format!("{SECRET_PREFIX}{}", STANDARD.encode(connect.entropy.bytes::<32>()))),
        event_types: event_types.to_vec(),
        active: true,
    };
    let mut tx = connect.store.write().await?;
    let new = NewWebhookEndpoint {
        id: &endpoint.id,
        organization_id: organization,
        mode,
        url,
        secret: &endpoint.secret,
        event_types,
    };
    if !tx.add_webhook_endpoint(&new, connect.clock.now()).await? {
        return Err(EndpointRefused::Duplicate);
    }
    tx.commit().await?;
    Ok(endpoint)
}

/// Sends `webhook.test` to one endpoint.
pub async fn send_test(connect: &Connect, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
    let mut tx = connect.store.write().await?;
    let data = json!({"hello": "world", "random": u32::from_be_bytes(connect.entropy.bytes()).to_string()});
    let event = WebhookEvent {
        id: &EventId::from_random(connect.entropy.bytes()),
        organization_id: &endpoint.organization_id,
        mode: endpoint.mode,
        event_type: Event::Test.as_str(),
        data: &data.to_string(),
        created_at: connect.clock.now(),
    };
    tx.add_webhook_event(&event, |id, _| *id == endpoint.id, || fresh_delivery(connect)).await?;
    tx.commit().await
}
