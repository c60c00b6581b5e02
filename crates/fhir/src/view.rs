//! Walking a JSON tree that may have any shape. A value of the wrong type reads as absent.

use serde_json::Value;

use crate::{Error, Resource};

/// Reads a resource of `kind` into a tree.
pub(crate) fn tree(resource: &Resource<'_>, kind: &'static str) -> Result<Value, Error> {
    if resource.resource_type() != kind {
        return Err(Error::WrongType(kind));
    }
    serde_json::from_str(resource.text()).map_err(|_| Error::NotJson)
}

/// The text under `key`, without surrounding blanks; absent when nothing is left.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The list under `key`. A lone object stands for a list of one, as some servers write it.
pub(crate) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    match value.get(key) {
        Some(Value::Array(items)) => items,
        Some(item @ (Value::Object(_) | Value::String(_))) => std::slice::from_ref(item),
        _ => &[],
    }
}

/// The codes of a CodeableConcept under `key`; with a `system`, only those of that system.
pub(crate) fn codes<'v>(
    value: &'v Value,
    key: &str,
    system: Option<&'v str>,
) -> impl Iterator<Item = &'v str> {
    list(value, key)
        .iter()
        .flat_map(|concept| list(concept, "coding"))
        .filter(move |coding| system.is_none_or(|system| text(coding, "system") == Some(system)))
        .filter_map(|coding| text(coding, "code"))
}

/// The extensions of an element that have this `url`.
pub(crate) fn extensions<'v>(value: &'v Value, url: &'v str) -> impl Iterator<Item = &'v Value> {
    list(value, "extension").iter().filter(move |extension| text(extension, "url") == Some(url))
}

/// The id in `{"reference": "Organization/a1"}` or an absolute form of it, when it names a `kind`.
pub(crate) fn referenced_id<'v>(reference: &'v Value, kind: &str) -> Option<&'v str> {
    let mut parts = text(reference, "reference")?.rsplit('/');
    let id = parts.next().filter(|id| !id.is_empty())?;
    (parts.next() == Some(kind)).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn wrong_types_read_as_absent() {
        let value = json!({"text": 1, "blank": "  ", "list": 3, "one": {"a": 1}});
        assert_eq!(text(&value, "text"), None);
        assert_eq!(text(&value, "blank"), None);
        assert!(list(&value, "list").is_empty());
        assert_eq!(list(&value, "one").len(), 1);
        assert!(list(&json!([]), "x").is_empty());
    }

    #[test]
    fn references_name_their_type() {
        let id = |text: &str| referenced_id(&json!({"reference": text}), "Organization").map(str::to_owned);
        assert_eq!(id("Organization/a1").as_deref(), Some("a1"));
        assert_eq!(id("https://directory.example/fhir/Organization/a1").as_deref(), Some("a1"));
        for text in ["Patient/a1", "a1", "Organization/", "#a1", "urn:uuid:1"] {
            assert_eq!(id(text), None, "{text}");
        }
    }
}
