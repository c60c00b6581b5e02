//! The strict JSON reader, beside serde_json's.

use jose::json::{self, JsonFault, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, Value};

const ANY_SIZE: usize = 1 << 20;

/// What is read is what serde_json reads, and breaks none of our rules; what is refused for its syntax is refused
/// by serde_json too, and what is refused for a rule breaks that rule.
///
/// # Panics
/// When that does not hold.
pub fn check(input: &[u8]) {
    let theirs: Result<serde_json::Value, _> = serde_json::from_slice(input);
    match (json::parse(input, ANY_SIZE), theirs) {
        (Ok(ours), Ok(theirs)) => {
            assert!(same(&ours, &theirs), "two readings of one text");
            for rule in RULES {
                assert!(!breaks(input, rule), "{rule:?} was let pass");
            }
        }
        (Ok(_), Err(error)) => panic!("serde_json refuses what is read here: {error}"),
        (Err(JsonFault::TooLarge), _) => assert!(input.len() > ANY_SIZE),
        (Err(JsonFault::NotUtf8), theirs) => {
            assert!(std::str::from_utf8(input).is_err() && theirs.is_err());
        }
        (Err(JsonFault::Syntax | JsonFault::TrailingData), theirs) => assert!(theirs.is_err()),
        (Err(fault), Ok(_)) => assert!(breaks(input, fault), "refused for {fault:?} without reason"),
        (Err(fault), Err(_)) => assert!(fault != JsonFault::NotAnObject),
    }
}

/// The rules on top of the syntax.
const RULES: [JsonFault; 5] = [
    JsonFault::DuplicateMember,
    JsonFault::TooDeep,
    JsonFault::TooManyMembers,
    JsonFault::TooManyValues,
    JsonFault::Nul,
];

/// Whether JSON that serde_json reads breaks a rule of ours, found out without our reader.
pub fn breaks(text: &[u8], rule: JsonFault) -> bool {
    let shape = Shape::of(text);
    match rule {
        JsonFault::DuplicateMember => {
            let kept = serde_json::from_slice(text).map_or(0, |value| members(&value));
            kept < shape.members
        }
        JsonFault::TooDeep => shape.depth > MAX_DEPTH,
        JsonFault::TooManyMembers => shape.widest > MAX_MEMBERS,
        // The outermost value, too.
        JsonFault::TooManyValues => 1 + shape.members + shape.elements > MAX_VALUES,
        JsonFault::Nul => shape.nul,
        JsonFault::NotAnObject => serde_json::from_slice::<serde_json::Map<_, _>>(text).is_err(),
        _ => false,
    }
}

fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::Number(json::Number::Integer(ours)), serde_json::Value::Number(theirs)) => {
            theirs.as_i64() == Some(*ours)
        }
        (Value::Number(json::Number::Float(ours)), serde_json::Value::Number(theirs)) => {
            theirs.as_i64().is_none()
                && theirs.as_f64().is_some_and(|theirs| theirs.to_bits() == ours.to_bits())
        }
        (Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(ours), serde_json::Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(name, ours)| theirs.get(name).is_some_and(|theirs| same(ours, theirs)))
        }
        _ => false,
    }
}

/// How many members all objects in a value have.
fn members(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(elements) => elements.iter().map(members).sum(),
        serde_json::Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

/// What the brackets, colons, commas and escapes of well-formed JSON tell.
#[derive(Default)]
struct Shape {
    depth: usize,
    members: usize,
    elements: usize,
    widest: usize,
    nul: bool,
}

impl Shape {
    fn of(text: &[u8]) -> Self {
        let mut shape = Self::default();
        // What each open bracket is, and how many members there are behind it.
        let mut open: Vec<(u8, usize)> = Vec::new();
        let (mut in_string, mut escaped, mut begun) = (false, false, false);
        for (at, byte) in text.iter().enumerate() {
            if begun && !byte.is_ascii_whitespace() {
                begun = false;
                shape.elements += usize::from(*byte != b']');
            }
            match byte {
                _ if escaped => {
                    escaped = false;
                    shape.nul |= text[at..].starts_with(b"u0000");
                }
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => {
                    begun = *byte == b'[';
                    open.push((*byte, 0));
                    shape.depth = shape.depth.max(open.len());
                }
                b'}' | b']' => drop(open.pop()),
                b',' => shape.elements += usize::from(open.last().is_some_and(|(kind, _)| *kind == b'[')),
                b':' => {
                    shape.members += 1;
                    if let Some((_, members)) = open.last_mut() {
                        *members += 1;
                        shape.widest = shape.widest.max(*members);
                    }
                }
                _ => {}
            }
        }
        shape
    }
}
