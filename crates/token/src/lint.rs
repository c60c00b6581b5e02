//! Everything the rules say about any text: for people who want to know why a token is or would be refused.
//!
//! Nothing here makes a [`crate::Verified`]: what is looked at may be anybody's writing.

mod shown;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::compact::MAX_BYTES;
use jose::json::{self, Object};
use jose::{Algorithm, Compact, Fault, KeySet};
use model::Hcid;

use crate::verify::{examine, issuer, version, weigh};
use crate::{Breach, Expectations, Finding, Grade, Profile, Rule};

pub use shown::Shown;

/// What is said about one text.
pub struct Report {
    /// The header's members, if it can be read.
    pub header: Vec<(String, Shown)>,
    /// The payload's members, if it can be read.
    pub claims: Vec<(String, Shown)>,
    /// Whether the signature is the issuer's.
    pub signature: Signature,
    /// The profile that the policy chooses for this token.
    pub profile: Profile,
    /// What each profile makes of it, in the order of [`Profile::ALL`].
    pub judgements: Vec<Judgement>,
}

/// Whether a signature is the issuer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It is.
    Good,
    /// It is not, or the outer form is wrong.
    Bad(Breach),
    /// There are no keys to check it with.
    NotChecked,
}

/// What one profile makes of a token.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Which.
    pub profile: Profile,
    /// What it says in the end.
    pub verdict: Verdict,
    /// What it remarks on, the gravest first.
    pub findings: Vec<Finding>,
}

/// What is said in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The token is taken.
    Accepted,
    /// It is refused, first of all for this.
    Refused(Breach),
    /// All but the signature is right; without keys nobody can say more.
    NotJudged,
}

impl Report {
    /// What the chosen profile says in the end.
    pub fn verdict(&self) -> Verdict {
        let chosen = self.judgements.iter().find(|judgement| judgement.profile == self.profile);
        chosen.map_or(Verdict::NotJudged, |judgement| judgement.verdict)
    }

    /// What the chosen profile remarks on, the gravest first.
    pub fn findings(&self) -> &[Finding] {
        let chosen = self.judgements.iter().find(|judgement| judgement.profile == self.profile);
        chosen.map(|judgement| judgement.findings.as_slice()).unwrap_or_default()
    }

    /// Every breach that some profile remarks on, the gravest first.
    pub fn breaches(&self) -> Vec<Breach> {
        let mut findings: Vec<Finding> =
            self.judgements.iter().flat_map(|judgement| judgement.findings.iter().copied()).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
        let mut breaches: Vec<Breach> = Vec::new();
        for finding in findings {
            if !breaches.contains(&finding.breach) {
                breaches.push(finding.breach);
            }
        }
        breaches
    }
}

impl Judgement {
    /// What a breach means under this profile.
    pub fn grade(&self, breach: &Breach) -> Grade {
        let finding = self.findings.iter().find(|finding| finding.breach == *breach);
        finding.map_or(Grade::Fine, |finding| finding.grade)
    }
}

/// Looks at `text` as a token for `audience`, where one is named, against everything that is expected. Without
/// `keys` the signature stays open; `expected.issuer` may be what [`claimed_issuer`] says.
pub fn lint(
    text: &str,
    keys: Option<&KeySet>,
    audience: Option<&Hcid>,
    expected: &Expectations<'_>,
) -> Report {
    let (header, payload) = (segment(text, 0), segment(text, 1));
    let compact = Compact::parse(text);
    let signature = match (&compact, keys) {
        (Err(fault), _) => Signature::Bad((*fault).into()),
        (Ok(compact), None) => without_keys(compact, expected),
        (Ok(compact), Some(keys)) => match compact.verify(keys, expected.algorithms) {
            Ok(_) => Signature::Good,
            Err(fault) => Signature::Bad(fault.into()),
        },
    };
    let header = header.as_deref().and_then(|header| json::parse_object(header, MAX_BYTES).ok());
    let signature = if is_unsigned(text, &compact, header.as_ref()) {
        Signature::Bad(Rule::JwsAlgorithm.into())
    } else {
        signature
    };
    let claims = payload.as_deref().map(|payload| json::parse_object(payload, MAX_BYTES));
    let (breaches, profile) = match &claims {
        Some(Ok(claims)) => (
            examine(claims, typ(header.as_ref()), audience, expected).breaches.all().to_vec(),
            expected.policy.profile_for(version(claims)),
        ),
        Some(Err(fault)) if has_payload(&compact) => {
            (vec![Fault::Payload(*fault).into()], expected.policy.profile_for(None))
        }
        _ => (Vec::new(), expected.policy.profile_for(None)),
    };
    // Without an audience to hold it against, or a header to read, what is missing in them says nothing.
    let counts = |breach: &&Breach| match breach.rule {
        Rule::Audience => audience.is_some(),
        Rule::TypeMissing => header.is_some(),
        _ => true,
    };
    let breaches: Vec<Breach> = breaches.iter().filter(counts).copied().collect();
    Report {
        header: header.as_ref().map(shown::members).unwrap_or_default(),
        claims: claims.and_then(Result::ok).map(|claims| shown::members(&claims)).unwrap_or_default(),
        signature,
        profile,
        judgements: Profile::ALL.map(|profile| judgement(&breaches, signature, expected, profile)).to_vec(),
    }
}

/// The issuer that a text claims to come from, if its payload can be read, whatever is wrong with the rest.
pub fn claimed_issuer(text: &str) -> Option<String> {
    let payload = segment(text, 1)?;
    let claims = json::parse_object(&payload, MAX_BYTES).ok()?;
    issuer(&claims).map(str::to_owned)
}

/// Whether an algorithm of no signature is the reason why there is no third segment (RFC 7515 appendix A.5).
fn is_unsigned(text: &str, compact: &Result<Compact<'_>, Fault>, header: Option<&Object<'_>>) -> bool {
    let algorithm = || header?.get("alg")?.as_str();
    matches!(compact, Err(Fault::Segments))
        && text.ends_with('.')
        && text.bytes().filter(|byte| *byte == b'.').count() == 2
        && algorithm().is_some_and(|name| Algorithm::from_name(name).is_none())
}

/// What can be said of the header before any key is looked at.
fn without_keys(compact: &Compact<'_>, expected: &Expectations<'_>) -> Signature {
    if !expected.algorithms.contains(&compact.algorithm()) {
        return Signature::Bad(Rule::JwsAlgorithm.into());
    }
    if compact.key_id().is_none() { Signature::Bad(Rule::JwsNoKeyId.into()) } else { Signature::NotChecked }
}

/// From the header as such, for its rules may be broken elsewhere. What is no text is of no known type.
fn typ<'h>(header: Option<&'h Object<'_>>) -> Option<&'h str> {
    header?.get("typ").map(|typ| typ.as_str().unwrap_or_default())
}

/// Whether the second segment is a payload: not in what is encrypted, cut off or not compact at all.
fn has_payload(compact: &Result<Compact<'_>, Fault>) -> bool {
    !matches!(compact, Err(Fault::TooLong | Fault::JsonSerialization | Fault::Encrypted | Fault::Segments))
}

fn judgement(
    breaches: &[Breach],
    signature: Signature,
    expected: &Expectations<'_>,
    profile: Profile,
) -> Judgement {
    let graded = breaches.iter().map(|breach| {
        let grade = expected.policy.grade(breach.rule, profile);
        Finding { grade, breach: *breach }
    });
    let mut findings: Vec<Finding> = graded.filter(|finding| finding.grade > Grade::Fine).collect();
    if let Signature::Bad(breach) = signature
        && !breaches.contains(&breach)
    {
        findings.insert(0, Finding { grade: Grade::Error, breach });
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.grade));
    let verdict = match (signature, weigh(breaches, expected.policy, profile)) {
        (Signature::Bad(breach), _) | (_, Err(breach)) => Verdict::Refused(breach),
        (Signature::NotChecked, Ok(_)) => Verdict::NotJudged,
        (Signature::Good, Ok(_)) => Verdict::Accepted,
    };
    Judgement { profile, verdict, findings }
}

fn segment(text: &str, at: usize) -> Option<Vec<u8>> {
    // Bounded like everything that strangers send.
    let text = text.get(..text.len().min(MAX_BYTES))?;
    URL_SAFE_NO_PAD.decode(text.split('.').nth(at)?.trim()).ok()
}
