//! The chunks of a streamed completion, put together into the body that an unstreamed answer would have had.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::{MAX_PARTS, list, take, take_text};

/// One choice as it grows.
#[derive(Default)]
struct Choice {
    texts: BTreeMap<&'static str, String>,
    calls: BTreeMap<u64, Call>,
    function: Option<Call>,
    annotations: Vec<Value>,
    finish_reason: Option<String>,
}

/// One call as it grows.
#[derive(Default)]
struct Call {
    id: Option<String>,
    name: String,
    arguments: String,
    is_custom: bool,
}

impl Call {
    fn add(&mut self, mut delta: Value) {
        if let Some(id) = take_text(&mut delta, "id").filter(|id| !id.is_empty()) {
            self.id = Some(id);
        }
        self.is_custom |= delta.get("custom").is_some_and(Value::is_object);
        for key in ["function", "custom"] {
            if let Some(part) = delta.get_mut(key) {
                self.add_named(part);
            }
        }
    }

    fn add_named(&mut self, part: &mut Value) {
        if let Some(name) = take_text(part, "name") {
            // Some services repeat the name with every chunk.
            if self.name != name {
                self.name.push_str(&name);
            }
        }
        for key in ["arguments", "input"] {
            match take(part, key) {
                Value::String(more) => self.arguments.push_str(&more),
                Value::Null => {}
                // Some services send an object where the format wants text.
                whole => self.arguments = whole.to_string(),
            }
        }
    }

    fn finish(self) -> Value {
        match self.is_custom {
            true => json!({"id": self.id, "type": "custom", "custom": {"name": self.name, "input": self.arguments}}),
            false => {
                json!({"id": self.id, "type": "function", "function": {"name": self.name, "arguments": self.arguments}})
            }
        }
    }
}

impl Choice {
    fn add(&mut self, mut choice: Value) {
        if let Some(reason) = take_text(&mut choice, "finish_reason") {
            self.finish_reason = Some(reason);
        }
        let mut delta = match take(&mut choice, "delta") {
            Value::Null => take(&mut choice, "message"),
            delta => delta,
        };
        for key in ["content", "refusal", "reasoning_content", "reasoning"] {
            if let Some(more) = take_text(&mut delta, key) {
                self.texts.entry(key).or_default().push_str(&more);
            }
        }
        for call in list(take(&mut delta, "tool_calls")) {
            // Without an index, an id starts a new call and no id continues the last one.
            let last = self.calls.keys().next_back().copied();
            let starts = call.get("id").and_then(Value::as_str).is_some_and(|id| !id.is_empty());
            let next = match (last, starts) {
                (Some(last), true) => last.saturating_add(1),
                (Some(last), false) => last,
                (None, _) => 0,
            };
            let index = call.get("index").and_then(Value::as_u64).unwrap_or(next);
            if self.calls.len() < MAX_PARTS || self.calls.contains_key(&index) {
                self.calls.entry(index).or_default().add(call);
            }
        }
        if let Some(function) = delta.get_mut("function_call").filter(|f| f.is_object()) {
            self.function.get_or_insert_default().add_named(function);
        }
        let room = MAX_PARTS - self.annotations.len();
        self.annotations.extend(list(take(&mut delta, "annotations")).into_iter().take(room));
    }

    fn finish(self) -> Value {
        let mut message: Map<String, Value> =
            self.texts.into_iter().map(|(k, text)| (k.to_owned(), text.into())).collect();
        if !self.calls.is_empty() {
            message.insert("tool_calls".to_owned(), self.calls.into_values().map(Call::finish).collect());
        }
        if let Some(function) = self.function {
            let call = json!({"name": function.name, "arguments": function.arguments});
            message.insert("function_call".to_owned(), call);
        }
        message.insert("annotations".to_owned(), Value::Array(self.annotations));
        json!({"message": message, "finish_reason": self.finish_reason})
    }
}

/// Puts the chunks together; `None` when none of them belongs to a completion.
pub(super) fn assemble(events: &mut dyn Iterator<Item = Value>) -> Option<Value> {
    let mut choices: BTreeMap<u64, Choice> = BTreeMap::new();
    let mut usage = Value::Null;
    let mut error = Value::Null;
    let mut seen = false;
    for mut event in events {
        match take(&mut event, "error") {
            Value::Null => {}
            failure => (error, seen) = (failure, true),
        }
        if event.get("choices").is_none() {
            continue;
        }
        seen = true;
        if event.get("usage").is_some_and(Value::is_object) {
            usage = take(&mut event, "usage");
        }
        for choice in list(take(&mut event, "choices")) {
            let index = choice.get("index").and_then(Value::as_u64).unwrap_or_default();
            if choices.len() < MAX_PARTS || choices.contains_key(&index) {
                choices.entry(index).or_default().add(choice);
            }
        }
    }
    let choices: Vec<Value> = choices.into_values().map(Choice::finish).collect();
    seen.then(|| json!({"choices": choices, "usage": usage, "error": error}))
}
