//! The real binary as a child process: how it starts, how it stops, what a crash costs, what it gives away.

#![expect(clippy::expect_used, reason = "a test ends where something is missing")]

mod child;
mod crash;
mod installation;
mod planted;
mod start;
mod token;
