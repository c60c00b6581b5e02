//! A token under the glass: what the rules and the trusted CSPs make of any text, for people. Nothing is kept.

use egress::{IssuerKeys, KeysUnavailable};
use jose::{Compact, KeySet};
use model::{Hcid, Timestamp, TokenProfile};
use token::lint::{Report, claimed_issuer};
use token::{Expectations, Policy};

use crate::csps::{Csp, TrustedCsps};

/// Where the keys for the signature come from.
#[derive(Clone, Copy)]
pub enum Keys<'a> {
    /// From the issuer, if it is trusted or named in the question: nobody's word makes us call a stranger.
    Fetched(&'a IssuerKeys),
    /// These.
    Given(&'a KeySet),
    /// Nowhere: the signature stays open.
    None,
}

/// What somebody wants to know.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The text that is perhaps a token.
    pub text: &'a str,
    /// The issuer it should come from; without one, the one that it names.
    pub issuer: Option<&'a str>,
    /// The organisation it should be for; without one, any.
    pub audience: Option<&'a Hcid>,
    /// The form to judge by; without one, what the CSP's entry or the token says.
    pub profile: Option<TokenProfile>,
    /// The present.
    pub now: Timestamp,
}

/// What is to be said.
pub struct Linted<'a> {
    /// The issuer that the token was held against.
    pub issuer: String,
    /// The trusted CSP that has this issuer.
    pub csp: Option<&'a Csp>,
    /// Why the keys could not be fetched.
    pub keys_unavailable: Option<KeysUnavailable>,
    /// What the rules say.
    pub report: Report,
}

/// Looks at a text.
pub async fn lint<'a>(csps: &'a TrustedCsps, keys: Keys<'_>, question: &Question<'_>) -> Linted<'a> {
    let text = question.text.trim();
    let claimed = claimed_issuer(text);
    let issuer = question.issuer.map(str::to_owned).or(claimed).unwrap_or_default();
    let csp = csps.of_issuer(&issuer);
    let may_ask = csp.is_some() || question.issuer.is_some();
    let fetched = match keys {
        Keys::Fetched(issuer_keys) if may_ask && !issuer.is_empty() => {
            // As at PAR: a key that is newer than the last look is fetched.
            let compact = Compact::parse(text).ok();
            let kid = compact.as_ref().and_then(Compact::key_id);
            Some(issuer_keys.of(&issuer, kid, question.now).await)
        }
        _ => None,
    };
    let (fetched, keys_unavailable) = match fetched {
        Some(Ok(keys)) => (Some(keys), None),
        Some(Err(unavailable)) => (None, Some(unavailable)),
        None => (None, None),
    };
    let key_set = match keys {
        Keys::Given(keys) => Some(keys),
        _ => fetched.as_deref(),
    };
    let policy = Policy { profile: question.profile, quirks: &[] };
    let expected = match csp {
        Some(csp) => csp.expectations(&issuer, question.profile, question.now),
        None => Expectations { policy, ..Expectations::new(&issuer, &RS256, question.now) },
    };
    let report = token::lint(text, key_set, question.audience, &expected);
    Linted { issuer, csp, keys_unavailable, report }
}

const RS256: [jose::Algorithm; 1] = [jose::Algorithm::Rs256];
