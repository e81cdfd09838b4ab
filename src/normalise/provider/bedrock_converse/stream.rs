//! The events of a streamed answer, put together into the body that an unstreamed answer would have had.
//!
//! On the wire each event is a frame whose header names it; put into JSON, the name is the one key of an object.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::{MAX_PARTS, take, take_text};
use crate::normalise::request::parse_value;

/// One content block as it grows.
#[derive(Default)]
struct Growing {
    tool: Value,
    text: String,
    thinking: String,
    input: String,
    citations: Vec<Value>,
}

impl Growing {
    fn add(&mut self, mut delta: Value) {
        if let Some(more) = take_text(&mut delta, "text") {
            self.text.push_str(&more);
        }
        if let Some(more) = delta.get_mut("toolUse").and_then(|tool| take_text(tool, "input")) {
            self.input.push_str(&more);
        }
        if let Some(more) = delta.get_mut("reasoningContent").and_then(|reasoning| take_text(reasoning, "text")) {
            self.thinking.push_str(&more);
        }
        match take(&mut delta, "citation") {
            citation @ Value::Object(_) if self.citations.len() < MAX_PARTS => self.citations.push(citation),
            _ => {}
        }
    }

    fn finish(mut self) -> Value {
        if self.tool.is_object() || !self.input.is_empty() {
            if !self.tool.is_object() {
                self.tool = json!({});
            }
            if !self.input.is_empty() {
                self.tool["input"] = parse_value(self.input.as_bytes()).unwrap_or(Value::String(self.input));
            }
            return json!({"toolUse": self.tool});
        }
        if !self.thinking.is_empty() {
            return json!({"reasoningContent": {"reasoningText": {"text": self.thinking}}});
        }
        if !self.citations.is_empty() {
            return json!({"citationsContent": {"content": [{"text": self.text}], "citations": self.citations}});
        }
        json!({"text": self.text})
    }
}

/// Puts the events together; `None` when none of them belongs to an answer.
pub(super) fn assemble(events: &mut dyn Iterator<Item = Value>) -> Option<Value> {
    let mut blocks: BTreeMap<u64, Growing> = BTreeMap::new();
    let mut body = Map::new();
    let mut seen = false;
    for event in events {
        let Value::Object(event) = event else { continue };
        let Some((name, mut data)) = event.into_iter().find(|(_, data)| data.is_object()) else { continue };
        let index = data.get("contentBlockIndex").and_then(Value::as_u64).unwrap_or_default();
        let has_room = blocks.len() < MAX_PARTS || blocks.contains_key(&index);
        match name.as_str() {
            "messageStart" => {}
            "contentBlockStart" if has_room => {
                let tool = data.get_mut("start").map_or(Value::Null, |start| take(start, "toolUse"));
                blocks.entry(index).or_default().tool = tool;
            }
            "contentBlockDelta" if has_room => blocks.entry(index).or_default().add(take(&mut data, "delta")),
            "messageStop" => {
                body.insert("stopReason".to_owned(), take(&mut data, "stopReason"));
            }
            "metadata" => {
                body.insert("usage".to_owned(), take(&mut data, "usage"));
            }
            // What went wrong in the middle of an answer comes as an event of its own.
            name if name.ends_with("Exception") || name == "error" => {
                data["type"] = name.into();
                body.insert("error".to_owned(), data);
            }
            _ => continue,
        }
        seen = true;
    }
    let content: Vec<Value> = blocks.into_values().map(Growing::finish).collect();
    body.insert("output".to_owned(), json!({"message": {"role": "assistant", "content": content}}));
    seen.then_some(Value::Object(body))
}
