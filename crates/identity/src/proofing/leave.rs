//! Leaving our pages: to a CSP, or back to the app without a proven patient.

use model::Secret;
use store::ProofingStage;

use super::provider::Provider;
use super::show::choices;
use super::{Refusal, Trouble, WayBack, record, under_way, way_back};
use crate::Identity;

/// Sends the patient to a CSP; its URL, or none when it cannot be reached, which the next page says. The patient
/// speaks `language`.
pub async fn depart(
    identity: &Identity,
    browser: Option<&str>,
    idp: &str,
    language: &str,
    request_id: &str,
) -> Result<Option<String>, Refusal> {
    let now = identity.clock.now();
    let (proofing, client) = under_way(&mut identity.store.read().await?, browser, now).await?;
    if !matches!(proofing.stage, ProofingStage::Confirmed | ProofingStage::Csp) {
        return Err(Refusal::AnotherStep);
    }
    let offered = choices(identity, &client, &proofing).iter().any(|(known, _)| known == idp);
    let registration = identity.registrations.find(idp, client.credential.mode()).filter(|_| offered);
    let registration = registration.ok_or(Refusal::AnotherStep)?;
    let provider = Provider::discover(&identity.client, &registration.issuer).await;
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let public_id = &proofing.public_id;
    let provider = match provider {
        Ok(provider) => provider,
        Err(fault) => {
            let trouble = serde_json::to_string(&Trouble::Unavailable).unwrap_or_default();
            tx.note_proofing_trouble(&proofing.id, &trouble).await?;
            let detail = format!("csp.unavailable: {fault}");
            record(&mut tx, public_id, "proofing.refused", &detail, request_id, now).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    // The page that the patient comes back to speaks their language too.
    let state = Secret::new(format!("{}.{language}", identity.entropy.secret().expose()));
    let (url, leg) = provider.way(identity, registration, &state, &[("ui_locales", language)]);
    if !tx.begin_proofing_leg(&proofing.id, &state.hash(), &leg, now).await? {
        return Err(Refusal::AnotherStep);
    }
    record(&mut tx, public_id, "proofing.sent_to_csp", idp, request_id, now).await?;
    tx.commit().await?;
    Ok(Some(url))
}

/// Ends the proofing at the patient's wish, or because nothing else is left; where the app is told.
pub async fn cancel(
    identity: &Identity,
    browser: Option<&str>,
    request_id: &str,
) -> Result<WayBack, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let (proofing, _) = under_way(&mut tx, browser, now).await?;
    if !tx.end_proofing(&proofing.id).await? {
        return Err(Refusal::Over);
    }
    let trouble = proofing.trouble.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let (error, description) = match trouble {
        Some(Trouble::Unavailable) => {
            ("temporarily_unavailable", "The identity check does not answer right now.".to_owned())
        }
        Some(Trouble::Refused { code, .. }) => {
            ("access_denied", format!("The patient's identity could not be verified ({code})."))
        }
        Some(Trouble::Cancelled) => {
            ("access_denied", "The patient did not complete the identity check.".to_owned())
        }
        None => ("access_denied", "The patient did not want to prove who they are.".to_owned()),
    };
    record(&mut tx, &proofing.public_id, "proofing.ended", error, request_id, now).await?;
    tx.commit().await?;
    Ok(way_back(&proofing, error, description))
}
