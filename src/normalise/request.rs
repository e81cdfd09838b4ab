//! Walks a request body: finds messages, system prompt, tools and identity fields, parsing only what was never seen.

use std::borrow::Cow;

use serde_json::Value;

use super::content::{Block, Kind, Message, Role};
use super::credentials::credentials;
pub use super::elements::Place;
use super::elements::{ContentIndex, Elements, START};
use super::identity::BODY_FIELDS;
use super::offered::{Offered, ToolsetIndex};
use super::principal::Seen;
use super::provider::{Definition, PROVIDERS, Provider};
use super::scan::{Member, Members, skip_space, value_count, value_end};
use crate::tables::Rows;

/// Elements of one body that are looked at; a body with more is marked and the rest left alone.
const MAX_ELEMENTS: usize = 50_000;

/// Values in one piece of JSON beyond which it is not parsed: a parsed tree would take gigabytes.
const MAX_VALUES: usize = 2_000_000;

/// Longest text kept of an element that cannot be parsed, in bytes.
const MAX_BROKEN_TEXT: usize = 4096;

/// One message of a request.
pub struct Item<'a> {
    /// Its content in the store of the format.
    pub content: ContentIndex,
    /// The bytes it came from.
    pub raw: &'a [u8],
    /// Which part of the body it stands in.
    pub place: Place,
    /// The parsed message, when it had to be parsed anyway.
    pub parsed: Option<Message>,
}

/// What a request body holds.
#[derive(Default)]
pub struct Request<'a> {
    /// System prompt first, then the messages.
    pub items: Vec<Item<'a>>,
    /// Tools offered, one toolset per key that defines tools.
    pub toolsets: Vec<ToolsetIndex>,
    /// Identity fields, raw.
    pub fields: Vec<(&'a str, &'a [u8])>,
    /// The model asked for, raw.
    pub model: Option<&'a [u8]>,
    /// Whether a message list was found.
    pub has_messages: bool,
    /// Why the end of the body is missing from the rows; `None` when everything was read.
    pub cut: Option<&'static str>,
}

/// Reads the text of one element as JSON, unless parsing it would take unreasonable memory.
pub fn parse_value(raw: &[u8]) -> Option<Value> {
    // A value takes at least two bytes, so short text needs no counting.
    if raw.len() > 2 * MAX_VALUES && value_count(raw) > MAX_VALUES {
        return None;
    }
    serde_json::from_slice(raw).ok()
}

/// Parses one message or system element.
pub fn parse_element(provider: &dyn Provider, place: Place, raw: &[u8]) -> Message {
    read_element(provider, place, raw).0
}

/// Parses one message or system element, and the tools that it shows to the model.
fn read_element(provider: &dyn Provider, place: Place, raw: &[u8]) -> (Message, Vec<Definition>) {
    match (parse_value(raw), place) {
        (Some(value), Place::Messages) => {
            let tools = provider.tools_in(&value);
            (provider.message(value), tools)
        }
        (Some(value), Place::System) => (provider.system(value), Vec::new()),
        (None, _) => {
            let text = String::from_utf8_lossy(&raw[..raw.len().min(MAX_BROKEN_TEXT)]).into_owned();
            let block = Block { kind: Kind::Other("not_json".to_owned()), text };
            (Message { role: Role::User, blocks: vec![block] }, Vec::new())
        }
    }
}

/// A key as its reader sees it: escapes must not hide what stands behind it.
fn decoded(key: &[u8]) -> Cow<'_, str> {
    let key = std::str::from_utf8(key).unwrap_or_default();
    if !key.contains('\\') {
        return Cow::Borrowed(key);
    }
    serde_json::from_str(&format!("\"{key}\"")).map_or(Cow::Borrowed(key), Cow::Owned)
}

/// Top-level keys of a body, at most 64; empty when it is no object.
pub fn top_level_keys(body: &[u8]) -> Vec<Cow<'_, str>> {
    let mut keys = Vec::new();
    let Some(mut members) = Members::new(body, 0) else { return keys };
    let mut ended = None;
    while let Member::At(key, at) = members.next_member(ended) {
        keys.push(decoded(key));
        ended = value_end(body, at);
        if ended.is_none() || keys.len() >= 64 {
            break;
        }
    }
    keys
}

/// The walk over one body.
pub struct Walk<'w> {
    /// Format of the body.
    pub provider: usize,
    /// Seen elements of the format.
    pub elements: &'w mut Elements,
    /// Offered tools of the export.
    pub offered: &'w mut Offered,
    /// Shared columns, for rows of new definitions.
    pub seen: &'w Seen,
    /// Where rows of new definitions go.
    pub rows: &'w mut Rows,
}

impl Walk<'_> {
    /// Reads the body. Fails with a short reason when it is no JSON object.
    pub fn read<'a>(&mut self, body: &'a [u8]) -> Result<Request<'a>, &'static str> {
        let provider = PROVIDERS[self.provider];
        let mut members = Members::new(body, 0).ok_or("the body is not a JSON object")?;
        let mut request = Request::default();
        // A request mostly has as many messages as the one before, and a few more.
        let mut messages = Vec::with_capacity(self.elements.usual_length());
        let mut ended = None;
        loop {
            let (key, at) = match members.next_member(ended) {
                Member::At(key, at) => (key, at),
                Member::End(_) => break,
                Member::Broken => {
                    request.cut = Some("the body ends early");
                    break;
                }
            };
            let key = &*decoded(key);
            // A key that stands twice is read twice: which of the two a provider takes is not known, and what the other
            // holds must not be hidden by it.
            ended = if key == provider.messages_key() {
                request.has_messages = true;
                self.list(body, at, Place::Messages, &mut messages, &mut request.cut)
            } else if provider.system_keys().contains(&key) {
                self.list(body, at, Place::System, &mut request.items, &mut request.cut)
            } else if provider.tools_keys().contains(&key) {
                self.tools(body, at, key, &mut request)
            } else {
                let end = value_end(body, at);
                let history = provider.history_keys();
                if let Some(end) = end {
                    let raw = &body[at..end];
                    if key == "model" {
                        request.model = Some(raw);
                    } else if let Some(name) = BODY_FIELDS.iter().chain(history).find(|f| **f == key) {
                        request.fields.push((name, raw));
                    }
                }
                end
            };
            if ended.is_none() {
                request.cut = request.cut.or(Some("the body ends early"));
                break;
            }
        }
        self.elements.note_length(messages.len());
        request.items.append(&mut messages);
        Ok(request)
    }

    /// Reads a list of elements, or a single element where a list may stand. Returns where it ended.
    fn list<'a>(
        &mut self,
        body: &'a [u8],
        at: usize,
        place: Place,
        items: &mut Vec<Item<'a>>,
        cut: &mut Option<&'static str>,
    ) -> Option<usize> {
        let mut before = START;
        if body.get(at) != Some(&b'[') {
            let (item, end) = self.element(body, at, before, place)?;
            if !body[at..].starts_with(b"null") {
                items.push(item);
            }
            return Some(end);
        }
        let mut pos = skip_space(body, at + 1);
        if body.get(pos) == Some(&b']') {
            return Some(pos + 1);
        }
        loop {
            if items.len() >= MAX_ELEMENTS {
                *cut = Some("too many messages in one request");
                return value_end(body, at);
            }
            let (item, end) = self.element(body, pos, before, place)?;
            before = item.content;
            items.push(item);
            pos = skip_space(body, end);
            match body.get(pos)? {
                b',' => pos = skip_space(body, pos + 1),
                b']' => return Some(pos + 1),
                _ => return None,
            }
        }
    }

    fn element<'a>(
        &mut self,
        body: &'a [u8],
        at: usize,
        before: ContentIndex,
        place: Place,
    ) -> Option<(Item<'a>, usize)> {
        if let Some(known) = self.elements.guess(body, at, before, place) {
            let item = Item { content: known.content, raw: &body[at..known.end], place, parsed: None };
            return Some((item, known.end));
        }
        let end = value_end(body, at)?;
        let raw = &body[at..end];
        let unseen = match self.elements.find(raw, before, place) {
            Ok(content) => return Some((Item { content, raw, place, parsed: None }, end)),
            Err(unseen) => unseen,
        };
        let (message, tools) = read_element(PROVIDERS[self.provider], place, raw);
        let content = self.elements.learn(unseen, raw, before, place, &message);
        if !tools.is_empty() {
            // The toolset is kept with the content, so every request that repeats the element offers it again.
            let toolset = self.offered.add(tools, self.seen, self.rows);
            self.elements.shows(content, toolset);
        }
        Some((Item { content, raw, place, parsed: Some(message) }, end))
    }

    fn tools(&mut self, body: &[u8], at: usize, key: &str, request: &mut Request<'_>) -> Option<usize> {
        let place = (self.provider, key);
        let (bytes, end) = match self.offered.guess(place, body, at) {
            Some((toolset, end)) => {
                request.toolsets.push(toolset);
                return Some(end);
            }
            None => {
                let end = value_end(body, at)?;
                (&body[at..end], end)
            }
        };
        let toolset = match self.offered.known(place, bytes) {
            Some(toolset) => toolset,
            None => {
                let value = parse_value(bytes);
                let held = value.as_ref().map(|value| credentials(key, value)).unwrap_or_default();
                let tools = value.map(|value| PROVIDERS[self.provider].tools(key, value));
                let toolset = self.offered.learn(place, bytes, tools.unwrap_or_default(), self.seen, self.rows);
                self.offered.hold(toolset, held);
                toolset
            }
        };
        request.toolsets.push(toolset);
        Some(end)
    }
}
