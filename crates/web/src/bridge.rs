//! The bridge API: what the widget and integrators' backends call once a patient is proven.

mod caller;
mod connect;
mod download;
mod ehi_export;
mod org;
mod org_connection;
mod record_locator;
mod vault_connection;

use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::App;
use crate::request::without_head;
use crate::response::json_no_store;

/// The bridge API, served with and without `/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(org::get))
        .routes(routes!(connect::get).map(|methods| without_head(methods, "GET")))
        // A page, for the browser alone.
        .route("/bridge/callback", without_head(get(connect::callback), "GET"))
        .routes(routes!(record_locator::start).map(|methods| without_head(methods, "GET")))
        .routes(routes!(record_locator::status))
        .routes(routes!(record_locator::result))
        .routes(routes!(vault_connection::authorize))
        .routes(routes!(vault_connection::revoke))
        .routes(routes!(org_connection::get, org_connection::delete))
        .routes(routes!(ehi_export::post))
        .routes(routes!(ehi_export::get))
        .routes(routes!(download::link))
}

/// Where signed links lead, with and without `/v1` too.
pub(crate) fn downloads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(download::file))
}

/// `{"success":true,"data":…}`
#[derive(Serialize, ToSchema)]
pub(crate) struct Success<T> {
    /// `true`.
    success: bool,
    data: T,
}

fn success<T: Serialize>(data: T) -> axum::response::Response {
    json_no_store(axum::http::StatusCode::OK, &Success { success: true, data })
}
