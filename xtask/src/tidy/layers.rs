//! The layering: arrows between rooms go down only, and each outside thing is touched by one room.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use serde::Deserialize;

/// The rooms from the ground up. A room may use rooms of lower layers, and of its own layer only where
/// [`SIDEWAYS`] says so.
const LAYERS: [&[&str]; 6] = [
    &["model", "jose"],
    &["token", "oauth", "matching", "fhir"],
    &["ambient", "store", "egress"],
    &["identity", "csp", "network", "connect"],
    &["web", "sandbox", "testkit", "fuzzing"],
    &["openias"],
];

/// Arrows within a layer: the user and the used.
const SIDEWAYS: [(&str, &str); 6] = [
    ("matching", "fhir"),
    ("store", "ambient"),
    ("connect", "network"),
    ("testkit", "web"),
    ("testkit", "sandbox"),
    ("testkit", "fuzzing"),
];

/// Libraries that only these rooms may use.
const RESERVED: [(&str, &[&str]); 9] = [
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("reqwest", &["egress"]),
    ("lettre", &["egress"]),
    ("axum", &["web", "sandbox"]),
    ("utoipa", &["web"]),
    ("clap", &["openias", "xtask"]),
    ("confique", &["openias"]),
    ("anyhow", &["openias", "xtask"]),
];

/// Libraries that a pure room has no use for.
const NOT_PURE: [&str; 6] = ["tokio", "reqwest", "rusqlite", "sqlx", "axum", "hyper"];

/// Libraries that must not come in by any way: a second TLS or crypto stack, or one with known faults.
const BANNED: [&str; 7] =
    ["openssl", "openssl-sys", "native-tls", "ring", "rsa", "rustls-pemfile", "bincode"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

pub(super) fn check(root: &Path) -> anyhow::Result<Vec<String>> {
    let metadata = metadata(root)?;
    let rooms: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (room(&package.name), package)).collect();
    let mut faults = Vec::new();
    for (name, package) in &rooms {
        // Tests may reach down and up; what ships may not.
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind.is_none()) {
            check_arrow(name, room(&dependency.name), &rooms, &mut faults);
            check_library(name, &dependency.name, &mut faults);
        }
        if *name != "xtask" && layer(name).is_none() {
            faults.push(format!("{name} stands in no layer: name it in xtask/src/tidy/layers.rs"));
        }
    }
    check_banned(root, &mut faults)?;
    Ok(faults)
}

fn check_arrow(from: &str, to: &str, rooms: &BTreeMap<&str, &Package>, faults: &mut Vec<String>) {
    if !rooms.contains_key(to) {
        return;
    }
    let fine = match (layer(from), layer(to)) {
        // It stands beside the house, and may look into every room.
        (None, _) if from == "xtask" => true,
        (Some(above), Some(below)) if above > below => true,
        (Some(here), Some(there)) if here == there => SIDEWAYS.contains(&(from, to)),
        _ => false,
    };
    if !fine {
        faults.push(format!("{from} uses {to}: arrows go down only"));
    }
}

fn check_library(room: &str, library: &str, faults: &mut Vec<String>) {
    if let Some((_, allowed)) = RESERVED.iter().find(|(name, _)| *name == library)
        && !allowed.contains(&room)
    {
        faults.push(format!("{room} uses {library}, which only {} may", allowed.join(", ")));
    }
    if layer(room).is_some_and(|layer| layer < 2) && NOT_PURE.contains(&library) {
        faults.push(format!("{room} is pure and uses {library}"));
    }
}

/// What is really built: cargo's metadata would list optional libraries that no feature switches on.
fn check_banned(root: &Path, faults: &mut Vec<String>) -> anyhow::Result<()> {
    let tree =
        cargo(root, &["tree", "--workspace", "--locked", "--edges", "normal,build", "--prefix", "none"])?;
    for banned in BANNED {
        if tree.lines().any(|line| line.split(' ').next() == Some(banned)) {
            faults.push(format!("{banned} came in; `cargo tree -i {banned}` says how"));
        }
    }
    Ok(())
}

fn room(package: &str) -> &str {
    package.strip_prefix("openias-").unwrap_or(package)
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&room))
}

fn metadata(root: &Path) -> anyhow::Result<Metadata> {
    let text = cargo(root, &["metadata", "--format-version", "1", "--locked", "--no-deps"])?;
    serde_json::from_str(&text).context("cargo metadata cannot be read")
}

fn cargo(root: &Path, args: &[&str]) -> anyhow::Result<String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output =
        Command::new(program).args(args).current_dir(root).output().context("cargo cannot be run")?;
    anyhow::ensure!(
        output.status.success(),
        "cargo {}: {}",
        args[0],
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
