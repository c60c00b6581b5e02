//! The sign-in page of a place's patient portal: SMART App Launch's authorization endpoint.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use model::Challenge;
use model::synthetic::{SyntheticPatient, by_email};
use url::Url;

use super::Responder;
use crate::gate::Asked;
use crate::language::Language;

/// What travels through the form as it came.
const CARRIED: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
    "ui_locales",
];

#[derive(Template)]
#[template(path = "place_sign_in.html")]
struct SignInPage<'a> {
    language: Language,
    place: &'a str,
    carried: Vec<(&'static str, &'a str)>,
    unknown: bool,
}

/// Asks the patient to sign in.
pub(super) async fn get(
    State(responder): State<Arc<Responder>>,
    Query(fields): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if responder.gate.may_ask(&asked(&fields)) {
        page(&responder, &headers, &fields, false)
    } else {
        refused()
    }
}

/// Takes the sign-in and sends the browser back with a code.
pub(super) async fn post(
    State(responder): State<Arc<Responder>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let fields: HashMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let asked = asked(&fields);
    if !responder.gate.may_ask(&asked) {
        return refused();
    }
    let Some((number, patient)) = signed_in(&responder, &fields) else {
        return page(&responder, &headers, &fields, true);
    };
    let person = responder.member.site.demographics_of(patient);
    let code = responder.gate.sign_in(&asked, &responder.chart(number).patient_id, person);
    let Ok(mut url) = Url::parse(asked.redirect_uri) else { return refused() };
    url.query_pairs_mut().append_pair("code", code.expose()).append_pair("state", field(&fields, "state"));
    (StatusCode::SEE_OTHER, [(LOCATION, url.to_string()), (CACHE_CONTROL, "no-store".to_owned())])
        .into_response()
}

/// The look of the page.
pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css")], include_str!("../../assets/app.css")).into_response()
}

/// The patient of this e-mail address; in the sandbox any password is theirs.
fn signed_in(
    responder: &Responder,
    fields: &HashMap<String, String>,
) -> Option<(usize, &'static SyntheticPatient)> {
    let named = by_email(field(fields, "email").trim())?;
    let password = !field(fields, "password").is_empty();
    responder.patients().find(|(_, patient)| patient.email == named.email).filter(|_| password)
}

fn asked(fields: &HashMap<String, String>) -> Asked<'_> {
    Asked {
        response_type: field(fields, "response_type"),
        client_id: field(fields, "client_id"),
        redirect_uri: field(fields, "redirect_uri"),
        challenge: Challenge::requested(
            field(fields, "code_challenge"),
            Some(field(fields, "code_challenge_method")),
        ),
    }
}

fn field<'a>(fields: &'a HashMap<String, String>, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn page(
    responder: &Responder,
    headers: &HeaderMap,
    fields: &HashMap<String, String>,
    unknown: bool,
) -> Response {
    let page = SignInPage {
        language: Language::of(field(fields, "ui_locales"), headers),
        place: &responder.member.site.name,
        carried: CARRIED.map(|name| (name, field(fields, name))).into(),
        unknown,
    };
    let Ok(html) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
        field(fields, "client_id")
    );
    ([(CONTENT_SECURITY_POLICY, policy), (CACHE_CONTROL, "no-store".to_owned())], Html(html)).into_response()
}

fn refused() -> Response {
    (StatusCode::BAD_REQUEST, "This sign-in was not asked for by a registered app.\n").into_response()
}
