//! The gate of a place: nobody gets an access token without a client's signature, the right purpose, and
//! an ID token that the place has verified itself.

mod assertion;
mod sign_in;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ambient::{Clock, Entropy};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use egress::IssuerKeys;
use model::{Demographics, Secret, SecretHash, Timestamp};

pub(crate) use sign_in::Asked;
use sign_in::{Code, Signed};

/// Whom a place trusts. Shared by all places.
#[derive(Clone)]
pub struct Trust {
    /// Fetches keys of clients and CSPs.
    pub keys: IssuerKeys,
    /// Clients that are registered: their ids are the issuers whose discovery leads to their keys.
    pub clients: Vec<String>,
    /// CSPs whose tokens count.
    pub csp_issuers: Vec<String>,
    /// The time.
    pub clock: Clock,
    /// Fresh access tokens.
    pub entropy: Entropy,
}

/// Access tokens live this long; TEFCA allows an hour.
const ACCESS_LIFE: Duration = Duration::from_mins(10);

/// One place's gate.
pub(crate) struct Gate {
    trust: Trust,
    token_endpoint: String,
    grants: Mutex<HashMap<Vec<u8>, Grant>>,
    seen: Mutex<HashMap<String, Timestamp>>,
    codes: Mutex<HashMap<Vec<u8>, Code>>,
    refresh: Mutex<HashMap<Vec<u8>, Signed>>,
}

/// What an access token allows: asking about one person.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) person: Demographics,
    /// The person signed in here themselves.
    pub(crate) signed_in: bool,
    expires_at: Timestamp,
}

/// What the token endpoint gives.
pub(crate) struct Opened {
    pub(crate) access_token: Secret,
    /// After a sign-in: renews the access token.
    pub(crate) refresh_token: Option<Secret>,
    /// After a sign-in: the patient's id here.
    pub(crate) patient: Option<String>,
}

/// Why the gate stays shut; the OAuth error and a sentence for the log of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Shut {
    #[error("the form is no token request with a JWT client assertion")]
    Form,
    #[error("the code or refresh token is unknown, spent, lapsed or another client's, or PKCE fails")]
    Grant,
    #[error("the assertion is not a JWT of a registered client")]
    UnknownClient,
    #[error("the client's keys cannot be fetched")]
    ClientKeys,
    #[error("the assertion's signature, times or audience do not stand")]
    Assertion,
    #[error("the assertion was used before")]
    Replay,
    #[error("extensions.hl7-b2b is missing, incomplete or of another purpose")]
    Hl7B2b,
    #[error("extensions.tefca_ias is missing or incomplete")]
    TefcaIas,
    #[error("the ID token's issuer is not trusted or its keys cannot be fetched")]
    CspUntrusted,
    #[error("the ID token does not stand")]
    IdToken,
    #[error("patient_information is not the person of the ID token")]
    AnotherPerson,
}

impl Shut {
    /// Everything about the person is `invalid_grant` (Facilitated FHIR SOP 2.0).
    pub(crate) fn oauth_error(self) -> &'static str {
        match self {
            Self::Form => "invalid_request",
            Self::UnknownClient | Self::ClientKeys | Self::Assertion | Self::Replay => "invalid_client",
            _ => "invalid_grant",
        }
    }
}

impl Gate {
    pub(crate) fn new(trust: Trust, token_endpoint: String) -> Self {
        Self {
            trust,
            token_endpoint,
            grants: Mutex::default(),
            seen: Mutex::default(),
            codes: Mutex::default(),
            refresh: Mutex::default(),
        }
    }

    /// Judges a token request and gives an access token.
    pub(crate) async fn open(&self, fields: &HashMap<String, String>) -> Result<Opened, Shut> {
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        if field("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
            return Err(Shut::Form);
        }
        let assertion = field("client_assertion");
        match field("grant_type") {
            "client_credentials" => {
                let person = self.judge(assertion).await?;
                Ok(Opened { access_token: self.admit(person, false), refresh_token: None, patient: None })
            }
            "authorization_code" => {
                let client = self.client_of(assertion).await?;
                self.redeem(&client, field("code"), field("redirect_uri"), field("code_verifier"))
            }
            "refresh_token" => {
                let client = self.client_of(assertion).await?;
                self.renew(&client, field("refresh_token"))
            }
            _ => Err(Shut::Form),
        }
    }

    /// A fresh access token for asking about one person.
    fn admit(&self, person: Demographics, signed_in: bool) -> Secret {
        let now = self.trust.clock.now();
        let token = self.trust.entropy.secret();
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        grants.retain(|_, grant| grant.expires_at > now);
        let grant = Grant { person, signed_in, expires_at: now.plus(ACCESS_LIFE) };
        grants.insert(token.hash().as_bytes().to_vec(), grant);
        token
    }

    /// What the bearer of a request may ask.
    pub(crate) fn grant(&self, headers: &HeaderMap) -> Option<Grant> {
        let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
        let token = SecretHash::of(value.strip_prefix("Bearer ")?);
        let grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        grants.get(token.as_bytes()).filter(|grant| grant.expires_at > self.trust.clock.now()).cloned()
    }
}
