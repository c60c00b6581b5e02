//! References from one resource to another.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::resource::is_id;
use crate::{Error, Resource};

/// Collects the relative references, such as `Practitioner/p1`, that a resource makes to resources of
/// `kinds`. References to elsewhere, to contained resources and to a version are left out.
pub fn collect(resource: &Resource<'_>, kinds: &[&str], into: &mut BTreeSet<String>) -> Result<(), Error> {
    let tree: Value = serde_json::from_str(resource.text()).map_err(|_| Error::NotJson)?;
    walk(&tree, kinds, into);
    Ok(())
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
