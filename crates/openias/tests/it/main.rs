//! The real binary as a child process: how it starts, how it stops, what a crash costs, what it gives away.

#![expect(clippy::expect_used, reason = "a test ends where something is missing")]

mod admin;
mod child;
mod crash;
mod csp;
mod demo;
mod durable;
mod installation;
mod own_csp;
mod planted;
mod race;
mod start;
mod token;
