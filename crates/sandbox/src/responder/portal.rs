//! The page where patients of a place would sign in.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::Responder;

/// Says what the page of a real place would be.
pub(super) async fn get(State(responder): State<Arc<Responder>>) -> Response {
    let name = &responder.member.site.name;
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{name}</title><main><h1>{name}</h1><p>This is a place of the \
         sandbox network. A real one would ask you to sign in to its patient portal here.</p></main></html>"
    );
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, "default-src 'none'")];
    (headers, page).into_response()
}
