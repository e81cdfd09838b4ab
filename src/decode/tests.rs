//! Exports are written by hand here, byte by byte, so that every oddity of the encodings can be written too.

use std::io::{Read, Write};

use proptest::prelude::*;

use super::cbor::{self, Fault, Item, Step, Walker};
use super::*;

// A tiny CBOR writer.

fn head(major: u8, argument: u64) -> Vec<u8> {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..24 => vec![major | bytes[7]],
        24..=0xff => vec![major | 24, bytes[7]],
        0x100..=0xffff => [&[major | 25], &bytes[6..]].concat(),
        0x1_0000..=0xffff_ffff => [&[major | 26], &bytes[4..]].concat(),
        _ => [&[major | 27], &bytes[..]].concat(),
    }
}

fn int(value: i64) -> Vec<u8> {
    if value < 0 { head(1, (-1 - value) as u64) } else { head(0, value as u64) }
}

fn text(value: &str) -> Vec<u8> {
    [head(3, value.len() as u64), value.as_bytes().to_vec()].concat()
}

fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len() as u64), value.to_vec()].concat()
}

fn double(value: f64) -> Vec<u8> {
    [&[0xfb], &value.to_be_bytes()[..]].concat()
}

fn array(items: &[Vec<u8>]) -> Vec<u8> {
    [head(4, items.len() as u64), items.concat()].concat()
}

fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(5, pairs.len() as u64);
    for (key, value) in pairs {
        out.extend(text(key));
        out.extend(value);
    }
    out
}

fn open_map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = vec![0xbf];
    for (key, value) in pairs {
        out.extend(text(key));
        out.extend(value);
    }
    out.push(0xff);
    out
}

fn open_text(pieces: &[&str]) -> Vec<u8> {
    [vec![0x7f], pieces.iter().flat_map(|piece| text(piece)).collect(), vec![0xff]].concat()
}

fn open_array(items: &[Vec<u8>]) -> Vec<u8> {
    [vec![0x9f], items.concat(), vec![0xff]].concat()
}

const NULL: u8 = 0xf6;

// Exports.

fn capture(body: &str) -> Vec<u8> {
    map(&[
        ("id", text("cap")),
        ("startTime", text("2026-03-09T22:25:36Z")),
        ("requestHeaders", map(&[("User-Agent", array(&[text("agent/1")]))])),
        ("requestBody", text(body)),
        ("rawRequestBody", bytes(body.as_bytes())),
        ("toolUseData", array(&[])),
    ])
}

fn record(id: i64, body: &str) -> Vec<u8> {
    map(&[
        ("id", int(id)),
        ("ver", int(2)),
        ("timestamp", text("2026-03-09T22:25:37.430509634Z")),
        ("identity", map(&[("login_name", text("a@example.com")), ("stable_node_id", text("n1"))])),
        ("model", text("anthropic/claude")),
        ("session_id", text("s")),
        ("status_code", int(200)),
        ("capture", capture(body)),
    ])
}

fn frame(content: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Bytes that do not compress, so that frames have many blocks and damage hits content.
fn noise(length: usize, mut seed: u64) -> String {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + (seed >> 33) as u8 % 90)
    };
    (0..length).map(|_| next()).collect()
}

#[derive(Debug, Default, PartialEq)]
struct Seen {
    ids: Vec<Option<i64>>,
    numbers: Vec<u64>,
    errors: Vec<RecordError>,
}

impl Seen {
    fn ids(&self) -> Vec<i64> {
        self.ids.iter().map(|id| id.unwrap_or(-1)).collect()
    }

    /// The only error.
    fn error(&self) -> &RecordError {
        assert_eq!(self.errors.len(), 1, "{:?}", self.errors);
        &self.errors[0]
    }
}

fn decode_with(reader: impl Read, limits: Limits) -> Seen {
    let mut decoder = Decoder::new(reader, limits);
    let mut seen = Seen::default();
    while let Some(result) = decoder.next() {
        match result {
            Ok(record) => {
                seen.ids.push(record.id);
                seen.numbers.push(record.number);
            }
            Err(error) => seen.errors.push(error),
        }
    }
    if seen.errors.last().is_some_and(|error| error.fatal) {
        assert!(decoder.next().is_none(), "something follows a fatal error");
    }
    assert!(seen.errors.iter().rev().skip(1).all(|error| !error.fatal), "{:?}", seen.errors);
    seen
}

fn decode(export: &[u8]) -> Seen {
    decode_with(export, Limits::default())
}

/// Decodes uncompressed records.
fn decode_records(records: &[Vec<u8>]) -> Seen {
    decode(&frame(&records.concat()))
}

/// Reads one record and hands it to `check`.
fn with_record(raw: &[u8], check: impl FnOnce(Record<'_>)) {
    let export = frame(raw);
    let mut decoder = Decoder::new(&export[..], Limits::default());
    check(decoder.next().unwrap().unwrap());
    assert!(decoder.next().is_none());
}

/// Gives out a few bytes at a time.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

mod container;
mod damage;
mod fields;
mod values;
