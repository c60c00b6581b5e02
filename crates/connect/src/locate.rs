//! The record locator: asks the network where a patient is known, and keeps what it says.

use futures_util::StreamExt as _;
use model::id::{AccountFoundId, LocationId};
use network::{Answer, Found, Outcome, Requester, directory, discovery};
use store::{AccountFound, AuthorizationType, Consent, JobKind, Location, LocationStatus, StoreError, Tx};

use crate::Connect;
use crate::worker::JobEnd;

/// The search of a consent: the one under way, the one that ended, or a new one.
pub async fn start(connect: &Connect, consent: &Consent) -> Result<Location, StoreError> {
    let now = connect.clock.now();
    let mut tx = connect.store.write().await?;
    if let Some(latest) = tx.latest_location(&consent.id).await?
        && latest.status != LocationStatus::Failed
    {
        return Ok(latest);
    }
    let id = LocationId::from_random(connect.entropy.bytes());
    let location = tx.begin_location(&id, &consent.id, now).await?;
    tx.enqueue(JobKind::Locate, id.as_str(), now).await?;
    tx.commit().await?;
    Ok(location)
}

/// Runs a search to its end. After a crash it is run again from the start: asking twice does no harm.
pub(crate) async fn run(connect: &Connect, subject: &str) -> Result<JobEnd, StoreError> {
    let Ok(id) = LocationId::parse(subject) else { return Ok(JobEnd::Done) };
    let Some((consent, organization)) = on_whose_behalf(connect, &id).await? else { return Ok(JobEnd::Done) };
    let participants = match directory::read(&connect.network).await {
        Ok(participants) => participants,
        Err(fault) => {
            tracing::warn!(location = %id, %fault, "the directory cannot be read");
            finish(connect, &id, LocationStatus::Failed).await?;
            return Ok(JobEnd::Done);
        }
    };
    let mut tx = connect.store.write().await?;
    tx.set_location_asked(&id, participants.asked.len()).await?;
    tx.commit().await?;
    let requester = Requester { organization: &organization, identity: &consent.identity };
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
    Ok(JobEnd::Done)
}

async fn on_whose_behalf(
    connect: &Connect,
    id: &LocationId,
) -> Result<Option<(Consent, model::Organization)>, StoreError> {
    let mut tx = connect.store.read().await?;
    let Some(location) = tx.location(id).await? else { return Ok(None) };
    let Some(consent) = tx.consent(&location.consent_id).await? else { return Ok(None) };
    let organization = tx.organization(&consent.organization_id).await?;
    Ok(organization.map(|organization| (consent, organization)))
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
