//! The authorization server: trust in CSPs, pushed authorization requests, consent, codes and tokens.
//!
//! A patient's way through it: [`par::push`] judges the ID token and keeps the request; [`authorize::begin`]
//! takes that request, once, and shows what is asked; [`consent::decide`] records the patient's decision;
//! [`tokens::issue`] turns the code into a session. Who may ask for that, and with which keys, an
//! operator keeps in [`organizations`] and [`credentials`].

pub mod authorize;
pub mod clients;
pub mod consent;
pub mod credentials;
pub mod csps;
pub mod dpop;
pub mod introspect;
pub mod lint;
pub mod logout;
pub mod organizations;
mod own_assertion;
pub mod par;
pub mod proofing;
pub mod refusals;
pub mod registrations;
pub mod session;
pub mod targets;
pub mod token_exchange;
pub mod tokens;
pub mod userinfo;

use std::sync::Arc;
use std::time::Duration;

use ambient::{Clock, Entropy};
use egress::{Client, IssuerKeys};
use store::{KeyRing, Store};

use crate::clients::{Gate, OnFailedCall};
use crate::csps::TrustedCsps;
use crate::par::RefusedPushes;
use crate::proofing::Providers;
use crate::registrations::Registrations;

/// What the authorization server works with. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    /// Where everything is kept.
    pub store: Store,
    /// Makes outbound calls.
    pub client: Client,
    /// Keys of CSPs.
    pub issuer_keys: IssuerKeys,
    /// Which CSPs are trusted.
    pub csps: Arc<TrustedCsps>,
    /// Where patients without an ID token can be sent.
    pub registrations: Arc<Registrations>,
    /// What those CSPs say of themselves.
    pub providers: Providers,
    /// Sign ID tokens and access tokens.
    pub keys: KeyRing,
    /// The time.
    pub clock: Clock,
    /// Fresh secrets.
    pub entropy: Entropy,
    /// Whether a client that has proven itself may be served now.
    pub gate: Gate,
    /// Told of a client's failed calls that the gate does not see.
    pub on_failed_call: OnFailedCall,
    /// Refused pushes that are not in the audit trail yet.
    pub refused: Arc<RefusedPushes>,
    /// What the operator decides.
    pub settings: Arc<Settings>,
}

/// What the operator decides about the authorization server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the world reaches OpenIAS: the issuer, without a trailing slash.
    pub base_url: String,
    /// How long a consent lasts.
    pub consent_life: Duration,
    /// Whether DPoP proofs have to hold a nonce of ours (RFC 9449 section 8).
    pub dpop_nonces: bool,
}

impl Settings {
    /// Where the widget receives its code: the one redirect URI every client has.
    pub fn widget_callback(&self) -> String {
        format!("{}/auth/callback", self.base_url)
    }

    /// The names of this API, by which access tokens are for it.
    pub(crate) fn api_names(&self) -> [String; 2] {
        [self.base_url.clone(), format!("{}/v1", self.base_url)]
    }

    /// Where clients push requests and ask for tokens, with and without a version in the path.
    pub(crate) fn token_endpoints(&self) -> [String; 4] {
        ["/oauth2/token", "/oauth2/par", "/v1/oauth2/token", "/v1/oauth2/par"]
            .map(|path| format!("{}{path}", self.base_url))
    }

    /// Where CSPs send patients back to: our redirect URI at every one of them.
    pub fn proofing_callback(&self) -> String {
        format!("{}/oauth2/proofing/callback", self.base_url)
    }
}

/// A `request_uri` lives this long: the seed's 90 seconds.
pub const REQUEST_LIFE: Duration = Duration::from_secs(90);
/// How long the patient may think on the consent page.
pub const DECISION_LIFE: Duration = Duration::from_mins(15);
/// A code lives this long: FAPI 2.0's bound.
pub const CODE_LIFE: Duration = Duration::from_mins(1);
/// A patient's session in the widget lives this long, and so does its ID token.
pub const SESSION_LIFE: Duration = Duration::from_hours(1);
const _: () = assert!(SESSION_LIFE.as_secs() <= store::key_ring::SIGNED_LIFE.as_secs());
