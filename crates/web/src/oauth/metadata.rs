//! Discovery (RFC 8414, OpenID Connect Discovery) and the public keys.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use identity::par::{OFFLINE_ACCESS, SCOPE};
use identity::{clients, dpop, tokens};
use serde_json::json;

use crate::openapi::{IssuerMetadata, KeySet};
use crate::{App, published};

/// OpenID Connect discovery.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "authorization server",
    operation_id = "getOpenIdConfiguration",
    responses((status = 200, description = "The issuer's metadata", body = IssuerMetadata)),
)]
pub(crate) async fn openid_configuration(app: State<App>, headers: HeaderMap) -> Response {
    configuration(app, &headers)
}

/// The same under the name that RFC 8414 gives it.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "authorization server",
    operation_id = "getAuthorizationServerMetadata",
    responses((status = 200, description = "The issuer's metadata", body = IssuerMetadata)),
)]
pub(crate) async fn oauth_authorization_server(app: State<App>, headers: HeaderMap) -> Response {
    configuration(app, &headers)
}

fn configuration(State(app): State<App>, headers: &HeaderMap) -> Response {
    let base = app.base_url();
    let algorithms: Vec<_> = tokens::ID_TOKEN_ALGORITHMS.iter().map(|algorithm| algorithm.name()).collect();
    let [signing, proving] = [clients::ALGORITHMS, dpop::ALGORITHMS]
        .map(|known| known.iter().flat_map(|algorithm| algorithm.names()).collect::<Vec<_>>());
    let by_any = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    let by_secret_or_key = &by_any[..3];
    let document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "pushed_authorization_request_endpoint": format!("{base}/oauth2/par"),
        "require_pushed_authorization_requests": true,
        "introspection_endpoint": format!("{base}/oauth2/introspect"),
        "revocation_endpoint": format!("{base}/oauth2/revoke"),
        "userinfo_endpoint": format!("{base}/oauth2/userinfo"),
        "end_session_endpoint": format!("{base}/oauth2/logout"),
        "jwks_uri": format!("{base}/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": algorithms,
        "scopes_supported": SCOPE.split(' ').chain([OFFLINE_ACCESS]).collect::<Vec<_>>(),
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid",
            "name", "given_name", "middle_name", "family_name", "birthdate", "gender", "email", "email_verified",
        ],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "token_endpoint_auth_methods_supported": by_any,
        "token_endpoint_auth_signing_alg_values_supported": signing,
        "introspection_endpoint_auth_methods_supported": by_secret_or_key,
        "introspection_endpoint_auth_signing_alg_values_supported": signing,
        "revocation_endpoint_auth_methods_supported": by_secret_or_key,
        "revocation_endpoint_auth_signing_alg_values_supported": signing,
        "dpop_signing_alg_values_supported": proving,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "request_parameter_supported": false,
        "ui_locales_supported": ["en", "es"],
    });
    published::document(&document, headers)
}

/// The keys of our own tokens, and those of our assertions: the network knows us by the same issuer.
#[utoipa::path(
    get,
    path = "/jwks.json",
    tag = "authorization server",
    operation_id = "getKeys",
    responses((status = 200, description = "The public keys", body = KeySet)),
)]
pub(crate) async fn jwks(State(app): State<App>, headers: HeaderMap) -> Response {
    let rings = [&app.identity.keys, &app.connect.network.keys];
    published::key_set(&rings, app.clock().now(), &headers).await
}
