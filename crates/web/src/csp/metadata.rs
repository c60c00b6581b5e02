//! Discovery and keys of an issuer.

use ::csp::Environment;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use crate::openapi::{IssuerMetadata, KeySet};
use crate::{App, published};

/// OpenID Connect discovery.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "credential service provider",
    operation_id = "getCspMetadata",
    responses((status = 200, description = "The issuer's metadata", body = IssuerMetadata)),
)]
pub(crate) async fn configuration(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: HeaderMap,
) -> Response {
    let issuer = app.csp.issuer(environment);
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "phone", "address", "offline_access"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nbf", "jti", "nonce", "azp", "inquiry_id", "given_name",
            "family_name", "middle_name", "nickname", "birthdate", "address", "phone_number",
            "phone_number_verified", "email", "email_verified",
        ],
        "claims_parameter_supported": false,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": false,
        "ui_locales_supported": ["en", "es"],
    });
    published::document(&document, &headers)
}

/// The keys that ID tokens are signed with.
#[utoipa::path(
    get,
    path = "/jwks",
    tag = "credential service provider",
    operation_id = "getCspKeys",
    responses((status = 200, description = "The issuer's public keys", body = KeySet)),
)]
pub(crate) async fn jwks(
    State(app): State<App>,
    Extension(environment): Extension<Environment>,
    headers: HeaderMap,
) -> Response {
    published::key_set(&[app.csp.keys(environment)], app.clock().now(), &headers).await
}
