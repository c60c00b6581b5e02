//! `/portal/organizations/{organization}/webhooks/{endpoint}`: one endpoint and what was sent to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use connect::webhooks;
use model::Organization;
use model::id::{DeliveryId, WebhookEndpointId};
use store::{Delivery, DeliveryStatus, WebhookEndpoint};

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::organization::{find, path_of};
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

/// How many deliveries the page shows.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "portal/deliveries.html")]
struct DeliveriesTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    endpoint: &'a WebhookEndpoint,
    deliveries: &'a [Delivery],
}

/// `GET …/webhooks/{endpoint}`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path((id, endpoint)): Path<(String, String)>,
) -> Result<Response, Stop> {
    let (organization, endpoint) = find_endpoint(&app, &id, &endpoint).await?;
    let deliveries = app.store().read().await?.deliveries_to(&endpoint.id, SHOWN).await?;
    let template = DeliveriesTemplate {
        frame: operator.frame(),
        tab: "webhooks",
        organization: &organization,
        endpoint: &endpoint,
        deliveries: &deliveries,
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

/// `POST …/webhooks/{endpoint}/test`: sends a sign of life.
pub(super) async fn test(
    State(app): State<App>,
    Path((id, endpoint)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let operator = posted.operator;
    let (organization, endpoint) = find_endpoint(&app, &id, &endpoint).await?;
    let sent = webhooks::send_test(&app.connect, &endpoint, ACTOR, &operator.request_id).await?;
    let notice = if sent { Notice::TestSent } else { Notice::TestNotSent };
    Ok(operator.done(&path_to(&organization, &endpoint), notice))
}

/// `POST …/webhooks/{endpoint}/deliveries/{delivery}`: sends an ended delivery again.
pub(super) async fn resend(
    State(app): State<App>,
    Path((id, endpoint, delivery)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let operator = posted.operator;
    let (organization, endpoint) = find_endpoint(&app, &id, &endpoint).await?;
    let delivery = DeliveryId::parse(&delivery)?;
    let resent = webhooks::resend(&app.connect, &endpoint, &delivery, ACTOR, &operator.request_id).await?;
    let notice = if resent { Notice::Resent } else { Notice::NotResent };
    Ok(operator.done(&path_to(&organization, &endpoint), notice))
}

async fn find_endpoint(app: &App, id: &str, endpoint: &str) -> Result<(Organization, WebhookEndpoint), Stop> {
    let organization = find(app, id).await?;
    let endpoint = WebhookEndpointId::parse(endpoint)?;
    let found = app.store().read().await?.webhook_endpoint(&endpoint, &organization.id).await?;
    Ok((organization, found.ok_or(Stop::NotFound)?))
}

fn path_to(organization: &Organization, endpoint: &WebhookEndpoint) -> String {
    format!("{}/webhooks/{}", path_of(&organization.id), endpoint.id)
}

/// How a state looks, and the key of its word.
fn state(delivery: &Delivery) -> (&'static str, &'static str) {
    match delivery.status {
        DeliveryStatus::Pending => ("wait", "portal-delivery-pending"),
        DeliveryStatus::Success => ("good", "portal-delivery-success"),
        DeliveryStatus::Dead => ("bad", "portal-delivery-dead"),
    }
}

fn has_ended(delivery: &Delivery) -> bool {
    delivery.status != DeliveryStatus::Pending
}
