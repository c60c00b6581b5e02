//! What a client asks of the ID tokens it pushes.

/// A form of the TEFCA IAS ID token to judge by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProfile {
    /// The 2.x form of the Persona guide.
    Tefca2,
    /// IAS SOP 3.0, section 4.9.
    Tefca3,
    /// What CMS-aligned networks ask of the same CSPs.
    CmsAligned,
}

impl TokenProfile {
    /// Every form there is.
    pub const ALL: [Self; 3] = [Self::Tefca2, Self::Tefca3, Self::CmsAligned];

    /// Its name in configuration, in the store and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tefca2 => "tefca-2",
            Self::Tefca3 => "tefca-3.0",
            Self::CmsAligned => "cms-aligned",
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }
}

/// How a client's ID tokens are judged and how often each may be pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenPolicy {
    /// The form to judge by; none leaves it to the CSP's entry and to the token.
    pub profile: Option<TokenProfile>,
    /// Whether a token may be pushed once only. Otherwise the same client may push it again while it is
    /// valid, for a `request_uri` lives 90 seconds; another client never may.
    pub once: bool,
}
