//! The authorization server.

mod authorize;
mod decision;
mod metadata;
mod par;
mod token;
