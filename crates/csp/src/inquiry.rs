//! The hosted inquiry of the sandbox: a synthetic patient is named by phone or e-mail, any confirmation
//! code passes, and a toggle decides whether the checks do.

use model::synthetic::{SyntheticPatient, by_email, by_phone};
use model::{Secret, SecretHash};
use store::{AuthenticationTemplate, Inquiry, InquiryStage, StoreError, Tx};

use crate::{CODE_LIFE, Csp};

/// Where the browser goes when an inquiry has ended.
#[derive(Debug)]
pub struct Answer {
    /// The client's redirect URI.
    pub redirect_uri: String,
    /// Its `state`.
    pub state: Option<String>,
    /// How the inquiry ended.
    pub ending: Ending,
}

/// How an inquiry ended.
#[derive(Debug)]
pub enum Ending {
    /// The person is proven; the client redeems this code.
    Approved(Secret),
    /// The person did not want to.
    Declined,
    /// The checks did not pass.
    Failed,
}

/// Why an inquiry did not move on.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing is open behind this handle: ended, lapsed, or never there.
    #[error("no inquiry is open behind this handle")]
    NotOpen,
    /// The contact is no synthetic patient's. The sandbox proves nobody else.
    #[error("the contact is no synthetic patient's")]
    UnknownContact,
    /// No code was entered.
    #[error("a confirmation code is needed; in the sandbox any will do")]
    NoCode,
    /// Nobody was named yet.
    #[error("the inquiry has not named a person yet")]
    NobodyNamed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The client that asked for the proofing.
pub async fn requested_by(csp: &Csp, handle: &str) -> Result<AuthenticationTemplate, Refusal> {
    let mut tx = csp.store.read().await?;
    let inquiry = open(csp, &mut tx, handle).await?;
    tx.authentication_template(&inquiry.client_id).await?.ok_or(Refusal::NotOpen)
}

/// Names the person by phone or e-mail.
pub async fn name_person(csp: &Csp, handle: &str, contact: &str) -> Result<(), Refusal> {
    let patient = find_patient(contact).ok_or(Refusal::UnknownContact)?;
    let mut tx = csp.store.write().await?;
    let inquiry = open(csp, &mut tx, handle).await?;
    if !tx.name_person(&inquiry.id, &patient.demographics(), csp.clock.now()).await? {
        return Err(Refusal::NotOpen);
    }
    tx.commit().await?;
    Ok(())
}

/// Takes the confirmation code and the toggle, and ends the inquiry.
pub async fn confirm(
    csp: &Csp,
    handle: &str,
    code: &str,
    pass_verifications: bool,
) -> Result<Answer, Refusal> {
    if code.trim().is_empty() {
        return Err(Refusal::NoCode);
    }
    let mut tx = csp.store.write().await?;
    let inquiry = open(csp, &mut tx, handle).await?;
    if inquiry.stage != InquiryStage::Confirming {
        return Err(Refusal::NobodyNamed);
    }
    let ending = if pass_verifications {
        approve(csp, &mut tx, &inquiry).await?
    } else {
        end(csp, &mut tx, &inquiry, InquiryStage::Failed).await?;
        Ending::Failed
    };
    tx.commit().await?;
    Ok(answer(inquiry, ending))
}

/// Ends the inquiry at the person's wish.
pub async fn decline(csp: &Csp, handle: &str) -> Result<Answer, Refusal> {
    let mut tx = csp.store.write().await?;
    let inquiry = open(csp, &mut tx, handle).await?;
    end(csp, &mut tx, &inquiry, InquiryStage::Declined).await?;
    tx.commit().await?;
    Ok(answer(inquiry, Ending::Declined))
}

fn find_patient(contact: &str) -> Option<&'static SyntheticPatient> {
    let contact = contact.trim();
    if contact.contains('@') { by_email(contact) } else { by_phone(contact) }
}

async fn open(csp: &Csp, tx: &mut Tx, handle: &str) -> Result<Inquiry, Refusal> {
    tx.open_inquiry(&SecretHash::of(handle), csp.clock.now()).await?.ok_or(Refusal::NotOpen)
}

async fn approve(csp: &Csp, tx: &mut Tx, inquiry: &Inquiry) -> Result<Ending, Refusal> {
    let now = csp.clock.now();
    let code = csp.entropy.secret();
    if tx.approve_inquiry(&inquiry.id, &code.hash(), now.plus(CODE_LIFE), now).await? {
        Ok(Ending::Approved(code))
    } else {
        Err(Refusal::NotOpen)
    }
}

async fn end(csp: &Csp, tx: &mut Tx, inquiry: &Inquiry, stage: InquiryStage) -> Result<(), Refusal> {
    if tx.end_inquiry(&inquiry.id, stage, csp.clock.now()).await? { Ok(()) } else { Err(Refusal::NotOpen) }
}

fn answer(inquiry: Inquiry, ending: Ending) -> Answer {
    Answer { redirect_uri: inquiry.request.redirect_uri, state: inquiry.request.state, ending }
}
