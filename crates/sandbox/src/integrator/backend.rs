//! The app's backend: the server-side half of both seeds.

use ambient::Entropy;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egress::Request;
use model::{Challenge, Secret};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::calls::{CallFault, Calls};

/// What the app was given when it was registered.
#[derive(Clone)]
pub struct Keys {
    /// `public_…`, which the page shows.
    pub public_id: String,
    /// `private_…`, which stays here.
    pub private_key: Secret,
    /// Client id at the CSP.
    pub csp_client_id: String,
    /// Client secret at the CSP.
    pub csp_client_secret: Secret,
}

/// The backend.
#[derive(Clone)]
pub struct Backend {
    /// Makes the calls.
    pub calls: Calls,
    /// Its keys.
    pub keys: Keys,
    /// Where OpenIAS is.
    pub openias_url: String,
    /// Where the app itself is.
    pub app_url: String,
    /// Fresh state, nonces and verifiers.
    pub entropy: Entropy,
}

/// A sign-in under way: what the backend must remember until the patient comes back.
#[derive(Clone)]
pub struct SignIn {
    /// Where the browser goes.
    pub url: String,
    /// Comes back unchanged.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    verifier: Secret,
}

/// What the CSP issued.
#[derive(Clone)]
pub struct CspTokens {
    /// The verified identity.
    pub id_token: Secret,
    /// Renews it.
    pub refresh_token: Option<Secret>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct Pushed {
    request_uri: String,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
}

impl Backend {
    /// Where the CSP sends the patient back to.
    pub fn callback(&self) -> String {
        format!("{}/callback", self.app_url)
    }

    /// Prepares a sign-in at the CSP for one of the app's patients.
    pub async fn begin_sign_in(&self, patient: &str) -> Result<SignIn, CallFault> {
        let discovery = self.discovery().await?;
        let (state, nonce) = (self.entropy.secret(), self.entropy.secret());
        let verifier = self.entropy.secret();
        let challenge = Challenge::of(verifier.expose());
        let query = Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.keys.csp_client_id)
            .append_pair("redirect_uri", &self.callback())
            .append_pair("scope", "openid profile email")
            .append_pair("state", state.expose())
            .append_pair("nonce", nonce.expose())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256")
            .append_pair("login_hint", patient)
            .finish();
        Ok(SignIn {
            url: format!("{}?{query}", discovery.authorization_endpoint),
            state: state.expose().to_owned(),
            nonce: nonce.expose().to_owned(),
            verifier,
        })
    }

    /// Redeems the code the patient came back with.
    pub async fn finish_sign_in(&self, sign_in: &SignIn, code: &str) -> Result<CspTokens, CallFault> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.callback())
            .append_pair("code_verifier", sign_in.verifier.expose())
            .finish();
        self.csp_token("redeem the code for an ID token", form).await
    }

    /// Renews an ID token without the patient.
    pub async fn refresh(&self, refresh_token: &Secret) -> Result<CspTokens, CallFault> {
        let form = Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh_token.expose())
            .finish();
        self.csp_token("renew the ID token", form).await
    }

    /// Pushes a request with an ID token, or one that leaves it to OpenIAS to prove who the patient is; the
    /// `request_uri` for the page.
    pub async fn push(&self, id_token: Option<&Secret>) -> Result<String, CallFault> {
        let proof = id_token.map(|id_token| [("idp", "persona_csp"), ("idp_id_token", id_token.expose())]);
        let form = Serializer::new(String::new())
            .append_pair("scope", "openid profile email")
            .append_pair("response_type", "code")
            .extend_pairs(proof.into_iter().flatten())
            .finish();
        let url = format!("{}/oauth2/par", self.openias_url);
        let request = Request::post(&url, "application/x-www-form-urlencoded", form)
            .header("authorization", &basic(&self.keys.public_id, &self.keys.private_key));
        let pushed: Pushed = self.calls.expect("push the ID token", request, &[201]).await?.json()?;
        Ok(pushed.request_uri)
    }

    /// Asks for the records of a connection; the `task_id`.
    pub async fn export(&self, org_connection_id: &str) -> Result<String, CallFault> {
        let url = format!("{}/v1/bridge/fhir/ehi-export", self.openias_url);
        let body = json!({"org_connection_id": org_connection_id}).to_string();
        let request = Request::post(&url, "application/json", body)
            .header("authorization", &basic(&self.keys.public_id, &self.keys.private_key));
        let answer: Value = self.calls.expect("ask for the records", request, &[200]).await?.json()?;
        Ok(answer["data"]["task_id"].as_str().unwrap_or_default().to_owned())
    }

    /// What the provider of a connection is called; its id where the answer has no name.
    pub async fn provider(&self, org_connection_id: &str) -> Result<String, CallFault> {
        let url = format!("{}/v1/bridge/org_connection/{org_connection_id}", self.openias_url);
        let request =
            Request::get(&url).header("authorization", &basic(&self.keys.public_id, &self.keys.private_key));
        let answer: Value =
            self.calls.expect("ask whose records these are", request, &[200]).await?.json()?;
        let text = |name: &str| answer["data"][name].as_str().map(str::to_owned);
        let named = text("provider_name").or_else(|| text("tefca_directory_id"));
        Ok(named.unwrap_or_else(|| org_connection_id.to_owned()))
    }

    /// Downloads an export file: the API redirects to a link that works for ten minutes.
    pub async fn download(&self, url: &str) -> Result<Vec<u8>, CallFault> {
        let request =
            Request::get(url).header("authorization", &basic(&self.keys.public_id, &self.keys.private_key));
        let link = self.calls.expect("ask for the download link", request, &[302]).await?.location()?;
        let request = Request::get(link.as_str()).at_most(256 << 20);
        Ok(self.calls.expect("download the records", request, &[200]).await?.body().to_vec())
    }

    async fn csp_token(&self, step: &str, form: String) -> Result<CspTokens, CallFault> {
        let discovery = self.discovery().await?;
        let request = Request::post(&discovery.token_endpoint, "application/x-www-form-urlencoded", form)
            .header("authorization", &basic(&self.keys.csp_client_id, &self.keys.csp_client_secret));
        let answer: TokenAnswer = self.calls.expect(step, request, &[200]).await?.json()?;
        Ok(CspTokens {
            id_token: Secret::new(answer.id_token),
            refresh_token: answer.refresh_token.map(Secret::new),
        })
    }

    async fn discovery(&self) -> Result<Discovery, CallFault> {
        let issuer = format!("{}/authenticate/oidc-sandbox", self.openias_url);
        let url = format!("{issuer}/.well-known/openid-configuration");
        let step = "read the CSP's discovery document";
        let discovery: Discovery = self.calls.expect(step, Request::get(&url), &[200]).await?.json()?;
        if discovery.issuer == issuer {
            Ok(discovery)
        } else {
            Err(CallFault::Unexpected { step: step.to_owned(), what: "the issuer it was read from" })
        }
    }
}

fn basic(id: &str, secret: &Secret) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{}", secret.expose())))
}
