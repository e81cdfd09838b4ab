//! Records to rows: one [`Record`] in, the facts it adds out.
//!
//! A request repeats its whole conversation, so nearly all of it was seen before. [`elements`] steps over what is
//! known without parsing it; [`provider`] turns what is new into provider-neutral [`content`]; [`conversation`] names what
//! it belongs to and [`carried`] decides what is new to that; `emit` makes the rows. Everything is decided from the record and its export alone,
//! and every id is derived from content, so exports can be converted in any order, alone or together.

pub mod carried;
pub mod content;
pub mod conversation;
pub mod credentials;
pub mod elements;
pub mod emit;
pub mod facts;
mod history;
pub mod identity;
pub mod offered;
pub mod principal;
pub mod provider;
pub mod quiet;
pub mod request;
mod response;
mod row;
pub mod scan;
mod told;
pub mod tool;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::decode::Record;
use crate::outcome::{ExportStats, Problem};
use crate::tables::Rows;

use carried::{Appearance, Conversations};
use content::{Block, Kind, Message, Role, digest};
use conversation::{Identity, identify};
use credentials::Credential;
use elements::Elements;
use emit::Emit;
use history::{Histories, Joined, Named};
use identity::Client;
use offered::{Offered, ToolsetIndex};
use principal::{Interner, Seen};
use provider::{Answer, PROVIDERS};
use request::{Place, Request, Walk, parse_element, top_level_keys};

/// How to normalise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How repeated history is recognised. Has no influence on rows.
    pub recognition: Recognition,
    /// Distinct messages that may come before those that are no longer repeated are let go; about 400 bytes each. Should
    /// one be repeated after all, its rows appear twice under the same id, which reading the lake folds together.
    pub remembered: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { recognition: Recognition::default(), remembered: 32_768 }
    }
}

/// How content that was seen before is recognised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Recognition {
    /// By length, last bytes and a seeded 128-bit hash.
    #[default]
    Hash,
    /// By its bytes. Needs memory for all distinct content.
    Bytes,
    /// Not at all: everything is parsed anew. The yardstick for the other two, in results and in speed.
    Off,
}

/// Turns the records of one export into rows.
pub struct Normaliser {
    export_key: Arc<str>,
    options: Options,
    seed: u64,
    elements: Vec<Elements>,
    conversations: Conversations,
    histories: Histories,
    offered: Offered,
    shared: Interner,
    serial: u64,
    /// What was read and what was not, so far.
    pub stats: ExportStats,
    /// What the body of the last record holds for servers that the provider calls. Reaches no table.
    pub credentials: Vec<Credential>,
}

/// What could be read of one record's bodies.
#[derive(Default)]
struct Reading<'a> {
    /// Index into [`PROVIDERS`].
    format: Option<usize>,
    request: Option<Request<'a>>,
    answer: Option<Answer>,
    /// The history that the request stands for without repeating it.
    history: Option<Named>,
    /// The path is known to carry no conversation.
    is_other: bool,
    /// Why something of the bodies is missing from the rows.
    problem: Option<&'static str>,
}

/// What one record added and repeated.
#[derive(Default)]
struct Counts {
    new: i64,
    echoed: i64,
    tools: i64,
    unknown: i64,
}

impl Normaliser {
    /// A normaliser for the records of one export.
    #[must_use]
    pub fn new(export_key: &str, options: Options) -> Self {
        // Only the recognition of history uses the seed; it has no influence on rows.
        let seed = RandomState::new().hash_one(0_u8);
        Self {
            export_key: export_key.into(),
            options,
            seed,
            elements: PROVIDERS.iter().map(|_| Elements::new(seed, options.recognition, options.remembered)).collect(),
            conversations: Conversations::new(options.remembered),
            histories: Histories::default(),
            offered: Offered::new(seed, options.recognition),
            shared: Interner::default(),
            serial: 0,
            stats: ExportStats::default(),
            credentials: Vec::new(),
        }
    }

    /// Adds the rows of one record.
    pub fn record(&mut self, record: &Record<'_>, rows: &mut Rows) {
        self.serial += 1;
        let mut seen = principal::seen(record, &self.export_key, &mut self.shared);
        self.stats.records += 1;
        self.stats.saw(record.id, seen.time.0, seen.time_end.0);
        self.note_oddities(record);

        let reading = self.read(record, &seen, rows);
        let client = identity::client(record, reading.request.as_ref().map_or(&[], |r| &r.fields[..]));
        let joined = self.join(record, &seen, &reading);
        let toolsets = reading.request.iter().flat_map(|request| &request.toolsets);
        self.credentials = toolsets.flat_map(|&toolset| self.offered.credentials(toolset)).cloned().collect();
        seen.conversation_id = hex::encode(joined.identity.conversation).into();
        seen.session_id = session_id(record, &seen, &client, reading.request.is_some());
        let grade = response::grade(record, &reading);
        self.stats.grade(grade);
        self.note_unread(record, &reading);

        let mut row = row::request(record, &seen, &client, &reading, grade, &mut self.shared);
        let counts = self.contents(&seen, &joined, &row.request_id, reading, rows);
        row.root_id = hex::encode(joined.identity.root).into();
        row.messages_new = counts.new;
        row.messages_echoed = counts.echoed;
        row.tools_offered = counts.tools;
        row.unknown_blocks = counts.unknown;
        rows.requests.push(row);
        self.conversations.settle(self.serial, &self.export_key, rows);
        self.elements.iter_mut().for_each(|elements| elements.settle(self.serial));
        let is_full = self.conversations.is_full() || self.offered.is_full() || self.histories.is_full();
        if is_full || self.elements.iter().any(Elements::is_full) {
            self.finish(rows);
        }
    }

    /// Emits the counts that are only known at the end, and forgets all that was seen.
    ///
    /// Also done in between when an export holds more distinct content than is reasonable to remember: rows of a
    /// message may then appear twice under the same id, which reading the lake folds together.
    pub fn finish(&mut self, rows: &mut Rows) {
        let export_key = self.export_key.clone();
        self.conversations.finish(&export_key, rows);
        self.offered.finish(&export_key, rows);
        self.histories = Histories::default();
        for elements in &mut self.elements {
            *elements = Elements::new(self.seed, self.options.recognition, self.options.remembered);
        }
    }

    /// Reads the bodies with the format that path or shape tell.
    fn read<'a>(&mut self, record: &'a Record<'_>, seen: &Seen, rows: &mut Rows) -> Reading<'a> {
        let body = response::request_body(record);
        let path = row::path_of(&record.path);
        let by_path = provider::by_path(path);
        let is_other = by_path.is_none() && provider::is_other(path);
        if body.is_empty() || is_other {
            let answer = response::tool_use(record);
            return Reading { answer, is_other, ..Reading::default() };
        }
        let Some(format) = by_path
            .or_else(|| provider::by_shape(&top_level_keys(body).iter().map(AsRef::as_ref).collect::<Vec<&str>>()))
        else {
            return Reading { problem: Some("no known wire format"), ..Reading::default() };
        };
        let mut walk =
            Walk { provider: format, elements: &mut self.elements[format], offered: &mut self.offered, seen, rows };
        match walk.read(body) {
            Ok(request) => {
                let answer = response::answer(PROVIDERS[format], record);
                let unread = !response::response_body(record).is_empty() && answer.is_none();
                let problem = request.cut.or(unread.then_some("the response was not understood"));
                let history = history::named(PROVIDERS[format].history_keys(), &request.fields, seen);
                Reading { format: Some(format), request: Some(request), answer, history, is_other, problem }
            }
            Err(problem) => Reading { format: Some(format), problem: Some(problem), ..Reading::default() },
        }
    }

    /// Finds the conversation that the record belongs to; a record without messages is one of its own.
    fn join(&mut self, record: &Record<'_>, seen: &Seen, reading: &Reading<'_>) -> Joined {
        if let Some(history) = &reading.history {
            return self.histories.join(history, &record.capture_id);
        }
        let found = reading.format.and_then(|format| {
            let elements = &self.elements[format];
            let items = reading.request.iter().flat_map(|r| &r.items).map(|item| {
                let content = elements.content(item.content);
                (content.role, content.root_key)
            });
            // An answer that was cut short is not what the client will repeat.
            let answer = reading.answer.iter().filter(|a| a.complete).flat_map(|a| &a.messages);
            let answer = answer.map(|m| (m.role, m.root_key()));
            identify(&seen.login, &seen.device, PROVIDERS[format].splits_answers(), items.chain(answer))
        });
        let identity = found.unwrap_or_else(|| {
            let alone = digest(&[
                b"record",
                seen.login.as_bytes(),
                seen.device.as_bytes(),
                record.capture_id.as_bytes(),
                &record.id.unwrap_or_default().to_le_bytes(),
                &seen.time.0.to_le_bytes(),
            ]);
            Identity { conversation: alone, root: alone }
        });
        Joined { identity, before: 0, salt: 0 }
    }

    /// Every toolset that a reading shows to the model: in the body, inside messages, in the answer.
    fn toolsets(&mut self, seen: &Seen, reading: &mut Reading<'_>, rows: &mut Rows) -> Vec<ToolsetIndex> {
        let Some((format, request)) = reading.format.zip(reading.request.as_mut()) else { return Vec::new() };
        let mut toolsets = std::mem::take(&mut request.toolsets);
        let elements = &self.elements[format];
        if elements.has_toolsets() {
            toolsets.extend(request.items.iter().filter_map(|item| elements.content(item.content).toolset));
        }
        let shown = reading.answer.as_mut().map(|a| std::mem::take(&mut a.tools)).filter(|tools| !tools.is_empty());
        toolsets.extend(shown.map(|tools| self.offered.add(tools, seen, rows)));
        toolsets
    }

    /// Emits the rows of everything that is new to the conversation.
    fn contents(
        &mut self,
        seen: &Seen,
        joined: &Joined,
        request_id: &str,
        mut reading: Reading<'_>,
        rows: &mut Rows,
    ) -> Counts {
        let mut counts = Counts::default();
        let identity = &joined.identity;
        let toolsets = self.toolsets(seen, &mut reading, rows);
        let Request { items, .. } = reading.request.unwrap_or_default();
        for &toolset in &toolsets {
            self.offered.count(toolset, seen);
            counts.tools += self.offered.len(toolset);
        }
        let offered = &self.offered;
        let peers = |server: Option<&str>| toolsets.iter().map(|&t| offered.peers(t, server)).sum::<i64>();
        let mut emit = Emit {
            seen,
            conversation: &identity.conversation,
            request_id,
            element_id: String::new(),
            position: joined.before,
            direction: "request",
            peers: &peers,
        };
        let format = reading.format.unwrap_or_default();
        let elements = &mut self.elements[format];
        let conversation = self.conversations.of(&identity.conversation, self.serial);
        let mut show = |content: u32,
                        salt: u32,
                        message: &mut dyn FnMut() -> Message,
                        emit: &mut Emit<'_>,
                        elements: &mut Elements| {
            // Also of one without rows: what is counted is still repeated.
            let nth = elements.occurrence(content, self.serial).wrapping_add(salt);
            if elements.content(content).empty {
                return;
            }
            let occurrence = (elements.content(content).id, nth);
            match conversation.carry(occurrence, seen.record_id, seen.time) {
                Appearance::Echo => {
                    counts.echoed += 1;
                    if emit.direction == "response" {
                        emit.element_id = conversation.element_id(&occurrence);
                        emit.calls_again(&message(), conversation, rows);
                    }
                }
                Appearance::New => {
                    counts.new += 1;
                    emit.element_id = conversation.element_id(&occurrence);
                    counts.unknown += emit.message(message(), conversation, rows);
                }
            }
            emit.position += 1;
        };
        for mut item in items {
            let mut parse =
                || item.parsed.take().unwrap_or_else(|| parse_element(PROVIDERS[format], item.place, item.raw));
            // Instructions are sent again even where the history is not.
            let salt = if item.place == Place::System { 0 } else { joined.salt };
            show(item.content, salt, &mut parse, &mut emit, elements);
        }
        emit.direction = "response";
        let answer = reading.answer.unwrap_or_default();
        for message in answer.messages.into_iter().chain(answer.error.map(error_message)) {
            let content = elements.intern(&message);
            let mut message = Some(message);
            let mut take = || message.take().unwrap_or(Message { role: Role::Assistant, blocks: Vec::new() });
            show(content, joined.salt, &mut take, &mut emit, elements);
        }
        let position = emit.position;
        if reading.format.is_some_and(|format| !PROVIDERS[format].history_keys().is_empty()) {
            self.histories.keep(seen, answer.id.as_deref(), reading.history.as_ref(), (identity, position));
        }
        counts
    }

    /// Counts what the record holds that this version does not know.
    fn note_oddities(&mut self, record: &Record<'_>) {
        if let Some(version) = record.ver.filter(|v| *v != 2) {
            self.stats.unknown(&format!("record version {version}"));
        }
        for key in &record.unknown_keys {
            self.stats.unknown(&format!("key {key}"));
        }
        for key in &record.mistyped_keys {
            self.stats.unknown(&format!("type of {key}"));
        }
    }

    /// Counts and locates what could not be read of the bodies.
    fn note_unread(&mut self, record: &Record<'_>, reading: &Reading<'_>) {
        let Some(reason) = reading.problem else { return };
        if reading.request.is_none() {
            let path = row::generic_path(row::path_of(&record.path));
            self.stats.not_understood(&format!("{path}: {reason}"));
        }
        self.stats.problem(Problem {
            kind: "not_understood".to_owned(),
            record_number: Some(record.number),
            record_id: record.id,
            offset: Some(record.offset),
            reason: reason.to_owned(),
        });
    }
}

/// The session of a record: the client's own id, scoped since clients choose it; else the gateway's where there is no
/// body to rebuild the conversation from; else the conversation.
///
/// The gateway's id adds nothing when there is a body: it repeats the client's id, or fingerprints the same messages,
/// or is random for each request.
fn session_id(record: &Record<'_>, seen: &Seen, client: &Client, has_body: bool) -> Arc<str> {
    let scoped = |id: &str| {
        hex::encode(digest(&[b"session", seen.login.as_bytes(), seen.device.as_bytes(), id.as_bytes()])).into()
    };
    match &client.session {
        Some((id, _)) => scoped(id),
        None if !has_body && !record.session_id.is_empty() => scoped(&record.session_id),
        None => seen.conversation_id.clone(),
    }
}

/// An error as a message, so that its text is kept where all text is.
fn error_message((_, text): (String, String)) -> Message {
    Message { role: Role::Assistant, blocks: vec![Block { kind: Kind::Error, text }] }
}

#[cfg(test)]
mod tests;
