//! The record locator: asks the network where a patient is known, and keeps what it says.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use model::id::{AccountFoundId, LocationId};
use network::{Answer, Found, Outcome, Requester, directory, discovery};
use store::{
    AccountFound, AuthorizationType, Consent, Job, JobKind, Location, LocationStatus, StoreError, Tx,
};

use crate::Connect;
use crate::entitlement::stands;
use crate::requester::requester_name;
use crate::worker::JobEnd;

/// How often a search is begun at all, crashes and failures of the store counted in; then it is given up.
const MAX_ATTEMPTS: i64 = 5;

/// What a search amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Findings {
    /// The patient is known somewhere.
    Found,
    /// Places have answered, and nobody knows the patient.
    Nothing,
    /// No place has answered in a way that could be used: nothing is known of where the records are.
    Unreachable,
}

impl Findings {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Nothing => "none",
            Self::Unreachable => "unreachable",
        }
    }

    /// The error code on the wire, when it is one.
    pub const fn error(self) -> Option<&'static str> {
        match self {
            Self::Found | Self::Nothing => None,
            Self::Unreachable => Some("network_unavailable"),
        }
    }
}

/// What a search amounts to so far.
pub async fn findings(tx: &mut Tx, location: &Location) -> Result<Findings, StoreError> {
    if !tx.accounts_found(&location.consent_id).await?.is_empty() {
        return Ok(Findings::Found);
    }
    let answers = tx.answers(&location.id).await?;
    let answered = answers.iter().any(|answer| Outcome::is_answer(&answer.outcome));
    Ok(if answered { Findings::Nothing } else { Findings::Unreachable })
}

/// The search of a consent: the one under way, the one that ended, or a new one. One that failed, or that nobody
/// answered, may be begun again.
pub async fn start(connect: &Connect, consent: &Consent) -> Result<Location, StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    if let Some(latest) = tx.latest_location(&consent.id).await? {
        let counts = match latest.status {
            LocationStatus::Pending => true,
            LocationStatus::Success => findings(&mut tx, &latest).await? != Findings::Unreachable,
            LocationStatus::Failed => false,
        };
        if counts {
            tx.commit().await?;
            return Ok(latest);
        }
    }
    let id = LocationId::from_random(connect.entropy.bytes());
    let location = tx.begin_location(&id, &consent.id, now).await?;
    tx.enqueue(JobKind::Locate, id.as_str(), &consent.organization_id, now).await?;
    tx.commit().await?;
    Ok(location)
}

/// Runs a search to its end. After a crash it is run again from the start: asking twice does no harm. What breaks
/// off every time ends as failed.
pub(crate) async fn run(connect: &Connect, job: &Job) -> Result<JobEnd, StoreError> {
    let Ok(id) = LocationId::parse(&job.subject) else { return Ok(JobEnd::Done) };
    if job.attempt > MAX_ATTEMPTS {
        tracing::error!(location = %id, attempts = job.attempt, "a search never comes to an end and is given up");
        finish(connect, &id, LocationStatus::Failed).await?;
        return Ok(JobEnd::Done);
    }
    let Some((consent, organization_name)) = on_whose_behalf(connect, &id).await? else {
        finish(connect, &id, LocationStatus::Failed).await?;
        return Ok(JobEnd::Done);
    };
    let participants = match directory::read(&connect.network).await {
        Ok(participants) => participants,
        Err(fault) => {
            tracing::error!(location = %id, %fault, "the directory cannot be read, so nobody was asked");
            finish(connect, &id, LocationStatus::Failed).await?;
            return Ok(JobEnd::Done);
        }
    };
    let mut tx = connect.store.write().await?;
    tx.set_location_asked(&id, participants.asked.len()).await?;
    tx.commit().await?;
    let requester = Requester { organization_name: &organization_name, identity: &consent.identity };
    let mut answers = std::pin::pin!(discovery::discover(&connect.network, requester, &participants));
    while let Some(group) = answers.next().await {
        let mut tx = connect.store.write().await?;
        for answer in &group {
            keep(connect, &mut tx, &id, &consent, answer).await?;
        }
        tx.count_location_answered(&id).await?;
        tx.commit().await?;
    }
    finish(connect, &id, LocationStatus::Success).await?;
    report(connect, &id).await?;
    Ok(JobEnd::Done)
}

/// Tells the operator when a search reached nobody: the patient cannot know that from having no records.
async fn report(connect: &Connect, id: &LocationId) -> Result<(), StoreError> {
    let mut tx = connect.store.read().await?;
    let Some(location) = tx.location(id).await? else { return Ok(()) };
    if findings(&mut tx, &location).await? == Findings::Unreachable {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for answer in tx.answers(id).await? {
            *counts.entry(answer.outcome).or_default() += 1;
        }
        tracing::error!(location = %id, asked = location.asked, ?counts, "no place of the network gave a usable answer");
    }
    Ok(())
}

/// The consent of a search and in whose name the network is asked; none when it may not be used any more.
async fn on_whose_behalf(
    connect: &Connect,
    id: &LocationId,
) -> Result<Option<(Consent, String)>, StoreError> {
    let mut tx = connect.store.read().await?;
    let Some(location) = tx.location(id).await? else { return Ok(None) };
    let Some(consent) = tx.consent(&location.consent_id).await? else { return Ok(None) };
    if !stands(&mut tx, &consent).await? {
        tracing::warn!(location = %id, "a search is not made: its credential or TEFCA was switched off");
        return Ok(None);
    }
    let name = requester_name(&mut tx, &consent).await?;
    Ok(name.map(|name| (consent, name)))
}

async fn keep(
    connect: &Connect,
    tx: &mut Tx,
    id: &LocationId,
    consent: &Consent,
    answer: &Answer,
) -> Result<(), StoreError> {
    tx.add_answer(
        id,
        &store::Answer {
            hcid: answer.hcid.urn().to_owned(),
            name: answer.name.clone(),
            outcome: answer.outcome.as_str().to_owned(),
        },
    )
    .await?;
    let (authorization_type, Found { endpoint, patient }) = match &answer.outcome {
        Outcome::Found(found) => (AuthorizationType::Direct, found),
        Outcome::SignIn(found) => (AuthorizationType::Facilitated, found),
        _ => return Ok(()),
    };
    tx.add_account_found(&AccountFound {
        id: AccountFoundId::from_random(connect.entropy.bytes()),
        consent_id: consent.id.clone(),
        tefca_directory_id: answer.hcid.urn().to_owned(),
        provider: answer.name.clone(),
        endpoint: endpoint.clone(),
        authorization_type,
        remote_patient: patient.clone(),
        connection_id: None,
    })
    .await
}

async fn finish(connect: &Connect, id: &LocationId, status: LocationStatus) -> Result<(), StoreError> {
    let mut tx = connect.store.write().await?;
    tx.finish_location(id, status).await?;
    tx.commit().await
}
