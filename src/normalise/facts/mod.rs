//! Facts: what shell calls run, and what content and calls name.
//!
//! Works on rows that are about to be stored, before any content policy, and adds rows of `commands`. Only says what is
//! there; whether it is bad is decided in SQL. Everything taken from a text is bounded, and secrets are replaced before
//! a value becomes a row.

mod arguments;
mod hidden;
mod shell;
mod shell_grammar;
mod shell_words;

use serde_json::Value;

use crate::secrets::Scanner;
use crate::tables::Rows;
use crate::tables::commands::Command;
use crate::tables::tool_calls::ToolCall;

use arguments::ScriptNames;
use hidden::Hidden;
use shell::{Found, Programs};

/// Longest text of a command that is kept, in bytes.
const MAX_TEXT: usize = 1024;

/// Longest word of a command that is kept, in bytes.
const MAX_WORD: usize = 512;

/// The lists that facts are read with are broken; the tests prove that they are not.
#[derive(Debug, thiserror::Error)]
#[error("queries/catalog: {0}")]
pub struct ListError(#[from] toml::de::Error);

/// What reading takes, made once and shared.
pub struct Readers {
    scanner: Scanner,
    programs: Programs,
    scripts: ScriptNames,
}

impl Readers {
    /// With the built-in lists. `scanner` keeps secrets out of the facts.
    ///
    /// # Errors
    /// When an embedded list is broken.
    pub fn new(scanner: Scanner) -> Result<Self, ListError> {
        Ok(Self { scanner, programs: Programs::builtin()?, scripts: ScriptNames::builtin()? })
    }
}

/// Takes facts from the rows of one export.
pub struct Facts<'r> {
    readers: &'r Readers,
}

impl<'r> Facts<'r> {
    /// For one export.
    #[must_use]
    pub fn new(readers: &'r Readers) -> Self {
        Self { readers }
    }

    /// Adds the facts of all messages and calls in `rows`, which must not have been here before.
    pub fn add(&mut self, rows: &mut Rows) {
        let Readers { scanner, programs, scripts } = self.readers;
        for call in &rows.tool_calls {
            let Ok(arguments) = serde_json::from_str::<Value>(&call.arguments) else { continue };
            let scripts = scripts.read(&call.name_tool, &arguments, programs);
            if scripts.is_empty() {
                continue;
            }
            let hidden = Hidden::in_json(scanner, &call.arguments);
            let mut before = 0;
            for script in &scripts {
                rows.commands.extend(script.found.iter().map(|found| row(call, found, script.parsed, before, &hidden)));
                before += i64::try_from(script.found.len()).unwrap_or(i64::MAX);
            }
        }
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
