//! ID tokens of a CSP that exists for the run alone, and the forms that push them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ambient::{Clock, Entropy};
use anyhow::Context as _;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jose::{Algorithm, SigningKey};
use model::id::{TokenId, hex};
use serde_json::json;

/// The CSP's issuer; its keys are in a file, so that nobody looks for it.
pub(crate) const ISSUER: &str = "https://csp.example/oidc-sandbox";
/// The HCID of the organisation that the tokens are for.
pub(crate) const HCID: &str = "2.999.7204.9.1";
/// Tokens are issued one after the other over this time: in the order in which they are pushed, as patients come.
const ISSUED_OVER: i64 = 600;

/// What was minted.
pub(crate) struct Minted {
    /// The CSP's keys.
    pub(crate) jwks: PathBuf,
    /// One form a line.
    pub(crate) forms: PathBuf,
    /// The same for a server that wants the client and its redirect URI named.
    pub(crate) named_forms: PathBuf,
    /// What a client asks for itself.
    pub(crate) token_form: PathBuf,
}

impl Minted {
    pub(crate) fn new(folder: &Path, many: usize) -> anyhow::Result<Self> {
        let folder = folder.join("csp");
        std::fs::create_dir_all(&folder)?;
        // As CSPs have them; our own keys are longer.
        let pkcs8 = KeyPair::generate(KeySize::Rsa2048).context("no key")?;
        let pkcs8: Pkcs8V1Der<'_> = pkcs8.as_der().context("no key")?;
        let key = SigningKey::from_pkcs8(Algorithm::Rs256, pkcs8.as_ref()).context("no key")?;
        let now = Clock::system().now().seconds();
        let (mut forms, mut named, mut tokens) = (String::new(), String::new(), String::new());
        let entropy = Entropy::system();
        let client = "env_0000000000000000000000.atoc_0000000000000000000000000000000000";
        for number in 0..many {
            let at = now - ISSUED_OVER + ISSUED_OVER * i64::try_from(number)? / i64::try_from(many)?;
            let claims = json!({
                "iss": ISSUER, "sub": format!("act_{number}"), "aud": [client, format!("urn:oid:{HCID}")],
                "iat": at, "nbf": at, "exp": at + 7000, "auth_time": at - 2, "azp": client,
                "jti": TokenId::from_random(entropy.bytes()).as_str(), "nonce": hex(&entropy.bytes::<16>()),
                "inquiry_id": format!("inq_{number}"),
                "given_name": "Camila", "family_name": "Lopez", "middle_name": "Maria", "nickname": "Unknown",
                "birthdate": "1987-09-12", "SSN_Last_four_digits": "6789",
                "phone_number": "+14694694321", "phone_number_verified": true,
                "address": {
                    "formatted": "3268 West Johnson St. Apt 117, Garland, TX 75043, US",
                    "street_address": "3268 West Johnson St. Apt 117", "locality": "Garland", "region": "TX",
                    "postal_code": "75043", "country": "US",
                },
                "email": "knixontestemail@epic.com", "email_verified": true,
            });
            let token = key.sign("JWT", claims.to_string().as_bytes(), &entropy.for_signing());
            let token = token.context("no signature")?;
            let form = "scope=openid%20profile%20email&response_type=code&idp=persona_csp&idp_id_token=";
            writeln!(forms, "{form}{token}")?;
            writeln!(
                named,
                "{form}{token}&client_id=public_test_bench&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb"
            )?;
            writeln!(tokens, "{token}")?;
        }
        let minted = Self {
            jwks: folder.join("csp.jwks.json"),
            forms: folder.join("par_bodies.txt"),
            named_forms: folder.join("par_bodies_named.txt"),
            token_form: folder.join("token_body.txt"),
        };
        std::fs::write(&minted.token_form, "grant_type=client_credentials\n")?;
        std::fs::write(&minted.jwks, json!({"keys": [key.public_jwk()]}).to_string())?;
        std::fs::write(&minted.forms, forms)?;
        std::fs::write(&minted.named_forms, named)?;
        std::fs::write(folder.join("tokens.txt"), tokens)?;
        Ok(minted)
    }

    /// The folder that the yardstick reads.
    pub(crate) fn folder(&self) -> &Path {
        self.jwks.parent().unwrap_or(&self.jwks)
    }
}
