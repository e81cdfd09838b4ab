//! The `requests` row of a record.

use super::content::digest;
use super::identity::Client;
use super::principal::{Interner, Seen};
use super::provider::PROVIDERS;
use super::{Reading, response};
use crate::decode::Record;
use crate::tables::requests::Request;

/// Longest provider word (stop reason, error type) that is kept, in characters.
const MAX_WORD: usize = 120;

/// A path without its query string.
pub(super) fn path_of(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

/// A path with everything that names one object (models, projects, long ids) replaced, for counters.
pub(super) fn generic_path(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .take(8)
        .map(|part| {
            let generic = part.len() <= 24 && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'-');
            let version =
                part.len() <= 8 && part.starts_with('v') && part[1..].starts_with(|c: char| c.is_ascii_digit());
            if generic || version { part } else { part.rsplit_once(':').map_or("…", |(_, verb)| verb) }
        })
        .collect();
    parts.join("/")
}

/// Builds the row; conversation counts are filled in by the caller.
pub(super) fn request(
    record: &Record<'_>,
    seen: &Seen,
    client: &Client,
    reading: &Reading<'_>,
    grade: &'static str,
    shared: &mut Interner,
) -> Request {
    let answer = reading.answer.as_ref();
    let error = answer.and_then(|a| a.error.as_ref());
    let own = record.usage;
    let usage = answer.map(|a| a.usage).unwrap_or_default();
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let size = |body: &[u8]| i64::try_from(body.len()).unwrap_or(i64::MAX);
    let hints = (!client.hints.is_empty()).then(|| serde_json::to_string(&client.hints).unwrap_or_default());
    Request {
        request_id: request_id(record, seen),
        export_key: seen.export_key.clone(),
        record_id: record.id,
        record_number: i64::try_from(record.number).unwrap_or(i64::MAX),
        time: seen.time,
        time_end: record.timestamp.map(crate::tables::Time),
        login: seen.login.clone(),
        device: seen.device.clone(),
        tags: seen.tags.clone(),
        user_agent: seen.user_agent.clone(),
        ua_product: seen.ua_product.clone(),
        ua_version: seen.ua_version.clone(),
        client_hints: hints.map(|h| shared.share(&h)),
        provider: seen.provider.clone(),
        model: seen.model.clone(),
        api_type: shared.share_some(&record.api_type),
        wire_format: match reading.format {
            Some(format) => PROVIDERS[format].name(),
            None if reading.is_other => "other",
            None => "unknown",
        },
        path: shared.share_some(path_of(&record.path)),
        status_code: record.status_code,
        outcome: outcome(record, grade, error),
        error_type: error.and_then(|(kind, _)| some(&word(kind))),
        stop_reason: answer.and_then(|a| a.stop_reason.as_deref()).map(word),
        duration_ms: record.duration_ms,
        input_tokens: own.input.or(usage.input),
        output_tokens: own.output.or(usage.output),
        cached_tokens: own.cached.or(usage.cached),
        cache_creation_tokens: own.cache_creation.or(usage.cache_creation),
        reasoning_tokens: own.reasoning.or(usage.reasoning),
        web_searches: own.web_searches.or(usage.web_searches),
        cost_usd: record.cost_usd.filter(|c| c.is_finite()),
        cost_basis: shared.share_some(&record.cost_basis),
        capture_id: some(&record.capture_id),
        aperture_session_id: some(&record.session_id),
        client_session_id: client.session.as_ref().map(|(id, _)| id.clone()),
        session_evidence: client.session.as_ref().map(|(_, evidence)| *evidence),
        client_account_id: client.account.clone(),
        client_device_id: client.device.clone(),
        client_agent_id: client.agent.clone(),
        client_parent_id: client.parent.clone(),
        client_subagent: client.subagent.clone(),
        session_id: seen.session_id.clone(),
        conversation_id: seen.conversation_id.clone(),
        root_id: seen.conversation_id.clone(),
        content_grade: grade,
        messages_new: 0,
        messages_echoed: 0,
        tools_offered: 0,
        unknown_blocks: 0,
        request_bytes: size(response::request_body(record)),
        response_bytes: size(response::response_body(record)),
        not_understood: reading.problem.map(str::to_owned),
    }
}

fn word(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_WORD).collect()
}

/// Identity of a request. The capture id is unique where there is one; a record id alone may repeat after a reset.
fn request_id(record: &Record<'_>, seen: &Seen) -> String {
    let (id, time) = match record.capture_id.is_empty() {
        true => (record.id.unwrap_or_default(), seen.time_end.0),
        false => (0, 0),
    };
    hex::encode(digest(&[
        b"request",
        seen.login.as_bytes(),
        seen.device.as_bytes(),
        record.capture_id.as_bytes(),
        &id.to_le_bytes(),
        &time.to_le_bytes(),
    ]))
}

/// How the request ended, from the status and the error envelope. Statuses as the gateway documents them: 429 for an
/// exhausted quota, 403 with a guardrail's error for a block.
fn outcome(record: &Record<'_>, grade: &str, error: Option<&(String, String)>) -> &'static str {
    let about_guardrail = error.is_some_and(|(kind, text)| {
        kind.contains("guardrail") || text.to_ascii_lowercase().contains("guardrail") || kind == "PERMISSION_DENIED"
    });
    match record.status_code {
        Some(429) => "quota",
        Some(403) if about_guardrail => "guardrail",
        Some(400..=499) => "client_error",
        Some(500..) => "upstream_error",
        _ if grade == "partial" => "partial",
        _ => "ok",
    }
}
