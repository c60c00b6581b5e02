//! Signing in at a node (IAS response mode 1): the patient proves to the node itself who they are, by the
//! authorization code grant of SMART App Launch, and the node tells us which of its patients they are.

use egress::Request;
use matching::double_check;
use model::pkce::METHOD;
use model::{Challenge, ProvenIdentity, Secret};
use serde::Deserialize;
use url::Url;

use crate::peer::{Configuration, Peer};
use crate::{Network, PeerFault, assertion};

/// Records without the patient being there, until they or the node end it.
const SCOPE: &str = "launch/patient patient/*.read offline_access";

/// A sign-in that can begin.
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// Comes back with the code; ties it to this sign-in.
    pub state: Secret,
    /// Proves that the code comes back to who asked for it (RFC 7636).
    pub verifier: Secret,
}

/// A patient who has signed in.
pub struct SignedIn {
    /// The patient's id at the node.
    pub patient: String,
    /// Opens the records again later; none when the node gives none.
    pub refresh_token: Option<Secret>,
}

/// Why a sign-in did not lead to records.
#[derive(Debug, thiserror::Error)]
pub enum SignInFault {
    /// The node gave no usable answer.
    #[error(transparent)]
    Peer(#[from] PeerFault),
    /// The node has no sign-in.
    #[error("the node has no authorization endpoint")]
    NoSignIn,
    /// The answer came from another authorization server than the node's (RFC 9207).
    #[error("the authorization response names another issuer than the node")]
    ForeignIssuer,
    /// Whoever signed in is not the verified patient.
    #[error("the person who signed in is not the verified patient")]
    AnotherPerson,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    patient: Option<String>,
}

/// Prepares a sign-in at the node behind `endpoint`; `redirect_uri` is ours and registered there. `language` is
/// asked of the node's pages, and the state ends in it: so the page that the patient comes back to speaks it too.
pub async fn begin(
    network: &Network,
    endpoint: &str,
    redirect_uri: &str,
    language: &str,
) -> Result<Begun, SignInFault> {
    let configuration = Configuration::fetch(network, endpoint).await?;
    let authorization = configuration.authorization_endpoint(endpoint)?.ok_or(SignInFault::NoSignIn)?;
    let mut url = Url::parse(authorization).map_err(|_| SignInFault::NoSignIn)?;
    let state = Secret::new(format!("{}.{language}", network.entropy.secret().expose()));
    let verifier = network.entropy.secret();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &network.settings.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("scope", SCOPE)
        .append_pair("state", state.expose())
        .append_pair("aud", endpoint)
        .append_pair("ui_locales", language)
        .append_pair("code_challenge", Challenge::of(verifier.expose()).as_str())
        .append_pair("code_challenge_method", METHOD);
    Ok(Begun { url: url.into(), state, verifier })
}

/// What the browser brought back from a node.
#[derive(Clone, Copy)]
pub struct Returned<'a> {
    /// `code`
    pub code: &'a str,
    /// `iss` (RFC 9207), where the node sends it.
    pub iss: Option<&'a str>,
}

/// Redeems the code and checks that it was the verified patient who signed in.
pub async fn finish(
    network: &Network,
    identity: &ProvenIdentity,
    endpoint: &str,
    redirect_uri: &str,
    verifier: &Secret,
    returned: Returned<'_>,
) -> Result<SignedIn, SignInFault> {
    let configuration = Configuration::fetch(network, endpoint).await?;
    if returned.iss.is_some_and(|iss| !configuration.is_issuer(endpoint, iss)) {
        return Err(SignInFault::ForeignIssuer);
    }
    let form = [
        ("grant_type", "authorization_code"),
        ("code", returned.code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.expose()),
    ];
    let tokens = tokens(network, &configuration, &form).await?;
    let patient = tokens.patient.ok_or(PeerFault::Unreadable("the token response"))?;
    let peer = Peer::with_token(network, endpoint, Secret::new(tokens.access_token));
    let on_file = peer.patient(&patient).await?;
    double_check(&identity.demographics, &on_file).map_err(|_| SignInFault::AnotherPerson)?;
    Ok(SignedIn { patient, refresh_token: tokens.refresh_token.map(Secret::new) })
}

/// Opens the records again without the patient; and a new refresh token, where the node rotates them.
pub(crate) async fn renew<'a>(
    network: &'a Network,
    endpoint: &'a str,
    refresh_token: &Secret,
) -> Result<(Peer<'a>, Option<Secret>), PeerFault> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.expose())];
    let tokens = tokens(network, &Configuration::fetch(network, endpoint).await?, &form).await?;
    let rotated = tokens.refresh_token.filter(|fresh| fresh != refresh_token.expose()).map(Secret::new);
    Ok((Peer::with_token(network, endpoint, Secret::new(tokens.access_token)), rotated))
}

async fn tokens(
    network: &Network,
    configuration: &Configuration,
    form: &[(&str, &str)],
) -> Result<Tokens, PeerFault> {
    let token_endpoint = &configuration.token_endpoint;
    let assertion = assertion::sign_client(network, token_endpoint).await?;
    let body = crate::peer::token_form(form, &assertion);
    let request = Request::post(token_endpoint, "application/x-www-form-urlencoded", body);
    let answer = crate::peer::token_answer(network, request).await?;
    serde_json::from_slice(&answer).map_err(|_| PeerFault::Unreadable("the token response"))
}
