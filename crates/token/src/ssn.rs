//! Social security numbers in their spellings: judged, normalised, and sent nowhere.

use model::Ssn;

use crate::Rule;
use crate::breach::Breaches;
use crate::person::{Names, Person, remark_on_alias, says_nothing};

const WHOLE: Names = &["SSN", "ssn", "ssn9", "ssn_itin", "social_security_number", "social"];
const LAST_FOUR: Names = &["SSN_Last_four_digits", "ssn_last_four_digits", "ssn4", "ssn_itin_short"];

/// The number, or its last four digits where there are no more.
pub(crate) fn read(person: Person<'_>, breaches: &mut Breaches) -> Option<Ssn> {
    let whole = part(person, WHOLE, Ssn::parse, breaches);
    let last_four = part(person, LAST_FOUR, Ssn::from_last_four, breaches);
    match (whole, last_four) {
        (Some(whole), Some(last_four)) if whole.last_four() != last_four.last_four() => {
            breaches.refuse(Rule::SsnFormat)
        }
        (whole, last_four) => whole.or(last_four),
    }
}

fn part(
    person: Person<'_>,
    names: Names,
    parse: fn(&str) -> Option<Ssn>,
    breaches: &mut Breaches,
) -> Option<Ssn> {
    let (name, value) = person.get(names)?;
    if says_nothing(value, names, breaches) {
        return None;
    }
    breaches.add(Rule::SsnPresent);
    remark_on_alias(name, names, breaches);
    let number = value.as_str().and_then(parse);
    let mut all = person.all(names).filter_map(|(_, value)| value.as_str().and_then(parse));
    let number = number.filter(|number| all.all(|other| other == *number));
    breaches.take(number.ok_or(Rule::SsnFormat.into()))
}
