//! `cargo xtask load`: what a push costs, beside the machine's own limits and other servers, in one interleaved run.
//!
//! Compared is the processor time that a server spends on a request, which a busy neighbour changes less than the wall clock; the
//! rounds of all servers take turns, so that a bad minute hits all of them.

mod codes;
mod figures;
mod machine;
mod mint;
mod ours;
mod peers;
mod process;
mod stalled;
mod wrk;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use figures::{Figures, Median};
use mint::Minted;
use ours::Ours;
use wrk::{Kind, Target, drive};

/// What to measure, and for how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rounds of each server.
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// Seconds of a round.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Connections at a time.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Different ID tokens to push.
    #[arg(long, default_value_t = 20_000)]
    tokens: usize,
    /// The folder with the yardstick and the peers; without it, ours is measured alone.
    #[arg(long, env = "OPENIAS_BENCH", default_value = "../shared/bench")]
    bench: PathBuf,
    /// The server to measure; built when it is not named.
    #[arg(long)]
    openias: Option<PathBuf>,
    /// A folder in memory, for the same server without a disk.
    #[arg(long, default_value = "/dev/shm")]
    memory: PathBuf,
    /// Codes at hand in a round: more than two seconds use up. A code lives for a minute, in which all are made.
    #[arg(long, default_value_t = 48_000)]
    codes: usize,
    /// Live requests to start with.
    #[arg(long, default_value_t = 100_000)]
    live: usize,
    /// Write the figures to docs/performance.md.
    #[arg(long)]
    record: bool,
}

pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let binary = match &options.openias {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => build(root)?,
    };
    let folder = tempfile::Builder::new().prefix("openias-load-").tempdir_in(target(root))?;
    let memory = tempfile::Builder::new().prefix("openias-load-").tempdir_in(&options.memory)?;
    process::say("minting tokens");
    let minted = Minted::new(folder.path(), options.tokens)?;
    let disk = Ours::start(&binary, &folder.path().join("disk"), &minted)?;
    let volatile = Ours::start(&binary, &memory.path().join("memory"), &minted)?;
    let mut figures = Figures { idle: disk.process.resident()?, ..Figures::default() };
    let peers = peers::start(&root.join(&options.bench), &target(root).join("load"), folder.path(), &minted)?;

    let mut targets: Vec<Target> = peers.iter().flat_map(|peer| peer.targets.clone()).collect();
    targets.push(volatile.target(Kind::Memory));
    targets.push(disk.target(Kind::OurTokens));
    targets.push(disk.target(Kind::Disk));
    let mut codes = Vec::new();
    let mut runs = vec![Vec::new(); targets.len()];
    let seconds = Duration::from_secs(options.seconds);
    for target in &targets {
        drive(target, Duration::from_secs(2), options.connections, 0)?;
    }
    for round in 0..options.rounds {
        for (target, runs) in targets.iter().zip(&mut runs) {
            let probe = (target.kind == Kind::Disk).then(|| machine::Probe::start(folder.path()));
            let before = disk.commits()?;
            // Fresh tokens for as long as there are some.
            let mut ran =
                drive(target, seconds, options.connections, round * options.tokens / options.rounds.max(1))?;
            if let Some(probe) = probe {
                ran.flush = probe.stop();
                ran.together = disk.commits()?.per_commit(&before);
            }
            process::say(&format!("round {round} {ran}", ran = ran.line(target.kind.name())));
            runs.push(ran);
        }
        let ran = codes::exchange(&disk, options.codes, options.connections, round * options.codes)?;
        process::say(&format!("round {round} {ran}", ran = ran.line(Kind::OurCodes.name())));
        codes.push(ran);
    }
    figures.medians = targets.iter().zip(&runs).map(|(target, runs)| Median::of(target.kind, runs)).collect();
    figures.medians.push(Median::of(Kind::OurCodes, &codes));
    figures.stalled = stalled::check(&disk, options.connections)?;
    drop(peers);
    drop(volatile);
    figures.start_empty = Ours::start_to_first(&binary, &folder.path().join("empty"), &minted)?;
    figures.start_live = disk.restart_with(options.live, options.connections)?;
    let text = figures.markdown(options.connections, options.rounds, options.seconds)?;
    process::print(&text);
    if options.record {
        figures::record(&root.join("docs/performance.md"), &text)?;
    }
    Ok(())
}

fn target(root: &Path) -> PathBuf {
    // As cargo was told, so that the tool finds what cargo built.
    let told = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = told.unwrap_or_else(|| root.join("target"));
    let _ = std::fs::create_dir_all(target.join("load"));
    target
}

fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["build", "--release", "-p", "openias"])
        .status()
        .context("cargo cannot be run")?;
    anyhow::ensure!(status.success(), "openias cannot be built");
    Ok(target(root).join("release/openias"))
}
