//! Back from a CSP: the answer is taken in the browser that was sent there, once, and judged like any ID token.

use egress::KeysUnavailable;
use model::{Secret, SecretHash, Timestamp};
use store::{Leg, Proofing, Tx};
use token::Verified;
use token::answer::Mismatch;

use super::provider::{ProviderFault, redeem};
use super::{Refusal, Trouble, TroubleKind, check_lasts, record};
use crate::clients::{Client, identify};
use crate::consent::{self, Answer};
use crate::par::{self, check_person, proven_identity, remarks, use_of, verify_token};
use crate::registrations::Registration;
use crate::{Identity, authorize};

/// What the browser brought back.
#[derive(Clone, Copy, Default)]
pub struct Returned<'a> {
    /// `state`
    pub state: &'a str,
    /// `code`
    pub code: Option<&'a str>,
    /// `iss` (RFC 9207), where the CSP sends it.
    pub iss: Option<&'a str>,
    /// `error`
    pub error: Option<&'a str>,
}

/// How the way to a CSP ended.
#[derive(Debug)]
pub enum Finished {
    /// The patient is proven, and is asked by the page that this handle opens.
    Proven(Secret),
    /// It is decided already: a test client consents itself.
    Decided(Answer),
    /// The patient is not proven; the proofing's page says why.
    Trouble,
}

/// Why a patient is not proven.
#[derive(Debug, thiserror::Error)]
enum Fault {
    /// The CSP said so.
    #[error("the CSP answered {0}")]
    Csp(&'static str),
    /// There is neither a code nor an error.
    #[error("the CSP's answer holds no code")]
    NoCode,
    /// We are no client of the CSP any more.
    #[error("the registration at the CSP was taken away")]
    Registration,
    /// The code brought no ID token.
    #[error(transparent)]
    Provider(#[from] ProviderFault),
    /// The token is not the answer to our request.
    #[error("the ID token answers another request, or another client's")]
    Mismatch(Mismatch),
    /// The token does not stand, as at PAR.
    #[error(transparent)]
    Judged(#[from] par::Refusal),
    /// The patient was proofed longer ago than the client's `max_age`.
    #[error("the patient was proofed longer ago than max_age")]
    TooLongAgo,
}

impl Fault {
    /// The rule's code.
    fn code(&self) -> &'static str {
        match self {
            Self::Csp(_) => "proofing.csp_error",
            Self::NoCode => "proofing.no_code",
            Self::Registration => "proofing.registration",
            Self::Provider(_) => "proofing.code",
            Self::Mismatch(mismatch) => mismatch.code(),
            Self::Judged(refusal) => refusal.code(),
            Self::TooLongAgo => "proofing.max_age",
        }
    }

    /// What the patient can do about it.
    fn kind(&self) -> TroubleKind {
        match self {
            Self::Provider(fault) => fault.kind(),
            Self::Judged(
                par::Refusal::Keys(KeysUnavailable::ForeignDocument(_) | KeysUnavailable::ForeignKeys(_))
                | par::Refusal::NoHcid,
            )
            | Self::Registration
            | Self::Csp(
                "invalid_client"
                | "invalid_request"
                | "invalid_scope"
                | "unauthorized_client"
                | "unsupported_response_type",
            ) => TroubleKind::Misconfigured,
            Self::Judged(par::Refusal::Keys(_)) | Self::Csp("temporarily_unavailable" | "server_error") => {
                TroubleKind::Unavailable
            }
            Self::Csp(
                "access_denied"
                | "login_required"
                | "interaction_required"
                | "account_selection_required"
                | "consent_required",
            ) => TroubleKind::Cancelled,
            _ => TroubleKind::Refused,
        }
    }

    fn trouble(&self, request_id: &str) -> Trouble {
        Trouble { kind: self.kind(), code: self.code().to_owned(), request_id: request_id.to_owned() }
    }
}

/// Takes a CSP's answer.
pub async fn finish(
    identity: &Identity,
    browser: Option<&str>,
    returned: Returned<'_>,
    request_id: &str,
) -> Result<Finished, Refusal> {
    let now = identity.clock.now();
    let browser = SecretHash::of(browser.ok_or(Refusal::AnotherBrowser)?);
    let state = SecretHash::of(returned.state);
    let mut tx = identity.store.write().await?;
    let Some(proofing) = tx.proofing_at_csp(&browser, &state, now).await? else {
        return Err(not_waiting(&mut tx, &browser, now).await?);
    };
    let client = identify(&mut tx, proofing.public_id.as_str()).await??;
    let leg = proofing.leg.clone().ok_or(Refusal::AnotherStep)?;
    if !tx.take_proofing_leg(&proofing.id, &state, now).await? {
        return Err(Refusal::AnotherBrowser);
    }
    let is_another = returned.iss.map_or(leg.names_itself, |iss| iss != leg.issuer);
    if is_another {
        record(&mut tx, &proofing.public_id, "proofing.refused", "proofing.iss", request_id, now).await?;
    }
    tx.commit().await?;
    if is_another {
        return Err(Refusal::AnotherIssuer);
    }
    let outcome = match prove(identity, &client, &proofing, &leg, returned).await {
        Ok(verified) => keep(identity, &client, &proofing, &verified, request_id).await?,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(handle) if client.credential.consents_itself() => {
            let decided = consent::decide(identity, handle.expose(), consent::Decision::Allow, request_id);
            Ok(Finished::Decided(decided.await?))
        }
        Ok(handle) => Ok(Finished::Proven(handle)),
        Err(fault) => {
            fault.trouble(request_id).tell(identity, &proofing, &leg.idp, &fault, now).await?;
            Ok(Finished::Trouble)
        }
    }
}

/// Why this browser does not wait for such an answer.
async fn not_waiting(tx: &mut Tx, browser: &SecretHash, now: Timestamp) -> Result<Refusal, Refusal> {
    let Some(proofing) = tx.proofing(browser).await? else { return Ok(Refusal::AnotherBrowser) };
    Ok(check_lasts(&proofing, now).err().unwrap_or(Refusal::AnotherBrowser))
}

/// Every check between the answer and a proven patient.
async fn prove(
    identity: &Identity,
    client: &Client,
    proofing: &Proofing,
    leg: &Leg,
    returned: Returned<'_>,
) -> Result<Verified, Fault> {
    if let Some(error) = returned.error {
        return Err(Fault::Csp(known(error)));
    }
    let code = returned.code.ok_or(Fault::NoCode)?;
    let registration = registered(identity, client, leg).ok_or(Fault::Registration)?;
    let csp = identity.csps.find(&leg.idp).ok_or(Fault::Registration)?;
    let hcid = registration.hcid.as_ref().or(client.organization.hcid.as_ref());
    let hcid = hcid.ok_or(par::Refusal::NoHcid)?;
    let id_token = redeem(identity, registration, leg, code).await?;
    let verified = verify_token(identity, Some(csp), &id_token, hcid, &client.credential).await?;
    if verified.issuer() != leg.issuer {
        let mode = client.credential.mode();
        return Err(par::Refusal::Issuer { idp: leg.idp.clone(), mode }.into());
    }
    verified.answers(&registration.client_id, &leg.nonce).map_err(Fault::Mismatch)?;
    check_person(&verified, client.credential.mode())?;
    let age = identity.clock.now().since(verified.proofed_at()).as_secs();
    if proofing.request.max_age.is_some_and(|most| age > most) {
        return Err(Fault::TooLongAgo);
    }
    Ok(verified)
}

fn registered<'i>(identity: &'i Identity, client: &Client, leg: &Leg) -> Option<&'i Registration> {
    let registration = identity.registrations.find(&leg.idp, client.credential.mode())?;
    (registration.issuer == leg.issuer).then_some(registration)
}

/// The error, if RFC 6749 section 4.1.2.1 or OpenID Connect Core 3.1.2.6 has it: what comes by way of a browser may
/// say anything.
fn known(error: &str) -> &'static str {
    [
        "access_denied",
        "login_required",
        "interaction_required",
        "account_selection_required",
        "consent_required",
        "temporarily_unavailable",
        "server_error",
        "invalid_request",
        "invalid_client",
        "unauthorized_client",
        "unsupported_response_type",
        "invalid_scope",
    ]
    .into_iter()
    .find(|known| *known == error)
    .unwrap_or("an unknown error")
}

/// The patient is proven: the request goes on to consent, under a new handle, in one transaction with all that says
/// so.
async fn keep(
    identity: &Identity,
    client: &Client,
    proofing: &Proofing,
    verified: &Verified,
    request_id: &str,
) -> Result<Result<Secret, Fault>, Refusal> {
    let now = identity.clock.now();
    let public_id = &proofing.public_id;
    let mut tx = identity.store.write().await?;
    if !tx.use_token(&use_of(verified, &client.credential), public_id, proofing.pushed_id).await? {
        return Ok(Err(par::Refusal::Replayed.into()));
    }
    let request = proofing.request.clone().with(Box::new(proven_identity(verified)));
    let handle = authorize::open(identity, &mut tx, public_id, proofing.pushed_id, &request).await?;
    if !tx.prove(&proofing.id, &handle.hash(), now).await? {
        return Err(Refusal::Over);
    }
    let mut remarks = remarks(verified);
    let confirmed = proofing.email.as_ref().map(Secret::expose).unwrap_or_default();
    if !verified.claimed_email().is_some_and(|email| email.eq_ignore_ascii_case(confirmed)) {
        remarks.push_str(" note=proofing.another_email");
    }
    record(&mut tx, public_id, "proofing.proven", &remarks, request_id, now).await?;
    tx.commit().await?;
    Ok(Ok(handle))
}
