//! OpenAI Chat Completions and the many services that copy it.
//! Fields as in OpenAI's public API reference for `POST /v1/chat/completions`.

use serde_json::Value;

use super::{
    Answer, Definition, Provider, error_of, list, media_note, result_text, take, take_text, text_message, unknown_block,
};
use crate::decode::Usage;
use crate::normalise::content::{Answered, Block, Call, Kind, Message, Role, canonical_arguments, canonical_json};

mod stream;

/// The format.
pub(super) struct OpenAiChat;

impl Provider for OpenAiChat {
    fn name(&self) -> &'static str {
        "openai_chat"
    }

    fn has_path(&self, path: &str) -> bool {
        path.ends_with("/chat/completions")
    }

    fn has_shape(&self, keys: &[&str]) -> bool {
        keys.contains(&"messages") && !keys.contains(&"toolConfig") && !keys.contains(&"inferenceConfig")
    }

    fn messages_key(&self) -> &'static str {
        "messages"
    }

    fn system_keys(&self) -> &'static [&'static str] {
        &[]
    }

    fn tools_keys(&self) -> &'static [&'static str] {
        &["tools", "functions"]
    }

    fn message(&self, element: Value) -> Message {
        message(element)
    }

    fn system(&self, mut element: Value) -> Message {
        text_message(Role::System, take_text(&mut element, "text").unwrap_or_default())
    }

    fn tools(&self, key: &str, value: Value) -> Vec<Definition> {
        list(value)
            .into_iter()
            .filter_map(|tool| if key == "functions" { function("function", tool) } else { definition(tool) })
            .collect()
    }

    fn answer(&self, mut body: Value) -> Option<Answer> {
        let usage = usage(body.get("usage").unwrap_or(&Value::Null));
        if body.get("choices").is_none() {
            return error_of(&body).map(|error| Answer { error: Some(error), complete: true, ..Answer::default() });
        }
        let error = error_of(&body).filter(|_| body.get("error").is_some_and(|e| !e.is_null()));
        let mut answer = Answer { usage, error, complete: true, ..Answer::default() };
        for mut choice in list(take(&mut body, "choices")) {
            let reason = take_text(&mut choice, "finish_reason");
            answer.complete &= reason.is_some();
            answer.stop_reason = answer.stop_reason.or(reason);
            let mut said = message(take(&mut choice, "message"));
            said.role = Role::Assistant;
            answer.messages.push(said);
        }
        answer.complete &= !answer.messages.is_empty();
        Some(answer)
    }

    fn stream(&self, events: &mut dyn Iterator<Item = Value>) -> Option<Answer> {
        stream::assemble(events).and_then(|body| self.answer(body))
    }
}

fn usage(value: &Value) -> Usage {
    let count = |path: &str| value.pointer(path).and_then(Value::as_i64);
    Usage {
        input: count("/prompt_tokens"),
        output: count("/completion_tokens"),
        cached: count("/prompt_tokens_details/cached_tokens"),
        cache_creation: None,
        reasoning: count("/completion_tokens_details/reasoning_tokens"),
        web_searches: None,
    }
}

fn message(mut element: Value) -> Message {
    let role = match element.get("role").and_then(Value::as_str) {
        Some("assistant") => Role::Assistant,
        Some("system" | "developer") => Role::System,
        Some("tool" | "function") => Role::Tool,
        _ => Role::User,
    };
    if role == Role::Tool {
        let text = result_text(take(&mut element, "content"));
        let call_id = take_text(&mut element, "tool_call_id");
        let name = take_text(&mut element, "name");
        // The name is only needed where there is no id; some clients send it, some do not, for the same result.
        let name = if call_id.is_some() { None } else { name };
        let kind = Kind::Answered(Answered { call_id, name, is_error: None });
        return Message { role, blocks: vec![Block { kind, text }] };
    }
    let mut blocks = Vec::new();
    for key in ["reasoning_content", "reasoning"] {
        if let Some(text) = take_text(&mut element, key) {
            blocks.push(Block { kind: Kind::Thinking, text });
        }
    }
    blocks.extend(list(take(&mut element, "content")).into_iter().map(part));
    if let Some(text) = take_text(&mut element, "refusal") {
        blocks.push(Block { kind: Kind::Named("refusal"), text });
    }
    blocks.extend(list(take(&mut element, "tool_calls")).into_iter().map(call));
    match take(&mut element, "function_call") {
        Value::Null => {}
        legacy => blocks.push(named_call(None, legacy, "arguments")),
    }
    for cited in list(take(&mut element, "annotations")) {
        if let Some(url) = cited.pointer("/url_citation/url").and_then(Value::as_str) {
            blocks.push(Block::citation(url));
        }
    }
    Message { role, blocks }
}

fn part(mut value: Value) -> Block {
    if let Value::String(text) = value {
        return Block::text(text);
    }
    match value.get("type").and_then(Value::as_str) {
        Some("text") => Block::text(take_text(&mut value, "text").unwrap_or_default()),
        Some("refusal") => {
            Block { kind: Kind::Named("refusal"), text: take_text(&mut value, "refusal").unwrap_or_default() }
        }
        Some("image_url") => Block { kind: Kind::Image, text: media_note(&value).unwrap_or_default() },
        Some("input_audio" | "file") => Block { kind: Kind::Document, text: media_note(&value).unwrap_or_default() },
        _ => {
            if let Some(object) = value.as_object_mut() {
                object.remove("cache_control");
            }
            unknown_block(&value)
        }
    }
}

fn call(mut value: Value) -> Block {
    let id = take_text(&mut value, "id").filter(|id| !id.is_empty());
    match value.get("custom") {
        Some(Value::Object(_)) => named_call(id, take(&mut value, "custom"), "input"),
        _ => named_call(id, take(&mut value, "function"), "arguments"),
    }
}

fn named_call(id: Option<String>, mut value: Value, arguments_key: &str) -> Block {
    let arguments = match take(&mut value, arguments_key) {
        Value::String(text) if arguments_key == "input" => Value::String(text).to_string(),
        Value::String(text) => canonical_arguments(&text),
        Value::Null => "{}".to_owned(),
        // Some services send an object where the format wants text.
        other => canonical_json(&other),
    };
    let name = take_text(&mut value, "name").unwrap_or_default();
    Block {
        text: arguments.clone(),
        kind: Kind::Call(Call { id, name, named_server: None, arguments, runs_at: "client" }),
    }
}

fn definition(mut tool: Value) -> Option<Definition> {
    let wire_type = take_text(&mut tool, "type").unwrap_or_else(|| "function".to_owned());
    match take(&mut tool, &wire_type) {
        Value::Null => function(&wire_type, tool),
        inner => function(&wire_type, inner),
    }
}

fn function(wire_type: &str, mut value: Value) -> Option<Definition> {
    let name = take_text(&mut value, "name").or_else(|| (wire_type != "function").then(|| wire_type.to_owned()))?;
    let schema = match (take(&mut value, "parameters"), take(&mut value, "format")) {
        (Value::Null, Value::Null) => None,
        (Value::Null, format) => Some(canonical_json(&format)),
        (parameters, _) => Some(canonical_json(&parameters)),
    };
    Some(Definition {
        name,
        named_server: None,
        wire_type: wire_type.to_owned(),
        description: take_text(&mut value, "description"),
        schema,
        runs_at: if matches!(wire_type, "function" | "custom") { "client" } else { "provider" },
        server_url: None,
    })
}
