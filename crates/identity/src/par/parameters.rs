//! What a pushed request asks for, checked as the authorization endpoint would (RFC 9126 section 2.1).

use model::{AuthorizationRequest, Challenge, ClientProfile, Patient, Scope};
use oauth::dpop::{Proof, binding};

use super::{Form, Refusal};
use crate::clients::Client;
use crate::{Identity, dpop, targets};

/// The scope of the seed, in any order.
pub const SCOPE: &str = "openid profile email";
/// Asks for refresh tokens (OpenID Connect Core 11).
pub const OFFLINE_ACCESS: &str = "offline_access";
/// The longest `state`, `nonce`, `login_hint` or `patient_id`: what goes into a URL again must fit into one.
const LONGEST: usize = 2048;

/// The request as it will be kept, without the patient.
pub(super) fn read(
    identity: &Identity,
    client: &Client,
    form: &Form<'_>,
    proof: Option<&Proof>,
) -> Result<AuthorizationRequest, Refusal> {
    if form.request_uri.is_some() {
        return Err(Refusal::RequestUriPushed);
    }
    if form.request.is_some() {
        return Err(Refusal::RequestObject);
    }
    if form.authorization_details.is_some() {
        return Err(Refusal::AuthorizationDetails);
    }
    let profile = client.credential.policy.profile;
    let scope = scope(profile, form)?;
    if form.response_type != Some("code") {
        return Err(Refusal::ResponseType);
    }
    if form.response_mode.is_some_and(|mode| mode != "query") {
        return Err(Refusal::ResponseMode);
    }
    short("patient_id", form.patient_id)?;
    let key = binding(proof, form.dpop_jkt).map_err(dpop::Refusal::from)?;
    Ok(AuthorizationRequest {
        scope,
        resources: targets::named(identity, form.audience, form.resource)?,
        redirect_uri: redirect_uri(client, form)?,
        code_challenge: challenge(profile, form)?,
        state: short("state", form.state)?,
        nonce: short("nonce", form.nonce)?,
        login_hint: short("login_hint", form.login_hint)?,
        silent: is_silent(form.prompt)?,
        max_age: form.max_age.map(|seconds| seconds.parse().map_err(|_| Refusal::MaxAge)).transpose()?,
        dpop_jkt: key.map(|key| key.as_str().to_owned()),
        patient: Patient::default(),
    })
}

/// The seed's scope, to which `offline_access` may come; a client by OpenID Connect alone may ask for less.
fn scope(profile: ClientProfile, form: &Form<'_>) -> Result<Scope, Refusal> {
    let scope = Scope::parse(form.scope.unwrap_or_default()).map_err(|_| Refusal::Scope)?;
    let known = |name| SCOPE.split(' ').any(|known| known == name) || name == OFFLINE_ACCESS;
    let required = match profile {
        ClientProfile::Byoi => SCOPE,
        ClientProfile::Fapi2 => "openid",
    };
    let is_allowed = scope.names().all(known) && required.split(' ').all(|name| scope.contains(name));
    if is_allowed { Ok(scope) } else { Err(Refusal::Scope) }
}

fn redirect_uri(client: &Client, form: &Form<'_>) -> Result<Option<String>, Refusal> {
    match form.redirect_uri {
        Some(uri) if !client.credential.redirect_uris.iter().any(|known| known == uri) => {
            Err(Refusal::RedirectUri)
        }
        Some(uri) => Ok(Some(uri.to_owned())),
        None if client.credential.policy.profile == ClientProfile::Fapi2 => Err(Refusal::NoRedirectUri),
        None => Ok(None),
    }
}

/// By the seed the browser may bring the challenge; a method without one is a mistake either way.
fn challenge(profile: ClientProfile, form: &Form<'_>) -> Result<Option<String>, Refusal> {
    match (form.code_challenge, form.code_challenge_method) {
        (None, None) if profile == ClientProfile::Byoi => Ok(None),
        (challenge, method) => {
            let challenge = Challenge::requested(challenge.unwrap_or_default(), method);
            Ok(Some(challenge.ok_or(Refusal::Pkce)?.as_str().to_owned()))
        }
    }
}

fn short(name: &'static str, value: Option<&str>) -> Result<Option<String>, Refusal> {
    match value {
        Some(value) if value.len() > LONGEST => Err(Refusal::TooLong(name)),
        value => Ok(value.map(str::to_owned)),
    }
}

/// `prompt` (OpenID Connect Core 3.1.2.1). Consent is asked and proofing looked at each time, so that `none` alone
/// makes a difference.
fn is_silent(prompt: Option<&str>) -> Result<bool, Refusal> {
    let Some(prompt) = prompt else { return Ok(false) };
    let values: Vec<&str> = prompt.split(' ').collect();
    let known = values.iter().all(|value| matches!(*value, "none" | "login" | "consent" | "select_account"));
    let silent = values.contains(&"none");
    if known && (!silent || values.len() == 1) { Ok(silent) } else { Err(Refusal::Prompt) }
}
