//! A directory and a node whose answers a test makes up one by one: what hostile and broken ones say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use fhir::directory::ResponseMode;
use fhir::directory::{Endpoint, EndpointLink, Organization, OrganizationKind};
use model::Hcid;
use model::synthetic::by_email;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::PATIENT;
use crate::loopback::{self, Reply, Request};

/// The id of [`PATIENT`] at a stub.
pub const PATIENT_ID: &str = "p1";

/// A request that was made to a stub.
#[derive(Clone, Debug)]
pub struct Asked {
    /// With its query.
    pub path: String,
    /// The `Authorization` header, or nothing.
    pub authorization: String,
    /// The body.
    pub body: String,
}

/// The server of both: a node at `/fhir`, a directory at `/directory`. What nobody told it about is not found.
#[derive(Clone)]
pub struct Stub {
    /// Its origin, for an egress list.
    pub origin: String,
    answers: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<watch::Sender<Vec<Asked>>>,
}

impl Stub {
    /// Starts one that is an honest node: it knows [`PATIENT`], with one Condition.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let (listener, origin) = loopback::listen().await;
        let asked = Arc::new(watch::Sender::new(Vec::new()));
        let stub = Self { origin, answers: Arc::default(), asked };
        let (base, patient) = (stub.base(), Self::patient(PATIENT, PATIENT_ID));
        stub.says("/fhir/.well-known/smart-configuration", &json!({"token_endpoint": stub.token_endpoint()}));
        stub.says("/fhir/token", &json!({"access_token": stub.access_token()}));
        stub.says("/fhir/Patient/$match", &Self::bundle(std::slice::from_ref(&patient)));
        stub.says(&format!("/fhir/Patient/{PATIENT_ID}"), &patient);
        let searchable = json!([{"type": "Condition", "interaction": [{"code": "search-type"}]}]);
        let statement =
            json!({"resourceType": "CapabilityStatement", "url": base, "rest": [{"resource": searchable}]});
        stub.says("/fhir/metadata", &statement);
        stub.says("/fhir/Condition", &Self::bundle(&[json!({"resourceType": "Condition", "id": "c1"})]));
        stub.says("/directory/Endpoint", &Self::bundle(&[]));
        let taking = stub.clone();
        loopback::serve(listener, move |request| taking.take(request));
        stub
    }

    /// FHIR base URL of the node.
    pub fn base(&self) -> String {
        format!("{}/fhir", self.origin)
    }

    /// FHIR base URL of the directory.
    pub fn directory_url(&self) -> String {
        format!("{}/directory", self.origin)
    }

    /// The node's own token endpoint.
    pub fn token_endpoint(&self) -> String {
        format!("{}/token", self.base())
    }

    /// What the node's token endpoint gives.
    pub fn access_token(&self) -> String {
        format!("of-{}", self.origin)
    }

    /// Answers requests for `path`, without its query, with this from now on.
    pub fn says(&self, path: &str, body: &Value) {
        self.says_text(path, body.to_string());
    }

    /// Answers requests for `path` with this text from now on.
    pub fn says_text(&self, path: &str, body: String) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), body);
    }

    /// The directory lists nodes: name, HCID, FHIR base URL, and how they answer individuals.
    ///
    /// # Panics
    /// When an HCID is none.
    pub fn lists(&self, nodes: &[(&str, &str, String, ResponseMode)]) {
        let entries = (1..).zip(nodes).map(|(number, (name, hcid, base, mode))| {
            let mut entry = Organization::new(&format!("o{number}"), name, OrganizationKind::Participant);
            entry.hcid = Some(Hcid::parse(hcid).expect("an HCID"));
            entry.response_modes = vec![*mode];
            entry.endpoints = vec![EndpointLink::Contained(Endpoint::fhir("fhir", base))];
            entry.to_json()
        });
        self.says("/directory/Organization", &Self::bundle(&entries.collect::<Vec<_>>()));
    }

    /// A searchset of these resources.
    pub fn bundle(resources: &[Value]) -> Value {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({"resource": resource})).collect();
        json!({"resourceType": "Bundle", "type": "searchset", "entry": entries})
    }

    /// The Patient resource of a synthetic patient.
    ///
    /// # Panics
    /// When no synthetic patient has this e-mail.
    pub fn patient(email: &str, id: &str) -> Value {
        let patient = by_email(email).expect("a synthetic patient");
        fhir::patient::build(Some(id), &patient.demographics(), &[])
    }

    /// Everything asked so far, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// How often a path was asked for, whatever its query.
    pub fn times(&self, path: &str) -> usize {
        times(&self.asked.borrow(), path)
    }

    /// Waits until a path was asked for so many times.
    pub async fn reached(&self, path: &str, count: usize) {
        let mut changes = self.asked.subscribe();
        // The sender is ours, so it outlives the wait.
        let _ = changes.wait_for(|asked| times(asked, path) >= count).await;
    }

    fn take(&self, request: Request) -> Reply {
        let Request { path, headers, body } = request;
        let without_query = path.split('?').next().unwrap_or_default().to_owned();
        let authorization = headers.into_iter().find(|(name, _)| name == "authorization");
        let authorization = authorization.map(|(_, value)| value).unwrap_or_default();
        self.asked.send_modify(|asked| asked.push(Asked { path, authorization, body }));
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let headers = vec![("content-type", "application/fhir+json".to_owned())];
        match answers.get(&without_query) {
            Some(body) => Reply::Answer { status: 200, headers, body: body.clone().into_bytes() },
            None => Reply::Answer { status: 404, headers, body: Vec::new() },
        }
    }
}

fn times(asked: &[Asked], path: &str) -> usize {
    asked.iter().filter(|asked| asked.path.split('?').next() == Some(path)).count()
}
