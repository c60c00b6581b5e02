//! Which methods a route answers.

use axum::http::header::ALLOW;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::MethodRouter;

use crate::App;
use crate::response::NO_STORE;

/// Methods of which GET has an effect. A HEAD, which whoever looks at a link sends without meaning to follow it,
/// would have it too and lose the answer (RFC 9110 9.3.2), so it is refused. `allow` names what is not.
pub(crate) fn without_head(methods: MethodRouter<App>, allow: &'static str) -> MethodRouter<App> {
    let allow: (HeaderName, HeaderValue) = (ALLOW, HeaderValue::from_static(allow));
    methods.head(async move || (StatusCode::METHOD_NOT_ALLOWED, [allow, NO_STORE]).into_response())
}
