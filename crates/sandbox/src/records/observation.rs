//! What all Observations share.

use serde_json::{Value, json};

use super::calendar::Moment;
use super::chart::{Chart, reference, us_core};
use super::codes::{Code, hl7};

/// An Observation without its value. `category` is a code of `observation-category` and its display.
pub(super) fn begin(
    chart: &Chart<'_>,
    profile: &str,
    category: (&str, &str),
    code: &Code,
    at: Moment,
    encounter: Option<&str>,
) -> Value {
    let mut resource = json!({
        "resourceType": "Observation",
        "id": id(chart, code, at),
        "meta": us_core(profile),
        "status": "final",
        "category": [hl7("observation-category", category.0, category.1)],
        "code": code.concept(),
        "subject": chart.subject(),
        "effectiveDateTime": at.stamp(chart.zone),
    });
    if let Some(encounter) = encounter {
        resource["encounter"] = reference("Encounter", encounter);
    }
    resource
}

/// The id of the Observation of `code` at a moment.
pub(super) fn id(chart: &Chart<'_>, code: &Code, at: Moment) -> String {
    chart.id("Observation", &format!("{}/{}", code.value, at.stamp(chart.zone)))
}

/// A number as it is reported: with this many digits behind the point.
pub(super) fn digits(value: f64, decimals: i32) -> String {
    format!("{value:.*}", usize::try_from(decimals).unwrap_or(0))
}

/// A Quantity in UCUM, whole when it is reported whole. `code` is the unit; one with an unwieldy code
/// brings its own word.
pub(super) fn quantity(value: f64, decimals: i32, code: &str) -> Value {
    let unit = match code {
        "mm[Hg]" => "mmHg",
        "m[IU]/L" => "mIU/L",
        "mL/min/{1.73_m2}" => "mL/min/1.73m2",
        "/min" => "per minute",
        "Cel" => "C",
        code => code,
    };
    let number: Value = serde_json::from_str(&digits(value, decimals)).unwrap_or_default();
    json!({"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": code})
}
