//! One run of the binary.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The binary with these arguments, in a folder of its own and without our environment's settings for it.
pub(crate) fn openias(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openias"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OPENIAS_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Output {
    openias(folder, args).output().expect("the binary runs")
}

/// `openias serve` or `openias demo`, running. Killed when dropped.
pub(crate) struct Server {
    process: Child,
    lines: UnboundedReceiver<String>,
    heard: Vec<String>,
}

impl Server {
    /// Starts it and waits until it listens.
    pub(crate) async fn start(folder: &Path) -> Self {
        Self::start_with(folder, "openias.toml").await
    }

    /// Starts it with another configuration file of the folder, and waits until it listens.
    pub(crate) async fn start_with(folder: &Path, file: &str) -> Self {
        Self::until(folder, &["serve", "--config", file], "OpenIAS listens on").await
    }

    /// Starts `openias demo` with these arguments and waits until it runs; what it said until then.
    pub(crate) async fn demo(folder: &Path, args: &[&str]) -> (Self, String) {
        let args: Vec<&str> = ["demo"].into_iter().chain(args.iter().copied()).collect();
        let server = Self::until(folder, &args, "Press Ctrl-C").await;
        let said = server.heard.join("\n");
        (server, said)
    }

    async fn until(folder: &Path, args: &[&str], beginning: &str) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).expect("a log");
        let mut command = openias(folder, args);
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().expect("the binary runs");
        let (sender, lines) = unbounded_channel();
        let output = BufReader::new(process.stdout.take().expect("its output"));
        // A pipe is read by blocking; the thread ends with the process.
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut server = Self { process, lines, heard: Vec::new() };
        assert!(server.says(beginning).await, "it ended before it said {beginning:?}: {}", self::log(folder));
        server
    }

    /// Waits for a line that begins like this; whether it came before the end.
    async fn says(&mut self, beginning: &str) -> bool {
        while let Some(line) = self.lines.recv().await {
            let said = line.starts_with(beginning);
            self.heard.push(line);
            if said {
                return true;
            }
        }
        false
    }

    /// Ends it as a power cut would: `kill -9`.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("gone");
    }

    /// Asks it to end, with SIGTERM, and waits until it has; its exit code.
    pub(crate) async fn terminate(self) -> Option<i32> {
        self.hear_out().await.0
    }

    /// The same, with all that it said on its standard output.
    pub(crate) async fn hear_out(mut self) -> (Option<i32>, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        assert!(self.says("OpenIAS has stopped.").await, "it ended without a word: {:?}", self.heard);
        (self.process.wait().expect("gone").code(), self.heard.join("\n"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a log file holds by now.
pub(crate) fn log(folder: &Path) -> String {
    let mut text = String::new();
    let mut file = std::fs::File::open(folder.join("log")).expect("a log");
    file.read_to_string(&mut text).expect("text");
    text
}
