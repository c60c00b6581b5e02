//! Several checks in one browser: each tab goes on with its own.

use testkit::{Answer, Browser, PATIENT, Party, Pkce, TestServer};

use super::{back, check, claims, push, stage};

/// A tab of a browser, and what its app waits for.
struct Tab<'b> {
    browser: &'b Browser,
    name: String,
    pkce: Pkce,
}

impl<'b> Tab<'b> {
    async fn open(party: &Party, browser: &'b Browser) -> Self {
        let pkce = Pkce::fresh();
        let first = browser.authorize(party, &push(party, &[]).await, &pkce).await.is(303);
        Self { browser, name: check(&first), pkce }
    }

    async fn page(&self) -> Answer {
        self.browser.get(&format!("/oauth2/proofing?check={}", self.name)).await
    }

    /// Sends the form of its page.
    async fn send(&self, step: &str, field: (&str, &str)) {
        let page = self.page().await.is(200);
        assert_eq!(page.hidden("check"), self.name, "the page names its check");
        let path = format!("/oauth2/proofing/{step}");
        let answer = self.browser.post(&path, &[field, ("check", &self.name)]).await.is(303);
        assert_eq!(check(&answer), self.name);
    }

    /// Goes to the CSP and comes back proven.
    async fn proven(&self, server: &TestServer) {
        let path = format!("/oauth2/proofing/csp?idp=persona_csp&check={}", self.name);
        assert!(self.page().await.text().contains(&path.replace('&', "&amp;")));
        let away = self.browser.get(&path).await.is(303);
        let parameter = |name| away.parameter(name).expect(name);
        server.csp.gives(&server.csp.sign(&claims(server, &parameter("nonce"))));
        let home = back(server, self.browser, &parameter("state")).await.is(303);
        assert_eq!(check(&home), self.name);
    }

    /// Allows it; the app of this tab gets its own code.
    async fn allow(&self, party: &Party) {
        let handle = self.page().await.is(200).hidden("handle");
        let fields = [("handle", handle.as_str()), ("decision", "allow")];
        let decided = self.browser.post("/oauth2/authorize/decision", &fields).await.is(303);
        let code = decided.parameter("code").expect("a code");
        party.redeem(&code, &self.pkce.verifier).send().await.is(200);
    }
}

#[tokio::test]
async fn two_tabs_step_by_step_each_end_in_their_own_app() {
    let (server, party) = stage().await;
    let browser = Browser::new(&party);
    let (one, other) = (Tab::open(&party, &browser).await, Tab::open(&party, &browser).await);
    assert_ne!(one.name, other.name);
    one.send("email", ("email", PATIENT)).await;
    assert!(other.page().await.is(200).text().contains("name=\"email\""));
    other.send("email", ("email", PATIENT)).await;
    one.send("code", ("code", "TEST22")).await;
    assert!(other.page().await.is(200).text().contains("TEST22"), "nothing happened to the other");
    other.send("code", ("code", "TEST22")).await;
    other.proven(&server).await;
    assert!(one.page().await.is(200).text().contains("idp=persona_csp"));
    one.proven(&server).await;
    one.allow(&party).await;
    other.allow(&party).await;
}

#[tokio::test]
async fn giving_up_in_one_tab_ends_nothing_in_the_other() {
    let (_, party) = stage().await;
    let browser = Browser::new(&party);
    let (one, other) = (Tab::open(&party, &browser).await, Tab::open(&party, &browser).await);
    let told = browser.post("/oauth2/proofing/cancel", &[("check", &one.name)]).await.is(303);
    assert_eq!(told.parameter("error_reason").as_deref(), Some("proofing.gave_up"));
    one.page().await.is_problem(400, "proofing_over");
    other.send("email", ("email", PATIENT)).await;
}

/// And says that there were others.
#[tokio::test]
async fn of_more_than_a_few_the_first_one_is_given_up() {
    let (_, party) = stage().await;
    let browser = Browser::new(&party);
    let first = Tab::open(&party, &browser).await;
    let mut last = first.name.clone();
    for _ in 0..5 {
        first.page().await.is(200);
        last = Tab::open(&party, &browser).await.name;
    }
    let page = first.page().await;
    page.is_problem(400, "proofing_over");
    assert!(page.text().contains("you started several others in this browser since then"));
    let late = browser.post("/oauth2/proofing/email", &[("email", PATIENT), ("check", &first.name)]).await;
    late.is_problem(400, "proofing_over");
    let untouched = browser.get(&format!("/oauth2/proofing?check={last}")).await.is(200);
    assert!(untouched.text().contains("name=\"email\""));
}
