//! `POST /oauth2/authorize/decision`: the consent form.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use identity::consent::{self, Answer, Decision, Refusal};

use crate::App;
use crate::language::Language;
use crate::pages::{self, Problem};
use crate::request::{Form, FormFault, RequestId};
use crate::response::to_client;

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    language: Language,
    form: Result<Form, FormFault>,
) -> Response {
    let Ok(Form(fields)) = form else { return pages::problem(language, Problem::BadRequest, &[]) };
    let language = fields.get("lang").and_then(Language::parse).unwrap_or(language);
    let decision = match fields.get("decision") {
        Some("allow") => Decision::Allow,
        Some("deny") => Decision::Deny,
        _ => return pages::problem(language, Problem::BadRequest, &[]),
    };
    match consent::decide(&app.identity, fields.text("handle"), decision, &request_id.0).await {
        Ok(answer) => redirect(&app, &answer),
        Err(Refusal::Store(error)) => {
            tracing::error!(%error, "the store failed");
            pages::problem(language, Problem::ServerError, &[])
        }
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
