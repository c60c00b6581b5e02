//! Somebody who holds a key and proves it with each request (DPoP, RFC 9449).

use ambient::{Clock, Entropy};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fuzzing::Mint;
use jose::Algorithm;
use serde_json::{Value, json};

use crate::TestServer;

/// The holder.
pub struct Holder {
    /// The key.
    pub key: Mint,
    base: String,
    clock: Clock,
}

impl Holder {
    /// One with a fresh ES256 key, who calls this server.
    pub fn new(server: &TestServer) -> Self {
        Self::with(server, Algorithm::Es256)
    }

    /// One with a fresh key of another algorithm.
    pub fn with(server: &TestServer, algorithm: Algorithm) -> Self {
        let (base, clock) = (server.http.base().to_owned(), server.clock.clone());
        Self { key: Mint::new(algorithm), base, clock }
    }

    /// The thumbprint of the key.
    pub fn jkt(&self) -> &str {
        self.key.key.kid()
    }

    /// The claims of a good proof, never the same twice.
    pub fn claims(&self, method: &str, path: &str) -> Value {
        let jti = Entropy::system().secret().expose().to_owned();
        let url = format!("{}{path}", self.base);
        json!({"jti": jti, "htm": method, "htu": url, "iat": self.clock.now().seconds()})
    }

    /// A good proof for a POST.
    pub fn proof(&self, path: &str) -> String {
        self.key.proof(&self.claims("POST", path))
    }

    /// A good proof for a GET with an access token.
    pub fn proof_with(&self, path: &str, access_token: &str) -> String {
        let mut claims = self.claims("GET", path);
        let hash = digest::digest(&digest::SHA256, access_token.as_bytes());
        claims["ath"] = URL_SAFE_NO_PAD.encode(hash).into();
        self.key.proof(&claims)
    }
}
