//! Organisations: who asks for records on a patient's behalf.

use crate::id::OrganizationId;
use crate::{Hcid, Mode};

/// An organisation that has joined the network as an IAS provider.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// The name the patient reads on the consent page.
    pub name: String,
    /// Its logo, a `data:` URI or a path on this server; shown on the consent page.
    pub logo_uri: Option<String>,
    /// Its website.
    pub website_uri: Option<String>,
    /// Its privacy policy; linked from the consent page.
    pub privacy_policy_uri: Option<String>,
    /// Its terms of use.
    pub terms_uri: Option<String>,
    /// Its Home Community Id: every ID token it pushes must name it in `aud`.
    pub hcid: Option<Hcid>,
    /// What it may do in test mode.
    pub test: Entitlements,
    /// What it may do in live mode.
    pub live: Entitlements,
}

impl Organization {
    /// What it may do in `mode`.
    pub fn entitlements(&self, mode: Mode) -> Entitlements {
        match mode {
            Mode::Test => self.test,
            Mode::Live => self.live,
        }
    }
}

/// What an organisation may do in one mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entitlements {
    /// TEFCA IAS is enabled.
    pub tefca: bool,
    /// Bring Your Own Identity is enabled: it may push ID tokens of its own CSP.
    pub byoi: bool,
}
