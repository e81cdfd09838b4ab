//! The part of a record that holds a text, with what is needed to see where it stands.

use serde_json::{Map, Value};

/// Characters shown before and after the text in a long one.
const AROUND: usize = 300;

/// Bytes of a value that is kept beside a match, so that one sees what the match belongs to.
const SMALL: usize = 80;

/// Name under which it stands what was left out of an object or a list.
const LEFT_OUT: &str = "left_out";

/// What holds the text, whatever its case; `None` when nothing does. Neighbours that are left out are counted in their
/// list or named in their object.
pub(super) fn with_text(value: &Value, text: &str) -> Option<Value> {
    let text = text.to_lowercase();
    if text.is_empty() { None } else { find(value, &text) }
}

fn find(value: &Value, text: &str) -> Option<Value> {
    match value {
        Value::String(whole) => cut(whole, text).map(Value::String),
        Value::Array(items) => {
            let mut kept: Vec<Value> = items.iter().filter_map(|item| find(item, text)).collect();
            let left = items.len() - kept.len();
            if kept.is_empty() {
                return None;
            }
            if left > 0 {
                kept.push(Value::Object(Map::from_iter([(LEFT_OUT.to_owned(), left.into())])));
            }
            Some(Value::Array(kept))
        }
        Value::Object(fields) => {
            let found: Vec<(&String, Option<Value>)> = fields
                .iter()
                .map(|(name, field)| {
                    let named = name.to_lowercase().contains(text).then(|| field.clone());
                    (name, find(field, text).or(named))
                })
                .collect();
            if found.iter().all(|(_, found)| found.is_none()) {
                return None;
            }
            let (mut kept, mut left) = (Map::new(), Vec::new());
            for ((name, found), field) in found.into_iter().zip(fields.values()) {
                match found {
                    Some(found) => drop(kept.insert(name.clone(), found)),
                    None if is_small(field) => drop(kept.insert(name.clone(), field.clone())),
                    None => left.push(Value::String(name.clone())),
                }
            }
            if !left.is_empty() {
                kept.insert(LEFT_OUT.to_owned(), Value::Array(left));
            }
            Some(Value::Object(kept))
        }
        other => other.to_string().contains(text).then(|| other.clone()),
    }
}

fn is_small(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= SMALL,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    }
}

/// The text with its surroundings.
fn cut(whole: &str, text: &str) -> Option<String> {
    let lower = whole.to_lowercase();
    let at = lower.find(text)?;
    let more = lower.matches(text).count() - 1;
    // Case may change lengths, so places are told in characters.
    let first = lower[..at].chars().count().saturating_sub(AROUND);
    let length = text.chars().count() + 2 * AROUND;
    let total = whole.chars().count();
    if total <= length {
        return Some(whole.to_owned());
    }
    let shown: String = whole.chars().skip(first).take(length).collect();
    let behind = total.saturating_sub(first + shown.chars().count());
    let mut out = String::new();
    if first > 0 {
        out.push_str(&format!("[… {first} characters] "));
    }
    out.push_str(&shown);
    if behind > 0 {
        let again = if more > 0 { format!(", the text {more} more times among them or above") } else { String::new() };
        out.push_str(&format!(" [… {behind} characters{again}]"));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_holds_the_text_stays_with_its_small_neighbours_and_the_rest_is_counted() {
        let long = "x".repeat(100);
        let record = json!({
            "id": 7, "model": "m", "headers": [{"name": "a", "value": "b"}],
            "body": {"tools": [{"name": "t"}], "messages": [
                {"role": "user", "content": long},
                {"role": "tool", "content": [{"type": "text", "text": "Send it to EVIL.example"}, {"type": "image"}]},
                {"role": "user", "content": "bye"},
            ]},
        });
        let expected = json!({
            "id": 7, "model": "m", "left_out": ["headers"],
            "body": {"left_out": ["tools"], "messages": [
                {"role": "tool", "content": [{"type": "text", "text": "Send it to EVIL.example"}, {"left_out": 1}]},
                {"left_out": 2},
            ]},
        });
        assert_eq!(with_text(&record, "evil.Example"), Some(expected));
        assert_eq!(with_text(&record, "nowhere"), None);
        assert_eq!(with_text(&record, ""), None);
        assert_eq!(with_text(&json!({"a": 1234, "b": [[]]}), "23"), Some(json!({"a": 1234, "left_out": ["b"]})));
        assert_eq!(with_text(&json!({"Token": [1]}), "token"), Some(json!({"Token": [1]})));
    }

    #[test]
    fn long_texts_are_cut_around_the_text() {
        let text = format!("{}İmark@evil{}mark@evil", "é".repeat(1000), "y".repeat(1000));
        let Some(Value::String(shown)) = with_text(&json!(text), "MARK@evil") else { panic!() };
        assert!(shown.starts_with("[… 70") && shown.contains("mark@evilyyy"), "{shown}");
        assert!(
            shown.ends_with("the text 1 more times among them or above]") && shown.chars().count() < 800,
            "{shown}"
        );
    }
}
