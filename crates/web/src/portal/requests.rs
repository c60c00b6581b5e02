//! `/portal/organizations/{organization}/requests`: which calls of the organisation failed, and what to do about
//! it; page by page, all of them or what is asked for.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::{Credential, Organization};
use store::{FailedCall, FailedCallFilter};
use token::Rule;

use super::frame::Frame;
use super::organization::{find, path_of};
use super::paging::{List, SHOWN};
use super::session::Operator;
use super::sheet::Sheet;
use super::stop::Stop;
use crate::App;
use crate::language::Language;
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

/// Why a call failed, in words.
struct Reason {
    /// What was wrong, and mostly what to do about it.
    what: String,
    /// What to tell the CSP, where the token is to blame.
    advice: Option<String>,
}

/// The words for a call's rule or, where it has none, for its error.
fn reason(language: Language, call: &FailedCall) -> Option<Reason> {
    if let Some(rule) = Rule::from_code(&call.rule) {
        return Some(Reason { what: language.rule(rule), advice: Some(language.advice(rule)) });
    }
    let key = key(&call.rule).or_else(|| key(&call.error))?;
    Some(Reason { what: language.text(key), advice: None })
}

/// The message for the code of a rule or an error.
fn key(code: &str) -> Option<&'static str> {
    Some(match code {
        "par.client_id" => "portal-why-client-id",
        "organization.tefca_disabled" | "tefca_disabled" => "portal-why-tefca",
        "organization.byoi_disabled" => "portal-why-byoi",
        "organization.no_hcid" => "portal-why-no-hcid",
        "par.request_uri" => "portal-why-request-uri",
        "par.scope" => "portal-why-scope",
        "par.response_type" => "portal-why-response-type",
        "par.audience" => "portal-why-audience",
        "par.redirect_uri" => "portal-why-redirect-uri",
        "par.idp" => "portal-why-idp",
        "par.idp_id_token" => "portal-why-no-token",
        "csp.keys_unavailable" => "portal-why-keys",
        "token.email_mode" => "portal-why-email-mode",
        "token.replayed" => "portal-why-replayed",
        "client.busy" | "too_many_requests" => "portal-why-busy",
        "code.unknown" => "portal-why-code-unknown",
        "code.redirect_uri" => "portal-why-code-redirect-uri",
        "code.verifier" => "portal-why-code-verifier",
        "code.spent" => "portal-why-code-spent",
        "unsupported_grant_type" => "portal-why-grant-type",
        "invalid_request" | "invalid_json" => "portal-why-unreadable",
        "not_found" => "portal-why-not-found",
        "connection_revoked" => "portal-why-connection-revoked",
        "consent_ended" => "portal-why-consent-ended",
        "export_expired" => "portal-why-export-expired",
        "provider_unavailable" => "portal-why-provider",
        "session_ended" => "portal-why-session-ended",
        "test_mode_only" => "portal-why-test-mode-only",
        "server_error" | "store" => "portal-why-server",
        _ => return None,
    })
}
