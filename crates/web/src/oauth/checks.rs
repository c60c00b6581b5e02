//! The identity checks of one browser: one for each tab that began one. A page names its own, so that what happens in one
//! tab changes nothing in another.

use axum::http::HeaderMap;
use axum::response::Response;
use model::SecretHash;

use super::cookies;

/// How many a browser keeps; the oldest gives way.
const MOST: usize = 5;
/// How many hexadecimal digits a name has.
const NAME: usize = 12;

/// What a browser keeps of its checks, the last begun at the end: `name~secret`, joined by dots.
#[derive(Debug, Default)]
pub(super) struct Checks(Vec<Check>);

/// One of them.
#[derive(Clone, Debug)]
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
        let kept = cookies::proofings(headers).unwrap_or_default().split('.');
        let read = kept.filter_map(|kept| {
            let (name, secret) = kept.split_once('~')?;
            Some(Check { name: name.to_owned(), secret: secret.to_owned() })
        });
        Self(read.take(MOST).collect())
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

    /// Keeps one, unless it is kept; its name.
    pub(super) fn keep(&mut self, secret: &str) -> String {
        if let Some(kept) = self.0.iter().find(|check| check.secret == secret) {
            return kept.name.clone();
        }
        let hash = SecretHash::of(secret);
        let number = hash.as_bytes().iter().take(NAME / 2).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let name = format!("{number:0NAME$x}");
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(Check { name: name.clone(), secret: secret.to_owned() });
        name
    }

    /// What one goes on by from now on.
    pub(super) fn replace(&mut self, name: &str, secret: &str) {
        for check in self.0.iter_mut().filter(|check| check.name == name) {
            secret.clone_into(&mut check.secret);
        }
    }

    /// Keeps one no longer.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.retain(|check| check.name != name);
    }

    /// Has the browser keep them.
    pub(super) fn write(&self, response: &mut Response) {
        let kept: Vec<_> = self.0.iter().map(|Check { name, secret }| format!("{name}~{secret}")).collect();
        cookies::keep_proofings(response, &kept.join("."));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::{COOKIE, SET_COOKIE};
    use axum::response::IntoResponse as _;

    use super::*;

    /// As the browser brings them next time.
    fn again(checks: &Checks) -> Checks {
        let mut response = ().into_response();
        checks.write(&mut response);
        let cookie = response.headers()[SET_COOKIE].to_str().expect("text").to_owned();
        let pair = cookie.split(';').next().expect("a pair");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(pair).expect("a header"));
        Checks::of(&headers)
    }

    #[test]
    fn each_tab_finds_its_own_and_keeps_its_name() {
        let mut checks = Checks::default();
        let (one, other) = (checks.keep("one-secret_"), checks.keep("other"));
        assert_eq!((one.len(), checks.keep("other")), (NAME, other.clone()));
        checks.replace(&one, "handle");
        let checks = again(&checks);
        let found = |name: Option<&str>| checks.find(name).map(Check::secret);
        assert_eq!((found(Some(&one)), found(Some(&other))), (Some("handle"), Some("other")));
        assert_eq!((found(None), found(Some("unknown"))), (Some("other"), None));
        let mut fewer = again(&checks);
        fewer.forget(&other);
        assert_eq!(again(&fewer).secrets(), ["handle"]);
    }

    #[test]
    fn the_oldest_of_too_many_gives_way() {
        let mut checks = Checks::default();
        let names: Vec<_> = (0..=MOST).map(|number| checks.keep(&format!("secret-{number}"))).collect();
        let checks = again(&checks);
        assert_eq!(checks.secrets().len(), MOST);
        assert!(checks.find(Some(&names[0])).is_none() && checks.find(Some(&names[1])).is_some());
    }

    #[test]
    fn what_is_none_of_ours_is_no_check() {
        let mut headers = HeaderMap::new();
        assert!(Checks::of(&headers).find(None).is_none());
        headers.insert(COOKIE, HeaderValue::from_static("__Host-openias-proofing=..nothing.~"));
        assert!(Checks::of(&headers).find(Some("nothing")).is_none());
    }
}
