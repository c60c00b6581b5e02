//! Origins: scheme, host and port, compared whole.

use url::Url;

use crate::address::is_loopback;

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
        if bare && plain && !text.ends_with('/') && is_one_host(&url) {
            Self::of(&url).ok_or(InvalidOrigin)
        } else {
            Err(InvalidOrigin)
        }
    }

    /// The origin of a URL; none for schemes without one.
    pub fn of(url: &Url) -> Option<Self> {
        matches!(url.scheme(), "http" | "https").then(|| Self(url.origin().ascii_serialization()))
    }

    /// The origin of what may be a URL.
    pub fn of_url(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
    }

    /// Whether it is this machine: `localhost` or a loopback address.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)))
    }

    /// The origin as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the host is one name or address. A URL may hold marks in its host that mean something where origins
/// are listed: `*` in a Content-Security-Policy is every name, `;` and `,` begin another entry.
fn is_one_host(url: &Url) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    url.host_str().is_some_and(|host| host.bytes().all(harmless))
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
            "https://*.example",
            "https://*",
            "http://localhost:*",
            "https://a.example;b.example",
            "https://a.example,b.example",
            "https://'self'",
        ] {
            assert_eq!(Origin::parse(text), Err(InvalidOrigin), "{text}");
        }
    }

    #[test]
    fn a_url_has_the_origin_that_it_is_dialled_at() {
        let origin = |text| Origin::of_url(text).map(|origin| origin.to_string());
        assert_eq!(origin("https://A.example:443/x?y"), Some("https://a.example".to_owned()));
        for text in ["", "/jwks", "file:///etc/passwd", "data:,x"] {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn this_machine_is_known_by_name_and_by_address() {
        let judge = |text| Origin::parse(text).expect("an origin").is_loopback();
        assert!(["http://localhost:3000", "http://127.8.0.1", "http://[::1]:1"].into_iter().all(judge));
        assert!(!["https://localhost.example.org", "http://10.0.0.5"].into_iter().any(judge));
    }
}
