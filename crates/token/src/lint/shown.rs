//! A claim as a report shows it: what says nothing about a person as it is, the rest by its kind and length
//! unless the reader asks for more.

use jose::json::{Number, Object, Value};
use model::Timestamp;

use crate::text::is_unknown;

/// Header parameters and claims that say nothing about a person.
const PLAIN: [&str; 20] = [
    "alg",
    "typ",
    "kid",
    "cty",
    "crit",
    "enc",
    "zip",
    "b64",
    "iss",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "tefca_ial2claims_version",
    "identity_assurance_level",
    "email_verified",
    "phone_number_verified",
    "amr",
];

/// Claims that are points in time.
const TIMES: [&str; 4] = ["exp", "iat", "nbf", "auth_time"];
/// The last second of the year 9999: what is later was not written in seconds.
const LAST: i64 = 253_402_300_799;

/// One value of a token. Its `Debug` and its masked text say nothing about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    masked: String,
    whole: String,
    moment: Option<Timestamp>,
}

impl Shown {
    /// The value as it is, or only its kind and length.
    pub fn text(&self, reveal: bool) -> &str {
        if reveal { &self.whole } else { &self.masked }
    }

    /// The point in time that the value stands for, where it is one.
    pub const fn moment(&self) -> Option<Timestamp> {
        self.moment
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked)
    }
}

/// The members of an object, in order.
pub(super) fn members(object: &Object<'_>) -> Vec<(String, Shown)> {
    let shown = |(name, value): (&str, &Value<'_>)| {
        let whole = written(value);
        let masked = if is_plain(name, value) { whole.clone() } else { masked(value) };
        let seconds =
            value.numeric_date().filter(|seconds| TIMES.contains(&name) && (0..=LAST).contains(seconds));
        (name.to_owned(), Shown { masked, whole, moment: seconds.map(Timestamp::from_seconds) })
    };
    object.iter().map(shown).collect()
}

/// Whether a value says nothing about a person: by its name, if it is of a kind that belongs there. A flag that holds
/// text, or a list that holds objects, may hold anything.
fn is_plain(name: &str, value: &Value<'_>) -> bool {
    let fits = match value {
        Value::Bool(_) | Value::Null => true,
        Value::Number(_) | Value::String(_) => !name.ends_with("_verified"),
        Value::Array(elements) => elements.iter().all(|element| matches!(element, Value::String(_))),
        Value::Object(_) => false,
    };
    fits && PLAIN.contains(&name)
}

fn masked(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "(true or false)".to_owned(),
        Value::Number(_) => "(number)".to_owned(),
        Value::String(text) if is_unknown(text) => format!("{text:?}"),
        Value::String(text) => format!("({} characters)", text.chars().count()),
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(masked).collect::<Vec<_>>().join(", "))
        }
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| format!("{name:?}: {}", masked(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn written(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(Number::Integer(number)) => number.to_string(),
        Value::Number(Number::Float(number)) => number.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Value::Object(object) => {
            let members = object.iter().map(|(name, value)| format!("{name:?}: {}", written(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}
