//! The credential service provider.

mod authorize;
mod inquiry;
mod metadata;
mod par;
mod templates;
mod token;
mod userinfo;

use serde_json::Value;
use testkit::http::{Call, encode};
use testkit::{Answer, CspClient, Http, PATIENT, Pkce, TestServer};

const SANDBOX: &str = "/authenticate/oidc-sandbox";
const PRODUCTION: &str = "/authenticate/oidc";

/// An OIDC client and the patient that it sends.
pub(crate) struct Relying {
    http: Http,
    pub(crate) client: CspClient,
    pkce: Pkce,
}

impl Relying {
    pub(crate) async fn party(server: &TestServer) -> Self {
        Self { http: server.http.clone(), client: server.csp_client().await, pkce: Pkce::fresh() }
    }

    /// The parameters of a good authorization request, with these above them; empty ones are left out.
    fn request<'a>(&'a self, parameters: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let own = [
            ("response_type", "code"),
            ("client_id", self.client.client_id.as_str()),
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("scope", "openid profile email"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", self.pkce.challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", "patient-7"),
        ];
        let beside = own.into_iter().filter(|(name, _)| parameters.iter().all(|(given, _)| given != name));
        beside.chain(parameters.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
    }

    async fn authorize(&self, parameters: &[(&str, &str)]) -> Answer {
        self.http.get(&format!("{SANDBOX}/authorize?{}", encode(&self.request(parameters)))).send().await
    }

    async fn step(&self, step: &str, fields: &[(&str, &str)]) -> Answer {
        self.http.form(&format!("{SANDBOX}/inquiry/{step}"), fields).send().await
    }

    /// Opens an inquiry; its handle.
    async fn open(&self) -> String {
        self.authorize(&[]).await.is(200).hidden("handle")
    }

    /// Opens an inquiry and names [`PATIENT`]; its handle.
    async fn named(&self) -> String {
        let handle = self.open().await;
        self.step("person", &[("handle", &handle), ("contact", PATIENT)]).await.is(200).hidden("handle")
    }

    /// Goes through an inquiry; the code.
    async fn code(&self) -> String {
        let handle = self.named().await;
        let fields = [("handle", handle.as_str()), ("code", "123456"), ("pass_verifications", "on")];
        self.step("confirm", &fields).await.is(303).parameter("code").expect("a code")
    }

    /// Proves a person under a client's own id of them; the code.
    async fn proven(&self, login_hint: &str, contact: &str) -> String {
        let handle = self.authorize(&[("login_hint", login_hint)]).await.is(200).hidden("handle");
        self.step("person", &[("handle", &handle), ("contact", contact)]).await.is(200);
        let fields = [("handle", handle.as_str()), ("code", "123456"), ("pass_verifications", "on")];
        self.step("confirm", &fields).await.is(303).parameter("code").expect("a code")
    }

    /// The answer to the redemption of a code.
    async fn redeemed(&self, code: &str) -> Answer {
        self.signed(self.redemption(code, "", "")).send().await
    }

    fn signed(&self, call: Call) -> Call {
        call.basic(&self.client.client_id, self.client.client_secret.expose())
    }

    /// A redemption with one field set or, when empty, left out; without credentials.
    fn redemption(&self, code: &str, name: &str, value: &str) -> Call {
        let good = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.client.redirect_uri.as_str()),
            ("code_verifier", self.pkce.verifier.as_str()),
        ];
        let kept = good.into_iter().filter(|(known, _)| *known != name);
        let fields: Vec<_> = kept.chain(Some((name, value)).filter(|(_, value)| !value.is_empty())).collect();
        self.http.form(&format!("{SANDBOX}/token"), &fields)
    }

    /// Goes through an inquiry and redeems its code; the tokens.
    pub(crate) async fn tokens(&self) -> Value {
        let code = self.code().await;
        self.signed(self.redemption(&code, "", "")).send().await.is(200).json()
    }

    pub(crate) fn refresh(&self, refresh_token: &str) -> Call {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.signed(self.http.form(&format!("{SANDBOX}/token"), &fields))
    }
}

/// A token of an answer.
pub(crate) fn token<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().expect("a token")
}

/// The claims of a token whose signature nobody looks at here.
fn claims(id_token: &str) -> Value {
    use base64::Engine as _;
    let payload = id_token.split('.').nth(1).expect("a payload");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("claims")
}
