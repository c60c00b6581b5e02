//! The two languages of the sandbox's pages. A page writes both beside each other, so that none is forgotten.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    Es,
}

impl Language {
    /// The first of ours that the link asks for (`ui_locales`, OpenID Connect Core 3.1.2.1), else the first that
    /// the browser lists.
    pub(crate) fn of(ui_locales: &str, headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut tags = ui_locales.split(' ').chain(accepted.split(','));
        tags.find_map(Self::parse).unwrap_or(Self::En)
    }

    fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_', ';']).next().unwrap_or_default();
        [Self::En, Self::Es].into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }

    /// The language tag.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The text of this language.
    pub(crate) const fn pick(self, en: &'static str, es: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Es => es,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of("", &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_link_decides_before_the_browser() {
        for (asked, accepted, expected) in [
            ("es", "en", Language::Es),
            ("tlh en-GB es", "es", Language::En),
            ("", "fr, es-US;q=0.9, en;q=0.8", Language::Es),
            ("tlh", "", Language::En),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(accepted))]);
            assert_eq!(Language::of(asked, &headers), expected, "{asked} {accepted}");
        }
    }
}
