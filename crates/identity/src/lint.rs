//! A token under the glass: what the rules and the trusted CSPs make of any text, for people. Nothing is kept.

mod paste;
mod remark;

use egress::{IssuerKeys, KeysUnavailable};
use jose::KeySet;
use model::{Hcid, Timestamp, TokenProfile};
use token::lint::{Report, Verdict, claimed_issuer};
use token::{Breach, Expectations, Policy, Rule};

use crate::csps::{Csp, TrustedCsps};

pub use paste::{Paste, holds_token};
pub use remark::Remark;

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
    /// What was pasted, and what the rules alone do not say; what was pasted stands first.
    pub remarks: Vec<Remark>,
    /// The issuer that the token was held against.
    pub issuer: String,
    /// The trusted CSP that has this issuer.
    pub csp: Option<&'a Csp>,
    /// Why the keys could not be fetched.
    pub keys_unavailable: Option<KeysUnavailable>,
    /// What the rules say.
    pub report: Report,
}

impl Linted<'_> {
    /// What is said in the end. Where nothing was pasted there is nothing to judge.
    pub fn verdict(&self) -> Verdict {
        if self.is_empty() { Verdict::NotJudged } else { self.report.verdict() }
    }

    /// Whether nothing was pasted.
    pub fn is_empty(&self) -> bool {
        self.remarks.contains(&Remark::Pasted(Paste::Nothing))
    }

    /// Whether PAR would refuse what the rules accept, or was not wholly compared with it.
    pub fn is_qualified(&self) -> bool {
        self.remarks.iter().any(|remark| remark.refuses() || *remark == Remark::AudienceOpen)
    }

    /// What to tell the CSP: one breach for each rule that the profile that counts remarks on, the gravest first.
    /// A paste that is no token is not the CSP's doing.
    pub fn for_csp(&self) -> Vec<Breach> {
        let pasted = |remark: &Remark| matches!(remark, Remark::Pasted(paste) if paste.is_no_token());
        let mut told: Vec<Breach> = Vec::new();
        if self.remarks.iter().any(pasted) {
            return told;
        }
        for finding in self.report.findings() {
            if !told.iter().any(|breach| breach.rule == finding.breach.rule) {
                told.push(finding.breach);
            }
        }
        told
    }
}

/// Looks at a text.
pub async fn lint<'a>(csps: &'a TrustedCsps, keys: Keys<'_>, question: &Question<'_>) -> Linted<'a> {
    let (text, pasted) = paste::unwrap(question.text);
    let claimed = claimed_issuer(&text);
    let issuer = question.issuer.map(str::to_owned).or(claimed).unwrap_or_default();
    let csp = csps.of_issuer(&issuer);
    let may_ask = csp.is_some() || question.issuer.is_some();
    let fetched = match keys {
        Keys::Fetched(issuer_keys) if may_ask && !issuer.is_empty() => {
            Some(issuer_keys.of(&issuer, None, question.now).await)
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
    let mut expected = Expectations { policy, ..Expectations::new(&issuer, &RS256, question.now) };
    if let Some(csp) = csp {
        expected.algorithms = &csp.algorithms;
        expected.max_life = csp.max_life;
        expected.max_proofing_age = csp.max_proofing_age;
        expected.policy = csp.policy(question.profile);
    }
    let report = token::lint(&text, key_set, question.audience, &expected);
    let mut linted = Linted {
        remarks: pasted.into_iter().map(Remark::Pasted).collect(),
        issuer,
        csp,
        keys_unavailable,
        report,
    };
    linted.remarks.extend(remarks(csps, question, &linted));
    linted
}

/// What the rules alone do not say, of a text whose claims can be read.
fn remarks(csps: &TrustedCsps, question: &Question<'_>, linted: &Linted<'_>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if linted.report.claims.is_empty() {
        return remarks;
    }
    if linted.csp.is_none() && !linted.issuer.is_empty() {
        remarks.push(match csps.nearly(&linted.issuer) {
            Some((csp, trusted)) => {
                Remark::IssuerNearly { trusted: trusted.to_owned(), idp: csp.idp.clone() }
            }
            None => Remark::IssuerUntrusted,
        });
    }
    let now = question.now;
    let breaks = |rule| linted.report.findings().iter().any(|finding| finding.breach.rule == rule);
    let exp = linted.report.claims.iter().find(|(name, _)| name == "exp");
    if let (true, Some(at)) = (breaks(Rule::Expired), exp.and_then(|(_, shown)| shown.moment())) {
        remarks.push(Remark::Expired { at, now });
    } else if [Rule::NotYetValid, Rule::IssuedInFuture, Rule::ProofedInFuture].into_iter().any(breaks) {
        remarks.push(Remark::Early { now });
    }
    if question.audience.is_none() {
        remarks.push(Remark::AudienceOpen);
    }
    if !matches!(linted.report.verdict(), Verdict::Refused(_)) {
        remarks.push(Remark::ParAlone);
    }
    remarks
}

const RS256: [jose::Algorithm; 1] = [jose::Algorithm::Rs256];
