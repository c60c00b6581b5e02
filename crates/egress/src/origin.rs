//! Origins: scheme, host and port, compared whole.

use url::Url;

/// `https://host[:port]` or `http://host[:port]`, nothing behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

/// Text that is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin looks like https://app.example.org or http://127.0.0.1:8480, without a path")]
pub struct InvalidOrigin;

impl Origin {
    /// Reads an origin.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).map_err(|_| InvalidOrigin)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let plain = url.username().is_empty() && url.password().is_none();
        if bare && plain && !text.ends_with('/') {
            Self::of(&url).ok_or(InvalidOrigin)
        } else {
            Err(InvalidOrigin)
        }
    }

    /// The origin of a URL; none for schemes without one.
    pub fn of(url: &Url) -> Option<Self> {
        matches!(url.scheme(), "http" | "https").then(|| Self(url.origin().ascii_serialization()))
    }

    /// The origin as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_ports_and_case_are_normalised() {
        assert_eq!(Origin::parse("https://App.Example.org:443"), Origin::parse("https://app.example.org"));
    }

    #[test]
    fn anything_more_than_an_origin_is_refused() {
        for text in [
            "https://a.example/",
            "https://a.example/x",
            "https://u:p@a.example",
            "ftp://a.example",
            "a.example",
            "https://a.example?x",
        ] {
            assert_eq!(Origin::parse(text), Err(InvalidOrigin), "{text}");
        }
    }
}
