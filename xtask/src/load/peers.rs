//! The yardstick and the peers, from the folder that holds them. What is not there, or does not start, is left out.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use super::mint::{HCID, ISSUER, Minted};
use super::process::{Process, say};
use super::wrk::{Kind, Target};

const CREDENTIALS: &str = "public_test_bench:private_test_bench_secret_0123456789abcdef";
const YARDSTICK: u16 = 23_200;
const PROVIDER: u16 = 23_101;
const GLEWLWYD: u16 = 23_300;

/// A running peer.
pub(crate) struct Peer {
    pub(crate) targets: Vec<Target>,
    process: Running,
}

/// How a peer is ended.
enum Running {
    /// With this value.
    Ours(#[expect(dead_code, reason = "ended when it is dropped")] Process),
    /// By its id: its own script started it.
    Started(u32),
}

/// Starts what there is. `kept` holds what is built and installed from one run to the next.
pub(crate) fn start(bench: &Path, kept: &Path, folder: &Path, minted: &Minted) -> anyhow::Result<Vec<Peer>> {
    if !bench.exists() {
        say(&format!("no peers in {}: ours is measured alone", bench.display()));
        return Ok(Vec::new());
    }
    let mut peers = vec![yardstick(bench, kept, folder, minted)?];
    for (name, started) in
        [("oidc-provider", provider(bench, kept, minted)), ("glewlwyd", glewlwyd(bench, folder))]
    {
        match started {
            Ok(peer) => peers.push(peer),
            Err(error) => say(&format!("{name} is left out: {error:#}")),
        }
    }
    Ok(peers)
}

fn yardstick(bench: &Path, kept: &Path, folder: &Path, minted: &Minted) -> anyhow::Result<Peer> {
    let built = kept.join("yardstick");
    run(Command::new(env!("CARGO"))
        .args(["build", "--release", "-q", "--manifest-path"])
        .arg(bench.join("limits/Cargo.toml"))
        .env("CARGO_TARGET_DIR", &built))?;
    let database = folder.join("yardstick");
    std::fs::create_dir_all(&database)?;
    let mut command = Command::new(built.join("release/limits"));
    command.arg("serve").arg(YARDSTICK.to_string()).arg(minted.folder()).arg(&database);
    let process = Process::start(&mut command, "ready", &folder.join("yardstick.log"))?;
    let target = |kind, path: &str| Target {
        kind,
        url: format!("http://127.0.0.1:{YARDSTICK}/{path}"),
        id: process.id(),
        credentials: CREDENTIALS.to_owned(),
        forms: minted.forms.clone(),
        expected: 201,
    };
    let targets = vec![target(Kind::Verify, "verify"), target(Kind::Log, "par/log")];
    Ok(Peer { targets, process: Running::Ours(process) })
}

fn provider(bench: &Path, kept: &Path, minted: &Minted) -> anyhow::Result<Peer> {
    let home = kept.join("node");
    std::fs::create_dir_all(&home)?;
    if !home.join("node_modules/oidc-provider").exists() {
        std::fs::write(home.join("package.json"), "{\"private\": true, \"type\": \"module\"}")?;
        run(Command::new("npm")
            .args(["install", "--silent", "oidc-provider@9", "jose@6"])
            .current_dir(&home))?;
    }
    std::fs::copy(bench.join("peers/oidc_provider.mjs"), home.join("oidc_provider.mjs"))?;
    let mut command = Command::new("node");
    command
        .args(["oidc_provider.mjs", "--port", &PROVIDER.to_string(), "--csp"])
        .arg(&minted.jwks)
        .args(["--hcid", &format!("urn:oid:{HCID}"), "--csp-iss", ISSUER])
        .current_dir(&home);
    let process = Process::start(&mut command, "ready", &kept.join("oidc_provider.log"))?;
    let target = |kind, path: &str, forms: &Path, expected| Target {
        kind,
        url: format!("http://127.0.0.1:{PROVIDER}/{path}"),
        id: process.id(),
        credentials: CREDENTIALS.to_owned(),
        forms: forms.to_owned(),
        expected,
    };
    let targets = vec![
        target(Kind::Provider, "request", &minted.named_forms, 201),
        target(Kind::ProviderTokens, "token", &minted.token_form, 200),
    ];
    Ok(Peer { targets, process: Running::Ours(process) })
}

fn glewlwyd(bench: &Path, folder: &Path) -> anyhow::Result<Peer> {
    let home = folder.join("glewlwyd");
    run(Command::new("glewlwyd").arg("--version").stdout(std::process::Stdio::null()))?;
    run(Command::new(bench.join("peers/glewlwyd_up.sh"))
        .arg(&home)
        .arg(GLEWLWYD.to_string())
        .stdout(std::process::Stdio::null()))?;
    let id = std::fs::read_to_string(home.join("pid"))?.trim().parse()?;
    let forms = home.join("forms.txt");
    let form = "scope=openid&response_type=code&client_id=public_test_bench&\
                redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb&state=x&nonce=n\n";
    std::fs::write(&forms, form)?;
    let target = Target {
        kind: Kind::Glewlwyd,
        url: format!("http://127.0.0.1:{GLEWLWYD}/api/glwd/par"),
        id,
        credentials: CREDENTIALS.to_owned(),
        forms,
        expected: 201,
    };
    Ok(Peer { targets: vec![target], process: Running::Started(id) })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().display().to_string();
    let status = command.status().with_context(|| format!("{program} cannot be run"))?;
    anyhow::ensure!(status.success(), "{program} failed");
    Ok(())
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Running::Started(id) = self.process {
            let _ = Command::new("kill").arg(id.to_string()).status();
        }
    }
}
