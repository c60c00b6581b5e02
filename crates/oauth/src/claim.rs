//! Claims as every JWT here has them: short texts and dates.

use jose::json::{Object, Value};
use model::Timestamp;

/// The longest text of a claim that is kept or looked up, in bytes.
pub const MAX_TEXT: usize = 256;

/// What is wrong with a claim before its meaning is looked at. Names the claim, never its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimFault {
    /// It is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A text that is not a string of 1 to [`MAX_TEXT`] bytes, or a date that is no NumericDate.
    #[error("{0} is not of its form")]
    Form(&'static str),
}

/// A text that has to be there.
pub(crate) fn text<'c>(claims: &'c Object<'_>, name: &'static str) -> Result<&'c str, ClaimFault> {
    let value = claims.get(name).ok_or(ClaimFault::Missing(name))?;
    let text = value.as_str().filter(|text| (1..=MAX_TEXT).contains(&text.len()));
    text.ok_or(ClaimFault::Form(name))
}

/// A date that has to be there.
pub(crate) fn date(claims: &Object<'_>, name: &'static str) -> Result<Timestamp, ClaimFault> {
    optional_date(claims, name)?.ok_or(ClaimFault::Missing(name))
}

/// A date that may be absent. One that is there in another form is a fault, never taken for absent.
pub(crate) fn optional_date(
    claims: &Object<'_>,
    name: &'static str,
) -> Result<Option<Timestamp>, ClaimFault> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let seconds = value.numeric_date().ok_or(ClaimFault::Form(name))?;
    Ok(Some(Timestamp::from_seconds(seconds)))
}

/// Whether a claim is exactly this text, of any length.
pub(crate) fn is(claims: &Object<'_>, name: &str, text: &str) -> bool {
    claims.get(name).and_then(Value::as_str) == Some(text)
}
