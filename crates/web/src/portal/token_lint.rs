//! `/portal/token`: a token under the glass. What is pasted is answered and forgotten.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::lint::{Keys, Linted, Question, Remark, lint};
use model::{Hcid, Organization, TokenProfile};
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
    /// Those that a token can be for.
    organizations: &'a [Organization],
    audience: Option<Hcid>,
    profile: Option<TokenProfile>,
    reveal: bool,
    linted: Option<&'a Linted<'a>>,
}

/// `GET /portal/token`
pub(super) async fn get(State(app): State<App>, operator: Operator) -> Result<Response, Stop> {
    let organizations = organizations(&app).await?;
    Ok(page(&TokenTemplate {
        frame: operator.frame(),
        organizations: &organizations,
        audience: None,
        profile: None,
        reveal: false,
        linted: None,
    }))
}

/// `POST /portal/token`: judges what was pasted. The page shows the verdict, never the token again.
pub(super) async fn post(State(app): State<App>, posted: Posted) -> Result<Response, Stop> {
    let Posted { operator, fields } = posted;
    let organizations = organizations(&app).await?;
    let profile = TokenProfile::from_name(fields.text("profile"));
    let audience = Hcid::parse(fields.text("audience")).ok();
    let question = Question {
        text: fields.text("token"),
        issuer: None,
        audience: audience.as_ref(),
        profile,
        now: app.clock().now(),
    };
    let linted = lint(&app.identity.csps, Keys::Fetched(&app.identity.issuer_keys), &question).await;
    Ok(page(&TokenTemplate {
        frame: Frame { starts_over: true, ..operator.frame() },
        organizations: &organizations,
        audience: audience.clone(),
        profile,
        reveal: fields.get("reveal").is_some(),
        linted: Some(&linted),
    }))
}

async fn organizations(app: &App) -> Result<Vec<Organization>, Stop> {
    let mut all = app.store().read().await?.organizations().await?;
    all.retain(|organization| organization.hcid.is_some());
    Ok(all)
}

fn page(template: &TokenTemplate<'_>) -> Response {
    pages::page(StatusCode::OK, &Policy::default(), template)
}

impl TokenTemplate<'_> {
    /// The verdict's heading: its colour and its message.
    fn verdict(&self, linted: &Linted<'_>) -> (&'static str, String) {
        let (colour, key) = match linted.verdict() {
            Verdict::Accepted if linted.is_qualified() => ("wait", "portal-token-accepted-but"),
            Verdict::Accepted => ("good", "portal-token-is-accepted"),
            Verdict::Refused(_) => ("bad", "portal-token-is-refused"),
            Verdict::NotJudged if linted.is_empty() => ("off", "portal-token-nothing"),
            Verdict::NotJudged => ("off", "portal-token-not-judged"),
        };
        (colour, self.frame.say(key))
    }

    /// The rule for which the token is refused.
    fn refused_for(linted: &Linted<'_>) -> Option<Breach> {
        match linted.verdict() {
            Verdict::Refused(breach) => Some(breach),
            _ => None,
        }
    }

    fn remark(&self, remark: &Remark) -> String {
        self.frame.language.remark(remark)
    }

    fn signature(&self, linted: &Linted<'_>) -> String {
        match (linted.report.signature, &linted.keys_unavailable) {
            (Signature::Good, _) => self.frame.say("portal-signature-good"),
            (Signature::Bad(breach), _) => self.frame.language.rule(breach.rule),
            (Signature::NotChecked, Some(_)) => self.frame.say("portal-signature-no-keys"),
            (Signature::NotChecked, None) => self.frame.say("portal-signature-open"),
        }
    }

    /// Why the keys could not be had, in the operator's words: what a log line says too.
    fn why_no_keys(linted: &Linted<'_>) -> Option<String> {
        linted.keys_unavailable.as_ref().map(ToString::to_string)
    }

    /// A grade's name, the sign before it, and its word.
    fn grade(&self, grade: Grade) -> (&'static str, &'static str, String) {
        let (sign, key) = match grade {
            Grade::Fine => ("", "portal-grade-fine"),
            Grade::Note => ("•", "portal-grade-note"),
            Grade::Warning => ("▲", "portal-grade-warning"),
            Grade::Error => ("✕", "portal-grade-error"),
        };
        (grade.name(), sign, self.frame.say(key))
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

    fn is_for(&self, organization: &Organization) -> bool {
        self.audience.is_some() && self.audience == organization.hcid
    }
}

/// The pieces of a code, a name or a URL between which a line may break.
fn pieces(text: &str) -> std::str::SplitInclusive<'_, [char; 8]> {
    text.split_inclusive(['.', '_', '-', '/', ':', ',', '@', '='])
}

/// The same of a sentence, which has numbers such as 3.0 in it.
fn words(text: &str) -> std::str::SplitInclusive<'_, [char; 2]> {
    text.split_inclusive(['_', '/'])
}
