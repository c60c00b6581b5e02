//! What went wrong and what to do next, in plain words.

use askama::Template;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use store::StoreError;

use super::frame::Frame;
use super::{Policy, page};
use crate::api_error::ApiError;
use crate::language::Language;
use crate::response::IN_A_SECOND;

/// A problem that is shown on a page, because there is nowhere to redirect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    UnknownClient,
    RedirectUri,
    RequestUri,
    NothingToDecide,
    InquiryEnded,
    ProofingNotConfigured,
    SignIn,
    AnotherPerson,
    AccountOfAnother,
    ProofingElsewhere,
    ProofingLapsed,
    ProofingOver,
    TooMany,
    BadRequest,
    /// There is too much to do at the moment.
    Busy,
    ServerError,
    NotFound,
}

/// Whatever is wrong with the store, but that too many want something of it, the operator reads in the log.
impl From<&StoreError> for Problem {
    fn from(error: &StoreError) -> Self {
        if matches!(error, StoreError::Busy) {
            return Self::Busy;
        }
        tracing::error!(%error, "the store failed");
        Self::ServerError
    }
}

impl Problem {
    const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ProofingNotConfigured | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The stem of its messages.
    const fn key(self) -> &'static str {
        match self {
            Self::UnknownClient => "problem-unknown-client",
            Self::RedirectUri => "problem-redirect-uri",
            Self::RequestUri => "problem-request-uri",
            Self::NothingToDecide => "problem-nothing-to-decide",
            Self::InquiryEnded => "problem-inquiry-ended",
            Self::ProofingNotConfigured => "problem-proofing-not-configured",
            Self::SignIn => "problem-sign-in",
            Self::AnotherPerson => "problem-another-person",
            Self::AccountOfAnother => "problem-account-of-another",
            Self::ProofingElsewhere => "problem-proofing-elsewhere",
            Self::ProofingLapsed => "problem-proofing-lapsed",
            Self::ProofingOver => "problem-proofing-over",
            Self::TooMany => "problem-too-many",
            Self::BadRequest => "problem-bad-request",
            Self::Busy | Self::ServerError => "problem-server-error",
            Self::NotFound => "problem-not-found",
        }
    }

    /// The OAuth error that a program would have been told.
    const fn error(self) -> Option<&'static str> {
        match self {
            Self::UnknownClient => Some("invalid_client"),
            Self::RequestUri => Some("invalid_request_uri"),
            Self::RedirectUri | Self::BadRequest => Some("invalid_request"),
            Self::Busy => Some("temporarily_unavailable"),
            Self::ServerError => Some("server_error"),
            _ => None,
        }
    }

    /// As the page tells the widget around it, and tests: `request_uri`.
    fn code(self) -> String {
        self.key().trim_start_matches("problem-").replace('-', "_")
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemTemplate<'a> {
    frame: Frame,
    code: &'a str,
    key: &'static str,
    /// For the app's support team.
    error: Option<&'a str>,
    request_id: Option<&'a str>,
    /// The app that waits for an answer.
    back: Option<&'a str>,
}

/// The page of a problem. It shows nothing of anybody and has nothing to press, so where the list of
/// frames around it is not known, any may be: else the widget would show the patient an empty box.
pub(crate) fn problem(language: Language, problem: Problem, frame_ancestors: &[String]) -> Response {
    let anyone = ["*".to_owned()];
    let frame_ancestors = if frame_ancestors.is_empty() { &anyone } else { frame_ancestors };
    reply(language, problem, None, None, &Policy { frame_ancestors, ..Policy::default() })
}

/// The page of a problem that the app behind it can be told of at `back`, once the patient has read it.
pub(crate) fn problem_with_way_back(language: Language, problem: Problem, back: &str) -> Response {
    reply(language, problem, None, Some(back), &Policy::default())
}

/// The page of a problem on the way of a patient who is to be proven. Whoever helps finds it by the line at its end.
pub(crate) fn proofing_problem(
    language: Language,
    problem: Problem,
    request_id: &str,
    back: Option<&str>,
) -> Response {
    reply(language, problem, Some(request_id), back, &Policy::default())
}

fn reply(
    language: Language,
    problem: Problem,
    request_id: Option<&str>,
    back: Option<&str>,
    policy: &Policy<'_>,
) -> Response {
    let (code, key): (&str, _) = (&problem.code(), problem.key());
    // Whoever finds the line by its id wants to read what happened, whether a program has a word for it or not.
    let error = if request_id.is_some() { Some(code) } else { problem.error() };
    let template = ProblemTemplate { frame: Frame { language }, code, key, error, request_id, back };
    let mut response = page(problem.status(), policy, &template);
    if problem == Problem::Busy {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(IN_A_SECOND.seconds()));
    }
    response
}

/// Below these stands what programs call; whoever errs there reads JSON.
const API: [&str; 4] = ["/v1/", "/bridge/", "/oauth2/", "/downloads/"];

/// The answer to a path that leads nowhere.
pub(crate) async fn nowhere(language: Language, uri: Uri) -> Response {
    if API.iter().any(|prefix| uri.path().starts_with(prefix)) {
        return ApiError::nowhere().into_response();
    }
    not_found(language).await
}

/// The page where nothing is.
pub(crate) async fn not_found(language: Language) -> Response {
    problem(language, Problem::NotFound, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::testing::{body_of, header_of};

    #[tokio::test]
    async fn a_problem_says_what_happened_in_both_languages() {
        let response = problem(Language::Es, Problem::RequestUri, &["https://app.example.org".to_owned()]);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(
            header_of(&response, "content-security-policy")
                .ends_with("frame-ancestors https://app.example.org")
        );
        let body = body_of(response).await;
        assert!(body.contains("data-problem=\"request_uri\"") && body.contains("<html lang=\"es\""));
        assert!(body.contains("invalid_request_uri"));
        assert!(
            body.contains("This request can no longer")
                && body.contains("Esta solicitud ya no se puede usar")
        );
    }

    #[tokio::test]
    async fn a_path_that_leads_nowhere_is_not_found() {
        let response = nowhere(Language::En, Uri::from_static("/nowhere")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(header_of(&response, "cache-control"), "no-store");
        assert!(body_of(response).await.contains("data-problem=\"not_found\""));
    }

    #[tokio::test]
    async fn a_way_back_is_for_a_page_that_nobody_frames() {
        let back = "https://app.example.org/callback?error=access_denied&state=\"x";
        let response = problem_with_way_back(Language::En, Problem::AccountOfAnother, back);
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert!(header_of(&response, "content-security-policy").ends_with("frame-ancestors 'none'"));
        let body = body_of(response).await;
        assert!(body.contains("data-problem=\"account_of_another\""));
        let link = "href=\"https://app.example.org/callback?error=access_denied&#38;state=&#34;x\"";
        assert!(body.contains(link), "{body}");
    }
}
