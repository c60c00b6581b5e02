//! The authorization server's routes.

mod authorize;
mod decision;
mod error;
mod introspect;
mod logout;
mod metadata;
mod par;
mod token;
mod userinfo;

use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::request::without_head;
pub(crate) use error::{OAuthError, post_only};

/// The OAuth endpoints, served with and without `/v1`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/oauth2/par", post(par::post).fallback(error::post_only))
        .route("/oauth2/authorize", without_head(get(authorize::get).post(authorize::post), "GET, POST"))
        .route("/oauth2/authorize/decision", post(decision::post))
        .route("/oauth2/token", post(token::post).fallback(error::post_only))
        .route("/oauth2/introspect", post(introspect::post).fallback(error::post_only))
        .route("/oauth2/revoke", post(introspect::revoke).fallback(error::post_only))
        .route("/oauth2/userinfo", get(userinfo::get).post(userinfo::get))
        .route("/oauth2/logout", without_head(get(logout::get).post(logout::post), "GET, POST"))
}

/// Discovery, which stands at the issuer's root.
pub(crate) fn metadata_routes() -> Router<App> {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata::configuration))
        .route("/.well-known/oauth-authorization-server", get(metadata::configuration))
        .route("/jwks.json", get(metadata::jwks))
}
