//! `GET` and `POST /oauth2/logout`: sign-out begun by the client.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use identity::logout::{self, Query as LogoutQuery, SignedOut};

use crate::App;
use crate::language::Language;
use crate::pages;
use crate::request::{Fields, PageForm, PageQuery, RequestId};
use crate::response::{see_other, with_parameters};

pub(crate) async fn get(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    PageQuery { fields, language }: PageQuery,
) -> Response {
    end(&app, &request_id, language, &fields).await
}

pub(crate) async fn post(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    PageForm { fields, language }: PageForm,
) -> Response {
    end(&app, &request_id, language, &fields).await
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
        Err(error) => pages::problem(language, (&error).into(), &[]),
    }
}
