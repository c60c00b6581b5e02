//! Whether a token contradicts itself about the person: one claim under two names, or in two places. Whoever reads
//! the other one would take the bearer for somebody else.

use jose::json::Value;
use model::Gender;
use model::demographics::iso_date;
use unicode_normalization::UnicodeNormalization as _;

use crate::breach::Breaches;
use crate::name::{FAMILY_NAME, GIVEN_NAME, MIDDLE_NAME, SUFFIX};
use crate::person::{Names, Person, canonical};
use crate::{Rule, address, birthdate, contact, demographics, text};

/// Whether two texts say the same in two spellings.
type Same = fn(&str, &str) -> bool;

const CLAIMS: [(Names, Same); 8] = [
    (GIVEN_NAME, names_agree),
    (FAMILY_NAME, names_agree),
    (MIDDLE_NAME, middle_names_agree),
    (SUFFIX, names_agree),
    (birthdate::BIRTHDATE, dates_agree),
    (demographics::GENDER, genders_agree),
    (&["email"], emails_agree),
    (&["phone_number"], phones_agree),
];

const REGION: Names = &["region", "state"];

const ADDRESS: [(Names, Same); 5] = [
    (address::SECOND_LINE, lines_agree),
    (address::CITY, lines_agree),
    (REGION, abbreviated),
    (address::POSTAL_CODE, postal_codes_agree),
    (address::COUNTRY, abbreviated),
];

/// Looks at every claim that is read, under all of its names and in all of its places. What stands there alone, or
/// twice in two spellings, is no conflict.
pub(crate) fn check(places: &[Person<'_>], breaches: &mut Breaches) {
    for (names, same) in CLAIMS {
        compare(places, names, same, breaches);
    }
    check_middle_initial(places, breaches);
    let mut addresses = Vec::with_capacity(2);
    for place in places {
        if let Some((_, Value::Object(inner))) = place.get(&["address"]) {
            addresses.push(Person::part(inner));
        }
        if place.get(address::STREET).is_some() {
            addresses.push(*place);
        }
    }
    check_street(&addresses, breaches);
    check_state(&addresses, breaches);
    for (names, same) in ADDRESS {
        compare(&addresses, names, same, breaches);
    }
}

fn compare(places: &[Person<'_>], names: Names, same: Same, breaches: &mut Breaches) {
    let texts = spellings(places, names, breaches);
    if disagree(&texts, |one, two| same(one, two)) {
        breaches.add_at(Rule::ClaimConflict, canonical(names));
    }
}

/// All that is said under these names, when it is said more than once.
fn spellings<'c>(places: &[Person<'c>], names: Names, breaches: &mut Breaches) -> Vec<&'c str> {
    let there = || places.iter().flat_map(|place| place.all(names)).map(|(_, value)| value);
    let said = || there().filter(|value| !text::is_filler(value));
    if there().nth(1).is_none() || said().nth(1).is_none() {
        return Vec::new();
    }
    said().filter_map(|value| breaches.take(text::read(value, canonical(names)))).collect()
}

fn disagree<T>(all: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    all.iter().enumerate().any(|(at, one)| all.iter().skip(at + 1).any(|two| !same(one, two)))
}

fn check_middle_initial(places: &[Person<'_>], breaches: &mut Breaches) {
    const BOTH: Names = &["middle_name", "name_middle", "middle_initial"];
    if places.iter().any(|place| place.has("middle_initial")) {
        compare(places, BOTH, middle_names_agree, breaches);
    }
}

/// A street may stand in one line or in two.
fn check_street(addresses: &[Person<'_>], breaches: &mut Breaches) {
    if spellings(addresses, address::STREET, breaches).len() < 2 {
        return;
    }
    let mut streets = Vec::new();
    for place in addresses {
        let second = place.get(address::SECOND_LINE).and_then(|(_, line)| line.as_str());
        let firsts = place.all(address::STREET).filter(|(_, line)| !text::is_filler(line));
        for first in firsts.filter_map(|(_, line)| line.as_str()) {
            streets.push((first, second.map(|second| format!("{first} {second}"))));
        }
    }
    let forms = |(first, both): &(&str, Option<String>)| [Some((*first).to_owned()), both.clone()];
    let same = |one: &_, two: &_| {
        let (one, two) = (forms(one), forms(two));
        one.iter().flatten().any(|one| two.iter().flatten().any(|two| lines_agree(one, two)))
    };
    if disagree(&streets, same) {
        breaches.add_at(Rule::ClaimConflict, canonical(address::STREET));
    }
}

/// The state of each address, under the name that counts: two names in one address have a rule of their own.
fn check_state(addresses: &[Person<'_>], breaches: &mut Breaches) {
    if addresses.len() < 2 {
        return;
    }
    let states = addresses.iter().filter_map(|place| {
        let mut said = place.all(&["regionality", "region", "state"]);
        said.find(|(_, value)| !text::is_filler(value))?.1.as_str()
    });
    let states: Vec<&str> = states.collect();
    if disagree(&states, |one, two| abbreviated(one, two)) {
        breaches.add_at(Rule::ClaimConflict, canonical(REGION));
    }
}

/// Letters and digits alone, in one case and without accents; umlauts also as identity documents write them (ICAO
/// 9303 part 3 section 6).
fn folded(text: &str) -> String {
    let letters = text.nfkd().filter(|character| character.is_alphanumeric());
    let folded: String = letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    let plain =
        [("æ", "a"), ("œ", "o"), ("ø", "o"), ("ł", "l"), ("đ", "d"), ("ae", "a"), ("oe", "o"), ("ue", "u")];
    plain.iter().fold(folded, |text, (from, to)| text.replace(from, to))
}

fn names_agree(one: &str, two: &str) -> bool {
    folded(one) == folded(two)
}

/// One may be the initial of the other.
fn middle_names_agree(one: &str, two: &str) -> bool {
    let (one, two) = (folded(one), folded(two));
    let begins = |whole: &str, initial: &str| initial.chars().count() == 1 && whole.starts_with(initial);
    one == two || begins(&one, &two) || begins(&two, &one)
}

fn dates_agree(one: &str, two: &str) -> bool {
    let digits = |text: &str| {
        let text = birthdate::parse(text).map_or_else(|| text.to_owned(), iso_date);
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    };
    digits(one) == digits(two)
}

/// Not to know is no contradiction.
fn genders_agree(one: &str, two: &str) -> bool {
    let genders = [one, two].map(demographics::gender_of);
    genders.contains(&Some(Gender::Unknown))
        || genders[0] == genders[1] && genders[0].is_some()
        || names_agree(one, two)
}

fn emails_agree(one: &str, two: &str) -> bool {
    one.trim().to_lowercase() == two.trim().to_lowercase()
}

fn phones_agree(one: &str, two: &str) -> bool {
    let number = |text: &str| {
        let digits = || text.chars().filter(char::is_ascii_digit).collect();
        contact::e164(text).unwrap_or_else(digits)
    };
    number(one) == number(two)
}

/// ZIP and ZIP+4.
fn postal_codes_agree(one: &str, two: &str) -> bool {
    let (one, two) = (folded(one), folded(two));
    let continues = |long: &str, short: &str| short.len() == 5 && long.len() == 9 && long.starts_with(short);
    one == two || continues(&one, &two) || continues(&two, &one)
}

/// Word for word, some of them shortened as the Postal Service does.
fn lines_agree(one: &str, two: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|character: char| !character.is_alphanumeric() && character != '\'');
        let words = words.map(str::to_lowercase);
        words.filter(|word| !word.is_empty() && !UNIT.contains(&word.as_str())).collect()
    };
    let (one, two) = (words(one), words(two));
    one.len() == two.len() && one.iter().zip(&two).all(|(one, two)| abbreviated(one, two))
}

/// What stands before the number of a flat, or does not.
const UNIT: [&str; 8] = ["apt", "apartment", "unit", "suite", "ste", "no", "rm", "room"];

/// The same word, or one of at most four letters that are in the other in their order: `St` and `Street`, `TX` and
/// `Texas`, `US` and `United States`.
fn abbreviated(one: &str, two: &str) -> bool {
    let (one, two) = (folded(one), folded(two));
    let (short, long) = if one.len() <= two.len() { (&one, &two) } else { (&two, &one) };
    let shortens = || {
        let mut rest = long.chars();
        (1..=4).contains(&short.len())
            && long.len() > short.len()
            && long.chars().all(char::is_alphabetic)
            && short.chars().next() == long.chars().next()
            && short.chars().all(|letter| rest.any(|other| other == letter))
    };
    one == two || shortens()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelling_is_no_other_value() {
        let table: [(Same, &str, &str, bool); 36] = [
            (names_agree, "O'Brien-Núñez", "OBRIEN NUNEZ", true),
            (names_agree, "Müller", "MUELLER", true),
            (names_agree, "Søren", "SOEREN", true),
            (names_agree, "Weiß", "WEISS", true),
            (names_agree, " Camila ", "camila", true),
            (names_agree, "Camila", "Camilla", false),
            (names_agree, "Jr.", "JR", true),
            (names_agree, "II", "III", false),
            (middle_names_agree, "Maria", "M.", true),
            (middle_names_agree, "Maria", "N", false),
            (middle_names_agree, "Maria", "Ma", false),
            (dates_agree, "1987-09-12", "09/12/1987", true),
            (dates_agree, "1987-09-12", "19870912", true),
            (dates_agree, "1987-09-12", "1987-12-09", false),
            (genders_agree, "F", "female", true),
            (genders_agree, "F", "u", true),
            (genders_agree, "F", "male", false),
            (genders_agree, "x", "X", true),
            (genders_agree, "x", "y", false),
            (emails_agree, "Camila@Epic.com", " camila@epic.com", true),
            (emails_agree, "camila@epic.com", "camila@epic.org", false),
            (phones_agree, "+14694694321", "(469) 469-4321", true),
            (phones_agree, "+14694694321", "+14694694322", false),
            (postal_codes_agree, "75043", "75043-1234", true),
            (postal_codes_agree, "75043-1235", "75043-1234", false),
            (postal_codes_agree, "7504", "75043", false),
            (lines_agree, "3268 West Johnson Street, Apartment #117", "3268 W JOHNSON ST APT 117", true),
            (lines_agree, "12 Main St", "132 Main St", false),
            (lines_agree, "117 Main St", "117 Elm St", false),
            (lines_agree, "St. Louis", "Saint Louis", true),
            (abbreviated, "US", "United States of America", true),
            (abbreviated, "USA", "us", true),
            (abbreviated, "US", "UA", false),
            (abbreviated, "TX", "Texas", true),
            (abbreviated, "CA", "Texas", false),
            (abbreviated, "", "Texas", false),
        ];
        for (same, one, two, agree) in table {
            assert_eq!((same(one, two), same(two, one)), (agree, agree), "{one} and {two}");
        }
    }
}
