//! Gemini generateContent bodies; the model stands only in the path and calls have no ids.

use super::agent::Call;
use super::session::{Session, Tokens, Turn};
use super::time::rfc3339;
use super::tools;
use super::value::{Val, map};

/// The request that repeats the whole conversation.
pub(crate) fn request(s: &mut Session, now: i64) -> Val {
    let setting = format!("Session context. Today is {}. Working directory: {}", &rfc3339(now)[..10], s.cwd);
    let mut contents = vec![
        map! { "role": "user", "parts": vec![map! { "text": setting }] },
        map! { "role": "model", "parts": vec![map! { "text": "Understood." }] },
    ];
    for turn in &s.history {
        match turn {
            Turn::User(text) => contents.push(map! { "role": "user", "parts": vec![map! { "text": text }] }),
            Turn::Model { calls, .. } => {
                contents.push(map! { "role": "model", "parts": parts(turn) });
                if !calls.is_empty() {
                    contents.push(map! { "role": "user", "parts": calls.iter().map(result).collect::<Vec<Val>>() });
                }
            }
        }
    }
    map! {
        "contents": contents,
        "systemInstruction": map! { "role": "user", "parts": vec![map! { "text": &s.system }] },
        "tools": tools::offered(s.agent, &s.servers, now),
        "generationConfig": map! { "temperature": 0, "topP": 1 },
    }
}

/// The merged answer.
pub(crate) fn response(s: &Session, turn: &Turn, tokens: Tokens, complete: bool) -> Val {
    let Turn::Model { id, .. } = turn else { return Val::Null };
    let mut candidate = map! { "content": map! { "role": "model", "parts": parts(turn) }, "index": 0 };
    if complete {
        candidate.put("finishReason", "STOP");
    }
    let usage = map! {
        "promptTokenCount": tokens.input, "candidatesTokenCount": tokens.output,
        "cachedContentTokenCount": tokens.cached, "totalTokenCount": tokens.input + tokens.output,
    };
    map! { "candidates": vec![candidate], "usageMetadata": usage, "modelVersion": s.model.name, "responseId": id }
}

fn parts(turn: &Turn) -> Vec<Val> {
    let Turn::Model { text, calls, .. } = turn else { return Vec::new() };
    let mut out = Vec::new();
    if !text.is_empty() {
        out.push(map! { "text": text });
    }
    out.extend(calls.iter().map(|c| {
        let call = map! { "name": &c.name, "args": c.args.clone() };
        map! { "functionCall": call }
    }));
    out
}

fn result(c: &Call) -> Val {
    let response = if c.ok {
        map! { "output": &c.out }
    } else {
        map! { "error": &c.out }
    };
    map! { "functionResponse": map! { "name": &c.name, "response": response } }
}
