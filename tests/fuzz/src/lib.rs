//! The stages under test and what the targets share.
//!
//! The stages are compiled from their sources, without the rest of the program: the query engine would take a quarter
//! of an hour to instrument, and nothing of it reads what strangers wrote.

#![forbid(unsafe_code)]

#[path = "../../../src/decode/mod.rs"]
pub mod decode;
#[path = "../../../src/normalise/mod.rs"]
pub mod normalise;
#[path = "../../../src/outcome.rs"]
pub mod outcome;
pub mod panics;
#[path = "../../../src/secrets/mod.rs"]
pub mod secrets;
#[path = "../../../src/tables/mod.rs"]
pub mod tables;

use std::borrow::Cow;
use std::sync::LazyLock;

use decode::{Decoder, Limits, Record};
use normalise::facts::{Facts, Readers};
use normalise::{Normaliser, Options, Recognition};
use secrets::Scanner;
use tables::Rows;

/// Stands between the parts of an input: the path, bodies, raw bodies.
pub const BETWEEN: &[u8] = b"\n\n\n";

/// A path of each wire format.
pub const PATHS: [&str; 5] = [
    "/v1/messages",
    "/v1/chat/completions",
    "/v1/responses",
    "/v1beta/models/m:generateContent",
    "/bedrock/model/m/converse",
];

static READERS: LazyLock<Readers> =
    LazyLock::new(|| Readers::new(Scanner::builtin().expect("the rules are valid")).expect("the lists are valid"));

/// Limits small enough that a few kilobytes reach them.
fn small() -> Limits {
    Limits {
        max_record_bytes: 1 << 20,
        max_export_bytes: 8 << 20,
        max_window_log: 20,
        max_nesting: 64,
        max_json_values: 1000,
        max_text_bytes: 4096,
        max_list: 16,
        ..Limits::default()
    }
}

/// Decodes an object and normalises what it holds. Every answer of the decoder moves on, and it ends.
pub fn object(bytes: &[u8]) {
    let mut decoder = Decoder::new(bytes, small());
    let mut normaliser = Normaliser::new("export.cbor.zstd", Options::default());
    let mut rows = Rows::default();
    let mut answers = 0_u64;
    while let Some(next) = decoder.next() {
        answers += 1;
        match next {
            Ok(record) => normaliser.record(&record, &mut rows),
            Err(error) => assert!(!error.reason.is_empty()),
        }
        assert!(answers <= decoder.decompressed_bytes() + 8, "more answers than bytes");
    }
    normaliser.finish(&mut rows);
}

/// Decodes a CBOR sequence that was compressed as it is.
pub fn sequence(bytes: &[u8]) {
    object(&zstd::encode_all(bytes, 1).expect("memory can be compressed"));
}

/// Request and answer of an input, with the path in front or a given one.
pub fn exchange<'i>(path: &'i str, input: &'i [u8]) -> Record<'i> {
    let (request, rest) = split(input);
    let (response, raw) = split(rest);
    Record {
        id: Some(1),
        ver: Some(2),
        timestamp: Some(1_774_856_151_000_000),
        duration_ms: Some(1500),
        login: "alice@example.com".into(),
        device: "n1CNTRL".into(),
        capture_id: "capture".into(),
        path: path.into(),
        status_code: Some(200),
        request_body: Cow::Borrowed(request),
        response_body: Cow::Borrowed(response),
        raw_response_body: (!raw.is_empty()).then_some(Cow::Borrowed(raw)),
        ..Record::default()
    }
}

/// The part in front of [`BETWEEN`] and what follows it.
pub fn split(input: &[u8]) -> (&[u8], &[u8]) {
    let at = input.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    at.map_or((input, &[]), |at| (&input[..at], &input[at + BETWEEN.len()..]))
}

/// The rows of records in turn.
pub fn rows(records: &[&Record<'_>], recognition: Recognition) -> Rows {
    let mut normaliser = Normaliser::new("export.cbor.zstd", Options { recognition, ..Options::default() });
    let mut rows = Rows::default();
    for record in records {
        normaliser.record(record, &mut rows);
    }
    normaliser.finish(&mut rows);
    rows
}

/// Reads a record, one that is cut, and the record again: what is recognised instead of parsed gives the rows that
/// parsing everything gives.
pub fn body(path: &str, input: &[u8]) {
    let whole = exchange(path, input);
    let mut cut = whole.clone();
    cut.id = Some(2);
    cut.capture_id = "capture-2".into();
    let half = cut.request_body.len() / 2;
    if let Cow::Borrowed(bytes) = cut.request_body {
        cut.request_body = Cow::Borrowed(&bytes[..half]);
    }
    let again = Record { id: Some(3), capture_id: "capture-3".into(), ..whole.clone() };
    let records = [&whole, &cut, &again];
    let parsed = rows(&records, Recognition::Off);
    let recognised = rows(&records, Recognition::Hash);
    assert_eq!(recognised.requests, parsed.requests);
    assert_eq!(recognised.messages, parsed.messages);
    assert_eq!(recognised.carries, parsed.carries);
    assert_eq!(recognised.tool_calls, parsed.tool_calls);
    assert_eq!(recognised.tool_results, parsed.tool_results);
    assert_eq!(recognised.tool_definitions, parsed.tool_definitions);
    assert_eq!(recognised.tool_offers, parsed.tool_offers);
}

/// Takes the facts of a text and of a call with these arguments.
pub fn facts(kind: &str, name: &str, arguments: &str, text: &str) {
    let record = exchange("/v1/messages", b"{}");
    let body = serde_json::json!({
        "messages": [
            {"role": "user", "content": text},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": name, "input": parsed(kind, arguments)}]},
        ]
    });
    let request = body.to_string();
    let record = Record { request_body: Cow::Borrowed(request.as_bytes()), ..record };
    let rows = rows(&[&record], Recognition::Hash);
    let mut facts = Facts::new(&READERS);
    let (mut commands, mut entities) = (Vec::new(), Vec::new());
    for message in &rows.messages {
        facts.message(message, &message.text, &mut entities);
    }
    for call in &rows.tool_calls {
        facts.call(call, Vec::new(), &mut commands, &mut entities);
    }
}

/// Arguments under a name, or as they are.
fn parsed(kind: &str, arguments: &str) -> serde_json::Value {
    match kind {
        "" => serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into()),
        kind => serde_json::json!({ kind: arguments }),
    }
}
