//! The two languages that patients are spoken to in, and how one is chosen: what the link asks for (`lang`, or
//! `ui_locales` of OpenID Connect Core 3.1.2.1), else what the browser prefers. No cookie remembers it; links and forms carry it on.

mod accept;
mod messages;
mod rules;

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use model::Timestamp;

pub(crate) use messages::browser_messages;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    En,
    Es,
}

impl Language {
    /// Both, in the order in which the language switch shows them.
    pub(crate) const ALL: [Self; 2] = [Self::En, Self::Es];

    /// Reads a language tag, `es` as well as `es-MX`.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }

    /// `en` or `es`: the `lang` attribute of HTML and the `lang` parameter.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// What speakers of the language call it.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
        }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::En => Self::Es,
            Self::Es => Self::En,
        }
    }

    /// Both, this one first: how pages that carry both languages order them.
    pub(crate) const fn both(self) -> [Self; 2] {
        [self, self.other()]
    }

    /// A message without variables.
    pub(crate) fn text(self, key: &str) -> String {
        messages::text(self, key, &[])
    }

    /// A message with the values of its variables.
    pub(crate) fn text_with(self, key: &str, values: &[(&str, &str)]) -> String {
        messages::text(self, key, values)
    }

    /// A part of a message that is made of several: `problem-not-found` has a title, a what and a next.
    pub(crate) fn part(self, stem: &str, part: &str) -> String {
        self.text(&format!("{stem}-{part}"))
    }

    /// A calendar date (UTC) in words: `November 21, 2027`, `21 de noviembre de 2027`.
    pub(crate) fn date(self, moment: Timestamp) -> String {
        let date = moment.date();
        let (day, month, year) = (date.day().to_string(), date.month().to_string(), date.year().to_string());
        self.text_with("date-in-words", &[("day", &day), ("month", &month), ("year", &year)])
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = |wanted: &str| {
            let (_, value) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted)?;
            value.split(' ').find_map(Self::parse)
        };
        let preferred = || {
            let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            header.and_then(accept::best)
        };
        Ok(asked("lang").or_else(|| asked("ui_locales")).or_else(preferred).unwrap_or(Self::En))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    async fn chosen(uri: &str, accept: &str) -> Language {
        let request =
            Request::builder().uri(uri).header(ACCEPT_LANGUAGE, accept).body(()).expect("a request");
        let (mut parts, ()) = request.into_parts();
        let Ok(language) = Language::from_request_parts(&mut parts, &()).await;
        language
    }

    #[tokio::test]
    async fn the_link_decides_before_the_browser() {
        assert_eq!(chosen("/?lang=es", "en").await, Language::Es);
        assert_eq!(chosen("/?x=1&lang=en", "es").await, Language::En);
        assert_eq!(chosen("/?lang=tlh", "es").await, Language::Es);
        assert_eq!(chosen("/?ui_locales=tlh+es-MX+en", "en").await, Language::Es);
        assert_eq!(chosen("/?ui_locales=es&lang=en", "es").await, Language::En);
        assert_eq!(chosen("/", "es-US,es;q=0.9,en;q=0.8").await, Language::Es);
        assert_eq!(chosen("/", "tlh").await, Language::En);
    }

    #[test]
    fn dates_are_in_words() {
        let moment = Timestamp::from_seconds(1_826_755_200);
        assert_eq!(Language::En.date(moment), "November 21, 2027");
        assert_eq!(Language::Es.date(moment), "21 de noviembre de 2027");
    }
}
