//! OpenAI Chat Completions bodies.

use super::agent::{Agent, Call};
use super::session::{Session, Tokens, Turn};
use super::time::SECOND;
use super::tools;
use super::value::{Val, map};

/// The request that repeats the whole conversation.
pub(crate) fn request(s: &mut Session, now: i64) -> Val {
    let mut messages = vec![map! { "role": "system", "content": &s.system }];
    for turn in &s.history {
        match turn {
            Turn::User(text) => messages.push(map! { "role": "user", "content": text }),
            Turn::Model { text, calls, .. } => {
                messages.push(assistant(text, calls));
                messages
                    .extend(calls.iter().map(|c| map! { "role": "tool", "tool_call_id": &c.id, "content": &c.out }));
            }
        }
    }
    let mut body = map! { "model": s.model.name, "messages": messages };
    let tools = tools::offered(s.agent, &s.servers, now);
    if tools != Val::List(Vec::new()) {
        body.put("tools", tools);
        body.put("tool_choice", "auto");
    }
    body.put("stream", s.agent != Agent::OpsBot);
    body
}

/// The assembled answer.
pub(crate) fn response(s: &Session, turn: &Turn, tokens: Tokens, complete: bool) -> Val {
    let Turn::Model { id, text, calls } = turn else { return Val::Null };
    let reason = if calls.is_empty() { "stop" } else { "tool_calls" };
    let choice = map! {
        "index": 0, "message": assistant(text, calls), "logprobs": Val::Null,
        "finish_reason": if complete { Val::from(reason) } else { Val::Null },
    };
    let usage = map! {
        "prompt_tokens": tokens.input, "completion_tokens": tokens.output, "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": map! { "cached_tokens": tokens.cached },
    };
    map! {
        "id": id, "object": "chat.completion", "created": s.at / SECOND, "model": s.model.name,
        "choices": vec![choice], "usage": usage,
    }
}

fn assistant(text: &str, calls: &[Call]) -> Val {
    let content = if text.is_empty() { Val::Null } else { Val::from(text) };
    let mut message = map! { "role": "assistant", "content": content };
    if !calls.is_empty() {
        let one = |c: &Call| {
            let function = map! { "name": &c.name, "arguments": c.args.json() };
            map! { "id": &c.id, "type": "function", "function": function }
        };
        message.put("tool_calls", calls.iter().map(one).collect::<Vec<Val>>());
    }
    message
}
