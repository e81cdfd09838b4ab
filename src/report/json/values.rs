//! The kinds of values that JSON layouts are made of. Text can only get in escaped, times only as RFC 3339.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::Evidence;
use crate::report::redact::free_name;
use crate::text;

/// Longest text in JSON, in characters.
const TEXT_CHARS: usize = 4_000;

/// Deepest nesting kept in details.
const DEPTH: usize = 16;

/// Text with hidden characters shown as escapes, cut with a mark. Line feeds and tabs stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text(String);

/// A time in RFC 3339, UTC, six decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Time(String);

/// US dollars, rounded to millionths.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Dollars(f64);

/// Names with counts.
pub type Counts = BTreeMap<Text, u64>;

/// Conversion of an internal value into its frozen form.
pub(super) trait Freeze<T: ?Sized> {
    fn freeze(value: &T) -> Self;
}

impl Freeze<str> for Text {
    fn freeze(value: &str) -> Self {
        Self(text::cut(&text::visible(value), TEXT_CHARS).into_owned())
    }
}

impl Freeze<String> for Text {
    fn freeze(value: &String) -> Self {
        Self::freeze(value.as_str())
    }
}

impl Freeze<i64> for Time {
    fn freeze(value: &i64) -> Self {
        Self(text::rfc3339(*value))
    }
}

impl Freeze<Option<f64>> for Option<Dollars> {
    fn freeze(value: &Option<f64>) -> Self {
        value.filter(|v| v.is_finite()).map(|v| Dollars((v * 1e6).round() / 1e6))
    }
}

macro_rules! as_they_are {
    ($($ty:ty),*) => { $(impl Freeze<$ty> for $ty { fn freeze(value: &$ty) -> Self { *value } })* };
}
as_they_are!(bool, u64, i64, Option<bool>, Option<u64>, Option<i64>);

impl Freeze<Option<String>> for Option<Text> {
    fn freeze(value: &Option<String>) -> Self {
        value.as_ref().map(Text::freeze)
    }
}

impl Freeze<Option<i64>> for Option<Time> {
    fn freeze(value: &Option<i64>) -> Self {
        value.as_ref().map(Time::freeze)
    }
}

macro_rules! option_of {
    ($($row:path => $frozen:path),*) => { $(impl Freeze<Option<$row>> for Option<$frozen> {
        fn freeze(value: &Option<$row>) -> Self {
            value.as_ref().map(Freeze::freeze)
        }
    })* };
}
option_of!(crate::report::history::PreviousRow => super::v1::PreviousV1, Evidence => EvidenceV1);

impl<T, F: Freeze<T>> Freeze<Vec<T>> for Vec<F> {
    fn freeze(value: &Vec<T>) -> Self {
        value.iter().map(F::freeze).collect()
    }
}

/// Names that look alike once they are escaped are counted together.
impl Freeze<BTreeMap<String, u64>> for Counts {
    fn freeze(value: &BTreeMap<String, u64>) -> Self {
        let mut counts = Self::new();
        for (name, count) in value {
            *counts.entry(Text::freeze(name)).or_default() += count;
        }
        counts
    }
}

/// Details of an incident: any JSON, its texts escaped and cut.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Details(Map<String, Value>);

impl Freeze<BTreeMap<String, Value>> for Details {
    fn freeze(value: &BTreeMap<String, Value>) -> Self {
        Self(freeze_map(value.iter(), 0))
    }
}

fn freeze_map<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>, depth: usize) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in entries {
        let name = free_name(Text::freeze(name).0, |n| map.contains_key(n));
        map.insert(name, freeze_value(value, depth + 1));
    }
    map
}

fn freeze_value(value: &Value, depth: usize) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(Text::freeze(text).0),
        Value::Array(_) | Value::Object(_) if depth > DEPTH => Value::String("…".to_owned()),
        Value::Array(items) => items.iter().map(|item| freeze_value(item, depth + 1)).collect(),
        Value::Object(map) => Value::Object(freeze_map(map.iter(), depth)),
    }
}

/// A raw record behind an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceV1 {
    /// Export object.
    pub export_key: Text,
    /// The gateway's record id; null where it could not be read.
    pub record_id: Option<i64>,
}

impl Freeze<Evidence> for EvidenceV1 {
    fn freeze(value: &Evidence) -> Self {
        Self { export_key: Text::freeze(&value.export_key), record_id: value.record_id }
    }
}
