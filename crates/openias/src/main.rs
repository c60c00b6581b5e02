//! OpenIAS: verified identity in, health records out.
//!
//! The binary reads the command line, the configuration and the environment, puts the rooms together and
//! runs them. Nothing below it reads any of these.

mod cli;
mod commands;
mod config;
mod demo;
mod logs;
mod output;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // One of them may be waiting for the disk.
    let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            output::problem(&anyhow::Error::new(error).context("the runtime cannot be started"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(error) => {
            output::problem(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(args) => commands::serve::run(&args).await,
        Command::Demo(args) => demo::run(&args).await,
        Command::Org(args) => commands::org::run(&args).await,
        Command::Client(args) => commands::client::run(&args).await,
        Command::Webhook(args) => commands::webhook::run(&args).await,
        Command::Template(args) => commands::template::run(&args).await,
        Command::Token(args) => commands::token::run(&args).await,
        Command::Csp(args) => commands::csp::run(&args).await,
        Command::Keys(args) => commands::keys::run(&args).await,
        Command::Operator(args) => commands::operator::run(&args).await,
        Command::Doctor(args) => commands::doctor::run(&args).await,
        Command::Config => {
            output::text(&config::template());
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            output::text(&web::openapi());
            Ok(ExitCode::SUCCESS)
        }
    }
}
