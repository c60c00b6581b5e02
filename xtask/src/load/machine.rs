//! What the machine itself takes to put bytes on its disk, at the same time.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::process::{Watch, wait};

/// A page is written and flushed about this often: enough to know, and little beside the load.
const EVERY: Duration = Duration::from_millis(10);
const PAGE: [u8; 4096] = [0x5a; 4096];
/// The file is as long as this from the start: a flush then has the bytes to write alone, as in a log that is reused.
const PAGES: u64 = 256;

/// Flushes until it is stopped.
pub(crate) struct Probe {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<std::io::Result<Vec<Duration>>>,
}

impl Probe {
    pub(crate) fn start(folder: &Path) -> Self {
        let (path, stop) = (folder.join("probe"), Arc::new(AtomicBool::new(false)));
        let asked = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut file = File::create(path)?;
            for _ in 0..PAGES {
                file.write_all(&PAGE)?;
            }
            file.sync_all()?;
            let mut times = Vec::new();
            for page in (0..PAGES).cycle() {
                if asked.load(Ordering::Relaxed) {
                    break;
                }
                file.seek(SeekFrom::Start(page * PAGE.len() as u64))?;
                file.write_all(&PAGE)?;
                let watch = Watch::start();
                file.sync_data()?;
                times.push(watch.read());
                wait(EVERY);
            }
            Ok(times)
        });
        Self { stop, thread }
    }

    /// How long the slowest of a hundred flushes took, in milliseconds.
    pub(crate) fn stop(self) -> f64 {
        self.stop.store(true, Ordering::Relaxed);
        let mut times = self.thread.join().ok().and_then(Result::ok).unwrap_or_default();
        times.sort_unstable();
        times.get(times.len() * 99 / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// What this machine is, in a line.
pub(crate) fn describe() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (processor, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let name = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let total = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or_default();
    let total: u64 = total.trim().trim_end_matches(" kB").parse().unwrap_or_default();
    let busy = read("/proc/loadavg");
    format!(
        "{} cores ({}), {} GiB of memory, Linux {}, load average {} at the end",
        std::thread::available_parallelism().map_or(0, usize::from),
        name.trim_start_matches([' ', '\t', ':']),
        total >> 20,
        read("/proc/sys/kernel/osrelease").trim(),
        busy.split(' ').next().unwrap_or_default()
    )
}
