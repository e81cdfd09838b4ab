//! The items of a history or an answer.

use serde_json::{Map, Value, json};

use super::super::{list, media_note, result_text, take, take_text, text_message, unknown_block};
use super::server_of;
use crate::normalise::content::{Answered, Block, Call, Kind, Message, Role, canonical_arguments, canonical_json};

/// Fields of a tool entry that hold credentials.
const CREDENTIALS: &[&str] = &["authorization", "headers"];

/// An item of an answer: what has no other speaker is the model's.
pub(super) fn said(item: Value) -> Message {
    let has_role = item.get("role").is_some();
    let message = message(item);
    match message.role {
        Role::User if !has_role => Message { role: Role::Assistant, ..message },
        _ => message,
    }
}

/// One item.
pub(super) fn message(mut item: Value) -> Message {
    if let Value::String(text) = item {
        return text_message(Role::User, text);
    }
    let kind = take_text(&mut item, "type").unwrap_or_else(|| "message".to_owned());
    let role = match item.get("role").and_then(Value::as_str) {
        Some("assistant") => Role::Assistant,
        Some("system" | "developer") => Role::System,
        Some(_) => Role::User,
        None if kind == "message" || kind.ends_with("_response") => Role::User,
        None if kind.ends_with("_output") => Role::Tool,
        None if matches!(kind.as_str(), "mcp_list_tools" | "additional_tools") => Role::System,
        None => Role::Assistant,
    };
    let blocks = match kind.as_str() {
        "message" => list(take(&mut item, "content")).into_iter().flat_map(part).collect(),
        "reasoning" => vec![Block { kind: Kind::Thinking, text: reasoning(&mut item) }],
        "mcp_list_tools" => vec![inventory(Kind::Named("mcp_list_tools"), item)],
        "additional_tools" => vec![inventory(Kind::Named("additional_tools"), item)],
        "mcp_approval_request" => vec![approval(Kind::Named("mcp_approval_request"), item)],
        "mcp_approval_response" => vec![approval(Kind::Named("mcp_approval_response"), item)],
        "compaction" | "compaction_summary" | "context_compaction" => {
            vec![Block { kind: Kind::Named("compaction"), text: result_text(take(&mut item, "summary")) }]
        }
        "item_reference" => {
            vec![Block { kind: Kind::Named("item_reference"), text: take_text(&mut item, "id").unwrap_or_default() }]
        }
        kind if kind.ends_with("_output") => vec![output(kind, item)],
        _ => call(&kind, &mut item).unwrap_or_else(|| vec![unknown(kind, item)]),
    };
    Message { role, blocks }
}

fn unknown(kind: String, mut item: Value) -> Block {
    if let Some(object) = item.as_object_mut() {
        object.remove("encrypted_content");
        object.insert("type".to_owned(), Value::String(kind));
    }
    unknown_block(&item)
}

/// One part of a message; the addresses that a text cites stand behind it.
fn part(mut value: Value) -> Vec<Block> {
    if let Value::String(text) = value {
        return vec![Block::text(text)];
    }
    let text = |value: &mut Value, key: &str| take_text(value, key).unwrap_or_default();
    match value.get("type").and_then(Value::as_str) {
        Some("input_text" | "output_text" | "text" | "summary_text") => {
            let mut blocks = vec![Block::text(text(&mut value, "text"))];
            let cited = list(take(&mut value, "annotations"));
            blocks.extend(cited.iter().filter_map(|c| c.get("url")?.as_str()).map(Block::citation));
            blocks
        }
        Some("refusal") => vec![Block { kind: Kind::Named("refusal"), text: text(&mut value, "refusal") }],
        Some("input_image") => vec![Block { kind: Kind::Image, text: media_note(&value).unwrap_or_default() }],
        Some("input_file" | "input_audio") => {
            vec![Block { kind: Kind::Document, text: media_note(&value).unwrap_or_default() }]
        }
        _ => vec![unknown_block(&value)],
    }
}

fn reasoning(item: &mut Value) -> String {
    let mut parts = list(take(item, "summary"));
    parts.append(&mut list(take(item, "content")));
    let texts: Vec<String> = parts.into_iter().filter_map(|mut part| take_text(&mut part, "text")).collect();
    texts.join("\n")
}

/// Tools that were shown to the model, as JSON without credentials.
fn inventory(kind: Kind, mut item: Value) -> Block {
    let mut shown = Map::new();
    for key in ["server_label", "error", "tools"] {
        let value = take(&mut item, key);
        if !value.is_null() {
            shown.insert(key.to_owned(), without_credentials(value, 0));
        }
    }
    Block { kind, text: canonical_json(&Value::Object(shown)) }
}

fn without_credentials(mut tools: Value, depth: usize) -> Value {
    if let (Value::Array(entries), true) = (&mut tools, depth < 4) {
        for entry in entries {
            if let Some(object) = entry.as_object_mut() {
                object.retain(|key, _| !CREDENTIALS.contains(&key.as_str()));
                if let Some(inner) = object.get_mut("tools") {
                    *inner = without_credentials(inner.take(), depth + 1);
                }
            }
        }
    }
    tools
}

fn approval(kind: Kind, mut item: Value) -> Block {
    let mut text = Map::new();
    for key in ["server_label", "name", "arguments", "approval_request_id", "approve", "reason"] {
        let value = take(&mut item, key);
        if !value.is_null() {
            text.insert(key.to_owned(), value);
        }
    }
    Block { kind, text: canonical_json(&Value::Object(text)) }
}

/// A call, and what came back where the same item holds it; `None` for items that are no call.
fn call(kind: &str, item: &mut Value) -> Option<Vec<Block>> {
    let id = call_id(item);
    let with = |name: &str, arguments: String, runs_at| Call {
        id: id.clone(),
        name: name.to_owned(),
        named_server: None,
        arguments,
        runs_at,
    };
    let json = |value: Value| if value.is_null() { "{}".to_owned() } else { canonical_json(&value) };
    let mut after = Vec::new();
    let call = match kind {
        "function_call" | "custom_tool_call" | "mcp_call" => {
            let key = if kind == "custom_tool_call" { "input" } else { "arguments" };
            let is_remote = kind == "mcp_call";
            after.extend(is_remote.then(|| remote_result(item, &id)).flatten());
            let name = take_text(item, "name").unwrap_or_default();
            let server = if is_remote { take_text(item, "server_label") } else { take_text(item, "namespace") };
            let runs_at = if is_remote { "provider" } else { "client" };
            let call = with(&name, named_arguments(item, key), runs_at);
            Call { named_server: server.filter(|s| !s.is_empty()).map(|s| server_of(&s)), ..call }
        }
        "local_shell_call" => with("local_shell", json(take(item, "action")), "client"),
        "shell_call" => {
            let runs_at = if is_local(item) { "client" } else { "provider" };
            with("shell", json(take(item, "action")), runs_at)
        }
        "apply_patch_call" => with("apply_patch", json(take(item, "operation")), "client"),
        "computer_call" => {
            let action = match take(item, "action") {
                Value::Null => json!({"actions": take(item, "actions")}),
                action => action,
            };
            with("computer", json(action), "client")
        }
        "web_search_call" => {
            let mut action = take(item, "action");
            // Sources are what the provider read, not what the model asked for, and the history often lacks them.
            let sources = list(take(&mut action, "sources"));
            after.extend(sources.iter().filter_map(|s| s.get("url")?.as_str()).map(Block::citation));
            if let Some(object) = action.as_object_mut() {
                object.remove("sources");
            }
            with("web_search", json(action), "provider")
        }
        "file_search_call" => {
            after.extend(found_files(take(item, "results"), &id));
            with("file_search", json(json!({"queries": take(item, "queries")})), "provider")
        }
        "code_interpreter_call" => {
            after.extend(code_result(take(item, "outputs"), &id));
            with("code_interpreter", json(json!({"code": take(item, "code")})), "provider")
        }
        "image_generation_call" => {
            let prompt = take(item, "revised_prompt");
            after.extend(answered(&id, None, take_text(item, "result").map(|_| "[image]".to_owned())));
            with("image_generation", json(json!({"prompt": prompt})), "provider")
        }
        "tool_search_call" => {
            let client_runs = item.get("execution").and_then(Value::as_str) == Some("client");
            let runs_at = if client_runs { "client" } else { "provider" };
            with("tool_search", named_arguments(item, "arguments"), runs_at)
        }
        "program" => with("program", json(json!({"code": take(item, "code")})), "provider"),
        _ => return None,
    };
    let mut blocks = vec![Block::call(call)];
    blocks.append(&mut after);
    Some(blocks)
}

/// Whether a shell call or tool runs on the client's machine and not in the provider's container.
pub(super) fn is_local(item: &Value) -> bool {
    item.pointer("/environment/type").and_then(Value::as_str).is_none_or(|kind| kind == "local")
}

/// The id that call and result share; items that hold both have only their own.
fn call_id(item: &Value) -> Option<String> {
    let text = |key: &str| item.get(key)?.as_str().filter(|id| !id.is_empty());
    text("call_id").or_else(|| text("id")).map(str::to_owned)
}

fn named_arguments(item: &mut Value, key: &str) -> String {
    match take(item, key) {
        // The input of a custom tool is text, even where it looks like JSON.
        Value::String(text) if key == "input" => Value::String(text).to_string(),
        Value::String(text) => canonical_arguments(&text),
        Value::Null => "{}".to_owned(),
        other => canonical_json(&other),
    }
}

fn answered(id: &Option<String>, is_error: Option<bool>, text: Option<String>) -> Option<Block> {
    let kind = Kind::Answered(Answered { call_id: id.clone(), name: None, is_error });
    text.map(|text| Block { kind, text })
}

/// Output or error of a remote call; neither while it waits for approval.
fn remote_result(item: &mut Value, id: &Option<String>) -> Option<Block> {
    match take(item, "error") {
        Value::Null => {
            let failed = matches!(item.get("status").and_then(Value::as_str), Some("failed" | "incomplete"));
            match take(item, "output") {
                Value::Null if failed => answered(id, Some(true), Some(String::new())),
                Value::Null => None,
                output => answered(id, Some(failed), Some(result_text(output))),
            }
        }
        Value::String(text) => answered(id, Some(true), Some(text)),
        mut error => {
            let text = match take(&mut error, "content") {
                Value::Null => take_text(&mut error, "message").unwrap_or_else(|| canonical_json(&error)),
                content => result_text(content),
            };
            answered(id, Some(true), Some(text))
        }
    }
}

fn found_files(results: Value, id: &Option<String>) -> Option<Block> {
    let Value::Array(results) = results else { return None };
    let texts: Vec<String> = results
        .into_iter()
        .map(|mut hit| {
            let name = take_text(&mut hit, "filename").unwrap_or_default();
            format!("{name}\n{}", take_text(&mut hit, "text").unwrap_or_default()).trim().to_owned()
        })
        .collect();
    answered(id, Some(false), Some(texts.join("\n")))
}

fn code_result(outputs: Value, id: &Option<String>) -> Option<Block> {
    let Value::Array(outputs) = outputs else { return None };
    let texts: Vec<String> = outputs
        .into_iter()
        .map(|mut output| take_text(&mut output, "logs").unwrap_or_else(|| "[image]".to_owned()))
        .collect();
    answered(id, None, Some(texts.join("\n")))
}

/// What the client, or the provider in an item of its own, answered to a call.
fn output(kind: &str, mut item: Value) -> Block {
    let call_id = call_id(&item);
    let status = take_text(&mut item, "status");
    let (text, is_error) = match kind {
        "tool_search_output" => {
            let found = inventory(Kind::Text, json!({"tools": take(&mut item, "tools")}));
            (found.text, None)
        }
        "shell_call_output" => shell_output(take(&mut item, "output")),
        "apply_patch_call_output" => (result_text(take(&mut item, "output")), status.map(|status| status == "failed")),
        "computer_call_output" => {
            let shot = take(&mut item, "output");
            let address = ["image_url", "file_id"].iter().find_map(|key| shot.get(*key)?.as_str());
            let address = address.filter(|a| !a.starts_with("data:")).unwrap_or_default();
            (format!("[screenshot {address}]").replace(" ]", "]"), None)
        }
        "program_output" => {
            let text = match take(&mut item, "output") {
                Value::Null => take(&mut item, "result"),
                output => output,
            };
            (result_text(text), None)
        }
        _ => (result_text(take(&mut item, "output")), None),
    };
    Block { kind: Kind::Answered(Answered { call_id, name: None, is_error }), text }
}

/// Output of commands; a command that timed out or did not end with zero failed.
fn shell_output(output: Value) -> (String, Option<bool>) {
    let Value::Array(commands) = output else { return (result_text(output), None) };
    let mut texts = Vec::new();
    let mut failed = None;
    for mut command in commands {
        texts.extend(
            ["stdout", "stderr"].iter().filter_map(|key| take_text(&mut command, key)).filter(|t| !t.is_empty()),
        );
        let outcome = take(&mut command, "outcome");
        let code = outcome.get("exit_code").and_then(Value::as_i64);
        let timed_out = outcome.get("type").and_then(Value::as_str) == Some("timeout");
        if code.is_some() || timed_out {
            failed = Some(failed == Some(true) || timed_out || code.is_some_and(|code| code != 0));
        }
    }
    (texts.join("\n"), failed)
}
