//! Keys that mean nothing: named, with the nearest that does. A misspelt key that is quietly ignored
//! would leave a default standing where the operator decided otherwise.

use std::ffi::OsString;

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

/// How the variables begin that tests read, not the configuration.
const OF_TESTS: [&str; 2] = ["OPENIAS_TEST_", "OPENIAS_BIN"];

/// A sentence for every variable that looks like ours and sets nothing. It is no error, because others make
/// such names too: a container platform announces a service of our name in `OPENIAS_SERVICE_HOST`.
pub(super) fn variables(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<String> {
    let mut known = Vec::new();
    collect_variables(&Config::META, &mut known);
    let names = all.filter_map(|(name, _)| name.into_string().ok());
    let of_tests = |name: &str| OF_TESTS.iter().any(|prefix| name.starts_with(prefix));
    let ours = names.filter(|name| name.starts_with("OPENIAS_") && !of_tests(name));
    ours.filter(|name| !known.contains(name))
        .map(|name| {
            format!("the environment variable {name} sets nothing; did you mean {}?", nearest(&name, &known))
        })
        .collect()
}

fn collect_variables(meta: &Meta, known: &mut Vec<String>) {
    for field in meta.fields {
        match &field.kind {
            FieldKind::Nested { meta } => collect_variables(meta, known),
            FieldKind::Leaf { env, .. } => known.extend(env.map(str::to_owned)),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_sets_nothing_is_named_with_the_nearest_that_does() {
        let set = [
            "OPENIAS_SERVER_LISTEN",
            "OPENIAS_EGRESS_PRIVATE_ORIGINS",
            "OPENIAS_TEST_POSTGRES",
            "HOME",
            "OPENIAS_STORE_DATADIR",
        ];
        let said = variables(set.into_iter().map(|name| (name.into(), "x".into())));
        let [only] = said.as_slice() else { panic!("one: {said:?}") };
        assert!(only.contains("OPENIAS_STORE_DATADIR") && only.contains("OPENIAS_STORE_DATA_DIR"), "{only}");
    }
}
