//! `/portal`: all organisations, a form for another, and what this server is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::csps::Csp;
use identity::organizations::{self, Draft, Refusal};
use model::{Entitlements, Organization};

use super::ACTOR;
use super::csrf::Posted;
use super::frame::{Frame, Notice};
use super::organization::{find_faults, path_of};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

#[derive(Template)]
#[template(path = "portal/organizations.html")]
struct OrganizationsTemplate<'a> {
    frame: Frame,
    organizations: &'a [Listed<'a>],
    sheet: Sheet,
    version: &'static str,
    base_url: &'a str,
    csps: &'a [Csp],
}

/// An organisation in the list, with what it may do in each mode; empty for nothing.
struct Listed<'a> {
    organization: &'a Organization,
    test: &'static str,
    live: &'static str,
}

/// `GET /portal`
pub(super) async fn get(State(app): State<App>, operator: Operator) -> Result<Response, Stop> {
    page(&app, &operator, Sheet::default()).await
}

/// `POST /portal`: adds an organisation.
pub(super) async fn post(State(app): State<App>, posted: Posted) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let draft = Draft {
        name: fields.text("name"),
        hcid: fields.text("hcid"),
        privacy_policy_uri: fields.text("privacy_policy_uri"),
        ..Draft::default()
    };
    match organizations::add(&app.identity, &draft, ACTOR, &operator.request_id).await {
        Ok(added) => Ok(operator.done(&path_of(&added.id), Notice::OrganizationAdded)),
        Err(Refusal::Draft(faults)) => {
            let mut sheet = Sheet::entered(&fields, &["name", "hcid", "privacy_policy_uri"]);
            find_faults(&mut sheet, &faults, operator.language);
            page(&app, &operator, sheet).await
        }
        Err(Refusal::Unknown) => Err(Stop::NotFound),
        Err(Refusal::Store(error)) => Err(error.into()),
    }
}

async fn page(app: &App, operator: &Operator, sheet: Sheet) -> Result<Response, Stop> {
    let organizations = app.store().read().await?.organizations().await?;
    let listed: Vec<_> = organizations
        .iter()
        .map(|organization| Listed {
            organization,
            test: switches(organization.test),
            live: switches(organization.live),
        })
        .collect();
    let status = sheet.status();
    Ok(pages::page(
        status,
        &Policy::default(),
        &OrganizationsTemplate {
            frame: operator.frame(),
            organizations: &listed,
            sheet,
            version: env!("CARGO_PKG_VERSION"),
            base_url: app.base_url(),
            csps: app.identity.csps.all(),
        },
    ))
}

fn switches(entitled: Entitlements) -> &'static str {
    match (entitled.tefca, entitled.byoi) {
        (true, true) => "TEFCA + BYOI",
        (true, false) => "TEFCA",
        (false, true) => "BYOI",
        (false, false) => "",
    }
}
