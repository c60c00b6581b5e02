//! Who a person is, in the terms every record system shares.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::Ssn;

/// Verified demographics of one person. Has no printing `Debug`: none of this belongs in a log.
///
/// A social security number stays in memory: it is neither kept nor sent on outside the token itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demographics {
    /// First name or names, as verified.
    pub given_name: String,
    /// Last name, as verified.
    pub family_name: String,
    /// Middle name or names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Jr, Sr, III.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Date of birth; written `YYYY-MM-DD`.
    #[serde(with = "iso_date")]
    pub birth_date: Date,
    /// Administrative gender, never inferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Where the person lives now.
    pub address: Address,
    /// Where the person lived before; the strongest lever on match rates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub historical_addresses: Vec<Address>,
    /// Verified e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Verified phone number in E.164, such as `+14694694321`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What the token said of the social security number; nothing reads it back from where it is kept.
    #[serde(skip)]
    pub ssn: Option<Ssn>,
}

impl std::fmt::Debug for Demographics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Demographics(..)")
    }
}

/// A US postal address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// House number, street, unit.
    pub street: String,
    /// City.
    pub city: String,
    /// Two-letter state or territory.
    pub state: String,
    /// `75043` or `75043-1234`.
    pub postal_code: String,
    /// ISO 3166 alpha-2.
    pub country: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}

/// FHIR administrative gender.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// `male`
    Male,
    /// `female`
    Female,
    /// `other`
    Other,
    /// `unknown`
    Unknown,
}

impl Gender {
    /// The FHIR code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Debug for Gender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gender(..)")
    }
}

/// The ten digits of a US number, however it is written; other numbers as all their digits.
pub fn national_digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('1') {
        Some(national) if national.len() == 10 => national.to_owned(),
        _ => digits,
    }
}

/// Writes a date as `YYYY-MM-DD`.
pub fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Reads exactly `YYYY-MM-DD`, a day that exists.
pub fn parse_iso_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<u16> {
        let digits = text.get(range)?;
        if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
    };
    let month = time::Month::try_from(u8::try_from(number(5..7)?).ok()?).ok()?;
    Date::from_calendar_date(i32::from(number(0..4)?), month, u8::try_from(number(8..10)?).ok()?).ok()
}

mod iso_date {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use time::Date;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::iso_date(*date))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        let text = String::deserialize(from)?;
        super::parse_iso_date(&text).ok_or_else(|| D::Error::custom("not a date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_iso_dates_are_read() {
        assert_eq!(parse_iso_date("1987-09-12").map(iso_date).as_deref(), Some("1987-09-12"));
        for text in [
            "2023-02-29",
            "0000-13-01",
            "1987-9-1",
            "01/15/1987",
            "1987-09-12T",
            "19870912",
            "+987-09-12",
            "１987-09",
        ] {
            assert_eq!(parse_iso_date(text), None, "{text}");
        }
    }
}
