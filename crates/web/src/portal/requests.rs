//! `/portal/organizations/{organization}/requests`: which calls of the organisation failed, and what to do about
//! it; page by page, all of them or what is asked for.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{Credential, Organization};
use store::{FailedCall, FailedCallFilter, FailedCallPage, FailedCallPlace};

use super::frame::Frame;
use super::organization::{find, path_of};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};
use crate::request::{Fields, FormFault, Query};
use crate::response::with_parameters;

/// How many calls a page shows.
const SHOWN: u32 = 100;
/// By what the list is filtered.
const FILTERS: [&str; 3] = ["request", "class", "credential"];
/// The first digits that the status of a failed call can have.
const CLASSES: [(&str, &str); 2] = [("4", "portal-class-refused"), ("5", "portal-class-failed")];

#[derive(Template)]
#[template(path = "portal/requests.html")]
struct RequestsTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    credentials: &'a [Credential],
    sheet: Sheet,
    filtered: bool,
    calls: &'a [(i64, FailedCall)],
    /// The pages before and behind this one.
    newer: Option<String>,
    older: Option<String>,
}

/// `GET …/requests?request=…&class=…&credential=…&before=…`, or `after`.
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    query: Result<Query, FormFault>,
) -> Result<Response, Stop> {
    let Query(fields) = query?;
    let organization = find(&app, &id).await?;
    let filter = FailedCallFilter {
        request_id: entered(&fields, "request"),
        public_id: entered(&fields, "credential"),
        class: entered(&fields, "class").and_then(|digit| digit.parse().ok()),
    };
    let mut tx = app.store().read().await?;
    let credentials = tx.credentials_of(&organization.id).await?;
    let page = tx.failed_calls(&organization.id, filter, place(&fields), SHOWN).await?;
    let FailedCallPage { calls, newer, older } = &page;
    let mut frame = operator.frame();
    let path = path_to(&organization);
    let beyond = |parameter: &str, call: Option<&(i64, FailedCall)>| {
        call.map(|(id, _)| frame.to(&address(&path, &fields, Some((parameter, &id.to_string())))))
    };
    let (newer, older) = (
        beyond("after", calls.first().filter(|_| *newer)),
        beyond("before", calls.last().filter(|_| *older)),
    );
    let here = ["before", "after"].into_iter().find_map(|name| Some((name, fields.get(name)?)));
    frame.here = Some(address(&path, &fields, here));
    let template = RequestsTemplate {
        sheet: Sheet::entered(&fields, &FILTERS),
        filtered: FILTERS.iter().any(|name| entered(&fields, name).is_some()),
        frame,
        tab: "requests",
        organization: &organization,
        credentials: &credentials,
        calls,
        newer,
        older,
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

fn path_to(organization: &Organization) -> String {
    format!("{}/requests", path_of(&organization.id))
}

fn entered<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(str::trim).filter(|text| !text.is_empty())
}

fn place(fields: &Fields) -> FailedCallPlace {
    let id = |name| fields.get(name).and_then(|text| text.parse().ok());
    match (id("before"), id("after")) {
        (Some(before), _) => FailedCallPlace::Before(before),
        (None, Some(after)) => FailedCallPlace::After(after),
        (None, None) => FailedCallPlace::Latest,
    }
}

/// The list under the same filter, at another place.
fn address(path: &str, fields: &Fields, place: Option<(&str, &str)>) -> String {
    let filters = FILTERS.into_iter().filter_map(|name| Some((name, entered(fields, name)?)));
    let parameters: Vec<_> = filters.chain(place).collect();
    if parameters.is_empty() { path.to_owned() } else { with_parameters(path, &parameters) }
}
