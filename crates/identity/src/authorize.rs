//! The authorization endpoint: takes a pushed request, once, and asks the patient.

use model::id::AuthorizationId;
use model::{Challenge, Mode, Organization, ProvenIdentity, REQUEST_URI_PREFIX, Secret, Timestamp};
use store::{NewAuthorization, PushedRequest, RequestReference, StoreError};

use crate::clients::{Client, UnknownClient, identify};
use crate::{DECISION_LIFE, Identity};

/// The query as it came, repeated parameters already refused.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// `client_id`: the public id.
    pub client_id: Option<&'a str>,
    /// `request_uri` of the pushed request.
    pub request_uri: Option<&'a str>,
    /// `response_type`
    pub response_type: Option<&'a str>,
    /// `redirect_uri`, unless the pushed request named it.
    pub redirect_uri: Option<&'a str>,
    /// `state`, returned unchanged.
    pub state: Option<&'a str>,
    /// `code_challenge` (RFC 7636).
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`: S256.
    pub code_challenge_method: Option<&'a str>,
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
    /// `redirect_uri` is missing or not registered. Shown on a page.
    #[error("redirect_uri is not registered for this client")]
    RedirectUri,
    /// There is no pushed request behind `request_uri`: unknown, lapsed, used or another client's; which of
    /// these it was, nobody is told. Shown on a page: in the widget, or when the request names no other
    /// place to tell it.
    #[error("request_uri is unknown, lapsed, used or another client's")]
    RequestUri,
    /// Something else is wrong, and the request names no place to tell it. Shown on a page.
    #[error("{0}")]
    Fault(RequestFault),
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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with a request whose client and redirect URI are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// `response_type` is not `code`.
    #[error("response_type must be \"code\"")]
    ResponseType,
    /// `code_challenge` is missing or malformed, or its method is not S256.
    #[error("a PKCE code_challenge with method S256 is required")]
    Pkce,
    /// There is no pushed request behind `request_uri` for this client.
    #[error("request_uri is invalid, expired, already used, or belongs to another client")]
    RequestUri,
}

/// Takes the pushed request and opens the patient's decision. A reload finds the request used: the client
/// pushes a new one, as the seed tells it to.
pub async fn begin(identity: &Identity, query: &Query<'_>) -> Result<Prompt, Refusal> {
    let now = identity.clock.now();
    let mut tx = identity.store.write().await?;
    let client = identify(&mut tx, query.client_id.unwrap_or_default()).await??;
    let wanted = check_redirect_uri(identity, &client, query)?;
    let challenge = check_response_type_and_pkce(query, wanted)?;
    let pushed = match query.request_uri.and_then(reference) {
        Some(reference) => tx.take_pushed_request(&reference, &client.credential.public_id, now).await?,
        None => None,
    };
    let PushedRequest { redirect_uri, identity: proven } =
        pushed.ok_or_else(|| no_request(identity, query, wanted))?;
    let redirect_uri = redirect_uri.or_else(|| wanted.map(str::to_owned)).ok_or(Refusal::RedirectUri)?;
    let handle = identity.entropy.secret();
    let id = AuthorizationId::from_random(identity.entropy.bytes());
    tx.add_authorization(&NewAuthorization {
        id: id.as_str(),
        handle: &handle.hash(),
        public_id: &client.credential.public_id,
        redirect_uri: &redirect_uri,
        client_state: query.state,
        code_challenge: challenge.as_str(),
        identity: &proven,
        expires_at: now.plus(DECISION_LIFE),
    })
    .await?;
    tx.commit().await?;
    Ok(prompt(identity, client, handle, &proven, redirect_uri, now))
}

fn reference(request_uri: &str) -> Option<RequestReference> {
    RequestReference::parse(request_uri.strip_prefix(REQUEST_URI_PREFIX)?)
}

fn check_redirect_uri<'a>(
    identity: &Identity,
    client: &Client,
    query: &Query<'a>,
) -> Result<Option<&'a str>, Refusal> {
    let registered = |uri: &str| client.credential.redirect_uris.iter().any(|known| known == uri);
    match query.redirect_uri {
        Some(uri) if registered(uri) || uri == identity.settings.widget_callback() => Ok(Some(uri)),
        Some(_) => Err(Refusal::RedirectUri),
        None => Ok(None),
    }
}

fn check_response_type_and_pkce(query: &Query<'_>, redirect_uri: Option<&str>) -> Result<Challenge, Refusal> {
    let fault = |reason| told(query, redirect_uri, reason);
    if query.response_type != Some("code") {
        return Err(fault(RequestFault::ResponseType));
    }
    let challenge = query.code_challenge.unwrap_or_default();
    Challenge::requested(challenge, query.code_challenge_method).ok_or_else(|| fault(RequestFault::Pkce))
}

/// The widget shows the patient a page and tells its app itself; any other client is told (RFC 9101 7).
fn no_request(identity: &Identity, query: &Query<'_>, redirect_uri: Option<&str>) -> Refusal {
    match redirect_uri.filter(|uri| *uri != identity.settings.widget_callback()) {
        Some(uri) => told(query, Some(uri), RequestFault::RequestUri),
        None => Refusal::RequestUri,
    }
}

/// What is wrong, for the client if the request names a place to tell it.
fn told(query: &Query<'_>, redirect_uri: Option<&str>, reason: RequestFault) -> Refusal {
    match redirect_uri {
        Some(uri) => Refusal::Redirectable {
            redirect_uri: uri.to_owned(),
            state: query.state.map(str::to_owned),
            reason,
        },
        None => Refusal::Fault(reason),
    }
}

fn prompt(
    identity: &Identity,
    client: Client,
    handle: Secret,
    proven: &ProvenIdentity,
    redirect_uri: String,
    now: Timestamp,
) -> Prompt {
    Prompt {
        handle,
        mode: client.credential.mode(),
        organization: client.organization,
        given_name: proven.demographics.given_name.clone(),
        consent_expires_at: now.plus(identity.settings.consent_life),
        redirect_uri,
    }
}
