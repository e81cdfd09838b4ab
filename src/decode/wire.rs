//! The layout of records, version 2 and whatever resembles it: a map, with a `capture` map inside.
//!
//! Nothing is required. A field that is absent, null or of the wrong type stays empty; the wrong types and the keys
//! nobody knows are named in the record. Where both levels carry a fact, the top level counts.

use std::borrow::Cow;

use super::cbor::{self, Item, Items};
use super::{Limits, Record, Usage, time};

/// Keys at the top of a record.
pub(super) const TOP_KEYS: [&[u8]; 14] = [
    b"id",
    b"ver",
    b"timestamp",
    b"identity",
    b"model",
    b"api_type",
    b"usage",
    b"estimated_cost",
    b"duration_ms",
    b"capture_id",
    b"session_id",
    b"path",
    b"status_code",
    b"capture",
];

/// Those that only stand at the top of a record, never in a map inside it.
pub(super) const RECORD_KEYS: [&[u8]; 8] =
    [b"ver", b"timestamp", b"identity", b"api_type", b"duration_ms", b"capture_id", b"session_id", b"status_code"];

/// Unknown and mistyped keys kept per record.
const KEPT_KEYS: usize = 16;
/// Bytes kept of the name of an unknown key.
const KEPT_NAME: usize = 64;

/// Reads a complete item as a record; `Err` says why it is none.
pub(super) fn read<'a>(raw: &'a [u8], limits: &Limits) -> Result<Record<'a>, &'static str> {
    let Some(Item::Map(pairs)) = cbor::item(raw) else {
        return Err("the item is not a map");
    };
    let mut wire = Wire { record: Record::default(), capture: Record::default(), filled: 0, limits };
    wire.top(pairs);
    if wire.filled == 0 {
        return Err("the map holds no field of a record");
    }
    Ok(wire.merged())
}

/// The record id near the start of an item that need not be complete or valid further on.
pub(super) fn peek_id(raw: &[u8]) -> Option<i64> {
    let Item::Map(mut pairs) = cbor::item(raw)? else {
        return None;
    };
    while let Some((key, value)) = pairs.pair() {
        if cbor::text(key)?.as_ref() == b"id" {
            return integer(value);
        }
    }
    None
}

/// Whether a complete item is a map that can only be a record.
pub(super) fn is_record(raw: &[u8]) -> bool {
    let Some(Item::Map(mut pairs)) = cbor::item(raw) else {
        return false;
    };
    let (mut known, mut telling) = (0, 0);
    while let Some((key, _)) = pairs.pair() {
        let Some(key) = cbor::text(key) else {
            return false;
        };
        known += u32::from(TOP_KEYS.contains(&key.as_ref()));
        telling += u32::from(RECORD_KEYS.contains(&key.as_ref()));
    }
    known >= 3 && telling >= 1
}

/// Picks the field a text goes to.
type Slot<'a> = for<'r> fn(&'r mut Record<'a>) -> &'r mut Cow<'a, str>;

struct Wire<'a, 'l> {
    record: Record<'a>,
    /// What the capture says about facts that the top level carries too.
    capture: Record<'a>,
    /// Fields that had a value.
    filled: u32,
    limits: &'l Limits,
}

impl<'a> Wire<'a, '_> {
    fn top(&mut self, mut pairs: Items<'a>) {
        while let Some((raw_key, value)) = pairs.pair() {
            let Some(key) = cbor::text(raw_key) else {
                self.unknown("", b"(not text)");
                continue;
            };
            match key.as_ref() {
                b"id" => self.set("id", value, integer, |r, v| r.id = Some(v)),
                b"ver" => self.set("ver", value, integer, |r, v| r.ver = Some(v)),
                b"timestamp" => self.set("timestamp", value, instant, |r, v| r.timestamp = v),
                b"identity" => self.each("identity", value, Self::identity),
                b"model" => self.text("model", value, |r| &mut r.model),
                b"api_type" => self.text("api_type", value, |r| &mut r.api_type),
                b"usage" => self.each("usage", value, |w, key, value| w.usage(key, value, false)),
                b"estimated_cost" => self.each("estimated_cost", value, |w, key, value| w.cost(key, value, false)),
                b"duration_ms" => self.set("duration_ms", value, integer, |r, v| r.duration_ms = Some(v)),
                b"capture_id" => self.text("capture_id", value, |r| &mut r.capture_id),
                b"session_id" => self.text("session_id", value, |r| &mut r.session_id),
                b"path" => self.text("path", value, |r| &mut r.path),
                b"status_code" => self.set("status_code", value, integer, |r, v| r.status_code = Some(v)),
                b"capture" => self.each("capture", value, Self::capture),
                other => self.unknown("", other),
            }
        }
    }

    fn identity(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"login_name" => self.text("identity.login_name", value, |r| &mut r.login),
            b"stable_node_id" => self.text("identity.stable_node_id", value, |r| &mut r.device),
            b"tags" => self.tags("identity.tags", value, false),
            _ => {}
        }
    }

    fn capture(&mut self, key: &[u8], value: &'a [u8]) {
        match key {
            b"id" => self.capture_text("capture.id", value, |r| &mut r.capture_id),
            b"model" => self.capture_text("capture.model", value, |r| &mut r.model),
            b"startTime" => self.set("capture.startTime", value, instant, |r, v| r.start = v),
            b"loginName" => self.capture_text("capture.loginName", value, |r| &mut r.login),
            b"stableNodeId" => self.capture_text("capture.stableNodeId", value, |r| &mut r.device),
            b"tags" => self.tags("capture.tags", value, true),
            b"statusCode" => {
                if let Some(status) = self.typed("capture.statusCode", value, integer) {
                    self.capture.status_code = Some(status);
                }
            }
            b"path" => self.capture_text("capture.path", value, |r| &mut r.path),
            b"sessionId" => self.capture_text("capture.sessionId", value, |r| &mut r.session_id),
            b"estimated_cost" => {
                self.each("capture.estimated_cost", value, |w, key, value| w.cost(key, value, true));
            }
            b"toolUseData" => self.set("capture.toolUseData", value, array, |r, v| r.tool_use = v),
            b"requestHeaders" => {
                let headers = self.headers("capture.requestHeaders", value);
                self.record.request_headers = headers;
            }
            b"responseHeaders" => {
                let headers = self.headers("capture.responseHeaders", value);
                self.record.response_headers = headers;
            }
            b"requestBody" => self.set("capture.requestBody", value, body, |r, v| r.request_body = v),
            b"responseBody" => self.set("capture.responseBody", value, body, |r, v| r.response_body = v),
            b"rawRequestBody" => self.set("capture.rawRequestBody", value, body, |r, v| r.raw_request_body = Some(v)),
            b"rawResponseBody" => {
                self.set("capture.rawResponseBody", value, body, |r, v| r.raw_response_body = Some(v))
            }
            other => self.unknown("capture.", other),
        }
    }

    /// One entry of a cost map, of the capture or the top level.
    fn cost(&mut self, key: &[u8], value: &'a [u8], in_capture: bool) {
        match key {
            b"dollars" => {
                if let Some(dollars) = self.typed("estimated_cost.dollars", value, float) {
                    self.place(in_capture).cost_usd = Some(dollars);
                }
            }
            b"cost_basis" if in_capture => self.capture_text("estimated_cost.cost_basis", value, |r| &mut r.cost_basis),
            b"cost_basis" => self.text("estimated_cost.cost_basis", value, |r| &mut r.cost_basis),
            b"usage" => self.each("estimated_cost.usage", value, |w, key, value| w.usage(key, value, true)),
            _ => {}
        }
    }

    /// One entry of a usage map; those inside a cost map only count where the record has none of its own.
    fn usage(&mut self, key: &[u8], value: &'a [u8], inside: bool) {
        let slot: fn(&mut Usage) -> &mut Option<i64> = match key {
            b"input_tokens" => |u| &mut u.input,
            b"output_tokens" => |u| &mut u.output,
            b"cached_tokens" => |u| &mut u.cached,
            b"cache_creation_input_tokens" => |u| &mut u.cache_creation,
            b"reasoning_tokens" => |u| &mut u.reasoning,
            b"web_search_count" => |u| &mut u.web_searches,
            _ => return,
        };
        if let Some(count) = self.typed("usage", value, integer) {
            *slot(&mut self.place(inside).usage) = Some(count);
        }
    }

    fn place(&mut self, in_capture: bool) -> &mut Record<'a> {
        if in_capture { &mut self.capture } else { &mut self.record }
    }

    /// Hands every entry of a map with a text key to `entry`; null is an empty map.
    fn each(&mut self, name: &'static str, value: &'a [u8], entry: impl Fn(&mut Self, &[u8], &'a [u8])) {
        match cbor::item(value) {
            Some(Item::Map(mut pairs)) => {
                while let Some((key, value)) = pairs.pair() {
                    match cbor::text(key) {
                        Some(key) => entry(self, &key, value),
                        None => self.mistyped(name),
                    }
                }
            }
            Some(Item::Null) => {}
            _ => self.mistyped(name),
        }
    }

    fn tags(&mut self, name: &'static str, value: &'a [u8], in_capture: bool) {
        let Some(Item::Array(mut items)) = cbor::item(value) else {
            return self.unless_null(name, value);
        };
        let mut tags = Vec::new();
        for raw in items.clone().take(self.limits.max_list) {
            match cbor::text(raw) {
                Some(tag) => tags.push(self.cut(name, tag)),
                None => self.mistyped(name),
            }
        }
        if items.nth(self.limits.max_list).is_some() {
            self.mistyped(name);
        }
        self.filled += u32::from(!tags.is_empty());
        self.place(in_capture).tags = tags;
    }

    /// Headers as name to text or name to list of texts.
    fn headers(&mut self, name: &'static str, value: &'a [u8]) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let mut headers = Vec::new();
        let mut room = self.limits.max_text_bytes;
        let Some(Item::Map(mut pairs)) = cbor::item(value) else {
            self.unless_null(name, value);
            return headers;
        };
        while let Some((key, value)) = pairs.pair() {
            let Some(header) = cbor::text(key).filter(|header| header.len() <= room) else {
                self.mistyped(name);
                continue;
            };
            let header = lossy(header);
            let values = match cbor::item(value) {
                Some(Item::Text(text) | Item::Bytes(text)) => vec![text],
                Some(Item::Array(items)) => items.take(self.limits.max_list).filter_map(cbor::text).collect(),
                _ => {
                    self.unless_null(name, value);
                    continue;
                }
            };
            for value in values {
                let size = header.len() + value.len();
                if size > room || headers.len() == self.limits.max_list {
                    self.mistyped(name);
                    continue;
                }
                room -= size;
                headers.push((header.clone(), lossy(value)));
            }
        }
        self.filled += u32::from(!headers.is_empty());
        headers
    }

    fn text(&mut self, name: &'static str, value: &'a [u8], slot: Slot<'a>) {
        if let Some(text) = self.typed(name, value, cbor::text) {
            *slot(&mut self.record) = self.cut(name, text);
        }
    }

    fn capture_text(&mut self, name: &'static str, value: &'a [u8], slot: Slot<'a>) {
        if let Some(text) = self.typed(name, value, cbor::text) {
            *slot(&mut self.capture) = self.cut(name, text);
        }
    }

    fn set<T>(
        &mut self,
        name: &'static str,
        value: &'a [u8],
        parse: fn(&'a [u8]) -> Option<T>,
        put: fn(&mut Record<'a>, T),
    ) {
        if let Some(value) = self.typed(name, value, parse) {
            put(&mut self.record, value);
        }
    }

    /// A value of the expected type; null is no value, another type is noted.
    fn typed<T>(&mut self, name: &'static str, value: &'a [u8], parse: fn(&'a [u8]) -> Option<T>) -> Option<T> {
        let parsed = parse(value);
        match parsed {
            Some(_) => self.filled += 1,
            None => self.unless_null(name, value),
        }
        parsed
    }

    /// Text, cut to the allowed length.
    fn cut(&mut self, name: &'static str, text: Cow<'a, [u8]>) -> Cow<'a, str> {
        let max = self.limits.max_text_bytes;
        if text.len() <= max {
            return lossy(text);
        }
        self.mistyped(name);
        match text {
            Cow::Borrowed(text) => lossy(Cow::Borrowed(&text[..max])),
            Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text[..max]).into_owned()),
        }
    }

    fn unless_null(&mut self, name: &'static str, value: &[u8]) {
        if !matches!(cbor::item(value), Some(Item::Null)) {
            self.mistyped(name);
        }
    }

    fn mistyped(&mut self, name: &'static str) {
        let keys = &mut self.record.mistyped_keys;
        if keys.len() < KEPT_KEYS && !keys.iter().any(|key| key == name) {
            keys.push(Cow::Borrowed(name));
        }
    }

    fn unknown(&mut self, prefix: &str, key: &[u8]) {
        if self.record.unknown_keys.len() < KEPT_KEYS {
            let name = String::from_utf8_lossy(&key[..key.len().min(KEPT_NAME)]);
            self.record.unknown_keys.push(Cow::Owned(format!("{prefix}{name}")));
        }
    }

    /// The record, with gaps filled from the capture.
    fn merged(self) -> Record<'a> {
        let Self { mut record, capture, .. } = self;
        for (slot, other) in [
            (&mut record.login, capture.login),
            (&mut record.device, capture.device),
            (&mut record.model, capture.model),
            (&mut record.cost_basis, capture.cost_basis),
            (&mut record.capture_id, capture.capture_id),
            (&mut record.session_id, capture.session_id),
            (&mut record.path, capture.path),
        ] {
            if slot.is_empty() {
                *slot = other;
            }
        }
        if record.tags.is_empty() {
            record.tags = capture.tags;
        }
        if record.usage == Usage::default() {
            record.usage = capture.usage;
        }
        record.status_code = record.status_code.or(capture.status_code);
        record.cost_usd = record.cost_usd.or(capture.cost_usd);
        record
    }
}

fn lossy(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => String::from_utf8_lossy(text),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    }
}

/// A whole number; floats count when they are whole.
fn integer(raw: &[u8]) -> Option<i64> {
    match cbor::item(raw)? {
        Item::Integer(value) => i64::try_from(value).ok(),
        // Whole numbers up to 2^53 are exact in both types.
        Item::Float(value) if value.fract() == 0.0 && value.abs() <= 9e15 => Some(value as i64),
        _ => None,
    }
}

fn float(raw: &[u8]) -> Option<f64> {
    match cbor::item(raw)? {
        Item::Integer(value) => Some(value as f64),
        Item::Float(value) if value.is_finite() => Some(value),
        _ => None,
    }
}

/// A time in any form. The year 1 and the count zero are how an unset time is written; they are valid and no time. What
/// lies after [`time::LATEST`] is none that a gateway has met.
fn instant(raw: &[u8]) -> Option<Option<i64>> {
    let read = match cbor::item(raw)? {
        Item::Text(text) if text.is_empty() || text.starts_with(b"0001-01-01T") => Some(None),
        Item::Text(text) => time::parse(&text).map(Some),
        Item::Integer(0) => Some(None),
        Item::Integer(value) => time::from_integer(value).map(Some),
        Item::Float(value) => time::from_float(value).map(Some),
        _ => None,
    }?;
    read.is_none_or(|micros| (time::EARLIEST..=time::LATEST).contains(&micros)).then_some(read)
}

fn body(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    match cbor::item(raw)? {
        Item::Text(body) | Item::Bytes(body) => Some(body),
        _ => None,
    }
}

/// An array as raw bytes, without tags in front; empty when it has no elements.
fn array(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    match cbor::item(raw)? {
        Item::Array(items) if items.is_empty() => Some(Cow::Borrowed(&[])),
        Item::Array(_) => Some(Cow::Borrowed(raw)),
        _ => None,
    }
}
