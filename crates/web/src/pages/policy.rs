//! The Content-Security-Policy of pages (CSP Level 3).

use axum::http::HeaderValue;
use url::Url;

/// What a page may load, where its forms may lead and who may frame it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy<'a> {
    /// URLs that a form of the page may be redirected to.
    pub(crate) form_targets: &'a [String],
    /// Sources that may frame the page, in any depth; none means nobody.
    pub(crate) frame_ancestors: &'a [String],
}

/// Everything comes from this server. No inline script or style.
const FIXED: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; frame-src 'self'; base-uri 'none'";

impl Policy<'_> {
    /// The header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        let mut targets = vec!["'self'".to_owned()];
        targets.extend(self.form_targets.iter().filter_map(|url| source_of(url)));
        targets.dedup();
        let mut ancestors: Vec<&str> =
            self.frame_ancestors.iter().map(String::as_str).filter(|source| is_source(source)).collect();
        if ancestors.is_empty() {
            ancestors.push("'none'");
        }
        let text =
            format!("{FIXED}; form-action {}; frame-ancestors {}", targets.join(" "), ancestors.join(" "));
        HeaderValue::from_str(&text)
            .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
    }
}

/// A URL as a source: its origin, or the scheme of a native app. A source is taken as it is.
fn source_of(url: &str) -> Option<String> {
    let source = match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => parsed.origin().ascii_serialization(),
        Ok(parsed) => format!("{}:", parsed.scheme()),
        Err(_) => return None,
    };
    is_source(&source).then_some(source)
}

/// Whether text can stand as one source and nothing more: a `;`, `,` or space would begin something else.
fn is_source(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".:/-_+*[]'".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(form_targets: &[&str], frame_ancestors: &[&str]) -> String {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (form_targets, frame_ancestors) = (owned(form_targets), owned(frame_ancestors));
        let policy = Policy { form_targets: &form_targets, frame_ancestors: &frame_ancestors };
        policy.header().to_str().expect("text").to_owned()
    }

    #[test]
    fn a_page_allows_only_this_server_and_nobody_around_it() {
        assert_eq!(
            header(&[], &[]),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
    }

    #[test]
    fn forms_may_lead_to_the_origin_of_a_redirect_uri_or_to_a_native_app() {
        let text = header(
            &["https://app.example.org/cb?x=1;y", "http://localhost:3000", "org.example.app:/cb"],
            &[],
        );
        assert!(
            text.contains(
                "form-action 'self' https://app.example.org http://localhost:3000 org.example.app:;"
            )
        );
    }

    #[test]
    fn what_is_more_than_one_source_is_left_out() {
        let text = header(
            &["https://a.example;script-src *", "not a url"],
            &["https://app.example.org", "https://a.example; script-src *", "", "http://localhost:*", "a,b"],
        );
        assert!(
            text.ends_with("form-action 'self'; frame-ancestors https://app.example.org http://localhost:*")
        );
    }
}
