//! The authorization endpoint: takes a pushed request and asks the patient.

use model::id::AuthorizationId;
use model::{
    AuthorizationRequest, ByProof, Challenge, ClientProfile, Mode, Organization, ProvenIdentity, PublicId,
    REQUEST_URI_PREFIX, RequestUse, Secret, Timestamp,
};
use store::{NewAuthorization, RequestReference, StoreError, Tx};

use crate::clients::{Client, UnknownClient, identify};
use crate::consent::{self, Answer};
use crate::proofing::{self, Begun};
use crate::{DECISION_LIFE, Identity};

/// The query as it came, repeated parameters already refused. Behind a `request_uri` everything but `client_id` is
/// ignored (RFC 9101 section 6.3), save what the seed has the widget bring and the pushed request leaves open.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// `client_id`: the public id.
    pub client_id: Option<&'a str>,
    /// `request_uri` of the pushed request.
    pub request_uri: Option<&'a str>,
    /// `redirect_uri`, unless the pushed request named it.
    pub redirect_uri: Option<&'a str>,
    /// `state`, unless it was pushed.
    pub state: Option<&'a str>,
    /// `nonce`, unless it was pushed: a relying party that keeps OpenID Connect sends one, and wants it back.
    pub nonce: Option<&'a str>,
    /// `code_challenge` (RFC 7636), unless it was pushed.
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`: S256.
    pub code_challenge_method: Option<&'a str>,
    /// The handle of an earlier load in this browser, which a reload goes on with.
    pub earlier: Option<&'a str>,
    /// What this browser keeps of proofings.
    pub browser: &'a [&'a str],
    /// Whether the page stands inside another one.
    pub framed: bool,
}

/// What happens next.
#[derive(Debug)]
pub enum Step {
    /// The patient is asked.
    Ask(Box<Prompt>),
    /// It is decided already: a test client consents itself.
    Decided(Answer),
    /// The patient has to prove who they are first.
    Prove(Begun),
}

/// What the consent page shows, and the handle its form carries.
#[derive(Debug)]
pub struct Prompt {
    /// Proves that the decision comes from the page that was shown.
    pub handle: Secret,
    /// Who asks.
    pub organization: Organization,
    /// Whether this is a test.
    pub mode: Mode,
    /// Whose records: the given name alone, to greet by.
    pub given_name: String,
    /// When the consent would end.
    pub consent_expires_at: Timestamp,
    /// Where the decision leads.
    pub redirect_uri: String,
}

/// Why no consent page is shown.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// `client_id` is missing or nobody's. Shown on a page: there is nowhere to redirect to.
    #[error("client_id: {0}")]
    Client(#[from] UnknownClient),
    /// There is no pushed request behind `request_uri`: unknown, lapsed, used or another client's; which of
    /// these it was, nobody is told. Shown on a page: what the query says of a redirect URI counts for nothing.
    #[error("request_uri is unknown, lapsed, used or another client's")]
    RequestUri,
    /// `redirect_uri` is missing or not registered. Shown on a page.
    #[error("redirect_uri is not registered for this client")]
    RedirectUri,
    /// Something is wrong, and the client can be told at its redirect URI.
    #[error("{reason}")]
    Redirectable {
        /// Where.
        redirect_uri: String,
        /// Its `state`.
        state: Option<String>,
        /// What is wrong.
        reason: RequestFault,
    },
    /// The client consents itself, and its consent could not be kept.
    #[error(transparent)]
    Consent(#[from] consent::Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a request whose client and redirect URI are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// `code_challenge` is missing or malformed, or its method is not S256.
    #[error("there is no PKCE challenge by S256")]
    Pkce,
    /// `prompt` is `none`, and the patient has to be asked (OpenID Connect Core 3.1.2.6).
    #[error("the patient has to be asked, which prompt=none forbids")]
    ConsentRequired,
    /// The patient was proofed longer ago than `max_age`, and a new ID token is the client's to bring.
    #[error("the patient was proofed longer ago than max_age")]
    ProofingTooOld,
}

/// Takes the pushed request and opens the patient's decision. Loading the page again in the same browser goes on
/// where it was; in another one the request is used, unless the client's policy leaves that to the decision.
/// `request_id` stands in the audit trail.
pub async fn begin(identity: &Identity, query: &Query<'_>, request_id: &str) -> Result<Step, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let client = identify(&mut tx, query.client_id.unwrap_or_default()).await??;
    let reference = query.request_uri.and_then(reference).ok_or(Refusal::RequestUri)?;
    let public_id = &client.credential.public_id;
    let pushed = match client.credential.policy.request_use {
        RequestUse::Load => tx.take_pushed_request(&reference, public_id, now).await?,
        RequestUse::Authorize => tx.look_at_pushed_request(&reference, public_id, now).await?,
    };
    let Some(pushed) = pushed else {
        return begun_here(identity, &mut tx, client, &reference, query, now).await;
    };
    let request = complete(identity, &client, pushed, query)?;
    check_prompt(&request)?;
    let request = match request.by_proof() {
        ByProof::Proven(request) => request,
        ByProof::Unproven(request) => {
            let (row, framed) = (reference.row(), query.framed);
            // Where the decision uses a request up, a reload goes on with the proofing that the first load began.
            if let Some(begun) = proofing_here(&mut tx, &client, &reference, query, now).await? {
                return Ok(Step::Prove(begun));
            }
            let begun = proofing::begin(identity, &mut tx, &client, &request, row, framed, request_id);
            let begun = begun.await?.ok_or(Refusal::RequestUri)?;
            tx.commit().await?;
            return Ok(Step::Prove(begun));
        }
    };
    check_age(&request, now)?;
    let handle = open(identity, &mut tx, public_id, reference.row(), &request).await?;
    tx.commit().await?;
    if client.credential.consents_itself() {
        let decision = consent::Decision::Allow;
        return Ok(Step::Decided(consent::decide(identity, handle.expose(), decision, request_id).await?));
    }
    Ok(ask(identity, client, handle, &request, now))
}

/// Opens the decision about a proven patient's request; the handle that takes it.
pub(crate) async fn open(
    identity: &Identity,
    tx: &mut Tx,
    public_id: &PublicId,
    pushed_id: i64,
    request: &AuthorizationRequest<Box<ProvenIdentity>>,
) -> Result<Secret, StoreError> {
    let (handle, now) = (identity.entropy.secret(), identity.clock.now());
    let id = AuthorizationId::at(now, identity.entropy.bytes());
    tx.add_authorization(&NewAuthorization {
        id: id.as_str(),
        handle: &handle.hash(),
        public_id,
        pushed_id,
        request,
        expires_at: now.plus(DECISION_LIFE),
    })
    .await?;
    Ok(handle)
}

/// The decision that waits behind a handle, for the page that follows a proofing and for its reload; none when it was
/// taken or waited too long.
pub async fn waiting(identity: &Identity, handle: &str) -> Result<Option<Prompt>, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.read().await?;
    let handle = Secret::new(handle.to_owned());
    let Some(waiting) = tx.awaiting_consent(&handle.hash(), now).await? else { return Ok(None) };
    let client = identify(&mut tx, waiting.public_id.as_str()).await??;
    Ok(Some(prompt(identity, client, handle, &waiting.request, now)))
}

fn reference(request_uri: &str) -> Option<RequestReference> {
    RequestReference::parse(request_uri.strip_prefix(REQUEST_URI_PREFIX)?)
}

/// A reload in the browser that took the request: the decision that still waits there.
async fn begun_here(
    identity: &Identity,
    tx: &mut Tx,
    client: Client,
    reference: &RequestReference,
    query: &Query<'_>,
    now: Timestamp,
) -> Result<Step, Refusal> {
    if let Some(handle) = query.earlier.map(|handle| Secret::new(handle.to_owned())) {
        let waiting = tx.awaiting_consent(&handle.hash(), now).await?;
        let waiting = waiting.filter(|waiting| {
            waiting.pushed_id == reference.row() && waiting.public_id == client.credential.public_id
        });
        if let Some(waiting) = waiting {
            return Ok(ask(identity, client, handle, &waiting.request, now));
        }
    }
    let begun = proofing_here(tx, &client, reference, query, now).await?;
    begun.map(Step::Prove).ok_or(Refusal::RequestUri)
}

/// The proofing that a request began in this browser.
async fn proofing_here(
    tx: &mut Tx,
    client: &Client,
    reference: &RequestReference,
    query: &Query<'_>,
    now: Timestamp,
) -> Result<Option<Begun>, StoreError> {
    let (browser, ticket) = (query.browser, query.earlier.filter(|_| query.framed));
    proofing::begun_here(tx, client, reference.row(), browser, ticket, now).await
}

/// The pushed request with what the browser brought for it.
fn complete(
    identity: &Identity,
    client: &Client,
    pushed: AuthorizationRequest,
    query: &Query<'_>,
) -> Result<AuthorizationRequest, Refusal> {
    if client.credential.policy.profile == ClientProfile::Fapi2 {
        return Ok(pushed);
    }
    let registered = |uri: &str| client.credential.redirect_uris.iter().any(|known| known == uri);
    let brought = query.redirect_uri.map(str::to_owned);
    let redirect_uri = pushed.redirect_uri.or(brought).ok_or(Refusal::RedirectUri)?;
    let is_widgets = client.credential.uses_widget() && redirect_uri == identity.settings.widget_callback();
    if !registered(&redirect_uri) && !is_widgets {
        return Err(Refusal::RedirectUri);
    }
    let state = pushed.state.or_else(|| query.state.map(str::to_owned));
    let nonce = pushed.nonce.or_else(|| query.nonce.map(str::to_owned));
    let brought = || {
        let challenge = Challenge::requested(query.code_challenge?, query.code_challenge_method)?;
        Some(challenge.as_str().to_owned())
    };
    let Some(challenge) = pushed.code_challenge.or_else(brought) else {
        return Err(Refusal::Redirectable { redirect_uri, state, reason: RequestFault::Pkce });
    };
    Ok(AuthorizationRequest {
        redirect_uri: Some(redirect_uri),
        state,
        nonce,
        code_challenge: Some(challenge),
        ..pushed
    })
}

/// `prompt=none`, which cannot be kept: consent is asked each time.
fn check_prompt(request: &AuthorizationRequest) -> Result<(), Refusal> {
    if request.silent { Err(told(request, RequestFault::ConsentRequired)) } else { Ok(()) }
}

/// `max_age`, which cannot be kept where the client brings the proof: a proofing is as old as it is.
fn check_age(request: &AuthorizationRequest<Box<ProvenIdentity>>, now: Timestamp) -> Result<(), Refusal> {
    let age = now.since(request.patient.proofed_at).as_secs();
    if request.max_age.is_some_and(|most| age > most) {
        return Err(told(request, RequestFault::ProofingTooOld));
    }
    Ok(())
}

fn told<P>(request: &AuthorizationRequest<P>, reason: RequestFault) -> Refusal {
    Refusal::Redirectable {
        redirect_uri: request.redirect_uri.clone().unwrap_or_default(),
        state: request.state.clone(),
        reason,
    }
}

fn ask(
    identity: &Identity,
    client: Client,
    handle: Secret,
    request: &AuthorizationRequest<Box<ProvenIdentity>>,
    now: Timestamp,
) -> Step {
    Step::Ask(Box::new(prompt(identity, client, handle, request, now)))
}

fn prompt(
    identity: &Identity,
    client: Client,
    handle: Secret,
    request: &AuthorizationRequest<Box<ProvenIdentity>>,
    now: Timestamp,
) -> Prompt {
    Prompt {
        handle,
        mode: client.credential.mode(),
        organization: client.organization,
        given_name: request.patient.demographics.given_name.clone(),
        consent_expires_at: now.plus(identity.settings.consent_life),
        redirect_uri: request.redirect_uri.clone().unwrap_or_default(),
    }
}
