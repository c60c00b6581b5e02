//! `Patient/$match`: asking a responder for the patient it holds, and reading such a question.
//!
//! Facilitated FHIR SOP 2.0 section 6.7: all known demographics go in; with `onlyCertainMatches` one
//! unique patient or none comes out, without it never more than a hundred.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::resource::string;
use crate::{Error, Resource};

/// The extension of `Bundle.entry.search` that says how sure the server is.
pub const MATCH_GRADE_URL: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";
/// The most candidates a responder may return.
pub const MAX_CANDIDATES: u32 = 100;

/// How sure a server is that a candidate is the person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchGrade {
    /// `certain`
    Certain,
    /// `probable`
    Probable,
    /// `possible`
    Possible,
    /// `certainly-not`
    CertainlyNot,
}

impl MatchGrade {
    /// Reads the FHIR code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Certain, Self::Probable, Self::Possible, Self::CertainlyNot]
            .into_iter()
            .find(|grade| grade.as_str() == code)
    }

    /// The FHIR code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Probable => "probable",
            Self::Possible => "possible",
            Self::CertainlyNot => "certainly-not",
        }
    }
}

/// Builds the `Parameters` of a `$match`. `patient` is a US Core Patient as [`crate::patient::build`]
/// makes it; `count` is left out for the server's own limit.
pub fn request(patient: &Value, only_certain_matches: bool, count: Option<u32>) -> Value {
    let mut parameters = vec![
        json!({"name": "resource", "resource": patient}),
        json!({"name": "onlyCertainMatches", "valueBoolean": only_certain_matches}),
    ];
    parameters.extend(count.map(|count| json!({"name": "count", "valueInteger": count})));
    json!({"resourceType": "Parameters", "parameter": parameters})
}

/// A `$match` as a responder receives it.
#[derive(Debug)]
pub struct MatchRequest<'a> {
    /// The person asked for.
    pub patient: Resource<'a>,
    /// Whether only one unique patient may be returned. False when the request does not say.
    pub only_certain_matches: bool,
    /// The most candidates wanted; at least 1, at most [`MAX_CANDIDATES`].
    pub count: u32,
}

impl<'a> MatchRequest<'a> {
    /// Reads the `Parameters` of a `$match`. A parameter given twice is refused rather than chosen from;
    /// unknown ones are passed over.
    pub fn read(source: &'a str) -> Result<Self, Error> {
        let resource = Resource::scan(source)?;
        if resource.resource_type() != "Parameters" {
            return Err(Error::WrongType("Parameters"));
        }
        let body: Body<'a> =
            serde_json::from_str(resource.text()).map_err(|_| Error::Malformed("Parameters.parameter"))?;
        let (mut patient, mut only_certain, mut count) = (None, None, None);
        for raw in body.parameter {
            let parameter = Parameter::read(raw)?;
            let name = parameter.name.and_then(string).unwrap_or_default();
            let again = match name.as_ref() {
                "resource" => {
                    let raw =
                        parameter.resource.ok_or(Error::Missing("the resource parameter's resource"))?;
                    patient.replace(Resource::from_raw(raw)?).is_some()
                }
                "onlyCertainMatches" => {
                    only_certain.replace(read(parameter.boolean, "onlyCertainMatches")?).is_some()
                }
                "count" => count.replace(read::<u32>(parameter.integer, "count")?).is_some(),
                _ => false,
            };
            if again {
                return Err(Error::Malformed("a parameter given twice"));
            }
        }
        let patient = patient.ok_or(Error::Missing("the resource parameter"))?;
        if patient.resource_type() != "Patient" {
            return Err(Error::WrongType("Patient"));
        }
        let count = count.unwrap_or(MAX_CANDIDATES).clamp(1, MAX_CANDIDATES);
        Ok(Self { patient, only_certain_matches: only_certain.unwrap_or(false), count })
    }
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    parameter: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Parameter<'a> {
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(borrow, rename = "valueBoolean")]
    boolean: Option<&'a RawValue>,
    #[serde(borrow, rename = "valueInteger")]
    integer: Option<&'a RawValue>,
}

impl<'a> Parameter<'a> {
    fn read(raw: &'a RawValue) -> Result<Self, Error> {
        // A derived struct would read an array too, field by field.
        if !raw.get().starts_with('{') {
            return Err(Error::Malformed("Parameters.parameter"));
        }
        serde_json::from_str(raw.get()).map_err(|_| Error::Malformed("Parameters.parameter"))
    }
}

fn read<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>, name: &'static str) -> Result<T, Error> {
    serde_json::from_str(raw.ok_or(Error::Missing(name))?.get()).map_err(|_| Error::Malformed(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back() {
        let patient = json!({"resourceType": "Patient", "id": "p"});
        let text = request(&patient, true, Some(3)).to_string();
        let read = MatchRequest::read(&text).expect("a request");
        assert_eq!((read.patient.id(), read.only_certain_matches, read.count), (Some("p"), true, 3));
    }

    #[test]
    fn what_is_left_out_has_the_defaults_of_the_operation() {
        let text = request(&json!({"resourceType": "Patient"}), false, None).to_string();
        let read = MatchRequest::read(&text).expect("a request");
        assert_eq!((read.only_certain_matches, read.count), (false, MAX_CANDIDATES));
    }

    #[test]
    fn wrong_requests_are_refused_by_name() {
        let patient = r#"{"name":"resource","resource":{"resourceType":"Patient"}}"#;
        for (parameters, error) in [
            (String::new(), Error::Missing("the resource parameter")),
            (r#"{"name":"resource"}"#.to_owned(), Error::Missing("the resource parameter's resource")),
            (
                r#"{"name":"resource","resource":{"resourceType":"Group"}}"#.to_owned(),
                Error::WrongType("Patient"),
            ),
            (format!("{patient},{patient}"), Error::Malformed("a parameter given twice")),
            (
                format!(r#"{patient},{{"name":"onlyCertainMatches","valueBoolean":"yes"}}"#),
                Error::Malformed("onlyCertainMatches"),
            ),
            (format!(r#"{patient},{{"name":"count","valueInteger":-1}}"#), Error::Malformed("count")),
            (format!(r#"{patient},{{"name":"count"}}"#), Error::Missing("count")),
            (format!("{patient},7"), Error::Malformed("Parameters.parameter")),
            (format!("{patient},[]"), Error::Malformed("Parameters.parameter")),
        ] {
            let text = format!(r#"{{"resourceType":"Parameters","parameter":[{parameters}]}}"#);
            assert_eq!(MatchRequest::read(&text).err(), Some(error), "{parameters}");
        }
        assert_eq!(
            MatchRequest::read(r#"{"resourceType":"Patient"}"#).err(),
            Some(Error::WrongType("Parameters"))
        );
        assert_eq!(
            MatchRequest::read(r#"{"resourceType":"Parameters","parameter":{}}"#).err(),
            Some(Error::Malformed("Parameters.parameter"))
        );
    }

    #[test]
    fn the_count_stays_within_the_limit() {
        for (asked, granted) in [(0, 1), (5, 5), (100_000, MAX_CANDIDATES)] {
            let text = request(&json!({"resourceType": "Patient"}), false, Some(asked)).to_string();
            assert_eq!(MatchRequest::read(&text).expect("a request").count, granted);
        }
    }

    #[test]
    fn grades_read_back() {
        for code in ["certain", "probable", "possible", "certainly-not"] {
            assert_eq!(MatchGrade::parse(code).map(MatchGrade::as_str), Some(code));
        }
        assert_eq!(MatchGrade::parse("Certain"), None);
    }
}
