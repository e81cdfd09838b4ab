//! Facts: what shell calls run, and what content and calls name.
//!
//! Works on rows that are about to be stored, before any content policy, and adds rows of `commands` and `entities`.
//! Only says what is there; whether it is bad is decided in SQL. Everything taken from a text is bounded, and secrets
//! are replaced before a value becomes a row.

mod arguments;
mod hidden;
mod hosts;
mod numbers;
mod packages;
mod patches;
mod paths;
mod relation_rows;
mod relations;
mod shell;
mod shell_grammar;
mod shell_literal;
mod shell_programs;
mod shell_words;
mod text;
mod things;
mod tool_words;
mod unicode;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::secrets::Scanner;
use crate::tables::commands::Command;
use crate::tables::entities::Entity;
use crate::tables::messages::Message;
use crate::tables::tool_calls::ToolCall;

use arguments::{Leaf, ScriptNames, leaves};
use hidden::Hidden;
use relations::Relations;
use shell::{Commands, Found};
use shell_programs::Programs;
use text::TextReader;
use things::{MAX_VALUE, Things};
use tool_words::ToolWords;

/// Longest text of a command that is kept, in bytes.
const MAX_TEXT: usize = 1024;

/// Longest word of a command that is kept, in bytes.
const MAX_WORD: usize = 512;

/// The lists that facts are read with are broken; the tests prove that they are not.
#[derive(Debug, thiserror::Error)]
#[error("queries/catalog: {0}")]
pub struct ListError(#[from] toml::de::Error);

/// Lengths of argument values that are kept, in bytes.
const ARGUMENT_BYTES: std::ops::RangeInclusive<usize> = 3..=256;

/// Conversations whose working folder is remembered.
const MAX_FOLDERS: usize = 20_000;

/// What reading takes, made once and shared.
pub struct Readers {
    scanner: Scanner,
    programs: Programs,
    scripts: ScriptNames,
    relations: Relations,
    text: TextReader,
}

impl Readers {
    /// With the built-in lists. `scanner` keeps secrets out of the facts.
    ///
    /// # Errors
    /// When an embedded list is broken.
    pub fn new(scanner: Scanner) -> Result<Self, ListError> {
        Ok(Self {
            scanner,
            programs: Programs::builtin()?,
            scripts: ScriptNames::builtin()?,
            relations: Relations::builtin()?,
            text: TextReader::builtin()?,
        })
    }
}

/// Takes facts from the rows of one export.
pub struct Facts<'r> {
    readers: &'r Readers,
    /// Folder that work happens in, by conversation.
    folders: BTreeMap<Arc<str>, String>,
    /// Things that were over the limit of their source.
    pub left_out: u64,
}

impl<'r> Facts<'r> {
    /// For one export.
    #[must_use]
    pub fn new(readers: &'r Readers) -> Self {
        Self { readers, folders: BTreeMap::new(), left_out: 0 }
    }

    /// Adds what a message names. `text` is its text without secrets: a part of one, such as a line of a private key,
    /// no longer looks like a path there. Messages must come in order, each before the calls that stand with it.
    pub fn message(&mut self, message: &Message, text: &str, entities: &mut Vec<Entity>) {
        // The arguments of a call are told with the call.
        if message.kind.as_ref() == "tool_call" || message.text.is_empty() {
            return;
        }
        if matches!(message.role, "system" | "user")
            && self.folders.len() < MAX_FOLDERS
            && let Some(folder) = paths::working_directory(&message.text)
        {
            self.folders.insert(message.conversation_id.clone(), folder);
        }
        let Readers { programs, text: reader, .. } = self.readers;
        let base = self.folders.get(&message.conversation_id).map(String::as_str);
        let mut things = Things::of_text();
        reader.read(text, base, programs, &mut things);
        self.left_out += things.left_out;
        let direction = if message.role == "assistant" { "out" } else { "in" };
        entities.extend(things.list.into_iter().map(|thing| Entity {
            source_id: message.message_id.clone(),
            source: "message",
            kind: thing.kind,
            value: cut(&thing.value, MAX_VALUE).to_owned(),
            domain: thing.domain,
            role: message.role,
            direction,
            place: thing.place,
            name: thing.name,
            relation: thing.relation,
            ecosystem: thing.ecosystem,
            export_key: message.export_key.clone(),
            record_id: message.record_id,
            time: message.time,
            login: message.login.clone(),
            device: message.device.clone(),
            session_id: message.session_id.clone(),
            conversation_id: message.conversation_id.clone(),
            position: message.position,
            part: message.part,
        }));
    }

    /// Adds what a call runs and names. `spans` is where its arguments hold what must not be shown, with what stands for
    /// it.
    pub fn call(
        &mut self,
        call: &ToolCall,
        spans: Vec<(Range<usize>, String)>,
        commands: &mut Vec<Command>,
        entities: &mut Vec<Entity>,
    ) {
        let Ok(arguments) = serde_json::from_str::<Value>(&call.arguments) else { return };
        let Readers { scanner, programs, scripts, .. } = self.readers;
        let hidden = Hidden::in_json(scanner, &call.arguments, spans);
        let tool = ToolWords::of(call);
        let scripts = scripts.read(&tool, &arguments, programs);
        let mut before = 0;
        for script in &scripts {
            commands.extend(script.found.iter().map(|found| row(call, found, script.parsed, before, &hidden)));
            before += i64::try_from(script.found.len()).unwrap_or(i64::MAX);
        }
        let things = self.things_of_call(call, &tool, &leaves(&arguments), &scripts);
        self.left_out += things.left_out;
        entities.extend(things.list.into_iter().map(|thing| Entity {
            source_id: call.call_uid.clone(),
            source: "call",
            kind: thing.kind,
            value: shown(thing.kind, thing.value, &hidden),
            domain: thing.domain.map(|domain| hidden.without_known(domain)),
            role: "assistant",
            direction: "out",
            place: thing.place,
            name: thing.name.map(|name| hidden.clean(&name, 256).into()),
            relation: thing.relation,
            ecosystem: thing.ecosystem,
            export_key: call.export_key.clone(),
            record_id: call.record_id,
            time: call.time,
            login: call.login.clone(),
            device: call.device.clone(),
            session_id: call.session_id.clone(),
            conversation_id: call.conversation_id.clone(),
            position: call.position,
            part: call.part,
        }));
    }

    fn things_of_call(&self, call: &ToolCall, tool: &ToolWords, leaves: &[Leaf<'_>], scripts: &[Commands]) -> Things {
        let Readers { programs, relations, text, .. } = self.readers;
        let base = self.folders.get(&call.conversation_id).map(String::as_str);
        let mut things = Things::default();
        for found in scripts.iter().flat_map(|script| &script.found) {
            relations.command(found, base, text, programs, &mut things);
        }
        for leaf in leaves {
            if ARGUMENT_BYTES.contains(&leaf.text.len()) {
                things.at("argument", Some(leaf.name.as_str().into()), "mention");
                things.add("argument", leaf.text);
            }
            relations.parameter(tool, leaf, base, text, programs, &mut things);
        }
        things
    }
}

/// At most `bytes` of a text.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// A value as it is stored. Forms that prove themselves are no secrets, but a part of some can be one.
fn shown(kind: &str, value: String, hidden: &Hidden<'_>) -> String {
    match kind {
        "iban" | "wallet" | "hash" | "ip" => value,
        "host" | "package" | "repository" => hidden.without_known(value),
        _ => hidden.clean(&value, MAX_VALUE),
    }
}

/// `before` is the number of commands in earlier scripts of the call.
fn row(call: &ToolCall, found: &Found, parsed: bool, before: i64, hidden: &Hidden<'_>) -> Command {
    Command {
        call_uid: call.call_uid.clone(),
        export_key: call.export_key.clone(),
        record_id: call.record_id,
        time: call.time,
        login: call.login.clone(),
        device: call.device.clone(),
        session_id: call.session_id.clone(),
        conversation_id: call.conversation_id.clone(),
        position: call.position,
        part: call.part,
        raw_name: call.raw_name.clone(),
        nth: found.nth + before,
        depth: found.depth,
        dialect: found.dialect,
        context: found.context,
        wrapper: (!found.wrappers.is_empty()).then(|| found.wrappers.join(" ")),
        program: hidden.clean(&found.program, 128),
        subcommand: found.subcommand.as_deref().map(|word| hidden.clean(word, 64)),
        flags: hidden.clean_all(&found.flags, MAX_WORD),
        arguments: hidden.clean_all(&found.arguments, MAX_WORD),
        reads: hidden.clean_all(&found.reads, MAX_WORD),
        writes: hidden.clean_all(&found.writes, MAX_WORD),
        pipe_from: found.pipe_from.map(|nth| nth + before),
        pipe_to: found.pipe_to.map(|nth| nth + before),
        operator: found.operator,
        environment: hidden.clean_all(&found.environment, 128),
        text: hidden.clean(&found.text, MAX_TEXT),
        parsed,
    }
}
