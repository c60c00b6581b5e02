//! What a token did to the rules.

use jose::Fault;

use crate::{Grade, Rule};

/// One rule that a token broke. Names claims, never their values, so that it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub rule: Rule,
    /// Where: the claim, or what is wrong with the JSON.
    pub at: Option<&'static str>,
}

/// Why a token was refused: the first breach that its policy does not forgive. Strangers get one answer for
/// all of them.
pub type Reject = Breach;

/// A breach with what it means under the policy by which a token was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub grade: Grade,
    /// What it is.
    pub breach: Breach,
}

impl Breach {
    /// A rule broken at a claim.
    pub const fn at(rule: Rule, claim: &'static str) -> Self {
        Self { rule, at: Some(claim) }
    }

    /// The rule's stable name.
    pub const fn code(&self) -> &'static str {
        self.rule.code()
    }
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sentence = self.rule.describe().sentence;
        match self.at {
            Some(place) => write!(f, "{} ({place}).", sentence.trim_end_matches('.')),
            None => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Breach {}

impl From<Rule> for Breach {
    fn from(rule: Rule) -> Self {
        Self { rule, at: None }
    }
}

impl From<Fault> for Breach {
    fn from(fault: Fault) -> Self {
        let at = match fault {
            Fault::Header(json) | Fault::Payload(json) => Some(json.as_str()),
            _ => None,
        };
        Self { rule: fault.into(), at }
    }
}

/// Breaches as they gather, in the order of the checks.
#[derive(Default)]
pub(crate) struct Breaches(Vec<Breach>);

impl Breaches {
    /// None so far, and room for what most tokens break: growing costs more than the room.
    pub(crate) fn with_room() -> Self {
        Self(Vec::with_capacity(8))
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.add_once(rule.into());
    }

    pub(crate) fn add_at(&mut self, rule: Rule, claim: &'static str) {
        self.add_once(Breach::at(rule, claim));
    }

    /// Adds one for which there is nothing to read.
    pub(crate) fn refuse<T>(&mut self, breach: impl Into<Breach>) -> Option<T> {
        self.add_once(breach.into());
        None
    }

    /// What an outcome says, kept; none when it says that something is wrong.
    pub(crate) fn take<T>(&mut self, outcome: Result<T, Breach>) -> Option<T> {
        outcome.map_or_else(|breach| self.refuse(breach), Some)
    }

    /// Said twice, nobody could tell the one from the other.
    fn add_once(&mut self, breach: Breach) {
        if !self.0.contains(&breach) {
            self.0.push(breach);
        }
    }

    pub(crate) fn into_all(self) -> Vec<Breach> {
        self.0
    }
}
