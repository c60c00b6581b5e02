//! A process under measurement: its processor time, its memory, its end.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// A running process, killed when it is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a command and waits until it prints a line with this word.
    pub(crate) fn start(command: &mut Command, ready: &str, log: &Path) -> anyhow::Result<Self> {
        let errors = std::fs::File::options().create(true).append(true).open(log)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| format!("{} cannot be run", command.get_program().display()))?;
        let output = BufReader::new(child.stdout.take().context("no output")?);
        let process = Self(child);
        let mut lines = output.lines();
        while let Some(line) = lines.next().transpose()? {
            if line.contains(ready) {
                // What it says later would fill the pipe.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(process);
            }
        }
        anyhow::bail!("it ended before it was ready; see {}", log.display())
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Resident memory, in KiB.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        resident(self.id())
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Resident memory of a process, in KiB.
pub(crate) fn resident(id: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

/// Processor time that a process has spent, its own and the kernel's for it. The kernel counts in hundredths.
pub(crate) fn spent(id: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<u64>().ok()).context("/proc/stat");
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}

/// A stopwatch.
pub(crate) struct Watch(Instant);

impl Watch {
    #[expect(clippy::disallowed_methods, reason = "measuring time is what this tool is for")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn read(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits.
#[expect(clippy::disallowed_methods, reason = "a load takes its time")]
pub(crate) fn wait(time: Duration) {
    std::thread::sleep(time);
}

#[expect(clippy::print_stderr, reason = "this is a command line tool")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::print_stdout, reason = "this is a command line tool")]
pub(crate) fn print(text: &str) {
    println!("{text}");
}
