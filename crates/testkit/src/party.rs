//! One integrator: its keys, the calls its backend makes, and what its patients do in the widget.

use ambient::Entropy;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Secret;
use serde_json::{Value, json};

use crate::http::{Answer, Call, Http, encode};

/// An integrator.
#[derive(Clone)]
pub struct Party {
    /// Calls the server.
    pub http: Http,
    /// Its public id.
    pub public_id: String,
    /// Its private key.
    pub private_key: Secret,
}

/// A PKCE verifier and its challenge (RFC 7636).
#[derive(Clone)]
pub struct Pkce {
    /// `code_verifier`
    pub verifier: String,
    /// `code_challenge`, S256.
    pub challenge: String,
}

impl Pkce {
    /// A fresh pair.
    pub fn fresh() -> Self {
        Self::of(Entropy::system().secret().expose())
    }

    /// The pair of a verifier.
    pub fn of(verifier: &str) -> Self {
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()));
        Self { verifier: verifier.to_owned(), challenge }
    }
}

impl Party {
    /// The widget's redirect URI.
    pub fn widget_callback(&self) -> String {
        format!("{}/auth/callback", self.http.base())
    }

    /// `call` with the private key.
    pub fn signed(&self, call: Call) -> Call {
        call.basic(&self.public_id, self.private_key.expose())
    }

    /// A pushed request with this ID token, not made yet.
    pub fn par(&self, id_token: &str) -> Call {
        self.signed(self.http.form(
            "/oauth2/par",
            &[
                ("scope", "openid profile email"),
                ("response_type", "code"),
                ("idp", "persona_csp"),
                ("idp_id_token", id_token),
            ],
        ))
    }

    /// Pushes an ID token; the `request_uri`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn push(&self, id_token: &str) -> String {
        let pushed = self.par(id_token).send().await.is(201);
        pushed.json()["request_uri"].as_str().expect("a request_uri").to_owned()
    }

    /// Opens the consent page as the widget does.
    pub async fn open_consent(&self, request_uri: &str, pkce: &Pkce) -> Answer {
        self.authorize(&[("request_uri", request_uri), ("code_challenge", &pkce.challenge)]).await
    }

    /// Calls the authorization endpoint with these parameters above the widget's own.
    pub async fn authorize(&self, parameters: &[(&str, &str)]) -> Answer {
        let callback = self.widget_callback();
        let own = [
            ("response_type", "code"),
            ("client_id", self.public_id.as_str()),
            ("redirect_uri", callback.as_str()),
            ("state", "the state"),
            ("code_challenge_method", "S256"),
        ];
        let beside = own.into_iter().filter(|(name, _)| parameters.iter().all(|(given, _)| given != name));
        let all: Vec<_> =
            beside.chain(parameters.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        self.http.get(&format!("/v1/oauth2/authorize?{}", encode(&all))).send().await
    }

    /// Decides on the consent page.
    pub async fn decide(&self, handle: &str, decision: &str) -> Answer {
        self.http
            .form("/oauth2/authorize/decision", &[("handle", handle), ("decision", decision)])
            .send()
            .await
    }

    /// Opens the consent page and allows; the code.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn allow(&self, request_uri: &str, pkce: &Pkce) -> String {
        let page = self.open_consent(request_uri, pkce).await.is(200);
        let back = self.decide(&page.hidden("handle"), "allow").await.is(303);
        back.parameter("code").expect("a code")
    }

    /// A redemption of a code by the widget, not made yet.
    pub fn redeem(&self, code: &str, verifier: &str) -> Call {
        let callback = self.widget_callback();
        self.http.form(
            "/v1/oauth2/token",
            &[
                ("grant_type", "authorization_code"),
                ("client_id", &self.public_id),
                ("code", code),
                ("code_verifier", verifier),
                ("redirect_uri", &callback),
            ],
        )
    }

    /// The whole way from an ID token to the access token of a patient's session.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn session(&self, id_token: &str) -> String {
        let pkce = Pkce::fresh();
        let code = self.allow(&self.push(id_token).await, &pkce).await;
        let tokens = self.redeem(&code, &pkce.verifier).send().await.is(200);
        tokens.json()["access_token"].as_str().expect("an access token").to_owned()
    }

    /// A GET of the bridge API in a patient's session; its `data`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn bridge(&self, path: &str, session: &str) -> Value {
        let path = format!("/v1/bridge/{path}?public_id={}", self.public_id);
        self.http.get(&path).bearer(session).send().await.is(200).json()["data"].take()
    }

    /// Connects accounts in a patient's session; the `data` of the answer.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn connect(&self, session: &str, accounts: &[String]) -> Value {
        let path = format!("/v1/bridge/vault_connection/authorize?public_id={}", self.public_id);
        let body = json!({"vault_connection_ids": accounts, "external_id": "patient-7"});
        self.http.json(&path, &body).bearer(session).send().await.is(200).json()["data"].take()
    }

    /// Asks for the export of a connection, not made yet.
    pub fn export(&self, connection: &str) -> Call {
        self.signed(self.http.json("/v1/bridge/fhir/ehi-export", &json!({"org_connection_id": connection})))
    }

    /// How far an export is: the `data` of the answer.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn export_status(&self, task: &str) -> Value {
        let call = self.signed(self.http.get(&format!("/v1/bridge/fhir/ehi-export/{task}")));
        call.send().await.is(200).json()["data"].take()
    }

    /// Downloads an export file by way of its signed link.
    ///
    /// # Panics
    /// When any of it is refused.
    pub async fn download(&self, url: &str) -> String {
        let link = self.signed(self.http.get(url)).send().await.is(302).location();
        self.http.get(link.as_str()).send().await.is(200).text()
    }
}
