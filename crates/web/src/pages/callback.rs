//! Where a code arrives: hands it to the widget around it.

use askama::Template;
use axum::http::header::REFERRER_POLICY;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::Language;

#[derive(Template)]
#[template(path = "callback.html")]
struct CallbackTemplate {
    frame: Frame,
}

/// The page behind the redirect URI of the widget. Whoever frames it learns nothing: its script speaks to
/// a parent of this origin alone. Which pages are around that parent is not known here.
pub(crate) fn callback(language: Language) -> Response {
    let anyone = ["*".to_owned()];
    let policy = Policy { frame_ancestors: &anyone, ..Policy::default() };
    let mut response = page(StatusCode::OK, &policy, &CallbackTemplate { frame: Frame { language } });
    // The code stands in the address: nothing the page loads shall be told it.
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::testing::{body_of, header_of};

    #[tokio::test]
    async fn the_page_keeps_its_address_to_itself_and_holds_nothing_of_it() {
        let response = callback(Language::En);
        assert_eq!(header_of(&response, "referrer-policy"), "no-referrer");
        assert_eq!(header_of(&response, "cache-control"), "no-store");
        assert!(body_of(response).await.contains("src=\"/assets/callback.js\""));
    }
}
