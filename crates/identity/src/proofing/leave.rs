//! Leaving our pages: to a CSP, or back to the app without a proven patient.

use model::Secret;
use store::{Proofing, ProofingStage};

use super::provider::ProviderFault;
use super::show::choices;
use super::{Refusal, Trouble, TroubleKind, record, under_way};
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
    /// The patient gave up after this went wrong at the CSP, by this rule.
    Met(TroubleKind, String),
}

impl Ended {
    /// The reason, as a program reads it: the app and the widget are told it beside the error. It stays as it is.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TookTooLong => "proofing.took_too_long",
            Self::GaveUp => "proofing.gave_up",
            Self::Met(TroubleKind::Cancelled, _) => "proofing.cancelled",
            Self::Met(TroubleKind::Unavailable, _) => "proofing.unavailable",
            Self::Met(TroubleKind::Misconfigured, _) => "proofing.misconfigured",
            Self::Met(TroubleKind::Refused, _) => "proofing.refused",
        }
    }

    /// For the audit trail, where the line is a proofing's.
    fn name(&self) -> &'static str {
        self.code().trim_start_matches("proofing.")
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
/// speaks `language`, and comes back with `carried` at the end of the state.
pub async fn depart(
    identity: &Identity,
    browser: Option<&str>,
    idp: &str,
    (language, carried): (&str, &str),
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
    let provider = match provider {
        Ok(provider) => provider,
        Err(fault) => {
            trouble(&fault, request_id).tell(identity, &proofing, idp, &fault, now).await?;
            return Ok(None);
        }
    };
    let mut tx = identity.store.write().await?;
    let state = Secret::new(format!("{}.{carried}", identity.entropy.secret().expose()));
    let (url, leg) = provider.way(identity, registration, &state, &[("ui_locales", language)]);
    if !tx.begin_proofing_leg(&proofing.id, &state.hash(), &leg, now).await? {
        return Err(Refusal::AnotherStep);
    }
    record(&mut tx, &proofing.public_id, "proofing.sent_to_csp", idp, request_id, now).await?;
    tx.commit().await?;
    Ok(Some(url))
}

/// Why nobody can be sent to a CSP.
fn trouble(fault: &ProviderFault, request_id: &str) -> Trouble {
    let kind = fault.kind();
    let code = if kind == TroubleKind::Misconfigured { "csp.misconfigured" } else { "csp.unavailable" };
    Trouble { kind, code: code.to_owned(), request_id: request_id.to_owned() }
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
    let ended = Trouble::read(&proofing).map_or(Ended::GaveUp, |met| Ended::Met(met.kind, met.code));
    record(&mut tx, &proofing.public_id, "proofing.ended", ended.name(), request_id, now).await?;
    tx.commit().await?;
    Ok(WayBack::of(&proofing, ended))
}
