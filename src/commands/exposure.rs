//! What the records of an export told models: rows of `secrets`, and texts without secrets where the lake keeps none.
//!
//! Messages, calls and definitions are looked at when they are new, so each text is read once. Headers and credentials in
//! bodies come with every request and are kept nowhere else; they are counted per session.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::hits::{Hit, Ledgerer};
use super::policy::Content;
use super::uses::{Place, Sender, call_place, definition_place, message_place, once_per_place, row};
use crate::decode::Record;
use crate::normalise::content::digest;
use crate::normalise::credentials::Credential;
use crate::normalise::facts::Facts;
use crate::secrets::Look;
use crate::tables::Rows;
use crate::tables::entities::Entity;
use crate::tables::messages::Message;
use crate::tables::requests::Request;
use crate::tables::secrets::SecretUse;
use crate::tables::tool_calls::ToolCall;
use crate::tables::tool_definitions::ToolDefinition;

/// Headers whose hits are remembered, and counted places, before both start over.
const MAX_KNOWN: usize = 50_000;
/// Texts without a secret that are remembered.
const MAX_CLEAN: usize = 200_000;
/// Longest header that is looked at, in bytes.
const MAX_HEADER: usize = 64 * 1024;

/// Finds what one export told models.
pub struct Exposure<'s> {
    ledgerer: &'s Ledgerer,
    content: &'s Content,
    /// How many rows of messages, calls and definitions were looked at.
    done: (usize, usize, usize),
    /// What a lake without secrets keeps of the texts that hold one.
    without: Without,
    /// Texts of messages in which nothing was found, by content: many conversations begin with the same.
    clean: BTreeSet<[u8; 16]>,
    /// What stands in headers and credentials that were seen.
    known: BTreeMap<[u8; 16], Arc<[Hit]>>,
    /// Headers and credentials with a secret, by occurrence.
    counted: BTreeMap<String, SecretUse>,
}

/// Rows of the secrets that one record shows.
struct Found<'f> {
    ledgerer: &'f Ledgerer,
    sender: Sender,
    rows: Vec<SecretUse>,
}

impl Found<'_> {
    fn add(&mut self, look: &Look<'_>, place: &Place<'_>) {
        let hits = self.ledgerer.hits_of(look);
        self.rows.extend(hits.into_iter().map(|hit| row(&self.sender, place, hit, self.ledgerer)));
    }
}

/// Texts without secrets, by row; descriptions and schemas of definitions apart.
#[derive(Default)]
struct Without {
    messages: BTreeMap<usize, String>,
    calls: BTreeMap<usize, String>,
    descriptions: BTreeMap<usize, String>,
    schemas: BTreeMap<usize, String>,
}

impl<'s> Exposure<'s> {
    /// For one export.
    #[must_use]
    pub fn new(ledgerer: &'s Ledgerer, content: &'s Content) -> Self {
        Self {
            ledgerer,
            content,
            done: (0, 0, 0),
            without: Without::default(),
            clean: BTreeSet::new(),
            known: BTreeMap::new(),
            counted: BTreeMap::new(),
        }
    }

    /// Looks at what a record added to the rows, and at what came beside its messages. Each text is searched once, for
    /// the ledger, for the lake and for `facts`.
    pub fn record(&mut self, record: &Record<'_>, credentials: &[Credential], facts: &mut Facts<'_>, rows: &mut Rows) {
        let Some(request) = rows.requests.last().cloned() else { return };
        let (messages, calls, definitions) = std::mem::take(&mut self.done);
        let mut found = Found { ledgerer: self.ledgerer, sender: Sender::from(&request), rows: Vec::new() };
        let looks = self.calls(&rows.tool_calls, calls, &mut found);
        for (at, message) in rows.messages.iter().enumerate().skip(messages) {
            if &*message.kind != "tool_call" {
                self.message(at, message, &mut found, facts, &mut rows.entities);
            } else if *self.content == Content::Redacted {
                let without = self.call_text(message, rows.tool_calls.iter().enumerate().skip(calls));
                self.without.messages.extend(without.map(|text| (at, text)));
            }
        }
        for (call, look) in rows.tool_calls.iter().skip(calls).zip(&looks) {
            facts.call(call, look.hidden(), &mut rows.commands, &mut rows.entities);
        }
        self.definitions(&rows.tool_definitions, definitions, &mut found);
        once_per_place(&mut found.rows);
        rows.secrets.append(&mut found.rows);
        self.done = (rows.messages.len(), rows.tool_calls.len(), rows.tool_definitions.len());
        self.beside(record, credentials, &request);
        if self.counted.len() >= MAX_KNOWN {
            self.finish(rows);
        }
    }

    /// Looks at the arguments of calls from a number on.
    fn calls<'r>(&mut self, calls: &'r [ToolCall], from: usize, found: &mut Found<'_>) -> Vec<Look<'r>>
    where
        's: 'r,
    {
        let ledgerer = self.ledgerer;
        let mut looks = Vec::new();
        for (at, call) in calls.iter().enumerate().skip(from) {
            let look = ledgerer.scanner.look(&call.arguments);
            found.add(&look, &call_place(call));
            self.without.calls.extend(self.redacted(&look).map(|text| (at, text)));
            looks.push(look);
        }
        looks
    }

    /// Looks at a message that is no call.
    fn message(
        &mut self,
        at: usize,
        message: &Message,
        found: &mut Found<'_>,
        facts: &mut Facts<'_>,
        entities: &mut Vec<Entity>,
    ) {
        // Its content was hashed when its row was made.
        let mut content = [0; 16];
        let is_named = hex::decode_to_slice(&message.content_id, &mut content).is_ok();
        if is_named && self.clean.contains(&content) {
            facts.message(message, &message.text, entities);
            return;
        }
        let look = self.ledgerer.scanner.look(&message.text);
        if is_named && look.is_clean() && self.clean.len() < MAX_CLEAN {
            self.clean.insert(content);
        }
        found.add(&look, &message_place(message));
        let without = look.redacted();
        facts.message(message, without.as_deref().unwrap_or(&message.text), entities);
        if *self.content == Content::Redacted {
            self.without.messages.extend(without.map(|text| (at, text)));
        }
    }

    /// Looks at what tools say of themselves, from a number on.
    fn definitions(&mut self, definitions: &[ToolDefinition], from: usize, found: &mut Found<'_>) {
        for (at, definition) in definitions.iter().enumerate().skip(from) {
            let place = definition_place(definition);
            let mut look = |text: &Option<String>| {
                let look = self.ledgerer.scanner.look(text.as_deref()?);
                found.add(&look, &place);
                self.redacted(&look).map(|text| (at, text))
            };
            let (description, schema) = (look(&definition.description), look(&definition.schema));
            self.without.descriptions.extend(description);
            self.without.schemas.extend(schema);
        }
    }

    /// The text without its secrets, if the lake keeps none.
    fn redacted(&self, look: &Look<'_>) -> Option<String> {
        if *self.content == Content::Redacted { look.redacted() } else { None }
    }

    /// What a lake without secrets keeps of a message that is a call. The call has its own row, which was looked at.
    fn call_text<'c>(
        &self,
        message: &Message,
        mut calls: impl Iterator<Item = (usize, &'c ToolCall)>,
    ) -> Option<String> {
        match calls.find(|(_, call)| call.arguments == message.text) {
            Some((at, _)) => self.without.calls.get(&at).cloned(),
            // A tool that calls another one: the row has the inner arguments.
            None => self.redacted(&self.ledgerer.scanner.look(&message.text)),
        }
    }

    /// Makes of the rows what the lake keeps, just before they leave memory.
    pub fn apply(&mut self, rows: &mut Rows) {
        self.done = (0, 0, 0);
        let without = std::mem::take(&mut self.without);
        if *self.content == Content::None {
            // Facts are pieces of the text.
            rows.commands.clear();
            rows.entities.clear();
            rows.messages.iter_mut().for_each(|message| message.text.clear());
            rows.tool_calls.iter_mut().for_each(|call| call.arguments.clear());
        }
        if *self.content != Content::None {
            // A name in a text can hold a secret (the user of an address), whatever the lake keeps of the text.
            for entity in &mut rows.entities {
                if let std::borrow::Cow::Owned(without) = self.ledgerer.scanner.redact(&entity.value) {
                    entity.value = without;
                }
            }
        }
        for (at, text) in without.messages {
            rows.messages[at].text = text;
        }
        for (at, text) in without.calls {
            rows.tool_calls[at].arguments = text;
        }
        // What a tool says of itself is no conversation; it stays unless it holds a secret.
        for (at, text) in without.descriptions {
            rows.tool_definitions[at].description = Some(text);
        }
        for (at, text) in without.schemas {
            rows.tool_definitions[at].schema = Some(text);
        }
    }

    /// Emits what was counted, and forgets it.
    pub fn finish(&mut self, rows: &mut Rows) {
        rows.secrets.extend(std::mem::take(&mut self.counted).into_values());
        self.known.clear();
    }

    /// Headers, the query of the path, and credentials that the body holds by design.
    fn beside(&mut self, record: &Record<'_>, credentials: &[Credential], request: &Request) {
        for (direction, headers) in [("request", &record.request_headers), ("response", &record.response_headers)] {
            for (name, value) in headers {
                let name = name.to_ascii_lowercase();
                self.count("header", &name, &format!("{name}: {value}"), direction, request);
            }
        }
        if let Some((_, query)) = record.path.split_once('?') {
            for pair in query.split('&') {
                let name = pair.split('=').next().unwrap_or_default();
                self.count("header", &format!("?{name}"), pair, "request", request);
            }
        }
        for Credential { path, value } in credentials {
            let name = path.rsplit('/').next().unwrap_or_default();
            // `authorization` is a token here, not a header with a scheme.
            let name = if name.eq_ignore_ascii_case("authorization") { "authorization_token" } else { name };
            self.count("mcp_credential", path, &format!("{name}: {value}"), "request", request);
        }
    }

    fn count(&mut self, surface: &'static str, path: &str, text: &str, direction: &'static str, request: &Request) {
        if text.len() > MAX_HEADER {
            return;
        }
        let name = digest(&[text.as_bytes()]);
        let hits = match self.known.get(&name) {
            Some(hits) => hits.clone(),
            None => {
                if self.known.len() >= MAX_KNOWN {
                    self.known.clear();
                }
                let hits: Arc<[Hit]> = self.ledgerer.hits(text).into();
                self.known.insert(name, hits.clone());
                hits
            }
        };
        if hits.is_empty() {
            return;
        }
        let path: String = path.chars().filter(|c| !c.is_control()).take(120).collect();
        let path = self.ledgerer.scanner.redact(&path).into_owned();
        let sender = Sender::from(request);
        for hit in hits.iter() {
            let time = if direction == "response" { request.time_end.unwrap_or(request.time) } else { request.time };
            let place = Place { surface, source_id: None, element_id: None, position: None, direction, time };
            let hit = Hit { path: Some(path.clone()), ..hit.clone() };
            let new = row(&sender, &place, hit, self.ledgerer);
            match self.counted.get_mut(&new.occurrence_id) {
                None => {
                    let new = SecretUse { requests: Some(1), last_time: Some(time), ..new };
                    self.counted.insert(new.occurrence_id.clone(), new);
                }
                Some(old) if (new.time, new.record_id) < (old.time, old.record_id) => {
                    let requests = old.requests.map(|count| count + 1);
                    *old = SecretUse { requests, last_time: old.last_time, ..new };
                }
                Some(old) if old.record_id == new.record_id && old.time == new.time => {}
                Some(old) => {
                    old.requests = old.requests.map(|count| count + 1);
                    old.last_time = old.last_time.max(Some(time));
                }
            }
        }
    }
}
