//! The parts of a content: objects with one key that says what they are.

use serde_json::{Value, json};

use super::super::{list, result_text, take, take_either, take_text, text_message, unknown_block};
use crate::normalise::content::{Answered, Block, Call, Kind, Message, Role, canonical_json};

/// Keys of a part that say something about it, not what it is.
const NOTES: &[&str] = &[
    "thought",
    "thoughtSignature",
    "thought_signature",
    "videoMetadata",
    "video_metadata",
    "mediaResolution",
    "partMetadata",
];

/// Name under which code that the model runs at the provider stands in the tables.
const CODE: &str = "code_execution";

/// One element of `contents`, or all of the system prompt.
pub(super) fn message(mut content: Value) -> Message {
    if let Value::String(text) = content {
        return text_message(Role::User, text);
    }
    let role = match content.get("role").and_then(Value::as_str) {
        Some("model") => Role::Assistant,
        Some("function") => Role::Tool,
        Some("system") => Role::System,
        _ => Role::User,
    };
    let parts = match take(&mut content, "parts") {
        // A part may stand where a content is wanted.
        Value::Null => vec![content],
        parts => list(parts),
    };
    let mut blocks: Vec<Block> = Vec::with_capacity(parts.len());
    for part in parts {
        let block = block(part);
        // A streamed answer is cut into pieces of text, and clients join them or not before they repeat it.
        match blocks.last_mut() {
            Some(last) if role == Role::Assistant && joins(&last.kind) && last.kind == block.kind => {
                last.text.push_str(&block.text);
            }
            _ => blocks.push(block),
        }
    }
    Message { role, blocks }
}

fn joins(kind: &Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Thinking)
}

fn block(mut part: Value) -> Block {
    if let Value::String(text) = part {
        return Block::text(text);
    }
    if let Some(text) = take_text(&mut part, "text") {
        let thought = part.get("thought").and_then(Value::as_bool) == Some(true);
        return Block { kind: if thought { Kind::Thinking } else { Kind::Text }, text };
    }
    let mut found = |key: &str, other: &str| Some(take_either(&mut part, key, other)).filter(|v| !v.is_null());
    if let Some(call) = found("functionCall", "function_call") {
        return called(call, "name", "client");
    }
    if let Some(call) = found("toolCall", "tool_call") {
        return called(call, "toolType", "provider");
    }
    if let Some(result) = found("functionResponse", "function_response") {
        return answered(result, "name");
    }
    if let Some(result) = found("toolResponse", "tool_response") {
        return answered(result, "toolType");
    }
    if let Some(mut code) = found("executableCode", "executable_code") {
        let id = take_text(&mut code, "id");
        let arguments = json!({"code": take(&mut code, "code"), "language": take(&mut code, "language")});
        return call(id, CODE.to_owned(), canonical_json(&arguments), "provider");
    }
    if let Some(mut result) = found("codeExecutionResult", "code_execution_result") {
        let failed = take_text(&mut result, "outcome").map(|outcome| outcome != "OUTCOME_OK");
        let answered =
            Answered { call_id: take_text(&mut result, "id"), name: Some(CODE.to_owned()), is_error: failed };
        let text = take_text(&mut result, "output").unwrap_or_default();
        return Block { kind: Kind::Answered(answered), text };
    }
    if let Some(media) = found("inlineData", "inline_data").or_else(|| found("fileData", "file_data")) {
        return media_block(media);
    }
    other(part)
}

fn called(mut value: Value, name_key: &str, runs_at: &'static str) -> Block {
    let name = match take(&mut value, name_key) {
        Value::Null => take_text(&mut value, "tool_type"),
        name => name.as_str().map(str::to_owned),
    };
    let arguments = match take(&mut value, "args") {
        Value::Null => "{}".to_owned(),
        arguments => canonical_json(&arguments),
    };
    call(take_text(&mut value, "id"), name.unwrap_or_default(), arguments, runs_at)
}

fn call(id: Option<String>, name: String, arguments: String, runs_at: &'static str) -> Block {
    Block::call(Call { id: id.filter(|id| !id.is_empty()), name, named_server: None, arguments, runs_at })
}

/// A result. There is no field for failure; by convention `error` holds what went wrong and `output` what did not.
fn answered(mut value: Value, name_key: &str) -> Block {
    let mut response = take(&mut value, "response");
    let error = take(&mut response, "error");
    let failed = (!error.is_null() && error != Value::Bool(false))
        || response.get("isError").and_then(Value::as_bool) == Some(true);
    let said = ["output", "result", "content"].iter().find_map(|key| match take(&mut response, key) {
        Value::Null => None,
        said => Some(said),
    });
    let is_error = if failed { Some(true) } else { said.is_some().then_some(false) };
    let text = match (error, said) {
        (error, _) if failed && !error.is_null() => text_of(error),
        (_, Some(said)) => text_of(said),
        _ => text_of(response),
    };
    let name = match take_text(&mut value, name_key) {
        None => take_text(&mut value, "tool_type"),
        name => name,
    };
    let call_id = take_text(&mut value, "id").filter(|id| !id.is_empty());
    Block { kind: Kind::Answered(Answered { call_id, name, is_error }), text }
}

/// Text of a result: MCP results stand inside as they are, a list of contents.
fn text_of(mut value: Value) -> String {
    match take(&mut value, "content") {
        Value::Null => result_text(value),
        content => result_text(content),
    }
}

fn media_block(mut media: Value) -> Block {
    let kind = take_either(&mut media, "mimeType", "mime_type");
    let kind = kind.as_str().unwrap_or_default();
    let address = take_either(&mut media, "fileUri", "file_uri");
    let text = address.as_str().unwrap_or(kind).to_owned();
    Block { kind: if kind.starts_with("image/") { Kind::Image } else { Kind::Document }, text }
}

fn other(mut part: Value) -> Block {
    let Some(object) = part.as_object_mut() else { return unknown_block(&part) };
    object.retain(|key, value| !NOTES.contains(&key.as_str()) && !value.is_null());
    match object.keys().min() {
        // A part may hold a signature and nothing else.
        None => Block::text(""),
        Some(name) => {
            let name = name.clone();
            object.insert("type".to_owned(), Value::String(name));
            unknown_block(&part)
        }
    }
}
