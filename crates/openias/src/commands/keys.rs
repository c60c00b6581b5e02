//! `openias keys`

use std::process::ExitCode;
use std::time::Duration;

use ambient::Clock;
use anyhow::Context as _;
use jose::Algorithm;
use model::Timestamp;
use store::key_ring::{Cause, Ended, JWKS_LIFE, REFRESH};
use store::{KeyPurpose, KeyRing, KeyStage, KeyTimes, Rotated, Store};

use super::{ACTOR, REQUEST, open};
use crate::cli::{Keys, KeysAction};
use crate::output::line;

const CAUSE: Cause<'static> = Cause { actor: ACTOR, request_id: REQUEST };

pub(crate) async fn run(args: &Keys) -> anyhow::Result<ExitCode> {
    let app = open(&args.config).await?.app;
    let store = &app.identity.store;
    let now = Clock::system().now();
    match &args.action {
        KeysAction::List => {
            for key in kept(store, now).await? {
                line(&describe(&key, now));
            }
        }
        KeysAction::Rotate { purpose, algorithm } => {
            let of = |name: &str| purpose.as_deref().is_none_or(|purpose| purpose == name);
            let with = |name: &str| algorithm.as_deref().is_none_or(|algorithm| algorithm == name);
            let mut lines = Vec::new();
            for ring in app.key_rings().into_iter().filter(|ring| of(ring.purpose().name())) {
                let algorithms = ring.purpose().algorithms().iter();
                lines.extend(algorithms.filter(|known| with(known.name())).map(|known| (ring, *known)));
            }
            anyhow::ensure!(
                !lines.is_empty(),
                "no such key: only identity has keys for ES256, all have some for RS256"
            );
            for (ring, algorithm) in lines {
                rotate(store, ring, algorithm, now).await?;
            }
        }
        KeysAction::Retire { kid, at_once: _ } => retire(store, kid, now).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn kept(store: &Store, now: Timestamp) -> anyhow::Result<Vec<KeyTimes>> {
    let mut keys = store.read().await?.signing_keys(now).await?;
    keys.sort_by_key(|key| KeyPurpose::ALL.iter().position(|purpose| *purpose == key.purpose));
    Ok(keys)
}

async fn rotate(store: &Store, ring: &KeyRing, algorithm: Algorithm, now: Timestamp) -> anyhow::Result<()> {
    let (purpose, name) = (ring.purpose().name(), algorithm.name());
    // A line without a key gets its first one, which needs no successor yet.
    let is_line = |key: &KeyTimes| (key.purpose, key.algorithm) == (ring.purpose(), algorithm);
    if !kept(store, now).await?.iter().any(is_line) {
        let first = ring.signing(algorithm, now).await?;
        line(&format!("{purpose} {name}: {} is the first key and signs now", first.kid()));
        return Ok(());
    }
    if let Some(Rotated { successor, signs_from, predecessor, published_until }) =
        ring.rotate(algorithm, Duration::ZERO, CAUSE, now).await?
    {
        line(&format!(
            "{purpose} {name}: {successor} is published now and signs from {}; {predecessor} signs until then and is \
             published until {}",
            signs_from.rfc3339(),
            published_until.rfc3339()
        ));
        return Ok(());
    }
    let newest = kept(store, now).await?.into_iter().find(|key| is_line(key) && key.retired_at.is_none());
    let newest = newest.with_context(|| format!("the keys of {purpose} have no newest one"))?;
    line(&format!(
        "{purpose} {name}: is rotating already; {} signs from {}",
        newest.kid,
        newest.signs_from.rfc3339()
    ));
    Ok(())
}

async fn retire(store: &Store, kid: &str, now: Timestamp) -> anyhow::Result<()> {
    let found = kept(store, now).await?.into_iter().find(|key| key.kid == kid);
    let unknown = || format!("there is no published key {kid}; see `openias keys list`");
    let purpose = found.with_context(unknown)?.purpose;
    let ring = KeyRing::new(store.clone(), purpose);
    let Ended { stage, signing } = ring.end(kid, CAUSE, now).await?.with_context(unknown)?;
    line(&format!("{kid} is retired and published no more; {signing} signs for {}", purpose.name()));
    line("What this breaks:");
    if stage != KeyStage::Published {
        line(&format!("  {}", broken(purpose)));
    }
    line(&format!(
        "  Running nodes learn of it within {} s. Verifiers may keep the old key set for {} minutes, some for longer:",
        REFRESH.as_secs(),
        JWKS_LIFE.as_secs() / 60
    ));
    line("  until then they take what anybody signs with the retired key.");
    if stage == KeyStage::Signing {
        line(
            "  Until then they also refuse what the new key signs, unless they ask again for a key they do not know.",
        );
    }
    Ok(())
}

/// What a key of a purpose has signed, and what becomes of it.
fn broken(purpose: KeyPurpose) -> &'static str {
    match purpose {
        KeyPurpose::Identity => {
            "Tokens of the authorization server that it signed verify no more: their clients need new ones."
        }
        KeyPurpose::CspSandbox | KeyPurpose::CspProduction => {
            "ID tokens of the built-in CSP that it signed verify no more: clients renew them, or patients verify again."
        }
        KeyPurpose::Network => {
            "Assertions under way are refused: searches and exports of that moment are tried again."
        }
    }
}

fn describe(key: &KeyTimes, now: Timestamp) -> String {
    let until = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), Timestamp::rfc3339);
    format!(
        "{}  {}  {}  {}  published {}  signs from {}  until {}  forgotten {}",
        key.kid,
        key.purpose.name(),
        key.algorithm.name(),
        key.stage(now).name(),
        key.published_at.rfc3339(),
        key.signs_from.rfc3339(),
        until(key.retired_at),
        until(key.forgotten_at)
    )
}
