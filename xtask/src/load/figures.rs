//! The figures: medians of the rounds, the ratios that count, and the text of `docs/performance.md`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use ambient::Clock;
use anyhow::Context as _;

use super::codes;
use super::machine;
use super::stalled::Stalled;
use super::wrk::{Kind, Run};

const BEGIN: &str = "<!-- figures: written by `cargo xtask load --record` -->";
const END: &str = "<!-- end of the figures -->";

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) medians: Vec<Median>,
    /// KiB.
    pub(crate) idle: u64,
    pub(crate) stalled: Stalled,
    pub(crate) start_empty: Duration,
    /// With so many live requests.
    pub(crate) start_live: (usize, Duration),
}

/// What a server does, over its rounds.
pub(crate) struct Median {
    kind: Kind,
    rate: f64,
    cost: f64,
    cheapest: f64,
    dearest: f64,
    p50: f64,
    p99: f64,
    resident: f64,
    /// Of all rounds: p99 against the machine's own p99 flush of the same seconds.
    beside_flush: f64,
    flush: f64,
    together: f64,
}

impl Median {
    pub(crate) fn of(kind: Kind, runs: &[Run]) -> Self {
        Self {
            kind,
            rate: middle(runs.iter().map(|run| run.rate)),
            cost: middle(runs.iter().map(|run| run.cost)),
            cheapest: runs.iter().map(|run| run.cost).fold(f64::INFINITY, f64::min),
            dearest: runs.iter().map(|run| run.cost).fold(0.0, f64::max),
            p50: middle(runs.iter().map(|run| run.median)),
            p99: middle(runs.iter().map(|run| run.p99)),
            #[expect(clippy::cast_precision_loss, reason = "KiB of a process")]
            resident: middle(runs.iter().map(|run| run.resident as f64)),
            beside_flush: middle(runs.iter().map(|run| run.p99 / run.flush)),
            flush: middle(runs.iter().map(|run| run.flush)),
            together: middle(runs.iter().map(|run| run.together)),
        }
    }
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let of = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
    f64::midpoint(of(values.len().saturating_sub(1) / 2), of(values.len() / 2))
}

impl Figures {
    /// The tables.
    pub(crate) fn markdown(&self, connections: usize, rounds: usize, seconds: u64) -> anyhow::Result<String> {
        let find = |kind: Kind| self.medians.iter().find(|median| median.kind == kind);
        let ours = find(Kind::Disk).context("nothing of ours")?;
        let verify = find(Kind::Verify);
        let mut text = String::new();
        writeln!(text, "Measured {}: {}.", Clock::system().now().rfc3339(), machine::describe())?;
        writeln!(
            text,
            "{connections} connections, {rounds} rounds of {seconds} s for each server, in turns; codes for {} s.\n",
            codes::TIME.as_secs()
        )?;
        writeln!(
            text,
            "| server | processor time a request | against the yardstick | requests/s | p50 | p99 | memory |"
        )?;
        writeln!(text, "|---|---|---|---|---|---|---|")?;
        for median in &self.medians {
            let ratio =
                verify.map_or_else(|| "-".to_owned(), |verify| format!("{:.2} x", verify.cost / median.cost));
            writeln!(
                text,
                "| {} | {:.0} µs ({:.0} to {:.0}) | {ratio} | {:.0} | {:.1} ms | {:.1} ms | {:.0} MiB |",
                median.kind.name(),
                median.cost,
                median.cheapest,
                median.dearest,
                median.rate,
                median.p50,
                median.p99,
                median.resident / 1024.0
            )?;
        }
        writeln!(text, "\n| figure | must | aim | measured |\n|---|---|---|---|")?;
        let ratio = |other: Option<&Median>, one: Option<&Median>| match (other, one) {
            (Some(other), Some(one)) => format!("{:.2} x", other.cost / one.cost),
            _ => "not measured".to_owned(),
        };
        let against = |other: Option<&Median>| ratio(other, Some(ours));
        let rows = [
            ("full push per core, against the verify-only yardstick", "0.60 x", "0.85 x", against(verify)),
            (
                "the same against oidc-provider with the same check in memory",
                "5 x",
                "8 x",
                against(find(Kind::Provider)),
            ),
            ("the same against glewlwyd, which checks no token", "", "", against(find(Kind::Glewlwyd))),
            (
                "durable against the same in memory, processor time",
                "≤ 1.25 x",
                "",
                ratio(Some(ours), find(Kind::Memory)),
            ),
            (
                "`client_credentials` with a JWT, against oidc-provider's opaque token",
                "2.5 x",
                "4 x",
                ratio(find(Kind::ProviderTokens), find(Kind::OurTokens)),
            ),
            (
                "code with PKCE for an ID token, against the verify-only yardstick",
                "0.45 x",
                "0.6 x",
                ratio(verify, find(Kind::OurCodes)),
            ),
            ("pushes for each commit", "≥ 8", "", format!("{:.1}", ours.together)),
            (
                "p99 of a durable push, against the machine's own p99 flush of the same seconds",
                "≤ 3 x",
                "",
                format!("{:.1} x ({:.1} ms, {:.1} ms)", ours.beside_flush, ours.p99, ours.flush),
            ),
            #[expect(clippy::cast_precision_loss, reason = "KiB of a process")]
            ("memory at rest", "40 MiB", "", format!("{:.0} MiB", self.idle as f64 / 1024.0)),
            ("start to the first 201, empty store", "100 ms", "", millis(self.start_empty)),
            (
                "start to the first 201 after `kill -9` with live requests",
                "1 s with 100,000",
                "",
                format!("{} with {}", millis(self.start_live.1), self.start_live.0),
            ),
        ];
        for (figure, must, aim, measured) in rows {
            writeln!(text, "| {figure} | {must} | {aim} | {measured} |")?;
        }
        let s = &self.stalled;
        writeln!(
            text,
            "\nWith {} callers who had sent half a request and then nothing, the others got {:.0} requests/s ({:.0} \
             without them); the last of the {} was hung up on after {:.0} s.",
            s.callers,
            s.rate,
            s.alone,
            s.callers,
            s.longest.as_secs_f64()
        )?;
        Ok(text)
    }
}

fn millis(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

/// Puts the figures into the page, in place of those that stand there.
pub(crate) fn record(page: &Path, figures: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(page).with_context(|| page.display().to_string())?;
    let (before, rest) = text.split_once(BEGIN).context("the page has no place for the figures")?;
    let (_, after) = rest.split_once(END).context("the place for the figures has no end")?;
    std::fs::write(page, format!("{before}{BEGIN}\n\n{figures}\n{END}{after}"))?;
    Ok(())
}
