//! `/oauth2/proofing`: the pages between a request without an ID token and the patient's decision.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use identity::authorize;
use identity::proofing::{self, Begun, Confirmed, Finished, Refusal, Returned, WayBack};
use model::Organization;
use utoipa_axum::router::OpenApiRouter;

use super::error::ended_error;
use super::{authorize as pages_of_consent, cookies, decision, letter};
use crate::App;
use crate::language::Language;
use crate::pages::{self, Problem, ProofingFault};
use crate::request::{FormFault, PageForm, Query, RequestId, without_head};
use crate::response::{client_address, see_other};

const HOME: &str = "/oauth2/proofing";

/// Pages, for the browser alone.
pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route(HOME, without_head(get(home), "GET"))
        .route("/oauth2/proofing/window", without_head(get(window), "GET"))
        .route("/oauth2/proofing/email", post(email))
        .route("/oauth2/proofing/again", post(again))
        .route("/oauth2/proofing/code", post(code))
        .route("/oauth2/proofing/csp", without_head(get(csp), "GET"))
        .route("/oauth2/proofing/callback", without_head(get(callback), "GET"))
        .route("/oauth2/proofing/cancel", post(cancel))
}

/// The first page, for a request that was just taken; inside another page, the way to a window of its own.
pub(super) fn begun(language: Language, begun: &Begun, frame_ancestors: &[String]) -> Response {
    match begun {
        Begun::Here(secret) => {
            let mut response = go_home(language);
            cookies::keep_proofing(&mut response, secret.expose());
            response
        }
        Begun::InWindow { ticket, organization, mode } => {
            let mut response =
                pages::proofing_window(language, organization, *mode, ticket.expose(), frame_ancestors);
            // A reload of the page around it comes back to the same proofing.
            cookies::keep_decision(&mut response, ticket.expose());
            response
        }
    }
}

/// Whether a page would stand inside another one (Fetch Metadata). Of a browser that does not say, the page's policy
/// keeps others from framing it.
pub(super) fn is_framed(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok());
    destination.is_some_and(|destination| {
        ["iframe", "frame", "embed", "object", "fencedframe"].contains(&destination)
    })
}

fn go_home(language: Language) -> Response {
    see_other(&format!("{HOME}?lang={language}"))
}

/// The page that this browser is at, and in the end the consent page. Safe to load again at any time.
async fn home(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let other_address = fields.get("change").is_some();
    match proofing::show(&app.identity, cookies::proofing(&headers)).await {
        Ok(view) => pages::proofing(language, &view, other_address, None),
        Err(refusal @ (Refusal::Nothing | Refusal::Over)) => {
            let Some(handle) = cookies::decision(&headers) else { return refused(&app, language, &refusal) };
            match authorize::waiting(&app.identity, handle).await {
                Ok(Some(prompt)) => pages_of_consent::consent_page(language, &prompt, &[]),
                Ok(None) => pages::problem(language, Problem::NothingToDecide, &[]),
                Err(refusal) => pages::problem(language, pages_of_consent::problem(&refusal), &[]),
            }
        }
        Err(refusal) => refused(&app, language, &refusal),
    }
}

/// From the page inside the widget to this window, which goes on alone.
async fn window(
    State(app): State<App>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let (earlier, from_elsewhere) = (cookies::proofing(&headers), came_from_elsewhere(&headers));
    match proofing::open(&app.identity, fields.text("ticket"), earlier, from_elsewhere).await {
        Ok(secret) => begun(language, &Begun::Here(secret), &[]),
        Err(refusal) => refused(&app, language, &refusal),
    }
}

async fn email(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let address = Some(fields.text("email"));
    let sent = send(&app, &headers, language, address, &request_id).await;
    answer(&app, &headers, language, sent).await
}

/// Another code to the same address.
async fn again(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { language, .. }: PageForm,
) -> Response {
    let sent = send(&app, &headers, language, None, &request_id).await;
    answer(&app, &headers, language, sent).await
}

async fn send(
    app: &App,
    headers: &HeaderMap,
    language: Language,
    address: Option<&str>,
    request_id: &RequestId,
) -> Result<Confirmed, Refusal> {
    let browser = cookies::proofing(headers);
    let write = |to: &str, code: &str, asker: &Organization| letter::with_code(language, to, code, asker);
    proofing::send_code(&app.identity, browser, address, &write, &request_id.0).await
}

async fn code(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let (browser, code) = (cookies::proofing(&headers), fields.text("code"));
    let confirmed = proofing::confirm(&app.identity, browser, code, &request_id.0).await;
    answer(&app, &headers, language, confirmed).await
}

/// On to the next page, or the same with what was wrong.
async fn answer(
    app: &App,
    headers: &HeaderMap,
    language: Language,
    outcome: Result<Confirmed, Refusal>,
) -> Response {
    let fault = match outcome {
        // Another window of this browser may have gone on: the page says where it is.
        Ok(Confirmed::Yes | Confirmed::Spent) | Err(Refusal::AnotherStep) => return go_home(language),
        Ok(Confirmed::NotAnAddress) => ProofingFault::NotAnAddress,
        Ok(Confirmed::AnotherMode) => ProofingFault::AnotherMode,
        Ok(Confirmed::WrongCode) => ProofingFault::WrongCode,
        Err(refusal) => return refused(app, language, &refusal),
    };
    match proofing::show(&app.identity, cookies::proofing(headers)).await {
        Ok(view) => pages::proofing(language, &view, fault != ProofingFault::WrongCode, Some(fault)),
        Err(refusal) => refused(app, language, &refusal),
    }
}

/// On to a CSP. A link and no form: where a form leads, every redirect would have to be foretold in the page's policy.
async fn csp(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    if came_from_elsewhere(&headers) {
        return go_home(language);
    }
    let (browser, idp) = (cookies::proofing(&headers), fields.text("idp"));
    match proofing::depart(&app.identity, browser, idp, language.as_str(), &request_id.0).await {
        Ok(Some(url)) => see_other(&url),
        Ok(None) | Err(Refusal::AnotherStep) => go_home(language),
        Err(refusal) => refused(&app, language, &refusal),
    }
}

/// A link of somebody else's sends nobody to a CSP, and takes nobody's proofing away (Fetch Metadata).
fn came_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| !["same-origin", "none"].contains(&site))
}

/// Back from a CSP. What stands in the address is used here, and the browser goes on to one without it.
async fn callback(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let state = fields.text("state");
    let carried = state.rsplit_once('.').and_then(|(_, tag)| Language::parse(tag));
    let language = carried.unwrap_or(language);
    let returned =
        Returned { state, code: fields.get("code"), iss: fields.get("iss"), error: fields.get("error") };
    match proofing::finish(&app.identity, cookies::proofing(&headers), returned, &request_id.0).await {
        Ok(Finished::Trouble) | Err(Refusal::Over) => go_home(language),
        Ok(Finished::Proven(handle)) => {
            let mut response = go_home(language);
            cookies::forget_proofing(&mut response);
            cookies::keep_decision(&mut response, handle.expose());
            response
        }
        Ok(Finished::Decided(answer)) => {
            let mut response = decision::redirect(&app, &answer);
            cookies::forget_proofing(&mut response);
            response
        }
        // The CSP sent the patient here once more: the decision that waits here is this browser's own.
        Err(Refusal::AnotherBrowser) if decides(&app, &headers).await => go_home(language),
        Err(refusal) => refused(&app, language, &refusal),
    }
}

/// Whether this browser is done with its proofing, and a decision waits in it.
async fn decides(app: &App, headers: &HeaderMap) -> bool {
    let (None, Some(handle)) = (cookies::proofing(headers), cookies::decision(headers)) else { return false };
    matches!(authorize::waiting(&app.identity, handle).await, Ok(Some(_)))
}

/// The patient gives up: the app is told.
async fn cancel(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { language, .. }: PageForm,
) -> Response {
    match proofing::cancel(&app.identity, cookies::proofing(&headers), &request_id.0).await {
        Ok(back) => {
            let mut response = see_other(&address(&app, &back));
            cookies::forget_proofing(&mut response);
            response
        }
        Err(refusal) => refused(&app, language, &refusal),
    }
}

fn address(app: &App, back: &WayBack) -> String {
    let (error, description) = ended_error(&back.ended);
    let parameters = [("error", error), ("error_description", description.as_str())];
    client_address(&back.redirect_uri, app.base_url(), back.state.as_deref(), &parameters)
}

fn refused(app: &App, language: Language, refusal: &Refusal) -> Response {
    let problem = match refusal {
        Refusal::Lapsed(back) => {
            return pages::problem_with_way_back(language, Problem::ProofingLapsed, &address(app, back));
        }
        Refusal::AnotherBrowser | Refusal::AnotherIssuer | Refusal::Ticket => Problem::ProofingElsewhere,
        Refusal::Nothing | Refusal::Over | Refusal::AnotherStep | Refusal::TooOften => Problem::ProofingOver,
        Refusal::Consent(refusal) => pages_of_consent::consent_problem(refusal),
        Refusal::Client(_) => Problem::UnknownClient,
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            Problem::ServerError
        }
    };
    pages::problem(language, problem, &[])
}
