//! `/oauth2/proofing`: the pages between a request without an ID token and the patient's decision.

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use identity::authorize;
use identity::proofing::{self, Begun, Confirmed, Finished, Refusal, Returned, View, WayBack};
use model::{Organization, Secret};
use utoipa_axum::router::OpenApiRouter;

use super::checks::{Check, Checks};
use super::error::ended_error;
use super::{authorize as pages_of_consent, cookies, decision, letter};
use crate::App;
use crate::language::Language;
use crate::pages::{self, Problem, ProofingFault, ProofingForm};
use crate::request::{Fields, FormFault, PageForm, Query, RequestId, without_head};
use crate::response::{client_address, see_other, with_parameters};

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
pub(super) fn begun(
    language: Language,
    checks: &Checks,
    begun: &Begun,
    frame_ancestors: &[String],
) -> Response {
    match begun {
        Begun::Here(secret) => begun_here(language, checks, secret),
        Begun::InWindow { ticket, organization, mode } => {
            let mut response =
                pages::proofing_window(language, organization, *mode, ticket.expose(), frame_ancestors);
            // A reload of the page around it comes back to the same proofing.
            cookies::keep_decision(&mut response, ticket.expose());
            response
        }
    }
}

fn begun_here(language: Language, checks: &Checks, secret: &Secret) -> Response {
    let name = checks.name_of(secret.expose());
    let mut response = go_home(language, Some(&name), false);
    checks.keep(&mut response, &name, secret.expose());
    response
}

/// Whether a page would stand inside another one (Fetch Metadata). Of a browser that does not say, the page's policy
/// keeps others from framing it.
pub(super) fn is_framed(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok());
    destination.is_some_and(|destination| {
        ["iframe", "frame", "embed", "object", "fencedframe"].contains(&destination)
    })
}

/// A page of a proofing on its way: which one, in which language, in which request.
struct Ask {
    app: App,
    language: Language,
    request_id: RequestId,
    checks: Checks,
    /// What the page names.
    name: Option<String>,
}

impl Ask {
    fn new(
        app: App,
        language: Language,
        request_id: RequestId,
        headers: &HeaderMap,
        fields: &Fields,
    ) -> Self {
        let name = fields.get("check").map(str::to_owned);
        Self { app, language, request_id, checks: Checks::of(headers), name }
    }

    /// What this browser keeps of it.
    fn secret(&self) -> Option<&str> {
        self.checks.find(self.name.as_deref()).map(Check::secret)
    }

    fn name(&self) -> &str {
        self.checks.find(self.name.as_deref()).map_or("", |check| check.name.as_str())
    }

    fn home(&self) -> Response {
        go_home(self.language, self.name.as_deref(), false)
    }

    /// Ends it in this browser.
    fn forget(&self, mut response: Response) -> Response {
        cookies::forget_proofing(&mut response, self.name());
        response
    }

    fn page(&self, view: &View, form: &ProofingForm<'_>) -> Response {
        pages::proofing(self.language, view, self.name(), form)
    }

    fn refused(&self, refusal: &Refusal) -> Response {
        let (language, request_id) = (self.language, &self.request_id.0);
        let problem = match refusal {
            Refusal::Lapsed(_) => Problem::ProofingLapsed,
            Refusal::AnotherBrowser | Refusal::AnotherIssuer | Refusal::Ticket => Problem::ProofingElsewhere,
            Refusal::Nothing | Refusal::Proven | Refusal::Over | Refusal::AnotherStep | Refusal::TooOften => {
                Problem::ProofingOver
            }
            Refusal::Consent(refusal) => pages_of_consent::consent_problem(refusal),
            Refusal::Client(_) => Problem::UnknownClient,
            Refusal::Store(error) => error.into(),
        };
        tracing::info!(request_id, reason = %refusal, "a step of an identity check was refused");
        let back = match refusal {
            Refusal::Lapsed(back) => Some(address(&self.app, back)),
            _ => None,
        };
        pages::proofing_problem(language, problem, request_id, back.as_deref())
    }
}

fn go_home(language: Language, name: Option<&str>, wrong_code: bool) -> Response {
    let name = name.map(|name| ("check", name));
    let wrong_code = wrong_code.then_some(("wrong", "code"));
    let parameters: Vec<_> =
        name.into_iter().chain([("lang", language.as_str())]).chain(wrong_code).collect();
    see_other(&with_parameters(HOME, &parameters))
}

/// The page that this browser is at, and in the end the consent page. Safe to load again at any time.
async fn home(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let (other_address, wrong_code) = (fields.get("change").is_some(), fields.get("wrong").is_some());
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    match proofing::show(&ask.app.identity, ask.secret()).await {
        Ok(view) => ask.page(&view, &ProofingForm { other_address, wrong_code, ..ProofingForm::default() }),
        Err(Refusal::Proven) => decide(&ask).await,
        Err(refusal) => ask.refused(&refusal),
    }
}

/// The decision that a proofing led to, for as long as it waits.
async fn decide(ask: &Ask) -> Response {
    let problem = match authorize::waiting(&ask.app.identity, ask.secret().unwrap_or_default()).await {
        Ok(Some(prompt)) => return pages_of_consent::consent_page(ask.language, &prompt, &[]),
        Ok(None) => Problem::NothingToDecide,
        Err(refusal) => pages_of_consent::problem(&refusal),
    };
    pages::proofing_problem(ask.language, problem, &ask.request_id.0, None)
}

/// From the page inside the widget to this window, which goes on alone. Pressed once more, it goes on where it is.
async fn window(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    language: Language,
    query: Result<Query, FormFault>,
) -> Response {
    let Ok(Query(fields)) = query else { return pages::problem(language, Problem::BadRequest, &[]) };
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    let (kept, from_elsewhere) = (ask.checks.secrets(), came_from_elsewhere(&headers));
    match proofing::open(&ask.app.identity, fields.text("ticket"), &kept, from_elsewhere).await {
        Ok(secret) => begun_here(language, &ask.checks, &secret),
        Err(refusal) => ask.refused(&refusal),
    }
}

async fn email(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let typed = fields.text("email");
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    let sent = send(&ask, Some(typed)).await;
    answer(&ask, typed, sent).await
}

/// Another code to the same address.
async fn again(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    let sent = send(&ask, None).await;
    answer(&ask, "", sent).await
}

async fn send(ask: &Ask, address: Option<&str>) -> Result<Confirmed, Refusal> {
    let write = |to: &str, code: &str, asker: &Organization| letter::with_code(ask.language, to, code, asker);
    proofing::send_code(&ask.app.identity, ask.secret(), address, &write, &ask.request_id.0).await
}

async fn code(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    let code = fields.text("code");
    let confirmed = proofing::confirm(&ask.app.identity, ask.secret(), code, &ask.request_id.0).await;
    answer(&ask, "", confirmed).await
}

/// On to the next page, or the same with what was `typed` and what was wrong with it.
async fn answer(ask: &Ask, typed: &str, outcome: Result<Confirmed, Refusal>) -> Response {
    let fault = match outcome {
        // Another window of this browser may have gone on: the page says where it is.
        Ok(Confirmed::Yes | Confirmed::Spent) | Err(Refusal::AnotherStep | Refusal::Proven) => {
            return ask.home();
        }
        Ok(Confirmed::NotAnAddress) => ProofingFault::NotAnAddress,
        Ok(Confirmed::AnotherMode) => ProofingFault::AnotherMode,
        // A page that is loaded again must not try the code again.
        Ok(Confirmed::WrongCode) => return go_home(ask.language, ask.name.as_deref(), true),
        Err(refusal) => return ask.refused(&refusal),
    };
    let form = ProofingForm { other_address: true, typed, fault: Some(fault), wrong_code: false };
    match proofing::show(&ask.app.identity, ask.secret()).await {
        Ok(view) => ask.page(&view, &form),
        Err(refusal) => ask.refused(&refusal),
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
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    if came_from_elsewhere(&headers) {
        return ask.home();
    }
    // The page that the patient comes back to is of the same check, and speaks their language too.
    let carried = format!("{}.{language}", ask.name());
    let (identity, idp) = (&ask.app.identity, fields.text("idp"));
    let way = (language.as_str(), carried.as_str());
    match proofing::depart(identity, ask.secret(), idp, way, &ask.request_id.0).await {
        Ok(Some(url)) => see_other(&url),
        Ok(None) | Err(Refusal::AnotherStep | Refusal::Proven) => ask.home(),
        Err(refusal) => ask.refused(&refusal),
    }
}

/// A link of somebody else's sends nobody to a CSP, and begins nothing beside what is under way (Fetch Metadata).
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
    let mut carried = state.rsplitn(3, '.');
    let language = carried.next().and_then(Language::parse).unwrap_or(language);
    // A state that names no check is none of ours.
    let name = Some(carried.next().unwrap_or_default().to_owned());
    let ask = Ask { app, language, request_id, checks: Checks::of(&headers), name };
    let returned =
        Returned { state, code: fields.get("code"), iss: fields.get("iss"), error: fields.get("error") };
    match proofing::finish(&ask.app.identity, ask.secret(), returned, &ask.request_id.0).await {
        // Proven: the CSP sent the patient here once more.
        Ok(Finished::Trouble) | Err(Refusal::Over | Refusal::Proven) => ask.home(),
        Ok(Finished::Proven(handle)) => {
            let mut response = ask.home();
            ask.checks.keep(&mut response, ask.name(), handle.expose());
            response
        }
        Ok(Finished::Decided(answer)) => {
            let response = decision::redirect(&ask.app, &answer);
            ask.forget(response)
        }
        Err(refusal) => ask.refused(&refusal),
    }
}

/// The patient gives up: the app is told.
async fn cancel(
    State(app): State<App>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    PageForm { fields, language }: PageForm,
) -> Response {
    let ask = Ask::new(app, language, request_id, &headers, &fields);
    match proofing::cancel(&ask.app.identity, ask.secret(), &ask.request_id.0).await {
        Ok(back) => {
            let response = see_other(&address(&ask.app, &back));
            ask.forget(response)
        }
        // Another window went on to the decision, which can be denied.
        Err(Refusal::Proven) => ask.home(),
        Err(refusal) => ask.refused(&refusal),
    }
}

fn address(app: &App, back: &WayBack) -> String {
    let (error, description) = ended_error(&back.ended);
    let parameters =
        [("error", error), ("error_description", description.as_str()), ("error_reason", back.ended.code())];
    client_address(&back.redirect_uri, app.base_url(), back.state.as_deref(), &parameters)
}
