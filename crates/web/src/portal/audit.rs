//! `/portal/audit`: who did what to what, and why it was refused; page by page, all of it or what is asked for.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use store::{AuditEntry, AuditFilter, StoreError, Tx};

use super::frame::Frame;
use super::organization::path_of;
use super::paging::{List, SHOWN};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};
use crate::request::{FormFault, Query};
use crate::response::with_parameters;

const PATH: &str = "/portal/audit";
/// By what the trail is filtered.
const FILTERS: [&str; 4] = ["request_id", "actor", "action", "subject"];

#[derive(Template)]
#[template(path = "portal/audit.html")]
struct AuditTemplate<'a> {
    frame: Frame,
    sheet: Sheet,
    filtered: bool,
    entries: &'a [AuditEntry],
    /// Where the calls are told of that failed, by request.
    failed: BTreeMap<&'a str, String>,
    /// The pages before and behind this one.
    newer: Option<String>,
    older: Option<String>,
}

/// `GET /portal/audit?request_id=…&actor=…&action=…&subject=…&before=…`, or `after`.
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    query: Result<Query, FormFault>,
) -> Result<Response, Stop> {
    let Query(fields) = query?;
    let list = List::new(PATH, &FILTERS, &fields);
    let [request_id, actor, action, subject] = FILTERS.map(|name| list.entered(name));
    let filter = AuditFilter { action, subject, actor, request_id };
    let mut tx = app.store().read().await?;
    let page = tx.audit_page(filter, list.place(), SHOWN).await?;
    let failed = failed(&mut tx, &page.rows).await?;
    let mut frame = operator.frame();
    let (newer, older) = list.beside(&frame, &page, |entry| entry.id);
    frame.here = Some(list.here());
    let template = AuditTemplate {
        sheet: Sheet::entered(&fields, &FILTERS),
        filtered: list.is_filtered(),
        failed: failed.into_iter().map(|(request, path)| (request, frame.to(&path))).collect(),
        frame,
        entries: &page.rows,
        newer,
        older,
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

impl AuditTemplate<'_> {
    /// The lines of one request.
    fn of_request(&self, id: &str) -> String {
        self.frame.to(&with_parameters(PATH, &[("request_id", id)]))
    }
}

/// The page of the failed call behind each request that was one.
async fn failed<'a>(tx: &mut Tx, entries: &'a [AuditEntry]) -> Result<BTreeMap<&'a str, String>, StoreError> {
    let mut found = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.request_id.is_empty()) {
        let request = entry.request_id.as_str();
        if !found.contains_key(request)
            && let Some(organization) = tx.whose_failed_call(request).await?
        {
            let path = format!("{}/requests", path_of(&organization));
            found.insert(request, with_parameters(&path, &[("request", request)]));
        }
    }
    Ok(found)
}
