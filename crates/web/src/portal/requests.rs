//! `/portal/organizations/{organization}/requests`: which calls of the organisation failed, and what to do about
//! it; page by page, all of them or what is asked for.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{Credential, Organization};
use store::{FailedCall, FailedCallFilter};

use super::frame::Frame;
use super::organization::{find, path_of};
use super::paging::{List, SHOWN};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};
use crate::request::{FormFault, Query};

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
    let path = format!("{}/requests", path_of(&organization.id));
    let list = List::new(&path, &FILTERS, &fields);
    let filter = FailedCallFilter {
        request_id: list.entered("request"),
        public_id: list.entered("credential"),
        class: list.entered("class").and_then(|digit| digit.parse().ok()),
    };
    let mut tx = app.store().read().await?;
    let credentials = tx.credentials_of(&organization.id).await?;
    let page = tx.failed_calls(&organization.id, filter, list.place(), SHOWN).await?;
    let mut frame = operator.frame();
    let (newer, older) = list.beside(&frame, &page, |(id, _)| *id);
    frame.here = Some(list.here());
    let template = RequestsTemplate {
        sheet: Sheet::entered(&fields, &FILTERS),
        filtered: list.is_filtered(),
        frame,
        tab: "requests",
        organization: &organization,
        credentials: &credentials,
        calls: &page.rows,
        newer,
        older,
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}
