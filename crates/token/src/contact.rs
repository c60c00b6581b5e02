//! How a person can be reached, as far as that was verified.

use jose::json::Value;

use crate::Rule;
use crate::breach::{Breach, Breaches};
use crate::person::{Names, Person, canonical};

/// Longest e-mail address (RFC 5321 section 4.5.3.1.3, less the angle brackets).
const MAX_EMAIL: usize = 254;

/// Reads `email`, as written. None when absent, not verified or no address.
pub(crate) fn email(person: Person<'_>, places: &[Person<'_>], breaches: &mut Breaches) -> Option<String> {
    let email = person.optional(&["email"], breaches)?;
    if !is_verified(places, &["email_verified"], breaches) {
        return breaches.refuse(Breach::at(Rule::ContactUnverified, "email"));
    }
    if !is_email(email) {
        return breaches.refuse(Breach::at(Rule::ContactFormat, "email"));
    }
    Some(email.to_owned())
}

/// Reads `phone_number` into E.164. None when absent, not verified or no number.
pub(crate) fn phone(person: Person<'_>, places: &[Person<'_>], breaches: &mut Breaches) -> Option<String> {
    let written = person.optional(&["phone_number"], breaches)?;
    if !is_verified(places, &["phone_number_verified"], breaches) {
        return breaches.refuse(Breach::at(Rule::ContactUnverified, "phone_number"));
    }
    let Some(number) = e164(written) else {
        return breaches.refuse(Breach::at(Rule::ContactFormat, "phone_number"));
    };
    if number != written {
        breaches.add(Rule::PhoneSpelling);
    }
    Some(number)
}

/// Verified unless the token says otherwise: 3.0 forbids unverified claims and knows no flag, the 2.x form
/// has the flag, and one issuer sends addresses it marks as unverified. Wherever it stands, false is false.
fn is_verified(places: &[Person<'_>], flag: Names, breaches: &mut Breaches) -> bool {
    let mut flags = places.iter().filter_map(|place| place.get(flag));
    flags.all(|(_, value)| match value {
        Value::Bool(verified) => *verified,
        other => {
            breaches.add_at(Rule::VerifiedFlag, canonical(flag));
            other.as_str() == Some("true")
        }
    })
}

fn is_email(text: &str) -> bool {
    let mut parts = text.split('@');
    let (local, domain, more) = (parts.next(), parts.next(), parts.next());
    let filled = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    filled(local)
        && filled(domain)
        && more.is_none()
        && text.len() <= MAX_EMAIL
        && !text.contains(char::is_whitespace)
}

/// A plain US number gets its country code; any other number has to bring it.
pub(crate) fn e164(written: &str) -> Option<String> {
    let plain = written.replace([' ', '-', '.', '(', ')'], "");
    let (international, digits) = match plain.strip_prefix('+') {
        Some(digits) => (true, digits),
        None => (false, plain.as_str()),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (international, digits.len(), digits.as_bytes().first()?) {
        (true, 7..=15, b'1'..=b'9') | (false, 11, b'1') => Some(format!("+{digits}")),
        (false, 10, b'2'..=b'9') => Some(format!("+1{digits}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_e164_when_their_country_is_certain() {
        let table = [
            ("+14694694321", Some("+14694694321")),
            ("469-469-4321", Some("+14694694321")),
            ("(469) 469 4321", Some("+14694694321")),
            ("1.469.469.4321", Some("+14694694321")),
            ("+1 469 469 4321", Some("+14694694321")),
            ("+442079460958", Some("+442079460958")),
            ("442079460958", None),
            ("0469469432", None),
            ("+0469469432", None),
            ("+123456", None),
            ("+1234567890123456", None),
            ("469469432x", None),
            ("４６９４６９４３２１", None),
            ("++14694694321", None),
            ("+", None),
            ("", None),
        ];
        for (written, number) in table {
            assert_eq!(e164(written).as_deref(), number, "{written}");
        }
    }

    #[test]
    fn an_email_has_one_at_with_something_on_both_sides() {
        let long = format!("{}@example.com", "x".repeat(243));
        for (text, valid) in [
            ("ahackett@gmail.com", true),
            ("a+tag@example.com", true),
            ("@example.com", false),
            ("a@", false),
            ("a@b@c", false),
            ("a b@example.com", false),
            ("example.com", false),
            (long.as_str(), false),
        ] {
            assert_eq!(is_email(text), valid, "{text}");
        }
    }
}
