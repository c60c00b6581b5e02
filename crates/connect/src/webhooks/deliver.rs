//! Delivery: one attempt, and what follows from it.

use egress::Request;
use model::Timestamp;
use model::id::DeliveryId;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Delivery, DeliveryStatus, StoreError, WebhookEndpoint};

use super::signature::sign;
use crate::Connect;
use crate::worker::JobEnd;

/// The message, in the order of the published one.
#[derive(Serialize)]
struct Message<'a> {
    api_mode: &'a str,
    /// Of this attempt.
    date: String,
    /// The same on every attempt.
    id: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    data: &'a RawValue,
}

/// Makes one attempt at a delivery.
pub(crate) async fn run(connect: &Connect, subject: &str) -> Result<JobEnd, StoreError> {
    let Ok(id) = DeliveryId::parse(subject) else { return Ok(JobEnd::Done) };
    let found = connect.store.read().await?.delivery(&id).await?;
    let Some((delivery, endpoint)) = found else { return Ok(JobEnd::Done) };
    if delivery.status != DeliveryStatus::Pending {
        return Ok(JobEnd::Done);
    }
    let (status, failure) = attempt(connect, &delivery, &endpoint).await;
    let retry =
        connect.settings.webhook_retries.get(usize::try_from(delivery.attempts).unwrap_or(usize::MAX));
    let (next, end) = match (&failure, retry) {
        (None, _) => (DeliveryStatus::Success, JobEnd::Done),
        (Some(_), Some(wait)) => (DeliveryStatus::Pending, JobEnd::Again(*wait)),
        (Some(_), None) => (DeliveryStatus::Dead, JobEnd::Done),
    };
    if let Some(why) = &failure {
        tracing::info!(delivery = %id, attempt = delivery.attempts + 1, %why, "a webhook was not taken");
    }
    let mut tx = connect.store.write().await?;
    tx.record_attempt(&id, next, status, failure.as_deref(), connect.clock.now()).await?;
    tx.commit().await?;
    Ok(end)
}

/// Sends the message; the HTTP status, and why it does not count as taken.
async fn attempt(
    connect: &Connect,
    delivery: &Delivery,
    endpoint: &WebhookEndpoint,
) -> (Option<u16>, Option<String>) {
    if !endpoint.active {
        return (None, Some("the endpoint is switched off".to_owned()));
    }
    match send(connect, delivery, endpoint, connect.clock.now()).await {
        Ok(status @ 200..=299) => (Some(status), None),
        Ok(status @ 300..=399) => {
            (Some(status), Some("redirects are not followed: register the final URL".to_owned()))
        }
        Ok(status) => (Some(status), Some(format!("the endpoint answered with status {status}"))),
        Err(why) => (None, Some(why)),
    }
}

async fn send(
    connect: &Connect,
    delivery: &Delivery,
    endpoint: &WebhookEndpoint,
    now: Timestamp,
) -> Result<u16, String> {
    let data =
        RawValue::from_string(delivery.data.clone()).map_err(|_| "the event cannot be read".to_owned())?;
    let message = Message {
        api_mode: delivery.mode.as_str(),
        date: now.rfc3339(),
        id: delivery.event_id.as_str(),
        event_type: &delivery.event_type,
        data: &data,
    };
    let body = serde_json::to_string(&message).map_err(|_| "the event cannot be written".to_owned())?;
    let signature = sign(&endpoint.secret, delivery.event_id.as_str(), now, &body)
        .ok_or_else(|| "the endpoint's secret cannot be read".to_owned())?;
    let request = Request::post(&endpoint.url, "application/json", body)
        .header("webhook-id", delivery.event_id.as_str())
        .header("webhook-timestamp", &now.seconds().to_string())
        .header("webhook-signature", &signature)
        .within(connect.settings.webhook_timeout);
    // Whatever an endpoint says beside its status, it has the message.
    connect.client.status(request).await.map(|status| status.as_u16()).map_err(|error| error.to_string())
}
