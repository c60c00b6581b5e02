//! Our own server: a fresh store, an organisation, a credential, and the CSP of the run trusted.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::mint::{HCID, ISSUER, Minted};
use super::process::{Process, Watch, say, wait};
use super::wrk::{Kind, Target, drive};

/// `openias serve` in a folder.
pub(crate) struct Ours {
    pub(crate) process: Process,
    binary: PathBuf,
    folder: PathBuf,
    pub(crate) port: u16,
    pub(crate) credentials: String,
    pub(crate) forms: PathBuf,
    token_form: PathBuf,
}

/// What the server has counted.
pub(crate) struct Commits {
    commits: f64,
    pushes: f64,
}

impl Commits {
    /// Pushes for each commit since `before`.
    pub(crate) fn per_commit(&self, before: &Self) -> f64 {
        (self.pushes - before.pushes) / (self.commits - before.commits).max(1.0)
    }
}

impl Ours {
    pub(crate) fn start(binary: &Path, folder: &Path, minted: &Minted) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let config = format!(
            "[server]\nlisten = \"127.0.0.1:{port}\"\nbase_url = \"http://127.0.0.1:{port}\"\n\
             [store]\ndata_dir = \"data\"\n\
             [[csps]]\nidp = \"persona_csp\"\nname = \"The CSP of the run\"\ntest_issuers = [\"{ISSUER}\"]\n\
             jwks_file = \"{}\"\n",
            minted.jwks.display()
        );
        std::fs::write(folder.join("openias.toml"), config)?;
        let process = serve(binary, folder)?;
        // What it takes at rest is measured at rest.
        wait(Duration::from_secs(2));
        let command = |args: &[&str]| command(binary, folder, args);
        let added = command(&["org", "add", "--name", "Sample", "--hcid", HCID])?;
        let id = added.split(' ').next().context("no id")?;
        command(&["org", "enable", id, "--mode", "test", "--tefca", "true", "--byoi", "true"])?;
        let keys =
            command(&["client", "add", id, "--mode", "test", "--redirect-uri", "http://127.0.0.1:9/cb"])?;
        let public_id = value(&keys, "public id:")?;
        let alone = ["--client-credentials", "true", "--consents-itself", "true"];
        command(&[&["client", "policy", id, public_id][..], &alone].concat())?;
        let credentials = format!("{public_id}:{}", value(&keys, "private key:")?);
        let (binary, folder) = (binary.to_owned(), folder.to_owned());
        let (forms, token_form) = (minted.forms.clone(), minted.token_form.clone());
        Ok(Self { process, binary, folder, port, credentials, forms, token_form })
    }

    pub(crate) fn target(&self, kind: Kind) -> Target {
        let (path, forms, expected) = match kind {
            Kind::OurTokens | Kind::OurCodes => ("token", &self.token_form, 200),
            _ => ("par", &self.forms, 201),
        };
        Target {
            kind,
            url: format!("http://127.0.0.1:{}/oauth2/{path}", self.port),
            id: self.process.id(),
            credentials: self.credentials.clone(),
            forms: forms.clone(),
            expected,
        }
    }

    /// What it has counted until now.
    pub(crate) fn commits(&self) -> anyhow::Result<Commits> {
        let request =
            format!("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        let text = ask(self.port, &request)?;
        let count = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
            value.unwrap_or(0.0)
        };
        Ok(Commits {
            commits: count("openias_store_commits_total"),
            pushes: count("openias_store_pushes_total"),
        })
    }

    /// How long a server takes from its start to its first kept request, with nothing kept before.
    pub(crate) fn start_to_first(binary: &Path, folder: &Path, minted: &Minted) -> anyhow::Result<Duration> {
        let mut ours = Self::start(binary, folder, minted)?;
        let form = ours.first_form()?;
        let mut best = Duration::MAX;
        for _ in 0..5 {
            best = best.min(ours.restart(&form)?);
        }
        Ok(best)
    }

    /// The same with as many live requests, after `kill -9`.
    pub(crate) fn restart_with(
        mut self,
        live: usize,
        connections: usize,
    ) -> anyhow::Result<(usize, Duration)> {
        let watch = Watch::start();
        let before = self.commits()?.pushes;
        let target = self.target(Kind::Disk);
        let mut pushed = 0;
        // They live for 90 seconds.
        while pushed < live && watch.read() < Duration::from_mins(1) {
            drive(&target, Duration::from_secs(5), connections, pushed)?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let now = (self.commits()?.pushes - before) as usize;
            pushed = now;
        }
        say(&format!("{pushed} live requests in {:.0} s", watch.read().as_secs_f64()));
        let form = self.first_form()?;
        Ok((pushed, self.restart(&form)?))
    }

    fn first_form(&self) -> anyhow::Result<String> {
        let forms = std::fs::read_to_string(&self.forms)?;
        Ok(forms.lines().next().context("no form")?.to_owned())
    }

    /// Kills it, starts it, and pushes until something is kept.
    fn restart(&mut self, form: &str) -> anyhow::Result<Duration> {
        let request = format!(
            "POST /oauth2/par HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic {}\r\n\
             Content-Length: {}\r\n\r\n{form}",
            self.port,
            STANDARD.encode(&self.credentials),
            form.len()
        );
        self.process.kill()?;
        let watch = Watch::start();
        self.process = serve(&self.binary, &self.folder)?;
        while !ask(self.port, &request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 201")) {
            anyhow::ensure!(watch.read() < Duration::from_secs(30), "nothing is kept after a restart");
        }
        Ok(watch.read())
    }
}

fn serve(binary: &Path, folder: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(binary);
    command.args(["serve", "--config", "openias.toml"]).current_dir(folder);
    Process::start(&mut command, "OpenIAS listens on", &folder.join("log"))
}

fn command(binary: &Path, folder: &Path, args: &[&str]) -> anyhow::Result<String> {
    let output =
        Command::new(binary).args(args).args(["--config", "openias.toml"]).current_dir(folder).output()?;
    anyhow::ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// The word behind a name in a command's output.
fn value<'a>(output: &'a str, name: &str) -> anyhow::Result<&'a str> {
    let line = output.lines().find_map(|line| line.trim().strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()).with_context(|| format!("no {name}"))
}

/// Sends a request and takes all of the answer.
fn ask(port: u16, request: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
