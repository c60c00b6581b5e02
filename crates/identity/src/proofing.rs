//! The standard flow: a patient without an ID token confirms an e-mail address and proves who they are at a CSP that
//! we are a client of, then goes on to consent.
//!
//! All of it belongs to one browser, which keeps a secret from the first page to the last. A CSP's answer counts in
//! the browser that was sent there and in no other, so whoever passes the link on gets nothing of who was proven
//! behind it.

mod callback;
pub mod code;
mod confirm;
mod leave;
mod provider;
mod reach;
mod show;
mod trouble;

pub use callback::{Finished, Returned, finish};
pub use confirm::{Confirmed, Write, confirm, send_code};
pub use leave::{Ended, WayBack, cancel, depart};
pub use provider::Providers;
pub use reach::reach;
pub use show::{Step, View, show};
pub use trouble::{Trouble, TroubleKind};

use std::time::Duration;

use model::id::AuthorizationId;
use model::{AuthorizationRequest, Mode, Organization, PublicId, Secret, SecretHash, Timestamp, Unproven};
use store::{Happening, Holder, LATE_USE, NewProofing, Proofing, ProofingStage, StoreError, Tx};

use crate::clients::{Client, UnknownClient, identify};
use crate::{DECISION_LIFE, Identity, consent};

/// A patient has this long to be proven.
pub const PROOFING_LIFE: Duration = Duration::from_mins(40);
// Some clients' requests are used up by the decision: they are still kept then.
const _: () = assert!(PROOFING_LIFE.as_secs() + DECISION_LIFE.as_secs() <= LATE_USE.as_secs());

/// How many proofings one pushed request begins, where it may be loaded until its decision: more than one patient has
/// browsers and windows, and too few to send codes about.
const MOST_OF_REQUEST: i64 = 10;

/// A proofing that has begun.
#[derive(Debug)]
pub enum Begun {
    /// In this browser, which keeps the secret.
    Here(Secret),
    /// Inside another page, where no CSP is shown: the ticket opens it in a window of its own.
    InWindow {
        /// Opens it.
        ticket: Secret,
        /// Who asks.
        organization: Box<Organization>,
        /// Whether this is a test.
        mode: Mode,
    },
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// This browser has no proofing.
    #[error("this browser has no proofing under way")]
    Nothing,
    /// What a CSP answered was asked for by another browser, or not last by this one.
    #[error("the answer of the CSP was asked for by another browser, or earlier")]
    AnotherBrowser,
    /// The answer names another issuer than the patient was sent to, or none where that issuer names itself
    /// (RFC 9207 section 2.4).
    #[error("the answer of the CSP does not name the issuer that the patient was sent to")]
    AnotherIssuer,
    /// The ticket is unknown, another browser's or over.
    #[error("the ticket is unknown, another browser's or over")]
    Ticket,
    /// The patient took too long, and the app can be told.
    #[error("the patient took too long")]
    Lapsed(Box<WayBack>),
    /// The patient is proven already: what this browser keeps is the handle of the decision.
    #[error("the patient is proven already")]
    Proven,
    /// It is over: the patient gave up.
    #[error("the proofing is over")]
    Over,
    /// The step is not the one that the proofing is at.
    #[error("the proofing is at another step")]
    AnotherStep,
    /// The patient set out for a CSP too often.
    #[error("the patient set out for a CSP too often")]
    TooOften,
    /// The client was switched off in the meantime.
    #[error("client: {0}")]
    Client(#[from] UnknownClient),
    /// The client consents itself, and its consent could not be kept.
    #[error(transparent)]
    Consent(#[from] consent::Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins a proofing for a request that was just taken; none when it has begun too many. Inside another page it waits
/// for a window.
pub(crate) async fn begin(
    identity: &Identity,
    tx: &mut Tx,
    client: &Client,
    request: &AuthorizationRequest<Unproven>,
    pushed_id: i64,
    framed: bool,
    request_id: &str,
) -> Result<Option<Begun>, StoreError> {
    let now = identity.clock.now();
    let secret = identity.entropy.secret();
    let hash = secret.hash();
    let id = AuthorizationId::from_random(identity.entropy.bytes());
    let proofing = NewProofing {
        id: id.as_str(),
        holder: if framed { Holder::Ticket(&hash) } else { Holder::Browser(&hash) },
        public_id: &client.credential.public_id,
        pushed_id,
        request,
        began_at: now,
        expires_at: now.plus(PROOFING_LIFE),
        most_of_request: MOST_OF_REQUEST,
    };
    if !tx.add_proofing(&proofing).await? {
        return Ok(None);
    }
    record(tx, &client.credential.public_id, "proofing.begun", "", request_id, now).await?;
    Ok(Some(begun(client, secret, framed)))
}

/// A reload where the request was taken: the browser that keeps its proofing, or the decision that came of it, or the
/// page that has its ticket.
pub(crate) async fn begun_here(
    tx: &mut Tx,
    client: &Client,
    pushed_id: i64,
    browser: &[&str],
    ticket: Option<&str>,
    now: Timestamp,
) -> Result<Option<Begun>, StoreError> {
    let public_id = &client.credential.public_id;
    for secret in browser {
        let hash = SecretHash::of(secret);
        let kept = tx.proofing(&hash).await?;
        let kept = kept.filter(|kept| kept.pushed_id == pushed_id && kept.public_id == *public_id);
        let goes_on = match kept.map(|kept| kept.stage) {
            None | Some(ProofingStage::Ended) => false,
            Some(ProofingStage::Proven) => tx.awaiting_consent(&hash, now).await?.is_some(),
            Some(_) => true,
        };
        if goes_on {
            return Ok(Some(begun(client, Secret::new((*secret).to_owned()), false)));
        }
    }
    let Some(ticket) = ticket else { return Ok(None) };
    let kept = tx.request_of_ticket(&SecretHash::of(ticket), public_id, now).await?;
    Ok(kept.filter(|kept| *kept == pushed_id).map(|_| begun(client, Secret::new(ticket.to_owned()), true)))
}

fn begun(client: &Client, secret: Secret, framed: bool) -> Begun {
    if framed {
        let organization = Box::new(client.organization.clone());
        Begun::InWindow { ticket: secret, organization, mode: client.credential.mode() }
    } else {
        Begun::Here(secret)
    }
}

/// Opens the proofing behind a ticket in this browser, for good; what it keeps from now on. Where it was opened here
/// before, it goes on where it is, up to the decision. A link that came `from_elsewhere`, and not from the page with
/// the ticket, begins nothing beside what is under way.
pub async fn open(
    identity: &Identity,
    ticket: &str,
    browser: &[&str],
    from_elsewhere: bool,
) -> Result<Secret, Refusal> {
    let (fresh, ticket, now) = (identity.entropy.secret(), SecretHash::of(ticket), identity.clock.now());
    let mut tx = identity.store.write().await?;
    let mut is_busy = false;
    for secret in browser {
        let hash = SecretHash::of(secret);
        if let Some(kept) = tx.opened_proofing(&ticket, &hash).await? {
            return match check_lasts(&kept, now) {
                // A decision that waits too long says so itself.
                Ok(()) | Err(Refusal::Proven) => Ok(Secret::new((*secret).to_owned())),
                Err(other) => Err(other),
            };
        }
        let kept = tx.proofing(&hash).await?;
        is_busy |= kept.is_some_and(|kept| check_lasts(&kept, now).is_ok());
    }
    if (from_elsewhere && is_busy) || !tx.open_proofing(&ticket, &fresh.hash(), now).await? {
        return Err(Refusal::Ticket);
    }
    tx.commit().await?;
    Ok(fresh)
}

/// Whether there is still somebody to prove.
fn check_lasts(proofing: &Proofing, now: Timestamp) -> Result<(), Refusal> {
    match proofing.stage {
        ProofingStage::Proven => Err(Refusal::Proven),
        ProofingStage::Ended => Err(Refusal::Over),
        _ if proofing.expires_at <= now => {
            Err(Refusal::Lapsed(Box::new(WayBack::of(proofing, Ended::TookTooLong))))
        }
        _ => Ok(()),
    }
}

/// The proofing of this browser while it lasts, and whose it is.
async fn under_way(
    tx: &mut Tx,
    browser: Option<&str>,
    now: Timestamp,
) -> Result<(Proofing, Client), Refusal> {
    let browser = SecretHash::of(browser.ok_or(Refusal::Nothing)?);
    let proofing = tx.proofing(&browser).await?.ok_or(Refusal::Nothing)?;
    check_lasts(&proofing, now)?;
    let client = identify(tx, proofing.public_id.as_str()).await??;
    Ok((proofing, client))
}

/// What the patient did or met; nothing about who they are.
async fn record(
    tx: &mut Tx,
    public_id: &PublicId,
    action: &str,
    detail: &str,
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let happening = Happening { request_id, actor: "patient", action, subject: public_id.as_str(), detail };
    tx.audit(happening, now).await
}
