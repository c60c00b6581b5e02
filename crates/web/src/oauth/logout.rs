//! `GET` and `POST /oauth2/logout`: sign-out begun by the client.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use identity::logout::{self, Query as LogoutQuery, SignedOut};

use crate::App;
use crate::language::Language;
use crate::pages::{self, Problem};
use crate::request::{Fields, Form, FormFault, Query, RequestId};
use crate::response::{see_other, with_parameters};

pub(crate) async fn get(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    match query {
        Ok(Query(fields)) => end(&app, &request_id, language, &fields).await,
        Err(_) => pages::problem(language, Problem::BadRequest, &[]),
    }
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    language: Language,
    form: Result<Form, FormFault>,
) -> Response {
    match form {
        Ok(Form(fields)) => end(&app, &request_id, language, &fields).await,
        Err(_) => pages::problem(language, Problem::BadRequest, &[]),
    }
}

async fn end(app: &App, request_id: &RequestId, language: Language, fields: &Fields) -> Response {
    let query = LogoutQuery {
        id_token_hint: fields.get("id_token_hint"),
        client_id: fields.get("client_id"),
        post_logout_redirect_uri: fields.get("post_logout_redirect_uri"),
    };
    match logout::end(&app.identity, &query, &request_id.0).await {
        Ok(SignedOut { back: Some(address), .. }) => {
            let state = fields.get("state").map(|state| ("state", state));
            see_other(&with_parameters(&address, &Vec::from_iter(state)))
        }
        Ok(SignedOut { ended, .. }) => pages::signed_out(language, ended),
        Err(error) => {
            tracing::error!(%error, "the store failed");
            pages::problem(language, Problem::ServerError, &[])
        }
    }
}
