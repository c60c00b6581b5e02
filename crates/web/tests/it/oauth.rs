//! The authorization server.

mod assertion;
mod authorize;
mod decision;
mod dpop;
mod introspect;
mod metadata;
mod par;
mod refresh;
mod token;
mod token_exchange;
