//! The organisation that asks, as a page may show it: nothing it registered can run script or make the
//! browser call anyone.

use model::Organization;

/// Who asks.
#[derive(Debug)]
pub(crate) struct Asker<'a> {
    pub(crate) name: &'a str,
    /// An image of this server or inside the page.
    pub(crate) logo: Option<&'a str>,
    /// Stands in for the logo.
    pub(crate) initial: String,
    pub(crate) privacy_policy: Option<&'a str>,
    pub(crate) terms: Option<&'a str>,
}

impl<'a> Asker<'a> {
    pub(crate) fn of(organization: &'a Organization) -> Self {
        let name = organization.name.trim();
        Self {
            name,
            logo: organization.logo_uri.as_deref().filter(|uri| is_own_image(uri)),
            initial: name
                .chars()
                .find(|c| c.is_alphanumeric())
                .map(|c| c.to_uppercase().collect())
                .unwrap_or_default(),
            privacy_policy: organization.privacy_policy_uri.as_deref().filter(|uri| is_web_link(uri)),
            terms: organization.terms_uri.as_deref().filter(|uri| is_web_link(uri)),
        }
    }
}

/// A path on this server or an image inside the URI. Anything else would tell a third party who reads the page.
fn is_own_image(uri: &str) -> bool {
    let path = uri.starts_with('/') && !uri.starts_with("//") && !uri.contains('\\');
    path || uri.starts_with("data:image/")
}

fn is_web_link(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_that_nobody_else_serves_are_shown() {
        for (uri, shown) in [
            ("/assets/logo.png", true),
            ("data:image/png;base64,AAAA", true),
            ("//evil.example/logo.png", false),
            ("/\\evil.example/logo.png", false),
            ("https://cdn.example/logo.png", false),
            ("data:text/html,x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_own_image(uri), shown, "{uri}");
        }
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(is_web_link("https://example.org/privacy"));
        for uri in ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "/privacy", ""] {
            assert!(!is_web_link(uri), "{uri}");
        }
    }
}
