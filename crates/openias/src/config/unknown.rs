//! Keys that mean nothing: named, with the nearest that does. A misspelt key that is quietly ignored
//! would leave a default standing where the operator decided otherwise.

use confique::Config as _;
use confique::meta::{FieldKind, Meta};
use toml::Table;

use super::Config;

/// Checks that every key of a configuration file is known.
pub(super) fn check(text: &str) -> anyhow::Result<()> {
    let table: Table = text.parse()?;
    let mut known = Vec::new();
    collect(&Config::META, "", &mut known);
    check_table(&table, "", &known)
}

/// The dotted names of all keys; sections end in a dot.
fn collect(meta: &Meta, prefix: &str, known: &mut Vec<String>) {
    for field in meta.fields {
        match &field.kind {
            FieldKind::Nested { meta } => {
                known.push(format!("{prefix}{}.", field.name));
                collect(meta, &format!("{prefix}{}.", field.name), known);
            }
            FieldKind::Leaf { .. } => known.push(format!("{prefix}{}", field.name)),
        }
    }
}

fn check_table(table: &Table, prefix: &str, known: &[String]) -> anyhow::Result<()> {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        let section = format!("{name}.");
        match value {
            toml::Value::Table(inner) if known.contains(&section) => check_table(inner, &section, known)?,
            _ if known.contains(&name) => {}
            _ => anyhow::bail!("there is no key {name}; did you mean {}?", nearest(&name, known)),
        }
    }
    Ok(())
}

fn nearest<'k>(name: &str, known: &'k [String]) -> &'k str {
    let distance = |key: &&String| strsim::damerau_levenshtein(name, key.trim_end_matches('.'));
    known.iter().min_by_key(distance).map_or("", |key| key.trim_end_matches('.'))
}
