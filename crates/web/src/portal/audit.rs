//! `/portal/audit`: who did what to what, and why it was refused.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use store::AuditEntry;

use super::frame::Frame;
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

/// How many lines the page shows.
const SHOWN: u32 = 200;

#[derive(Template)]
#[template(path = "portal/audit.html")]
struct AuditTemplate<'a> {
    frame: Frame,
    entries: &'a [AuditEntry],
}

/// `GET /portal/audit`
pub(super) async fn get(State(app): State<App>, operator: Operator) -> Result<Response, Stop> {
    let entries = app.store().read().await?.audit_trail(SHOWN).await?;
    let template = AuditTemplate { frame: operator.frame(), entries: &entries };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}
