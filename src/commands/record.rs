//! `lightmeter record`: one raw record, from its export where that can be read, else from the rows of the lake.

use serde_json::{Map, Value, json};

use super::found::{self, Found};
use super::pull::PullOptions;
use super::sources::Listed;
use super::target::named;
use super::{engine, output, query, record_part};
use crate::cli;
use crate::config::Config;
use crate::decode::{Decoder, Limits, Record, cbor_to_json};
use crate::error::Error;
use crate::lake::{Lake, Ledger, LedgerEntry};
use crate::outcome::Outcome;
use crate::secrets::Scanner;
use crate::text::{one_line, visible};
use crate::window::Window;

/// Exports that are named when the name fits several.
const NAMED: usize = 10;

/// Tables whose rows repeat what stands in those of others: only counted where little is to be shown.
const DERIVED: [&str; 4] = ["carries", "commands", "entities", "tool_offers"];

/// What is said of rows in place of the export's record.
const FROM_LAKE: &str = "The export could not be looked at; these are the rows that it became. Messages that an \
                         earlier record carried stand with that one. --source names a place that holds the export.";

/// What is said of rows that were asked for.
const ONLY_NEW: &str = "Only what this record was the first to bring, as the rows that the lake made of it (--new). \
                        Messages that an earlier record carried stand with that one; without --new the whole record is \
                        shown.";

/// Runs the command. `options` is absent when no source was named.
///
/// # Errors
/// When there is no such export or record, or it cannot be read or written.
pub(super) async fn run(
    args: &cli::Record,
    lake: &Lake,
    config: &Config,
    options: Option<PullOptions>,
) -> Result<Outcome, Error> {
    let ledger = lake.ledger()?;
    let entry = entry(&ledger, &args.export)?;
    let scanner = query::scanner()?;
    let listed: Vec<Listed> = match &options {
        Some(options) => tokio::task::block_in_place(|| found::list(options, &mut Vec::new()))?,
        None if args.new => Vec::new(),
        None => found::original(entry).into_iter().collect(),
    };
    let mut found = match found::find(&listed, entry) {
        Some(found) => tokio::task::block_in_place(|| from_export(&found, entry, args.id))?,
        None => None,
    };
    if found.is_none() {
        found = from_lake(lake, &ledger, config, entry, args.id, args.new).await?;
    }
    let Some((from, record)) = found else {
        let name = one_line(&entry.export_key, 200).into_owned();
        return Err(Error::Usage(format!("the export {name} has no record {}", args.id)));
    };
    let mut answer = Map::new();
    if args.reveal {
        answer.insert("warning".to_owned(), crate::report::session::REVEALED.into());
    }
    answer.insert("export_key".to_owned(), entry.export_key.clone().into());
    answer.insert("record_id".to_owned(), args.id.into());
    answer.insert("from".to_owned(), from);
    let scanner = if args.reveal { None } else { Some(&scanner) };
    let mut record = shown(record, None, scanner);
    if let Some(text) = &args.find {
        record = record_part::with_text(&record, text).ok_or_else(|| {
            let text = one_line(text, 80);
            Error::Usage(format!("nothing in the record holds the text {text}; without --find all of it is shown"))
        })?;
    }
    let mut answer = shown(Value::Object(answer), None, scanner);
    if let Value::Object(answer) = &mut answer {
        answer.insert("record".to_owned(), record);
    }
    output::write(named(args.output.as_deref()), |out| {
        serde_json::to_writer_pretty(&mut *out, &answer)?;
        writeln!(out)
    })?;
    Ok(Outcome::Done)
}

/// The export that the text names: by its whole name, else by the end of it.
fn entry<'l>(ledger: &'l Ledger, name: &str) -> Result<&'l LedgerEntry, Error> {
    if let Some(entry) = ledger.entries.iter().find(|e| e.export_key == name) {
        return Ok(entry);
    }
    let ends =
        |e: &&LedgerEntry| e.export_key.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    let found: Vec<&LedgerEntry> = ledger.entries.iter().filter(ends).collect();
    let shown = one_line(name, 200);
    match found.as_slice() {
        [entry] => Ok(entry),
        [] => Err(Error::Usage(format!(
            "the lake holds no export {shown}; `lightmeter verify` lists the {} that it holds",
            ledger.entries.len()
        ))),
        several => {
            let names: String =
                several.iter().take(NAMED).map(|e| format!("\n  {}", one_line(&e.export_key, 200))).collect();
            Err(Error::Usage(format!("{} exports are called {shown}; give the whole name:{names}", several.len())))
        }
    }
}

type FoundRecord = Option<(Value, Value)>;

/// The record in the export, with what is known of the export's bytes.
fn from_export(found: &Found<'_>, entry: &LedgerEntry, id: i64) -> Result<FoundRecord, Error> {
    let mut opened = found.source.open(found.object)?;
    let transfer = opened.handle();
    let mut record = None;
    {
        let mut decoder = Decoder::new(&mut opened, Limits::default());
        while let Some(next) = decoder.next() {
            // What cannot be read is told by pull and verify.
            if let Ok(read) = next
                && read.id == Some(id)
            {
                record = Some(whole(&read));
                break;
            }
        }
    }
    let Some(record) = record else { return Ok(None) };
    // The rest is read for its hash: evidence from a changed export is no evidence.
    let _ = opened.finish();
    let same = transfer.state().sha256.map(|sha256| sha256 == entry.sha256);
    let from = json!({
        "kind": "export",
        "object": found.object.export_key,
        "sha256": entry.sha256,
        "unchanged_since_pulled": same,
    });
    Ok(Some((from, record)))
}

/// Everything that the record holds. Bodies that are JSON stand as JSON.
fn whole(record: &Record<'_>) -> Value {
    let body = |bytes: &[u8]| {
        serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into_owned()))
    };
    let raw = |bytes: &Option<std::borrow::Cow<'_, [u8]>>| bytes.as_deref().map_or(Value::Null, body);
    let headers = |headers: &[(std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)]| -> Value {
        headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
    };
    let time = |micros: Option<i64>| micros.map(crate::text::rfc3339);
    json!({
        "number": record.number,
        "offset": record.offset,
        "size": record.size,
        "id": record.id,
        "ver": record.ver,
        "timestamp": time(record.timestamp),
        "start": time(record.start),
        "login": record.login,
        "device": record.device,
        "tags": record.tags,
        "model": record.model,
        "api_type": record.api_type,
        "usage": {
            "input": record.usage.input,
            "output": record.usage.output,
            "cached": record.usage.cached,
            "cache_creation": record.usage.cache_creation,
            "reasoning": record.usage.reasoning,
            "web_searches": record.usage.web_searches,
        },
        "cost_usd": record.cost_usd,
        "cost_basis": record.cost_basis,
        "duration_ms": record.duration_ms,
        "capture_id": record.capture_id,
        "session_id": record.session_id,
        "path": record.path,
        "status_code": record.status_code,
        "request_headers": headers(&record.request_headers),
        "response_headers": headers(&record.response_headers),
        "request_body": body(&record.request_body),
        "response_body": body(&record.response_body),
        "raw_request_body": raw(&record.raw_request_body),
        "raw_response_body": raw(&record.raw_response_body),
        "tool_use": cbor_to_json(&record.tool_use, &Limits::default()),
        "unknown_keys": record.unknown_keys,
        "mistyped_keys": record.mistyped_keys,
    })
}

/// The rows that the lake made of the record. Messages that an earlier record carried stand with that one.
async fn from_lake(
    lake: &Lake,
    ledger: &Ledger,
    config: &Config,
    entry: &LedgerEntry,
    id: i64,
    only_new: bool,
) -> Result<FoundRecord, Error> {
    let engine = engine::open(Some((lake, ledger)), Window::default(), config, &[], Some("SELECT 1")).await?;
    let (mut tables, mut left_out) = (Map::new(), Map::new());
    let id = id.to_string();
    let values = [("export", entry.export_key.as_str()), ("id", id.as_str())];
    for table in crate::tables::all() {
        let has = |name| table.columns.iter().any(|c| c.name == name);
        if !has("export_key") || !has("record_id") {
            continue;
        }
        let sql = format!(
            "SELECT * FROM lake.{} WHERE export_key = $export AND record_id = CAST($id AS BIGINT) ORDER BY {}",
            table.name, table.time_column
        );
        let rows: Vec<Value> = super::rows::run(&engine.session, &sql, &values).await?;
        let rows: Vec<Value> = rows.into_iter().map(said).collect();
        if only_new && DERIVED.contains(&table.name) {
            left_out.insert(table.name.to_owned(), rows.len().into());
            continue;
        }
        if !rows.is_empty() {
            tables.insert(table.name.to_owned(), rows.into());
        }
    }
    if tables.is_empty() {
        return Ok(None);
    }
    left_out.retain(|_, rows| *rows != 0);
    if !left_out.is_empty() {
        tables.insert("left_out".to_owned(), Value::Object(left_out));
    }
    let from = json!({ "kind": "lake", "note": if only_new { ONLY_NEW } else { FROM_LAKE } });
    Ok(Some((from, Value::Object(tables))))
}

/// A row without the columns that say nothing.
fn said(row: Value) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    match row {
        Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| says(value)).collect()),
        other => other,
    }
}

/// Secrets replaced, with the name of a value as its context, and invisible characters made visible.
fn shown(value: Value, name: Option<&str>, scanner: Option<&Scanner>) -> Value {
    let text = |text: String| {
        let redacted = scanner.map_or_else(|| text.clone(), |s| redact(&text, name, s));
        visible(&redacted).into_owned()
    };
    match value {
        Value::String(value) => Value::String(text(value)),
        Value::Array(items) => items.into_iter().map(|v| shown(v, name, scanner)).collect(),
        Value::Object(mut map) => {
            // Headers are pairs; there the name of the value is a value itself.
            let header = map.get("name").and_then(Value::as_str).map(str::to_owned);
            let fields = std::mem::take(&mut map).into_iter().map(|(key, value)| {
                let context = if key == "value" { header.clone() } else { None };
                // The name of an export is no key to anything, whatever the name of the field sounds like.
                let name = Some(context.as_deref().unwrap_or(&key)).filter(|name| *name != "export_key");
                let value = shown(value, name, scanner);
                (text(key), value)
            });
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// A value is also a secret when it only looks like one beside its name.
fn redact(text: &str, name: Option<&str>, scanner: &Scanner) -> String {
    let alone = scanner.redact(text).into_owned();
    let Some(name) = name else { return alone };
    let lead = format!("{name}: ");
    let together = scanner.redact(&format!("{lead}{alone}")).into_owned();
    together.strip_prefix(&lead).map_or(alone, str::to_owned)
}
