//! The long runs of tests that are short by themselves: `cargo xtask crash` and `cargo xtask race`.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

/// Runs one test of the binary, optimised, with numbers in its environment.
fn run(root: &Path, test: &str, numbers: &[(&str, u32)]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["test", "--release", "-p", "openias", "--test", "it", "--", "--exact", "--nocapture", test])
        .envs(numbers.iter().map(|(variable, number)| (*variable, number.to_string())))
        .status()
        .context("cargo cannot be run")?;
    anyhow::ensure!(status.success(), "{test} failed");
    Ok(())
}

/// Kills the server as often, in the rounds from this number on.
pub(crate) fn crash(root: &Path, first: u32, rounds: u32) -> anyhow::Result<()> {
    let test = "durable::what_was_acknowledged_is_kept_and_nothing_is_given_twice";
    run(root, test, &[("OPENIAS_TEST_FIRST", first), ("OPENIAS_TEST_ROUNDS", rounds)])
}

/// Has two processes race for one request as often. Fails without OPENIAS_TEST_POSTGRES, where the test is skipped.
pub(crate) fn race(root: &Path, rounds: u32) -> anyhow::Result<()> {
    let test = "race::one_of_many_loads_at_two_processes_wins";
    run(root, test, &[("OPENIAS_TEST_POSTGRES_REQUIRED", 1), ("OPENIAS_TEST_ROUNDS", rounds)])
}
