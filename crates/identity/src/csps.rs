//! Which credential service providers are trusted, under which issuer in which mode, and what each is known to
//! do differently.
//!
//! Data, not code: the three of the seed stand in `csps/published.rs` with their published issuers, and an
//! operator adds or replaces entries. Being listed is a technical fact; whether a CSP is approved for TEFCA is
//! for the operator to establish.

pub mod check;
mod published;

use std::collections::BTreeMap;
use std::time::Duration;

use egress::{Client, IssuerKeys, KeySource};
use jose::Algorithm;
use model::{Hcid, Mode, Timestamp, TokenProfile};
use token::{Expectations, Policy, Rule};
use url::Url;

/// One CSP.
#[derive(Clone, Debug)]
pub struct Csp {
    /// The `idp` value that names it, such as `persona_csp`.
    pub idp: String,
    /// The name a person reads.
    pub name: String,
    /// Its object identifier, which partners on the network may list it by. Written like an HCID.
    pub oid: Option<Hcid>,
    /// Its issuers and the modes they speak for. CLEAR has one for both; there the e-mail rule decides.
    pub issuers: Vec<TrustedIssuer>,
    /// The algorithms its tokens may be signed with; SOP IAS 3.0 fixes RS256.
    pub algorithms: Vec<Algorithm>,
    /// A longer token is refused, whatever its signature.
    pub max_life: Duration,
    /// How long after proofing its tokens are taken; where it counts, they must say when that was.
    pub max_proofing_age: Option<Duration>,
    /// The form it writes; none lets the token say.
    pub profile: Option<TokenProfile>,
    /// Graded rules that it is known to break.
    pub quirks: Vec<Rule>,
}

/// One issuer of a CSP.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// Exactly as in `iss`.
    pub url: String,
    /// The modes it speaks for.
    pub modes: Vec<Mode>,
    /// Where its keys come from.
    pub keys: KeySource,
}

impl Csp {
    /// Whether `issuer` is one of this CSP's for `mode`.
    pub fn speaks_for(&self, issuer: &str, mode: Mode) -> bool {
        self.issuers.iter().any(|trusted| trusted.url == issuer && trusted.modes.contains(&mode))
    }

    /// Where the keys of one of its issuers come from.
    pub fn keys_of(&self, issuer: &str) -> Option<&KeySource> {
        self.issuers.iter().find(|trusted| trusted.url == issuer).map(|trusted| &trusted.keys)
    }

    /// How its tokens are judged for a client that asks for `profile`.
    pub fn policy(&self, profile: Option<TokenProfile>) -> Policy<'_> {
        Policy { profile: profile.or(self.profile), quirks: &self.quirks }
    }

    /// What a token of `issuer`, one of this CSP's, is measured against for a client that asks for `profile`.
    pub fn expectations<'a>(
        &'a self,
        issuer: &'a str,
        profile: Option<TokenProfile>,
        now: Timestamp,
    ) -> Expectations<'a> {
        Expectations {
            max_life: self.max_life,
            max_proofing_age: self.max_proofing_age,
            policy: self.policy(profile),
            ..Expectations::new(issuer, &self.algorithms, now)
        }
    }

    /// The issuer for a mode that a patient is sent to where none is named: the first.
    pub fn issuer_for(&self, mode: Mode) -> Option<&str> {
        self.issuers.iter().find(|issuer| issuer.modes.contains(&mode)).map(|issuer| issuer.url.as_str())
    }
}

/// Why a list of CSPs cannot be trusted as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// `idp` is not a plain word.
    #[error("{0:?} is no idp: small letters, digits and underscores, such as example_csp")]
    Idp(String),
    /// There is no issuer.
    #[error("{0} has no issuer: name one in live_issuers or test_issuers")]
    NoIssuer(String),
    /// An issuer is not a URL that OpenID Connect allows (OIDC Core 2).
    #[error("{idp}: {issuer:?} is no issuer: an https URL without query, fragment or slash at its end")]
    Issuer {
        /// Whose.
        idp: String,
        /// What stands there.
        issuer: String,
    },
    /// An issuer without TLS that the operator did not list as private.
    #[error(
        "{idp}: {issuer} is not https; plain http is taken only of an origin that stands in egress.private_origins"
    )]
    PlainIssuer {
        /// Whose.
        idp: String,
        /// What stands there.
        issuer: String,
    },
    /// Two CSPs have one issuer: whose token it is would be anyone's guess.
    #[error("{0} and {1} have the same issuer {2}")]
    SharedIssuer(String, String, String),
    /// Nothing may sign.
    #[error("{0} has no algorithm")]
    NoAlgorithm(String),
    /// A rule about which nobody may differ.
    #[error("{idp}: {} cannot be a quirk: it is firm", .rule.code())]
    FirmQuirk {
        /// Whose.
        idp: String,
        /// Which.
        rule: Rule,
    },
}

/// The trusted CSPs.
#[derive(Clone, Debug)]
pub struct TrustedCsps(Vec<Csp>);

impl TrustedCsps {
    /// The three CSPs of the seed.
    pub fn published() -> Self {
        Self(published::csps())
    }

    /// Adds a CSP, or replaces the one of the same `idp`.
    #[must_use]
    pub fn with(self, csp: Csp) -> Self {
        let mut csps = self.without(&csp.idp);
        csps.0.push(csp);
        csps
    }

    /// Takes the CSP of this `idp` away.
    #[must_use]
    pub fn without(mut self, idp: &str) -> Self {
        self.0.retain(|known| known.idp != idp);
        self
    }

    /// Whether all of it makes sense; the first thing that does not. Plain http is taken for `local` origins,
    /// which the operator listed as private.
    pub fn check(&self, is_local: impl Fn(&str) -> bool) -> Result<(), Fault> {
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for csp in &self.0 {
            csp.check(&is_local)?;
            for issuer in &csp.issuers {
                match owners.insert(&issuer.url, &csp.idp) {
                    Some(other) if other != csp.idp => {
                        return Err(Fault::SharedIssuer(
                            other.to_owned(),
                            csp.idp.clone(),
                            issuer.url.clone(),
                        ));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The CSP that `idp` names.
    pub fn find(&self, idp: &str) -> Option<&Csp> {
        self.0.iter().find(|csp| csp.idp == idp)
    }

    /// The CSP that has this issuer.
    pub fn of_issuer(&self, issuer: &str) -> Option<&Csp> {
        self.0.iter().find(|csp| csp.issuers.iter().any(|trusted| trusted.url == issuer))
    }

    /// The trusted issuer that this one would be, but for a slash at its end or capitals, and its CSP.
    pub fn nearly(&self, issuer: &str) -> Option<(&Csp, &str)> {
        let bare = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
        let wanted = bare(issuer);
        let mut known =
            self.0.iter().flat_map(|csp| csp.issuers.iter().map(move |trusted| (csp, &*trusted.url)));
        known.find(|(_, url)| *url != issuer && bare(url) == wanted)
    }

    /// All of them.
    pub fn all(&self) -> &[Csp] {
        &self.0
    }

    /// The keys of every issuer, from where its entry says.
    pub fn issuer_keys(&self, client: &Client) -> IssuerKeys {
        let issuers = self.0.iter().flat_map(|csp| &csp.issuers);
        let keys = IssuerKeys::new(client.clone());
        issuers.fold(keys, |keys, issuer| keys.with(&issuer.url, issuer.keys.clone()))
    }
}

impl Csp {
    fn check(&self, is_local: &impl Fn(&str) -> bool) -> Result<(), Fault> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if self.idp.is_empty() || self.idp.len() > 64 || !self.idp.bytes().all(plain) {
            return Err(Fault::Idp(self.idp.clone()));
        }
        if self.issuers.is_empty() {
            return Err(Fault::NoIssuer(self.idp.clone()));
        }
        if self.algorithms.is_empty() {
            return Err(Fault::NoAlgorithm(self.idp.clone()));
        }
        for issuer in &self.issuers {
            let (idp, issuer) = (self.idp.clone(), issuer.url.clone());
            if !is_issuer(&issuer) {
                return Err(Fault::Issuer { idp, issuer });
            }
            if !is_dialled(&issuer, is_local) {
                return Err(Fault::PlainIssuer { idp, issuer });
            }
        }
        match self.quirks.iter().find(|rule| !rule.is_graded()) {
            Some(rule) => Err(Fault::FirmQuirk { idp: self.idp.clone(), rule: *rule }),
            None => Ok(()),
        }
    }
}

/// Whether a text can be an issuer (OIDC Core 2), over TLS or not.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let plain = url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !text.ends_with('/')
        // What the parser would mend is no name to compare byte for byte.
        && url.as_str().trim_end_matches('/') == text;
    plain && matches!(url.scheme(), "https" | "http")
}

/// Whether it may be called: over TLS, or because it is `local`.
fn is_dialled(text: &str, is_local: &impl Fn(&str) -> bool) -> bool {
    text.starts_with("https:") || is_local(text)
}

#[cfg(test)]
mod tests;
