//! Where a person lives, and lived (IAS SOP 3.0 table 3, over OIDC Core section 5.1.1).

use jose::json::{Object, Value};
use model::Address;

use crate::finding::Findings;
use crate::{Reject, text};

/// Most former addresses.
const MAX_HISTORY: usize = 32;

/// Reads `address`, which every token must have.
pub(crate) fn current(claims: &Object<'_>, findings: &mut Findings) -> Result<Address, Reject> {
    match claims.get("address") {
        Some(value) if !text::is_unknown(value) => read(value, findings),
        _ => Err(Reject::Missing("address")),
    }
}

/// Reads the former addresses: `historical_address`, or in the plural as one issuer announces it; one object
/// or an array. An entry that is no complete US address is left out, since it only ever widens a search.
pub(crate) fn historical(claims: &Object<'_>, findings: &mut Findings) -> Result<Vec<Address>, Reject> {
    let mut entries = Vec::new();
    for name in ["historical_address", "historical_addresses"] {
        match claims.get(name) {
            None => {}
            Some(value) if text::is_unknown(value) => {}
            Some(one @ Value::Object(_)) => entries.push(one),
            Some(Value::Array(several)) => entries.extend(several),
            Some(_) => return Err(Reject::History),
        }
    }
    if entries.len() > MAX_HISTORY {
        return Err(Reject::History);
    }
    let mut addresses = Vec::with_capacity(entries.len());
    let mut left_out = false;
    for entry in entries {
        // Their formal quirks are not remarked on one by one.
        match read(entry, &mut Findings::default()) {
            Ok(address) => addresses.push(address),
            Err(_) => left_out = true,
        }
    }
    if left_out {
        findings.warn(
            "token.historical_address",
            "a historical address is incomplete or malformed and is not used",
        );
    }
    Ok(addresses)
}

fn read(value: &Value<'_>, findings: &mut Findings) -> Result<Address, Reject> {
    let address = value.as_object().ok_or(Reject::Address)?;
    text::check_formatted(address)?;
    Ok(Address {
        street: text::required(address, "street_address")?.to_owned(),
        city: text::required(address, "locality")?.to_owned(),
        state: state(address, findings)?,
        postal_code: postal_code(address)?.to_owned(),
        country: country(address, findings)?,
    })
}

/// The SOP's table says `regionality`, OpenID Connect and every issuer say `region`. Either will do; both
/// must agree.
fn state(address: &Object<'_>, findings: &mut Findings) -> Result<String, Reject> {
    let (region, regionality) = (text::optional(address, "region")?, text::optional(address, "regionality")?);
    let state = match (region, regionality) {
        (Some(region), Some(regionality)) if region != regionality => return Err(Reject::RegionConflict),
        (Some(state), _) | (None, Some(state)) => state,
        (None, None) => return Err(Reject::Missing("region")),
    };
    two_letters(state, "token.region_format", "the state is written in small letters", findings)
        .ok_or(Reject::Region)
}

fn postal_code<'c>(address: &'c Object<'_>) -> Result<&'c str, Reject> {
    let code = text::required(address, "postal_code")?;
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = match code.split_once('-') {
        None => digits(code, 5),
        Some((five, four)) => digits(five, 5) && digits(four, 4),
    };
    if valid { Ok(code) } else { Err(Reject::PostalCode) }
}

fn country(address: &Object<'_>, findings: &mut Findings) -> Result<String, Reject> {
    let country = text::required(address, "country")?;
    if ["USA", "United States", "United States of America"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(country))
    {
        findings.warn("token.country_format", "the country is written out instead of as US");
        return Ok("US".to_owned());
    }
    let sentence = "the country is written in small letters";
    two_letters(country, "token.country_format", sentence, findings).ok_or(Reject::Country)
}

fn two_letters(
    written: &str,
    code: &'static str,
    sentence: &'static str,
    findings: &mut Findings,
) -> Option<String> {
    if written.len() != 2 || !written.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let letters = written.to_ascii_uppercase();
    if letters != written {
        findings.warn(code, sentence);
    }
    Some(letters)
}
