//! What is to be said about a text beside the rules: what was pasted, what was not looked at, what PAR alone knows.

use model::Timestamp;

use super::paste::Paste;

/// One remark. Its words are plain; other languages have them by its code and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What stood around the token, or in its place.
    Pasted(Paste),
    /// Its issuer is nearly a trusted one.
    IssuerNearly {
        /// The trusted one.
        trusted: String,
        /// Whose that is.
        idp: String,
    },
    /// Its issuer is nobody's who is trusted.
    IssuerUntrusted,
    /// It was held against no organisation.
    AudienceOpen,
    /// What only a pushed request shows.
    ParAlone,
    /// It is over.
    Expired {
        /// Since when.
        at: Timestamp,
        /// The present.
        now: Timestamp,
    },
    /// It is of the future.
    Early {
        /// The present.
        now: Timestamp,
    },
}

impl Remark {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Pasted(paste) => paste.code(),
            Self::IssuerNearly { .. } => "issuer.nearly",
            Self::IssuerUntrusted => "issuer.untrusted",
            Self::AudienceOpen => "audience.not_compared",
            Self::ParAlone => "par.alone",
            Self::Expired { .. } => "time.expired",
            Self::Early { .. } => "time.early",
        }
    }

    /// Whether PAR would refuse what is accepted here.
    pub const fn refuses(&self) -> bool {
        matches!(self, Self::Pasted(_) | Self::IssuerNearly { .. } | Self::IssuerUntrusted)
    }

    /// What its sentence names, by the variables of its message.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::IssuerNearly { trusted, idp } => vec![("trusted", trusted.clone()), ("idp", idp.clone())],
            Self::Expired { at, now } => vec![("at", at.rfc3339()), ("now", now.rfc3339())],
            Self::Early { now } => vec![("now", now.rfc3339())],
            _ => Vec::new(),
        }
    }

    /// In one sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Pasted(paste) => paste.sentence().to_owned(),
            Self::IssuerNearly { trusted, idp } => format!(
                "The issuer differs from {trusted}, which is trusted as {idp}, only by a slash or capitals; PAR \
                 compares them letter by letter and would refuse the token."
            ),
            Self::IssuerUntrusted => {
                "The issuer is no trusted CSP's; PAR would refuse the token until an entry of csps names it."
                    .to_owned()
            }
            Self::AudienceOpen => {
                "The audience was not compared, because no organization was named; PAR compares it."
                    .to_owned()
            }
            Self::ParAlone => {
                "Whether the e-mail fits the mode of the key, and whether the token was pushed before, \
                               PAR alone can say."
                    .to_owned()
            }
            Self::Expired { at, now } => {
                format!("It expired at {}; here it is {}.", at.rfc3339(), now.rfc3339())
            }
            Self::Early { now } => {
                format!("Here it is {}; compare the clocks.", now.rfc3339())
            }
        }
    }
}
