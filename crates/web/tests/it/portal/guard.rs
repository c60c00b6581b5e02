//! Who gets in: sessions, form tokens, origins; for every route of the portal.

use testkit::TestServer;

use super::Desk;

const ID: &str = "00000000-0000-4000-8000-000000000000";

/// Every page, below the organisation where it begins with a dash.
const PAGES: [&str; 11] = [
    "/portal",
    "/portal/audit",
    "/portal/token",
    "-",
    "-/credentials",
    "-/webhooks",
    "-/webhooks/{id}",
    "-/connections",
    "-/connections/{id}/revoke",
    "-/exports",
    "-/requests",
];
/// Every form.
const FORMS: [&str; 12] = [
    "/portal",
    "/portal/sign-out",
    "/portal/token",
    "-",
    "-/credentials",
    "-/credentials/{id}",
    "-/credentials/{id}/tokens",
    "-/webhooks",
    "-/webhooks/{id}",
    "-/webhooks/{id}/test",
    "-/webhooks/{id}/deliveries/{id}",
    "-/connections/{id}/revoke",
];

fn path(server: &TestServer, pattern: &str) -> String {
    let below = format!("/portal/organizations/{}", server.organization.id);
    pattern.replacen('-', &below, usize::from(pattern.starts_with('-'))).replace("{id}", ID)
}

#[tokio::test]
async fn without_a_session_every_way_leads_to_the_sign_in() {
    let server = TestServer::start().await;
    for cookie in ["", "openias_operator=", "openias_operator=guess", "other=1"] {
        for pattern in PAGES {
            let answer =
                server.http.get(&path(&server, pattern)).header("cookie", cookie).send().await.is(303);
            assert_eq!(answer.header("location"), "/portal/sign-in?lang=en", "{pattern} {cookie}");
        }
        for pattern in FORMS {
            let form = server.http.form(&path(&server, pattern), &[("name", "x")]).header("cookie", cookie);
            assert_eq!(form.send().await.is(303).header("location"), "/portal/sign-in?lang=en", "{pattern}");
        }
    }
}

#[tokio::test]
async fn every_form_needs_the_token_of_its_own_session() {
    let server = TestServer::start().await;
    let (desk, other) = (Desk::open(&server).await, Desk::open(&server).await);
    let foreign = other.csrf().await;
    let before = desk.trail().await;
    for pattern in FORMS {
        let path = path(&server, pattern);
        for fields in
            [&[("name", "x")][..], &[("csrf", "")], &[("csrf", "AAAA")], &[("csrf", foreign.as_str())]]
        {
            let page = desk.post_bare(&path, fields).await.is(403);
            assert!(page.text().contains("This form was not accepted"), "{path}");
        }
    }
    assert_eq!(desk.trail().await, before);
    desk.get("/portal").await.is(200);
}

#[tokio::test]
async fn every_form_comes_from_our_own_origin() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let csrf = desk.csrf().await;
    let before = desk.trail().await;
    for origin in ["null", "https://evil.example", &format!("{}0", server.http.base())] {
        for pattern in FORMS.into_iter().chain(["/portal/sign-in"]) {
            let form = server.http.form(&path(&server, pattern), &[("csrf", &csrf), ("name", "x")]);
            form.header("cookie", &desk.cookie).header("origin", origin).send().await.is(403);
        }
    }
    assert_eq!(desk.trail().await, before);
    let own = server.http.base().to_owned();
    let form = server.http.form("/portal", &[("csrf", &csrf), ("name", "Example Health")]);
    form.header("cookie", &desk.cookie).header("origin", &own).send().await.is(303);
}

#[tokio::test]
async fn a_form_that_cannot_be_read_changes_nothing() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let csrf = desk.csrf().await;
    let twice = format!("csrf={csrf}&name=One&name=Two");
    let post = server.http.post("/portal", "application/x-www-form-urlencoded", twice);
    post.header("cookie", &desk.cookie).send().await.is(400);
    let json = server.http.post("/portal", "application/json", "{}");
    json.header("cookie", &desk.cookie).send().await.is(415);
    assert!(!desk.get("/portal").await.text().contains("One"));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let organization = format!("/portal/organizations/{ID}");
    for below in ["", "/credentials", "/webhooks", "/connections", "/exports", "/requests"] {
        desk.get(&format!("{organization}{below}")).await.is_problem(404, "not_found");
    }
    for below in ["/webhooks/{id}", "/connections/{id}/revoke"] {
        for id in [ID, "x", "%2e%2e", "'%20OR%201=1"] {
            desk.get(&desk.path(&below.replace("{id}", id))).await.is_problem(404, "not_found");
        }
    }
    desk.post(&organization, &[("name", "x")]).await.is_problem(404, "not_found");
    for below in
        ["/credentials/x", "/webhooks/x", "/webhooks/{id}", "/webhooks/{id}/test", "/connections/{id}/revoke"]
    {
        let path = desk.path(&below.replace("{id}", ID));
        desk.post(&path, &[("active", "false")]).await.is_problem(404, "not_found");
    }
}
