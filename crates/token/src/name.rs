//! What a person is called.

use crate::Rule;
use crate::breach::{Breach, Breaches};
use crate::person::{Names, Person, canonical};

/// The last character of Latin Extended-A: CMS-aligned networks refuse names beyond it.
const LAST_LATIN: char = '\u{17f}';

pub(crate) const GIVEN_NAME: Names = &["given_name", "name_first"];
pub(crate) const FAMILY_NAME: Names = &["family_name", "name_last", "last_name"];
pub(crate) const MIDDLE_NAME: Names = &["middle_name", "name_middle"];
pub(crate) const SUFFIX: Names = &["suffix"];

/// Reads a name that must be there.
pub(crate) fn required(person: Person<'_>, names: Names, breaches: &mut Breaches) -> Option<String> {
    let written = person.required(names, breaches)?;
    if !written.chars().any(char::is_alphabetic) {
        return breaches.take(Err(Breach::at(Rule::Missing, canonical(names))));
    }
    if written.chars().any(|character| character > LAST_LATIN) {
        breaches.add_at(Rule::NameScript, canonical(names));
    }
    let mut letters = written.chars().filter(|character| character.is_alphabetic());
    if letters.clone().count() > 2 && letters.all(char::is_uppercase) {
        breaches.add_at(Rule::NameCapitals, canonical(names));
    }
    Some(spaced(written, names, breaches))
}

/// The whole middle name if there is one, else the initial.
pub(crate) fn middle(person: Person<'_>, breaches: &mut Breaches) -> Option<String> {
    if let Some(name) = person.optional(MIDDLE_NAME, breaches) {
        return Some(spaced(name, MIDDLE_NAME, breaches));
    }
    let written = person.optional(&["middle_initial"], breaches)?;
    let initial = written.strip_suffix('.').unwrap_or(written);
    let mut letters = initial.chars();
    if letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() {
        return Some(initial.to_owned());
    }
    breaches.refuse(Rule::MiddleInitial)
}

/// Reads `suffix`.
pub(crate) fn suffix(person: Person<'_>, breaches: &mut Breaches) -> Option<String> {
    person.optional(SUFFIX, breaches).map(|written| spaced(written, SUFFIX, breaches))
}

/// A name with single spaces. Its letters and their case stay as the CSP verified them.
fn spaced(written: &str, names: Names, breaches: &mut Breaches) -> String {
    let uneven = written.starts_with(' ') || written.ends_with(' ') || written.contains("  ");
    if !uneven {
        return written.to_owned();
    }
    breaches.add_at(Rule::NameSpacing, canonical(names));
    written.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
