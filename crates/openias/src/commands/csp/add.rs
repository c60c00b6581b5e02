//! `openias csp add`: writes an entry into the configuration file, once the whole list with it makes sense.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use identity::csps::Csp;
use tempfile::NamedTempFile;
use toml::{Table, Value};

use super::{members, place_of};
use crate::config::{Config, CspEntry};

/// What is known of the `idp` already is taken away only with `replace`. Those who add at the same time take turns.
pub(super) fn add(file: &Path, entry: &CspEntry, replace: bool) -> anyhow::Result<()> {
    let (idp, shown) = (&entry.idp, file.display());
    let place = file.canonicalize().with_context(|| shown.to_string())?;
    let folder = place.parent().unwrap_or(&place);
    let turn = File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
    let _turn = turn.with_context(|| format!("{} cannot be locked", folder.display()))?;
    let mut config = Config::load(Some(file))?;
    let before = config.trusted_csps()?;
    let stands_there = config.csps.iter().any(|known| known.idp == *idp);
    config.csps.retain(|known| known.idp != *idp);
    config.csps.push(read_beside(file, entry));
    let after = config.trusted_csps()?;
    if !replace {
        let instead = if stands_there { format!(", or change its entry in {shown}") } else { String::new() };
        if let (Some(before), Some(after)) = (before.find(idp), after.find(idp)) {
            bail!(
                "{idp} is trusted already and would lose {}; say --replace{instead}",
                losses(before, after)
            );
        }
        ensure!(
            !stands_there,
            "an entry in {shown} takes the trust of {idp} away; to trust it, say --replace"
        );
    }
    let text = std::fs::read_to_string(file).with_context(|| shown.to_string())?;
    let apart = || format!("the entry of {idp} in {shown} cannot be told apart: change it there");
    let kept = if stands_there { without(&text, idp).with_context(apart)? } else { text.clone() };
    let gap = if kept.ends_with('\n') || kept.is_empty() { "" } else { "\n" };
    let written = format!("{kept}{gap}\n{}", entry.to_toml()?);
    // A list set to empty by a line of its own excludes tables of the same name.
    let read: Table =
        written.parse().with_context(|| format!("{shown} cannot take a [[csps]] table at its end"))?;
    ensure!(others(&read, idp) == others(&text.parse()?, idp), apart());
    put(&place, folder, &written).with_context(|| shown.to_string())
}

/// Puts a file in the place of another, whole or not at all.
fn put(place: &Path, folder: &Path, text: &str) -> std::io::Result<()> {
    let mut fresh = NamedTempFile::new_in(folder)?;
    fresh.write_all(text.as_bytes())?;
    fresh.as_file().set_permissions(place.metadata()?.permissions())?;
    fresh.as_file().sync_all()?;
    fresh.persist(place)?;
    Ok(())
}

/// The entry as it will be read: a relative key file starts at the configuration file.
fn read_beside(file: &Path, entry: &CspEntry) -> CspEntry {
    let folder = file.parent().unwrap_or(Path::new(""));
    let jwks_file = entry.jwks_file.as_ref().map(|path| folder.join(path));
    CspEntry { jwks_file, ..entry.clone() }
}

/// What a replacement would take away, for a sentence.
fn losses(before: &Csp, after: &Csp) -> String {
    let mut lost = Vec::new();
    for issuer in &before.issuers {
        for mode in issuer.modes.iter().filter(|mode| !after.speaks_for(&issuer.url, **mode)) {
            lost.push(format!("the {mode} issuer {}", issuer.url));
        }
        let (old, new) = (place_of(&issuer.keys), after.keys_of(&issuer.url).map(place_of));
        if new.is_some_and(|new| new != old) {
            lost.push(format!("the keys of {} {old}", issuer.url));
        }
    }
    let changes = members(before).into_iter().zip(members(after)).filter(|(old, new)| old != new);
    lost.extend(changes.map(|((what, old), (_, new))| format!("{what}: {old} (then {new})")));
    if lost.is_empty() { "nothing".to_owned() } else { lost.join("; ") }
}

/// The file without the table of one entry; none when it cannot be told where that is. Remarks behind it belong to
/// what follows.
fn without(text: &str, idp: &str) -> Option<String> {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            blocks.push(String::new());
        }
        blocks.last_mut()?.push_str(line);
    }
    let entry = blocks.iter_mut().find(|block| is_entry_of(block, idp))?;
    let silent = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let behind: usize = entry.split_inclusive('\n').rev().take_while(silent).map(str::len).sum();
    entry.split_off(entry.len() - behind).trim_start_matches('\n').clone_into(entry);
    Some(blocks.concat())
}

fn is_entry_of(block: &str, idp: &str) -> bool {
    let table: Table = block.parse().unwrap_or_default();
    table
        .get("csps")
        .and_then(Value::as_array)
        .is_some_and(|entries| entries.iter().any(|entry| is_of(entry, idp)))
}

fn is_of(entry: &Value, idp: &str) -> bool {
    entry.get("idp").and_then(Value::as_str) == Some(idp)
}

/// Everything in a file but the entries of one `idp`.
fn others(table: &Table, idp: &str) -> Table {
    let mut table = table.clone();
    if let Some(entries) = table.get_mut("csps").and_then(Value::as_array_mut) {
        entries.retain(|entry| !is_of(entry, idp));
        if entries.is_empty() {
            table.remove("csps");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_is_taken_out_of_a_file_and_nothing_else() {
        let server = "[server]\nlisten = \"127.0.0.1:1\"\n\n";
        let first = "[[csps]] # the first\nidp = \"a_csp\"\nquirks = [\n  \"token.filler\",\n]\n\n";
        let second = "# About the second.\n[[csps]]\nidp = \"b_csp\"\n";
        let text = [server, first, second].concat();
        assert_eq!(without(&text, "a_csp"), Some([server, second].concat()));
        assert_eq!(without(&text, "b_csp"), Some([server, first, "# About the second.\n"].concat()));
        assert_eq!(without(&text, "c_csp"), None);
        assert_eq!(without("csps = [{idp = \"x\"}, {idp = \"y\"}]\n[server]\n", "z"), None);
    }
}
