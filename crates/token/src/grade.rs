//! How much a form of the token minds a broken rule.

/// How much a broken rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Not at all.
    Fine,
    /// Worth knowing.
    Note,
    /// The token is taken; a stricter reader down the line may refuse it.
    Warning,
    /// The token is refused.
    Error,
}

impl Grade {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// One step milder: for what an issuer is known to do.
    #[must_use]
    pub const fn milder(self) -> Self {
        match self {
            Self::Fine | Self::Note => Self::Fine,
            Self::Warning => Self::Note,
            Self::Error => Self::Warning,
        }
    }
}
