//! The authorization server's routes.

mod authorize;
mod decision;
mod error;
mod metadata;
mod par;
mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::request::without_head;
pub(crate) use error::{OAuthError, post_only};

/// The OAuth endpoints, served with and without `/v1`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/oauth2/par", post(par::post).fallback(error::post_only))
        .route("/oauth2/authorize", without_head(get(authorize::get), "GET"))
        .route("/oauth2/authorize/decision", post(decision::post))
        .route("/oauth2/token", post(token::post).fallback(error::post_only))
}

/// Discovery, which stands at the issuer's root.
pub(crate) fn metadata_routes() -> Router<App> {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata::configuration))
        .route("/.well-known/oauth-authorization-server", get(metadata::configuration))
        .route("/jwks.json", get(metadata::jwks))
}
