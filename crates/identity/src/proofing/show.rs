//! Which page a proofing is at.

use model::{Mode, Organization};
use store::{Proofing, ProofingStage};

use super::code::MOST_CODES;
use super::confirm::address;
use super::{Refusal, Trouble, under_way};
use crate::Identity;
use crate::clients::Client;

/// What every page of a proofing shows, and the step that it is at.
#[derive(Debug)]
pub struct View {
    /// Who asks.
    pub organization: Organization,
    /// Whether this is a test.
    pub mode: Mode,
    /// Where the patient's giving up leads.
    pub redirect_uri: String,
    /// What is asked.
    pub step: Step,
}

/// A step of the patient's.
#[derive(Debug)]
pub enum Step {
    /// Give an e-mail address; perhaps the one that the app knows.
    Email(Option<String>),
    /// Give the code that went there.
    Code {
        /// The address.
        email: String,
        /// Whether it can still be tried.
        usable: bool,
        /// Whether another can be had.
        another: bool,
    },
    /// Choose where to prove it.
    Choose {
        /// `idp` and name of each CSP.
        csps: Vec<(String, String)>,
        /// What went wrong at the last one.
        trouble: Option<Trouble>,
    },
}

/// The page that this browser's proofing is at.
pub async fn show(identity: &Identity, browser: Option<&str>) -> Result<View, Refusal> {
    let now = identity.clock.now();
    let (proofing, client) = under_way(&mut identity.store.read().await?, browser, now).await?;
    let email = proofing.email.as_ref().map(|email| email.expose().to_owned());
    let step = match proofing.stage {
        ProofingStage::Code => Step::Code {
            email: email.unwrap_or_default(),
            usable: proofing.tries_left > 0 && proofing.code_expires_at.is_some_and(|end| end > now),
            another: proofing.codes_sent < MOST_CODES,
        },
        ProofingStage::Confirmed | ProofingStage::Csp => {
            Step::Choose { csps: choices(identity, &client, &proofing), trouble: Trouble::read(&proofing) }
        }
        _ => Step::Email(proofing.request.login_hint.filter(|hint| address(hint).is_some())),
    };
    Ok(View {
        mode: client.credential.mode(),
        organization: client.organization,
        redirect_uri: proofing.request.redirect_uri.unwrap_or_default(),
        step,
    })
}

/// The CSPs that a patient may go to: the one that the client named, or all that serve the mode.
pub(super) fn choices(identity: &Identity, client: &Client, proofing: &Proofing) -> Vec<(String, String)> {
    let named = proofing.request.patient.idp.as_deref();
    let registered = identity.registrations.of_mode(client.credential.mode());
    let open = registered.filter(|registration| named.is_none_or(|idp| idp == registration.idp));
    open.filter_map(|registration| {
        let csp = identity.csps.find(&registration.idp)?;
        Some((csp.idp.clone(), csp.name.clone()))
    })
    .collect()
}
