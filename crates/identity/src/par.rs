//! Pushed authorization requests (RFC 9126) in the form of the BYOI seed: the client's backend brings the
//! CSP's ID token and gets a `request_uri` for its page.

use std::fmt::Write as _;

use jose::Compact;
use model::synthetic::{by_phone, is_synthetic_email};
use model::{Credential, Hcid, Mode, ProvenIdentity};
use store::{Happening, NewPushedRequest, RequestReference, StoreError, TokenUse};
use token::expectations::DEFAULT_LEEWAY;
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
    /// `audience`, as the seed names it.
    pub audience: Option<&'a str>,
    /// `resource` (RFC 8707).
    pub resource: Option<&'a str>,
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
    /// The token was pushed before, by another client or where once is the rule.
    #[error("the ID token was pushed before")]
    Replayed,
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
            Self::Replayed => "token.replayed",
            Self::Store(_) => "store",
        }
    }
}

/// Judges a pushed request and keeps it. What happened goes to the audit trail either way.
pub async fn push(
    identity: &Identity,
    presented: Presented<'_>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Pushed, Refusal> {
    // A stranger's flood must not become a flood of writes, and a name nobody owns is not worth a line.
    let client = authenticate(&mut identity.store.read().await?, presented).await??;
    let outcome = match judge(identity, &client, form).await {
        Ok(verified) => keep(identity, &client, form, &verified, request_id).await,
        Err(refusal) => Err(refusal),
    };
    if let Err(refusal) = &outcome {
        record_refusal(identity, &client, refusal, request_id).await?;
    }
    outcome
}

/// Every check of the seed, in order.
async fn judge(identity: &Identity, client: &Client, form: &Form<'_>) -> Result<Verified, Refusal> {
    check_client_id(client, form)?;
    check_entitlements(client)?;
    check_parameters(identity, client, form)?;
    let csp = form.idp.and_then(|idp| identity.csps.find(idp)).ok_or(Refusal::Idp)?;
    let id_token = form.idp_id_token.ok_or(Refusal::NoIdToken)?;
    let hcid = client.organization.hcid.as_ref().ok_or(Refusal::NoHcid)?;
    let verified = verify_token(identity, csp, id_token, hcid, &client.credential).await?;
    check_person(&verified, client.credential.mode())?;
    Ok(verified)
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
    let mut named = form.audience.into_iter().chain(form.resource);
    if !named.all(|audience| is_our_audience(identity, audience)) {
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
    credential: &Credential,
) -> Result<Verified, Refusal> {
    let compact = Compact::parse(id_token).map_err(token::Reject::from)?;
    let unverified = Unverified::read(&compact)?;
    let (issuer, mode) = (unverified.issuer(), credential.mode());
    if !csp.speaks_for(issuer, mode) {
        return Err(Refusal::Issuer { idp: csp.idp.clone(), mode });
    }
    let now = identity.clock.now();
    let keys = identity.issuer_keys.of(issuer, unverified.key_id(), now).await?;
    let expected = Expectations {
        max_life: csp.max_life,
        max_proofing_age: csp.max_proofing_age,
        policy: csp.policy(credential.tokens.profile),
        ..Expectations::new(issuer, &csp.algorithms, now)
    };
    Ok(token::verify(&unverified, &keys, hcid, &expected)?)
}

/// Test keys take only the synthetic e-mails, live keys refuse them. In test mode the e-mail has to be verified; in
/// live mode whatever the token names counts, and the phone number where it names none, for one CSP has a single
/// issuer for both modes.
fn check_person(verified: &Verified, mode: Mode) -> Result<(), Refusal> {
    let fits = match mode {
        Mode::Test => verified.email().is_some_and(is_synthetic_email),
        Mode::Live => {
            let named = verified.claimed_email().map(|email| email.trim_end_matches('.'));
            let by_phone = || verified.demographics().phone.as_deref().and_then(by_phone).is_some();
            !named.map_or_else(by_phone, is_synthetic_email)
        }
    };
    if fits { Ok(()) } else { Err(Refusal::Email(mode)) }
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
    verified: &Verified,
    request_id: &str,
) -> Result<Pushed, Refusal> {
    let now = identity.clock.now();
    let public_id = &client.credential.public_id;
    let token = TokenUse {
        issuer: verified.issuer(),
        token_id: verified.token_id(),
        public_id,
        once: client.credential.tokens.once,
        expires_at: verified.expires_at().plus(DEFAULT_LEEWAY),
    };
    let request = NewPushedRequest {
        public_id,
        redirect_uri: form.redirect_uri,
        identity: &proven_identity(verified),
        expires_at: now.plus(REQUEST_LIFE),
    };
    let mut tx = identity.store.write().await?;
    if !tx.use_token(&token).await? {
        return Err(Refusal::Replayed);
    }
    let reference = tx.push_request(&request, identity.entropy.secret()).await?;
    let happening = Happening {
        request_id,
        actor: public_id.as_str(),
        action: "par.accepted",
        subject: client.organization.id.as_str(),
        detail: &remarks(verified),
    };
    tx.audit(happening, now).await?;
    tx.commit().await?;
    Ok(Pushed { reference, expires_in: REQUEST_LIFE.as_secs() })
}

/// What was odd about an accepted token: `tefca-2 warning=token.phone_spelling note=token.ssn`.
fn remarks(verified: &Verified) -> String {
    let mut remarks = verified.profile().name().to_owned();
    for finding in verified.findings() {
        // Writing to a string cannot fail.
        let _ = write!(remarks, " {}={}", finding.grade.name(), finding.breach.code());
    }
    remarks
}

async fn record_refusal(
    identity: &Identity,
    client: &Client,
    refusal: &Refusal,
    request_id: &str,
) -> Result<(), StoreError> {
    if matches!(refusal, Refusal::Store(_)) {
        return Ok(());
    }
    let claim = match refusal {
        Refusal::Token(reject) => reject.at.map(|at| format!(" ({at})")),
        _ => None,
    };
    let mut tx = identity.store.write().await?;
    let happening = Happening {
        request_id,
        actor: client.credential.public_id.as_str(),
        action: "par.refused",
        subject: client.organization.id.as_str(),
        detail: &format!("{}{}", refusal.code(), claim.unwrap_or_default()),
    };
    tx.audit(happening, identity.clock.now()).await?;
    tx.commit().await
}
