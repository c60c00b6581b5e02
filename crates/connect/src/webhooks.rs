//! Webhooks: events in the transaction that caused them, delivered until they are taken or given up.

mod deliver;
mod endpoints;
mod signature;

use model::id::{DeliveryId, EventId, WebhookEndpointId};
use store::{Connection, StoreError, Tx, WebhookEvent};

pub(crate) use deliver::run;
pub use endpoints::{EndpointRefused, add_endpoint, resend, send_test, switch_endpoint};

use crate::Connect;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A patient connected a provider.
    ConnectionSuccess,
    /// A connection was revoked.
    AuthorizationRevoked,
    /// An export is ready.
    EhiExportSuccess,
    /// An export failed.
    EhiExportFailed,
    /// The operator asked for a sign of life.
    Test,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::ConnectionSuccess,
        Self::AuthorizationRevoked,
        Self::EhiExportSuccess,
        Self::EhiExportFailed,
        Self::Test,
    ];

    /// The `type` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectionSuccess => "patient.connection_success",
            Self::AuthorizationRevoked => "patient.authorization_revoked",
            Self::EhiExportSuccess => "patient.ehi_export_success",
            Self::EhiExportFailed => "patient.ehi_export_failed",
            Self::Test => "webhook.test",
        }
    }

    /// Whether an endpoint gets it without asking for it.
    pub const fn is_always_on(self) -> bool {
        matches!(self, Self::EhiExportSuccess | Self::EhiExportFailed | Self::Test)
    }
}

/// Keeps an event about a connection for every endpoint that wants it.
pub(crate) async fn emit(
    connect: &Connect,
    tx: &mut Tx,
    connection: &Connection,
    event: Event,
    data: &serde_json::Value,
) -> Result<(), StoreError> {
    let wants = |_: &WebhookEndpointId, types: &[String]| {
        event.is_always_on() || types.iter().any(|wanted| wanted == event.as_str())
    };
    let happening = WebhookEvent {
        id: &EventId::from_random(connect.entropy.bytes()),
        organization_id: &connection.organization_id,
        mode: connection.mode(),
        event_type: event.as_str(),
        data: &data.to_string(),
        created_at: connect.clock.now(),
    };
    tx.add_webhook_event(&happening, wants, || fresh_delivery(connect)).await?;
    Ok(())
}

fn fresh_delivery(connect: &Connect) -> DeliveryId {
    DeliveryId::from_random(connect.entropy.bytes())
}
