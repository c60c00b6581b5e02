//! `/portal/token`: a token under the glass. What is pasted is answered and forgotten.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::lint::{Keys, Linted, Question, lint};
use model::TokenProfile;
use token::lint::{Shown, Signature, Verdict};
use token::{Breach, Grade};

use super::csrf::Posted;
use super::frame::Frame;
use super::session::Operator;
use super::stop::Stop;
use crate::App;
use crate::pages::{self, Policy};

#[derive(Template)]
#[template(path = "portal/token.html")]
struct TokenTemplate<'a> {
    frame: Frame,
    profile: Option<TokenProfile>,
    reveal: bool,
    linted: Option<&'a Linted<'a>>,
}

/// `GET /portal/token`
pub(super) async fn get(operator: Operator) -> Response {
    page(&TokenTemplate { frame: operator.frame(), profile: None, reveal: false, linted: None })
}

/// `POST /portal/token`: judges what was pasted. The page shows the verdict, never the token again.
pub(super) async fn post(State(app): State<App>, posted: Posted) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let profile = TokenProfile::from_name(fields.text("profile"));
    let question = Question {
        text: fields.text("token"),
        issuer: None,
        audience: None,
        profile,
        now: app.clock().now(),
    };
    let linted = lint(&app.identity.csps, Keys::Fetched(&app.identity.issuer_keys), &question).await;
    let reveal = fields.get("reveal").is_some();
    Ok(page(&TokenTemplate { frame: operator.frame(), profile, reveal, linted: Some(&linted) }))
}

fn page(template: &TokenTemplate<'_>) -> Response {
    pages::page(StatusCode::OK, &Policy::default(), template)
}

impl TokenTemplate<'_> {
    /// The verdict's heading: its colour and its message.
    fn verdict(&self, linted: &Linted<'_>) -> (&'static str, String) {
        match linted.report.verdict() {
            Verdict::Accepted => ("good", self.frame.say("portal-token-is-accepted")),
            Verdict::Refused(_) => ("bad", self.frame.say("portal-token-is-refused")),
            Verdict::NotJudged => ("off", self.frame.say("portal-token-not-judged")),
        }
    }

    fn signature(&self, linted: &Linted<'_>) -> String {
        match linted.report.signature {
            Signature::Good => self.frame.say("portal-signature-good"),
            Signature::Bad(breach) => self.frame.language.rule(breach.rule),
            Signature::NotChecked => self.frame.say("portal-signature-open"),
        }
    }

    fn grade(&self, grade: Grade) -> String {
        self.frame.say(match grade {
            Grade::Fine => "portal-grade-fine",
            Grade::Note => "portal-grade-note",
            Grade::Warning => "portal-grade-warning",
            Grade::Error => "portal-grade-error",
        })
    }

    /// What the token holds: each part's title and members.
    fn parts<'l>(linted: &'l Linted<'_>) -> [(&'static str, &'l [(String, Shown)]); 2] {
        [("portal-token-header", &linted.report.header), ("portal-token-claims", &linted.report.claims)]
    }

    fn text<'s>(&self, shown: &'s Shown) -> &'s str {
        shown.text(self.reveal)
    }

    fn rule(&self, breach: &Breach) -> String {
        self.frame.language.rule(breach.rule)
    }

    fn advice(&self, breach: &Breach) -> String {
        self.frame.language.advice(breach.rule)
    }
}
