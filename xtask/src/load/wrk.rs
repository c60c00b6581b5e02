//! One round of load on one server, by wrk.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::process::{resident, spent};

const SCRIPT: &str = include_str!("post.lua");

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Verify,
    Log,
    Provider,
    Glewlwyd,
    /// Ours, with its store in memory.
    Memory,
    /// Ours, with its store on the disk.
    Disk,
    /// The same at the token endpoint, for a client alone.
    ProviderTokens,
    OurTokens,
    /// The same at the token endpoint, with a code.
    OurCodes,
}

impl Kind {
    /// As the tables name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Verify => "yardstick: verify",
            Self::Log => "yardstick: verify and a log",
            Self::Provider => "oidc-provider, the same check, in memory",
            Self::Glewlwyd => "glewlwyd, no token to check, SQLite",
            Self::Memory => "OpenIAS, in memory",
            Self::Disk => "OpenIAS",
            Self::ProviderTokens => "oidc-provider, client_credentials, an opaque token in memory",
            Self::OurTokens => "OpenIAS, client_credentials, a JWT by ES256",
            Self::OurCodes => "OpenIAS, code with PKCE, an ID token by ES256, on the disk",
        }
    }
}

/// A server and what to post to it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    pub(crate) id: u32,
    /// `user:password`
    pub(crate) credentials: String,
    pub(crate) forms: PathBuf,
    /// The status of a good answer.
    pub(crate) expected: u16,
}

/// What came of a round.
#[derive(Clone, Default)]
pub(crate) struct Run {
    /// Requests a second, by the clock on the wall.
    pub(crate) rate: f64,
    /// Microseconds of processor time for a request.
    pub(crate) cost: f64,
    /// Milliseconds.
    pub(crate) median: f64,
    pub(crate) p99: f64,
    /// KiB at the end.
    pub(crate) resident: u64,
    /// The machine's own p99 flush meanwhile, in milliseconds.
    pub(crate) flush: f64,
    /// Pushes for each commit.
    pub(crate) together: f64,
}

impl Run {
    pub(crate) fn line(&self, name: &str) -> String {
        format!(
            "{name}: {:.0}/s, {:.1} us each, p50 {:.1} ms, p99 {:.1} ms (a flush: p99 {:.1} ms), {:.1} together",
            self.rate, self.cost, self.median, self.p99, self.flush, self.together
        )
    }
}

/// Posts for a while, beginning with the form of this number.
pub(crate) fn drive(
    target: &Target,
    time: Duration,
    connections: usize,
    first: usize,
) -> anyhow::Result<Run> {
    let mut script = tempfile::Builder::new().suffix(".lua").tempfile()?;
    script.write_all(SCRIPT.as_bytes())?;
    let before = spent(target.id)?;
    let output = Command::new("wrk")
        .args(["-t1", "--latency", "--timeout", "20s"])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{}s", time.as_secs()))
        .arg("-s")
        .arg(script.path())
        .arg(&target.url)
        .env("BODIES", &target.forms)
        .env("FIRST", first.to_string())
        .env("AUTH", format!("Basic {}", STANDARD.encode(&target.credentials)))
        .env("EXPECT", target.expected.to_string())
        .output()
        .context("wrk is not installed (a package of Debian's)")?;
    let cost = spent(target.id)?.saturating_sub(before);
    let text = String::from_utf8_lossy(&output.stdout);
    let line =
        text.lines().find_map(|line| line.strip_prefix("RESULT ")).with_context(|| text.to_string())?;
    let numbers: Vec<f64> = line.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [requests, micros, bad, errors, median, p99] = numbers[..] else {
        anyhow::bail!("wrk said {line:?}")
    };
    anyhow::ensure!(requests > 0.0, "{} answered nothing", target.kind.name());
    anyhow::ensure!(bad + errors == 0.0, "{}: {bad} bad answers, {errors} errors", target.kind.name());
    Ok(Run {
        rate: requests / micros * 1e6,
        cost: cost.as_secs_f64() / requests * 1e6,
        median: median / 1e3,
        p99: p99 / 1e3,
        resident: resident(target.id)?,
        ..Run::default()
    })
}
