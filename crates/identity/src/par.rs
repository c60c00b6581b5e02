//! Pushed authorization requests (RFC 9126) in the form of the BYOI seed: the client's backend brings the
//! CSP's ID token and gets a `request_uri` for its page.

mod parameters;
mod refusal;
mod refused;

pub use parameters::{OFFLINE_ACCESS, SCOPE};
pub use refusal::Refusal;
pub use refused::RefusedPushes;

use std::fmt::Write as _;

use jose::Compact;
use model::synthetic::{by_phone, is_synthetic_email};
use model::{AuthorizationRequest, Credential, Hcid, Mode, Patient, ProvenIdentity, Unproven};
use oauth::dpop::Proof;
use store::{
    AssertionUse, NewPushedRequest, Push, Pushed as Outcome, RequestReference, StoreError, TokenUse,
};
use token::expectations::DEFAULT_LEEWAY;
use token::{Unverified, Verified};

use crate::clients::{Client, Presented, Recognised, UnknownClient, check_named, recognise, told};
use crate::csps::Csp;
use crate::dpop::{self, Request};
use crate::token_exchange::fresh_id_token;
use crate::{Identity, REQUEST_LIFE};

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
    /// `patient_id`: the patient as the client knows them, instead of an ID token.
    pub patient_id: Option<&'a str>,
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
    /// `request`: a request object (RFC 9101).
    pub request: Option<&'a str>,
    /// `authorization_details` (RFC 9396).
    pub authorization_details: Option<&'a str>,
    /// `response_mode`
    pub response_mode: Option<&'a str>,
    /// `state`, when it does not come with the browser.
    pub state: Option<&'a str>,
    /// `nonce`, for the ID token.
    pub nonce: Option<&'a str>,
    /// `code_challenge` (RFC 7636), when it does not come with the browser.
    pub code_challenge: Option<&'a str>,
    /// `code_challenge_method`
    pub code_challenge_method: Option<&'a str>,
    /// `prompt`
    pub prompt: Option<&'a str>,
    /// `max_age`, in seconds.
    pub max_age: Option<&'a str>,
    /// `login_hint`
    pub login_hint: Option<&'a str>,
    /// `dpop_jkt` (RFC 9449 section 10).
    pub dpop_jkt: Option<&'a str>,
}

/// A request that was kept.
#[derive(Debug)]
pub struct Pushed {
    /// Goes behind `urn:ietf:params:oauth:request_uri:`.
    pub reference: RequestReference,
    /// Seconds until it lapses.
    pub expires_in: u64,
}

/// Judges a pushed request and keeps it. What happened goes to the audit trail either way.
pub async fn push(
    identity: &Identity,
    presented: Presented<'_>,
    sent: &Request<'_>,
    form: &Form<'_>,
    request_id: &str,
) -> Result<Pushed, Refusal> {
    // A stranger's flood must not become a flood of writes, and a name nobody owns is not worth a line.
    let mut proven = recognise(identity, presented).await??;
    (identity.gate)(proven.client())?;
    for _ in 0..JUDGED {
        let (outcome, used_up) = match judge(identity, proven.client(), sent, form).await {
            Ok(judged) => (keep(identity, &proven, judged, request_id).await, true),
            Err(refusal) => (Err(refusal), false),
        };
        let refusal = match outcome {
            Ok(Some(pushed)) => return Ok(pushed),
            Ok(None) => None,
            Err(refusal) => Some(refusal),
        };
        // What was at hand of the client may be old: nobody is refused for that.
        if let Some(refusal) = refusal
            && identity.store.configuration_version().await? == proven.version()
        {
            let assertion = proven.assertion().filter(|_| !used_up);
            record_refusal(identity, proven.client(), assertion, &refusal, request_id).await?;
            return Err(refusal);
        }
        proven = refresh(identity, &proven, presented).await?;
    }
    Err(StoreError::Busy.into())
}

/// How often a request is judged anew because an operator is changing organisations meanwhile.
const JUDGED: usize = 5;

async fn refresh(
    identity: &Identity,
    proven: &Recognised,
    presented: Presented<'_>,
) -> Result<Recognised, Refusal> {
    identity.store.client_afresh(&proven.client().credential.public_id).await?;
    Ok(recognise(identity, presented).await??)
}

/// A request that may be kept, with what is used up then.
struct Judged {
    request: AuthorizationRequest,
    /// None of a patient who is still to be proven.
    id_token: Option<Verified>,
    proof: Option<Proof>,
}

/// Every check of the seed, in order.
async fn judge(
    identity: &Identity,
    client: &Client,
    sent: &Request<'_>,
    form: &Form<'_>,
) -> Result<Judged, Refusal> {
    check_named(client, form.client_id).map_err(|_| Refusal::ForeignClientId)?;
    let unproven = is_unproven(client, form);
    check_entitlements(client, unproven)?;
    let proof = dpop::judge(identity, sent, client.credential.policy.profile, None)?;
    let mut request = parameters::read(identity, client, form, proof.as_ref())?;
    if unproven {
        request.patient = Patient::Unproven(to_be_proven(identity, client, form)?);
        return Ok(Judged { request, id_token: None, proof });
    }
    let hcid = client.organization.hcid.as_ref();
    let id_token = if let Some(patient_id) = form.patient_id {
        let endpoint = client.credential.policy.token_exchange_uri.as_deref();
        let endpoint = endpoint.filter(|_| form.idp_id_token.is_none()).ok_or(Refusal::PatientId)?;
        let hcid = hcid.ok_or(Refusal::NoHcid)?;
        let id_token = fresh_id_token(identity, client, endpoint, patient_id, hcid).await?;
        verify_token(identity, None, &id_token, hcid, &client.credential).await?
    } else {
        let id_token = form.idp_id_token.ok_or(Refusal::NoIdToken)?;
        let csp = form.idp.and_then(|idp| identity.csps.find(idp)).ok_or(Refusal::Idp)?;
        let hcid = hcid.ok_or(Refusal::NoHcid)?;
        verify_token(identity, Some(csp), id_token, hcid, &client.credential).await?
    };
    check_person(&id_token, client.credential.mode())?;
    request.patient = Patient::Proven(Box::new(proven_identity(&id_token)));
    Ok(Judged { request, id_token: Some(id_token), proof })
}

/// Whether the patient shall prove who they are here: only a client that may ask for that leaves the proof out.
fn is_unproven(client: &Client, form: &Form<'_>) -> bool {
    client.credential.policy.hosted_proofing && form.idp_id_token.is_none() && form.patient_id.is_none()
}

/// Whether the patient can be sent somewhere, and there alone if the client names a CSP.
fn to_be_proven(identity: &Identity, client: &Client, form: &Form<'_>) -> Result<Unproven, Refusal> {
    let mode = client.credential.mode();
    let registrations = &identity.registrations;
    if !registrations.serve(mode) {
        return Err(Refusal::NoProofing(mode));
    }
    let idp = form.idp.map(str::to_owned);
    let mut open = registrations.of_mode(mode).filter(|one| idp.as_ref().is_none_or(|idp| *idp == one.idp));
    let named = open.next().ok_or_else(|| {
        let all: Vec<_> = registrations.of_mode(mode).map(|one| one.idp.as_str()).collect();
        Refusal::NotRegistered(all.join(", "))
    })?;
    if client.organization.hcid.is_none() && named.hcid.is_none() {
        return Err(Refusal::NoHcid);
    }
    Ok(Unproven { idp })
}

/// Bringing an identity is a right of its own; who sends a patient here brings none.
fn check_entitlements(client: &Client, unproven: bool) -> Result<(), Refusal> {
    let mode = client.credential.mode();
    let entitled = client.organization.entitlements(mode);
    if !entitled.tefca {
        return Err(Refusal::TefcaDisabled(mode));
    }
    if !entitled.byoi && !unproven {
        return Err(Refusal::ByoiDisabled(mode));
    }
    Ok(())
}

/// Judges an ID token: of the chosen CSP, or else of whichever trusted one it comes from.
pub(crate) async fn verify_token(
    identity: &Identity,
    chosen: Option<&Csp>,
    id_token: &str,
    hcid: &Hcid,
    credential: &Credential,
) -> Result<Verified, Refusal> {
    let compact = Compact::parse(id_token).map_err(token::Reject::from)?;
    let unverified = Unverified::read(&compact)?;
    let (issuer, mode) = (unverified.issuer(), credential.mode());
    let csp = chosen.or_else(|| identity.csps.of_issuer(issuer)).filter(|csp| csp.speaks_for(issuer, mode));
    let idp = || chosen.map_or("any", |csp| &csp.idp).to_owned();
    let csp = csp.ok_or_else(|| Refusal::Issuer { idp: idp(), mode })?;
    let now = identity.clock.now();
    let keys = identity.issuer_keys.of(issuer, unverified.key_id(), now).await?;
    let expected = csp.expectations(issuer, credential.tokens.profile, now);
    Ok(token::verify(&unverified, &keys, hcid, &expected)?)
}

/// Test keys take only the synthetic e-mails, live keys refuse them. In test mode the e-mail has to be verified; in
/// live mode whatever the token names counts, and the phone number where it names none, for one CSP has a single
/// issuer for both modes.
pub(crate) fn check_person(verified: &Verified, mode: Mode) -> Result<(), Refusal> {
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

pub(crate) fn proven_identity(verified: &Verified) -> ProvenIdentity {
    ProvenIdentity {
        issuer: verified.issuer().to_owned(),
        subject: verified.subject().to_owned(),
        meant_for: verified.meant_for().clone(),
        id_token: verified.raw().to_owned(),
        expires_at: verified.expires_at(),
        proofed_at: verified.proofed_at(),
        email_verified: verified.is_email_verified(),
        demographics: verified.demographics().clone(),
    }
}

/// What a token counts as, for the client that brings it first.
pub(crate) fn use_of<'a>(verified: &'a Verified, credential: &Credential) -> TokenUse<'a> {
    TokenUse {
        issuer: verified.issuer(),
        token_id: verified.token_id(),
        once: credential.tokens.once,
        expires_at: verified.expires_at().plus(DEFAULT_LEEWAY),
    }
}

/// Keeps what was judged; none when it has to be judged anew.
async fn keep(
    identity: &Identity,
    proven: &Recognised,
    Judged { request, id_token, proof }: Judged,
    request_id: &str,
) -> Result<Option<Pushed>, Refusal> {
    let (client, now) = (proven.client(), identity.clock.now());
    let public_id = &client.credential.public_id;
    let (id_token, proof) = (id_token.as_ref(), proof.as_ref());
    let token = id_token.map(|id_token| use_of(id_token, &client.credential));
    let push = Push {
        request: &NewPushedRequest { public_id, request: &request, expires_at: now.plus(REQUEST_LIFE) },
        assertion: proven.assertion(),
        proof: proof.map(dpop::use_of),
        token,
        organization: &client.organization.id,
        request_id,
        remarks: &id_token.map_or_else(|| "unproven".to_owned(), remarks),
        judged_by: proven.version(),
    };
    match identity.store.push(&push, identity.entropy.secret(), now).await? {
        Outcome::Kept(reference) => Ok(Some(Pushed { reference, expires_in: REQUEST_LIFE.as_secs() })),
        Outcome::Replayed => Err(Refusal::Replayed),
        Outcome::AssertionReplayed => Err(replayed(identity, client)),
        Outcome::ProofReplayed => Err(dpop::Refusal::Replayed.into()),
        Outcome::Outdated => Ok(None),
    }
}

/// Whoever sends what a client used before is not taken for that client.
fn replayed(identity: &Identity, client: &Client) -> Refusal {
    told(identity, Some(&client.credential), UnknownClient::Replayed).into()
}

/// What was odd about an accepted token: `tefca-2 warning=token.phone_spelling note=token.ssn`.
pub(crate) fn remarks(verified: &Verified) -> String {
    let mut remarks = verified.profile().name().to_owned();
    for finding in verified.findings() {
        // Writing to a string cannot fail.
        let _ = write!(remarks, " {}={}", finding.grade.name(), finding.breach.code());
    }
    remarks
}

/// What the client proved itself by is used up here as well, and at once; the line of the audit trail is written a
/// little later.
async fn record_refusal(
    identity: &Identity,
    client: &Client,
    assertion: Option<AssertionUse<'_>>,
    refusal: &Refusal,
    request_id: &str,
) -> Result<(), Refusal> {
    if matches!(refusal, Refusal::Store(_) | Refusal::Client(_)) {
        return Ok(());
    }
    let now = identity.clock.now();
    if let Some(assertion) = assertion {
        let mut tx = identity.store.write().await?;
        if !tx.use_assertion(&assertion, now).await? {
            return Err(replayed(identity, client));
        }
        tx.commit().await?;
    }
    identity.refused.note(&client.credential, refusal, request_id, now);
    Ok(())
}
