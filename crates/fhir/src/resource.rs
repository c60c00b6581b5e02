//! One resource as it arrived: its text, its type, its id.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Error;

/// A resource as raw JSON with a scanned header. The text is known to be one JSON object; nothing else
/// in it has been looked at, and nesting of any depth passes. `Debug` shows the type alone.
#[derive(Clone)]
pub struct Resource<'a> {
    text: &'a str,
    kind: Cow<'a, str>,
    id: Option<Cow<'a, str>>,
}

impl<'a> Resource<'a> {
    /// Scans text that holds one resource and nothing else but blanks around it.
    pub fn scan(text: &'a str) -> Result<Self, Error> {
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        // A derived struct would read an array too, field by field.
        if !text.starts_with('{') {
            return Err(not_json_or(text, Error::NotAResource));
        }
        let header: Header<'a> =
            serde_json::from_str(text).map_err(|_| not_json_or(text, Error::NotAResource))?;
        let kind = header
            .resource_type
            .and_then(string)
            .filter(|name| is_type_name(name))
            .ok_or(Error::NotAResource)?;
        let id = header.id.and_then(string).filter(|id| is_id(id));
        Ok(Self { text, kind, id })
    }

    /// Scans a value that was cut out of a larger text.
    pub fn from_raw(raw: &'a RawValue) -> Result<Self, Error> {
        Self::scan(raw.get())
    }

    /// The `resourceType`: ASCII letters only, at most 64.
    pub fn resource_type(&self) -> &str {
        &self.kind
    }

    /// The `id`, when it is one ([`is_id`]). Another value stays in the text and is not shown here, so that no
    /// caller puts it into a path.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// `Type/id`, when there is an id.
    pub fn reference(&self) -> Option<String> {
        Some(format!("{}/{}", self.kind, self.id()?))
    }

    /// The resource as it arrived.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The resource as one line of NDJSON, without the line break. Text that is one line already is
    /// returned as it is; otherwise only the blanks between tokens go, and every value keeps its spelling. One
    /// thing never stays: an escaped U+0000, which FHIR forbids in text and no PostgreSQL column takes.
    pub fn to_line(&self) -> Cow<'a, str> {
        if self.text.contains(ESCAPED_NUL) {
            return Cow::Owned(without_nul(&compact(self.text)));
        }
        // JSON allows no raw line break within a string, so one anywhere stands between tokens.
        if self.text.contains(['\n', '\r']) {
            Cow::Owned(compact(self.text))
        } else {
            Cow::Borrowed(self.text)
        }
    }
}

impl std::fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Resource({})", self.kind)
    }
}

/// Writes a resource that was built as a tree: one line, `resourceType` and `id` first, so that a reader
/// of the file sees at once what a line is.
pub fn to_line(resource: &Value) -> String {
    let Value::Object(members) = resource else {
        return resource.to_string();
    };
    let first = ["resourceType", "id"];
    let ordered = first
        .iter()
        .filter_map(|key| members.get_key_value(*key))
        .chain(members.iter().filter(|(key, _)| !first.contains(&key.as_str())));
    let mut line = String::from("{");
    for (key, value) in ordered {
        if line.len() > 1 {
            line.push(',');
        }
        line.push_str(&quoted(key));
        line.push(':');
        line.push_str(&value.to_string());
    }
    line.push('}');
    line
}

/// Whether text is an id by the grammar of FHIR: 1 to 64 of `A-Z a-z 0-9 - .`. A stranger's id is looked at
/// before it goes into a URL.
pub fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// Text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A JSON string, borrowed from the source where it holds no escape.
pub(crate) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str(raw.get())
        .map(Cow::Borrowed)
        .or_else(|_| serde_json::from_str(raw.get()).map(Cow::Owned))
        .ok()
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow, rename = "resourceType")]
    resource_type: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

/// Tells broken JSON from JSON that is something else.
fn not_json_or(text: &str, otherwise: Error) -> Error {
    if serde_json::from_str::<&RawValue>(text).is_ok() { otherwise } else { Error::NotJson }
}

fn is_type_name(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic())
}

const ESCAPED_NUL: &str = "\\u0000";

/// JSON text without the escape of U+0000; a backslash that is itself escaped begins none.
fn without_nul(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        kept.push_str(before);
        if let Some(after) = escape.strip_prefix(ESCAPED_NUL) {
            rest = after;
            continue;
        }
        // The backslash and the one character behind it belong together; what follows is plain text again.
        let length = escape.chars().take(2).map(char::len_utf8).sum();
        let (escaped, after) = escape.split_at(length);
        kept.push_str(escaped);
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn compact(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c == '"' {
            in_string = true;
        } else if matches!(c, ' ' | '\t' | '\r' | '\n') {
            continue;
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_found_wherever_it_stands() {
        let resource =
            Resource::scan(" {\"a\":[1,{\"id\":\"no\"}],\"id\":\"p.1\",\"resourceType\":\"Patient\"}\n")
                .expect("a resource");
        assert_eq!(
            (resource.resource_type(), resource.id(), resource.reference().as_deref()),
            ("Patient", Some("p.1"), Some("Patient/p.1"))
        );
        let escaped = Resource::scan(r#"{"resourceType":"\u0050atient"}"#).expect("escapes are read");
        assert_eq!((escaped.resource_type(), escaped.id()), ("Patient", None));
    }

    #[test]
    fn one_line_passes_through_byte_for_byte() {
        let text = r#"{ "resourceType" : "Basic", "n": 1.10, "s": "a\n b" }"#;
        let line = Resource::scan(text).expect("a resource").to_line();
        assert!(matches!(line, Cow::Borrowed(same) if same == text));
    }

    #[test]
    fn several_lines_become_one_and_values_keep_their_spelling() {
        let text = "{\r\n  \"resourceType\": \"Basic\",\n\t\"n\": 1.10e+2, \"s\": \"a \\\" {  b\\\\\", \"t\": \" \"\n}";
        let line = Resource::scan(text).expect("a resource").to_line();
        assert_eq!(line, r#"{"resourceType":"Basic","n":1.10e+2,"s":"a \" {  b\\","t":" "}"#);
    }

    #[test]
    fn an_escaped_nul_goes_and_what_only_looks_like_one_stays() {
        for (given, kept) in [
            (r"a\u0000b", r"ab"),
            (r"a\\u0000b", r"a\\u0000b"),
            (r"a\\\u0000b\u0000", r"a\\b"),
            (r"\u00e9\n\u0000", r"\u00e9\n"),
        ] {
            let text = format!(r#"{{"resourceType":"Basic","s":"{given}"}}"#);
            let line = Resource::scan(&text).expect("a resource").to_line().into_owned();
            assert_eq!(line, format!(r#"{{"resourceType":"Basic","s":"{kept}"}}"#));
        }
    }

    #[test]
    fn other_things_are_refused_by_name() {
        let not_resources = [
            "[]",
            "3",
            "\"Patient\"",
            "{}",
            r#"["Patient","1"]"#,
            r#"{"resourceType":7}"#,
            r#"{"resourceType":""}"#,
        ];
        for text in not_resources {
            assert_eq!(Resource::scan(text).err(), Some(Error::NotAResource), "{text}");
        }
        for text in
            ["", "{", "{\"resourceType\":\"Patient\"", "{\"resourceType\":\"Patient\"} x", "\u{feff}{}"]
        {
            assert_eq!(Resource::scan(text).err(), Some(Error::NotJson), "{text}");
        }
        for text in [r#"{"resourceType":"../x"}"#, r#"{"resourceType":"A","resourceType":"B"}"#] {
            assert_eq!(Resource::scan(text).err(), Some(Error::NotAResource), "{text}");
        }
    }

    #[test]
    fn an_id_outside_the_grammar_is_not_shown() {
        let long = "a".repeat(65);
        for id in ["\"../../etc\"", "7", "\"\"", "\"a b\"", &format!("\"{long}\""), "null"] {
            let text = format!(r#"{{"resourceType":"Patient","id":{id}}}"#);
            assert_eq!(Resource::scan(&text).expect("still a resource").id(), None, "{id}");
        }
    }

    #[test]
    fn any_depth_passes() {
        let deep =
            format!("{{\"resourceType\":\"Basic\",\"x\":{}1\n{}}}", "[".repeat(200_000), "]".repeat(200_000));
        let line = Resource::scan(&deep).expect("depth is not looked at").to_line();
        assert_eq!(line.len(), deep.len() - 1);
    }

    #[test]
    fn a_built_resource_starts_with_its_type_and_id() {
        let built = serde_json::json!({"active": true, "id": "1", "resourceType": "Patient", "a\"": 1});
        assert_eq!(to_line(&built), r#"{"resourceType":"Patient","id":"1","a\"":1,"active":true}"#);
    }

    #[test]
    fn debug_shows_the_type_alone() {
        let resource = Resource::scan(r#"{"resourceType":"Patient","id":"secret"}"#).expect("a resource");
        assert_eq!(format!("{resource:?}"), "Resource(Patient)");
    }
}
