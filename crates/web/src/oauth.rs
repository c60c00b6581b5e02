//! The authorization server's routes.

mod authorize;
mod checks;
mod cookies;
mod decision;
mod error;
mod introspect;
mod letter;
mod logout;
mod metadata;
mod par;
mod proofing;
mod token;
mod userinfo;

use axum::routing::{get, post};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::App;
use crate::request::without_head;
pub(crate) use error::{OAuthError, OAuthErrorBody, post_only};

/// The OAuth endpoints, served with and without `/v1`.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(par::post).map(|methods| methods.fallback(error::post_only)))
        .routes(routes!(token::post).map(|methods| methods.fallback(error::post_only)))
        .routes(routes!(introspect::post).map(|methods| methods.fallback(error::post_only)))
        .routes(routes!(introspect::revoke).map(|methods| methods.fallback(error::post_only)))
        .routes(routes!(userinfo::get, userinfo::post))
        // Pages, for the browser alone.
        .route("/oauth2/authorize", without_head(get(authorize::get).post(authorize::post), "GET, POST"))
        .route("/oauth2/authorize/decision", post(decision::post))
        .merge(proofing::routes())
        .route("/oauth2/logout", without_head(get(logout::get).post(logout::post), "GET, POST"))
}

/// Discovery, which stands at the issuer's root.
pub(crate) fn metadata_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(metadata::openid_configuration))
        .routes(routes!(metadata::oauth_authorization_server))
        .routes(routes!(metadata::jwks))
}
