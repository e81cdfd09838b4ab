//! Bodies of every format under `samples/bodies/`, each with the rows it gives.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::PROVIDERS;
use crate::decode::Record;
use crate::normalise::{Normaliser, Options, Recognition};
use crate::outcome::ExportStats;
use crate::tables::Rows;

mod oracle;

/// One request and its answer, as in the files.
#[derive(Clone)]
struct Exchange {
    path: String,
    status: i64,
    request: String,
    response: String,
    raw_response: Option<String>,
}

fn exchanges(file: &Path) -> Vec<Exchange> {
    let value: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    // A body stands there as JSON, or as text where it is none.
    let body = |exchange: &Value, key: &str| match (&exchange[key], &exchange[format!("{key}_text")]) {
        (Value::Null, Value::String(text)) => text.clone(),
        (Value::Null, _) => String::new(),
        (json, _) => json.to_string(),
    };
    let exchange = |e: Value| Exchange {
        path: e["path"].as_str().unwrap().to_owned(),
        status: e["status"].as_i64().unwrap_or(200),
        request: body(&e, "request"),
        response: body(&e, "response"),
        raw_response: e["raw_response_text"].as_str().map(str::to_owned),
    };
    list.into_iter().map(exchange).collect()
}

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bodies");
    let list = |dir: &Path| -> Vec<PathBuf> {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        entries
    };
    let is_json = |file: &PathBuf| file.extension().is_some_and(|e| e == "json");
    list(&root).iter().filter(|dir| dir.is_dir()).flat_map(|dir| list(dir)).filter(is_json).collect()
}

fn records(exchanges: &[Exchange]) -> Vec<Record<'_>> {
    let record = |(number, exchange): (u64, &'_ Exchange)| -> Record<'_> {
        let id = i64::try_from(number).unwrap() + 1;
        Record {
            number,
            id: Some(id),
            ver: Some(2),
            timestamp: Some(1_774_856_151_000_000 + id * 60_000_000),
            duration_ms: Some(1500),
            login: "alice@example.com".into(),
            device: "n1CNTRL".into(),
            capture_id: format!("capture-{id}").into(),
            path: Cow::Owned(exchange.path.clone()),
            status_code: Some(exchange.status),
            request_body: Cow::Owned(exchange.request.clone().into_bytes()),
            response_body: Cow::Owned(exchange.response.clone().into_bytes()),
            raw_response_body: exchange.raw_response.clone().map(|raw| Cow::Owned(raw.into_bytes())),
            ..Record::default()
        }
    };
    (0..).zip(exchanges).map(record).collect()
}

fn normalise(records: &[Record<'_>], options: Options) -> (Rows, ExportStats) {
    let mut normaliser = Normaliser::new("export.cbor.zstd", options);
    let mut rows = Rows::default();
    for record in records {
        normaliser.record(record, &mut rows);
    }
    normaliser.finish(&mut rows);
    (rows, normaliser.stats)
}

/// The rows as text, without hashes and without what every row repeats.
#[expect(clippy::use_debug, reason = "quoted text shows its control characters")]
fn show(rows: &Rows) -> String {
    let mut out = String::new();
    let mut conversations: Vec<&str> = Vec::new();
    let mut name = |id: &str| match conversations.iter().position(|c| *c == id) {
        Some(at) => at + 1,
        None => rows.requests.iter().find(|r| *r.conversation_id == *id).map_or(0, |r| {
            conversations.push(r.conversation_id.as_ref());
            conversations.len()
        }),
    };
    for r in &rows.requests {
        let tokens = [r.input_tokens, r.output_tokens, r.cached_tokens, r.cache_creation_tokens, r.reasoning_tokens];
        let tokens = tokens.map(|n| n.map_or("-".to_owned(), |n| n.to_string())).join("/");
        let _ = writeln!(
            out,
            "request {} {} {} {} conversation={} new={} echoed={} tools={} unknown={} tokens={tokens} searches={:?} stop={:?} error={:?} missing={:?}",
            r.record_id.unwrap_or_default(),
            r.wire_format,
            r.content_grade,
            r.outcome,
            name(&r.conversation_id),
            r.messages_new,
            r.messages_echoed,
            r.tools_offered,
            r.unknown_blocks,
            r.web_searches,
            r.stop_reason.as_deref().unwrap_or_default(),
            r.error_type.as_deref().unwrap_or_default(),
            r.not_understood.as_deref().unwrap_or_default(),
        );
    }
    for m in &rows.messages {
        let _ = writeln!(
            out,
            "message {} {}.{} {} {} {} {:?} {:?}",
            m.record_id.unwrap_or_default(),
            m.position,
            m.part,
            m.direction,
            m.role,
            m.kind,
            m.call_id.as_deref().unwrap_or_default(),
            m.text
        );
    }
    for c in &rows.tool_calls {
        let _ = writeln!(
            out,
            "call {} {}.{} {} {} server={:?}/{:?} tool={} at={} {:?} {}",
            c.record_id.unwrap_or_default(),
            c.position,
            c.part,
            c.direction,
            c.raw_name,
            c.named_server.as_deref().unwrap_or_default(),
            c.name_server.as_deref().unwrap_or_default(),
            c.name_tool,
            c.runs_at,
            c.call_id.as_deref().unwrap_or_default(),
            c.arguments
        );
    }
    for r in &rows.tool_results {
        let _ = writeln!(
            out,
            "result {} {}.{} {:?} name={:?} {} {} bytes",
            r.record_id.unwrap_or_default(),
            r.position,
            r.part,
            r.call_id.as_deref().unwrap_or_default(),
            r.raw_name.as_deref().unwrap_or_default(),
            r.outcome,
            r.bytes
        );
    }
    for d in &rows.tool_definitions {
        let requests: i64 =
            rows.tool_offers.iter().filter(|o| o.definition_id == d.definition_id).map(|o| o.requests).sum();
        let _ = writeln!(
            out,
            "tool {} {} server={:?} at={} offered={requests} url={:?} {:?} {}",
            d.raw_name,
            d.wire_type,
            d.named_server.as_deref().unwrap_or_default(),
            d.runs_at,
            d.server_url.as_deref().unwrap_or_default(),
            d.description.as_deref().unwrap_or_default(),
            d.schema.as_deref().unwrap_or("-")
        );
    }
    out
}

#[test]
fn every_body_gives_the_rows_that_were_reviewed() {
    let files = files();
    for format in PROVIDERS {
        assert!(files.iter().any(|f| f.parent().unwrap().ends_with(format.name())), "no bodies of {}", format.name());
    }
    for file in files {
        let exchanges = exchanges(&file);
        let (rows, _) = normalise(&records(&exchanges), Options::default());
        let folder = file.parent().unwrap().file_name().unwrap().to_string_lossy();
        let name = format!("{folder}__{}", file.file_stem().unwrap().to_string_lossy());
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, show(&rows));
        });
    }
}

#[test]
fn no_credential_of_a_body_reaches_the_rows() {
    for file in files() {
        let exchanges = exchanges(&file);
        let (rows, stats) = normalise(&records(&exchanges), Options::default());
        let all = format!("{rows:?} {stats:?}");
        assert!(!all.contains("CREDENTIAL"), "{}", file.display());
    }
}

#[test]
fn rows_do_not_depend_on_how_history_is_recognised_or_exports_are_cut() {
    for file in files() {
        let exchanges = exchanges(&file);
        let records = records(&exchanges);
        let (whole, _) = normalise(&records, Options::default());
        let (strict, _) = normalise(&records, Options { recognition: Recognition::Bytes, ..Options::default() });
        assert_eq!(whole.messages, strict.messages, "{}", file.display());
        assert_eq!(whole.tool_calls, strict.tool_calls, "{}", file.display());
        assert_eq!(whole.tool_offers, strict.tool_offers, "{}", file.display());
        if whole.requests.iter().any(|r| r.conversation_id != whole.requests[0].conversation_id)
            || file.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("previous_response"))
        {
            // Which answer a delta continues can only be told inside an export.
            continue;
        }
        let calls = |parts: &[&Rows]| {
            let rows = || parts.iter().flat_map(|rows| &rows.tool_calls);
            let answered: Vec<&str> =
                rows().filter(|c| c.direction == "response").map(|c| c.element_id.as_str()).collect();
            let repeats = |c: &&crate::tables::tool_calls::ToolCall| {
                c.call_id.is_none() && c.direction == "request" && answered.contains(&c.element_id.as_str())
            };
            let mut ids: Vec<String> = rows().filter(|c| !repeats(c)).map(|c| c.call_uid.clone()).collect();
            ids.sort();
            ids.dedup();
            ids
        };
        for cut in 1..records.len() {
            let parts = [&records[..cut], &records[cut..]].map(|part| normalise(part, Options::default()).0);
            assert_eq!(calls(&[&whole]), calls(&[&parts[0], &parts[1]]), "{} cut at {cut}", file.display());
        }
    }
}

/// Bodies that end anywhere are read up to there, and no call appears that the whole body does not have.
#[test]
fn bodies_that_end_early_are_no_danger() {
    for file in files() {
        let calls = |rows: &Rows| -> Vec<(Option<String>, String)> {
            rows.tool_calls.iter().map(|c| (c.call_id.clone(), c.raw_name.to_string())).collect()
        };
        for exchange in exchanges(&file) {
            let all = calls(&normalise(&records(std::slice::from_ref(&exchange)), Options::default()).0);
            let (request, response) = (exchange.request.as_bytes(), exchange.response.as_bytes());
            let whole = exchange.request.len().max(exchange.response.len());
            for keep in (0..whole).step_by(whole / 40 + 1) {
                let part = Record {
                    path: Cow::Borrowed(&exchange.path),
                    status_code: Some(200),
                    request_body: Cow::Borrowed(&request[..keep.min(request.len())]),
                    response_body: Cow::Borrowed(&response[..keep.min(response.len())]),
                    ..Record::default()
                };
                let (rows, _) = normalise(std::slice::from_ref(&part), Options::default());
                assert_eq!(rows.requests.len(), 1);
                // Without its first event, a call cannot be told from one that has no name.
                let invented: Vec<_> =
                    calls(&rows).into_iter().filter(|call| !all.contains(call) && !call.1.is_empty()).collect();
                assert_eq!(invented, vec![], "{} cut to {keep} bytes", file.display());
            }
        }
    }
}

#[test]
fn a_body_of_one_format_on_the_path_of_another_is_read_without_panic() {
    let bodies: Vec<Exchange> = files().iter().flat_map(|file| exchanges(file)).collect();
    let paths = [
        "/v1/messages",
        "/v1/chat/completions",
        "/v1/responses",
        "/v1beta/models/m:generateContent",
        "/bedrock/model/m/converse",
        "/somewhere",
    ];
    for path in paths {
        let moved: Vec<Exchange> = bodies
            .iter()
            .map(|e| Exchange {
                path: path.to_owned(),
                status: e.status,
                request: e.request.clone(),
                response: e.response.clone(),
                raw_response: None,
            })
            .collect();
        let (rows, _) = normalise(&records(&moved), Options::default());
        assert_eq!(rows.requests.len(), moved.len());
    }
}
