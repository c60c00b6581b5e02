//! Every URL of OpenIAS, every status code and every page. Handlers take a request apart, call an engine
//! and reply; what is decided is decided in the engines.

mod address;
mod api_error;
mod app;
mod bridge;
mod call;
mod challenge;
mod csp;
mod embed;
mod guard;
mod health;
mod language;
mod limits;
mod oauth;
mod openapi;
mod pages;
mod portal;
mod published;
mod request;
mod request_log;
mod response;
mod serve;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;

pub use address::{InvalidNetwork, TrustedProxies};
pub use app::{App, Parts};
pub use limits::Limits;
pub use portal::{sign_in_link, sign_in_link_for};
pub use request_log::keep_request_log;
pub use serve::{serve, serve_behind};

/// All routes.
pub fn router(app: App) -> Router {
    Router::from(api())
        .merge(embed::routes())
        .merge(portal::routes())
        .fallback(pages::nowhere)
        .layer(axum::middleware::from_fn_with_state(app.clone(), request::identify))
        .with_state(app)
}

/// What the API answers to, in OpenAPI 3.1 as JSON.
pub fn openapi() -> String {
    openapi::to_json(&api().into_openapi())
}

/// The routes that are described, and the pages between them that are not.
fn api() -> OpenApiRouter<App> {
    let (unversioned, versioned) = (oauth::routes().merge(bridge::downloads()), bridge::routes());
    let undescribed = |routes| OpenApiRouter::from(Router::from(routes));
    openapi::router()
        .merge(oauth::metadata_routes())
        .merge(unversioned.clone())
        .nest("/v1", versioned.clone())
        // The published clients use the API with and without a version in the path.
        .merge(undescribed(versioned))
        .nest("/v1", undescribed(unversioned))
        .merge(csp::routes())
        .merge(health::routes())
        .merge(openapi::routes())
}
