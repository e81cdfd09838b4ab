//! Who sent a request: the session, account and device that the client itself names, and what names the client.
//!
//! All of it is chosen by the client and can be forged, so ids are always scoped to login and device, which come from
//! the network.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::decode::Record;

/// What a client says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Session id and where it was found.
    pub session: Option<(String, &'static str)>,
    /// Account id.
    pub account: Option<String>,
    /// Device id.
    pub device: Option<String>,
    /// Agent or thread inside the session.
    pub agent: Option<String>,
    /// Session or thread that began this one.
    pub parent: Option<String>,
    /// What the request is part of, where it is not the main agent's.
    pub subagent: Option<String>,
    /// Headers that name the client, besides the user agent.
    pub hints: BTreeMap<&'static str, String>,
}

/// Longest id or hint that is kept, in characters.
const MAX_ID: usize = 200;

/// Session headers, strongest first.
///
/// `X-Client-Request-Id` is left out although some clients put their session there: others send a new one with each
/// request, which would tear every session apart.
const SESSION_HEADERS: &[(&str, &str)] = &[
    ("x-claude-code-session-id", "header:x-claude-code-session-id"),
    ("session-id", "header:session-id"),
    ("session_id", "header:session_id"),
    ("x-session-id", "header:x-session-id"),
    ("x-session-affinity", "header:x-session-affinity"),
    ("x-opencode-session", "header:x-opencode-session"),
    ("x-amp-thread-id", "header:x-amp-thread-id"),
    ("thread-id", "header:thread-id"),
    ("conversation_id", "header:conversation_id"),
    ("x-codex-window-id", "header:x-codex-window-id"),
];

/// Headers that name an agent or thread inside the session.
const AGENT_HEADERS: &[&str] = &["x-claude-code-agent-id", "thread-id"];

/// Headers that name the session or thread which began this one.
const PARENT_HEADERS: &[&str] =
    &["x-codex-parent-thread-id", "parent-thread-id", "x-parent-session-id", "x-opencode-parent-session"];

/// Headers that say what kind of sub-agent asks. Claude Code's main agent sends no agent id.
const SUBAGENT_HEADERS: &[&str] = &["x-openai-subagent", "x-opencode-subagent"];

/// Headers with the account and the installation.
const ACCOUNT_HEADER: &str = "chatgpt-account-id";
const DEVICE_HEADER: &str = "x-codex-installation-id";

/// Headers that help to tell which client it is.
const HINT_HEADERS: &[(&str, &str)] = &[
    ("x-title", "x-title"),
    ("http-referer", "http-referer"),
    ("referer", "referer"),
    ("originator", "originator"),
    ("x-app", "x-app"),
    ("x-stainless-lang", "x-stainless-lang"),
    ("x-stainless-runtime", "x-stainless-runtime"),
    ("x-goog-api-client", "x-goog-api-client"),
];

/// Top-level body fields that carry identity; everything else in the body is not looked at here.
pub const BODY_FIELDS: &[&str] = &[
    "metadata",
    "session_id",
    "sessionId",
    "prompt_cache_key",
    "conversation",
    "conversation_id",
    "safety_identifier",
    "user",
];

/// First value of a header, names compared without case.
#[must_use]
pub fn header<'r>(headers: &'r [(Cow<'_, str>, Cow<'_, str>)], name: &str) -> Option<&'r str> {
    headers.iter().find(|(n, v)| n.eq_ignore_ascii_case(name) && !v.trim().is_empty()).map(|(_, v)| v.trim())
}

/// Reads what the client says about itself from headers and the identity fields of the body.
#[must_use]
pub fn client(record: &Record<'_>, fields: &[(&str, &[u8])]) -> Client {
    let mut client = Client::default();
    for (name, key) in HINT_HEADERS {
        if let Some(value) = header(&record.request_headers, name) {
            client.hints.insert(key, cut(value));
        }
    }
    for (name, evidence) in SESSION_HEADERS {
        if let Some(value) = header(&record.request_headers, name) {
            client.session = Some((cut(value), evidence));
            break;
        }
    }
    let first = |names: &[&str]| names.iter().find_map(|name| header(&record.request_headers, name)).map(cut);
    client.agent = first(AGENT_HEADERS);
    client.parent = first(PARENT_HEADERS);
    client.subagent = first(SUBAGENT_HEADERS).or_else(|| first(&AGENT_HEADERS[..1]).map(|_| "agent".to_owned()));
    client.account = first(&[ACCOUNT_HEADER]);
    client.device = first(&[DEVICE_HEADER]);
    for (name, raw) in fields {
        if let Ok(value) = serde_json::from_slice::<Value>(raw) {
            body_field(&mut client, name, &value);
        }
    }
    client
}

fn body_field(client: &mut Client, name: &str, value: &Value) {
    let found = match (name, value) {
        ("metadata", Value::Object(metadata)) => {
            if let Some(user) = metadata.get("user_id").and_then(Value::as_str) {
                user_id(client, user);
            }
            let id = |key: &str| metadata.get(key).and_then(Value::as_str);
            id("session_id").or_else(|| id("conversation_id")).map(|id| (id, "body:metadata"))
        }
        ("session_id" | "sessionId", Value::String(id)) => Some((id.as_str(), "body:session_id")),
        ("conversation_id", Value::String(id)) => Some((id.as_str(), "body:conversation_id")),
        ("conversation", Value::String(id)) => Some((id.as_str(), "body:conversation")),
        ("conversation", Value::Object(conversation)) => {
            conversation.get("id").and_then(Value::as_str).map(|id| (id, "body:conversation"))
        }
        // What an application calls its user.
        ("safety_identifier" | "user", Value::String(id)) => {
            client.account = client.account.take().or_else(|| Some(cut(id)).filter(|id| !id.is_empty()));
            None
        }
        // An application may send one constant cache key for all of its traffic; only a key that looks generated counts.
        ("prompt_cache_key", Value::String(id)) if looks_generated(id) => Some((id.as_str(), "body:prompt_cache_key")),
        _ => None,
    };
    if let (None, Some((id, evidence))) = (&client.session, found.filter(|(id, _)| !id.trim().is_empty())) {
        client.session = Some((cut(id), evidence));
    }
}

/// Claude Code's `metadata.user_id`: `user_<hex>_account_<uuid>_session_<uuid>`, or since 2.1.78 a JSON object as text.
fn user_id(client: &mut Client, text: &str) {
    let mut session = None;
    if let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) {
        let field = |key: &str| object.get(key).and_then(Value::as_str).filter(|v| !v.is_empty()).map(cut);
        client.device = field("device_id").or(client.device.take());
        client.account = field("account_uuid").or(client.account.take());
        client.parent = client.parent.take().or(field("parent_session_id"));
        session = field("session_id");
    } else if let Some((before, id)) = text.rsplit_once("_session_") {
        session = (id.len() >= 8 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')).then(|| cut(id));
        if let Some((user, account)) = before.split_once("_account_") {
            client.account = Some(cut(account)).filter(|a| !a.is_empty());
            client.device = user.strip_prefix("user_").map(cut).filter(|d| !d.is_empty());
        }
    } else {
        client.account = client.account.take().or_else(|| Some(cut(text)).filter(|id| !id.is_empty()));
    }
    if let (None, Some(id)) = (&client.session, session) {
        client.session = Some((id, "body:metadata.user_id"));
    }
}

/// Whether an id looks like one that a program made for one conversation: a UUID, or sixteen hex digits or more.
fn looks_generated(id: &str) -> bool {
    id.bytes().filter(u8::is_ascii_hexdigit).count() >= 16
        && id.bytes().filter(u8::is_ascii_digit).count() >= 4
        && !id.contains(char::is_whitespace)
}

fn cut(text: &str) -> String {
    text.trim().chars().take(MAX_ID).collect()
}

/// First product token of a user agent, lower case, and the version after it.
///
/// `claude-cli/2.1.63 (external, cli)` gives `claude-cli` and `2.1.63`; `Anthropic/Python 0.39.0` gives `anthropic` and
/// `0.39.0`, since these SDKs put the language where others put the version.
#[must_use]
pub fn product(user_agent: &str) -> (Option<String>, Option<String>) {
    let mut words = user_agent.split_whitespace();
    let Some(first) = words.next() else { return (None, None) };
    let is_version = |v: &str| v.trim_start_matches('v').starts_with(|c: char| c.is_ascii_digit());
    let (product, version) = match first.split_once('/') {
        Some((product, version)) if is_version(version) => (product, Some(version)),
        Some((product, _)) => (product, words.next().filter(|w| is_version(w))),
        None => (first, words.next().filter(|w| is_version(w))),
    };
    let product = Some(cut(&product.to_lowercase())).filter(|p| !p.is_empty());
    // Gemini CLI appends the model to its version.
    (product, version.map(|v| cut(v.split('/').next().unwrap_or(v))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(headers: &[(&'static str, &'static str)]) -> Record<'static> {
        Record {
            request_headers: headers.iter().map(|(n, v)| (Cow::Borrowed(*n), Cow::Borrowed(*v))).collect(),
            ..Record::default()
        }
    }

    #[test]
    fn headers_are_stronger_than_the_body() {
        let body: &[(&str, &[u8])] = &[("metadata", br#"{"user_id":"user_ab_account_cd_session_0123456789ab"}"#)];
        let found = client(&record(&[("X-Claude-Code-Session-Id", "s-1")]), body);
        assert_eq!(found.session, Some(("s-1".into(), "header:x-claude-code-session-id")));
        assert_eq!((found.account.as_deref(), found.device.as_deref()), (Some("cd"), Some("ab")));
        let found = client(&record(&[]), body);
        assert_eq!(found.session, Some(("0123456789ab".into(), "body:metadata.user_id")));
    }

    #[test]
    fn the_json_form_of_user_id_is_read() {
        let body: &[(&str, &[u8])] =
            &[("metadata", br#"{"user_id":"{\"device_id\":\"d\",\"account_uuid\":\"\",\"session_id\":\"s\"}"}"#)];
        let found = client(&record(&[]), body);
        assert_eq!(found.session, Some(("s".into(), "body:metadata.user_id")));
        assert_eq!((found.account, found.device.as_deref()), (None, Some("d")));
    }

    #[test]
    fn what_a_sub_agent_says_of_itself_is_read() {
        let found = client(
            &record(&[
                ("Session-Id", "root"),
                ("Thread-Id", "child"),
                ("X-Codex-Parent-Thread-Id", "root-thread"),
                ("X-OpenAI-Subagent", "collab_spawn"),
                ("ChatGPT-Account-Id", "org"),
            ]),
            &[("user", br#""someone""#)],
        );
        assert_eq!(found.session.as_ref().map(|s| s.0.as_str()), Some("root"));
        assert_eq!((found.agent.as_deref(), found.parent.as_deref()), (Some("child"), Some("root-thread")));
        assert_eq!((found.subagent.as_deref(), found.account.as_deref()), (Some("collab_spawn"), Some("org")));
        let found = client(&record(&[("x-claude-code-agent-id", "a1")]), &[]);
        assert_eq!((found.agent.as_deref(), found.subagent.as_deref()), (Some("a1"), Some("agent")));
        let parent = br#"{"user_id":"{\"session_id\":\"s\",\"parent_session_id\":\"p\"}"}"#;
        let found = client(&record(&[]), &[("metadata", parent)]);
        assert_eq!((found.parent.as_deref(), found.subagent), (Some("p"), None));
        let found = client(&record(&[]), &[("user", br#""someone""#), ("session_id", br#""s""#)]);
        assert_eq!((found.account.as_deref(), found.session.map(|s| s.0)), (Some("someone"), Some("s".to_owned())));
    }

    #[test]
    fn a_constant_cache_key_is_no_session() {
        assert_eq!(client(&record(&[]), &[("prompt_cache_key", br#""my-app""#)]).session, None);
        let found = client(&record(&[]), &[("prompt_cache_key", br#""019a3b52-6f21-7bd3-8d1e-1c2d3e4f5a6b""#)]);
        assert_eq!(found.session.map(|s| s.1), Some("body:prompt_cache_key"));
    }

    #[test]
    fn hostile_ids_are_cut() {
        let long = format!("\"{}\"", "é".repeat(10_000));
        let found = client(&record(&[]), &[("session_id", long.as_bytes())]);
        assert_eq!(found.session.unwrap().0.chars().count(), MAX_ID);
    }

    #[test]
    fn products_and_versions_are_read() {
        for (agent, name, version) in [
            ("claude-cli/2.1.63 (external, cli)", "claude-cli", Some("2.1.63")),
            ("Anthropic/Python 0.39.0", "anthropic", Some("0.39.0")),
            ("GeminiCLI/0.21.0/gemini-2.5-pro (linux; x64)", "geminicli", Some("0.21.0")),
            ("maki/v0.3.20", "maki", Some("v0.3.20")),
            ("google-genai-sdk/1.50.1 gl-python/3.12.3", "google-genai-sdk", Some("1.50.1")),
            ("curl", "curl", None),
        ] {
            assert_eq!(product(agent), (Some(name.to_owned()), version.map(str::to_owned)), "{agent}");
        }
        assert_eq!(product("  "), (None, None));
    }
}
