//! Where patients without an ID token can be sent to prove who they are: what the operator registered at CSPs.
//!
//! That a CSP is trusted and that we are one of its clients are two things. The first stands in [`crate::csps`]; here
//! is the second.

use std::sync::Arc;

use jose::SigningKey;
use model::{Hcid, Mode, Secret};

use crate::csps::TrustedCsps;

/// What we are at a CSP, in one mode.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Which CSP.
    pub idp: String,
    /// For patients of which mode.
    pub mode: Mode,
    /// Under which of its issuers.
    pub issuer: String,
    /// Our client id there.
    pub client_id: String,
    /// How we prove to be that client.
    pub proof: Proof,
    /// `scope`, with `openid` in it.
    pub scope: String,
    /// What else the CSP wants to be asked, such as `acr_values`.
    pub parameters: Vec<(String, String)>,
    /// The HCID that its tokens for us are meant for; without one, the HCID of the organisation that asks.
    pub hcid: Option<Hcid>,
}

/// How a client proves itself at a token endpoint.
#[derive(Clone, Debug)]
pub enum Proof {
    /// By a shared secret (RFC 6749 2.3.1).
    Secret(Secret),
    /// By assertions signed with this key (RFC 7523).
    Key(Arc<SigningKey>),
}

/// All registrations, and what else hosted proofing needs.
#[derive(Clone, Debug, Default)]
pub struct Registrations {
    /// What we are at which CSP.
    pub all: Vec<Registration>,
    /// Whether mail can be sent, without which no address of a real patient is confirmed.
    pub sends_mail: bool,
}

/// Why registrations do not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationFault {
    /// No trusted CSP has this `idp`.
    #[error("{0:?} names no trusted CSP")]
    UnknownCsp(String),
    /// The CSP has no such issuer in that mode.
    #[error("{issuer} is no issuer of {idp} in {mode} mode")]
    Issuer {
        /// Which CSP.
        idp: String,
        /// What was named.
        issuer: String,
        /// In which mode.
        mode: Mode,
    },
    /// Which of two would be used is anyone's guess.
    #[error("there are two registrations at {0} for {1} mode")]
    Twice(String, Mode),
}

impl Registrations {
    /// Those that serve a mode.
    pub fn of_mode(&self, mode: Mode) -> impl Iterator<Item = &Registration> {
        self.all.iter().filter(move |registration| registration.mode == mode)
    }

    /// The one at a CSP in a mode.
    pub fn find(&self, idp: &str, mode: Mode) -> Option<&Registration> {
        self.of_mode(mode).find(|registration| registration.idp == idp)
    }

    /// Whether patients of a mode can be proven here.
    pub fn serve(&self, mode: Mode) -> bool {
        self.of_mode(mode).next().is_some() && (mode == Mode::Test || self.sends_mail)
    }

    /// Whether each goes with a trusted CSP, and none is there twice.
    pub fn check(&self, csps: &TrustedCsps) -> Result<(), RegistrationFault> {
        for (position, one) in self.all.iter().enumerate() {
            let csp = csps.find(&one.idp).ok_or(RegistrationFault::UnknownCsp(one.idp.clone()))?;
            if !csp.speaks_for(&one.issuer, one.mode) {
                let (idp, issuer) = (one.idp.clone(), one.issuer.clone());
                return Err(RegistrationFault::Issuer { idp, issuer, mode: one.mode });
            }
            let same = |other: &Registration| (&other.idp, other.mode) == (&one.idp, one.mode);
            if self.all.iter().take(position).any(same) {
                return Err(RegistrationFault::Twice(one.idp.clone(), one.mode));
            }
        }
        Ok(())
    }
}
