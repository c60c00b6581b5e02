//! What all pages of the portal have around them.

use model::Organization;

use super::organization::path_of;
use crate::language::Language;
use crate::response::with_parameters;

/// The frame of a page: its language, its form token, and what was done just before.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) language: Language,
    /// The page itself, for the language switch. A page that is shown once has none: asking for it again
    /// would lose what it shows.
    pub(super) here: Option<String>,
    /// Whether the page shows what was sent to it, which asking for it in another language loses.
    pub(super) starts_over: bool,
    /// The token that every form carries; empty while nobody is signed in.
    pub(super) csrf: String,
    /// What was done just before.
    pub(super) notice: Option<Notice>,
}

impl Frame {
    /// The frame of a page for somebody who is not signed in.
    pub(super) fn signed_out(language: Language, here: Option<String>) -> Self {
        Self { language, here, starts_over: false, csrf: String::new(), notice: None }
    }

    /// A path of the portal, in the language of the page.
    pub(super) fn to(&self, path: &str) -> String {
        in_language(path, self.language)
    }

    /// A page of an organisation, in the language of the page: the parts of its path below the organisation.
    pub(super) fn within(&self, organization: &Organization, parts: &[&str]) -> String {
        self.to(&parts.iter().fold(path_of(&organization.id), |path, part| format!("{path}/{part}")))
    }

    /// The language switch: each language, the page in it, and whether it is the one shown.
    pub(super) fn switch(&self) -> Vec<(Language, String, bool)> {
        let here = self.here.as_deref().into_iter();
        here.flat_map(|here| Language::ALL.map(|language| (language, here)))
            .map(|(language, here)| (language, in_language(here, language), language == self.language))
            .collect()
    }

    /// Whether the page is `path` or below it.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.here
            .as_deref()
            .and_then(|here| here.strip_prefix(path))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }

    /// A message in the language of the page.
    pub(super) fn say(&self, key: &str) -> String {
        self.language.text(key)
    }
}

/// A path with the language that links and forms carry on.
pub(super) fn in_language(path: &str, language: Language) -> String {
    with_parameters(path, &[("lang", language.as_str())])
}

/// What was done, as the page after it says. It travels in the query and is one of these or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    OrganizationAdded,
    OrganizationSaved,
    CredentialOn,
    CredentialOff,
    CredentialTokens,
    EndpointOn,
    EndpointOff,
    TestSent,
    TestNotSent,
    Resent,
    NotResent,
    Revoked,
    SignedOut,
}

impl Notice {
    const ALL: [Self; 13] = [
        Self::OrganizationAdded,
        Self::OrganizationSaved,
        Self::CredentialOn,
        Self::CredentialOff,
        Self::CredentialTokens,
        Self::EndpointOn,
        Self::EndpointOff,
        Self::TestSent,
        Self::TestNotSent,
        Self::Resent,
        Self::NotResent,
        Self::Revoked,
        Self::SignedOut,
    ];

    /// Its message.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::OrganizationAdded => "portal-done-organization-added",
            Self::OrganizationSaved => "portal-done-organization-saved",
            Self::CredentialOn => "portal-done-credential-on",
            Self::CredentialOff => "portal-done-credential-off",
            Self::CredentialTokens => "portal-done-credential-tokens",
            Self::EndpointOn => "portal-done-endpoint-on",
            Self::EndpointOff => "portal-done-endpoint-off",
            Self::TestSent => "portal-done-test-sent",
            Self::TestNotSent => "portal-done-test-not-sent",
            Self::Resent => "portal-done-resent",
            Self::NotResent => "portal-done-not-resent",
            Self::Revoked => "portal-done-revoked",
            Self::SignedOut => "portal-done-signed-out",
        }
    }

    /// The value of `done` in the query.
    pub(super) fn code(self) -> &'static str {
        self.key().trim_start_matches("portal-done-")
    }

    /// Reads the query.
    pub(super) fn of(query: &str) -> Option<Self> {
        let (_, code) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?;
        Self::ALL.into_iter().find(|notice| notice.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_carry_the_language_on() {
        let frame = Frame::signed_out(Language::Es, Some("/portal/sign-in?token=a%26b".to_owned()));
        assert_eq!(frame.to("/portal"), "/portal?lang=es");
        let here = "/portal/sign-in?token=a%26b&lang=".to_owned();
        let links = [(Language::En, format!("{here}en"), false), (Language::Es, format!("{here}es"), true)];
        assert_eq!(frame.switch(), links);
    }

    #[test]
    fn a_notice_is_one_of_ours_or_none() {
        assert!(
            Notice::ALL.iter().all(|notice| Notice::of(&format!("done={}", notice.code())) == Some(*notice))
        );
        assert_eq!(Notice::of("lang=es&done=<script>"), None);
    }

    #[test]
    fn a_page_is_at_its_own_path_alone() {
        let frame = Frame::signed_out(Language::En, Some("/portal/audit".to_owned()));
        assert!(frame.is_at("/portal/audit") && frame.is_at("/portal"));
        assert!(!frame.is_at("/portal/au") && !frame.is_at("/portal/audit/x"));
    }
}
