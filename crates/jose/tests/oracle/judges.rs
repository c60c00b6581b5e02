//! The two verifiers, each under the policy that the published keys imply.

use std::collections::HashMap;
use std::str::FromStr as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation};
use openias_jose::{Algorithm, Compact, Fault, KeySet};
use serde_json::{Map, Value};

/// Both, with the same keys.
pub(crate) struct Judges {
    ours: KeySet,
    theirs: HashMap<String, (DecodingKey, Validation)>,
}

/// What an accepted token's `exp` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    Absent,
    /// A NumericDate.
    Date,
    /// Something else.
    NoDate,
}

impl Judges {
    pub(crate) fn new(jwks: &Value) -> Self {
        let theirs = jwks["keys"].as_array().into_iter().flatten().map(|jwk| {
            let text = |name: &str| jwk[name].as_str().unwrap_or_default();
            let key = match text("kty") {
                "RSA" => DecodingKey::from_rsa_components(text("n"), text("e")),
                "OKP" => DecodingKey::from_ed_components(text("x")),
                _ => DecodingKey::from_ec_components(text("x"), text("y")),
            };
            let algorithm = jsonwebtoken::Algorithm::from_str(text("alg")).unwrap();
            let mut validation = Validation::new(algorithm);
            validation.required_spec_claims.clear();
            validation.validate_aud = false;
            (text("kid").to_owned(), (key.unwrap(), validation))
        });
        Self { theirs: theirs.collect(), ours: KeySet::from_json(jwks.to_string().as_bytes()).unwrap() }
    }

    /// Parsed, verified, its payload a JSON object.
    pub(crate) fn ours(&self, token: &str) -> Result<Expiry, Fault> {
        let compact = Compact::parse(token)?;
        let claims = compact.verify(&self.ours, &Algorithm::ALL)?.claims()?;
        Ok(claims.get("exp").map_or(Expiry::Absent, |exp| match exp.numeric_date() {
            Some(_) => Expiry::Date,
            None => Expiry::NoDate,
        }))
    }

    /// The same, with the key that the header's `kid` names; none when it is refused.
    pub(crate) fn theirs(&self, token: &str) -> Option<Expiry> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let (key, validation) = self.theirs.get(&header.kid?)?;
        match jsonwebtoken::decode::<Map<String, Value>>(token, key, validation) {
            Ok(token) if token.claims.contains_key("exp") => Some(Expiry::Date),
            Ok(_) => Some(Expiry::Absent),
            // It looks at the clock, which does not matter here: by then it has read the date.
            Err(error) => match error.kind() {
                ErrorKind::ExpiredSignature => Some(Expiry::Date),
                ErrorKind::InvalidClaimFormat(_) => Some(Expiry::NoDate),
                _ => None,
            },
        }
    }

    /// Whether they find the bare signature right, whatever they think of header and payload.
    pub(crate) fn their_signature(&self, token: &str) -> bool {
        let signed = |kid: &str| {
            let (key, validation) = self.theirs.get(kid)?;
            let (input, signature) = token.rsplit_once('.')?;
            jsonwebtoken::crypto::verify(signature, input.as_bytes(), key, validation.algorithms[0]).ok()
        };
        let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
        let header: Value = serde_json::from_slice(&header.unwrap_or_default()).unwrap_or_default();
        header["kid"].as_str().and_then(signed).unwrap_or(false)
    }
}
