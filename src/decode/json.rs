//! CBOR values to JSON, for the parts of a record whose layout is not known.

use serde_json::{Map, Number, Value};

use super::Limits;
use super::cbor::{self, Item};

/// Converts one CBOR item to JSON, within `max_json_depth` and `max_json_values`.
///
/// Byte strings become text (invalid UTF-8 replaced), numbers that JSON cannot hold become null, keys that are not
/// text are written as text, and of equal keys the last counts. What is nested too deep becomes null; after too many
/// values, containers end early. None if the bytes are not a complete CBOR item.
#[must_use]
pub fn cbor_to_json(raw: &[u8], limits: &Limits) -> Option<Value> {
    Converter { bytes: raw, at: 0, left: limits.max_json_values.max(1) }.value(limits.max_json_depth)
}

struct Converter<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Values that may still be made.
    left: usize,
}

impl Converter<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.left = self.left.saturating_sub(1);
        let (head, _) = cbor::untagged(self.bytes, self.at)?;
        let count = head.count();
        match count {
            Some(_) if depth == 0 => {
                self.raw()?;
                Some(Value::Null)
            }
            Some(count) => {
                self.at = head.end;
                if head.is_map() { self.map(count, depth - 1) } else { self.array(count, depth - 1) }
            }
            None => Some(scalar(cbor::item(self.raw()?)?)),
        }
    }

    fn array(&mut self, mut count: Option<u64>, depth: usize) -> Option<Value> {
        let mut values = Vec::new();
        while self.more(&mut count)? {
            values.push(self.value(depth)?);
        }
        Some(Value::Array(values))
    }

    fn map(&mut self, mut count: Option<u64>, depth: usize) -> Option<Value> {
        let mut values = Map::new();
        while self.more(&mut count)? {
            let key = key(cbor::item(self.raw()?)?);
            values.insert(key, self.value(depth)?);
        }
        Some(Value::Object(values))
    }

    /// Whether another entry follows; steps over the break that ends a container without a count.
    fn more(&mut self, count: &mut Option<u64>) -> Option<bool> {
        let more = match count {
            Some(count) => {
                let more = *count > 0;
                *count = count.saturating_sub(1);
                more
            }
            None if *self.bytes.get(self.at)? == 0xff => {
                self.at += 1;
                false
            }
            None => true,
        };
        Some(more && self.left > 0)
    }

    /// Steps over the next item.
    fn raw(&mut self) -> Option<&[u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = cbor::skip(rest)?;
        self.at += length;
        Some(&rest[..length])
    }
}

fn scalar(item: Item<'_>) -> Value {
    match item {
        Item::Integer(value) => Number::from_i128(value).map_or(Value::Null, Value::Number),
        Item::Float(value) => Number::from_f64(value).map_or(Value::Null, Value::Number),
        Item::Bool(value) => Value::Bool(value),
        Item::Text(text) | Item::Bytes(text) => Value::String(String::from_utf8_lossy(&text).into_owned()),
        Item::Null | Item::Other | Item::Array(_) | Item::Map(_) => Value::Null,
    }
}

fn key(item: Item<'_>) -> String {
    match scalar(item) {
        Value::String(text) => text,
        value => value.to_string(),
    }
}
