//! What all shapes share: clean text, times inside the calendar, documents without empty parts.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::finding::{Evidence, Finding, Severity};
use crate::text::one_line;

/// Longest text in a document, in characters: what Elastic indexes of a keyword, and less than Splunk extracts.
pub(super) const TEXT: usize = 1000;

/// 9999-12-30T22:00:00Z in microseconds, the last time that has a name in every time zone.
const LAST: i64 = 253_402_207_200_000_000;

/// A time that every consumer can read: hostile times are brought into the years 1970 to 9999.
pub(super) fn micros(time: i64) -> i64 {
    time.clamp(0, LAST)
}

/// Milliseconds since the epoch.
pub(super) fn millis(time: i64) -> i64 {
    micros(time) / 1000
}

/// RFC 3339 in UTC with six decimals.
pub(super) fn rfc3339(time: i64) -> String {
    crate::text::rfc3339(micros(time))
}

/// A text on one line, nothing in it invisible, at most [`TEXT`] characters.
pub(super) fn text(value: &str) -> String {
    one_line(value, TEXT).into_owned()
}

/// The text, unless it is absent or empty.
pub(super) fn some(value: Option<&String>) -> Option<String> {
    value.filter(|v| !v.is_empty()).map(|v| text(v))
}

/// A value with all of its texts clean.
pub(super) fn shown(value: Option<&Value>) -> Value {
    match value {
        None | Some(Value::Null) => Value::Null,
        Some(Value::String(s)) => Value::String(text(s)),
        Some(Value::Array(items)) => Value::Array(items.iter().map(|v| shown(Some(v))).collect()),
        Some(Value::Object(map)) => Value::Object(map.iter().map(|(k, v)| (text(k), shown(Some(v)))).collect()),
        Some(other) => other.clone(),
    }
}

/// Details as name and value, both text, so that the same name never has two types in an index.
pub(super) fn details_as_text(finding: &Finding) -> Map<String, Value> {
    let flat = |value: &Value| match value {
        Value::String(s) => text(s),
        other => text(&other.to_string()),
    };
    let values = finding.details.iter().filter(|(_, v)| !v.is_null());
    values
        .map(|(name, value)| {
            let value = match value {
                Value::Array(items) => Value::Array(items.iter().map(|v| Value::String(flat(v))).collect()),
                other => Value::String(flat(other)),
            };
            (text(name).replace('.', "_"), value)
        })
        .collect()
}

/// The address of a raw record, `export_key#record_id`.
pub(super) fn address(evidence: &Evidence) -> String {
    match evidence.record_id {
        Some(id) => text(&format!("{}#{id}", evidence.export_key)),
        None => text(&evidence.export_key),
    }
}

/// The exports behind a finding, each once.
pub(super) fn export_keys(finding: &Finding) -> Vec<String> {
    let mut keys: Vec<String> = finding.evidence.iter().map(|e| text(&e.export_key)).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Family of the detection: the part of its id before the dot.
pub(super) fn family(finding: &Finding) -> &str {
    finding.detection.id.split('.').next().unwrap_or_default()
}

/// Ids of a framework among the tags, such as `AML.T0053` for `atlas:`.
pub(super) fn tagged<'f>(finding: &'f Finding, framework: &str) -> Vec<&'f str> {
    let prefix = format!("{framework}:");
    finding.detection.tags.iter().filter_map(|t| t.strip_prefix(&prefix)).collect()
}

/// The severity as a word that starts with a capital.
pub(super) fn caption(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The number that Elastic's rule for external alerts reads the severity from.
pub(super) fn elastic_severity(severity: Severity) -> i64 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    }
}

/// Removes what says nothing: nulls, empty texts, empty lists and empty objects.
pub(super) fn pruned(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(s) if s.is_empty() => None,
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().filter_map(pruned).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(map) => {
            let map: Map<String, Value> =
                map.into_iter().filter_map(|(name, value)| Some((name, pruned(value)?))).collect();
            (!map.is_empty()).then_some(Value::Object(map))
        }
        other => Some(other),
    }
}

/// Writes fields as one object on a line, in the order given.
pub(super) fn line<N: AsRef<str>>(fields: impl IntoIterator<Item = (N, Value)>, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for (name, value) in fields {
        out.write_all(if first { b"{" } else { b"," })?;
        first = false;
        serde_json::to_writer(&mut *out, name.as_ref())?;
        out.write_all(b":")?;
        serde_json::to_writer(&mut *out, &value)?;
    }
    out.write_all(if first { b"{}\n" } else { b"}\n" })
}

/// [`line()`] without the fields that say nothing.
pub(super) fn pruned_line<'n>(
    fields: impl IntoIterator<Item = (&'n str, Value)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    line(fields.into_iter().filter_map(|(name, value)| Some((name, pruned(value)?))), out)
}
