use std::path::{Path as FilePath, PathBuf};

use axum::http::header::IF_NONE_MATCH;

use super::*;

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let first = file("embed.js", &HeaderMap::new()).expect("a file");
    assert_eq!((first.status(), header(&first, "content-type")), (StatusCode::OK, SCRIPT));
    let tag = first.headers().get(ETAG).expect("a tag").clone();
    for sent in [tag.to_str().expect("text").to_owned(), format!("\"x\", W/{}", tag.to_str().expect("text"))]
    {
        let headers =
            HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(&sent).expect("a header"))]);
        let second = file("embed.js", &headers).expect("a file");
        assert_eq!(
            (second.status(), header(&second, "etag")),
            (StatusCode::NOT_MODIFIED, tag.to_str().expect("text"))
        );
    }
}

#[test]
fn pages_of_any_origin_may_load_the_element() {
    for (_, name) in crate::embed::ELEMENT_PATHS {
        let response = element(name, &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        assert_eq!(header(&response, "cross-origin-resource-policy"), "cross-origin");
    }
}

#[tokio::test]
async fn what_is_not_embedded_is_not_found() {
    for path in ["../Cargo.toml", "embed", ""] {
        let response = get(Path(path.to_owned()), Language::En, HeaderMap::new()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn every_file_of_the_folder_is_embedded() {
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut names: Vec<_> = paths(&root)
        .into_iter()
        .map(|path| path.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/"))
        .collect();
    names.sort();
    assert_eq!(names, FILES.map(|(name, _, _)| name));
}

/// The house promises no request to a third party, and no inline style or script that a page would refuse.
#[test]
fn no_file_loads_anything_from_elsewhere() {
    for (name, _, content) in FILES {
        for forbidden in [
            "http://",
            "https://",
            "@import",
            "innerHTML",
            "localStorage",
            "sessionStorage",
            "document.cookie",
        ] {
            let allowed = content.starts_with("<svg") && forbidden == "http://";
            assert!(allowed || !content.contains(forbidden), "{name} holds {forbidden}");
        }
    }
}

fn paths(folder: &FilePath) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of this crate");
    entries
        .map(|entry| entry.expect("an entry").path())
        .flat_map(|path| if path.is_dir() { paths(&path) } else { vec![path] })
        .collect()
}
