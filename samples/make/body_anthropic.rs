//! Anthropic Messages bodies, with what Claude Code adds: a changing billing line, a cache mark that moves to the
//! newest message, and a session id in the metadata.

use super::session::{Session, Tokens, Turn};
use super::tools;
use super::value::{Val, map};
use super::world;

/// The request that repeats the whole conversation.
pub(crate) fn request(s: &mut Session, now: i64) -> Val {
    let mark = || map! { "type": "ephemeral" };
    let nonce = s.rng.hex(5);
    let billing =
        format!("x-anthropic-billing-header: cc_version=2.1.84.{}; cc_entrypoint=cli; cch={nonce};", &s.id[..3]);
    let system = vec![
        map! { "type": "text", "text": billing },
        map! { "type": "text", "text": "You are Claude Code, Anthropic's official CLI for Claude.", "cache_control": mark() },
        map! { "type": "text", "text": format!("{}\nWorking directory: {}", s.system, s.cwd), "cache_control": mark() },
    ];
    let mut messages: Vec<Val> = Vec::new();
    for turn in &s.history {
        match turn {
            Turn::User(text) => messages.push(user(vec![map! { "type": "text", "text": text }])),
            Turn::Model { calls, .. } => {
                messages.push(map! { "role": "assistant", "content": blocks(turn) });
                let results: Vec<Val> = calls
                    .iter()
                    .map(|c| {
                        let mut b = map! { "tool_use_id": &c.id, "type": "tool_result", "content": &c.out };
                        if !c.ok {
                            b.put("is_error", true);
                        }
                        b
                    })
                    .collect();
                if !results.is_empty() {
                    messages.push(user(results));
                }
            }
        }
    }
    let reminder = s.reminds.then(|| world::reminder(now));
    if let Some(Val::Map(fields)) = messages.last_mut()
        && let Some((_, Val::List(content))) = fields.last_mut()
    {
        if let Some(text) = reminder {
            content.push(map! { "type": "text", "text": text });
        }
        if let Some(block) = content.last_mut() {
            block.put("cache_control", mark());
        }
    }
    let user_id =
        map! { "device_id": world::device_id(s.who.node, &s.cwd), "account_uuid": "", "session_id": &s.id }.json();
    map! {
        "model": s.model.name, "messages": messages, "system": system, "tools": tools::offered(s.agent, &s.servers, now),
        "metadata": map! { "user_id": user_id }, "max_tokens": 32_000, "stream": true,
    }
}

/// The assembled answer; incomplete ones have no stop reason.
pub(crate) fn response(s: &Session, turn: &Turn, tokens: Tokens, complete: bool) -> Val {
    let Turn::Model { id, calls, .. } = turn else { return Val::Null };
    let reason = if calls.is_empty() { "end_turn" } else { "tool_use" };
    let usage = map! {
        "input_tokens": tokens.input - tokens.cached, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens.cached, "output_tokens": tokens.output,
    };
    map! {
        "id": id, "type": "message", "role": "assistant", "model": s.model.name, "content": blocks(turn),
        "stop_reason": if complete { Val::from(reason) } else { Val::Null }, "stop_sequence": Val::Null, "usage": usage,
    }
}

fn user(content: Vec<Val>) -> Val {
    map! { "role": "user", "content": content }
}

fn blocks(turn: &Turn) -> Vec<Val> {
    let Turn::Model { text, calls, .. } = turn else { return Vec::new() };
    let mut out = Vec::new();
    if !text.is_empty() {
        out.push(map! { "type": "text", "text": text });
    }
    out.extend(
        calls.iter().map(|c| map! { "type": "tool_use", "id": &c.id, "name": &c.name, "input": c.args.clone() }),
    );
    out
}
