//! The messages, one Fluent file per area and language, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::Language;

/// Messages that the server renders into pages.
const PAGES: [(&str, &str); 4] = [
    (include_str!("../../locales/en/pages.ftl"), include_str!("../../locales/es/pages.ftl")),
    (include_str!("../../locales/en/inquiry.ftl"), include_str!("../../locales/es/inquiry.ftl")),
    (include_str!("../../locales/en/proofing.ftl"), include_str!("../../locales/es/proofing.ftl")),
    (include_str!("../../locales/en/portal.ftl"), include_str!("../../locales/es/portal.ftl")),
];
/// The rules for ID tokens, which speak English themselves.
const RULES_ES: &str = include_str!("../../locales/es/rules.ftl");
/// Messages that the widget shows: they travel to the browser as JSON.
const WIDGET: (&str, &str) =
    (include_str!("../../locales/en/widget.ftl"), include_str!("../../locales/es/widget.ftl"));
/// The variables of the widget's messages. In the browser they are filled in by name.
const WIDGET_VARIABLES: [&str; 6] = ["answered", "asked", "count", "name", "total", "url"];

/// A message of one language. A key that does not exist is shown as itself, and logged; a test finds it first.
pub(super) fn text(language: Language, key: &str, values: &[(&str, &str)]) -> String {
    let bundle = bundle(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        tracing::error!(key, %language, "there is no such message");
        return key.to_owned();
    };
    let arguments: FluentArgs<'_> = values.iter().copied().collect();
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut faults).into_owned();
    if !faults.is_empty() {
        tracing::error!(key, %language, ?faults, "a message lacks a value");
    }
    text
}

/// The widget's messages in both languages: `{"en":{"key":"text with {name}"},"es":{…}}`, safe inside a
/// `<script type="application/json">`.
pub(crate) fn browser_messages() -> &'static str {
    static JSON: OnceLock<String> = OnceLock::new();
    JSON.get_or_init(|| {
        let languages: BTreeMap<_, _> = Language::ALL
            .into_iter()
            .map(|language| (language.as_str(), widget_messages(language)))
            .collect();
        serde_json::to_string(&languages).unwrap_or_default().replace('<', "\\u003c")
    })
}

fn widget_messages(language: Language) -> BTreeMap<&'static str, String> {
    let marks = WIDGET_VARIABLES.map(|name| (name, format!("{{{name}}}")));
    let values: Vec<(&str, &str)> = marks.iter().map(|(name, mark)| (*name, mark.as_str())).collect();
    keys(of(WIDGET, language)).map(|key| (key, text(language, key, &values))).collect()
}

fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static EN: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    static ES: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    match language {
        Language::En => EN.get_or_init(|| read(language)),
        Language::Es => ES.get_or_init(|| read(language)),
    }
}

fn read(language: Language) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = language.as_str().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Names stand in their own elements; invisible marks around them would only get in the way.
    bundle.set_use_isolating(false);
    for source in sources(language) {
        // What can be read of a damaged file still speaks; a test refuses the damage.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn sources(language: Language) -> impl Iterator<Item = &'static str> {
    let rules = (language == Language::Es).then_some(RULES_ES);
    PAGES.into_iter().chain([WIDGET]).map(move |pair| of(pair, language)).chain(rules)
}

const fn of(pair: (&'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::En => pair.0,
        Language::Es => pair.1,
    }
}

/// The keys of a file: what stands at the start of a line before ` =`.
fn keys(source: &'static str) -> impl Iterator<Item = &'static str> {
    source.lines().filter_map(|line| {
        let (key, _) = line.split_once(" =")?;
        key.starts_with(|c: char| c.is_ascii_lowercase()).then_some(key)
    })
}

#[cfg(test)]
mod tests;
