//! Builds the tree while serde_json reads, and stops at the first broken rule.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{JsonFault, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, Number, Object, Value};

/// About so many bytes each member of an ID token takes.
const EACH: usize = 40;

/// Reads the one value in `text`.
pub(super) fn read(text: &str) -> Result<Value<'_>, JsonFault> {
    let rules = Rules { room: (text.len() / EACH).min(MAX_MEMBERS), ..Rules::default() };
    let mut source = serde_json::Deserializer::from_str(text);
    let value = Reader { level: 0, rules: &rules }.deserialize(&mut source);
    // A rule of ours outranks the error it made serde_json stop with.
    let value = value.map_err(|_| rules.broken.get().unwrap_or(JsonFault::Syntax))?;
    source.end().map_err(|_| JsonFault::TrailingData)?;
    Ok(value)
}

/// How our rules fare while a text is read.
#[derive(Default)]
struct Rules {
    /// Which was broken, if any: serde's own errors carry only text.
    broken: Cell<Option<JsonFault>>,
    values: Cell<usize>,
    /// How many members the outermost object has room for before it grows, which costs more than the room.
    room: usize,
}

impl Rules {
    fn stop<T, E: Error>(&self, fault: JsonFault) -> Result<T, E> {
        self.broken.set(Some(fault));
        Err(E::custom(fault))
    }

    /// Counts a value before it is read.
    fn count<E: Error>(&self) -> Result<(), E> {
        if self.values.get() == MAX_VALUES {
            return self.stop(JsonFault::TooManyValues);
        }
        self.values.set(self.values.get() + 1);
        Ok(())
    }

    /// A text that is not as it stood: it had an escape, by which alone a NUL can come.
    fn unescaped<E: Error>(&self, text: &str) -> Result<Cow<'static, str>, E> {
        if text.as_bytes().contains(&0) { self.stop(JsonFault::Nul) } else { Ok(Cow::Owned(text.to_owned())) }
    }
}

/// Reads a value at one level of nesting.
#[derive(Clone, Copy)]
struct Reader<'b> {
    level: usize,
    rules: &'b Rules,
}

impl Reader<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.level == MAX_DEPTH {
            return self.rules.stop(JsonFault::TooDeep);
        }
        Ok(Self { level: self.level + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value<'de>, D::Error> {
        self.rules.count()?;
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Integer(number)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'de>, E> {
        #[expect(clippy::cast_precision_loss, reason = "beyond i64 only the magnitude is of use")]
        let number = i64::try_from(number).map_or(Number::Float(number as f64), Number::Integer);
        Ok(Value::Number(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Float(number)))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'de>, E> {
        self.rules.unescaped(text).map(Value::String)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<Value<'de>, A::Error> {
        let inside = self.deeper()?;
        let mut elements = Vec::new();
        while let Some(element) = source.next_element_seed(inside)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Value<'de>, A::Error> {
        let inside = self.deeper()?;
        let mut object = if self.level == 0 { Object::with_room(self.rules.room) } else { Object::default() };
        while let Some(name) = source.next_key_seed(Name(self.rules))? {
            if object.len() == MAX_MEMBERS {
                return self.rules.stop(JsonFault::TooManyMembers);
            }
            let value = source.next_value_seed(inside)?;
            if !object.add(name, value) {
                return self.rules.stop(JsonFault::DuplicateMember);
            }
        }
        Ok(Value::Object(object))
    }
}

/// Reads a member's name.
struct Name<'b>(&'b Rules);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Cow<'de, str>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        self.0.unescaped(name)
    }
}
