//! The authorization server.

mod authorize;
mod decision;
mod introspect;
mod metadata;
mod par;
mod proofing;
mod refresh;
mod token;
mod token_exchange;
