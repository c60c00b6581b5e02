//! The page of the widget: a frame for its script, which gets all messages in both languages.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::Frame;
use super::{Policy, page};
use crate::language::{Language, browser_messages};

#[derive(Template)]
#[template(path = "widget.html")]
struct WidgetTemplate<'a> {
    frame: Frame,
    base_url: &'a str,
    messages: &'a str,
}

/// The page that the element, or an SDK, shows in an iframe. `base_url` is where patients reach this server.
pub(crate) fn widget(language: Language, base_url: &str, frame_ancestors: &[String]) -> Response {
    let template = WidgetTemplate { frame: Frame { language }, base_url, messages: browser_messages() };
    page(StatusCode::OK, &Policy { frame_ancestors, ..Policy::default() }, &template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::testing::{body_of, header_of};

    #[tokio::test]
    async fn the_widget_carries_its_messages_and_names_who_may_frame_it() {
        let ancestors = ["'self'".to_owned(), "https://app.example.org".to_owned()];
        let response = widget(Language::Es, "https://ias.example.org", &ancestors);
        let policy = header_of(&response, "content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'self' https://app.example.org"), "{policy}");
        let body = body_of(response).await;
        assert!(body.contains("data-base-url=\"https://ias.example.org\""));
        assert!(body.contains("<script type=\"application/json\" id=\"messages\">{\"en\":{\""));
    }
}
