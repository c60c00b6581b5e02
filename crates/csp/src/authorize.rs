//! The authorization endpoint of the CSP: opens an inquiry. And its pushed requests.

use model::id::InquiryId;
use model::{Busy, Challenge, REQUEST_URI_PREFIX, Secret, SecretHash};
use store::{AuthenticationTemplate, AuthorizationRequest, NewInquiry, StoreError};

use crate::templates::{Presented, authenticate};
use crate::{Csp, Environment, INQUIRY_LIFE, REQUEST_LIFE};

/// The longest text of a client's own that is kept, in bytes: anybody can have a request kept.
const MAX_TEXT: usize = 512;

/// The parameters as they came, repeated ones already refused.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// `client_id`: `env_….atoc_…`.
    pub client_id: Option<&'a str>,
    /// `request_uri` of a pushed request; all others but `client_id` are ignored beside it.
    pub request_uri: Option<&'a str>,
    /// `response_type`
    pub response_type: Option<&'a str>,
    /// `redirect_uri`
    pub redirect_uri: Option<&'a str>,
    /// `scope`, with `openid` in it.
    pub scope: Option<&'a str>,
    /// `state`, returned unchanged.
    pub state: Option<&'a str>,
    /// `nonce`, echoed in the ID token.
    pub nonce: Option<&'a str>,
    /// `code_challenge` (RFC 7636).
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`: S256.
    pub code_challenge_method: Option<&'a str>,
    /// `login_hint`: the client's immutable id of the patient.
    pub login_hint: Option<&'a str>,
}

/// An inquiry that was opened, and the handle its pages carry.
#[derive(Debug)]
pub struct Started {
    /// Proves that a form comes from the page that was shown.
    pub handle: Secret,
    /// Who asked for the proofing.
    pub template: AuthenticationTemplate,
}

/// Why no inquiry was opened or no request kept.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Production proofing is not configured on this server.
    #[error("the production issuer has no identity proofing configured, so it can prove nobody")]
    ProofingNotConfigured,
    /// The client is unknown, or of the other environment, or its secret is wrong.
    #[error("the client is unknown or did not prove itself")]
    Client,
    /// The client or its organisation pushes too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// `redirect_uri` is missing or not registered.
    #[error("redirect_uri is not registered for this client")]
    RedirectUri,
    /// There is no pushed request behind `request_uri` for this client.
    #[error("request_uri is unknown, lapsed, used or another client's")]
    RequestUri,
    /// Something else is wrong, and the client can be told at its redirect URI.
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
    /// `scope` lacks `openid`.
    #[error("scope must hold \"openid\"")]
    Scope,
    /// `code_challenge` is malformed or its method is not S256.
    #[error("code_challenge must be an S256 challenge")]
    Pkce,
    /// A value is too long to be kept.
    #[error("scope, state, nonce and login_hint hold at most {MAX_TEXT} bytes")]
    TooLong,
}

/// Opens an inquiry for an authorization request.
pub async fn begin(csp: &Csp, environment: Environment, query: &Query<'_>) -> Result<Started, Refusal> {
    if environment == Environment::Production {
        return Err(Refusal::ProofingNotConfigured);
    }
    let now = csp.clock.now();
    let mut tx = csp.store.write().await?;
    let client_id = query.client_id.unwrap_or_default();
    let found = tx.authentication_template(client_id).await?;
    let usable = |template: &AuthenticationTemplate| template.active && template.environment == environment;
    let template = found.filter(usable).ok_or(Refusal::Client)?;
    let request = match query.request_uri {
        Some(uri) => {
            let reference = uri.strip_prefix(REQUEST_URI_PREFIX).ok_or(Refusal::RequestUri)?;
            let taken = tx.take_csp_request(&SecretHash::of(reference), client_id, now).await?;
            taken.ok_or(Refusal::RequestUri)?
        }
        None => check_request(&template, query)?,
    };
    let handle = csp.entropy.secret();
    tx.add_inquiry(&NewInquiry {
        id: &InquiryId::from_random(csp.entropy.bytes()),
        handle: &handle.hash(),
        client_id: &template.client_id,
        owner: &template.hcid,
        request: &request,
        created_at: now,
        expires_at: now.plus(INQUIRY_LIFE),
    })
    .await?;
    tx.commit().await?;
    Ok(Started { handle, template })
}

/// Keeps a pushed request; the reference goes behind [`REQUEST_URI_PREFIX`].
pub async fn push(
    csp: &Csp,
    environment: Environment,
    client: Presented<'_>,
    query: &Query<'_>,
) -> Result<Secret, Refusal> {
    let now = csp.clock.now();
    let mut tx = csp.store.write().await?;
    let template = authenticate(&mut tx, environment, client).await?.ok_or(Refusal::Client)?;
    (csp.gate)(&template)?;
    if query.client_id.is_some_and(|named| named != template.client_id) {
        return Err(Refusal::Client);
    }
    if query.request_uri.is_some() {
        return Err(Refusal::RequestUri);
    }
    let request = check_request(&template, query)?;
    let reference = csp.entropy.secret();
    tx.push_csp_request(&reference.hash(), &template.client_id, &request, now.plus(REQUEST_LIFE)).await?;
    tx.commit().await?;
    Ok(reference)
}

fn check_request(
    template: &AuthenticationTemplate,
    query: &Query<'_>,
) -> Result<AuthorizationRequest, Refusal> {
    let registered = |uri: &&str| template.redirect_uris.iter().any(|known| known == uri);
    let redirect_uri = query.redirect_uri.filter(registered).ok_or(Refusal::RedirectUri)?;
    let fault = |reason| Refusal::Redirectable {
        redirect_uri: redirect_uri.to_owned(),
        state: query.state.map(str::to_owned),
        reason,
    };
    if query.response_type != Some("code") {
        return Err(fault(RequestFault::ResponseType));
    }
    if [query.scope, query.state, query.nonce, query.login_hint]
        .into_iter()
        .flatten()
        .any(|text| text.len() > MAX_TEXT)
    {
        return Err(fault(RequestFault::TooLong));
    }
    let scope = query.scope.unwrap_or_default();
    if !scope.split(' ').any(|word| word == "openid") {
        return Err(fault(RequestFault::Scope));
    }
    if !is_s256(query) {
        return Err(fault(RequestFault::Pkce));
    }
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok(AuthorizationRequest {
        redirect_uri: redirect_uri.to_owned(),
        scope: scope.to_owned(),
        state: owned(query.state),
        nonce: owned(query.nonce),
        code_challenge: owned(query.code_challenge),
        login_hint: owned(query.login_hint),
    })
}

/// PKCE may be left out by a client that keeps a secret.
fn is_s256(query: &Query<'_>) -> bool {
    match query.code_challenge {
        None => query.code_challenge_method.is_none(),
        Some(challenge) => Challenge::requested(challenge, query.code_challenge_method).is_some(),
    }
}
