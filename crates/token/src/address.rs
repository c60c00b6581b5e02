//! Where a person lives, and lived (IAS SOP 3.0 table 3, over OIDC Core section 5.1.1).

use jose::json::Value;
use model::Address;

use crate::breach::{Breach, Breaches};
use crate::person::{Names, Person, remark_on_alias, says_nothing};
use crate::{Rule, text};

/// Most former addresses.
const MAX_HISTORY: usize = 32;

pub(crate) const STREET: Names = &["street_address", "address_line1"];
pub(crate) const SECOND_LINE: Names = &["address_line2"];
pub(crate) const CITY: Names = &["locality", "city"];
pub(crate) const POSTAL_CODE: Names = &["postal_code", "code_postal"];
pub(crate) const COUNTRY: Names = &["country"];
const FORMATTED: Names = &["formatted", "full_address"];
const HISTORY: Names = &["historical_address", "historical_addresses", "address_historical"];

/// Reads `address`, which every token must have; some specifications put its members beside the others.
pub(crate) fn current(person: Person<'_>, breaches: &mut Breaches) -> Option<Address> {
    match person.get(&["address"]) {
        Some((_, Value::Object(address))) => read(Person::part(address), breaches),
        Some((_, value)) if !text::is_filler(value) => breaches.refuse(Rule::Address),
        _ if person.get(STREET).is_some() => {
            breaches.add_at(Rule::Alias, "address");
            read(person, breaches)
        }
        _ => breaches.refuse(Breach::at(Rule::Missing, "address")),
    }
}

/// Reads the former addresses: one object or an array, under one name or several. An entry that is no complete
/// US address is left out, since it only ever widens a search.
pub(crate) fn historical(person: Person<'_>, breaches: &mut Breaches) -> Vec<Address> {
    let mut entries = Vec::new();
    for (name, value) in person.all(HISTORY) {
        match value {
            Value::Array(several) => entries.extend(several),
            Value::Object(_) => entries.push(value),
            nothing if says_nothing(nothing, HISTORY, breaches) => continue,
            _ => breaches.add(Rule::History),
        }
        remark_on_alias(name, HISTORY, breaches);
    }
    if entries.len() > MAX_HISTORY {
        breaches.add(Rule::History);
        return Vec::new();
    }
    let read = entries.iter().map(|entry| {
        // Their formal quirks are not remarked on one by one.
        let mut unremarked = Breaches::default();
        read(Person::part(entry.as_object()?), &mut unremarked)
    });
    let addresses: Vec<Address> = read.flatten().collect();
    if addresses.len() < entries.len() {
        breaches.add(Rule::HistoryEntry);
    }
    addresses
}

fn read(address: Person<'_>, breaches: &mut Breaches) -> Option<Address> {
    if let Some((_, formatted)) = address.get(FORMATTED) {
        breaches.take(text::check_formatted(formatted))?;
    }
    // Each part is read, so that all that is wrong is told at once.
    let street = street(address, breaches);
    let city = address.required(CITY, breaches);
    let state = state(address, breaches);
    let postal_code = postal_code(address, breaches);
    let country = country(address, breaches);
    Some(Address {
        street: street?,
        city: city?.to_owned(),
        state: state?,
        postal_code: postal_code?.to_owned(),
        country: country?,
    })
}

fn street(address: Person<'_>, breaches: &mut Breaches) -> Option<String> {
    let first = address.required(STREET, breaches)?;
    Some(match address.optional(SECOND_LINE, breaches) {
        Some(second) => format!("{first}, {second}"),
        None => first.to_owned(),
    })
}

/// The SOP's table says `regionality`, OpenID Connect and every issuer say `region`. Either will do; both
/// must agree.
fn state(address: Person<'_>, breaches: &mut Breaches) -> Option<String> {
    let region = address.optional(&["region", "state"], breaches);
    let regionality = address.optional(&["regionality"], breaches);
    let state = match (region, regionality) {
        (Some(region), Some(regionality)) if !region.eq_ignore_ascii_case(regionality) => {
            return breaches.refuse(Rule::RegionConflict);
        }
        (_, Some(state)) => state,
        (Some(state), None) => {
            breaches.add(Rule::RegionName);
            state
        }
        (None, None) => return breaches.refuse(Breach::at(Rule::Missing, "region")),
    };
    match two_letters(state) {
        Some(letters) => {
            remark_on_case(&letters, state, Rule::RegionFormat, breaches);
            Some(letters)
        }
        None => breaches.refuse(Rule::Region),
    }
}

fn postal_code<'c>(address: Person<'c>, breaches: &mut Breaches) -> Option<&'c str> {
    let code = address.required(POSTAL_CODE, breaches)?;
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = match code.split_once('-') {
        None => digits(code, 5),
        Some((five, four)) => digits(five, 5) && digits(four, 4),
    };
    if valid { Some(code) } else { breaches.refuse(Rule::PostalCode) }
}

fn country(address: Person<'_>, breaches: &mut Breaches) -> Option<String> {
    let country = address.required(COUNTRY, breaches)?;
    if ["USA", "United States", "United States of America"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(country))
    {
        breaches.add(Rule::CountryFormat);
        return Some("US".to_owned());
    }
    match two_letters(country) {
        Some(letters) => {
            remark_on_case(&letters, country, Rule::CountryFormat, breaches);
            Some(letters)
        }
        None => breaches.refuse(Rule::Country),
    }
}

fn two_letters(written: &str) -> Option<String> {
    let letters = written.len() == 2 && written.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters.then(|| written.to_ascii_uppercase())
}

fn remark_on_case(letters: &str, written: &str, rule: Rule, breaches: &mut Breaches) {
    if letters != written {
        breaches.add(rule);
    }
}
