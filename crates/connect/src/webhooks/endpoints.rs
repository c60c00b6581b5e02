//! Endpoints as an operator keeps them: registering one, switching it, asking it for a sign of life,
//! sending it something again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::id::{DeliveryId, EventId, OrganizationId, WebhookEndpointId};
use model::{Mode, Secret, Timestamp};
use serde_json::json;
use store::{Happening, StoreError, Tx, WebhookEndpoint, WebhookEvent};

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

/// Registers an endpoint with a fresh secret. `actor` and `request_id` stand in the audit trail.
pub async fn add_endpoint(
    connect: &Connect,
    organization: &OrganizationId,
    mode: Mode,
    url: &str,
    event_types: &[String],
    actor: &str,
    request_id: &str,
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
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    if !tx.add_webhook_endpoint(&endpoint, now).await? {
        return Err(EndpointRefused::Duplicate);
    }
    audit(&mut tx, &endpoint.id, "webhook_endpoint.added", organization.as_str(), actor, request_id, now)
        .await?;
    tx.commit().await?;
    Ok(endpoint)
}

/// Switches an organisation's endpoint on or off; false when it has none with that id.
pub async fn switch_endpoint(
    connect: &Connect,
    organization: &OrganizationId,
    id: &WebhookEndpointId,
    active: bool,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let mut tx = connect.store.write().await?;
    if !tx.set_webhook_endpoint_active(id, organization, active).await? {
        return Ok(false);
    }
    let action = if active { "webhook_endpoint.switched_on" } else { "webhook_endpoint.switched_off" };
    audit(&mut tx, id, action, organization.as_str(), actor, request_id, connect.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Sends `webhook.test` to one endpoint; false when it is switched off.
pub async fn send_test(
    connect: &Connect,
    endpoint: &WebhookEndpoint,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    let data = json!({"hello": "world", "random": u32::from_be_bytes(connect.entropy.bytes()).to_string()});
    let event = WebhookEvent {
        id: &EventId::from_random(connect.entropy.bytes()),
        organization_id: &endpoint.organization_id,
        mode: endpoint.mode,
        event_type: Event::Test.as_str(),
        data: &data.to_string(),
        created_at: now,
    };
    if tx.add_webhook_event(&event, |id, _| *id == endpoint.id, || fresh_delivery(connect)).await? == 0 {
        return Ok(false);
    }
    audit(&mut tx, &endpoint.id, "webhook_endpoint.tested", event.id.as_str(), actor, request_id, now)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// Sends an ended delivery to its endpoint again; false when it is under way already or is none of the
/// endpoint's.
pub async fn resend(
    connect: &Connect,
    endpoint: &WebhookEndpoint,
    delivery: &DeliveryId,
    actor: &str,
    request_id: &str,
) -> Result<bool, StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    if !tx.resend(delivery, &endpoint.id, now).await? {
        return Ok(false);
    }
    audit(&mut tx, &endpoint.id, "webhook_endpoint.resent", delivery.as_str(), actor, request_id, now)
        .await?;
    tx.commit().await?;
    Ok(true)
}

async fn audit(
    tx: &mut Tx,
    endpoint: &WebhookEndpointId,
    action: &str,
    detail: &str,
    actor: &str,
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.audit(Happening { request_id, actor, action, subject: endpoint.as_str(), detail }, now).await
}
