//! The only way out. Every outbound HTTP call goes through [`Client`], which dials nothing but public
//! addresses over https and the private origins that the operator has listed, follows no redirect, uses no
//! proxy, and bounds time and size.

mod address;
mod client;
mod issuer_keys;
mod origin;

pub use client::{Body, Client, EgressError, Fetched, Request};
pub use issuer_keys::{Discovery, FRESH, IssuerKeys, KeySource, KeysUnavailable, PAUSE, STALE};
pub use origin::{InvalidOrigin, Origin};
