//! `GET /bridge/connect` and `GET /bridge/callback`: signing in at a provider that asks for it.

use std::time::Duration;

use http::Method;
use sandbox::World;
use sandbox::world::Behaviour;
use testkit::http::encode;
use testkit::{Answer, Catcher, Http, PATIENT, Party, Setup, TestServer, logs};
use url::Url;

/// A patient whose search found one place that knows them and one that asks them to sign in.
struct Patient {
    server: TestServer,
    party: Party,
    session: String,
    ready: String,
    pending: String,
}

impl Patient {
    async fn found(catcher: &Catcher) -> Self {
        let server = TestServer::with(Setup {
            world: World::of(&[Behaviour::Answers, Behaviour::AsksToSignIn]),
            private_origins: vec![catcher.origin.clone()],
            ..Setup::default()
        })
        .await;
        let party = server.party().await;
        server.endpoint(&catcher.url, &["patient.connection_success"]).await;
        let (session, found) = server.located(&party).await;
        let only = |group: &str| {
            let accounts = found[group].as_object().expect("a group");
            assert_eq!(accounts.len(), 1, "{group}");
            accounts.keys().next().expect("an account").clone()
        };
        let (ready, pending) = (only("discovered_patient_accounts"), only("pending_patient_accounts"));
        Self { server, party, session, ready, pending }
    }

    fn path(&self, account: &str) -> String {
        let query = [
            ("public_id", self.party.public_id.as_str()),
            ("external_state", account),
            ("external_id", "p7"),
        ];
        format!("/v1/bridge/connect?{}", encode(&query))
    }

    /// Where the patient signs in.
    async fn sent(&self) -> Url {
        let answer =
            self.server.http.get(&self.path(&self.pending)).bearer(&self.session).send().await.is(200);
        Url::parse(answer.json()["data"]["url"].as_str().expect("a URL")).expect("a URL")
    }

    /// Signs in at the place; where it sends the browser back to.
    async fn signs_in(&self, url: &Url, email: &str) -> Url {
        let place = Http::new(&url.origin().ascii_serialization());
        let mut fields: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        fields.extend([("email".to_owned(), email.to_owned()), ("password".to_owned(), "any".to_owned())]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        place.form(url.path(), &fields).send().await.is(303).location()
    }

    async fn comes_back(&self, url: &Url) -> Answer {
        self.server.http.get(url.as_str()).send().await
    }

    async fn connections(&self) -> i64 {
        self.server.store().row_counts().await["connections"]
    }

    /// Exports the one connection; how that ended.
    async fn exported(&self) -> serde_json::Value {
        let mut tx = self.server.store().read().await.expect("a transaction");
        let connections = tx.connections_of(&self.server.organization.id, 2).await.expect("read");
        drop(tx);
        assert_eq!(connections.len(), 1);
        let begun = self.party.export(connections[0].id.as_str()).send().await.is(200).json();
        self.server.work().await;
        self.party.export_status(begun["data"]["task_id"].as_str().expect("a task")).await
    }
}

#[tokio::test]
async fn signing_in_connects_the_account_and_is_told() {
    let catcher = Catcher::start().await;
    let patient = Patient::found(&catcher).await;
    let sent = patient.sent().await;
    let back = patient.signs_in(&sent, PATIENT).await;
    assert!(back.as_str().starts_with(&format!("{}/v1/bridge/callback?", patient.server.http.base())));
    let page = patient.comes_back(&back).await.is(200);
    assert_eq!(page.header("cache-control"), "no-store");
    patient.server.work().await;
    let told = catcher.caught().remove(0).json();
    assert_eq!(told["type"], "patient.connection_success");
    assert_eq!(
        (told["data"]["external_id"].as_str(), told["data"]["platform_type"].as_str()),
        (Some("p7"), Some("tefca"))
    );
    assert_eq!(patient.exported().await["status"], "success");
    for secret in ["state", "code"] {
        let value = back.query_pairs().find(|(name, _)| name == secret).expect("a value").1.into_owned();
        assert!(!logs::hold(&value), "a log line holds the {secret}");
    }
}

#[tokio::test]
async fn a_head_neither_sends_the_patient_off_nor_takes_them_back() {
    let patient = Patient::found(&Catcher::start().await).await;
    let back = patient.signs_in(&patient.sent().await, PATIENT).await;
    let before = patient.server.store().row_counts().await;
    for path in [back.as_str(), &patient.path(&patient.pending), "/bridge/record_locator"] {
        let call = patient.server.http.bare(Method::HEAD, path).bearer(&patient.session);
        assert_eq!(call.send().await.is(405).header("allow"), "GET", "{path}");
    }
    assert_eq!(patient.server.store().row_counts().await, before);
    patient.comes_back(&back).await.is(200);
}

#[tokio::test]
async fn the_records_open_again_when_the_identity_has_expired() {
    let patient = Patient::found(&Catcher::start().await).await;
    let back = patient.signs_in(&patient.sent().await, PATIENT).await;
    patient.comes_back(&back).await.is(200);
    patient.server.advance(Duration::from_hours(2));
    assert_eq!(patient.exported().await["status"], "success");
}

#[tokio::test]
async fn a_sign_in_ends_once_and_in_time() {
    let patient = Patient::found(&Catcher::start().await).await;
    let guessed = format!("{}/v1/bridge/callback?code=x&state=x", patient.server.http.base());
    patient.comes_back(&Url::parse(&guessed).expect("a URL")).await.is_problem(400, "sign_in");
    let mut declined = patient.signs_in(&patient.sent().await, PATIENT).await;
    let state = declined.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let with_code = declined.clone();
    declined.set_query(Some(&encode(&[("error", "access_denied"), ("state", &state)])));
    patient.comes_back(&declined).await.is_problem(400, "sign_in");
    patient.comes_back(&with_code).await.is_problem(400, "sign_in");

    let late = patient.sent().await;
    let in_time = patient.signs_in(&patient.sent().await, PATIENT).await;
    patient.comes_back(&in_time).await.is(200);
    patient.comes_back(&in_time).await.is_problem(400, "sign_in");
    patient.server.advance(Duration::from_mins(20));
    let late = patient.signs_in(&late, PATIENT).await;
    patient.comes_back(&late).await.is_problem(400, "sign_in");
    assert_eq!(patient.connections().await, 1);
}

/// RFC 9207: what a code comes from is named, and must be the node that the patient was sent to.
#[tokio::test]
async fn a_code_of_another_issuer_is_not_redeemed() {
    let patient = Patient::found(&Catcher::start().await).await;
    let named = async |iss: &str| {
        let sent = patient.sent().await;
        let own = sent.origin().ascii_serialization();
        let mut back = patient.signs_in(&sent, PATIENT).await;
        back.query_pairs_mut().append_pair("iss", &iss.replace("{own}", &own));
        patient.comes_back(&back).await
    };
    for foreign in ["https://elsewhere.example", "{own}.elsewhere.example", "x"] {
        named(foreign).await.is_problem(400, "sign_in");
    }
    assert_eq!(patient.connections().await, 0);
    named("{own}/fhir").await.is(200);
    assert_eq!(patient.connections().await, 1);
}

#[tokio::test]
async fn another_persons_sign_in_connects_nothing() {
    let patient = Patient::found(&Catcher::start().await).await;
    let back = patient.signs_in(&patient.sent().await, "hsimpson@gmail.com").await;
    let page = patient.comes_back(&back).await;
    page.is_problem(400, "another_person");
    assert!(!page.text().contains("Homer") && !page.text().contains("Simpson"));
    assert_eq!(patient.connections().await, 0);
    let back = patient.signs_in(&patient.sent().await, PATIENT).await;
    patient.comes_back(&back).await.is(200);
    assert_eq!(patient.connections().await, 1);
}

/// The widget says which language it speaks; no cookie and no row remembers it until the patient is back.
#[tokio::test]
async fn the_pages_of_a_sign_in_speak_the_language_of_the_widget() {
    let patient = Patient::found(&Catcher::start().await).await;
    let path = format!("{}&lang=es", patient.path(&patient.pending));
    let sent = patient.server.http.get(&path).bearer(&patient.session).send().await.is(200);
    let sent = Url::parse(sent.json()["data"]["url"].as_str().expect("a URL")).expect("a URL");
    assert!(sent.query_pairs().any(|(name, value)| (&*name, &*value) == ("ui_locales", "es")));
    let place = Http::new(&sent.origin().ascii_serialization());
    let page =
        place.get(&format!("{}?{}", sent.path(), sent.query().unwrap_or_default())).send().await.is(200);
    assert!(page.text().contains("<html lang=\"es\"") && page.text().contains("name=\"viewport\""));
    let refused = patient.comes_back(&patient.signs_in(&sent, "hsimpson@gmail.com").await).await;
    refused.is_problem(400, "another_person");
    assert!(refused.text().contains("<html lang=\"es\""));
    let back = patient.signs_in(&patient.sent().await, PATIENT).await;
    let page = patient.comes_back(&back).await.is(200);
    assert!(page.text().contains("<html lang=\"en\"") && page.text().contains("data-signed-in"));
}

#[tokio::test]
async fn only_an_account_of_the_patient_that_asks_for_it_is_signed_in_to() {
    let patient = Patient::found(&Catcher::start().await).await;
    for account in ["", "x", "ffffffff-ffff-4fff-bfff-ffffffffffff", &patient.ready] {
        let call = patient.server.http.get(&patient.path(account)).bearer(&patient.session);
        call.send().await.is_bridge_error(404, "not_found");
    }
    let other = patient.party.session(&patient.server.id_token()).await;
    let theirs = patient.server.http.get(&patient.path(&patient.pending)).bearer(&other);
    theirs.send().await.is_bridge_error(404, "not_found");
    super::is_for_patients(&patient.party, |http| http.get(&patient.path(&patient.pending))).await;
    assert_eq!(patient.server.store().row_counts().await["sign_ins"], 0);
}
