//! What app developers embed: the element, the page of the widget behind it, and the files both need.

mod assets;
mod widget;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;

use crate::App;
use crate::language::Language;
use crate::pages;

pub(crate) use widget::frame_ancestors;

/// The paths under which the element is published: our own, and those that pages already use.
const ELEMENT_PATHS: [(&str, &str); 4] = [
    ("/connect/openias-connect.js", "openias-connect.js"),
    ("/connect/openias-connect.css", "openias-connect.css"),
    ("/connect/{version}/fasten-stitch-element.js", "openias-connect.js"),
    ("/connect/{version}/fasten-stitch-element.css", "openias-connect.css"),
];

/// The element, the widget, the callback and their files.
pub(crate) fn routes() -> Router<App> {
    let router = Router::new()
        .route("/", get(widget::get))
        .route("/r/{reference}", get(widget::get))
        .route("/auth/callback", get(|language: Language| async move { pages::callback(language) }))
        .route("/assets/{*path}", get(assets::get));
    ELEMENT_PATHS.into_iter().fold(router, |router, (path, file)| {
        router.route(path, get(move |headers: HeaderMap| async move { assets::element(file, &headers) }))
    })
}
