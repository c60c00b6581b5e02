//! The pages: HTML made on the server, in both languages, without inline script or style and without a
//! request to anyone else. Each works without JavaScript, but for the widget.

mod asker;
mod callback;
mod consent;
mod frame;
mod inquiry;
mod landing;
mod policy;
mod problem;
mod proofing;
mod signed_in;
mod signed_out;
mod widget;

pub(crate) use asker::Asker;
pub(crate) use callback::callback;
pub(crate) use consent::{ConsentPage, consent};
pub(crate) use inquiry::{InquiryPage, InquiryProblem, inquiry_confirm, inquiry_person};
pub(crate) use landing::landing;
pub(crate) use policy::Policy;
pub(crate) use problem::{Problem, not_found, nowhere, problem, problem_with_way_back, proofing_problem};
pub(crate) use proofing::{ProofingFault, ProofingForm, proofing, proofing_window};
pub(crate) use signed_in::signed_in;
pub(crate) use signed_out::signed_out;
pub(crate) use widget::widget;

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

use crate::response::NO_STORE;

/// A page that no cache keeps, under its policy.
pub(crate) fn page(status: StatusCode, policy: &Policy<'_>, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let headers = [
        NO_STORE,
        (CONTENT_SECURITY_POLICY, policy.header()),
        // To ourselves only. With none at all, browsers would send our own forms with `Origin: null`.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ];
    (status, headers, Html(html)).into_response()
}

#[cfg(test)]
mod testing {
    use axum::body::to_bytes;
    use axum::response::Response;

    pub(super) fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) async fn body_of(response: Response) -> String {
        let bytes = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }
}
