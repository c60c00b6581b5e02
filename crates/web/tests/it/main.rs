//! The server over real HTTP: route by route as the sources are laid out, then what spans them.

#![expect(clippy::expect_used, reason = "a test ends where something is missing")]

mod bridge;
mod csp;
mod health;
mod hostile;
mod jobs;
mod journey;
mod keys;
mod limits;
mod oauth;
mod openapi;
mod portal;
mod single_use;
mod webhooks;
