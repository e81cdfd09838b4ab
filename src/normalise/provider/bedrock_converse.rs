//! Amazon Bedrock Converse. Fields as in the public API reference of Bedrock Runtime; blocks have no `type`, their one
//! key says what they are.

mod stream;

use serde_json::Value;

use super::{Answer, Definition, Provider, error_of, list, take, take_text, text_message, unknown_block};
use crate::decode::Usage;
use crate::normalise::content::{Answered, Block, Call, Kind, Message, Role, canonical_arguments, canonical_json};

/// The format.
pub(super) struct BedrockConverse;

impl Provider for BedrockConverse {
    fn name(&self) -> &'static str {
        "bedrock_converse"
    }

    fn has_path(&self, path: &str) -> bool {
        path.ends_with("/converse") || path.ends_with("/converse-stream")
    }

    fn has_shape(&self, keys: &[&str]) -> bool {
        let has = |key| keys.contains(&key);
        // Amazon's own models take the same body through `invoke`.
        has("messages") && (has("toolConfig") || has("inferenceConfig") || has("schemaVersion"))
    }

    fn messages_key(&self) -> &'static str {
        "messages"
    }

    fn system_keys(&self) -> &'static [&'static str] {
        &["system"]
    }

    fn tools_keys(&self) -> &'static [&'static str] {
        &["toolConfig"]
    }

    fn message(&self, mut element: Value) -> Message {
        let role = match element.get("role").and_then(Value::as_str) {
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => Role::User,
        };
        let blocks = list(take(&mut element, "content")).into_iter().flat_map(blocks).collect();
        Message { role, blocks }
    }

    fn system(&self, element: Value) -> Message {
        match element {
            Value::String(text) => text_message(Role::System, text),
            block => Message { role: Role::System, blocks: blocks(block) },
        }
    }

    fn tools(&self, _key: &str, mut value: Value) -> Vec<Definition> {
        list(take(&mut value, "tools")).into_iter().filter_map(definition).collect()
    }

    fn answer(&self, mut body: Value) -> Option<Answer> {
        let mut output = take(&mut body, "output");
        let message = take(&mut output, "message");
        if message.is_null() {
            return error_of(&body).map(|error| Answer { error: Some(error), complete: true, ..Answer::default() });
        }
        let stop_reason = take_text(&mut body, "stopReason");
        Some(Answer {
            messages: vec![Message { role: Role::Assistant, ..self.message(message) }],
            usage: usage(body.get("usage").unwrap_or(&Value::Null)),
            error: error_of(&body).filter(|_| body.get("error").is_some_and(|e| !e.is_null())),
            complete: stop_reason.is_some(),
            stop_reason,
            ..Answer::default()
        })
    }

    fn stream(&self, events: &mut dyn Iterator<Item = Value>) -> Option<Answer> {
        stream::assemble(events).and_then(|body| self.answer(body))
    }
}

fn usage(value: &Value) -> Usage {
    let count = |key: &str| value.get(key).and_then(Value::as_i64);
    Usage {
        input: count("inputTokens"),
        output: count("outputTokens"),
        cached: count("cacheReadInputTokens"),
        cache_creation: count("cacheWriteInputTokens"),
        reasoning: None,
        web_searches: None,
    }
}

/// A block; one that cites is followed by the addresses it cites.
fn blocks(block: Value) -> Vec<Block> {
    let (key, mut value) = match block {
        Value::String(text) => return vec![Block::text(text)],
        Value::Object(object) => match object.into_iter().find(|(_, value)| !value.is_null()) {
            Some(member) => member,
            None => return Vec::new(),
        },
        other => return vec![unknown_block(&other)],
    };
    match key.as_str() {
        "text" => vec![Block::text(value.as_str().unwrap_or_default())],
        "toolUse" => vec![call(value)],
        "toolResult" => vec![answered(value)],
        "reasoningContent" => {
            let text = value.get_mut("reasoningText").and_then(|reasoning| take_text(reasoning, "text"));
            vec![Block { kind: Kind::Thinking, text: text.unwrap_or_default() }]
        }
        "guardContent" => {
            let text = value.get_mut("text").and_then(|guarded| take_text(guarded, "text"));
            vec![Block::text(text.unwrap_or_default())]
        }
        // Marks where the provider may cache; says nothing.
        "cachePoint" => Vec::new(),
        "citationsContent" => cited(value),
        "image" => vec![Block { kind: Kind::Image, text: media(&key, value) }],
        "document" | "video" | "audio" => vec![Block { kind: Kind::Document, text: media(&key, value) }],
        "searchResult" => vec![Block { kind: Kind::Document, text: search_result(value) }],
        _ => {
            let name: String = key.chars().filter(|c| !c.is_control()).take(60).collect();
            vec![Block { kind: Kind::Other(name), text: canonical_json(&value) }]
        }
    }
}

fn call(mut value: Value) -> Block {
    let at_provider = value.get("type").and_then(Value::as_str) == Some("server_tool_use");
    let arguments = match take(&mut value, "input") {
        Value::Null => "{}".to_owned(),
        // Only a stream that was cut off leaves text here.
        Value::String(text) => canonical_arguments(&text),
        input => canonical_json(&input),
    };
    Block::call(Call {
        id: take_text(&mut value, "toolUseId").filter(|id| !id.is_empty()),
        name: take_text(&mut value, "name").unwrap_or_default(),
        named_server: None,
        arguments,
        runs_at: if at_provider { "provider" } else { "client" },
    })
}

fn answered(mut value: Value) -> Block {
    let is_error = Some(value.get("status").and_then(Value::as_str) == Some("error"));
    let texts: Vec<String> = list(take(&mut value, "content")).into_iter().map(result_part).collect();
    let call_id = take_text(&mut value, "toolUseId");
    Block { kind: Kind::Answered(Answered { call_id, name: None, is_error }), text: texts.join("\n") }
}

fn result_part(mut part: Value) -> String {
    if let Some(text) = take_text(&mut part, "text") {
        return text;
    }
    for kind in ["image", "document", "video"] {
        match take(&mut part, kind) {
            Value::Null => {}
            inner => return media(kind, inner),
        }
    }
    match (take(&mut part, "json"), take(&mut part, "searchResult")) {
        (Value::Null, Value::Null) => canonical_json(&part),
        (Value::Null, found) => search_result(found),
        (json, _) => canonical_json(&json),
    }
}

/// Text of a document that is text; else a short note in place of the bytes.
fn media(kind: &str, mut value: Value) -> String {
    let mut source = take(&mut value, "source");
    if let Some(text) = take_text(&mut source, "text") {
        return text;
    }
    let texts: Vec<String> =
        list(take(&mut source, "content")).into_iter().filter_map(|mut part| take_text(&mut part, "text")).collect();
    if !texts.is_empty() {
        return texts.join("\n");
    }
    let word = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let what = word(&source, "/s3Location/uri").or_else(|| word(&value, "/name")).or_else(|| word(&value, "/format"));
    what.map_or_else(|| format!("[{kind}]"), |what| format!("[{kind} {what}]"))
}

fn search_result(mut value: Value) -> String {
    let mut lines: Vec<String> = ["source", "title"].iter().filter_map(|key| take_text(&mut value, key)).collect();
    lines.extend(list(take(&mut value, "content")).into_iter().filter_map(|mut part| take_text(&mut part, "text")));
    lines.join("\n")
}

fn cited(mut value: Value) -> Vec<Block> {
    let mut found: Vec<Block> = list(take(&mut value, "content"))
        .into_iter()
        .filter_map(|mut part| take_text(&mut part, "text").map(Block::text))
        .collect();
    let citations = list(take(&mut value, "citations"));
    found.extend(citations.iter().filter_map(|c| c.pointer("/location/web/url")?.as_str()).map(Block::citation));
    found
}

fn definition(mut tool: Value) -> Option<Definition> {
    let mut spec = take(&mut tool, "toolSpec");
    let at_provider = spec.is_null();
    if at_provider {
        spec = take(&mut tool, "systemTool");
    }
    let name = take_text(&mut spec, "name")?;
    let schema = match take(&mut spec, "inputSchema") {
        Value::Null => None,
        mut schema => match take(&mut schema, "json") {
            Value::Null => Some(canonical_json(&schema)),
            json => Some(canonical_json(&json)),
        },
    };
    Some(Definition {
        name,
        named_server: None,
        wire_type: if at_provider { "systemTool" } else { "toolSpec" }.to_owned(),
        description: take_text(&mut spec, "description"),
        schema,
        runs_at: if at_provider { "provider" } else { "client" },
        server_url: None,
    })
}
