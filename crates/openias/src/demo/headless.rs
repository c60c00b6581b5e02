//! The journey over HTTP alone: the app's backend, and a browser's part of it form by form.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ambient::Clock;
use anyhow::{Context as _, bail};
use egress::Request;
use model::Challenge;
use sandbox::integrator::{Backend, CallFault, Inbox, Received, Reply};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::journey::Journey;
use crate::cli::Demo;
use crate::output;

const FORM: &str = "application/x-www-form-urlencoded";
/// How long the slowest thing may take: a search with a place that does not answer.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) async fn run(args: &Demo, backend: &Backend, inbox: &Inbox) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    let started = clock.now();
    std::fs::create_dir_all(&args.out).with_context(|| {
        format!("the folder {} cannot be made; name another with --out", args.out.display())
    })?;
    output::line(&format!("Journey of {}", args.patient));
    let mut journey = Journey { patient: args.patient.clone(), ..Journey::default() };
    let travelled = Traveller { backend, inbox }.travel(&args.patient, &args.out, &mut journey).await;
    journey.millis = u64::try_from(clock.now().since(started).as_millis()).unwrap_or(u64::MAX);
    journey.webhooks = inbox.messages().into_iter().map(|message| message.event_type).collect();
    journey.steps = backend.calls.made();
    journey.outcome = match &travelled {
        Ok(()) => "complete".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    let transcript = args.out.join("journey.json");
    std::fs::write(&transcript, serde_json::to_string_pretty(&journey)?)
        .with_context(|| format!("{} cannot be written", transcript.display()))?;
    travelled.context("the journey broke off")?;
    report(args, &journey);
    Ok(ExitCode::SUCCESS)
}

fn report(args: &Demo, journey: &Journey) {
    let records: u64 = journey.resources.values().sum();
    output::line("");
    output::line(&format!(
        "Complete in {} ms: {} places asked, {} connected, {} webhooks verified, {records} resources.",
        journey.millis,
        journey.answers.values().sum::<usize>(),
        journey.connections.len(),
        journey.webhooks.len()
    ));
    for (outcome, places) in &journey.answers {
        let meaning = meaning_of(outcome);
        output::line(&format!("  {places:>2} {outcome:<10} {meaning}"));
    }
    output::line(&format!("Records and transcript are in {}", args.out.display()));
}

/// What an answer of the sandbox network means; every kind is there on purpose.
fn meaning_of(outcome: &str) -> &'static str {
    match outcome {
        "found" => "the verified identity is enough",
        "sign_in" => "the patient must sign in there",
        "no_match" => "the patient is not known there",
        "ambiguous" => "two patients there could be meant, so none is",
        "mismatch" => "it answered with another person, and nothing of that is kept",
        "refused" => "it refused to answer",
        "timed_out" => "it took too long",
        _ => "it did not answer as it should",
    }
}

struct Traveller<'a> {
    backend: &'a Backend,
    inbox: &'a Inbox,
}

impl Traveller<'_> {
    async fn travel(&self, patient: &str, out: &Path, journey: &mut Journey) -> anyhow::Result<()> {
        let code = self.prove_identity(patient).await?;
        let request_uri = self.backend.push(Some(&code)).await?;
        let session = self.consent(&request_uri).await?;
        let accounts = self.find_records(&session, journey).await?;
        journey.connections = self.connect(&session, &accounts).await?;
        self.webhooks("patient.connection_success", &journey.connections).await?;
        for connection in &journey.connections {
            self.backend.export(connection).await?;
        }
        let exported = self.webhooks("patient.ehi_export_success", &journey.connections).await?;
        journey.resources = self.download(&exported, out).await?;
        Ok(())
    }

    /// The CSP's inquiry, as a browser would fill it in; the ID token.
    async fn prove_identity(&self, patient: &str) -> Result<model::Secret, CallFault> {
        let sign_in = self.backend.begin_sign_in(&format!("demo-{patient}")).await?;
        let inquiry = format!("{}/authenticate/oidc-sandbox/inquiry", self.backend.openias_url);
        let page = self.get("open the identity check", &sign_in.url).await?;
        let handle = page.hidden_field("handle")?;
        let page = self
            .post(
                "name the patient",
                &format!("{inquiry}/person"),
                &[("handle", &handle), ("contact", patient)],
                200,
            )
            .await?;
        let handle = page.hidden_field("handle")?;
        let back = self
            .post(
                "confirm the code",
                &format!("{inquiry}/confirm"),
                &[("handle", &handle), ("code", "123456"), ("pass_verifications", "on")],
                303,
            )
            .await?;
        let code = back.redirected_with("code")?;
        Ok(self.backend.finish_sign_in(&sign_in, &code).await?.id_token)
    }

    /// The consent page and the code exchange of the widget; the session's access token.
    async fn consent(&self, request_uri: &str) -> Result<String, CallFault> {
        let base = &self.backend.openias_url;
        let verifier = self.backend.entropy.secret();
        let challenge = Challenge::of(verifier.expose());
        let (state, callback) = (self.backend.entropy.secret(), format!("{base}/auth/callback"));
        let query = encode(&[
            ("response_type", "code"),
            ("client_id", &self.backend.keys.public_id),
            ("redirect_uri", &callback),
            ("state", state.expose()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("request_uri", request_uri),
        ]);
        let page = self.get("open the consent page", &format!("{base}/v1/oauth2/authorize?{query}")).await?;
        let handle = page.hidden_field("handle")?;
        let decision = format!("{base}/oauth2/authorize/decision");
        let back = self.post("allow", &decision, &[("handle", &handle), ("decision", "allow")], 303).await?;
        let code = back.redirected_with("code")?;
        let tokens: Value = self
            .post(
                "redeem the consent code",
                &format!("{base}/v1/oauth2/token"),
                &[
                    ("grant_type", "authorization_code"),
                    ("client_id", &self.backend.keys.public_id),
                    ("code", &code),
                    ("code_verifier", verifier.expose()),
                    ("redirect_uri", &callback),
                ],
                200,
            )
            .await?
            .json()?;
        Ok(tokens["access_token"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits for the record locator; the ids of the accounts that are ready to connect.
    async fn find_records(&self, session: &str, journey: &mut Journey) -> anyhow::Result<Vec<String>> {
        let task = self.bridge("start the record locator", "record_locator", session).await?;
        let task = task["data"]["task_id"].as_str().unwrap_or_default().to_owned();
        let clock = Clock::system();
        let began = clock.now();
        loop {
            let state = self.bridge("ask how far it is", &format!("record_locator/{task}"), session).await?;
            if state["data"]["status"] != "pending" {
                for answer in state["data"]["answers"].as_array().into_iter().flatten() {
                    *journey
                        .answers
                        .entry(answer["outcome"].as_str().unwrap_or_default().to_owned())
                        .or_default() += 1;
                }
                if state["data"]["status"] == "failed" {
                    bail!("the record locator failed");
                }
                break;
            }
            if clock.now().since(began) > PATIENCE {
                bail!("the record locator did not end in {} seconds", PATIENCE.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let found =
            self.bridge("read what was found", &format!("record_locator/{task}/result"), session).await?;
        let ready = found["data"]["discovered_patient_accounts"].as_object().cloned().unwrap_or_default();
        if ready.is_empty() {
            bail!("no provider has records of this patient that can be connected");
        }
        Ok(ready.keys().cloned().collect())
    }

    /// Connects the accounts; the ids of the connections.
    async fn connect(&self, session: &str, accounts: &[String]) -> anyhow::Result<Vec<String>> {
        let url = self.bridge_url("vault_connection/authorize");
        let body = json!({"vault_connection_ids": accounts, "external_id": "demo"}).to_string();
        let request = Request::post(&url, "application/json", body)
            .header("authorization", &format!("Bearer {session}"));
        let answer: Value =
            self.backend.calls.expect("connect the providers", request, &[200]).await?.json()?;
        if let Some((account, failure)) = answer["data"]["failures"].as_object().and_then(|f| f.iter().next())
        {
            bail!("{account} could not be connected: {}", failure["error"]);
        }
        let successes = answer["data"]["successes"].as_object().cloned().unwrap_or_default();
        Ok(successes.values().filter_map(|s| Some(s["org_connection_id"].as_str()?.to_owned())).collect())
    }

    /// Waits until a signed webhook of this type has come for every connection.
    async fn webhooks(&self, event_type: &str, connections: &[String]) -> anyhow::Result<Vec<Received>> {
        let of_type = |messages: &[Received]| -> Option<Vec<Received>> {
            if let Some(failed) =
                messages.iter().find(|message| message.event_type == "patient.ehi_export_failed")
            {
                return Some(vec![failed.clone()]);
            }
            let of_type: Vec<_> =
                messages.iter().filter(|message| message.event_type == event_type).cloned().collect();
            (of_type.len() >= connections.len()).then_some(of_type)
        };
        let messages = self.inbox.wait_for(PATIENCE, of_type).await;
        let messages = messages.with_context(|| format!("not every {event_type} webhook came"))?;
        if let Some(failed) = messages.iter().find(|message| message.event_type != event_type) {
            bail!("an export failed: {}", failed.data["failure_reason"]);
        }
        output::line(&format!("     {} signed webhooks: {event_type}", messages.len()));
        Ok(messages)
    }

    /// Downloads every export into one file; how many resources of each type.
    async fn download(&self, exported: &[Received], out: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
        let path = out.join("records.ndjson");
        let written = || format!("{} cannot be written", path.display());
        let mut file = std::fs::File::create(&path).with_context(written)?;
        let mut resources = BTreeMap::new();
        for message in exported {
            let url = message.data["download_links"][0]["url"].as_str().unwrap_or_default();
            file.write_all(&self.backend.download(url).await?).with_context(written)?;
            for (kind, count) in
                message.data["stats"]["total_by_resource_type"].as_object().into_iter().flatten()
            {
                *resources.entry(kind.clone()).or_default() += count.as_u64().unwrap_or_default();
            }
        }
        Ok(resources)
    }

    async fn bridge(&self, step: &str, path: &str, session: &str) -> Result<Value, CallFault> {
        let url = self.bridge_url(path);
        let request = Request::get(&url).header("authorization", &format!("Bearer {session}"));
        self.backend.calls.expect(step, request, &[200]).await?.json()
    }

    fn bridge_url(&self, path: &str) -> String {
        format!("{}/v1/bridge/{path}?public_id={}", self.backend.openias_url, self.backend.keys.public_id)
    }

    async fn get(&self, step: &str, url: &str) -> Result<Reply, CallFault> {
        self.backend.calls.expect(step, Request::get(url), &[200]).await
    }

    async fn post(
        &self,
        step: &str,
        url: &str,
        fields: &[(&str, &str)],
        status: u16,
    ) -> Result<Reply, CallFault> {
        self.backend.calls.expect(step, Request::post(url, FORM, encode(fields)), &[status]).await
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}
