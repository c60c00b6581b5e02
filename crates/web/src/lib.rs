//! Every URL of OpenIAS, every status code and every page. Handlers take a request apart, call an engine
//! and reply; what is decided is decided in the engines.

mod api_error;
mod app;
mod bridge;
mod csp;
mod embed;
mod health;
mod language;
mod oauth;
mod pages;
mod portal;
mod published;
mod request;
mod response;
mod serve;

use axum::Router;

pub use app::{App, Parts};
pub use portal::{sign_in_link, sign_in_link_for};
pub use serve::serve;

/// All routes.
pub fn router(app: App) -> Router {
    let api = Router::new().merge(oauth::routes()).merge(bridge::routes());
    Router::new()
        .merge(oauth::metadata_routes())
        .merge(csp::routes())
        .merge(embed::routes())
        .merge(portal::routes())
        .merge(health::routes())
        // The published clients use the API with and without a version in the path.
        .merge(api.clone())
        .nest("/v1", api)
        .fallback(pages::nowhere)
        .layer(axum::middleware::from_fn_with_state(app.clone(), request::identify))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(response::after_panic))
        .with_state(app)
}
