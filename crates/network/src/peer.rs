//! One peer of the network: finding its token endpoint, getting an access token, asking.

use std::time::Duration;

use bytes::Bytes;
use egress::{EgressError, Origin, Request};
use fhir::resource::is_id;
use fhir::{PatientDemographics, Resource};
use model::Secret;
use serde::Deserialize;
use url::form_urlencoded;

use crate::assertion::{self, Unsigned};
use crate::{Network, Requester};

/// Scopes of a patient's own reading, as TEFCA lists them.
const SCOPE: &str = "patient/*.read";
/// The longest answer to an operation, in bytes: a few patients.
const MAX_OPERATION: usize = 1 << 20;
/// The longest page of records, in bytes: a scanned document may stand in it.
const MAX_PAGE: usize = 32 << 20;
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why a peer gave no answer that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerFault {
    /// It could not be reached, or not in time.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// It answered with a status that means failure.
    #[error("the peer answered with status {0}")]
    Status(u16),
    /// It refused the assertion, with this OAuth error code.
    #[error("the peer refused the assertion: {0}")]
    Refused(String),
    /// It answered something that cannot be read.
    #[error("the peer's answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// It pointed to another origin than its own.
    #[error("the peer pointed to another origin")]
    ForeignOrigin,
    /// It returned somebody else than the person asked for.
    #[error("the peer returned another person's demographics")]
    AnotherPerson,
    /// We could not sign.
    #[error("the assertion could not be signed")]
    Signing,
}

impl From<Unsigned> for PeerFault {
    fn from(fault: Unsigned) -> Self {
        tracing::error!(error = %fault, "no assertion could be signed");
        Self::Signing
    }
}

impl From<fhir::Error> for PeerFault {
    fn from(_: fhir::Error) -> Self {
        Self::Unreadable("FHIR")
    }
}

/// A peer that let us in.
pub(crate) struct Peer<'a> {
    network: &'a Network,
    base: &'a str,
    access_token: Secret,
}

/// The SMART configuration of a peer: what it says of itself, and so no more than a claim. Its endpoints count
/// only where they are of the same origin as its FHIR base. A node that could name another's token endpoint would
/// be sent the access token which that one gives us for it (a mix-up, RFC 9207 1). A node whose authorization
/// server stands elsewhere will need an explicit entry of the operator's; there is no such list yet.
#[derive(Deserialize)]
pub(crate) struct Configuration {
    /// Of the node's own origin.
    pub(crate) token_endpoint: String,
    #[serde(default)]
    authorization_endpoint: Option<String>,
    #[serde(default)]
    issuer: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
}

impl<'a> Peer<'a> {
    /// Proves to the peer at `base` who asks and for whom.
    pub(crate) async fn enter(
        network: &'a Network,
        requester: Requester<'_>,
        base: &'a str,
    ) -> Result<Self, PeerFault> {
        let token_endpoint = Configuration::fetch(network, base).await?.token_endpoint;
        let assertion = assertion::sign(network, requester, &token_endpoint).await?;
        let form = [("grant_type", "client_credentials"), ("scope", SCOPE)];
        let request = Request::post(
            &token_endpoint,
            "application/x-www-form-urlencoded",
            token_form(&form, &assertion),
        );
        let answer = token_answer(network, request).await?;
        let token: TokenAnswer =
            serde_json::from_slice(&answer).map_err(|_| PeerFault::Unreadable("the token response"))?;
        Ok(Self::with_token(network, base, Secret::new(token.access_token)))
    }

    /// A peer that gave us this access token.
    pub(crate) fn with_token(network: &'a Network, base: &'a str, access_token: Secret) -> Self {
        Self { network, base, access_token }
    }

    /// What the peer has on file of a patient.
    pub(crate) async fn patient(&self, id: &str) -> Result<PatientDemographics, PeerFault> {
        if !is_id(id) {
            return Err(PeerFault::Unreadable("the patient's id"));
        }
        let text = self.read(&format!("{}/Patient/{id}", self.base)).await?;
        let patient = Resource::scan(&text)?;
        if patient.id() != Some(id) {
            return Err(PeerFault::AnotherPerson);
        }
        Ok(PatientDemographics::read(&patient)?)
    }

    /// Posts a FHIR resource to an operation; the answer's text.
    pub(crate) async fn operation(&self, path: &str, body: String) -> Result<String, PeerFault> {
        let url = format!("{}/{path}", self.base);
        self.ask(Request::post(&url, "application/fhir+json", body).at_most(MAX_OPERATION)).await
    }

    /// Reads below the base, or a page the peer linked to; the answer's text.
    pub(crate) async fn read(&self, url: &str) -> Result<String, PeerFault> {
        // A link to elsewhere would carry our access token there.
        if !is_below(self.base, url) {
            return Err(PeerFault::ForeignOrigin);
        }
        self.ask(Request::get(url).at_most(MAX_PAGE)).await
    }

    async fn ask(&self, request: Request<'_>) -> Result<String, PeerFault> {
        let request = request
            .header("accept", "application/fhir+json")
            .header("authorization", &format!("Bearer {}", self.access_token.expose()))
            .within(Duration::from_secs(30));
        let answer = self.network.client.fetch(request).await?;
        if !answer.status.is_success() {
            return Err(PeerFault::Status(answer.status.as_u16()));
        }
        String::from_utf8(answer.body.into()).map_err(|_| PeerFault::Unreadable("UTF-8"))
    }
}

impl Configuration {
    /// Reads the SMART configuration below a FHIR base URL; refuses one that names another's token endpoint.
    pub(crate) async fn fetch(network: &Network, base: &str) -> Result<Self, PeerFault> {
        let url = format!("{base}/.well-known/smart-configuration");
        let request = Request::get(&url).at_most(64 * 1024).header("accept", "application/json");
        let answer = network.client.fetch(request).await?;
        if !answer.status.is_success() {
            return Err(PeerFault::Status(answer.status.as_u16()));
        }
        let configuration: Self = serde_json::from_slice(&answer.body)
            .map_err(|_| PeerFault::Unreadable("the SMART configuration"))?;
        check_same_origin(base, &configuration.token_endpoint)?;
        Ok(configuration)
    }

    /// Where patients sign in at the node at `base`; none when it has no sign-in.
    pub(crate) fn authorization_endpoint(&self, base: &str) -> Result<Option<&str>, PeerFault> {
        let endpoint = self.authorization_endpoint.as_deref();
        if let Some(endpoint) = endpoint {
            check_same_origin(base, endpoint)?;
        }
        Ok(endpoint)
    }

    /// Whether `iss` of an authorization response (RFC 9207 2.4) is the node at `base`: the issuer that it names,
    /// and in any case of its origin.
    pub(crate) fn is_issuer(&self, base: &str, iss: &str) -> bool {
        check_same_origin(base, iss).is_ok() && self.issuer.as_deref().is_none_or(|issuer| issuer == iss)
    }
}

fn check_same_origin(base: &str, url: &str) -> Result<(), PeerFault> {
    match (Origin::of_url(base), Origin::of_url(url)) {
        (Some(own), Some(named)) if own == named => Ok(()),
        _ => Err(PeerFault::ForeignOrigin),
    }
}

/// A token request's form, proven by an assertion.
pub(crate) fn token_form(fields: &[(&str, &str)], assertion: &Secret) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .append_pair("client_assertion_type", ASSERTION_TYPE)
        .append_pair("client_assertion", assertion.expose())
        .append_pair("udap", "1")
        .finish()
}

/// A token endpoint's answer, or the OAuth error it refused with.
pub(crate) async fn token_answer(network: &Network, request: Request<'_>) -> Result<Bytes, PeerFault> {
    let answer = network.client.fetch(request.at_most(64 * 1024)).await?;
    if answer.status.is_success() {
        return Ok(answer.body);
    }
    let error: Result<TokenError, _> = serde_json::from_slice(&answer.body);
    Err(match error {
        // It goes to the log: nothing but the letters of an error code (RFC 6749 5.2).
        Ok(TokenError { error }) => {
            PeerFault::Refused(error.chars().filter(char::is_ascii_graphic).take(64).collect())
        }
        Err(_) => PeerFault::Status(answer.status.as_u16()),
    })
}

/// Whether a link that a peer gave leads to that peer: `https://a.example` is not above
/// `https://a.example.evil`.
pub(crate) fn is_below(base: &str, url: &str) -> bool {
    url.strip_prefix(base).is_some_and(|rest| rest.starts_with(['/', '?']))
}
