//! Every rule by which a token is judged: one name, one sentence for the operator, the clause it comes from
//! and what to ask of the CSP. The table is in `rule/table.rs`; `docs/reference/token-rules.md` is made of it.

mod table;

use jose::Fault;

use crate::{Grade, TokenProfile};

pub use table::Rule;

/// What is written about a rule.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// A stable name, such as `token.expired`.
    pub code: &'static str,
    /// What breaking it means, in one sentence for the operator.
    pub sentence: &'static str,
    /// Where it is written.
    pub clause: &'static str,
    /// What to ask of the CSP.
    pub advice: &'static str,
    /// How much it matters.
    pub weight: Weight,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Breaking it refuses the token, under every profile and whoever issued it: without it nobody knows
    /// who said what about whom.
    Firm,
    /// It depends on the profile, in the order of [`TokenProfile::ALL`].
    Graded([Grade; 3]),
}

impl Rule {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        self.describe().code
    }

    /// The rule of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.code() == code)
    }

    /// Whether issuers and profiles may differ about it.
    pub const fn is_graded(self) -> bool {
        matches!(self.describe().weight, Weight::Graded(_))
    }

    /// What breaking it means under a profile.
    pub const fn grade(self, profile: TokenProfile) -> Grade {
        match self.describe().weight {
            Weight::Firm => Grade::Error,
            Weight::Graded(grades) => grades[profile as usize],
        }
    }
}

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooLong => Self::JwsSize,
            Fault::JsonSerialization => Self::JwsJsonSerialization,
            Fault::Encrypted => Self::JwsEncrypted,
            Fault::Segments => Self::JwsSegments,
            Fault::Base64url => Self::JwsBase64url,
            Fault::Header(_) => Self::JwsHeader,
            Fault::NoAlgorithm => Self::JwsNoAlgorithm,
            Fault::Algorithm => Self::JwsAlgorithm,
            Fault::KeyId => Self::JwsKeyId,
            Fault::Type => Self::JwsType,
            Fault::Critical => Self::JwsCrit,
            Fault::Unencoded => Self::JwsB64,
            Fault::Compressed => Self::JwsZip,
            Fault::RemoteKeySet => Self::JwsJku,
            Fault::RemoteCertificate => Self::JwsX5u,
            Fault::EmbeddedKey => Self::JwsJwk,
            Fault::ContentEncryption => Self::JwsEnc,
            Fault::Nested => Self::JwsNested,
            Fault::NoKeyId => Self::JwsNoKeyId,
            Fault::UnknownKey => Self::JwsUnknownKey,
            Fault::KeyType => Self::JwsKeyType,
            Fault::Signature => Self::JwsSignature,
            Fault::Payload(_) => Self::JwsPayload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jose::json::JsonFault;

    #[test]
    fn codes_are_single_and_lead_back() {
        for (at, rule) in Rule::ALL.into_iter().enumerate() {
            assert_eq!(Rule::from_code(rule.code()), Some(rule));
            assert!(Rule::ALL.iter().skip(at + 1).all(|other| other.code() != rule.code()), "{rule:?}");
        }
        assert_eq!(Rule::from_code("token.other"), None);
    }

    #[test]
    fn every_rule_is_told_in_whole_sentences_with_its_clause() {
        for rule in Rule::ALL {
            let Description { sentence, advice, clause, .. } = rule.describe();
            for text in [sentence, advice] {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{rule:?}: {text}");
            }
            assert!(!clause.is_empty(), "{rule:?}");
        }
    }

    #[test]
    fn every_fault_of_the_outer_form_has_its_code() {
        for (fault, code) in [
            (Fault::TooLong, "jws.size"),
            (Fault::JsonSerialization, "jws.json_serialization"),
            (Fault::Encrypted, "jws.encrypted"),
            (Fault::Segments, "jws.segments"),
            (Fault::Base64url, "jws.base64url"),
            (Fault::Header(JsonFault::Syntax), "jws.header"),
            (Fault::NoAlgorithm, "jws.no_algorithm"),
            (Fault::Algorithm, "jws.algorithm"),
            (Fault::KeyId, "jws.key_id"),
            (Fault::Type, "jws.type"),
            (Fault::Critical, "jws.crit"),
            (Fault::Unencoded, "jws.b64"),
            (Fault::Compressed, "jws.zip"),
            (Fault::RemoteKeySet, "jws.jku"),
            (Fault::RemoteCertificate, "jws.x5u"),
            (Fault::EmbeddedKey, "jws.jwk"),
            (Fault::ContentEncryption, "jws.enc"),
            (Fault::Nested, "jws.nested"),
            (Fault::NoKeyId, "jws.no_key_id"),
            (Fault::UnknownKey, "jws.unknown_key"),
            (Fault::KeyType, "jws.key_type"),
            (Fault::Signature, "jws.signature"),
            (Fault::Payload(JsonFault::Syntax), "jws.payload"),
        ] {
            assert_eq!(Rule::from(fault).code(), code);
        }
    }

    #[test]
    fn the_strictest_profile_is_the_newest() {
        assert_eq!(Rule::TypeMissing.grade(TokenProfile::Tefca2), Grade::Warning);
        assert_eq!(Rule::TypeMissing.grade(TokenProfile::Tefca3), Grade::Error);
        assert!(TokenProfile::ALL.iter().all(|profile| Rule::Expired.grade(*profile) == Grade::Error));
    }
}
