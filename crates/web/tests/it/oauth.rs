//! The authorization server.

mod assertion;
mod authorize;
mod client_credentials;
mod decision;
mod dpop;
mod fapi2;
mod flow;
mod introspect;
mod logout;
mod metadata;
mod par;
mod proofing;
mod refresh;
mod refusals;
mod targets;
mod token;
mod token_exchange;
mod userinfo;
