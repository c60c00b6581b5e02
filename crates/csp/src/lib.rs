//! The credential service provider: proves who a patient is and issues the ID token that says so.
//!
//! A patient's way through it: [`authorize::begin`] opens an inquiry; [`inquiry::name_person`] and
//! [`inquiry::confirm`] take the patient through it; [`tokens::redeem`] gives the client the ID token, and
//! [`tokens::refresh`] renews it until the proofing is too old.

pub mod authorize;
pub mod inquiry;
pub mod templates;
pub mod tokens;
pub mod userinfo;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
pub use store::CspEnvironment as Environment;
use store::{KeyRing, Store};

use crate::templates::Gate;

/// What the CSP works with. Cheap to clone.
#[derive(Clone)]
pub struct Csp {
    /// Where everything is kept.
    pub store: Store,
    /// Sign for the sandbox issuer alone.
    pub sandbox_keys: KeyRing,
    /// Sign for the production issuer alone.
    pub production_keys: KeyRing,
    /// The time.
    pub clock: Clock,
    /// Fresh secrets.
    pub entropy: Entropy,
    /// Whether a client that has proven itself may be served now.
    pub gate: Gate,
    /// Where the world reaches OpenIAS, without a trailing slash.
    pub base_url: Arc<str>,
}

impl Csp {
    /// The issuer of an environment: its tokens' `iss`, and the URL its endpoints stand under.
    pub fn issuer(&self, environment: Environment) -> String {
        format!("{}/authenticate/{}", self.base_url, path_of(environment))
    }

    /// The keys of an environment. They never sign for each other.
    pub fn keys(&self, environment: Environment) -> &KeyRing {
        match environment {
            Environment::Sandbox => &self.sandbox_keys,
            Environment::Production => &self.production_keys,
        }
    }
}

/// The last part of an issuer's path.
pub const fn path_of(environment: Environment) -> &'static str {
    match environment {
        Environment::Sandbox => "oidc-sandbox",
        Environment::Production => "oidc",
    }
}

/// ID tokens live this long: the seed's hour.
pub const ID_TOKEN_LIFE: Duration = Duration::from_hours(1);
const _: () = assert!(ID_TOKEN_LIFE.as_secs() <= store::key_ring::SIGNED_LIFE.as_secs());
/// A patient has this long for an inquiry.
pub const INQUIRY_LIFE: Duration = Duration::from_mins(30);
/// A code lives this long.
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// A `request_uri` lives this long.
pub const REQUEST_LIFE: Duration = Duration::from_secs(90);
/// A proofing counts for this many days at most, refresh or not.
pub const MAX_REFRESH_DAYS: u16 = 90;
