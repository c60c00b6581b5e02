//! The only way out. Every outbound HTTP call goes through [`Client`], which dials nothing but public
//! addresses over https and the private origins that the operator has listed, follows no redirect, uses no
//! proxy, and bounds time and size. Mail goes through [`Mailer`], to the operator's relay alone.

mod address;
mod client;
mod issuer_keys;
mod mail;
mod origin;

pub use client::{Body, Client, EgressError, Fetched, Request, permits};
pub use issuer_keys::{
    AtHand, Discovery, DocumentFault, FRESH, IssuerKeys, KeySource, KeysAtHand, KeysUnavailable,
    MAX_DOCUMENT, PAUSE, STALE, document,
};
pub use mail::{MailFault, Mailer, Relay, RelaySecurity, is_mailbox};
pub use origin::{InvalidOrigin, Origin};
