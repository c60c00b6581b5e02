//! A CSP as an OpenID provider: where its browser pages are, and what becomes of a code there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egress::{Client, DocumentFault, EgressError, Request, document};
use jose::json::{self, Object, Value};
use model::pkce::METHOD;
use model::{Challenge, Secret, Timestamp};
use serde::Deserialize;
use store::Leg;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::TroubleKind;
use crate::Identity;
use crate::clients::ASSERTION_TYPE;
use crate::own_assertion::OwnAssertion;
use crate::registrations::{Proof, Registration};

/// A patient waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);
/// Larger than any answer of a token endpoint.
const MAX_ANSWER: usize = 64 * 1024;
/// A discovery document is at hand for this long.
const AT_HAND: Duration = Duration::from_mins(5);

/// Why a CSP brought no ID token. None names more than the operator needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProviderFault {
    /// The discovery document cannot be had now.
    #[error("the discovery document of {0} cannot be had: {1}")]
    Discovery(String, String),
    /// The discovery document is none, or none of this issuer's.
    #[error("the discovery document of {0} cannot be used: {1}")]
    ForeignDiscovery(String, String),
    /// The token endpoint gave no answer.
    #[error("the token endpoint cannot be reached: {0}")]
    Unreachable(#[from] egress::EgressError),
    /// The token endpoint refused the code, or us.
    #[error("the token endpoint answered {0} {1}")]
    Refused(u16, &'static str),
    /// The answer holds no ID token.
    #[error("the token endpoint gave no ID token")]
    NoIdToken,
    /// Our assertion could not be signed.
    #[error("the assertion could not be signed")]
    Signing,
}

impl ProviderFault {
    /// What the patient can do about it. What stays as it is until somebody changes an entry or a registration is told
    /// apart from what passes.
    pub(super) fn kind(&self) -> TroubleKind {
        let passes = match self {
            Self::ForeignDiscovery(..) | Self::NoIdToken => false,
            // A code that is not taken was waited with too long, or is another one's: that is no entry's fault.
            Self::Discovery(..) | Self::Signing | Self::Refused(_, "invalid_grant") => true,
            Self::Unreachable(error) => may_pass(error),
            Self::Refused(status, error) => *error == UNKNOWN && is_busy(*status),
        };
        if passes { TroubleKind::Unavailable } else { TroubleKind::Misconfigured }
    }
}

/// Whether the same address may answer later.
const fn may_pass(error: &EgressError) -> bool {
    use EgressError as E;
    !matches!(error, E::InvalidUrl | E::NotHttps | E::Credentials | E::PrivateAddress | E::TooLong)
}

/// Whether a server says that it cannot answer now.
const fn is_busy(status: u16) -> bool {
    status >= 500 || status == 429 || status == 408
}

/// Discovery documents at hand: a patient who goes to and fro costs a CSP nothing. What a CSP changes counts after some
/// minutes. There is one for each registration at most.
#[derive(Clone, Debug, Default)]
pub struct Providers(Arc<Mutex<BTreeMap<String, (Timestamp, Provider)>>>);

impl Providers {
    /// That of an issuer, fetched unless it is at hand.
    pub(super) async fn of(
        &self,
        client: &Client,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Provider, ProviderFault> {
        if let Some((until, provider)) = self.kept().get(issuer)
            && *until > now
        {
            return Ok(provider.clone());
        }
        let provider = Provider::discover(client, issuer).await?;
        self.kept().insert(issuer.to_owned(), (now.plus(AT_HAND), provider.clone()));
        Ok(provider)
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, (Timestamp, Provider)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is read of a discovery document (OpenID Connect Discovery 3).
#[derive(Clone, Debug)]
pub(super) struct Provider {
    authorization_endpoint: Url,
    token_endpoint: String,
    names_itself: bool,
    secret_in_form: bool,
}

impl Provider {
    /// Of an issuer. Both endpoints have to be ones that we would call ourselves: https, or listed as private.
    pub(super) async fn discover(client: &Client, issuer: &str) -> Result<Self, ProviderFault> {
        let failed = |why: String| ProviderFault::ForeignDiscovery(issuer.to_owned(), why);
        let url = format!("{issuer}/.well-known/openid-configuration");
        let body = document(client, &url).await.map_err(|fault| {
            let passes = match &fault {
                DocumentFault::NoAnswer(error) => may_pass(error),
                DocumentFault::Status(status) => is_busy(*status),
                DocumentFault::NotJson => false,
            };
            let why = fault.to_string();
            if passes { ProviderFault::Discovery(issuer.to_owned(), why) } else { failed(why) }
        })?;
        let document = json::parse_object(&body, egress::MAX_DOCUMENT)
            .map_err(|fault| failed(format!("it is not strict JSON: {fault}")))?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        if text("issuer") != Some(issuer) {
            return Err(failed("it names another issuer".to_owned()));
        }
        let endpoint = |name: &str| -> Result<String, ProviderFault> {
            let found = text(name).ok_or_else(|| failed(format!("it names no {name}")))?;
            client.permits(found).map_err(|fault| failed(format!("{name}: {fault}")))?;
            Ok(found.to_owned())
        };
        let authorization = endpoint("authorization_endpoint")?;
        Ok(Self {
            authorization_endpoint: Url::parse(&authorization).map_err(|fault| failed(fault.to_string()))?,
            token_endpoint: endpoint("token_endpoint")?,
            names_itself: matches!(
                document.get("authorization_response_iss_parameter_supported"),
                Some(Value::Bool(true))
            ),
            secret_in_form: wants_secret_in_form(&document),
        })
    }

    /// The way there, and what must be known when the patient comes back with `state`.
    pub(super) fn way(
        &self,
        identity: &Identity,
        registration: &Registration,
        state: &Secret,
        hints: &[(&str, &str)],
    ) -> (String, Leg) {
        let (verifier, nonce) = (identity.entropy.secret(), identity.entropy.secret());
        let mut url = self.authorization_endpoint.clone();
        let (callback, challenge) = (identity.settings.proofing_callback(), Challenge::of(verifier.expose()));
        let own = [
            ("response_type", "code"),
            ("client_id", &registration.client_id),
            ("redirect_uri", &callback),
            ("scope", &registration.scope),
            ("state", state.expose()),
            ("nonce", nonce.expose()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", METHOD),
        ];
        let registered = registration.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        url.query_pairs_mut().extend_pairs(own).extend_pairs(registered).extend_pairs(hints.iter().copied());
        let leg = Leg {
            idp: registration.idp.clone(),
            issuer: registration.issuer.clone(),
            token_endpoint: self.token_endpoint.clone(),
            names_itself: self.names_itself,
            secret_in_form: self.secret_in_form,
            verifier: verifier.expose().to_owned(),
            nonce: nonce.expose().to_owned(),
        };
        (url.into(), leg)
    }
}

/// Basic is the default (OpenID Connect Discovery 3): the form is for those that say they take no Basic.
fn wants_secret_in_form(document: &Object<'_>) -> bool {
    let Some(methods) = document.get("token_endpoint_auth_methods_supported").and_then(Value::as_array)
    else {
        return false;
    };
    let takes = |name: &str| methods.iter().any(|method| method.as_str() == Some(name));
    takes("client_secret_post") && !takes("client_secret_basic")
}

#[derive(Deserialize)]
struct Answer {
    id_token: Option<String>,
    error: Option<String>,
}

/// Redeems a code. Of what comes, the ID token alone is of use.
pub(super) async fn redeem(
    identity: &Identity,
    registration: &Registration,
    leg: &Leg,
    code: &str,
) -> Result<String, ProviderFault> {
    let callback = identity.settings.proofing_callback();
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &callback),
        ("code_verifier", &leg.verifier),
    ];
    let client_id = registration.client_id.as_str();
    let mut basic = None;
    let assertion;
    match &registration.proof {
        Proof::Secret(secret) if leg.secret_in_form => {
            form.extend([("client_id", client_id), ("client_secret", secret.expose())]);
        }
        Proof::Secret(secret) => basic = Some(basic_credentials(client_id, secret)),
        Proof::Key(key) => {
            let who = OwnAssertion {
                issuer: client_id,
                subject: client_id,
                audience: &leg.token_endpoint,
                client_id: None,
            };
            assertion = who.sign(identity, key).map_err(|_| ProviderFault::Signing)?;
            form.extend([
                ("client_id", client_id),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", &assertion),
            ]);
        }
    }
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = Request::post(&leg.token_endpoint, "application/x-www-form-urlencoded", body)
        .header("accept", "application/json")
        .within(PATIENCE)
        .at_most(MAX_ANSWER);
    if let Some(basic) = &basic {
        request = request.header("authorization", basic.expose());
    }
    let fetched = identity.client.fetch(request).await?;
    let status = fetched.status.as_u16();
    let answer: Option<Answer> = serde_json::from_slice(&fetched.body).ok();
    if !fetched.status.is_success() {
        let error = answer.and_then(|answer| answer.error).and_then(|error| known(&error));
        return Err(ProviderFault::Refused(status, error.unwrap_or(UNKNOWN)));
    }
    answer.and_then(|answer| answer.id_token).ok_or(ProviderFault::NoIdToken)
}

/// In place of an error that is none.
const UNKNOWN: &str = "without a known error";

/// The error, if RFC 6749 section 5.2 has it: what a CSP makes up goes no further.
fn known(error: &str) -> Option<&'static str> {
    ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"]
        .into_iter()
        .find(|known| *known == error)
}

/// Form-encoded before they are joined (RFC 6749 2.3.1).
fn basic_credentials(client_id: &str, secret: &Secret) -> Secret {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let joined = format!("{}:{}", encoded(client_id), encoded(secret.expose()));
    Secret::new(format!("Basic {}", STANDARD.encode(joined)))
}
