//! Leaving our pages: to a CSP, or back to the app without a proven patient.

use model::Secret;
use store::{Proofing, ProofingStage};

use super::show::choices;
use super::{Refusal, Trouble, record, under_way};
use crate::Identity;

/// How often one patient sets out for a CSP: to try each of a few, and again. A browser that goes there without end
/// is nobody's.
const MOST_DEPARTURES: i64 = 20;

/// How a proofing ended without a proven patient, for the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The patient took too long.
    TookTooLong,
    /// The patient did not want to.
    GaveUp,
    /// The patient gave up at the CSP.
    Cancelled,
    /// The patient gave up because the CSP does not answer.
    Unavailable,
    /// What the CSP said does not stand, by this rule.
    Refused(String),
}

impl Ended {
    /// For the audit trail.
    const fn name(&self) -> &'static str {
        match self {
            Self::TookTooLong => "took_too_long",
            Self::GaveUp => "gave_up",
            Self::Cancelled => "cancelled",
            Self::Unavailable => "unavailable",
            Self::Refused(_) => "refused",
        }
    }
}

/// Where the app is told how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// The client's redirect URI.
    pub redirect_uri: String,
    /// Its `state`.
    pub state: Option<String>,
    /// How it ended.
    pub ended: Ended,
}

impl WayBack {
    pub(super) fn of(proofing: &Proofing, ended: Ended) -> Self {
        let (redirect_uri, state) = (proofing.request.redirect_uri.clone(), proofing.request.state.clone());
        Self { redirect_uri: redirect_uri.unwrap_or_default(), state, ended }
    }
}

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
    let mut tx = identity.store.write().await?;
    let (proofing, client) = under_way(&mut tx, browser, now).await?;
    if !matches!(proofing.stage, ProofingStage::Confirmed | ProofingStage::Csp) {
        return Err(Refusal::AnotherStep);
    }
    let offered = choices(identity, &client, &proofing).iter().any(|(known, _)| known == idp);
    let registration = identity.registrations.find(idp, client.credential.mode()).filter(|_| offered);
    let registration = registration.ok_or(Refusal::AnotherStep)?;
    if !tx.count_departure(&proofing.id, MOST_DEPARTURES, now).await? {
        return Err(Refusal::TooOften);
    }
    tx.commit().await?;
    let provider = identity.providers.of(&identity.client, &registration.issuer, now).await;
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let public_id = &proofing.public_id;
    let provider = match provider {
        Ok(provider) => provider,
        Err(fault) => {
            tx.note_proofing_trouble(&proofing.id, &Trouble::Unavailable.kept()).await?;
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
    let ended = match Trouble::read(&proofing) {
        Some(Trouble::Unavailable) => Ended::Unavailable,
        Some(Trouble::Refused { code, .. }) => Ended::Refused(code),
        Some(Trouble::Cancelled) => Ended::Cancelled,
        None => Ended::GaveUp,
    };
    record(&mut tx, &proofing.public_id, "proofing.ended", ended.name(), request_id, now).await?;
    tx.commit().await?;
    Ok(WayBack::of(&proofing, ended))
}
