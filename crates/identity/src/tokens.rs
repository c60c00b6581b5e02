//! The token endpoint: a grant becomes tokens.

pub(crate) mod access_token;
pub(crate) mod client;
pub(crate) mod code;
pub(crate) mod id_token;
pub(crate) mod refresh;

use std::time::Duration;

use jose::Algorithm;
use model::{Busy, Mode, ProvenSubject, Scope, Secret, Timestamp};
use oauth::dpop::Proof;
use store::{Consent, Happening, KeyPurpose, Keys, StoreError, Tx};

use crate::clients::{Client, Presented, UnknownClient, begin_as_client};
use crate::dpop::{self, Request};
use crate::targets::TargetFault;
use crate::{Identity, SESSION_LIFE};

/// A refresh token lives at most this long, counted from the patient's proofing (IAS SOP; the Persona guide's 90
/// days), and no longer than the consent.
pub const REFRESH_LIFE: Duration = Duration::from_hours(90 * 24);

/// The algorithms that ID tokens can be signed with, the default first.
pub const ID_TOKEN_ALGORITHMS: &[Algorithm] = KeyPurpose::Identity.algorithms();

/// What access tokens are signed with: only we and newer clients read them.
const ACCESS_TOKEN_ALGORITHM: Algorithm = Algorithm::Es256;

/// The form as it came, repeated parameters already refused.
#[derive(Clone, Copy, Default)]
pub struct Form<'a> {
    /// `grant_type`
    pub grant_type: Option<&'a str>,
    /// `code`
    pub code: Option<&'a str>,
    /// `redirect_uri`, the same as at the authorization endpoint.
    pub redirect_uri: Option<&'a str>,
    /// `code_verifier` (RFC 7636).
    pub code_verifier: Option<&'a str>,
    /// `refresh_token`
    pub refresh_token: Option<&'a str>,
    /// `scope`, which a refresh may narrow.
    pub scope: Option<&'a str>,
    /// `audience`, as the seed names it.
    pub audience: Option<&'a str>,
    /// `resource` (RFC 8707).
    pub resource: Option<&'a str>,
    /// `client_id`, for a client without a secret.
    pub client_id: Option<&'a str>,
}

/// What the token endpoint answers.
#[derive(Debug)]
pub struct Tokens {
    /// For the API, and the widget's session.
    pub access_token: Secret,
    /// Tells the client who it is about, if it is about anybody.
    pub id_token: Option<String>,
    /// Renews both, when `offline_access` was granted.
    pub refresh_token: Option<Secret>,
    /// Whether the access token is bound to a key (RFC 9449).
    pub bound: bool,
    /// Seconds until the access token lapses.
    pub expires_in: u64,
    /// The scope of the access token.
    pub scope: Scope,
}

/// Why no tokens were issued.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// The sender's DPoP proof does not stand, or is missing.
    #[error(transparent)]
    Dpop(#[from] dpop::Refusal),
    /// The client or its organisation asks too much at a time.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// `grant_type` is not one of ours.
    #[error("grant_type must be authorization_code, refresh_token or client_credentials")]
    GrantType,
    /// TEFCA is off for the organisation in the mode of the key: there is nothing about a patient for it.
    #[error("TEFCA is not enabled for the organization in mode {0}")]
    TefcaDisabled(Mode),
    /// `client_credentials` of a client that its operator does not let act without a patient.
    #[error("the client may not act without a patient")]
    GrantNotAllowed,
    /// `audience` or `resource` is not what it may be.
    #[error(transparent)]
    Target(#[from] TargetFault),
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `scope` holds what was not granted (RFC 6749 section 6).
    #[error("scope holds what was not granted")]
    Scope,
    /// No authorization has this code, or it is another client's.
    #[error("the code is unknown or another client's")]
    UnknownCode,
    /// `redirect_uri` is not the one of the authorization request (RFC 6749 4.1.3).
    #[error("redirect_uri differs from the authorization request's")]
    RedirectUri,
    /// The PKCE verifier does not fit the challenge.
    #[error("code_verifier does not fit the code_challenge")]
    Verifier,
    /// The code has lapsed, or was used before: then what it brought is revoked now.
    #[error("the code was used before or has lapsed")]
    Spent,
    /// The refresh token is unknown, another client's, lapsed or revoked.
    #[error("the refresh token is unknown, another client's, lapsed or revoked")]
    RefreshToken,
    /// The refresh token had been used before; everything of its family is revoked now.
    #[error("the refresh token had been used before, so all of its family are revoked")]
    RefreshReused,
    /// The ID token for the client could not be signed.
    #[error("the ID token could not be signed")]
    Signing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The rule's code, for the request log alone: the answer tells these apart no further than RFC 6749 5.2 does.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(reason) => reason.code(),
            Self::Busy(_) => "client.busy",
            Self::UnknownCode => "code.unknown",
            Self::RedirectUri => "code.redirect_uri",
            Self::Verifier => "code.verifier",
            Self::Spent => "code.spent",
            Self::RefreshToken => "refresh_token.unknown",
            Self::RefreshReused => "refresh_token.reused",
            Self::Dpop(refusal) => refusal.code(),
            Self::TefcaDisabled(_) => "organization.tefca_disabled",
            Self::GrantNotAllowed => "client.no_patient",
            Self::Target(fault) => fault.code(),
            Self::GrantType | Self::Missing(_) | Self::Scope | Self::Signing | Self::Store(_) => "",
        }
    }
}

/// Redeems a grant. `request_id` stands in the audit trail.
pub async fn issue(
    identity: &Identity,
    presented: Option<Presented<'_>>,
    sent: &Request<'_>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Tokens, Refusal> {
    let call = Call { presented, sent, form, request_id };
    match form.grant_type {
        None => Err(Refusal::Missing("grant_type")),
        Some("authorization_code") => code::redeem(identity, call).await,
        Some("refresh_token") => refresh::renew(identity, call).await,
        Some("client_credentials") => client::issue(identity, call).await,
        Some(_) => Err(Refusal::GrantType),
    }
}

/// A call as it came.
#[derive(Clone, Copy)]
struct Call<'a> {
    presented: Option<Presented<'a>>,
    sent: &'a Request<'a>,
    form: &'a Form<'a>,
    request_id: &'a str,
}

/// What a grant brought. The ID token about it is signed when the rest is kept.
struct Granted {
    consent: Consent<ProvenSubject>,
    access_token: Secret,
    refresh_token: Option<Secret>,
    bound: bool,
    scope: Scope,
    nonce: Option<String>,
}

impl Granted {
    fn tokens(
        self,
        identity: &Identity,
        keys: &Keys,
        client: &Client,
        now: Timestamp,
    ) -> Result<Tokens, Refusal> {
        let Self { consent, access_token, refresh_token, bound, scope, nonce } = self;
        let id_token =
            id_token::issue(identity, keys, client, &consent, &access_token, nonce.as_deref(), now)?;
        let (id_token, expires_in) = (Some(id_token), SESSION_LIFE.as_secs());
        Ok(Tokens { access_token, id_token, refresh_token, bound, expires_in, scope })
    }
}

/// A backend, which proves itself, and the transaction that answers it.
async fn proven_client(identity: &Identity, call: Call<'_>) -> Result<(Tx, Client), Refusal> {
    let (tx, client) = begin_as_client(identity, call.presented.ok_or(UnknownClient::Missing)?).await??;
    (identity.gate)(&client)?;
    Ok((tx, client))
}

/// What an operator switches off ends at once: patients' tokens are given out to whom they would be good for.
fn check_entitlement(client: &Client) -> Result<(), Refusal> {
    if client.may_use_tefca() { Ok(()) } else { Err(Refusal::TefcaDisabled(client.credential.mode())) }
}

/// Ends the transaction of a call. What a client proved itself by counts once, whatever becomes of its grant; what
/// failed halfway, and what nobody proved, leaves nothing behind but the end of a code that came twice.
async fn settle(tx: Tx, call: Call<'_>, outcome: Result<Granted, Refusal>) -> Result<Granted, Refusal> {
    let stays = match &outcome {
        Ok(_) | Err(Refusal::Spent) => true,
        Err(Refusal::Signing | Refusal::Store(_)) => false,
        Err(_) => call.presented.is_some(),
    };
    if stays {
        tx.commit().await?;
    }
    outcome
}

/// The proof that a client sends with a grant, used up.
async fn sender(
    identity: &Identity,
    tx: &mut Tx,
    client: &Client,
    call: Call<'_>,
) -> Result<Option<Proof>, Refusal> {
    let proof = dpop::judge(identity, call.sent, client.credential.policy.profile, None)?;
    dpop::use_up(identity, tx, proof.as_ref()).await??;
    Ok(proof)
}

/// Whether a grant may be had with this proof, which may have to be by a certain key, or be there at all. A client
/// with tokens bound to a key sends one with every renewal, by that key or another: who it is, its own proof says
/// (RFC 9449 section 5).
fn check_possession(
    client: &Client,
    proof: Option<&Proof>,
    (bound_to, demanded): (Option<&str>, bool),
) -> Result<(), dpop::Refusal> {
    match proof {
        None if demanded || bound_to.is_some() || client.credential.policy.sender_constrained => {
            Err(dpop::Refusal::Missing)
        }
        Some(proof) if bound_to.is_some_and(|key| key != proof.jkt().as_str()) => {
            Err(dpop::Refusal::OtherKey)
        }
        _ => Ok(()),
    }
}

/// Remembers that a consent's tokens are bound to keys, from the first proof on: none of its renewals gives less.
async fn remember_key(
    tx: &mut Tx,
    consent: &Consent<ProvenSubject>,
    proof: Option<&Proof>,
) -> Result<(), StoreError> {
    match proof {
        Some(proof) if consent.dpop_jkt.is_none() => tx.bind_consent(&consent.id, proof.jkt().as_str()).await,
        _ => Ok(()),
    }
}

/// The line about tokens that end before their time.
pub(crate) async fn record_end(
    tx: &mut Tx,
    actor: &str,
    (subject, detail): (&str, &str),
    request_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.audit(Happening { request_id, actor, action: "tokens.revoked", subject, detail }, now).await
}

/// Keeps a refresh token of a consent, while there is any time left for one.
async fn add_refresh_token(
    tx: &mut Tx,
    consent: &Consent<ProvenSubject>,
    token: Secret,
    now: Timestamp,
) -> Result<Option<Secret>, Refusal> {
    let expires_at = consent.identity.proofed_at.plus(REFRESH_LIFE).min(consent.expires_at);
    if expires_at <= now {
        return Ok(None);
    }
    tx.add_consent_refresh_token(&token.hash(), &consent.id, now, expires_at).await?;
    Ok(Some(token))
}
