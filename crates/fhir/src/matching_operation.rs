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
pub(crate) const MATCH_GRADE_URL: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

/// How sure a server is that a candidate is the person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchGrade {
    /// `certain`
    Certain,
    /// `possible`
    Possible,
}

impl MatchGrade {
    /// The FHIR code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

/// Builds the `Parameters` of a `$match` for every candidate, up to the server's own limit. `patient` is a
/// US Core Patient as [`crate::patient::build`] makes it.
pub fn request(patient: &Value) -> Value {
    json!({"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": patient},
        {"name": "onlyCertainMatches", "valueBoolean": false},
    ]})
}

/// The person that the `Parameters` of a `$match` ask for, as a responder receives them. A person given
/// twice is refused rather than chosen from; the other parameters are passed over.
pub fn patient_of(source: &str) -> Result<Resource<'_>, Error> {
    let resource = Resource::scan(source)?;
    if resource.resource_type() != "Parameters" {
        return Err(Error::WrongType("Parameters"));
    }
    let body: Body<'_> =
        serde_json::from_str(resource.text()).map_err(|_| Error::Malformed("Parameters.parameter"))?;
    let mut patient = None;
    for raw in body.parameter {
        let parameter = Parameter::read(raw)?;
        if parameter.name.and_then(string).as_deref() != Some("resource") {
            continue;
        }
        let raw = parameter.resource.ok_or(Error::Missing("the resource parameter's resource"))?;
        if patient.replace(Resource::from_raw(raw)?).is_some() {
            return Err(Error::Malformed("a parameter given twice"));
        }
    }
    let patient = patient.ok_or(Error::Missing("the resource parameter"))?;
    if patient.resource_type() == "Patient" { Ok(patient) } else { Err(Error::WrongType("Patient")) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back() {
        let text = request(&json!({"resourceType": "Patient", "id": "p"})).to_string();
        assert_eq!(patient_of(&text).expect("a request").id(), Some("p"));
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
            (format!("{patient},7"), Error::Malformed("Parameters.parameter")),
            (format!("{patient},[]"), Error::Malformed("Parameters.parameter")),
        ] {
            let text = format!(r#"{{"resourceType":"Parameters","parameter":[{parameters}]}}"#);
            assert_eq!(patient_of(&text).err(), Some(error), "{parameters}");
        }
        assert_eq!(patient_of(r#"{"resourceType":"Patient"}"#).err(), Some(Error::WrongType("Parameters")));
        assert_eq!(
            patient_of(r#"{"resourceType":"Parameters","parameter":{}}"#).err(),
            Some(Error::Malformed("Parameters.parameter"))
        );
    }
}
