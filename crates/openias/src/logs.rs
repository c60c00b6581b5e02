//! Log lines on standard error.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Starts logging. A second call, as tests make it, changes nothing.
pub(crate) fn start(text: &str, format: LogFormat) -> anyhow::Result<()> {
    let lines = tracing_subscriber::fmt().with_env_filter(filter(text)?).with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Text => lines.with_ansi(crate::output::is_watched()).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    Ok(())
}

/// Reads a filter. A word that is nearly a level would be taken for the name of a target, and silence all
/// others: it is refused.
pub(crate) fn filter(text: &str) -> anyhow::Result<EnvFilter> {
    let faulty = || {
        format!(
            "log.filter, or --log for the demo, is {text:?}; it looks like \"info\" or \"info,openias_network=debug\""
        )
    };
    for directive in text.split(',').map(str::trim) {
        let is_level = LEVELS.iter().any(|level| level.eq_ignore_ascii_case(directive));
        let near = |level: &&&str| strsim::damerau_levenshtein(&directive.to_lowercase(), level) <= 2;
        if let Some(level) = LEVELS.iter().find(near).filter(|_| !is_level) {
            anyhow::bail!("{}; did you mean {level}?", faulty());
        }
        // A target with `=` and nothing behind it is read as one whose name holds the sign.
        anyhow::ensure!(directive.split('=').skip(1).all(|level| !level.is_empty()), faulty());
    }
    EnvFilter::try_new(text).with_context(faulty)
}
