//! The bridge API: what the widget and integrators' backends call once a patient is proven.

mod caller;
mod connect;
mod download;
mod ehi_export;
mod org;
mod org_connection;
mod record_locator;
mod vault_connection;

use axum::Router;
use axum::routing::{get, post};
use serde::Serialize;

use crate::App;
use crate::request::without_head;
use crate::response::json_no_store;

/// The bridge API, served with and without `/v1`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/bridge/org", get(org::get))
        .route("/bridge/connect", without_head(get(connect::get), "GET"))
        .route("/bridge/callback", without_head(get(connect::callback), "GET"))
        .route("/bridge/record_locator", without_head(get(record_locator::start), "GET"))
        .route("/bridge/record_locator/{task}", get(record_locator::status))
        .route("/bridge/record_locator/{task}/result", get(record_locator::result))
        .route("/bridge/vault_connection/authorize", post(vault_connection::authorize))
        .route("/bridge/vault_connection/revoke", post(vault_connection::revoke))
        .route("/bridge/org_connection/{id}", get(org_connection::get).delete(org_connection::delete))
        .route("/bridge/fhir/ehi-export", post(ehi_export::post))
        .route("/bridge/fhir/ehi-export/{task}", get(ehi_export::get))
        .route("/bridge/fhir/ehi-export/{task}/download/{file}", get(download::link))
        .route("/downloads/{task}", get(download::file))
}

/// `{"success":true,"data":…}`
fn success<T: Serialize>(data: &T) -> axum::response::Response {
    #[derive(Serialize)]
    struct Envelope<'a, T> {
        success: bool,
        data: &'a T,
    }
    json_no_store(axum::http::StatusCode::OK, &Envelope { success: true, data })
}
