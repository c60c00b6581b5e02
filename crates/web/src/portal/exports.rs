//! `/portal/organizations/{organization}/exports`: what became of each export.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use model::id::ConnectionId;
use model::{Organization, Timestamp};
use store::{Export, ExportState};

use super::frame::Frame;
use super::organization::find;
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

/// How many exports the page shows.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "portal/exports.html")]
struct ExportsTemplate<'a> {
    frame: Frame,
    tab: &'static str,
    organization: &'a Organization,
    exports: &'a [Row],
}

/// An export as the page shows it.
struct Row {
    export: Export,
    /// The provider that the records come from.
    provider: String,
}

/// `GET …/exports`
pub(super) async fn get(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Stop> {
    let organization = find(&app, &id).await?;
    let exports = rows(&app, &organization).await?;
    let template = ExportsTemplate {
        frame: operator.frame(),
        tab: "exports",
        organization: &organization,
        exports: &exports,
    };
    Ok(pages::page(StatusCode::OK, &Policy::default(), &template))
}

async fn rows(app: &App, organization: &Organization) -> Result<Vec<Row>, Stop> {
    let mut tx = app.store().read().await?;
    let mut providers: BTreeMap<ConnectionId, String> = BTreeMap::new();
    let mut rows = Vec::new();
    for export in tx.exports_of(&organization.id, SHOWN).await? {
        let provider = match providers.get(&export.connection_id) {
            Some(known) => known.clone(),
            None => tx
                .connection_in_any_mode(&export.connection_id, &organization.id)
                .await?
                .map(|c| c.provider)
                .unwrap_or_default(),
        };
        providers.insert(export.connection_id.clone(), provider.clone());
        rows.push(Row { export, provider });
    }
    Ok(rows)
}

impl Row {
    /// How its state looks, and the key of its word.
    fn state(&self) -> (&'static str, &'static str) {
        match &self.export.state {
            ExportState::Pending => ("wait", "portal-export-pending"),
            ExportState::Success { .. } => ("good", "portal-export-success"),
            ExportState::Failed { .. } => ("bad", "portal-export-failed"),
            ExportState::Expired => ("off", "portal-export-expired"),
        }
    }

    /// How many resources it holds, and until when.
    fn ready(&self) -> Option<(u64, Timestamp)> {
        match &self.export.state {
            ExportState::Success { stats, expires_at, .. } => {
                Some((stats.values().fold(0, |total, count| total.saturating_add(*count)), *expires_at))
            }
            _ => None,
        }
    }

    /// Why it failed: the code of the webhook, and the key of what it means.
    fn failure(&self) -> Option<(&str, &'static str)> {
        let ExportState::Failed { reason } = &self.export.state else { return None };
        let key = match reason.as_str() {
            "token_refresh_failure" => "portal-reason-token-refresh",
            "consent_revoked" => "portal-reason-consent-revoked",
            "tefca_no_documents_found" => "portal-reason-no-documents",
            "resource_invalid_content" => "portal-reason-invalid-content",
            "export_limit_exceeded" => "portal-reason-limit-exceeded",
            "tefca_disabled" => "portal-reason-tefca-disabled",
            "resource_patient_failure" => "portal-reason-patient-failure",
            _ => "portal-reason-suppressed",
        };
        Some((reason, key))
    }
}
