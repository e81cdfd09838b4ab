//! The events of a streamed message, put together into the body that an unstreamed answer would have had.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::{MAX_PARTS, take, take_text};
use crate::normalise::request::parse_value;

/// One content block as it grows.
#[derive(Default)]
struct Growing {
    block: Value,
    text: String,
    thinking: String,
    input: String,
    citations: Vec<Value>,
}

impl Growing {
    fn add(&mut self, mut delta: Value) {
        for (key, text) in
            [("text", &mut self.text), ("thinking", &mut self.thinking), ("partial_json", &mut self.input)]
        {
            if let Some(more) = take_text(&mut delta, key) {
                text.push_str(&more);
            }
        }
        match take(&mut delta, "citation") {
            Value::Null => {}
            citation if self.citations.len() < MAX_PARTS => self.citations.push(citation),
            _ => {}
        }
    }

    fn finish(self) -> Value {
        let mut block = match self.block {
            Value::Object(block) => block,
            _ => Map::new(),
        };
        for (key, more) in [("text", self.text), ("thinking", self.thinking)] {
            if !more.is_empty() {
                let start = block.get(key).and_then(Value::as_str).unwrap_or_default();
                let whole = format!("{start}{more}");
                block.insert(key.to_owned(), whole.into());
                // A delta without its start still says what it is.
                block.entry("type").or_insert_with(|| key.into());
            }
        }
        if !self.input.is_empty() {
            // A call that was cut off keeps its arguments as text.
            let input = parse_value(self.input.as_bytes()).unwrap_or(Value::String(self.input));
            block.insert("input".to_owned(), input);
        }
        if !self.citations.is_empty() {
            block.insert("citations".to_owned(), Value::Array(self.citations));
        }
        Value::Object(block)
    }
}

/// Puts the events together; `None` when none of them belongs to a message.
pub(super) fn assemble(events: &mut dyn Iterator<Item = Value>) -> Option<Value> {
    let mut blocks: BTreeMap<u64, Growing> = BTreeMap::new();
    let mut stop_reason = Value::Null;
    let mut usage = Map::new();
    let mut add_usage = |value: Value| {
        if let Value::Object(counts) = value {
            usage.extend(counts.into_iter().filter(|(_, count)| !count.is_null()));
        }
    };
    let mut error = Value::Null;
    let mut seen = false;
    for mut event in events {
        let index = event.get("index").and_then(Value::as_u64).unwrap_or_default();
        let has_room = blocks.len() < MAX_PARTS || blocks.contains_key(&index);
        match take_text(&mut event, "type").as_deref() {
            Some("message_start") => {
                add_usage(event.get_mut("message").map_or(Value::Null, |message| take(message, "usage")));
            }
            Some("content_block_start") if has_room => {
                blocks.entry(index).or_default().block = take(&mut event, "content_block");
            }
            Some("content_block_delta") if has_room => {
                blocks.entry(index).or_default().add(take(&mut event, "delta"));
            }
            Some("message_delta") => {
                stop_reason = event.get_mut("delta").map_or(Value::Null, |delta| take(delta, "stop_reason"));
                add_usage(take(&mut event, "usage"));
            }
            Some("error") => error = take(&mut event, "error"),
            // A list of one whole message is no stream, but nothing is lost by taking it.
            Some("message") => {
                event["type"] = "message".into();
                return Some(event);
            }
            _ => continue,
        }
        seen = true;
    }
    let content: Vec<Value> = blocks.into_values().map(Growing::finish).collect();
    let mut body = json!({"type": "message", "content": content, "stop_reason": stop_reason, "usage": usage});
    if !error.is_null() {
        body["error"] = error;
    }
    seen.then_some(body)
}
