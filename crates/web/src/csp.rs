//! The CSP's routes, the same under each of its two issuers.

mod authorize;
mod error;
mod inquiry;
mod metadata;
mod par;
mod token;
mod userinfo;

use ::csp::{Environment, path_of};
use axum::Router;
use axum::routing::{get, post};

use crate::App;
use crate::request::without_head;

/// `/authenticate/oidc-sandbox` and `/authenticate/oidc`.
pub(crate) fn routes() -> Router<App> {
    [Environment::Sandbox, Environment::Production].into_iter().fold(Router::new(), |router, environment| {
        let path = format!("/authenticate/{}", path_of(environment));
        // RFC 8414 section 3 puts the well-known part before the path of an issuer, OpenID Connect behind it.
        let first = format!("/.well-known/oauth-authorization-server{path}");
        let configuration = get(metadata::configuration).layer(axum::Extension(environment));
        router.nest(&path, of(environment)).route(&first, configuration)
    })
}

fn of(environment: Environment) -> Router<App> {
    Router::new()
        .route("/.well-known/openid-configuration", get(metadata::configuration))
        .route("/jwks", get(metadata::jwks))
        .route("/par", post(par::post).fallback(crate::oauth::post_only))
        .route("/authorize", without_head(get(authorize::get).post(authorize::post), "GET, POST"))
        .route("/inquiry/person", post(inquiry::person))
        .route("/inquiry/confirm", post(inquiry::confirm))
        .route("/inquiry/decline", post(inquiry::decline))
        .route("/token", post(token::post).fallback(crate::oauth::post_only))
        .route("/userinfo", get(userinfo::get).post(userinfo::get))
        .layer(axum::Extension(environment))
}
