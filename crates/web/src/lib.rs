//! Every URL of OpenIAS, every status code and every page. Handlers take a request apart, call an engine
//! and reply; what is decided is decided in the engines.

mod api_error;
mod bridge;
mod csp;
mod embed;
mod health;
mod language;
mod oauth;
mod pages;
mod portal;
mod request;
mod response;
mod serve;

use std::sync::Arc;

use ::csp::Csp;
use ambient::{Clock, Entropy};
use axum::Router;
use connect::Connect;
use identity::Identity;
use store::Store;

pub use portal::sign_in_link;
pub use serve::serve;

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The authorization server.
    pub identity: Identity,
    /// The credential service provider.
    pub csp: Csp,
    /// Connections, exports, webhooks.
    pub connect: Connect,
    /// Renders the metrics of the process.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl App {
    fn store(&self) -> &Store {
        &self.identity.store
    }

    fn clock(&self) -> &Clock {
        &self.identity.clock
    }

    fn entropy(&self) -> &Entropy {
        &self.identity.entropy
    }

    fn base_url(&self) -> &str {
        &self.identity.settings.base_url
    }
}

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
        .fallback(pages::not_found)
        .layer(axum::middleware::from_fn_with_state(app.clone(), request::identify))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(response::after_panic))
        .with_state(app)
}
