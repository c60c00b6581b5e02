use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;

/// Where keys are used: handlers, templates, scripts.
const USERS: [&str; 3] = ["src", "templates", "assets"];

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    for (en, es) in PAGES.into_iter().chain([WIDGET]) {
        assert_eq!(variables(en), variables(es));
    }
}

#[test]
fn every_message_is_read_and_has_words() {
    for language in Language::ALL {
        for source in sources(language) {
            assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{language}");
            for (key, names) in variables(source) {
                let values: Vec<_> = names.iter().map(|name| (*name, "x")).collect();
                let arguments: FluentArgs<'_> = values.into_iter().collect();
                let mut faults = Vec::new();
                let message = bundle(language).get_message(key).and_then(|message| message.value());
                let text = message
                    .map(|pattern| bundle(language).format_pattern(pattern, Some(&arguments), &mut faults));
                assert!(text.is_some_and(|text| !text.trim().is_empty()), "{language} {key} is empty");
                assert!(faults.is_empty(), "{language} {key}: {faults:?}");
            }
        }
    }
}

#[test]
fn no_key_is_defined_twice() {
    let all: Vec<_> = sources(Language::En).flat_map(keys).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

#[test]
fn every_key_is_used_and_every_used_key_exists() {
    let users: String =
        USERS.iter().map(|folder| texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))).collect();
    let known: BTreeSet<_> = sources(Language::En).flat_map(keys).collect();
    for key in &known {
        // A stem stands for its parts: "problem-not-found" for its title, what and next.
        let stem = key.rsplit_once('-').map_or(*key, |(stem, _)| stem);
        let used = [*key, stem].iter().any(|name| users.contains(&format!("\"{name}\"")));
        assert!(used || key.starts_with("widget-outcome-"), "{key} is used nowhere");
    }
    for call in ["language.text(\"", "language.text_with(\"", "say(\""] {
        for (_, rest) in users.match_indices(call).map(|(at, _)| users.split_at(at + call.len())) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(known.contains(key), "{key} is used, but there is no such message");
        }
    }
}

#[test]
fn the_browser_gets_all_messages_of_the_widget_with_their_variables_marked() {
    let json: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(browser_messages()).expect("JSON");
    assert_eq!(json["en"].len(), keys(WIDGET.0).count());
    assert_eq!(json["en"]["widget-searching-count"], "{answered} of {asked} answered");
    assert_eq!(json["es"]["widget-searching-count"], "{answered} de {asked} contestaron");
    for (key, names) in variables(WIDGET.0) {
        assert!(
            names.iter().all(|name| WIDGET_VARIABLES.contains(name)),
            "{key} has a variable that no one fills in"
        );
    }
    assert!(!browser_messages().contains('<'));
}

#[test]
fn an_unknown_key_is_shown_as_itself() {
    let key = "no-such-message";
    assert_eq!(Language::Es.text(key), key);
}

/// The variables of each message, read from the text of the file.
fn variables(source: &'static str) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut current = "";
    for line in source.lines() {
        current = keys(line).next().unwrap_or(current);
        let names = found.entry(current).or_default();
        names.extend(
            line.split('$')
                .skip(1)
                .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next()),
        );
    }
    found.remove("");
    found
}

fn texts(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder of this crate");
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(
            |path| {
                if path.is_dir() { texts(&path) } else { std::fs::read_to_string(&path).unwrap_or_default() }
            },
        )
        .collect()
}
