//! What a request asks for (RFC 6749 section 3.3).

use serde::{Deserialize, Serialize};

/// The longest `scope`, in bytes.
pub const MAX_BYTES: usize = 1024;
/// The most names in one.
pub const MAX_NAMES: usize = 32;

/// The names of OpenID Connect Core sections 5.4 and 11 stand first, in the order of those sections.
const FIRST: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// A set of scope names, written in canonical order: those of OpenID Connect first, then the others by their bytes,
/// none twice. So equal sets are equal texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(String);

/// Why text is no scope. On the wire all are `invalid_scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeFault {
    /// Nothing, or nothing between two spaces.
    #[error("the scope holds an empty name")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("the scope is longer than 1024 bytes")]
    TooLong,
    /// More than [`MAX_NAMES`].
    #[error("the scope has more than 32 names")]
    TooMany,
    /// A character that no name may have.
    #[error("the scope holds a character that is not allowed in it")]
    Character,
}

impl Scope {
    /// The scope that asks for nothing.
    pub const fn none() -> Self {
        Self(String::new())
    }

    /// Reads names separated by single spaces, in any order; what stands twice counts once.
    pub fn parse(text: &str) -> Result<Self, ScopeFault> {
        if text.len() > MAX_BYTES {
            return Err(ScopeFault::TooLong);
        }
        if !text.bytes().all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')) {
            return Err(ScopeFault::Character);
        }
        let mut names: Vec<&str> = text.split(' ').take(MAX_NAMES + 1).collect();
        if names.len() > MAX_NAMES {
            return Err(ScopeFault::TooMany);
        }
        if names.contains(&"") {
            return Err(ScopeFault::Empty);
        }
        names.sort_unstable_by_key(|name| (rank(name), *name));
        names.dedup();
        Ok(Self(names.join(" ")))
    }

    /// The names in canonical order with single spaces between: the form for answers, tokens and the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names in canonical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ').filter(|name| !name.is_empty())
    }

    /// Whether it asks for nothing.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds a name.
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// Whether `whole` holds all of its names: a refresh may narrow what was granted, never widen it (RFC 6749
    /// section 6).
    pub fn is_within(&self, whole: &Self) -> bool {
        self.names().all(|name| whole.contains(name))
    }
}

/// As it was kept: there the scope that asks for nothing is the empty text.
impl TryFrom<String> for Scope {
    type Error = ScopeFault;

    fn try_from(text: String) -> Result<Self, ScopeFault> {
        if text.is_empty() { Ok(Self::none()) } else { Self::parse(&text) }
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn rank(name: &str) -> usize {
    FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).expect("a scope")
    }

    #[test]
    fn equal_sets_are_equal_texts() {
        for (text, canonical) in [
            ("openid", "openid"),
            ("email profile openid", "openid profile email"),
            ("openid profile email", "openid profile email"),
            ("b a openid a", "openid a b"),
            ("Openid openid", "openid Openid"),
            ("offline_access patient/*.rs phone", "phone offline_access patient/*.rs"),
        ] {
            assert_eq!(scope(text).as_str(), canonical, "{text}");
            assert_eq!(scope(canonical), scope(text));
        }
    }

    #[test]
    fn what_the_grammar_does_not_have_is_no_scope() {
        let long = "a".repeat(MAX_BYTES + 1);
        let many = |names: usize| (0..names).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
        let too_many = many(MAX_NAMES + 1);
        for (text, fault) in [
            ("", ScopeFault::Empty),
            (" ", ScopeFault::Empty),
            (" openid", ScopeFault::Empty),
            ("openid ", ScopeFault::Empty),
            ("openid  email", ScopeFault::Empty),
            ("openid\temail", ScopeFault::Character),
            ("openid\nemail", ScopeFault::Character),
            ("open\"id", ScopeFault::Character),
            ("open\\id", ScopeFault::Character),
            ("openid\u{7f}", ScopeFault::Character),
            ("openid\0", ScopeFault::Character),
            ("ópenid", ScopeFault::Character),
            (&long, ScopeFault::TooLong),
            (&too_many, ScopeFault::TooMany),
        ] {
            assert_eq!(Scope::parse(text), Err(fault), "{text:.40}");
        }
        assert_eq!(scope(&many(MAX_NAMES)).names().count(), MAX_NAMES, "the limit itself is allowed");
        assert!(Scope::parse(&"a".repeat(MAX_BYTES)).is_ok());
    }

    #[test]
    fn t7_a_scope_narrows_and_never_widens() {
        let whole = scope("openid profile email");
        for (text, within) in [
            ("openid", true),
            ("email openid", true),
            ("openid phone", false),
            ("OPENID", false),
            ("open", false),
        ] {
            assert_eq!(scope(text).is_within(&whole), within, "{text}");
        }
        assert!(Scope::none().is_within(&whole) && !whole.is_within(&Scope::none()));
        assert!(Scope::none().is_none() && Scope::none().names().next().is_none());
    }
}
