//! `openias token`

mod report;
mod rules;

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use ambient::Clock;
use anyhow::Context as _;
use identity::lint::{Keys, Question, lint};
use jose::KeySet;
use model::{Hcid, TokenProfile};
use token::lint::Verdict;

use crate::cli::{Lint, Token, TokenAction};
use crate::config::Config;
use crate::output;
use crate::wiring::egress_client;

/// The longest text read: far more than any token has.
const MAX_BYTES: u64 = 1 << 20;

pub(crate) async fn run(args: &Token) -> anyhow::Result<ExitCode> {
    match &args.action {
        TokenAction::Rules => {
            output::text(&rules::markdown());
            Ok(ExitCode::SUCCESS)
        }
        TokenAction::Lint(lint) => judge(&Config::load(args.config.config.as_deref())?, lint).await,
    }
}

async fn judge(config: &Config, args: &Lint) -> anyhow::Result<ExitCode> {
    let text = read(&args.file)?;
    let csps = config.trusted_csps()?;
    let fetched = csps.issuer_keys(&egress_client(config)?);
    let given = args.jwks.as_deref().map(key_set).transpose()?;
    let keys = match (&given, args.offline) {
        (Some(keys), _) => Keys::Given(keys),
        (None, true) => Keys::None,
        (None, false) => Keys::Fetched(&fetched),
    };
    let audience = args.audience.as_deref().map(Hcid::parse).transpose().context("--audience")?;
    let question = Question {
        text: &text,
        issuer: args.issuer.as_deref(),
        audience: audience.as_ref(),
        profile: args.profile.as_deref().and_then(TokenProfile::from_name),
        now: Clock::system().now(),
    };
    let linted = lint(&csps, keys, &question).await;
    output::text(&if args.json {
        report::json(&linted, args.reveal)
    } else {
        report::text(&linted, args.reveal)
    });
    Ok(match linted.report.verdict() {
        Verdict::Accepted => ExitCode::SUCCESS,
        Verdict::Refused(_) => ExitCode::from(1),
        Verdict::NotJudged => ExitCode::from(2),
    })
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin()
            .take(MAX_BYTES)
            .read_to_string(&mut text)
            .context("standard input cannot be read")?;
    } else {
        let named = || format!("{} cannot be read", file.display());
        let open = std::fs::File::open(file).with_context(named)?;
        open.take(MAX_BYTES).read_to_string(&mut text).with_context(named)?;
    }
    Ok(text)
}

fn key_set(file: &Path) -> anyhow::Result<KeySet> {
    let named = || format!("--jwks {}", file.display());
    let document = std::fs::read(file).with_context(named)?;
    KeySet::from_json(&document).with_context(named)
}
