//! Retrieval: reading all of a patient's records at one node, page by page.

use std::collections::BTreeSet;

use fhir::resource::is_id;
use fhir::{Bundle, Resource, capability, reference};
use model::Secret;

use crate::peer::Peer;
use crate::sign_in::renew;
use crate::{Network, PeerFault, Requester};

/// The types of US Core that a search by patient finds.
const BY_PATIENT: [&str; 19] = [
    "Encounter",
    "Condition",
    "Observation",
    "MedicationRequest",
    "MedicationDispense",
    "AllergyIntolerance",
    "Immunization",
    "Procedure",
    "DiagnosticReport",
    "DocumentReference",
    "CarePlan",
    "CareTeam",
    "Coverage",
    "Device",
    "Goal",
    "RelatedPerson",
    "ServiceRequest",
    "Specimen",
    "QuestionnaireResponse",
];
/// Types that several patients share; they are read when a record refers to them.
const SHARED: [&str; 4] = ["Practitioner", "PractitionerRole", "Organization", "Location"];
/// More pages than this are not followed.
const MAX_PAGES: usize = 10_000;

/// Where to read, and whose records.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// FHIR base URL.
    pub endpoint: &'a str,
    /// The patient's id there.
    pub patient: &'a str,
}

/// What opens the records.
#[derive(Clone, Copy)]
pub enum Access<'a> {
    /// The patient's verified identity (response mode 2).
    Identity(Requester<'a>),
    /// A refresh token from the patient's own sign-in (response mode 1).
    SignIn(&'a Secret),
}

/// Reading in progress. Hands out one answer at a time, so that no more than a page is ever held.
pub struct Reading<'a> {
    peer: Peer<'a>,
    endpoint: &'a str,
    /// What is left to read of the patient's own; the next stands last.
    pending: Vec<String>,
    /// What is left to read of what those refer to.
    shared: Vec<String>,
    /// What records refer to, read or not.
    referred: BTreeSet<String>,
    pages: usize,
}

/// Opens the reading of a patient's records: the patient, then every type the node can search. Where a node
/// rotates refresh tokens, the new one comes along and must be kept before anything is read.
pub async fn open<'a>(
    network: &'a Network,
    access: Access<'_>,
    source: Source<'a>,
) -> Result<(Reading<'a>, Option<Secret>), PeerFault> {
    let Source { endpoint, patient } = source;
    if !is_id(patient) {
        return Err(PeerFault::Unreadable("the patient's id"));
    }
    let (peer, rotated) = match access {
        Access::Identity(requester) => (Peer::enter(network, requester, endpoint).await?, None),
        Access::SignIn(refresh_token) => renew(network, endpoint, refresh_token).await?,
    };
    let statement = peer.read(&format!("{endpoint}/metadata")).await?;
    let types = capability::searchable_types(&statement)?;
    let offered = BY_PATIENT.iter().rev().filter(|kind| types.iter().any(|offered| offered == *kind));
    let mut pending: Vec<String> =
        offered.map(|kind| format!("{endpoint}/{kind}?patient={patient}&_count=100")).collect();
    pending.push(format!("{endpoint}/Patient/{patient}"));
    let reading =
        Reading { peer, endpoint, pending, shared: Vec::new(), referred: BTreeSet::new(), pages: 0 };
    Ok((reading, rotated))
}

impl Reading<'_> {
    /// The next records, each as one line of NDJSON without its line end; none after the last.
    pub async fn next_lines(&mut self) -> Result<Option<Vec<Line>>, PeerFault> {
        self.pages += 1;
        if self.pages > MAX_PAGES {
            return Err(PeerFault::Unreadable("a search without end"));
        }
        if let Some(url) = self.pending.pop() {
            let text = self.peer.read(&url).await?;
            return self.lines(&text).map(Some);
        }
        let Some(url) = self.shared.pop() else { return Ok(None) };
        match self.peer.read(&url).await {
            Ok(text) => self.lines(&text).map(Some),
            // A reference that leads nowhere is the node's fault and costs the patient nothing else.
            Err(PeerFault::Status(404 | 410)) => Ok(Some(Vec::new())),
            Err(fault) => Err(fault),
        }
    }

    fn lines(&mut self, text: &str) -> Result<Vec<Line>, PeerFault> {
        let answer = Resource::scan(text)?;
        if answer.resource_type() != "Bundle" {
            return Ok(vec![self.line(&answer)?]);
        }
        let bundle = Bundle::read(text)?;
        self.pending.extend(bundle.next_link().map(str::to_owned));
        let resources = bundle.resources().filter(|resource| resource.resource_type() != "OperationOutcome");
        resources.map(|resource| self.line(&resource)).collect()
    }

    fn line(&mut self, resource: &Resource<'_>) -> Result<Line, PeerFault> {
        let mut referred = BTreeSet::new();
        reference::collect(resource, &SHARED, &mut referred)?;
        for target in referred {
            let url = format!("{}/{target}", self.endpoint);
            if self.referred.insert(target) {
                self.shared.push(url);
            }
        }
        Ok(Line {
            kind: resource.resource_type().to_owned(),
            id: resource.id().map(str::to_owned),
            text: resource.to_line().into_owned(),
        })
    }
}

/// One record.
pub struct Line {
    /// Its resource type.
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// The resource as it came, on one line.
    pub text: String,
}
