//! The events of a streamed response, put together into the body that an unstreamed answer would have had.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{MAX_PARTS, list, take, take_text};

/// One item as it grows.
#[derive(Default)]
struct Growing {
    item: Value,
    /// Text of the parts of a message.
    parts: BTreeMap<u64, String>,
    /// Field of the item that its deltas belong to, and what they add up to.
    field: Option<(&'static str, String)>,
    is_done: bool,
}

impl Growing {
    fn add(&mut self, field: Option<&'static str>, part: u64, more: &str) {
        match field {
            Some(field) => self.field.get_or_insert_with(|| (field, String::new())).1.push_str(more),
            None if self.parts.len() < MAX_PARTS || self.parts.contains_key(&part) => {
                self.parts.entry(part).or_default().push_str(more);
            }
            None => {}
        }
    }

    /// The item; what its deltas say counts only while nobody told the whole.
    fn finish(mut self) -> Value {
        if self.is_done {
            return self.item;
        }
        if !self.item.is_object() {
            let kind = if self.field.is_some() { "function_call" } else { "message" };
            self.item = json!({"type": kind, "role": "assistant"});
        }
        if let Some((field, text)) = self.field {
            self.item[field] = text.into();
        }
        if !self.parts.is_empty() {
            self.item["content"] =
                self.parts.into_values().map(|text| json!({"type": "output_text", "text": text})).collect();
        }
        self.item
    }
}

/// Field of an item that a kind of delta adds to; `None` inside for the text of a message.
fn field_of(event: &str) -> Option<Option<&'static str>> {
    match event {
        "response.output_text.delta" | "response.refusal.delta" => Some(None),
        "response.function_call_arguments.delta" | "response.mcp_call_arguments.delta" => Some(Some("arguments")),
        "response.custom_tool_call_input.delta" => Some(Some("input")),
        "response.code_interpreter_call_code.delta" => Some(Some("code")),
        _ => None,
    }
}

/// Puts the events together; `None` when none of them belongs to a response.
pub(super) fn assemble(events: &mut dyn Iterator<Item = Value>) -> Option<Value> {
    let mut body = Value::Null;
    let mut items: BTreeMap<u64, Growing> = BTreeMap::new();
    let mut error = Value::Null;
    for mut event in events {
        let Some(kind) = take_text(&mut event, "type") else { continue };
        let index = event.get("output_index").and_then(Value::as_u64).unwrap_or_default();
        let has_room = items.len() < MAX_PARTS || items.contains_key(&index);
        match kind.as_str() {
            "error" => error = if event.get("error").is_some() { take(&mut event, "error") } else { event },
            "response.output_item.added" | "response.output_item.done" if has_room => {
                let growing = items.entry(index).or_default();
                growing.item = take(&mut event, "item");
                growing.is_done = kind.ends_with("done");
            }
            kind if kind.starts_with("response.") && event.get("response").is_some_and(Value::is_object) => {
                body = take(&mut event, "response");
            }
            kind if has_room => {
                if let (Some(field), Some(more)) = (field_of(kind), take_text(&mut event, "delta")) {
                    let part = event.get("content_index").and_then(Value::as_u64).unwrap_or_default();
                    items.entry(index).or_default().add(field, part, &more);
                }
            }
            _ => {}
        }
    }
    if body.is_null() && items.is_empty() && error.is_null() {
        return None;
    }
    if !body.is_object() {
        body = json!({"status": "in_progress"});
    }
    // The last event normally repeats all items; some services leave them out.
    let told = list(take(&mut body, "output"));
    let grown: Vec<Value> = items.into_values().map(Growing::finish).collect();
    body["output"] = Value::Array(if told.len() >= grown.len() { told } else { grown });
    if !error.is_null() {
        body["error"] = error;
    }
    Some(body)
}
