//! Retrieval: reading all of a patient's records at one node, page by page.

use std::collections::BTreeSet;

use fhir::resource::is_id;
use fhir::{Bundle, PatientDemographics, Resource, capability, reference};
use matching::double_check;
use model::{Demographics, Secret};

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
/// One patient's records do not refer to more shared resources than this.
const MAX_SHARED: usize = 20_000;
/// A longer link to the next page is not followed.
const MAX_LINK: usize = 8 * 1024;

/// Where to read, and whose records.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// FHIR base URL.
    pub endpoint: &'a str,
    /// The patient's id there.
    pub patient: &'a str,
    /// Who that patient must be.
    pub person: &'a Demographics,
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
///
/// Before anything else the Patient is read and must be the person asked for. What a page holds beside what was
/// asked for is passed over: other people and their records, and whatever the node says of itself (a Provenance of
/// its own could name another as its source).
pub struct Reading<'a> {
    peer: Peer<'a>,
    source: Source<'a>,
    begun: bool,
    /// What is left to read of the patient's own, with the type asked for; the next stands last.
    pending: Vec<(&'static str, String)>,
    /// What is left to read of what those refer to.
    shared: Vec<String>,
    /// What records refer to, read or not.
    referred: BTreeSet<String>,
    /// What of that was handed out.
    handed_out: BTreeSet<String>,
    pages: usize,
    passed_over: usize,
}

/// Opens the reading of a patient's records: the patient, then every type the node can search. Where a node
/// rotates refresh tokens, the new one comes along and must be kept before anything is read.
pub async fn open<'a>(
    network: &'a Network,
    access: Access<'_>,
    source: Source<'a>,
) -> Result<(Reading<'a>, Option<Secret>), PeerFault> {
    if !is_id(source.patient) {
        return Err(PeerFault::Unreadable("the patient's id"));
    }
    let (peer, rotated) = match access {
        Access::Identity(requester) => (Peer::enter(network, requester, source.endpoint).await?, None),
        Access::SignIn(refresh_token) => renew(network, source.endpoint, refresh_token).await?,
    };
    let reading = Reading {
        peer,
        source,
        begun: false,
        pending: Vec::new(),
        shared: Vec::new(),
        referred: BTreeSet::new(),
        handed_out: BTreeSet::new(),
        pages: 0,
        passed_over: 0,
    };
    Ok((reading, rotated))
}

impl Reading<'_> {
    /// The next records, each as one line of NDJSON without its line end; none after the last.
    pub async fn next_lines(&mut self) -> Result<Option<Vec<Line>>, PeerFault> {
        self.pages += 1;
        if self.pages > MAX_PAGES {
            return Err(PeerFault::Unreadable("a search without end"));
        }
        if !self.begun {
            self.begun = true;
            return self.begin().await.map(|patient| Some(vec![patient]));
        }
        if let Some((kind, url)) = self.pending.pop() {
            let text = self.peer.read(&url).await?;
            return self.page(&text, kind).map(Some);
        }
        let Some(target) = self.shared.pop() else {
            if self.passed_over > 0 {
                tracing::warn!(records = self.passed_over, "a node sent records that are not the patient's");
            }
            return Ok(None);
        };
        match self.peer.read(&format!("{}/{target}", self.source.endpoint)).await {
            Ok(text) => self.shared_one(&text, &target).map(Some),
            // A reference that leads nowhere is the node's fault and costs the patient nothing else.
            Err(PeerFault::Status(404 | 410)) => Ok(Some(Vec::new())),
            Err(fault) => Err(fault),
        }
    }

    /// Reads the patient, who must be the person asked for, and which types the node can search.
    async fn begin(&mut self) -> Result<Line, PeerFault> {
        let Source { endpoint, patient, person } = self.source;
        let text = self.peer.read(&format!("{endpoint}/Patient/{patient}")).await?;
        let on_file = Resource::scan(&text)?;
        if on_file.id() != Some(patient) {
            return Err(PeerFault::AnotherPerson);
        }
        double_check(person, &PatientDemographics::read(&on_file)?).map_err(|_| PeerFault::AnotherPerson)?;
        let statement = self.peer.read(&format!("{endpoint}/metadata")).await?;
        let types = capability::searchable_types(&statement)?;
        let offered = BY_PATIENT.iter().rev().filter(|kind| types.iter().any(|offered| offered == *kind));
        self.pending =
            offered.map(|kind| (*kind, format!("{endpoint}/{kind}?patient={patient}&_count=100"))).collect();
        self.line(&on_file)
    }

    /// The patient's records of a page of `kind`, and what a page brings along of what those refer to.
    fn page(&mut self, text: &str, kind: &'static str) -> Result<Vec<Line>, PeerFault> {
        if Resource::scan(text)?.resource_type() == "OperationOutcome" {
            return Ok(Vec::new());
        }
        let bundle = Bundle::read(text)?;
        if let Some(link) = bundle.next_link() {
            if link.len() > MAX_LINK {
                return Err(PeerFault::Unreadable("the link to the next page"));
            }
            self.pending.push((kind, link.to_owned()));
        }
        let mut lines = Vec::new();
        for resource in bundle.resources().filter(|found| found.resource_type() != "OperationOutcome") {
            if resource.resource_type() == kind && reference::is_about(&resource, self.source.patient) {
                lines.push(self.line(&resource)?);
            } else if let Some(target) = resource.reference().filter(|_| is_shared(&resource)) {
                self.referred.insert(target.clone());
                lines.extend(self.once(&resource, target)?);
            } else {
                self.passed_over += 1;
            }
        }
        Ok(lines)
    }

    /// What was read because a record refers to it, and nothing else in its place.
    fn shared_one(&mut self, text: &str, target: &str) -> Result<Vec<Line>, PeerFault> {
        let answer = Resource::scan(text)?;
        if answer.reference().as_deref() == Some(target) {
            return Ok(self.once(&answer, target.to_owned())?.into_iter().collect());
        }
        self.passed_over += 1;
        Ok(Vec::new())
    }

    /// A shared resource, unless it was handed out before.
    fn once(&mut self, resource: &Resource<'_>, target: String) -> Result<Option<Line>, PeerFault> {
        if self.handed_out.len() >= MAX_SHARED {
            return Err(PeerFault::Unreadable("references without end"));
        }
        if self.handed_out.insert(target) { self.line(resource).map(Some) } else { Ok(None) }
    }

    fn line(&mut self, resource: &Resource<'_>) -> Result<Line, PeerFault> {
        let mut referred = BTreeSet::new();
        reference::collect(resource, &SHARED, &mut referred)?;
        for target in referred {
            if self.referred.insert(target.clone()) {
                self.shared.push(target);
            }
        }
        if self.referred.len() > MAX_SHARED {
            return Err(PeerFault::Unreadable("references without end"));
        }
        Ok(Line {
            kind: resource.resource_type().to_owned(),
            id: resource.id().map(str::to_owned),
            text: resource.to_line().into_owned(),
        })
    }
}

fn is_shared(resource: &Resource<'_>) -> bool {
    SHARED.contains(&resource.resource_type())
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
