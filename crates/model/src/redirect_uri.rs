//! Where a browser may be sent with a code.

use url::{Host, Url};

/// The longest redirect URI, in bytes.
const MAX: usize = 2000;

/// What a redirect URI leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectTarget {
    /// An https address.
    Web,
    /// http on the browser's own machine (RFC 8252 7.3).
    Loopback,
    /// An app, by a scheme of its own (RFC 8252 7.1).
    App,
}

impl RedirectTarget {
    /// What `text` leads to; none when no code may be sent there. It has no fragment (RFC 6749 3.1.2), and it is
    /// compared as exact text later, so it must hold nothing that a URL parser would drop.
    pub fn of(text: &str) -> Option<Self> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let url = Url::parse(text).ok().filter(|_| visible && text.len() <= MAX)?;
        if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        match url.scheme() {
            "https" => Some(Self::Web),
            "http" => is_this_machine(&url).then_some(Self::Loopback),
            scheme => is_reverse_domain_name(scheme).then_some(Self::App),
        }
    }
}

/// An app's scheme is a domain name in reverse order, which is also what tells it from the schemes that
/// browsers and systems act on themselves: `javascript`, `intent`, `mailto`.
fn is_reverse_domain_name(scheme: &str) -> bool {
    scheme.contains('.') && scheme.split('.').all(|label| !label.is_empty())
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_https_to_this_machine_or_to_an_app() {
        for (text, target) in [
            ("https://app.example.org/callback?x=1", RedirectTarget::Web),
            ("http://localhost:3000/callback", RedirectTarget::Loopback),
            ("http://127.0.0.1:3000/callback", RedirectTarget::Loopback),
            ("http://[::1]/callback", RedirectTarget::Loopback),
            ("org.example.app:/callback", RedirectTarget::App),
            ("org.example.app://callback", RedirectTarget::App),
        ] {
            assert_eq!(RedirectTarget::of(text), Some(target), "{text}");
        }
    }

    #[test]
    fn nothing_else_gets_one() {
        let long = format!("https://app.example.org/{}", "a".repeat(MAX));
        for text in [
            "",
            "/callback",
            "http://app.example.org/callback",
            "http://localhost.example.org/",
            "https://app.example.org/#here",
            "https://app.example.org/ callback",
            "https://user:word@app.example.org/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "intent://scan/",
            "view-source:https://app.example.org/",
            "chrome://settings",
            "ms-msdt:/id",
            "mailto:somebody@example.org",
            "tel:5550100",
            "exampleapp://callback",
            "app.:/callback",
            "org..app:/callback",
            long.as_str(),
        ] {
            assert_eq!(RedirectTarget::of(text), None, "{text}");
        }
    }
}
