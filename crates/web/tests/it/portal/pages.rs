//! What is true of every page.

use testkit::{Answer, TestServer};

use super::Desk;

async fn pages(desk: &Desk<'_>) -> Vec<(String, Answer)> {
    let party = desk.server.party().await;
    party.par("nonsense").send().await.is(400);
    desk.server.app.write_request_log().await.expect("written");
    let endpoint = desk.server.endpoint("https://app.example/hooks", &[]).await;
    let endpoint = desk.path(&format!("/webhooks/{}", endpoint.id));
    let below = ["", "/credentials", "/webhooks", "/connections", "/exports", "/requests"]
        .map(|below| desk.path(below));
    let paths = [
        "/portal",
        "/portal/audit",
        "/portal/token",
        "/portal/sign-in",
        "/portal/sign-in?token=x",
        &endpoint,
    ];
    let mut pages = Vec::new();
    for path in paths.into_iter().map(str::to_owned).chain(below) {
        let page = desk.get(&path).await.is(200);
        pages.push((path, page));
    }
    let refused = desk.post_bare("/portal", &[]).await.is(403);
    let faulty = desk.post("/portal", &[]).await.is(422);
    pages.extend([("refused".to_owned(), refused), ("faulty".to_owned(), faulty)]);
    pages
}

#[tokio::test]
async fn no_page_is_kept_framed_or_fed_from_elsewhere() {
    let server = TestServer::start().await;
    for (path, page) in pages(&Desk::open(&server).await).await {
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
            "{path}: {policy}"
        );
        assert!(policy.ends_with("form-action 'self'; frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(
            (page.header("cache-control"), page.header("referrer-policy")),
            ("no-store", "same-origin")
        );
        let html = page.text();
        for inline in ["<script", "<style", " style=", " onclick=", "src=\"http", "javascript:"] {
            assert!(!html.contains(inline), "{path} has {inline}");
        }
        let stylesheets: Vec<_> = html.matches("rel=\"stylesheet\" href=\"/assets/").collect();
        assert_eq!(stylesheets.len(), html.matches("rel=\"stylesheet\"").count(), "{path}");
    }
}

#[tokio::test]
async fn every_page_speaks_spanish_and_stays_with_it() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    for (path, _) in pages(&desk).await.iter().filter(|(path, _)| path.starts_with('/')) {
        let joint = if path.contains('?') { '&' } else { '?' };
        let html = desk.get(&format!("{path}{joint}lang=es")).await.is(200).text();
        assert!(html.contains("<html lang=\"es\""), "{path}");
        let main = html.split_once("<main").map_or("", |(_, main)| main);
        let carried = |marker: &str| {
            main.match_indices(marker).all(|(at, _)| {
                main[at..].split('"').nth(1).is_some_and(|to| to.contains("lang=es") || to.starts_with('#'))
            })
        };
        assert!(carried("href=\"") && carried("action=\""), "{path} loses the language");
        assert!(!html.contains(">portal-"), "{path} lacks a message");
    }
}

#[tokio::test]
async fn fields_have_labels_and_ids_are_single() {
    let server = TestServer::start().await;
    for (path, page) in pages(&Desk::open(&server).await).await {
        let html = page.text();
        let ids: Vec<_> =
            html.match_indices(" id=\"").filter_map(|(at, _)| html[at + 5..].split('"').next()).collect();
        for id in &ids {
            assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{path}: {id}");
        }
        for tag in html.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("textarea")) {
            let id = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next());
            let labelled = id.is_some_and(|id| html.contains(&format!("<label for=\"{id}\"")));
            assert!(labelled || tag.contains("type=\"hidden\""), "{path}: {tag}");
        }
        let described = html
            .match_indices("aria-describedby=\"")
            .flat_map(|(at, mark)| html[at + mark.len()..].split('"').next().unwrap_or_default().split(' '));
        for id in described {
            assert!(ids.contains(&id), "{path}: nothing has the id {id:?}");
        }
    }
}
