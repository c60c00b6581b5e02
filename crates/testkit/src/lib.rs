//! What tests stand on: a whole OpenIAS on a loopback port ([`TestServer`]), the keys and calls of an
//! integrator ([`Party`]), its patient's [`Browser`], a CSP that issues any token a test asks for ([`forge::Csp`]), an endpoint that
//! catches webhooks ([`Catcher`]), and a node that says whatever a test wants ([`Stub`]).
//!
//! Nothing here sleeps: a test moves the clock itself, runs the worker until nothing is due, or waits for the
//! event it is about.
#![expect(clippy::expect_used, reason = "what goes wrong here is the failure of the test that stands on it")]

mod browser;
pub mod catcher;
pub mod exchange;
pub mod forge;
mod holder;
pub mod http;
pub mod issuer;
pub mod keyed;
pub mod keys;
pub mod logs;
mod loopback;
pub mod mailbox;
mod party;
mod server;
pub mod stub;

pub use browser::Browser;
pub use catcher::Catcher;
pub use holder::Holder;
pub use http::{Answer, Http};
pub use keyed::Keyed;
pub use mailbox::Mailbox;
pub use party::{Party, Pkce};
pub use server::{CSP_KEY, CSP_SECRET, CspClient, RETRIES, ROTATE_AFTER, SILENT_CSP, Setup, TestServer};
pub use stub::Stub;

use model::Timestamp;

/// When tests with a manual clock begin: 28 May 2026, 20:26:40 UTC.
pub const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);
/// The e-mail of the synthetic patient most tests are about: Camila Lopez.
pub const PATIENT: &str = "knixontestemail@epic.com";
