//! Webhooks: endpoints, events, and each event's way to each endpoint.

use model::id::{DeliveryId, EventId, OrganizationId, WebhookEndpointId};
use model::{Mode, Secret, Timestamp};

use crate::Result;
use crate::database::{Row, Tx, args, to_json};
use crate::outbox::JobKind;
use crate::sealing::Place;
use crate::statement::statements;

const ENDPOINTS: &str = "webhook_endpoints";
const DELIVERIES: &str = "webhook_deliveries";

statements! {
    INSERT_ENDPOINT = "INSERT INTO webhook_endpoints (id, organization_id, mode, url, secret, event_types, active,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organization_id, url) DO NOTHING";
    ENDPOINT = "SELECT * FROM webhook_endpoints WHERE id = $1 AND organization_id = $2";
    ENDPOINTS_OF = "SELECT * FROM webhook_endpoints WHERE organization_id = $1 ORDER BY created_at LIMIT 1000";
    SET_ENDPOINT_ACTIVE = "UPDATE webhook_endpoints SET active = $3 WHERE id = $1 AND organization_id = $2";
    ENDPOINTS_IN_MODE = "SELECT id, event_types FROM webhook_endpoints
        WHERE organization_id = $1 AND mode = $2 AND active LIMIT 1000";
    INSERT_EVENT = "INSERT INTO webhook_events (id, organization_id, mode, event_type, data, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    INSERT_DELIVERY = "INSERT INTO webhook_deliveries (id, event_id, endpoint_id, status, attempts, created_at,
            updated_at)
        VALUES ($1, $2, $3, 'pending', 0, $4, $4)";
    DELIVERY = "SELECT d.*, e.event_type, e.mode AS event_mode, e.data
        FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id WHERE d.id = $1";
    DELIVERY_ENDPOINT = "SELECT w.* FROM webhook_endpoints w JOIN webhook_deliveries d ON d.endpoint_id = w.id
        WHERE d.id = $1";
    DELIVERIES_TO = "SELECT d.*, e.event_type, e.mode AS event_mode, e.data
        FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event_id
        WHERE d.endpoint_id = $1 ORDER BY d.created_at DESC, d.id LIMIT $2";
    RECORD_ATTEMPT = "UPDATE webhook_deliveries SET status = $2, attempts = attempts + 1, last_status = $3,
            last_error = $4, updated_at = $5
        WHERE id = $1 AND status = 'pending'";
    REOPEN = "UPDATE webhook_deliveries SET status = 'pending', updated_at = $3
        WHERE id = $1 AND endpoint_id = $2 AND status <> 'pending'";
}

/// A webhook endpoint.
#[derive(Clone, Debug)]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// Which mode's events it gets.
    pub mode: Mode,
    /// Where they go.
    pub url: String,
    /// `whsec_…`.
    pub secret: Secret,
    /// The event types it opted into.
    pub event_types: Vec<String>,
    /// Whether it gets anything at all.
    pub active: bool,
}

/// An event as the engine hands it over.
pub struct WebhookEvent<'a> {
    /// Its id, the same on every retry.
    pub id: &'a EventId,
    /// Whose endpoints get it.
    pub organization_id: &'a OrganizationId,
    /// Which mode's endpoints get it.
    pub mode: Mode,
    /// Such as `patient.connection_success`.
    pub event_type: &'a str,
    /// The `data` member as JSON text. Ids and links, nothing about the person.
    pub data: &'a str,
    /// When it happened.
    pub created_at: Timestamp,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Waiting for its first or next attempt.
    Pending,
    /// The endpoint answered 2xx.
    Success,
    /// Every attempt failed. Kept, and can be sent again by hand.
    Dead,
}

impl DeliveryStatus {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Dead => "dead",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Success, Self::Dead].into_iter().find(|status| status.as_str() == text)
    }
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The event's id.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: String,
    /// The event's mode.
    pub mode: Mode,
    /// The event's `data` as JSON text.
    pub data: String,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Attempts made.
    pub attempts: i64,
    /// The last HTTP status.
    pub last_status: Option<i64>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When it was last tried.
    pub updated_at: Timestamp,
}

impl Tx {
    /// Adds an endpoint; false when the organisation has one with that URL.
    pub async fn add_webhook_endpoint(&mut self, endpoint: &WebhookEndpoint, now: Timestamp) -> Result<bool> {
        let e = endpoint;
        let sealed = self.store.sealer().seal(place(&e.id), e.secret.expose().as_bytes());
        let added = self
            .execute(
                INSERT_ENDPOINT,
                args![
                    e.id.as_str(),
                    e.organization_id.as_str(),
                    e.mode.as_str(),
                    &e.url,
                    &sealed,
                    &to_json(&e.event_types),
                    e.active,
                    now
                ],
            )
            .await?;
        Ok(added == 1)
    }

    /// An organisation's endpoint.
    pub async fn webhook_endpoint(
        &mut self,
        id: &WebhookEndpointId,
        organization: &OrganizationId,
    ) -> Result<Option<WebhookEndpoint>> {
        let row = self.fetch(ENDPOINT, args![id.as_str(), organization.as_str()]).await?;
        row.map(|row| self.read_endpoint(&row)).transpose()
    }

    /// An organisation's endpoints, oldest first.
    pub async fn webhook_endpoints_of(
        &mut self,
        organization: &OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>> {
        let rows = self.fetch_all(ENDPOINTS_OF, args![organization.as_str()]).await?;
        rows.iter().map(|row| self.read_endpoint(row)).collect()
    }

    /// Switches an organisation's endpoint on or off; false when it has none with that id.
    pub async fn set_webhook_endpoint_active(
        &mut self,
        id: &WebhookEndpointId,
        organization: &OrganizationId,
        active: bool,
    ) -> Result<bool> {
        Ok(self.execute(SET_ENDPOINT_ACTIVE, args![id.as_str(), organization.as_str(), active]).await? == 1)
    }

    /// Keeps an event and a delivery to each active endpoint that `wants` its event types, all in the
    /// outbox. Fresh delivery ids come from `fresh`.
    pub async fn add_webhook_event(
        &mut self,
        event: &WebhookEvent<'_>,
        wants: impl Fn(&WebhookEndpointId, &[String]) -> bool,
        fresh: impl Fn() -> DeliveryId,
    ) -> Result<usize> {
        let e = event;
        self.execute(
            INSERT_EVENT,
            args![
                e.id.as_str(),
                e.organization_id.as_str(),
                e.mode.as_str(),
                e.event_type,
                e.data,
                e.created_at
            ],
        )
        .await?;
        let rows =
            self.fetch_all(ENDPOINTS_IN_MODE, args![e.organization_id.as_str(), e.mode.as_str()]).await?;
        let mut sent = 0;
        for row in &rows {
            let endpoint = row.read(ENDPOINTS, "id", |text| WebhookEndpointId::parse(text).ok())?;
            let types: Vec<String> = row.json(ENDPOINTS, "event_types")?;
            if wants(&endpoint, &types) {
                let delivery = fresh();
                self.execute(
                    INSERT_DELIVERY,
                    args![delivery.as_str(), e.id.as_str(), endpoint.as_str(), e.created_at],
                )
                .await?;
                self.enqueue(JobKind::Deliver, delivery.as_str(), e.organization_id, e.created_at).await?;
                sent += 1;
            }
        }
        Ok(sent)
    }

    /// A delivery and the endpoint it goes to.
    pub async fn delivery(&mut self, id: &DeliveryId) -> Result<Option<(Delivery, WebhookEndpoint)>> {
        let Some(row) = self.fetch(DELIVERY, args![id.as_str()]).await? else { return Ok(None) };
        let Some(endpoint) = self.fetch(DELIVERY_ENDPOINT, args![id.as_str()]).await? else {
            return Ok(None);
        };
        Ok(Some((read_delivery(&row)?, self.read_endpoint(&endpoint)?)))
    }

    /// The deliveries to an endpoint, newest first.
    pub async fn deliveries_to(&mut self, endpoint: &WebhookEndpointId, limit: u32) -> Result<Vec<Delivery>> {
        self.fetch_all(DELIVERIES_TO, args![endpoint.as_str(), i64::from(limit)])
            .await?
            .iter()
            .map(read_delivery)
            .collect()
    }

    /// Records an attempt and where it leaves the delivery.
    pub async fn record_attempt(
        &mut self,
        id: &DeliveryId,
        status: DeliveryStatus,
        http_status: Option<u16>,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let http_status = http_status.map(i64::from);
        self.execute(RECORD_ATTEMPT, args![id.as_str(), status.as_str(), http_status, error, now]).await?;
        Ok(())
    }

    /// Puts an ended delivery into the outbox again; false when it is under way or goes elsewhere.
    pub async fn resend(
        &mut self,
        id: &DeliveryId,
        endpoint: &WebhookEndpointId,
        now: Timestamp,
    ) -> Result<bool> {
        if self.execute(REOPEN, args![id.as_str(), endpoint.as_str(), now]).await? == 0 {
            return Ok(false);
        }
        let Some((_, endpoint)) = self.delivery(id).await? else { return Ok(false) };
        self.requeue(JobKind::Deliver, id.as_str(), &endpoint.organization_id, now).await?;
        Ok(true)
    }

    fn read_endpoint(&self, row: &Row) -> Result<WebhookEndpoint> {
        let id = row.read(ENDPOINTS, "id", |text| WebhookEndpointId::parse(text).ok())?;
        let sealed: Vec<u8> = row.get("secret")?;
        let secret = self.store.sealer().open_sealed(place(&id), &sealed)?;
        Ok(WebhookEndpoint {
            organization_id: row
                .read(ENDPOINTS, "organization_id", |text| OrganizationId::parse(text).ok())?,
            mode: row.read(ENDPOINTS, "mode", Mode::parse)?,
            url: row.get("url")?,
            secret: Secret::new(String::from_utf8_lossy(&secret).into_owned()),
            event_types: row.json(ENDPOINTS, "event_types")?,
            active: row.get("active")?,
            id,
        })
    }
}

fn read_delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.read(DELIVERIES, "id", |text| DeliveryId::parse(text).ok())?,
        event_id: row.read(DELIVERIES, "event_id", |text| EventId::parse(text).ok())?,
        event_type: row.get("event_type")?,
        mode: row.read(DELIVERIES, "event_mode", Mode::parse)?,
        data: row.get("data")?,
        status: row.read(DELIVERIES, "status", DeliveryStatus::parse)?,
        attempts: row.get("attempts")?,
        last_status: row.get("last_status")?,
        last_error: row.get("last_error")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

fn place(id: &WebhookEndpointId) -> Place<'_> {
    Place { table: ENDPOINTS, column: "secret", row: id.as_str() }
}
