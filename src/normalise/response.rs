//! Bodies of a record: which bytes hold the request and the answer, and how much of the traffic is there.

use serde_json::Value;

use super::Reading;
use super::content::{Block, Call, Kind, Message, Role, canonical_arguments, canonical_json};
use super::provider::{Answer, Events, Provider};
use super::request::parse_value;
use crate::decode::{Limits, Record, cbor_to_json};

/// The request body: its text, or the raw bytes where only those were kept.
pub(super) fn request_body<'a>(record: &'a Record<'_>) -> &'a [u8] {
    first_with_content(&record.request_body, record.raw_request_body.as_deref())
}

/// The response body: its text, or the raw bytes where only those were kept.
pub(super) fn response_body<'a>(record: &'a Record<'_>) -> &'a [u8] {
    first_with_content(&record.response_body, record.raw_response_body.as_deref())
}

fn first_with_content<'a>(text: &'a [u8], raw: Option<&'a [u8]>) -> &'a [u8] {
    if text.iter().all(u8::is_ascii_whitespace) { raw.unwrap_or_default() } else { text }
}

/// Reads the answer, from the raw bytes when the text is none; an error answer that is no JSON keeps its text.
pub(super) fn answer(provider: &dyn Provider, record: &Record<'_>) -> Option<Answer> {
    let body = response_body(record);
    let raw = record.raw_response_body.as_deref().filter(|raw| *raw != body);
    if let Some(answer) = read(provider, body).or_else(|| raw.and_then(|raw| read(provider, raw))) {
        return Some(answer);
    }
    let failed = record.status_code.is_some_and(|code| code >= 400);
    (failed && !body.is_empty()).then(|| {
        let text = String::from_utf8_lossy(&body[..body.len().min(4096)]).into_owned();
        Answer { error: Some((String::new(), text)), complete: true, ..Answer::default() }
    })
}

/// One JSON object, or the pieces of a stream.
fn read(provider: &dyn Provider, body: &[u8]) -> Option<Answer> {
    match Events::new(body) {
        Some(mut events) => provider
            .stream(&mut events)
            .map(|answer| Answer { complete: answer.complete && !events.was_cut(), ..answer }),
        None => provider.answer(parse_value(body)?),
    }
}

/// Calls that the gateway kept apart from the bodies (`toolUseData`), for records whose bodies are gone.
///
/// The shape of its elements is not documented, so any plausible field name is taken.
pub(super) fn tool_use(record: &Record<'_>) -> Option<Answer> {
    let Value::Array(entries) = cbor_to_json(&record.tool_use, &Limits::default())? else { return None };
    let blocks: Vec<Block> = entries.iter().filter_map(tool_use_call).collect();
    (!blocks.is_empty()).then(|| Answer {
        messages: vec![Message { role: Role::Assistant, blocks }],
        complete: true,
        ..Answer::default()
    })
}

fn tool_use_call(entry: &Value) -> Option<Block> {
    let field = |names: &[&str]| names.iter().find_map(|name| entry.get(*name));
    let text = |names: &[&str]| field(names).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let name = text(&["name", "toolName", "tool_name", "tool"])?;
    let arguments = match field(&["params", "input", "arguments", "args"]) {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(Value::String(text)) => canonical_arguments(text),
        Some(value) => canonical_json(value),
    };
    let call = Call {
        id: text(&["id", "toolUseId", "tool_use_id", "call_id"]),
        name,
        named_server: text(&["server", "serverName", "server_name"]),
        arguments: arguments.clone(),
        runs_at: "client",
    };
    Some(Block { kind: Kind::Call(call), text: arguments })
}

/// How much of the traffic the record holds.
pub(super) fn grade(record: &Record<'_>, reading: &Reading<'_>) -> &'static str {
    let (request, response) = (request_body(record), response_body(record));
    if request.is_empty() && response.is_empty() {
        return if reading.answer.is_some() { "tools_only" } else { "metrics_only" };
    }
    let succeeded = record.status_code.is_none_or(|code| (200..300).contains(&code));
    let cut = reading.request.as_ref().is_some_and(|r| r.cut.is_some());
    let unfinished = reading.request.is_some() && reading.answer.as_ref().is_none_or(|a| !a.complete);
    if cut || (succeeded && (response.is_empty() || unfinished)) { "partial" } else { "full" }
}
