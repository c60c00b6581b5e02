//! `/portal/organizations/{organization}/webhooks`: where events go.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use connect::webhooks::{self, EndpointRefused, Event};
use egress::EgressError;
use model::id::WebhookEndpointId;
use model::{Mode, Organization};
use store::WebhookEndpoint;

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::organization::{find, path_of};
use super::secret::{self, Fresh};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::language::Language;
use crate::pages::{self, Policy};
use crate::request::Fields;

#[derive(Template)]
#[template(path = "portal/webhooks.html")]
struct WebhooksTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    endpoints: &'a [WebhookEndpoint],
    sheet: Sheet,
}

/// `GET …/webhooks`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let organization = find(&app, &id).await?;
    page(&app, &operator, &organization, Sheet::of([("mode", "test")])).await
}

/// `POST …/webhooks`: adds an endpoint; the answer shows its secret, the only time.
pub(super) async fn post(
    State(app): State<App>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let mut sheet = sheet_of(&fields);
    let Some(mode) = Mode::parse(fields.text("mode")) else {
        sheet.find_fault("mode", &operator.language.text("portal-fault-mode"));
        return page(&app, &operator, &organization, sheet).await;
    };
    let (url, events) = (fields.text("url").trim(), opted(&fields));
    let (connect, request_id) = (&app.connect, &operator.request_id);
    match webhooks::add_endpoint(connect, &organization.id, mode, url, &events, ACTOR, request_id).await {
        Ok(endpoint) => Ok(secret::page(
            &operator,
            &organization,
            &Fresh {
                tab: "webhooks",
                stem: "portal-hook",
                known: ("portal-url", &endpoint.url),
                secret: ("portal-signing-secret", &endpoint.secret),
            },
        )),
        Err(EndpointRefused::Store(error)) => Err(error.into()),
        Err(refused) => {
            sheet.find_fault("url", &message(&refused, operator.language));
            page(&app, &operator, &organization, sheet).await
        }
    }
}

/// `POST …/webhooks/{endpoint}`: switches one on or off.
pub(super) async fn switch(
    State(app): State<App>,
    Path((id, endpoint)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organization = find(&app, &id).await?;
    let endpoint = WebhookEndpointId::parse(&endpoint)?;
    let active = fields.text("active") == "true";
    let (connect, request_id) = (&app.connect, &operator.request_id);
    if !webhooks::switch_endpoint(connect, &organization.id, &endpoint, active, ACTOR, request_id).await? {
        return Err(Stop::NotFound);
    }
    let notice = if active { Notice::EndpointOn } else { Notice::EndpointOff };
    Ok(operator.done(&format!("{}/webhooks/{endpoint}", path_of(&organization.id)), notice))
}

/// The events that an endpoint gets only when it asks for them, each with the name of its checkbox.
fn optional() -> impl Iterator<Item = (String, &'static str)> {
    let optional = Event::ALL.into_iter().filter(|event| !event.is_always_on());
    optional.map(|event| (format!("events.{}", event.as_str()), event.as_str()))
}

/// The events that every endpoint gets.
fn always() -> impl Iterator<Item = &'static str> {
    Event::ALL.into_iter().filter(|event| event.is_always_on()).map(Event::as_str)
}

fn opted(fields: &Fields) -> Vec<String> {
    let ticked: Vec<_> = fields.checked("events").collect();
    optional().filter(|(_, event)| ticked.contains(event)).map(|(_, event)| event.to_owned()).collect()
}

fn sheet_of(fields: &Fields) -> Sheet {
    let boxes: Vec<String> = optional().map(|(name, _)| name).collect();
    let names: Vec<&str> = ["url", "mode"].into_iter().chain(boxes.iter().map(String::as_str)).collect();
    Sheet::entered(fields, &names)
}

fn message(refused: &EndpointRefused, language: Language) -> String {
    match refused {
        EndpointRefused::Duplicate => language.text("portal-fault-url-known"),
        EndpointRefused::Url(EgressError::NotHttps) => language.text("portal-fault-url-https"),
        EndpointRefused::Url(EgressError::Credentials) => language.text("portal-fault-url-password"),
        EndpointRefused::Url(EgressError::PrivateAddress) => language.text("portal-fault-url-private"),
        _ => language.text("portal-fault-url"),
    }
}

async fn page(
    app: &App,
    operator: &Operator,
    organization: &Organization,
    sheet: Sheet,
) -> Result<Response, Stop> {
    let endpoints = app.store().read().await?.webhook_endpoints_of(&organization.id).await?;
    let (status, frame) = (sheet.status(), operator.frame());
    let template = WebhooksTemplate { frame, tab: "webhooks", organization, endpoints: &endpoints, sheet };
    Ok(pages::page(status, &Policy::default(), &template))
}
