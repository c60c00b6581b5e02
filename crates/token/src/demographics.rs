//! The person a token is about (IAS SOP 3.0 tables 1 to 3, the 2.x form, and the CMS payload specification),
//! normalised into one form.

use jose::json::Object;
use model::{Demographics, Gender};
use time::Date;

use crate::breach::Breaches;
use crate::name::{FAMILY_NAME, GIVEN_NAME};
use crate::person::{Names, Person};
use crate::{Rule, address, birthdate, conflict, contact, name, ssn};

pub(crate) const GENDER: Names = &["gender", "sex_legal"];

/// Claims about a person that issuers send beside the listed ones and nobody here reads.
const UNLISTED: [&str; 8] = [
    "identity_document_number",
    "id_number",
    "document",
    "legal_id",
    "name_historical",
    "historical_names",
    "phone_number_historical",
    "name_full",
];

/// Reads the demographics: names, birthdate and address are required, and one way to reach the person. None
/// when a firm rule is broken; the breach says which.
pub(crate) fn read(claims: &Object<'_>, today: Date, breaches: &mut Breaches) -> Option<Demographics> {
    let person = Person::of(claims, breaches);
    // Each part is read, so that all that is wrong is told at once.
    let given_name = name::required(person, GIVEN_NAME, breaches);
    let family_name = name::required(person, FAMILY_NAME, breaches);
    let middle_name = name::middle(person, breaches);
    let suffix = name::suffix(person, breaches);
    // Only ever a filler: no CSP verifies nicknames.
    person.optional(&["nickname"], breaches);
    let birth_date = birthdate::read(person, today, breaches);
    let gender = gender(person, breaches);
    let address = address::current(person, breaches);
    let historical_addresses = address::historical(person, breaches);
    let places = Person::everywhere(claims);
    let email = contact::email(person, &places, breaches);
    let phone = contact::phone(person, &places, breaches);
    if email.is_none() && phone.is_none() {
        breaches.add(Rule::Contact);
    }
    let ssn = ssn::read(person, breaches);
    check_zip4(person, address.as_ref(), breaches);
    conflict::check(&places, breaches);
    for name in UNLISTED {
        if person.has(name) {
            breaches.add_at(Rule::Unlisted, name);
        }
    }
    Some(Demographics {
        given_name: given_name?,
        family_name: family_name?,
        middle_name,
        suffix,
        birth_date: birth_date?,
        gender,
        address: address?,
        historical_addresses,
        email,
        phone,
        ssn,
    })
}

/// As issuers write it: a word, a letter, any case.
fn gender(person: Person<'_>, breaches: &mut Breaches) -> Option<Gender> {
    let written = person.optional(GENDER, breaches)?;
    let Some(gender) = gender_of(written) else {
        return breaches.refuse(Rule::Gender);
    };
    if written != gender.as_str() {
        breaches.add(Rule::GenderSpelling);
    }
    Some(gender)
}

pub(crate) fn gender_of(written: &str) -> Option<Gender> {
    const SPELLINGS: [(&str, Gender); 8] = [
        ("male", Gender::Male),
        ("female", Gender::Female),
        ("m", Gender::Male),
        ("f", Gender::Female),
        ("other", Gender::Other),
        ("o", Gender::Other),
        ("u", Gender::Unknown),
        ("un", Gender::Unknown),
    ];
    SPELLINGS.iter().find(|(spelling, _)| spelling.eq_ignore_ascii_case(written)).map(|(_, gender)| *gender)
}

fn check_zip4(person: Person<'_>, address: Option<&model::Address>, breaches: &mut Breaches) {
    let Some(written) = person.optional(&["ZIP+4"], breaches) else { return };
    let parts = written.split_once('-').filter(|(five, four)| (five.len(), four.len()) == (5, 4));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let continues = parts.is_some_and(|(five, four)| {
        digits(five) && digits(four) && address.is_none_or(|address| address.postal_code.starts_with(five))
    });
    if !continues {
        breaches.add(Rule::Zip4);
    }
}
