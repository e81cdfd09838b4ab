//! OpenAI Responses. Fields as in OpenAI's public API reference for `POST /v1/responses`.
//!
//! The history is a list of items, and each item is one message here; an answer is several of them.

mod items;
mod stream;

use serde_json::{Map, Value};

use super::{Answer, Definition, Provider, error_of, list, plain_url, take, take_text, text_message};
use crate::decode::Usage;
use crate::normalise::content::{Message, Role, canonical_json};

/// The format.
pub(super) struct OpenAiResponses;

/// Servers may put tools into groups; a group inside a group inside a group is nobody's.
const MAX_GROUPS: usize = 3;

impl Provider for OpenAiResponses {
    fn name(&self) -> &'static str {
        "openai_responses"
    }

    fn has_path(&self, path: &str) -> bool {
        ["/responses", "/responses/compact", "/responses/input_tokens"].iter().any(|ending| path.ends_with(ending))
    }

    fn has_shape(&self, keys: &[&str]) -> bool {
        let has = |key: &&str| keys.contains(key);
        // A lone `input` is as likely to be text for an embedding.
        let marks = [
            "instructions",
            "tools",
            "store",
            "stream",
            "reasoning",
            "previous_response_id",
            "max_output_tokens",
            "include",
        ];
        has(&"input") && marks.iter().any(has) && !has(&"messages")
    }

    fn messages_key(&self) -> &'static str {
        "input"
    }

    fn system_keys(&self) -> &'static [&'static str] {
        &["instructions"]
    }

    fn tools_keys(&self) -> &'static [&'static str] {
        &["tools"]
    }

    fn message(&self, element: Value) -> Message {
        items::message(element)
    }

    fn system(&self, element: Value) -> Message {
        match element {
            Value::String(text) => text_message(Role::System, text),
            item => Message { role: Role::System, ..items::message(item) },
        }
    }

    fn tools(&self, _key: &str, value: Value) -> Vec<Definition> {
        let mut tools = Vec::new();
        for tool in list(value) {
            definition(tool, Group::default(), &mut tools);
        }
        tools
    }

    fn tools_in(&self, element: &Value) -> Vec<Definition> {
        let kind = element.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("mcp_list_tools" | "tool_search_output" | "additional_tools")) {
            return Vec::new();
        }
        let mut tools = Vec::new();
        let server = element.get("server_label").and_then(Value::as_str);
        let group = Group { server, is_remote: kind == Some("mcp_list_tools"), depth: 0 };
        for tool in element.get("tools").and_then(Value::as_array).into_iter().flatten() {
            definition(tool.clone(), group, &mut tools);
        }
        tools
    }

    fn answer(&self, mut body: Value) -> Option<Answer> {
        let id = take_text(&mut body, "id");
        let usage = usage(body.get("usage").unwrap_or(&Value::Null));
        let error = error_of(&body).filter(|_| body.get("error").is_some_and(|e| !e.is_null()));
        if body.get("output").is_none() {
            // An answer that counts tokens has nothing else.
            let counted = body.get("input_tokens").and_then(Value::as_i64);
            let error = error.or_else(|| error_of(&body));
            return (counted.is_some() || error.is_some()).then(|| Answer {
                usage: Usage { input: counted.or(usage.input), ..usage },
                error,
                complete: true,
                ..Answer::default()
            });
        }
        let status = take_text(&mut body, "status");
        let reason = body.pointer("/incomplete_details/reason").and_then(Value::as_str).map(str::to_owned);
        let output = list(take(&mut body, "output"));
        let complete = match status.as_deref() {
            // An answer that the model was not allowed to finish is still all that the client got, and repeats.
            Some("completed" | "incomplete") => true,
            Some(_) => false,
            None => !output.is_empty(),
        };
        Some(Answer {
            tools: output.iter().flat_map(|item| self.tools_in(item)).collect(),
            messages: output.into_iter().map(items::said).collect(),
            stop_reason: reason.or(status).filter(|reason| complete || reason == "failed"),
            usage,
            error,
            complete,
            id,
        })
    }

    fn stream(&self, events: &mut dyn Iterator<Item = Value>) -> Option<Answer> {
        stream::assemble(events).and_then(|body| self.answer(body))
    }

    fn splits_answers(&self) -> bool {
        true
    }

    fn history_keys(&self) -> &'static [&'static str] {
        &["previous_response_id", "conversation"]
    }
}

fn usage(value: &Value) -> Usage {
    let count = |path: &str| value.pointer(path).and_then(Value::as_i64);
    Usage {
        input: count("/input_tokens"),
        output: count("/output_tokens"),
        cached: count("/input_tokens_details/cached_tokens"),
        cache_creation: None,
        reasoning: count("/output_tokens_details/reasoning_tokens"),
        web_searches: None,
    }
}

/// Where an entry of a tool list stands.
#[derive(Clone, Copy, Default)]
struct Group<'a> {
    /// Server that the entries belong to.
    server: Option<&'a str>,
    /// Whether the provider calls that server.
    is_remote: bool,
    /// Groups around the entry.
    depth: usize,
}

/// One entry of a tool list; a group adds its tools under its own name, a remote server adds itself.
fn definition(mut tool: Value, group: Group<'_>, tools: &mut Vec<Definition>) {
    let default_type = if group.is_remote { "mcp_tool" } else { "function" };
    let wire_type = take_text(&mut tool, "type").unwrap_or_else(|| default_type.to_owned());
    match wire_type.as_str() {
        "namespace" => {
            let name = take_text(&mut tool, "name").map(|name| server_of(&name));
            let inner = Group { server: name.as_deref().or(group.server), depth: group.depth + 1, ..group };
            for entry in list(take(&mut tool, "tools")) {
                if inner.depth <= MAX_GROUPS {
                    definition(entry, inner, tools);
                }
            }
        }
        "mcp" => tools.push(server(tool)),
        _ => tools.extend(simple(tool, wire_type, group)),
    }
}

fn simple(mut tool: Value, wire_type: String, group: Group<'_>) -> Option<Definition> {
    // Built-in tools have no name besides their type.
    let name = take_text(&mut tool, "name").or_else(|| (wire_type != "function").then(|| wire_type.clone()))?;
    let schema = ["parameters", "input_schema", "format"].iter().find_map(|key| match take(&mut tool, key) {
        Value::Null => None,
        schema => Some(canonical_json(&schema)),
    });
    let client_runs = match wire_type.as_str() {
        "function" | "custom" | "local_shell" | "apply_patch" | "computer" | "computer_use_preview" => !group.is_remote,
        "shell" => items::is_local(&tool),
        "tool_search" => tool.get("execution").and_then(Value::as_str) == Some("client"),
        _ => false,
    };
    Some(Definition {
        name,
        named_server: group.server.map(str::to_owned),
        wire_type,
        description: take_text(&mut tool, "description"),
        schema,
        runs_at: if client_runs { "client" } else { "provider" },
        server_url: None,
    })
}

/// A server that the provider calls: its name, its address and what it may do. Its credentials are left where they are.
fn server(mut tool: Value) -> Definition {
    let label = take_text(&mut tool, "server_label");
    let settings: Map<String, Value> = ["allowed_tools", "require_approval"]
        .into_iter()
        .map(|key| (key.to_owned(), take(&mut tool, key)))
        .filter(|(_, value)| !value.is_null())
        .collect();
    // A connector or tunnel stands for the address where there is none.
    let address = take_text(&mut tool, "server_url")
        .map(|url| plain_url(&url))
        .or_else(|| take_text(&mut tool, "connector_id"))
        .or_else(|| take_text(&mut tool, "tunnel_id"));
    Definition {
        name: label.clone().unwrap_or_else(|| "mcp".to_owned()),
        named_server: label,
        wire_type: "mcp_server".to_owned(),
        description: take_text(&mut tool, "server_description"),
        schema: (!settings.is_empty()).then(|| canonical_json(&Value::Object(settings))),
        runs_at: "provider",
        server_url: address,
    }
}

/// The server that a group of tools stands for: `mcp__github` is the group of the server `github`.
fn server_of(group: &str) -> String {
    let server = group.strip_prefix("mcp__").unwrap_or(group).trim_end_matches("__");
    if server.is_empty() { group.to_owned() } else { server.to_owned() }
}
