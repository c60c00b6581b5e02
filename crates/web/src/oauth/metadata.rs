//! Discovery (RFC 8414, OpenID Connect Discovery) and the public keys.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use identity::par::SCOPE;
use serde_json::json;

use crate::App;

pub(crate) async fn configuration(State(app): State<App>) -> impl IntoResponse {
    let base = app.base_url();
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "pushed_authorization_request_endpoint": format!("{base}/oauth2/par"),
        "require_pushed_authorization_requests": true,
        "jwks_uri": format!("{base}/jwks.json"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [app.identity.signing_key.algorithm().name()],
        "scopes_supported": SCOPE.split(' ').collect::<Vec<_>>(),
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "request_parameter_supported": false,
        "ui_locales_supported": ["en", "es"],
    }))
}

pub(crate) async fn jwks(State(app): State<App>) -> impl IntoResponse {
    let keys = json!({"keys": [app.identity.signing_key.public_jwk()]});
    ([(CACHE_CONTROL, "public, max-age=300")], Json(keys))
}
