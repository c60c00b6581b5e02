//! The day a person was born.

use model::demographics::parse_iso_date;
use time::Date;

use crate::Rule;
use crate::breach::Breaches;
use crate::person::{Names, Person};

/// Nobody alive was born before.
const FIRST_YEAR: i32 = 1880;

pub(crate) const BIRTHDATE: Names = &["birthdate", "birth_date", "date_birth"];

/// Reads `birthdate`: a full ISO date, or `MM/DD/YYYY` as one issuer writes it.
pub(crate) fn read(person: Person<'_>, today: Date, breaches: &mut Breaches) -> Option<Date> {
    let written = person.required(BIRTHDATE, breaches)?;
    let date = match (parse_iso_date(written), american(written)) {
        (Some(date), _) => date,
        (None, Some(date)) => {
            breaches.add(Rule::BirthdateFormat);
            date
        }
        (None, None) => return breaches.refuse(Rule::Birthdate),
    };
    if date.year() < FIRST_YEAR || date > today {
        return breaches.refuse(Rule::BirthdateRange);
    }
    Some(date)
}

/// The day, however it is written.
pub(crate) fn parse(written: &str) -> Option<Date> {
    parse_iso_date(written).or_else(|| american(written))
}

fn american(written: &str) -> Option<Date> {
    let (month, rest) = written.split_once('/')?;
    let (day, year) = rest.split_once('/')?;
    // The lengths of the parts are judged with the whole.
    parse_iso_date(&format!("{year}-{month}-{day}"))
}
