//! Strict JSON for what strangers send.
//!
//! The syntax is serde_json's. On top of it: UTF-8 only, no member twice in an object, no NUL in a string,
//! bounded size, depth, width and number of values, nothing after the value. Readers that keep the last of two
//! equal members and readers that keep the first disagree about what was signed; here there is no second one
//! (RFC 7519 section 4, RFC 8725 section 2.6).

mod reader;

use std::borrow::Cow;

/// The deepest nesting read; the outermost object or array is level 1.
pub const MAX_DEPTH: usize = 16;
/// The most members an object may have.
pub const MAX_MEMBERS: usize = 256;
/// The most values in one text: elements and members of all its arrays and objects, and the outermost one. An ID
/// token with 32 former addresses has about 300, a set of 64 keys about 700; each costs more memory than bytes.
pub const MAX_VALUES: usize = 4096;

/// The last second of the year 9999, in seconds since the epoch. Milliseconds mistaken for seconds lie beyond.
const END_OF_9999: i64 = 253_402_300_799;

/// Reads one JSON value from `text`, which may have at most `max_bytes` bytes. Strings without escapes
/// borrow from `text`.
pub fn parse(text: &[u8], max_bytes: usize) -> Result<Value<'_>, JsonFault> {
    if text.len() > max_bytes {
        return Err(JsonFault::TooLarge);
    }
    reader::read(std::str::from_utf8(text).map_err(|_| JsonFault::NotUtf8)?)
}

/// Reads one JSON object, under the rules of [`parse`].
pub fn parse_object(text: &[u8], max_bytes: usize) -> Result<Object<'_>, JsonFault> {
    match parse(text, max_bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(JsonFault::NotAnObject),
    }
}

/// Why text is not JSON that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// More bytes than the caller allows.
    TooLarge,
    /// Not UTF-8 throughout (RFC 8259 section 8.1).
    NotUtf8,
    /// Not JSON at all, or a number or surrogate pair that cannot be represented.
    Syntax,
    /// Something follows the value.
    TrailingData,
    /// An object names a member twice.
    DuplicateMember,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// More than [`MAX_MEMBERS`] in one object.
    TooManyMembers,
    /// More than [`MAX_VALUES`] in all arrays and objects together.
    TooManyValues,
    /// A string holds U+0000.
    Nul,
    /// JSON, but not the object it has to be.
    NotAnObject,
}

impl JsonFault {
    /// What is said of the text, to stand behind its name and a colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "it is too large",
            Self::NotUtf8 => "it is not UTF-8",
            Self::Syntax => "it is not JSON",
            Self::TrailingData => "something follows it",
            Self::DuplicateMember => "it names a member twice",
            Self::TooDeep => "it is nested too deep",
            Self::TooManyMembers => "an object has too many members",
            Self::TooManyValues => "it has too many values",
            Self::Nul => "a string holds NUL",
            Self::NotAnObject => "it is not an object",
        }
    }
}

impl std::fmt::Display for JsonFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for JsonFault {}

/// A JSON value that borrows from its text.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// Any number.
    Number(Number),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// The elements in order.
    Array(Vec<Value<'a>>),
    /// The members in order.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// The text, when this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, when this is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The object, when this is one.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The number, when this is one written without fraction and exponent.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Number(Number::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// Seconds since the epoch, when this is a NumericDate (RFC 7519 section 2) that could be meant: a
    /// number from 0 to the end of the year 9999. A fraction of a second is dropped. Milliseconds since the
    /// epoch, a frequent mistake, lie beyond and are no date.
    pub fn numeric_date(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.numeric_date(),
            _ => None,
        }
    }
}

/// What a JSON number holds.
#[derive(Clone, Copy, PartialEq)]
pub enum Number {
    /// Written without fraction and exponent, and fits.
    Integer(i64),
    /// Anything else; always finite.
    Float(f64),
}

impl Number {
    fn numeric_date(self) -> Option<i64> {
        let seconds = match self {
            Self::Integer(seconds) => seconds,
            #[expect(clippy::cast_possible_truncation, reason = "saturates, and the range is checked below")]
            Self::Float(seconds) => seconds.floor() as i64,
        };
        (0..=END_OF_9999).contains(&seconds).then_some(seconds)
    }
}

/// A JSON object: members in order, no name twice.
#[derive(Clone, Default, PartialEq)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    /// One bit for each name there may be: most names that are asked for are absent, and that is seen here.
    bits: u64,
}

impl<'a> Object<'a> {
    /// The member of that exact name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        if self.bits & bit(name) == 0 {
            return None;
        }
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    fn with_room(members: usize) -> Self {
        Self { members: Vec::with_capacity(members), bits: 0 }
    }

    /// Adds a member; false when its name is there already.
    fn add(&mut self, name: Cow<'a, str>, value: Value<'a>) -> bool {
        let bit = bit(&name);
        if self.bits & bit != 0 && self.members.iter().any(|(member, _)| *member == name) {
            return false;
        }
        self.bits |= bit;
        self.members.push((name, value));
        true
    }

    /// The members in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether this is `{}`.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

/// The bit of a name, by its length, first and last byte.
fn bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let (first, last) =
        (bytes.first().copied().unwrap_or_default(), bytes.last().copied().unwrap_or_default());
    let mixed = (name.len() as u64).wrapping_mul(31) ^ u64::from(first).wrapping_mul(7) ^ u64::from(last);
    1 << (mixed % 64)
}

/// Shows nothing: what is read here may be a token's demographics.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(..)")
    }
}

/// Shows nothing: what is read here may be a token's demographics.
impl std::fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Object(..)")
    }
}

#[cfg(test)]
mod tests;
