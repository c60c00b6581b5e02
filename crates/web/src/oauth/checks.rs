//! The identity checks of one browser: one for each tab that began one. A page names its own, so that what happens in one
//! tab changes nothing in another.

use axum::http::HeaderMap;
use axum::response::Response;
use model::SecretHash;
use model::id::hex;

use super::cookies;

/// How many a browser keeps; the oldest gives way.
const MOST: usize = 5;
/// How many hexadecimal digits a name has.
const NAME: usize = 12;

/// What a browser keeps of its checks, the last begun at the end.
#[derive(Default)]
pub(super) struct Checks(Vec<Check>);

/// One of them.
pub(super) struct Check {
    /// By which pages name it, from its first page to the decision. It opens nothing.
    pub(super) name: String,
    /// What it goes on by: of the proofing, and in the end of the decision.
    secret: String,
}

impl Check {
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }
}

impl Checks {
    /// Those of this browser.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let is_name = |name: &str| name.len() == NAME && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let kept = cookies::proofings(headers).filter(|(name, _)| is_name(name));
        let mut all: Vec<_> =
            kept.map(|(name, secret)| Check { name: name.to_owned(), secret: secret.to_owned() }).collect();
        all.drain(..all.len().saturating_sub(MOST));
        Self(all)
    }

    /// The one that a page names; where none is named, the last begun.
    pub(super) fn find(&self, name: Option<&str>) -> Option<&Check> {
        match name {
            Some(name) => self.0.iter().find(|check| check.name == name),
            None => self.0.last(),
        }
    }

    /// What all of them go on by.
    pub(super) fn secrets(&self) -> Vec<&str> {
        self.0.iter().map(Check::secret).collect()
    }

    /// The name of the one that goes on by a secret, kept or not.
    pub(super) fn name_of(&self, secret: &str) -> String {
        if let Some(kept) = self.0.iter().find(|check| check.secret == secret) {
            return kept.name.clone();
        }
        let mut name = hex(SecretHash::of(secret).as_bytes());
        name.truncate(NAME);
        name
    }

    /// Has the browser keep one, or what it goes on by from now on.
    pub(super) fn keep(&self, response: &mut Response, name: &str, secret: &str) {
        cookies::keep_proofing(response, name, secret);
        let others = self.0.iter().filter(|check| check.name != name);
        for oldest in others.rev().skip(MOST - 1) {
            cookies::forget_proofing(response, &oldest.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::{COOKIE, SET_COOKIE};
    use axum::response::IntoResponse as _;

    use super::*;

    /// The checks of a browser that brings these pairs.
    fn with(pairs: &[String]) -> Checks {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(&pairs.join("; ")).expect("a header"));
        Checks::of(&headers)
    }

    /// What a browser is told when it is to keep one more.
    fn told(checks: &Checks, name: &str, secret: &str) -> Vec<String> {
        let mut response = ().into_response();
        checks.keep(&mut response, name, secret);
        let all = response.headers().get_all(SET_COOKIE).iter();
        all.map(|cookie| cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned())
            .collect()
    }

    #[test]
    fn each_tab_finds_its_own_and_keeps_its_name() {
        let none = Checks::default();
        let (one, other) = (none.name_of("one"), none.name_of("other"));
        let mut pairs = vec!["x=y".to_owned()];
        pairs.extend([told(&none, &one, "one"), told(&none, &other, "other")].concat());
        let checks = with(&pairs);
        let found = |name: Option<&str>| checks.find(name).map(Check::secret);
        assert_eq!((found(Some(&one)), found(Some(&other))), (Some("one"), Some("other")));
        assert_eq!((found(None), found(Some("unknown"))), (Some("other"), None));
        // What it goes on by changes, its name does not; and nothing is said of the other.
        let changed = told(&checks, &one, "handle");
        assert_eq!(changed, [format!("__Host-openias-proofing-{one}=handle")]);
        assert_eq!((with(&changed).name_of("handle"), one.len()), (one, NAME));
    }

    #[test]
    fn the_oldest_of_too_many_gives_way() {
        let name = |number: usize| format!("{number:012x}");
        let pairs: Vec<_> = (0..=MOST).map(|n| format!("__Host-openias-proofing-{}=s{n}", name(n))).collect();
        let full = with(&pairs[..MOST]);
        let forgotten = format!("__Host-openias-proofing-{}=", name(0));
        assert_eq!(
            told(&full, &name(MOST), "s"),
            [format!("__Host-openias-proofing-{}=s", name(MOST)), forgotten]
        );
        assert_eq!(told(&full, &name(1), "s").len(), 1, "it is one of them");
        assert_eq!(with(&pairs).secrets(), ["s1", "s2", "s3", "s4", "s5"]);
    }

    #[test]
    fn what_is_none_of_ours_is_no_check() {
        let pair = |name: &str| format!("__Host-openias-proofing-{name}=secret");
        let none = with(&[
            pair(""),
            pair("<script>x</s"),
            pair("0123456789abc"),
            "__Host-openias-proofing=a".to_owned(),
        ]);
        assert!(none.find(None).is_none());
    }
}
