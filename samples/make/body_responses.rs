//! OpenAI Responses bodies as Codex sends them: instructions, flat items, a cache key that names the conversation.

use super::session::{Session, Tokens, Turn};
use super::time::SECOND;
use super::tools;
use super::value::{Val, map};

/// Name under which actions carry a page that the provider itself opens; the client never sees its text.
pub(crate) const SEARCH: &str = "web_search";

/// The request that repeats the whole conversation.
pub(crate) fn request(s: &mut Session, now: i64) -> Val {
    let environment =
        format!("<environment_context>\n  <cwd>{}</cwd>\n  <shell>zsh</shell>\n</environment_context>", s.cwd);
    let mut input = vec![message("user", "input_text", &environment)];
    for turn in &s.history {
        match turn {
            Turn::User(text) => input.push(message("user", "input_text", text)),
            Turn::Model { calls, .. } => {
                input.extend(items(turn));
                for c in calls.iter().filter(|c| c.name != SEARCH) {
                    let kind =
                        if matches!(c.args, Val::Text(_)) { "custom_tool_call_output" } else { "function_call_output" };
                    input.push(map! { "type": kind, "call_id": &c.id, "output": &c.out });
                }
            }
        }
    }
    map! {
        "model": s.model.name, "instructions": &s.system, "input": input,
        "tools": tools::offered(s.agent, &s.servers, now), "tool_choice": "auto", "parallel_tool_calls": true,
        "reasoning": map! { "effort": "medium", "summary": "auto" }, "store": false, "stream": true,
        "prompt_cache_key": &s.id,
    }
}

/// The final response object.
pub(crate) fn response(s: &Session, turn: &Turn, tokens: Tokens, complete: bool) -> Val {
    let Turn::Model { id, .. } = turn else { return Val::Null };
    let usage = map! {
        "input_tokens": tokens.input, "input_tokens_details": map! { "cached_tokens": tokens.cached },
        "output_tokens": tokens.output, "output_tokens_details": map! { "reasoning_tokens": 0 },
        "total_tokens": tokens.input + tokens.output,
    };
    map! {
        "id": format!("resp_{id}"), "object": "response", "created_at": s.at / SECOND,
        "status": if complete { "completed" } else { "in_progress" }, "error": Val::Null, "model": s.model.name,
        "output": items(turn), "usage": usage,
    }
}

fn message(role: &str, kind: &str, text: &str) -> Val {
    map! { "type": "message", "role": role, "content": vec![map! { "type": kind, "text": text }] }
}

fn items(turn: &Turn) -> Vec<Val> {
    let Turn::Model { id, text, calls } = turn else { return Vec::new() };
    let mut out = Vec::new();
    if !text.is_empty() {
        let content = map! { "type": "output_text", "text": text, "annotations": Val::List(Vec::new()) };
        out.push(map! {
            "type": "message", "id": format!("msg_{id}"), "role": "assistant", "status": "completed",
            "content": vec![content],
        });
    }
    for c in calls {
        let mut item = match &c.args {
            Val::Text(input) => {
                map! { "type": "custom_tool_call", "call_id": &c.id, "name": &c.name, "input": input }
            }
            args if c.name == SEARCH => {
                map! { "type": "web_search_call", "id": c.id.replacen("call", "ws", 1), "action": args.clone() }
            }
            args => map! { "type": "function_call", "call_id": &c.id, "name": &c.name, "arguments": args.json() },
        };
        if let Some(namespace) = &c.namespace {
            item.put("namespace", namespace);
        }
        item.put("status", "completed");
        out.push(item);
    }
    out
}
