//! Pushed authorization requests (RFC 9126) in the form of the BYOI seed: the client's backend brings the
//! CSP's ID token and gets a `request_uri` for its page.

use model::synthetic::is_synthetic_email;
use model::{Hcid, Mode, ProvenIdentity};
use store::{Happening, NewPushedRequest, RequestReference, StoreError};
use token::{Expectations, Unverified, Verified};

use crate::clients::{Client, Presented, UnknownClient, authenticate};
use crate::csps::Csp;
use crate::{Identity, REQUEST_LIFE};

/// The only scope of the seed, in any order.
pub const SCOPE: &str = "openid profile email";

/// The form as it came, repeated parameters already refused.
#[derive(Clone, Copy, Default)]
pub struct Form<'a> {
    /// `scope`
    pub scope: Option<&'a str>,
    /// `response_type`
    pub response_type: Option<&'a str>,
    /// `idp`
    pub idp: Option<&'a str>,
    /// `idp_id_token`
    pub idp_id_token: Option<&'a str>,
    /// `client_id`, when the body names the client too.
    pub client_id: Option<&'a str>,
    /// `redirect_uri`, when it shall not be the registered one.
    pub redirect_uri: Option<&'a str>,
    /// `audience` or `resource` (RFC 8707).
    pub audience: Option<&'a str>,
    /// `request_uri`, which has no place here (RFC 9126 2.1).
    pub request_uri: Option<&'a str>,
}

/// A request that was kept.
#[derive(Debug)]
pub struct Pushed {
    /// Goes behind `urn:ietf:params:oauth:request_uri:`.
    pub reference: RequestReference,
    /// Seconds until it lapses.
    pub expires_in: u64,
}

/// Why a request was not kept: one reason a check, in the order of the checks.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The client did not prove itself.
    #[error(transparent)]
    Client(#[from] UnknownClient),
    /// The body names another client than the credentials.
    #[error("client_id in the body is not the authenticated client")]
    ForeignClientId,
    /// TEFCA is not enabled for the organisation in this mode.
    #[error("TEFCA is not enabled for this organisation in {0} mode")]
    TefcaDisabled(Mode),
    /// BYOI is not enabled for the organisation in this mode.
    #[error("BYOI is not enabled for this organisation in {0} mode")]
    ByoiDisabled(Mode),
    /// A `request_uri` was pushed.
    #[error("request_uri cannot be pushed")]
    RequestUriPushed,
    /// `scope` is not the one allowed.
    #[error("scope must be \"openid profile email\"")]
    Scope,
    /// `response_type` is not `code`.
    #[error("response_type must be \"code\"")]
    ResponseType,
    /// `audience` or `resource` names something else than this API.
    #[error("audience does not name this API")]
    Audience,
    /// `redirect_uri` is not registered for the credential.
    #[error("redirect_uri is not registered for this credential")]
    RedirectUri,
    /// `idp` is missing or names no trusted CSP.
    #[error("idp names no trusted CSP")]
    Idp,
    /// `idp_id_token` is missing.
    #[error("idp_id_token is missing")]
    NoIdToken,
    /// The organisation has no HCID, so no token can be meant for it.
    #[error("the organisation has no HCID configured")]
    NoHcid,
    /// The token's issuer is not one of the chosen CSP's for this mode.
    #[error("the ID token's issuer is not one of {idp}'s in {mode} mode")]
    Issuer {
        /// The chosen CSP.
        idp: String,
        /// The mode of the key.
        mode: Mode,
    },
    /// The CSP's keys cannot be had now.
    #[error("{0}")]
    Keys(#[from] egress::KeysUnavailable),
    /// The token does not stand.
    #[error("the ID token was refused: {0}")]
    Token(#[from] token::Reject),
    /// The e-mail is not appropriate for the API mode.
    #[error("the ID token's e-mail does not fit {0} mode")]
    Email(Mode),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The rule's code, for the audit trail and the answer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(reason) => reason.code(),
            Self::ForeignClientId => "par.client_id",
            Self::TefcaDisabled(_) => "organization.tefca_disabled",
            Self::ByoiDisabled(_) => "organization.byoi_disabled",
            Self::RequestUriPushed => "par.request_uri",
            Self::Scope => "par.scope",
            Self::ResponseType => "par.response_type",
            Self::Audience => "par.audience",
            Self::RedirectUri => "par.redirect_uri",
            Self::Idp => "par.idp",
            Self::NoIdToken => "par.idp_id_token",
            Self::NoHcid => "organization.no_hcid",
            Self::Issuer { .. } => "token.issuer",
            Self::Keys(_) => "csp.keys_unavailable",
            Self::Token(reject) => reject.code(),
            Self::Email(_) => "token.email_mode",
            Self::Store(_) => "store",
        }
    }
}

/// Judges a pushed request and keeps it. What happened goes to the audit trail either way.
pub async fn push(
    identity: &Identity,
    client: Presented<'_>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Pushed, Refusal> {
    let outcome = judge(identity, client, form).await;
    match outcome {
        Ok((client, proven)) => keep(identity, &client, form, &proven, request_id).await,
        Err(refusal) => {
            record_refusal(identity, client, &refusal, request_id).await?;
            Err(refusal)
        }
    }
}

/// Every check of the seed, in order.
async fn judge(
    identity: &Identity,
    presented: Presented<'_>,
    form: &Form<'_>,
) -> Result<(Client, ProvenIdentity), Refusal> {
    let client = authenticate(&mut identity.store.read().await?, presented).await??;
    check_client_id(&client, form)?;
    check_entitlements(&client)?;
    check_parameters(identity, &client, form)?;
    let csp = form.idp.and_then(|idp| identity.csps.find(idp)).ok_or(Refusal::Idp)?;
    let id_token = form.idp_id_token.ok_or(Refusal::NoIdToken)?;
    let hcid = client.organization.hcid.as_ref().ok_or(Refusal::NoHcid)?;
    let verified = verify_token(identity, csp, id_token, hcid, client.credential.mode()).await?;
    check_email(&verified, client.credential.mode())?;
    Ok((client, proven_identity(&verified)))
}

fn check_client_id(client: &Client, form: &Form<'_>) -> Result<(), Refusal> {
    match form.client_id {
        Some(named) if named != client.credential.public_id.as_str() => Err(Refusal::ForeignClientId),
        _ => Ok(()),
    }
}

fn check_entitlements(client: &Client) -> Result<(), Refusal> {
    let mode = client.credential.mode();
    let entitled = client.organization.entitlements(mode);
    if !entitled.tefca {
        return Err(Refusal::TefcaDisabled(mode));
    }
    if !entitled.byoi {
        return Err(Refusal::ByoiDisabled(mode));
    }
    Ok(())
}

fn check_parameters(identity: &Identity, client: &Client, form: &Form<'_>) -> Result<(), Refusal> {
    if form.request_uri.is_some() {
        return Err(Refusal::RequestUriPushed);
    }
    if !form.scope.is_some_and(is_the_scope) {
        return Err(Refusal::Scope);
    }
    if form.response_type != Some("code") {
        return Err(Refusal::ResponseType);
    }
    if form.audience.is_some_and(|audience| !is_our_audience(identity, audience)) {
        return Err(Refusal::Audience);
    }
    match form.redirect_uri {
        Some(uri) if !client.credential.redirect_uris.iter().any(|known| known == uri) => {
            Err(Refusal::RedirectUri)
        }
        _ => Ok(()),
    }
}

fn is_the_scope(scope: &str) -> bool {
    let mut given: Vec<&str> = scope.split(' ').collect();
    let mut wanted: Vec<&str> = SCOPE.split(' ').collect();
    given.sort_unstable();
    wanted.sort_unstable();
    given == wanted
}

fn is_our_audience(identity: &Identity, audience: &str) -> bool {
    let base = &identity.settings.base_url;
    audience == base || audience.strip_prefix(base.as_str()) == Some("/v1")
}

async fn verify_token(
    identity: &Identity,
    csp: &Csp,
    id_token: &str,
    hcid: &Hcid,
    mode: Mode,
) -> Result<Verified, Refusal> {
    let unverified = Unverified::parse(id_token)?;
    let issuer = unverified.issuer().to_owned();
    if !csp.speaks_for(&issuer, mode) {
        return Err(Refusal::Issuer { idp: csp.idp.clone(), mode });
    }
    let now = identity.clock.now();
    let keys = identity.issuer_keys.of(&issuer, unverified.key_id(), now).await?;
    let expectations = Expectations {
        max_life: csp.max_life,
        max_proofing_age: csp.max_proofing_age,
        ..Expectations::new(&issuer, hcid, csp.algorithms(), now)
    };
    Ok(token::verify(unverified, &expectations, &keys)?)
}

/// Test keys take only the synthetic e-mails, live keys refuse them.
fn check_email(verified: &Verified, mode: Mode) -> Result<(), Refusal> {
    let synthetic = verified.email().is_some_and(is_synthetic_email);
    if synthetic == (mode == Mode::Test) { Ok(()) } else { Err(Refusal::Email(mode)) }
}

fn proven_identity(verified: &Verified) -> ProvenIdentity {
    ProvenIdentity {
        issuer: verified.issuer().to_owned(),
        subject: verified.subject().to_owned(),
        id_token: verified.raw().to_owned(),
        expires_at: verified.expires_at(),
        proofed_at: verified.auth_time().unwrap_or(verified.issued_at()),
        demographics: verified.demographics().clone(),
    }
}

async fn keep(
    identity: &Identity,
    client: &Client,
    form: &Form<'_>,
    proven: &ProvenIdentity,
    request_id: &str,
) -> Result<Pushed, Refusal> {
    let now = identity.clock.now();
    let public_id = &client.credential.public_id;
    let request = NewPushedRequest {
        public_id,
        redirect_uri: form.redirect_uri,
        identity: proven,
        expires_at: now.plus(REQUEST_LIFE),
    };
    let mut tx = identity.store.write().await?;
    let reference = tx.push_request(&request, identity.entropy.secret()).await?;
    let happening = Happening {
        request_id,
        actor: public_id.as_str(),
        action: "par.accepted",
        subject: client.organization.id.as_str(),
        detail: "",
    };
    tx.audit(happening, now).await?;
    tx.commit().await?;
    Ok(Pushed { reference, expires_in: REQUEST_LIFE.as_secs() })
}

async fn record_refusal(
    identity: &Identity,
    client: Presented<'_>,
    refusal: &Refusal,
    request_id: &str,
) -> Result<(), StoreError> {
    // A stranger's flood must not become a flood of writes, and a name nobody owns is not worth a line.
    if matches!(refusal, Refusal::Client(_) | Refusal::Store(_)) {
        return Ok(());
    }
    let mut tx = identity.store.write().await?;
    let happening = Happening {
        request_id,
        actor: client.public_id,
        action: "par.refused",
        subject: "",
        detail: refusal.code(),
    };
    tx.audit(happening, identity.clock.now()).await?;
    tx.commit().await
}
