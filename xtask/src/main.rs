//! What a developer runs besides cargo itself: `cargo xtask tidy` and `gen`, and the measuring and breaking of the
//! server: `load`, `crash`, `race`.

mod generate;
mod load;
mod rigs;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check what the compiler does not: the layering, file sizes, names.
    Tidy,
    /// Write the generated references anew.
    Gen {
        /// Only check that they are up to date.
        #[arg(long)]
        check: bool,
    },
    /// Measure the server under load beside its peers; with --record, write the figures to
    /// docs/performance.md.
    Load(load::Options),
    /// Kill the server at random points under load and see that nothing acknowledged is lost or given twice.
    Crash {
        /// How often.
        #[arg(long, default_value_t = 1000)]
        rounds: u32,
        /// The number of the first round: each decides the point of its kill.
        #[arg(long, default_value_t = 0)]
        first: u32,
    },
    /// Let two servers on one PostgreSQL database (OPENIAS_TEST_POSTGRES) race for one request after the other.
    Race {
        /// How many requests.
        #[arg(long, default_value_t = 10_000)]
        rounds: u32,
    },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Tidy => tidy::run(&root()),
        Task::Gen { check } => generate::run(&root(), check),
        Task::Load(options) => load::run(&root(), &options),
        Task::Crash { rounds, first } => rigs::crash(&root(), first, rounds),
        Task::Race { rounds } => rigs::race(&root(), rounds),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

#[expect(clippy::print_stderr, reason = "this is a command line tool")]
fn complain(text: &str) {
    eprintln!("{text}");
}
