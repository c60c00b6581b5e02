//! The person a token is about (IAS SOP 3.0 tables 1 to 3, and the 2.x form).

use jose::json::Object;
use model::{Demographics, Gender};
use time::Date;

use crate::finding::Findings;
use crate::{Reject, address, birthdate, contact, text};

/// Reads the demographics: names, birthdate and address are required, and one way to reach the person.
pub(crate) fn read(
    claims: &Object<'_>,
    today: Date,
    findings: &mut Findings,
) -> Result<Demographics, Reject> {
    let demographics = Demographics {
        given_name: text::required(claims, "given_name")?.to_owned(),
        family_name: text::required(claims, "family_name")?.to_owned(),
        middle_name: middle_name(claims, findings)?,
        suffix: text::optional(claims, "suffix")?.map(str::to_owned),
        birth_date: birthdate::read(claims, today, findings)?,
        gender: gender(claims, findings)?,
        address: address::current(claims, findings)?,
        historical_addresses: address::historical(claims, findings)?,
        email: contact::email(claims, findings)?,
        phone: contact::phone(claims, findings)?,
    };
    if demographics.email.is_none() && demographics.phone.is_none() {
        return Err(Reject::Contact);
    }
    remark_on_script(&demographics, findings);
    remark_on_ssn(claims, findings);
    Ok(demographics)
}

/// The whole middle name if there is one, else the initial.
fn middle_name(claims: &Object<'_>, findings: &mut Findings) -> Result<Option<String>, Reject> {
    if let Some(name) = text::optional(claims, "middle_name")? {
        return Ok(Some(name.to_owned()));
    }
    let Some(written) = text::optional(claims, "middle_initial")? else {
        return Ok(None);
    };
    let initial = written.strip_suffix('.').unwrap_or(written);
    let mut letters = initial.chars();
    if letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() {
        return Ok(Some(initial.to_owned()));
    }
    findings.warn("token.middle_initial", "the middle initial is not one letter and is not used");
    Ok(None)
}

/// As issuers write it: a word, a letter, any case.
fn gender(claims: &Object<'_>, findings: &mut Findings) -> Result<Option<Gender>, Reject> {
    let Some(written) = text::optional(claims, "gender")? else {
        return Ok(None);
    };
    let gender = match written.to_ascii_lowercase().as_str() {
        "m" | "male" => Gender::Male,
        "f" | "female" => Gender::Female,
        "o" | "other" => Gender::Other,
        "u" | "un" => Gender::Unknown,
        _ => {
            findings.warn("token.gender", "the gender is written in an unknown way and is not used");
            return Ok(None);
        }
    };
    Ok(Some(gender))
}

/// The CMS-aligned networks refuse names with characters beyond U+017F, the end of Latin Extended-A.
fn remark_on_script(demographics: &Demographics, findings: &mut Findings) {
    let names = [&demographics.given_name, &demographics.family_name];
    if names.iter().any(|name| name.chars().any(|character| character > '\u{17f}')) {
        findings.info("token.name_script", "a name has characters that some responders refuse");
    }
}

/// A social security number is read by nobody here and is in none of our types: it goes no further than the
/// token itself.
fn remark_on_ssn(claims: &Object<'_>, findings: &mut Findings) {
    const NAMES: [&str; 7] =
        ["SSN", "SSN_Last_four_digits", "ssn", "ssn9", "ssn4", "ssn_itin_short", "social_security_number"];
    if NAMES.iter().any(|name| claims.get(name).is_some()) {
        findings.info("token.ssn", "the token carries a social security number, which is not read");
    }
}
