//! `POST /oauth2/authorize/decision`: the consent form.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use identity::consent::{self, Answer, Decision, Refusal};

use crate::App;
use crate::pages::{self, Problem};
use crate::request::{PageForm, RequestId};
use crate::response::to_client;

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    PageForm { fields, language }: PageForm,
) -> Response {
    let decision = match fields.get("decision") {
        Some("allow") => Decision::Allow,
        Some("deny") => Decision::Deny,
        _ => return pages::problem(language, Problem::BadRequest, &[]),
    };
    match consent::decide(&app.identity, fields.text("handle"), decision, &request_id.0).await {
        Ok(answer) => redirect(&app, &answer),
        Err(Refusal::Store(error)) => pages::problem(language, (&error).into(), &[]),
        Err(_) => pages::problem(language, Problem::NothingToDecide, &[]),
    }
}

pub(super) fn redirect(app: &App, answer: &Answer) -> Response {
    let parameters: &[_] = match &answer.code {
        Some(code) => &[("code", code.expose())],
        None => &[("error", "access_denied"), ("error_description", "The patient did not allow access.")],
    };
    to_client(&answer.redirect_uri, app.base_url(), answer.state.as_deref(), parameters)
}
