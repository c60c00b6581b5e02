//! `openias token`

mod report;
mod rules;

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use ambient::Clock;
use anyhow::Context as _;
use identity::lint::{Keys, Question, holds_token, lint};
use jose::KeySet;
use model::{Hcid, TokenProfile};
use token::lint::Verdict;

use crate::cli::{ConfigArgs, Lint, Token, TokenAction};
use crate::config::Config;
use crate::output;
use crate::wiring::egress_client;

/// The longest text read: far more than any token has.
const MAX_BYTES: u64 = 1 << 20;
/// The exit status of what could not be judged, for whatever reason.
const NOT_JUDGED: u8 = 2;

pub(crate) async fn run(args: &Token) -> anyhow::Result<ExitCode> {
    match &args.action {
        TokenAction::Rules { code, json, markdown } => {
            output::text(&match (code, markdown) {
                (_, true) => rules::markdown(),
                (Some(code), false) => rules::one(code, *json)?,
                (None, false) => rules::all(*json),
            });
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::Lint(lint) => Ok(judge(&args.config, lint).await.unwrap_or_else(|error| {
            if lint.json {
                output::text(&report::json_error(&error));
            } else {
                output::problem(&error);
            }
            ExitCode::from(NOT_JUDGED)
        })),
    }
}

async fn judge(config: &ConfigArgs, args: &Lint) -> anyhow::Result<ExitCode> {
    let audience = args.audience.as_deref().map(Hcid::parse).transpose().context("--audience")?;
    let text = read(&args.file)?;
    let config = Config::load(config.config.as_deref())?;
    let csps = config.trusted_csps()?;
    let fetched = csps.issuer_keys(&egress_client(&config)?);
    let given = args.jwks.as_deref().map(key_set).transpose()?;
    let keys = match (&given, args.offline) {
        (Some(keys), _) => Keys::Given(keys),
        (None, true) => Keys::None,
        (None, false) => Keys::Fetched(&fetched),
    };
    let question = Question {
        text: &text,
        issuer: args.issuer.as_deref(),
        audience: audience.as_ref(),
        profile: args.profile.as_deref().and_then(TokenProfile::from_name),
        now: Clock::system().now(),
    };
    let linted = lint(&csps, keys, &question).await;
    output::text(&if args.json {
        report::json(&linted, &question, args.reveal)
    } else {
        report::text(&linted, args.reveal)
    });
    Ok(match linted.verdict() {
        Verdict::Accepted => ExitCode::SUCCESS,
        Verdict::Refused(_) => ExitCode::from(1),
        Verdict::NotJudged => ExitCode::from(NOT_JUDGED),
    })
}

/// Reads the token. One that stands in place of the file's name is not repeated.
fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin()
            .take(MAX_BYTES)
            .read_to_string(&mut text)
            .context("standard input cannot be read")?;
        return Ok(text);
    }
    let name = file.to_string_lossy();
    anyhow::ensure!(
        !holds_token(&name),
        "a token stands where the name of a file should; others on this machine can read a command line, so send \
         the token to standard input: openias token lint -"
    );
    let named = || match name.len() {
        ..=200 => format!("{name} cannot be read"),
        _ => "the file of that long name cannot be read".to_owned(),
    };
    let open = std::fs::File::open(file).with_context(named)?;
    open.take(MAX_BYTES).read_to_string(&mut text).with_context(named)?;
    Ok(text)
}

fn key_set(file: &Path) -> anyhow::Result<KeySet> {
    let named = || format!("--jwks {}", file.display());
    let document = std::fs::read(file).with_context(named)?;
    KeySet::from_json(&document).with_context(named)
}
