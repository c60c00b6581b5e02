//! `/portal/audit`: who did what to what, and why it was refused; page by page, all of it or what is asked for.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use store::{AuditEntry, AuditFilter, AuditPage, AuditPlace, StoreError, Tx};

use super::frame::Frame;
use super::organization::path_of;
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};
use crate::request::{Fields, FormFault, Query};
use crate::response::with_parameters;

const PATH: &str = "/portal/audit";
/// How many lines a page shows.
const SHOWN: u32 = 100;
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
    let [request_id, actor, action, subject] = FILTERS.map(|name| entered(&fields, name));
    let filter = AuditFilter { action, subject, actor, request_id };
    let mut tx = app.store().read().await?;
    let page = tx.audit_page(filter, place(&fields), SHOWN).await?;
    let failed = failed(&mut tx, &page.entries).await?;
    let AuditPage { entries, newer, older } = &page;
    let mut frame = operator.frame();
    let beyond = |parameter: &str, entry: Option<&AuditEntry>| {
        entry.map(|entry| frame.to(&address(&fields, Some((parameter, &entry.id.to_string())))))
    };
    let (newer, older) = (
        beyond("after", entries.first().filter(|_| *newer)),
        beyond("before", entries.last().filter(|_| *older)),
    );
    let here = ["before", "after"].into_iter().find_map(|name| Some((name, fields.get(name)?)));
    frame.here = Some(address(&fields, here));
    let template = AuditTemplate {
        sheet: Sheet::entered(&fields, &FILTERS),
        filtered: filter != AuditFilter::default(),
        failed: failed.into_iter().map(|(request, path)| (request, frame.to(&path))).collect(),
        frame,
        entries,
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

fn entered<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(str::trim).filter(|text| !text.is_empty())
}

fn place(fields: &Fields) -> AuditPlace {
    let id = |name| fields.get(name).and_then(|text| text.parse().ok());
    match (id("before"), id("after")) {
        (Some(before), _) => AuditPlace::Before(before),
        (None, Some(after)) => AuditPlace::After(after),
        (None, None) => AuditPlace::Latest,
    }
}

/// The trail under the same filter, at another place.
fn address(fields: &Fields, place: Option<(&str, &str)>) -> String {
    let filters = FILTERS.into_iter().filter_map(|name| Some((name, entered(fields, name)?)));
    let parameters: Vec<_> = filters.chain(place).collect();
    if parameters.is_empty() { PATH.to_owned() } else { with_parameters(PATH, &parameters) }
}
