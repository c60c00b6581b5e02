//! The day a person was born.

use jose::json::Object;
use model::demographics::parse_iso_date;
use time::Date;

use crate::finding::Findings;
use crate::{Reject, text};

/// Nobody alive was born before.
const FIRST_YEAR: i32 = 1880;

/// Reads `birthdate`: a full ISO date, or `MM/DD/YYYY` as one issuer writes it.
pub(crate) fn read(claims: &Object<'_>, today: Date, findings: &mut Findings) -> Result<Date, Reject> {
    let written = text::required(claims, "birthdate")?;
    let date = if let Some(date) = parse_iso_date(written) {
        date
    } else {
        findings.warn("token.birthdate_format", "the birthdate is written MM/DD/YYYY instead of YYYY-MM-DD");
        american(written).ok_or(Reject::Birthdate)?
    };
    if date.year() < FIRST_YEAR || date > today { Err(Reject::BirthdateRange) } else { Ok(date) }
}

fn american(written: &str) -> Option<Date> {
    let (month, rest) = written.split_once('/')?;
    let (day, year) = rest.split_once('/')?;
    // The lengths of the parts are judged with the whole.
    parse_iso_date(&format!("{year}-{month}-{day}"))
}
