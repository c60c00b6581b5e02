//! A CSP that a test holds in its hand: it publishes its key like any other, and signs whatever it is asked to.

use std::sync::Arc;

use ambient::Entropy;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SigningKey;
use model::demographics::iso_date;
use model::id::TokenId;
use model::synthetic::by_email;
use model::{Hcid, Timestamp};
use serde_json::{Value, json};

use crate::issuer::Issuer;
use crate::{PATIENT, keys};

/// The client that the forged tokens are issued to.
pub const CLIENT_ID: &str = "env_DWP98JkccwwbLPUnzMrx7831.atoc_AWiTtq6zT9TsGU8a6x6rY6qp7n6jXY";
/// Stands in every forged token, and may stand nowhere else.
pub const SSN: &str = "123-45-6789";

/// The CSP. Its discovery document and keys are served for as long as the runtime lives.
#[derive(Clone)]
pub struct Csp {
    /// Its issuer, which is its origin too.
    pub issuer: String,
    key: Arc<SigningKey>,
    site: Issuer,
}

impl Csp {
    /// Starts it.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let key = Arc::new(keys::signing_key(0));
        let site = Issuer::start(&[key.public_jwk()]).await;
        let url = &site.url;
        site.says(&json!({
            "issuer": url,
            "jwks_uri": format!("{url}/jwks"),
            "authorization_endpoint": format!("{url}/authorize?tenant=1"),
            "token_endpoint": format!("{url}/token"),
            "authorization_response_iss_parameter_supported": true,
        }));
        Self { issuer: site.url.clone(), key, site }
    }

    /// Its site, for tests that have it answer otherwise.
    pub fn site(&self) -> &Issuer {
        &self.site
    }

    /// Gives this ID token out for the next code.
    pub fn gives(&self, id_token: &str) {
        self.site.answers_at("/token", 200, &json!({"id_token": id_token, "access_token": "unused"}));
    }

    /// Rotates: publishes the key that was a stranger's until now beside its own.
    pub fn publishes_the_strangers_key(&self) {
        self.site.publishes(&[self.key.public_jwk(), keys::signing_key(1).public_jwk()]);
    }

    /// The claims of a good token of [`PATIENT`], in the form of the published sample.
    pub fn claims(&self, audience: &Hcid, now: Timestamp) -> Value {
        self.claims_of(PATIENT, audience, now)
    }

    /// The claims of a good token of a synthetic patient.
    ///
    /// # Panics
    /// When the e-mail is no synthetic patient's.
    pub fn claims_of(&self, email: &str, audience: &Hcid, now: Timestamp) -> Value {
        let person = by_email(email).expect("a synthetic patient").demographics();
        let address = &person.address;
        json!({
            "iss": self.issuer,
            "sub": "act_qDoDyLcWjKD5e8R5kCmK9vUtcUpv",
            "aud": [CLIENT_ID, audience.urn()],
            "exp": now.seconds() + 3600,
            "iat": now.seconds(),
            "auth_time": now.seconds() - 2,
            "nbf": now.seconds(),
            "jti": TokenId::from_random(Entropy::system().bytes()).as_str(),
            "nonce": "a972942b-015a-41e8-b138-8ce13bba5b1b",
            "azp": CLIENT_ID,
            "inquiry_id": "inq_AWiTtq6SoiDHGrX6i2WpTf9WF4UKL8",
            "given_name": person.given_name,
            "family_name": person.family_name,
            "middle_name": person.middle_name,
            "nickname": "Unknown",
            "birthdate": iso_date(person.birth_date),
            "address": {
                "formatted": format!("{}, {}, {} {}, US", address.street, address.city, address.state, address.postal_code),
                "street_address": address.street,
                "locality": address.city,
                "region": address.state,
                "postal_code": address.postal_code,
                "country": address.country,
            },
            "SSN": SSN,
            "SSN_Last_four_digits": "6789",
            "phone_number": person.phone,
            "phone_number_verified": true,
            "email": person.email,
            "email_verified": true,
        })
    }

    /// A good token.
    pub fn token(&self, audience: &Hcid, now: Timestamp) -> String {
        self.sign(&self.claims(audience, now))
    }

    /// A token with these claims, whatever they are, signed with the published key.
    ///
    /// # Panics
    /// When the key cannot sign.
    pub fn sign(&self, claims: &Value) -> String {
        sign_with(&self.key, claims)
    }

    /// A token with these claims, signed with a key that is not published.
    ///
    /// # Panics
    /// When the key cannot sign.
    pub fn sign_with_a_strangers_key(&self, claims: &Value) -> String {
        sign_with(&keys::signing_key(1), claims)
    }

    /// A token with these claims and the signature of another token.
    ///
    /// # Panics
    /// When the key cannot sign.
    pub fn tamper(&self, claims: &Value) -> String {
        let genuine = self.sign(&json!({"iss": self.issuer}));
        let (header, signature) = (genuine.split('.').next(), genuine.split('.').nth(2));
        format!("{}.{}.{}", header.unwrap_or_default(), encode(claims), signature.unwrap_or_default())
    }

    /// A token with these claims and no signature: `"alg":"none"`.
    pub fn unsigned(&self, claims: &Value) -> String {
        format!(
            "{}.{}.",
            encode(&json!({"alg": "none", "kid": self.key.kid(), "typ": "JWT"})),
            encode(claims)
        )
    }
}

fn sign_with(key: &SigningKey, claims: &Value) -> String {
    let random = Entropy::system().for_signing();
    key.sign("JWT", claims.to_string().as_bytes(), &random).expect("a signature")
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
