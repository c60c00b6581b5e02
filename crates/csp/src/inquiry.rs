//! The hosted inquiry of the sandbox: a synthetic patient is named by phone or e-mail, any confirmation
//! code passes, and a toggle decides whether the checks do.

use model::synthetic::{SyntheticPatient, by_email, by_phone};
use model::{Secret, SecretHash};
use store::{AuthenticationTemplate, Happening, Inquiry, InquiryStage, StoreError, Tx};

use crate::{CODE_LIFE, Csp, Environment};

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
    /// The account that the client asked for is another person's.
    AnotherPerson,
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
pub async fn requested_by(
    csp: &Csp,
    environment: Environment,
    handle: &str,
) -> Result<AuthenticationTemplate, Refusal> {
    let mut tx = csp.store.read().await?;
    let (_, template) = open(csp, &mut tx, environment, handle).await?;
    Ok(template)
}

/// Names the person by phone or e-mail.
pub async fn name_person(
    csp: &Csp,
    environment: Environment,
    handle: &str,
    contact: &str,
) -> Result<(), Refusal> {
    let patient = find_patient(contact).ok_or(Refusal::UnknownContact)?;
    let mut tx = csp.store.write().await?;
    let (inquiry, _) = open(csp, &mut tx, environment, handle).await?;
    if !tx.name_person(&inquiry.id, &patient.demographics(), csp.clock.now()).await? {
        return Err(Refusal::NotOpen);
    }
    tx.commit().await?;
    Ok(())
}

/// Takes the confirmation code and the toggle, and ends the inquiry. `request_id` stands in the audit trail.
pub async fn confirm(
    csp: &Csp,
    environment: Environment,
    handle: &str,
    code: &str,
    pass_verifications: bool,
    request_id: &str,
) -> Result<Answer, Refusal> {
    if code.trim().is_empty() {
        return Err(Refusal::NoCode);
    }
    let mut tx = csp.store.write().await?;
    let (inquiry, _) = open(csp, &mut tx, environment, handle).await?;
    if inquiry.stage != InquiryStage::Confirming {
        return Err(Refusal::NobodyNamed);
    }
    let ending = if !pass_verifications {
        end(csp, &mut tx, &inquiry, InquiryStage::Failed).await?;
        Ending::Failed
    } else if is_their_account(&mut tx, environment, &inquiry).await? {
        approve(csp, &mut tx, &inquiry).await?
    } else {
        end(csp, &mut tx, &inquiry, InquiryStage::Failed).await?;
        remember_another_person(csp, &mut tx, &inquiry, request_id).await?;
        Ending::AnotherPerson
    };
    tx.commit().await?;
    Ok(answer(inquiry, ending))
}

/// Ends the inquiry at the person's wish.
pub async fn decline(csp: &Csp, environment: Environment, handle: &str) -> Result<Answer, Refusal> {
    let mut tx = csp.store.write().await?;
    let (inquiry, _) = open(csp, &mut tx, environment, handle).await?;
    end(csp, &mut tx, &inquiry, InquiryStage::Declined).await?;
    tx.commit().await?;
    Ok(answer(inquiry, Ending::Declined))
}

/// Keeps in the audit trail that the account of an inquiry is another person's.
pub(crate) async fn remember_another_person(
    csp: &Csp,
    tx: &mut Tx,
    inquiry: &Inquiry,
    request_id: &str,
) -> Result<(), StoreError> {
    let (action, subject) = ("inquiry.another_person", inquiry.id.as_str());
    let happening = Happening { request_id, actor: "patient", action, subject, detail: &inquiry.client_id };
    tx.audit(happening, csp.clock.now()).await
}

fn find_patient(contact: &str) -> Option<&'static SyntheticPatient> {
    let contact = contact.trim();
    if contact.contains('@') { by_email(contact) } else { by_phone(contact) }
}

/// The open inquiry behind a handle, and the client that asked for it, which must be switched on still. The pages
/// of one issuer do nothing with the other's.
async fn open(
    csp: &Csp,
    tx: &mut Tx,
    environment: Environment,
    handle: &str,
) -> Result<(Inquiry, AuthenticationTemplate), Refusal> {
    let found = tx.open_inquiry(&SecretHash::of(handle), csp.clock.now()).await?;
    let inquiry = found.ok_or(Refusal::NotOpen)?;
    let template = tx.authentication_template(&inquiry.client_id).await?;
    let template = template.filter(|template| template.active && template.environment == environment);
    Ok((inquiry, template.ok_or(Refusal::NotOpen)?))
}

/// A client's id of a patient is no secret, so whoever can be proven must not get into an account by it.
async fn is_their_account(tx: &mut Tx, environment: Environment, inquiry: &Inquiry) -> Result<bool, Refusal> {
    let person = matching::lifelong(inquiry.person.as_ref().ok_or(Refusal::NobodyNamed)?);
    let person = person.each_ref().map(String::as_str);
    Ok(tx.can_have_account(environment, inquiry.reference.as_ref(), &person).await?)
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
