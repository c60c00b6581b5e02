//! A client that proves itself by a key of its own (RFC 7523).

use ambient::{Clock, Entropy};
use fuzzing::Mint;
use jose::Algorithm;
use model::{ClientAuthentication, ClientPolicy};
use serde_json::{Value, json};

use crate::TestServer;
use crate::http::Call;
use crate::party::Party;

/// What every assertion calls itself.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client.
pub struct Keyed {
    /// Its credential, whose private key is good for nothing any more.
    pub party: Party,
    /// Signs its assertions.
    pub key: Mint,
    clock: Clock,
}

impl Keyed {
    /// A fresh credential of the server's organisation under a policy, with an ES256 key on file.
    ///
    /// # Panics
    /// When the store fails.
    pub async fn of(server: &TestServer, policy: ClientPolicy) -> Self {
        let (party, key) = (server.party().await, Mint::new(Algorithm::Es256));
        let jwks = json!({"keys": [key.key.public_jwk()]}).to_string();
        let authentication = ClientAuthentication::PrivateKeyJwt(jwks);
        server.set_policy(&party, ClientPolicy { authentication, ..policy }).await;
        Self { party, key, clock: server.clock.clone() }
    }

    /// The claims of a good assertion, never the same twice.
    pub fn claims(&self) -> Value {
        let (id, now) = (&self.party.public_id, self.clock.now().seconds());
        let jti = Entropy::system().secret().expose().to_owned();
        json!({"iss": id, "sub": id, "aud": self.party.http.base(), "iat": now, "exp": now + 60, "jti": jti})
    }

    /// A good assertion, never the same twice.
    pub fn assertion(&self) -> String {
        self.key.token(self.claims().to_string())
    }

    /// A form by which the client proves itself, not sent yet.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.form_with(&self.assertion(), path, fields)
    }

    /// The same with an assertion of the test's choice.
    pub fn form_with(&self, assertion: &str, path: &str, fields: &[(&str, &str)]) -> Call {
        let proof = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", assertion)];
        self.party.http.form(path, &[fields, &proof].concat())
    }
}
