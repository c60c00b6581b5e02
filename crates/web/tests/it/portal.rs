//! The operator's portal as a browser meets it: cookies, forms, pages.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

mod audit;
mod connections;
mod credentials;
mod exports;
mod guard;
mod logo;
mod organizations;
mod pages;
mod requests;
mod sign_in;
mod token;
mod webhooks;

use testkit::{Answer, TestServer};

/// An operator's browser, signed in.
struct Desk<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl<'a> Desk<'a> {
    /// Signs in with a fresh link.
    async fn open(server: &'a TestServer) -> Self {
        let token = fresh_token(server).await;
        let answer = server.http.form("/portal/sign-in", &[("token", &token)]).send().await.is(303);
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        Self { server, cookie }
    }

    async fn get(&self, path: &str) -> Answer {
        self.server.http.get(path).header("cookie", &self.cookie).send().await
    }

    /// Sends a form as the portal's pages hold it: with the token of the session.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf().await;
        let fields = [&[("csrf", csrf.as_str())], fields].concat();
        self.post_bare(path, &fields).await
    }

    /// Sends a form without the token.
    async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.server.http.form(path, fields).header("cookie", &self.cookie).send().await
    }

    async fn csrf(&self) -> String {
        self.get("/portal").await.hidden("csrf")
    }

    /// A page of the server's own organisation.
    fn path(&self, below: &str) -> String {
        format!("/portal/organizations/{}{below}", self.server.organization.id)
    }

    /// The audit trail, newest first, as `actor action subject detail`.
    async fn trail(&self) -> Vec<String> {
        let mut tx = self.server.store().read().await.expect("a transaction");
        let entries = tx.audit_trail(100).await.expect("the trail");
        let line = |e: &store::AuditEntry| format!("{} {} {} {}", e.actor, e.action, e.subject, e.detail);
        entries.iter().map(|entry| line(entry).trim_end().to_owned()).collect()
    }

    /// The newest line of the audit trail that is no sign-in.
    async fn last_change(&self) -> String {
        let trail = self.trail().await;
        trail.into_iter().find(|line| !line.contains("operator.sign")).unwrap_or_default()
    }
}

async fn fresh_token(server: &TestServer) -> String {
    let link = openias_web::sign_in_link(&server.app).await.expect("a link");
    link.split_once("token=").map(|(_, token)| token.to_owned()).expect("a token")
}

/// Asserts that a fault stands beside its field.
#[track_caller]
fn shows_fault(page: &Answer, field: &str, text: &str) {
    let html = page.text();
    let marker = format!("role=\"alert\" id=\"{field}-fault\">");
    let fault = html.split_once(&marker).and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default();
    assert!(fault.contains(text), "{field}: {fault:?}");
    assert!(
        html.contains(&format!("aria-describedby=\"{field}-fault {field}-hint\"")),
        "{field} is not tied to its fault"
    );
}
