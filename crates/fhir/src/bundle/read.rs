//! Reading a Bundle. Each entry's resource stays the text it was.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::matching_operation::MATCH_GRADE_URL;
use crate::resource::string;
use crate::view::{extensions, list, text};
use crate::{Error, MatchGrade, Resource};

/// A Bundle as it came, most often of type `searchset`.
pub struct Bundle<'a> {
    total: Option<u64>,
    next_link: Option<String>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Bundle<'a> {
    /// Reads a Bundle of any type. Entries are cut out, not judged: one bad resource does not hide the
    /// others.
    pub fn read(source: &'a str) -> Result<Self, Error> {
        let resource = Resource::scan(source)?;
        if resource.resource_type() != "Bundle" {
            return Err(Error::WrongType("Bundle"));
        }
        let members: Members<'a> =
            serde_json::from_str(resource.text()).map_err(|_| Error::Malformed("Bundle"))?;
        let entries = match members.entry.map(RawValue::get) {
            None | Some("null") => Vec::new(),
            Some(list) => serde_json::from_str::<Vec<&'a RawValue>>(list)
                .map_err(|_| Error::Malformed("Bundle.entry"))?
                .into_iter()
                .map(Entry::read)
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            total: members.total.and_then(|raw| serde_json::from_str(raw.get()).ok()),
            next_link: members.link.and_then(next_link),
            entries,
        })
    }

    /// How many resources match in all, where the server says so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Where the next page is; absent on the last. The URL is the server's word: it may point anywhere.
    pub fn next_link(&self) -> Option<&str> {
        self.next_link.as_deref()
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The resources of all entries that hold a readable one.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'a>> {
        self.entries.iter().filter_map(|entry| entry.resource().ok())
    }
}

/// One entry of a Bundle.
pub struct Entry<'a> {
    resource: Option<&'a RawValue>,
    /// The server's absolute URL of the resource.
    pub full_url: Option<String>,
    /// `search.mode`: `match`, `include` or `outcome`.
    pub mode: Option<String>,
    /// `search.score`, when it lies between 0 and 1.
    pub score: Option<f64>,
    /// How sure the server is that the resource is the one asked for (`$match`).
    pub grade: Option<MatchGrade>,
}

impl<'a> Entry<'a> {
    /// The entry's resource as it came.
    pub fn resource(&self) -> Result<Resource<'a>, Error> {
        self.resource.ok_or(Error::Missing("Bundle.entry.resource")).and_then(Resource::from_raw)
    }

    fn read(raw: &'a RawValue) -> Result<Self, Error> {
        // A derived struct would read an array too, field by field.
        if !raw.get().starts_with('{') {
            return Err(Error::Malformed("Bundle.entry"));
        }
        let members: EntryMembers<'a> =
            serde_json::from_str(raw.get()).map_err(|_| Error::Malformed("Bundle.entry"))?;
        let search: Value =
            members.search.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        Ok(Self {
            resource: members.resource,
            full_url: members.full_url.and_then(string).map(Cow::into_owned),
            mode: text(&search, "mode").map(str::to_owned),
            score: search.get("score").and_then(Value::as_f64).filter(|score| (0.0..=1.0).contains(score)),
            grade: extensions(&search, MATCH_GRADE_URL)
                .find_map(|extension| text(extension, "valueCode"))
                .and_then(MatchGrade::parse),
        })
    }
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    total: Option<&'a RawValue>,
    #[serde(borrow)]
    link: Option<&'a RawValue>,
    #[serde(borrow)]
    entry: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct EntryMembers<'a> {
    #[serde(borrow, rename = "fullUrl")]
    full_url: Option<&'a RawValue>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(borrow)]
    search: Option<&'a RawValue>,
}

fn next_link(raw: &RawValue) -> Option<String> {
    let links = serde_json::json!({"link": serde_json::from_str::<Value>(raw.get()).ok()?});
    list(&links, "link")
        .iter()
        .find(|link| text(link, "relation") == Some("next"))
        .and_then(|link| text(link, "url"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_text_and_their_score() {
        let text = r#"{"resourceType":"Bundle","type":"searchset","total":2,
            "link":[{"relation":"self","url":"https://r.example/a"},{"relation":"next","url":"https://r.example/b"}],
            "entry":[
              {"fullUrl":"https://r.example/Patient/1","resource":{ "resourceType":"Patient", "id":"1", "n":1.50 },
               "search":{"mode":"match","score":0.9,"extension":[
                 {"url":"http://hl7.org/fhir/StructureDefinition/match-grade","valueCode":"probable"}]}},
              {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]}"#;
        let bundle = Bundle::read(text).expect("a bundle");
        assert_eq!((bundle.total(), bundle.next_link()), (Some(2), Some("https://r.example/b")));
        let [first, second] = bundle.entries() else { panic!("two entries") };
        assert_eq!(
            first.resource().expect("a resource").text(),
            r#"{ "resourceType":"Patient", "id":"1", "n":1.50 }"#
        );
        assert_eq!((first.score, first.grade), (Some(0.9), Some(MatchGrade::Probable)));
        assert_eq!((second.mode.as_deref(), second.score), (Some("outcome"), None));
    }

    #[test]
    fn one_bad_resource_does_not_hide_the_others() {
        let text = r#"{"resourceType":"Bundle","entry":[{"resource":[]},{},{"resource":{"resourceType":"Patient"}}]}"#;
        let bundle = Bundle::read(text).expect("a bundle");
        assert_eq!(bundle.entries()[0].resource().err(), Some(Error::NotAResource));
        assert_eq!(bundle.entries()[1].resource().err(), Some(Error::Missing("Bundle.entry.resource")));
        assert_eq!(bundle.resources().count(), 1);
    }

    #[test]
    fn shapes_that_are_no_bundle_are_refused() {
        for (text, error) in [
            (r#"{"resourceType":"Patient"}"#, Error::WrongType("Bundle")),
            (r#"{"resourceType":"Bundle","entry":{}}"#, Error::Malformed("Bundle.entry")),
            (r#"{"resourceType":"Bundle","entry":[["x",{},{}]]}"#, Error::Malformed("Bundle.entry")),
            (r#"{"resourceType":"Bundle","entry":[],"entry":[]}"#, Error::Malformed("Bundle")),
            ("[", Error::NotJson),
        ] {
            assert_eq!(Bundle::read(text).err(), Some(error), "{text}");
        }
    }

    #[test]
    fn odd_members_read_as_absent() {
        for member in [
            r#""total":-1"#,
            r#""total":"many""#,
            r#""link":7"#,
            r#""link":[{"relation":"next"}]"#,
            r#""link":[[],null,{"relation":"next","url":{}}]"#,
            r#""entry":null"#,
        ] {
            let text = format!(r#"{{"resourceType":"Bundle",{member}}}"#);
            let bundle = Bundle::read(&text).expect("still a bundle");
            assert!(bundle.total().is_none() && bundle.next_link().is_none(), "{member}");
        }
        for search in [r#"{"score":1e400}"#, r#"{"score":-0.1}"#, r#"{"score":"1"}"#, "[]", "null"] {
            let text = format!(r#"{{"resourceType":"Bundle","entry":[{{"search":{search}}}]}}"#);
            let score = Bundle::read(&text).map(|bundle| bundle.entries()[0].score);
            assert!(matches!(score, Ok(None) | Err(Error::NotJson | Error::NotAResource)), "{search}");
        }
    }

    #[test]
    fn depth_within_an_entry_passes() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let text = format!(
            r#"{{"resourceType":"Bundle","link":{deep},"entry":[{{"resource":{{"resourceType":"Basic","x":{deep}}},"search":{deep}}}]}}"#
        );
        assert_eq!(Bundle::read(&text).expect("a bundle").resources().count(), 1);
    }
}
