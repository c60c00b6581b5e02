//! Calendar dates, and the seconds of tokens.

use jose::json;
use model::Timestamp;
use model::demographics::{iso_date, parse_iso_date};
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// A calendar date is written back as it was read and is the day that another reader finds; a NumericDate is a
/// moment until the end of the year 9999 that survives each of its forms.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        let read = parse_iso_date(text);
        assert_eq!(read.map(iso_date), read.map(|_| text.to_owned()));
        let theirs = Date::parse(text, format_description!("[year]-[month]-[day]"));
        assert_eq!(read, theirs.ok().filter(|_| written_in_digits(text)));
    }
    if let Some(seconds) = json::parse(input, 64).ok().and_then(|value| value.numeric_date()) {
        let moment = Timestamp::from_seconds(seconds);
        assert_eq!(moment.seconds(), seconds);
        assert!((1970..=9999).contains(&moment.date().year()));
        let written = moment.rfc3339();
        let read = OffsetDateTime::parse(&written, &time::format_description::well_known::Rfc3339);
        assert_eq!(read.ok().map(OffsetDateTime::unix_timestamp), Some(seconds), "{written}");
    }
}

/// The other reader takes signs, too.
fn written_in_digits(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'-')) && !text.starts_with('-')
}
