//! What an organisation is within the network, and how it answers individuals.

/// Where an organisation stands in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganizationKind {
    /// A Qualified Health Information Network; has no parent.
    Qhin,
    /// A Participant of one QHIN.
    Participant,
    /// A Subparticipant of any of the above, or of another Subparticipant.
    Subparticipant,
    /// A facility or the like within one of the above; has no endpoints.
    Child,
}

impl OrganizationKind {
    /// Reads the directory's code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Qhin, Self::Participant, Self::Subparticipant, Self::Child]
            .into_iter()
            .find(|kind| kind.as_str() == code)
    }

    /// The directory's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Qhin => "QHIN",
            Self::Participant => "Participant",
            Self::Subparticipant => "Subparticipant",
            Self::Child => "Child",
        }
    }
}

/// How a node answers an individual (IAS SOP 3.0 section 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// `mode-1`: a possible match; the individual logs in at the node.
    LogIn,
    /// `mode-2`: a unique match; no login.
    Direct,
}

impl ResponseMode {
    /// Reads the code of our extension.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::LogIn, Self::Direct].into_iter().find(|mode| mode.as_str() == code)
    }

    /// The code of our extension.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogIn => "mode-1",
            Self::Direct => "mode-2",
        }
    }
}
