//! Anthropic Messages, also as Vertex `rawPredict` and Bedrock `invoke` bodies.
//! Fields as in Anthropic's public API reference for `POST /v1/messages`.

use serde_json::Value;

use super::{
    Answer, Definition, Provider, error_of, list, media_note, plain_url, result_text, take, take_text, text_message,
    unknown_block,
};
use crate::decode::Usage;
use crate::normalise::content::{Answered, Block, Call, Kind, Message, Role, canonical_json};

mod stream;

/// The format.
pub(super) struct AnthropicMessages;

/// Claude Code puts a header with a nonce in front of its system prompt; it changes with every request.
const BILLING_HEADER: &str = "x-anthropic-billing-header:";

impl Provider for AnthropicMessages {
    fn name(&self) -> &'static str {
        "anthropic_messages"
    }

    fn has_path(&self, path: &str) -> bool {
        path.ends_with("/messages")
            || path.ends_with("/messages/count_tokens")
            // Both serve other vendors too, and a model may go by an id that names none; then the body decides.
            || (path.contains("anthropic") && (path.contains("/invoke") || path.ends_with("awPredict")))
    }

    fn has_shape(&self, keys: &[&str]) -> bool {
        let has = |key| keys.contains(&key);
        has("messages") && (has("system") || has("anthropic_version")) && !has("toolConfig") && !has("inferenceConfig")
    }

    fn messages_key(&self) -> &'static str {
        "messages"
    }

    fn system_keys(&self) -> &'static [&'static str] {
        &["system"]
    }

    fn tools_keys(&self) -> &'static [&'static str] {
        &["tools", "mcp_servers"]
    }

    fn message(&self, mut element: Value) -> Message {
        let role = match element.get("role").and_then(Value::as_str) {
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => Role::User,
        };
        Message { role, blocks: blocks(take(&mut element, "content")) }
    }

    fn system(&self, mut element: Value) -> Message {
        let text = match element {
            Value::String(text) => text,
            _ => take_text(&mut element, "text").unwrap_or_default(),
        };
        if text.trim_start().starts_with(BILLING_HEADER) {
            return text_message(Role::System, String::new());
        }
        text_message(Role::System, text)
    }

    fn tools(&self, key: &str, value: Value) -> Vec<Definition> {
        list(value)
            .into_iter()
            .filter_map(|tool| if key == "tools" { definition(tool) } else { server(tool) })
            .collect()
    }

    fn answer(&self, mut body: Value) -> Option<Answer> {
        let failed = body.get("error").is_some_and(|e| !e.is_null());
        if body.get("type").and_then(Value::as_str) == Some("error") || (failed && body.get("content").is_none()) {
            return Some(Answer { error: error_of(&body), complete: true, ..Answer::default() });
        }
        if body.get("content").is_none() {
            let counted = body.get("input_tokens").and_then(Value::as_i64);
            let error = error_of(&body);
            return (counted.is_some() || error.is_some()).then(|| Answer {
                usage: Usage { input: counted, ..Usage::default() },
                error,
                complete: true,
                ..Answer::default()
            });
        }
        let stop_reason = take_text(&mut body, "stop_reason");
        let usage = usage(&take(&mut body, "usage"));
        let error = failed.then(|| error_of(&body)).flatten();
        let blocks = blocks(take(&mut body, "content"));
        let complete = stop_reason.is_some();
        Some(Answer {
            messages: vec![Message { role: Role::Assistant, blocks }],
            stop_reason,
            usage,
            error,
            complete,
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
        input: count("input_tokens"),
        output: count("output_tokens"),
        cached: count("cache_read_input_tokens"),
        cache_creation: count("cache_creation_input_tokens"),
        reasoning: None,
        web_searches: value.pointer("/server_tool_use/web_search_requests").and_then(Value::as_i64),
    }
}

/// The blocks of a message; the addresses that a text cites stand behind it.
fn blocks(content: Value) -> Vec<Block> {
    let mut blocks = Vec::new();
    for mut value in list(content) {
        let cited = list(take(&mut value, "citations"));
        blocks.push(block(value));
        blocks.extend(cited.iter().filter_map(|c| c.get("url")?.as_str()).map(Block::citation));
    }
    blocks
}

fn block(mut value: Value) -> Block {
    if let Value::String(text) = value {
        return Block::text(text);
    }
    let kind = take_text(&mut value, "type").unwrap_or_default();
    match kind.as_str() {
        "text" => Block::text(take_text(&mut value, "text").unwrap_or_default()),
        "thinking" => Block { kind: Kind::Thinking, text: take_text(&mut value, "thinking").unwrap_or_default() },
        "redacted_thinking" => Block { kind: Kind::Thinking, text: String::new() },
        "tool_use" => call(value, "client"),
        "server_tool_use" | "mcp_tool_use" => call(value, "provider"),
        kind if kind.ends_with("tool_result") => answered(value, kind),
        "mid_conv_system" => Block::text(result_text(take(&mut value, "content"))),
        "image" | "document" => {
            value["type"] = Value::String(kind.clone());
            media(value, &kind)
        }
        "search_result" => Block { kind: Kind::Document, text: result_text(take(&mut value, "content")) },
        _ => {
            if let Some(object) = value.as_object_mut() {
                object.remove("cache_control");
                object.insert("type".to_owned(), Value::String(kind));
            }
            unknown_block(&value)
        }
    }
}

fn call(mut value: Value, runs_at: &'static str) -> Block {
    let arguments = canonical_json(&take(&mut value, "input"));
    Block {
        text: arguments.clone(),
        kind: Kind::Call(Call {
            id: take_text(&mut value, "id").filter(|id| !id.is_empty()),
            name: take_text(&mut value, "name").unwrap_or_default(),
            named_server: take_text(&mut value, "server_name"),
            arguments,
            runs_at,
        }),
    }
}

/// `tool_result` and the results of server-side tools; an error of those is an object with an `error_code`.
fn answered(mut value: Value, kind: &str) -> Block {
    let content = take(&mut value, "content");
    let failed = content.get("error_code").is_some()
        || content.get("return_code").and_then(Value::as_i64).is_some_and(|code| code != 0);
    let is_error = match value.get("is_error").and_then(Value::as_bool) {
        Some(flag) => Some(flag),
        // The format says nothing when a client tool succeeded, so silence means it did.
        None => Some(failed),
    };
    let text = match kind {
        "web_search_tool_result" => search_hits(&content),
        "tool_result" | "mcp_tool_result" => result_text(content),
        _ => server_result(content),
    };
    let call_id = take_text(&mut value, "tool_use_id");
    Block { kind: Kind::Answered(Answered { call_id, name: None, is_error }), text }
}

/// What a fetch or a command of the provider gave: address and text of the page, or the output.
fn server_result(mut content: Value) -> String {
    let page = content.pointer("/content/source/data").and_then(Value::as_str);
    let is_text = content.pointer("/content/source/type").and_then(Value::as_str) == Some("text");
    if let (Some(page), true) = (page, is_text) {
        let url = content.get("url").and_then(Value::as_str).unwrap_or_default();
        return format!("{url}\n{page}").trim_start().to_owned();
    }
    let output: Vec<String> = ["stdout", "stderr"].iter().filter_map(|key| take_text(&mut content, key)).collect();
    if output.is_empty() { result_text(content) } else { output.concat() }
}

/// Search results carry encrypted text; address and title are what can be read.
fn search_hits(content: &Value) -> String {
    let Value::Array(hits) = content else { return canonical_json(content) };
    let lines: Vec<String> = hits
        .iter()
        .map(|hit| {
            let text = |key: &str| hit.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", text("url"), text("title")).trim().to_owned()
        })
        .collect();
    lines.join("\n")
}

fn media(mut value: Value, kind: &str) -> Block {
    let inline_text = value.pointer("/source/type").and_then(Value::as_str) == Some("text");
    let text = if inline_text {
        value.get_mut("source").and_then(|s| take_text(s, "data")).unwrap_or_default()
    } else {
        media_note(&value).unwrap_or_default()
    };
    Block { kind: if kind == "image" { Kind::Image } else { Kind::Document }, text }
}

fn definition(mut tool: Value) -> Option<Definition> {
    let wire_type = take_text(&mut tool, "type").unwrap_or_else(|| "custom".to_owned());
    let server = take_text(&mut tool, "mcp_server_name");
    let name = take_text(&mut tool, "name").or_else(|| server.clone())?;
    let schema = match take(&mut tool, "input_schema") {
        Value::Null => None,
        schema => Some(canonical_json(&schema)),
    };
    // Bash, text editor, computer and memory are defined by the provider but run by the client.
    let client_runs =
        ["custom", "bash_", "text_editor_", "computer_", "memory_"].iter().any(|p| wire_type.starts_with(p));
    Some(Definition {
        name,
        named_server: server,
        runs_at: if client_runs { "client" } else { "provider" },
        wire_type,
        description: take_text(&mut tool, "description"),
        schema,
        server_url: None,
    })
}

/// An entry of `mcp_servers`: name and address; its credential is left where it is.
fn server(mut entry: Value) -> Option<Definition> {
    let name = take_text(&mut entry, "name")?;
    Some(Definition {
        named_server: Some(name.clone()),
        name,
        wire_type: "mcp_server".to_owned(),
        description: None,
        schema: None,
        runs_at: "provider",
        server_url: take_text(&mut entry, "url").map(|url| plain_url(&url)),
    })
}
