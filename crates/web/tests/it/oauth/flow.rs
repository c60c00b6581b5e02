//! A client with pages of its own: it pushes everything, and the browser brings nothing.

use testkit::http::Call;
use testkit::{Answer, Keyed, Party, Pkce, TestServer};

/// Where codes of the client's own pages go.
pub(super) const OWN: &str = "https://app.example/authorized";

/// Whoever proves itself with each form.
pub(super) trait Client {
    /// A form that proves the client, not sent yet.
    fn proven(&self, path: &str, fields: &[(&str, &str)]) -> Call;
    fn party(&self) -> &Party;
}

impl Client for Party {
    fn proven(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.signed(self.http.form(path, fields))
    }

    fn party(&self) -> &Party {
        self
    }
}

impl Client for Keyed {
    fn proven(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.form(path, fields)
    }

    fn party(&self) -> &Party {
        &self.party
    }
}

/// A pushed request, in which these parameters stand besides or instead; empty ones are left out.
pub(super) fn push(server: &TestServer, client: &impl Client, pkce: &Pkce, more: &[(&str, &str)]) -> Call {
    let id_token = server.id_token();
    let usual = [
        ("scope", "openid profile email offline_access"),
        ("response_type", "code"),
        ("idp", "persona_csp"),
        ("idp_id_token", id_token.as_str()),
        ("redirect_uri", OWN),
        ("code_challenge", pkce.challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    client.proven("/oauth2/par", &replaced(&usual, more))
}

/// The code of a pushed request that the patient allows.
pub(super) async fn allowed(client: &impl Client, pushed: Answer) -> String {
    let request_uri = pushed.is(201).json()["request_uri"].as_str().expect("text").to_owned();
    let party = client.party();
    let page = party.authorize(&[("request_uri", request_uri.as_str())]).await.is(200);
    party.decide(&page.hidden("handle"), "allow").await.is(303).parameter("code").expect("a code")
}

/// The redemption of a code, in which these parameters stand besides or instead.
pub(super) fn redeem(client: &impl Client, code: &str, pkce: &Pkce, more: &[(&str, &str)]) -> Call {
    let usual = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("code_verifier", pkce.verifier.as_str()),
        ("redirect_uri", OWN),
    ];
    client.proven("/oauth2/token", &replaced(&usual, more))
}

/// The renewal of tokens.
pub(super) fn renew(client: &impl Client, refresh_token: &str, more: &[(&str, &str)]) -> Call {
    let usual = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    client.proven("/oauth2/token", &replaced(&usual, more))
}

/// What a token is worth, as its client is told.
pub(super) async fn introspect(client: &impl Client, token: &str) -> serde_json::Value {
    client.proven("/oauth2/introspect", &[("token", token)]).send().await.is(200).json()
}

/// What stands in a JWT.
pub(super) fn claims(token: &str) -> serde_json::Value {
    part(token, 1)
}

/// What stands in a JWT's header.
pub(super) fn header(token: &str) -> serde_json::Value {
    part(token, 0)
}

fn part(token: &str, number: usize) -> serde_json::Value {
    use base64::Engine as _;
    let part = token.split('.').nth(number).expect("a part");
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

fn replaced<'a>(usual: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stays = |(name, _): &&(&str, &str)| !more.iter().any(|(changed, _)| changed == name);
    usual.iter().filter(stays).chain(more.iter().filter(|(_, value)| !value.is_empty())).copied().collect()
}
