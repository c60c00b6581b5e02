//! The CSPs of the seed, with what their published tokens look like.

use std::time::Duration;

use egress::KeySource;
use jose::Algorithm;
use model::{Hcid, Mode};
use token::Rule;

use super::{Csp, TrustedIssuer};

pub(super) fn csps() -> Vec<Csp> {
    vec![clear(), id_me(), persona()]
}

/// One issuer for both modes. Names come in capitals, contacts that nobody verified are sent and marked.
fn clear() -> Csp {
    Csp {
        issuers: vec![issuer("https://verified.clearme.com/integrations", &[Mode::Live, Mode::Test])],
        max_life: Duration::from_hours(24),
        quirks: vec![
            Rule::NameCapitals,
            Rule::Filler,
            Rule::GenderSpelling,
            Rule::ContactUnverified,
            Rule::Alias,
            Rule::SsnPresent,
            Rule::NotBeforeMissing,
            Rule::AudienceOther,
        ],
        ..plain("clear_csp", "CLEAR")
    }
}

/// Its sandbox writes American dates; tokens have no `nbf` and no `auth_time`.
fn id_me() -> Csp {
    Csp {
        issuers: vec![
            issuer("https://api.id.me/oidc", &[Mode::Live]),
            issuer("https://api.idmelabs.com/oidc", &[Mode::Test]),
        ],
        max_life: Duration::from_hours(6),
        quirks: vec![
            Rule::BirthdateFormat,
            Rule::GenderSpelling,
            Rule::NotBeforeMissing,
            Rule::AuthTimeMissing,
            Rule::SsnPresent,
            Rule::Unlisted,
            Rule::LongLived,
        ],
        ..plain("idme_csp", "ID.me")
    }
}

/// The 2.x form; a proofing counts for 90 days.
fn persona() -> Csp {
    Csp {
        oid: Hcid::parse("1.3.6.1.4.1.65312.2.10").ok(),
        issuers: vec![
            issuer("https://authenticate.withpersona.com/authenticate/oidc", &[Mode::Live]),
            issuer("https://authenticate.withpersona.com/authenticate/oidc-sandbox", &[Mode::Test]),
        ],
        max_life: Duration::from_hours(2),
        max_proofing_age: Some(Duration::from_hours(90 * 24)),
        quirks: vec![Rule::Filler, Rule::AudienceParty, Rule::SsnPresent],
        ..plain("persona_csp", "Persona")
    }
}

fn plain(idp: &str, name: &str) -> Csp {
    Csp {
        idp: idp.to_owned(),
        name: name.to_owned(),
        oid: None,
        issuers: Vec::new(),
        algorithms: vec![Algorithm::Rs256],
        max_life: Duration::from_hours(2),
        max_proofing_age: None,
        profile: None,
        quirks: Vec::new(),
    }
}

fn issuer(url: &str, modes: &[Mode]) -> TrustedIssuer {
    TrustedIssuer { url: url.to_owned(), modes: modes.to_vec(), keys: KeySource::Discovery }
}
