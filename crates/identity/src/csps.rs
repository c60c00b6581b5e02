//! Which credential service providers are trusted, under which issuer in which mode.
//!
//! Data, not code: the three of the seed stand here with their published issuers, and an operator adds or
//! replaces entries by configuration. Being listed is a technical fact; whether a CSP is approved for
//! TEFCA is for the operator to establish.

use std::time::Duration;

use jose::Algorithm;
use model::Mode;

/// One CSP.
#[derive(Clone, Debug)]
pub struct Csp {
    /// The `idp` value that names it, such as `persona_csp`.
    pub idp: String,
    /// The name a person reads.
    pub name: String,
    /// Its issuers and the modes they speak for. CLEAR has one for both; there the e-mail rule decides.
    pub issuers: Vec<TrustedIssuer>,
    /// A longer token is refused, whatever its signature.
    pub max_life: Duration,
    /// How long after proofing its tokens are taken.
    pub max_proofing_age: Option<Duration>,
}

/// One issuer of a CSP.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// Exactly as in `iss`.
    pub url: String,
    /// The modes it speaks for.
    pub modes: Vec<Mode>,
}

impl Csp {
    /// The algorithms its tokens may be signed with: SOP IAS 3.0 fixes RS256.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        &[Algorithm::Rs256]
    }

    /// Whether `issuer` is one of this CSP's for `mode`.
    pub fn speaks_for(&self, issuer: &str, mode: Mode) -> bool {
        self.issuers.iter().any(|trusted| trusted.url == issuer && trusted.modes.contains(&mode))
    }
}

/// The trusted CSPs.
#[derive(Clone, Debug)]
pub struct TrustedCsps(Vec<Csp>);

impl TrustedCsps {
    /// The three CSPs of the seed.
    pub fn published() -> Self {
        let issuer = |url: &str, modes: &[Mode]| TrustedIssuer { url: url.to_owned(), modes: modes.to_vec() };
        let csp = |idp: &str, name: &str, hours: u64, issuers: Vec<TrustedIssuer>| Csp {
            idp: idp.to_owned(),
            name: name.to_owned(),
            issuers,
            max_life: Duration::from_secs(hours * 3600),
            max_proofing_age: None,
        };
        Self(vec![
            csp(
                "clear_csp",
                "CLEAR",
                24,
                vec![issuer("https://verified.clearme.com/integrations", &[Mode::Live, Mode::Test])],
            ),
            csp(
                "idme_csp",
                "ID.me",
                6,
                vec![
                    issuer("https://api.id.me/oidc", &[Mode::Live]),
                    issuer("https://api.idmelabs.com/oidc", &[Mode::Test]),
                ],
            ),
            csp(
                "persona_csp",
                "Persona",
                2,
                vec![
                    issuer("https://authenticate.withpersona.com/authenticate/oidc", &[Mode::Live]),
                    issuer("https://authenticate.withpersona.com/authenticate/oidc-sandbox", &[Mode::Test]),
                ],
            ),
        ])
    }

    /// Adds a CSP, or replaces the one of the same `idp`.
    #[must_use]
    pub fn with(mut self, csp: Csp) -> Self {
        self.0.retain(|known| known.idp != csp.idp);
        self.0.push(csp);
        self
    }

    /// The CSP that `idp` names.
    pub fn find(&self, idp: &str) -> Option<&Csp> {
        self.0.iter().find(|csp| csp.idp == idp)
    }

    /// All of them.
    pub fn all(&self) -> &[Csp] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_issuers_speak_for_their_mode_alone() {
        let csps = TrustedCsps::published();
        let persona = csps.find("persona_csp").expect("listed");
        let sandbox = "https://authenticate.withpersona.com/authenticate/oidc-sandbox";
        assert!(persona.speaks_for(sandbox, Mode::Test));
        assert!(!persona.speaks_for(sandbox, Mode::Live));
        assert!(!persona.speaks_for(&format!("{sandbox}/"), Mode::Test));
        assert!(csps.find("other_csp").is_none());
    }

    #[test]
    fn an_entry_of_the_operator_replaces_a_published_one() {
        let own = Csp {
            name: "Our own".into(),
            ..TrustedCsps::published().find("persona_csp").expect("listed").clone()
        };
        let csps = TrustedCsps::published().with(own);
        assert_eq!(csps.all().len(), 3);
        assert_eq!(csps.find("persona_csp").map(|csp| csp.name.as_str()), Some("Our own"));
    }
}
