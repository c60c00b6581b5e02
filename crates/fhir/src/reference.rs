//! References from one resource to another.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::resource::is_id;
use crate::view::list;
use crate::{Error, Resource};

/// Collects the relative references, such as `Practitioner/p1`, that a resource makes to resources of
/// `kinds`. References to elsewhere, to contained resources and to a version are left out.
pub fn collect(resource: &Resource<'_>, kinds: &[&str], into: &mut BTreeSet<String>) -> Result<(), Error> {
    let tree: Value = serde_json::from_str(resource.text()).map_err(|_| Error::NotJson)?;
    walk(&tree, kinds, into);
    Ok(())
}

/// Whether a resource is about the patient with this id, as far as it says: each of `subject`, `patient` and
/// `beneficiary` that holds a literal reference names that Patient. A resource that names nobody passes.
pub fn is_about(resource: &Resource<'_>, patient: &str) -> bool {
    let Ok(named) = serde_json::from_str::<Named<'_>>(resource.text()) else { return false };
    [named.subject, named.patient, named.beneficiary].into_iter().flatten().all(|raw| {
        let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { return false };
        let holder = serde_json::json!({"named": value});
        list(&holder, "named").iter().all(|reference| match reference.get("reference") {
            None => true,
            Some(Value::String(reference)) => names(reference, patient),
            Some(_) => false,
        })
    })
}

/// Where the resources of US Core name the person they are about.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    subject: Option<&'a RawValue>,
    #[serde(borrow, default)]
    patient: Option<&'a RawValue>,
    #[serde(borrow, default)]
    beneficiary: Option<&'a RawValue>,
}

/// Whether a reference, relative or absolute, with or without a version, names `Patient/{id}`. Servers behind a
/// proxy write another base than the one they are reached by, so the base is not compared.
fn names(reference: &str, id: &str) -> bool {
    let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
    let mut parts = unversioned.rsplit('/');
    parts.next() == Some(id) && parts.next() == Some("Patient")
}

fn walk(value: &Value, kinds: &[&str], into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, kinds, into)),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference")
                && is_relative_to(reference, kinds)
            {
                into.insert(reference.clone());
            }
            members.values().for_each(|member| walk(member, kinds, into));
        }
        _ => {}
    }
}

fn is_relative_to(reference: &str, kinds: &[&str]) -> bool {
    reference.split_once('/').is_some_and(|(kind, id)| kinds.contains(&kind) && is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_about_whoever_it_names() {
        for (member, ours) in [
            (r#""status":"final""#, true),
            (r#""subject":{"reference":"Patient/p1"}"#, true),
            (r#""patient":{"reference":"https://r.example/fhir/Patient/p1/_history/3"}"#, true),
            (r#""subject":{"display":"somebody"}"#, true),
            (r#""subject":{"reference":"Patient/p2"}"#, false),
            (r#""su\u0062ject":{"reference":"Patient/p2"}"#, false),
            (r#""patient":{"reference":"Patient/p11"}"#, false),
            (r#""beneficiary":{"reference":"https://r.example/fhir/Patient/p2"}"#, false),
            (r#""subject":{"reference":"Patient/p1"},"patient":{"reference":"Patient/p2"}"#, false),
            (r##""subject":{"reference":"#contained"}"##, false),
            (r#""subject":{"reference":"Group/p1"}"#, false),
            (r#""subject":[{"reference":"Patient/p1"},{"reference":"Patient/p2"}]"#, false),
            (r#""subject":{"reference":5}"#, false),
            (r#""subject":{"reference":"Patient/p1"},"subject":{"reference":"Patient/p2"}"#, false),
        ] {
            let text = format!(r#"{{"resourceType":"Condition","id":"c",{member}}}"#);
            assert_eq!(is_about(&Resource::scan(&text).expect("a resource"), "p1"), ours, "{member}");
        }
    }

    #[test]
    fn only_relative_references_of_the_asked_kinds_are_collected() {
        let text = r##"{"resourceType":"Encounter","id":"e",
            "subject":{"reference":"Patient/p"},"participant":[{"individual":{"reference":"Practitioner/d1"}}],
            "serviceProvider":{"reference":"Organization/o1"},"partOf":{"reference":"#c"},
            "x":[{"reference":"https://elsewhere.example/Practitioner/d2"},{"reference":"Practitioner/../d"},
            {"reference":"Practitioner/d3/_history/1"},{"reference":5}]}"##;
        let mut found = BTreeSet::new();
        collect(&Resource::scan(text).expect("a resource"), &["Practitioner", "Organization"], &mut found)
            .expect("read");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Organization/o1", "Practitioner/d1"]);
    }
}
