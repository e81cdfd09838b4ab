//! Conversations as records of an export, for tests and for measuring.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ciborium::Value as Cbor;
use serde_json::{Value, json};

pub(crate) fn map(fields: Vec<(&str, Cbor)>) -> Cbor {
    Cbor::Map(fields.into_iter().map(|(k, v)| (Cbor::from(k), v)).collect())
}

/// One request with its whole history and its answer.
pub(crate) fn record(id: u64, login: &str, session: &str, messages: &[Value], answer: &Value) -> Cbor {
    let time = format!("2026-03-01T{:02}:{:02}:{:02}Z", id / 3600, id / 60 % 60, id % 60);
    let body = json!({
        "model": "claude-x", "max_tokens": 100, "messages": messages,
        "metadata": { "user_id": format!("user_0_account_1_session_{session}") },
    });
    let answer = json!({
        "type": "message", "role": "assistant", "content": answer, "stop_reason": "end_turn",
        "usage": { "input_tokens": 10, "output_tokens": 5 },
    });
    let agent = map(vec![("User-Agent", Cbor::Array(vec!["claude-cli/2.1.63 (external, cli)".into()]))]);
    let capture = map(vec![
        ("id", format!("capture-{id}").into()),
        ("startTime", time.as_str().into()),
        ("path", "/v1/messages".into()),
        ("requestHeaders", agent),
        ("requestBody", body.to_string().into()),
        ("responseBody", answer.to_string().into()),
    ]);
    map(vec![
        ("id", id.into()),
        ("ver", 2.into()),
        ("timestamp", time.as_str().into()),
        ("identity", map(vec![("login_name", login.into()), ("stable_node_id", "n1".into())])),
        ("model", "anthropic/claude-x".into()),
        ("duration_ms", 500.into()),
        ("capture_id", format!("capture-{id}").into()),
        ("path", "/v1/messages".into()),
        ("status_code", 200.into()),
        ("capture", capture),
    ])
}

/// Records as the bytes of an export.
pub(crate) fn export(records: &[Cbor]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for record in records {
        ciborium::into_writer(record, &mut bytes).unwrap();
    }
    zstd::stream::encode_all(&bytes[..], 3).unwrap()
}

/// What somebody says.
pub(crate) fn user(text: &str) -> Value {
    json!({ "role": "user", "content": text })
}

/// What a model answers.
pub(crate) fn said(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

/// A conversation of 750 messages with 20 places at which somebody went back and asked something else.
pub(crate) fn deep() -> Vec<Cbor> {
    let mut records = Vec::new();
    let mut history: Vec<Value> = Vec::new();
    let mut ask = |id: &mut u64, history: &mut Vec<Value>, question: String| {
        *id += 1;
        history.push(user(&question));
        let answer = said(&format!("Answer to {question} {}", "word ".repeat(20)));
        records.push(record(*id, "deep@example.com", "11111111-2222-3333-4444-555555555555", history, &answer));
        history.push(json!({ "role": "assistant", "content": answer }));
    };
    let mut id = 0;
    for turn in 0..355 {
        if turn % 17 == 16 && turn / 17 < 20 {
            let mut branch = history.clone();
            ask(&mut id, &mut branch, format!("branch {turn}"));
        }
        ask(&mut id, &mut history, format!("question {turn}"));
    }
    records
}
