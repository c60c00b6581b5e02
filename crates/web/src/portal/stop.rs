//! What keeps a handler from answering, and the page that says so.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::StoreError;

use super::frame::Frame;
use crate::language::Language;
use crate::pages::{self, Policy, Problem};
use crate::request::FormFault;
use crate::response::see_other;

/// Why a handler of the portal stopped. It travels inside the response to [`explain`], which knows the
/// language.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// Nobody is signed in.
    SignedOut,
    /// A form came from elsewhere, or from a session that is over.
    ForeignForm,
    /// A form cannot be read.
    Form(FormFault),
    /// There is no such thing.
    NotFound,
    /// The store failed, or is busy.
    Store(Problem),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(Problem::from(&error))
    }
}

impl From<FormFault> for Stop {
    fn from(fault: FormFault) -> Self {
        Self::Form(fault)
    }
}

impl From<model::id::InvalidId> for Stop {
    fn from(_: model::id::InvalidId) -> Self {
        Self::NotFound
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "portal/refused.html")]
struct RefusedTemplate {
    frame: Frame,
}

/// Turns a [`Stop`] into its page.
pub(super) async fn explain(language: Language, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Stop>() {
        None => response,
        Some(Stop::SignedOut) => see_other(&Frame::signed_out(language, None).to("/portal/sign-in")),
        Some(Stop::ForeignForm) => refused(language, StatusCode::FORBIDDEN),
        Some(Stop::Form(fault)) => refused(language, fault.status()),
        Some(Stop::NotFound) => pages::problem(language, Problem::NotFound, &[]),
        Some(Stop::Store(problem)) => pages::problem(language, problem, &[]),
    }
}

fn refused(language: Language, status: StatusCode) -> Response {
    pages::page(status, &Policy::default(), &RefusedTemplate { frame: Frame::signed_out(language, None) })
}
