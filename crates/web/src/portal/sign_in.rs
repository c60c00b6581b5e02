//! `/portal/sign-in` and `/portal/sign-out`: a printed token becomes a session, and a session ends.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use model::{Secret, SecretHash, Timestamp};
use store::{Happening, StoreError};

use super::ACTOR;
use super::csrf::{Posted, is_from_us};
use super::frame::{Frame, Notice, in_language};
use super::session::{self, cookie, no_cookie};
use super::stop::Stop;
use crate::App;
use crate::language::Language;
use crate::pages::{self, Policy};
use crate::request::{Form, FormFault, Query, RequestId};
use crate::response::{see_other, with_parameters};

const PATH: &str = "/portal/sign-in";
/// A refusal in the audit trail: at most one line a minute.
const REFUSED: &str = "operator.sign_in_refused";
/// All refusals.
const REFUSALS: &str = "openias_operator_sign_ins_refused_total";

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct SignInTemplate<'a> {
    frame: Frame,
    /// The token of the link, which only the button uses: programs that preview links press none.
    token: &'a str,
    refused: bool,
}

/// `GET /portal/sign-in?token=…`
pub(super) async fn get(
    language: Language,
    uri: Uri,
    query: Result<Query, FormFault>,
) -> Result<Response, Stop> {
    let Query(fields) = query?;
    let token = fields.text("token");
    let here = if token.is_empty() { PATH.to_owned() } else { with_parameters(PATH, &[("token", token)]) };
    let notice = uri.query().and_then(Notice::of);
    let frame = Frame { notice, ..Frame::signed_out(language, Some(here)) };
    Ok(page(StatusCode::OK, &SignInTemplate { frame, token, refused: false }))
}

/// `POST /portal/sign-in`
pub(super) async fn post(
    State(app): State<App>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    language: Language,
    headers: HeaderMap,
    form: Result<Form, FormFault>,
) -> Result<Response, Stop> {
    if !is_from_us(&headers, app.base_url()) {
        return Err(Stop::ForeignForm);
    }
    let Form(fields) = form?;
    let token = SecretHash::of(token_in(fields.text("token")));
    let now = app.clock().now();
    let session = app.entropy().secret();
    if !sign_in(&app, &token, &session, &request_id, now).await? {
        metrics::counter!(REFUSALS).increment(1);
        let frame = Frame::signed_out(language, Some(PATH.to_owned()));
        return Ok(page(StatusCode::FORBIDDEN, &SignInTemplate { frame, token: "", refused: true }));
    }
    Ok(([(SET_COOKIE, cookie(&app, &session))], see_other(&in_language("/portal", language))).into_response())
}

/// Uses the token up to begin a session; false when it does not work (any more). What a stranger can repeat at
/// will is counted, and writes next to nothing.
async fn sign_in(
    app: &App,
    token: &SecretHash,
    session: &Secret,
    request_id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let happening = |action| Happening { request_id, actor: ACTOR, action, subject: "portal", detail: "" };
    let mut tx = app.store().read().await?;
    let known = tx.is_operator_sign_in(token, now).await?;
    if !known && tx.is_audit_braked(REFUSED, now).await? {
        return Ok(false);
    }
    drop(tx);
    let mut tx = app.store().write().await?;
    let accepted = tx.take_operator_sign_in(token, now).await?;
    if accepted {
        tx.audit(happening("operator.signed_in"), now).await?;
        tx.add_operator_session(&session.hash(), now.plus(session::LIFE)).await?;
    } else {
        tx.audit_now_and_then(happening(REFUSED), now).await?;
    }
    tx.commit().await?;
    Ok(accepted)
}

/// `POST /portal/sign-out`
pub(super) async fn end(State(app): State<App>, posted: Posted) -> Result<Response, Stop> {
    let operator = posted.operator;
    let mut tx = app.store().write().await?;
    tx.end_operator_session(&operator.session.hash()).await?;
    let action = "operator.signed_out";
    let happening =
        Happening { request_id: &operator.request_id, actor: ACTOR, action, subject: "portal", detail: "" };
    tx.audit(happening, app.clock().now()).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, no_cookie(&app))], operator.done(PATH, Notice::SignedOut)).into_response())
}

fn page(status: StatusCode, template: &SignInTemplate<'_>) -> Response {
    pages::page(status, &Policy::default(), template)
}

/// The token in what was pasted: itself, or the link it came in.
fn token_in(text: &str) -> &str {
    let text = text.trim();
    let token = text.split_once("token=").map_or(text, |(_, rest)| rest);
    token.split('&').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_link_may_be_pasted() {
        for text in
            ["abc", " abc\n", "http://localhost:8480/portal/sign-in?token=abc", "/x?token=abc&lang=es"]
        {
            assert_eq!(token_in(text), "abc", "{text}");
        }
    }
}
