//! The server over real HTTP: route by route as the sources are laid out, then what spans them.

mod bridge;
mod csp;
mod health;
mod journey;
mod oauth;
mod portal;
mod single_use;
mod webhooks;
