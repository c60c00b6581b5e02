//! Reading a Bundle. Each entry's resource stays the text it was.

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::view::{list, text};
use crate::{Error, Resource};

/// A Bundle of more entries than this is refused: each costs more memory than its text.
pub const MAX_ENTRIES: usize = 10_000;

/// A Bundle as it came, most often of type `searchset`.
pub struct Bundle<'a> {
    next_link: Option<String>,
    /// Each entry's resource as it came.
    entries: Vec<Option<&'a RawValue>>,
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
            Some(list) => {
                let Entries(entries, more) =
                    serde_json::from_str(list).map_err(|_| Error::Malformed("Bundle.entry"))?;
                if more {
                    return Err(Error::TooMany("Bundle.entry"));
                }
                entries.into_iter().map(resource_of).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { next_link: members.link.and_then(next_link), entries })
    }

    /// Where the next page is; absent on the last. The URL is the server's word: it may point anywhere.
    pub fn next_link(&self) -> Option<&str> {
        self.next_link.as_deref()
    }

    /// The resource of each entry, in their order.
    pub fn entries(&self) -> impl Iterator<Item = Result<Resource<'a>, Error>> {
        let missing = Error::Missing("Bundle.entry.resource");
        self.entries.iter().map(move |raw| raw.ok_or(missing).and_then(Resource::from_raw))
    }

    /// The resources of all entries that hold a readable one.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'a>> {
        self.entries().filter_map(Result::ok)
    }
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    link: Option<&'a RawValue>,
    #[serde(borrow)]
    entry: Option<&'a RawValue>,
}

/// The first entries, and whether there are more than are kept.
struct Entries<'a>(Vec<&'a RawValue>, bool);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while entries.len() < MAX_ENTRIES {
                    let Some(entry) = items.next_element()? else { return Ok(Entries(entries, false)) };
                    entries.push(entry);
                }
                let mut more = false;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    more = true;
                }
                Ok(Entries(entries, more))
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
}

fn resource_of(entry: &RawValue) -> Result<Option<&RawValue>, Error> {
    // A derived struct would read an array too, field by field.
    if !entry.get().starts_with('{') {
        return Err(Error::Malformed("Bundle.entry"));
    }
    let entry: Entry<'_> = serde_json::from_str(entry.get()).map_err(|_| Error::Malformed("Bundle.entry"))?;
    Ok(entry.resource)
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
    fn entries_keep_their_text() {
        let text = r#"{"resourceType":"Bundle","type":"searchset","total":2,
            "link":[{"relation":"self","url":"https://r.example/a"},{"relation":"next","url":"https://r.example/b"}],
            "entry":[
              {"fullUrl":"https://r.example/Patient/1","resource":{ "resourceType":"Patient", "id":"1", "n":1.50 },
               "search":{"mode":"match","score":0.9}},
              {"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]}"#;
        let bundle = Bundle::read(text).expect("a bundle");
        assert_eq!(bundle.next_link(), Some("https://r.example/b"));
        let texts: Vec<_> = bundle.resources().map(|resource| resource.text()).collect();
        assert_eq!(
            texts,
            [r#"{ "resourceType":"Patient", "id":"1", "n":1.50 }"#, r#"{"resourceType":"OperationOutcome"}"#]
        );
    }

    #[test]
    fn one_bad_resource_does_not_hide_the_others() {
        let text = r#"{"resourceType":"Bundle","entry":[{"resource":[]},{},{"resource":{"resourceType":"Patient"}}]}"#;
        let bundle = Bundle::read(text).expect("a bundle");
        let faults: Vec<_> = bundle.entries().map(Result::err).collect();
        assert_eq!(faults, [Some(Error::NotAResource), Some(Error::Missing("Bundle.entry.resource")), None]);
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
    fn a_flood_of_entries_is_refused() {
        let of = |entries: usize| {
            format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, vec!["{}"; entries].join(","))
        };
        assert_eq!(Bundle::read(&of(MAX_ENTRIES)).expect("a bundle").entries().count(), MAX_ENTRIES);
        assert_eq!(Bundle::read(&of(MAX_ENTRIES + 1)).err(), Some(Error::TooMany("Bundle.entry")));
    }

    #[test]
    fn odd_members_read_as_absent() {
        for member in [
            r#""link":7"#,
            r#""link":[{"relation":"next"}]"#,
            r#""link":[[],null,{"relation":"next","url":{}}]"#,
            r#""entry":null"#,
        ] {
            let text = format!(r#"{{"resourceType":"Bundle",{member}}}"#);
            let bundle = Bundle::read(&text).expect("still a bundle");
            assert!(bundle.next_link().is_none(), "{member}");
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
