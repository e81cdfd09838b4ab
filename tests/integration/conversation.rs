//! Conversations as records of an export, for tests and for measuring.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ciborium::Value as Cbor;
use serde_json::{Value, json};

pub(crate) fn map(fields: Vec<(&str, Cbor)>) -> Cbor {
    Cbor::Map(fields.into_iter().map(|(k, v)| (Cbor::from(k), v)).collect())
}

/// One request of a client of the Messages API through the gateway, as it is exported.
pub(crate) struct Request<'a> {
    pub(crate) id: u64,
    /// RFC 3339.
    pub(crate) time: &'a str,
    pub(crate) login: &'a str,
    pub(crate) node: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// See [`asked`].
    pub(crate) body: &'a Value,
    /// See [`answered`].
    pub(crate) answer: &'a Value,
}

/// What the client calls itself.
pub(crate) const CLIENT: &str = "claude-cli/2.1.63 (external, cli)";

impl Request<'_> {
    /// The record, with what else the gateway knows of it.
    pub(crate) fn record(&self, more: Vec<(&str, Cbor)>) -> Cbor {
        let id = format!("capture-{}", self.id);
        let headers = self.headers.iter().map(|(name, value)| (*name, Cbor::Array(vec![(*value).into()])));
        let capture = map(vec![
            ("id", id.as_str().into()),
            ("startTime", self.time.into()),
            ("path", "/v1/messages".into()),
            ("requestHeaders", map(headers.collect())),
            ("requestBody", self.body.to_string().into()),
            ("responseBody", self.answer.to_string().into()),
        ]);
        let mut fields = vec![
            ("id", self.id.into()),
            ("ver", 2.into()),
            ("timestamp", self.time.into()),
            ("identity", map(vec![("login_name", self.login.into()), ("stable_node_id", self.node.into())])),
            ("model", "anthropic/claude-x".into()),
            ("duration_ms", 500.into()),
            ("capture_id", id.into()),
            ("path", "/v1/messages".into()),
            ("status_code", 200.into()),
            ("capture", capture),
        ];
        fields.extend(more);
        map(fields)
    }
}

/// The body of a request with a history; `more` are further keys.
pub(crate) fn asked(session: &str, messages: &[Value], more: &Value) -> Value {
    let mut body = json!({
        "model": "claude-x", "max_tokens": 100, "messages": messages,
        "metadata": { "user_id": format!("user_0_account_1_session_{session}") },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body
}

/// The body of an answer.
pub(crate) fn answered(content: &Value, reason: &str, tokens: u64) -> Value {
    json!({
        "type": "message", "role": "assistant", "content": content, "stop_reason": reason,
        "usage": { "input_tokens": tokens, "output_tokens": 5 },
    })
}

/// One request with its whole history and its answer.
pub(crate) fn record(id: u64, login: &str, session: &str, messages: &[Value], answer: &Value) -> Cbor {
    let time = format!("2026-03-01T{:02}:{:02}:{:02}Z", id / 3600, id / 60 % 60, id % 60);
    let body = asked(session, messages, &Value::Null);
    let answer = answered(answer, "end_turn", 10);
    let headers = [("User-Agent", CLIENT)];
    Request { id, time: &time, login, node: "n1", headers: &headers, body: &body, answer: &answer }.record(Vec::new())
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
