//! One session as a timeline: what was asked, answered, called and returned, with branches, sub-agents and findings.
//!
//! ```text
//! Facts ──build──→ Session ──redacted──→ shortened ──render──→ text | Markdown | HTML | JSON
//! ```
//! As with reports, formats get text that is redacted unless the reader asked for secrets, and treat all of it as
//! hostile.

mod around;
mod build;
mod html;
mod list;
mod markdown;
mod marks;
mod model;
mod plan;
mod rows;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::io::{self, Write};

pub use build::{Facts, build};
pub use list::SessionRow;
pub use model::{Answered, Block, Call, Entry, Head, Link, Mark, Session, SilentRequest, Thread};
pub use rows::{CallFact, ElsewhereFact, LinkFact, MessageFact, RequestFact};

use super::redact::{Redact as _, Redactor, sentence};

/// How a session is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionFormat {
    /// For the terminal.
    Text,
    /// For tickets and chats.
    Markdown,
    /// One self-contained page.
    Html,
    /// For programs.
    Json,
}

/// Characters of one piece that are shown unless all of it is asked for.
pub const PIECE_CHARS: usize = 2_000;

/// The same for instructions to the model, which are long and repeat themselves.
pub const SYSTEM_CHARS: usize = 600;

/// What a session that shows secrets says about itself.
pub const REVEALED: &str = "SECRETS ARE SHOWN AS THEY ARE (--reveal). Do not pass this on.";

impl Session {
    /// Runs the redactor over every text of every field.
    #[must_use]
    pub fn redacted(mut self, redactor: Redactor<'_>) -> Self {
        self.redact(redactor);
        for mark in &mut self.findings {
            sentence(&mut mark.reason, redactor);
        }
        self
    }

    /// Marks the session as one that shows secrets.
    #[must_use]
    pub fn revealed(mut self) -> Self {
        self.revealed = true;
        self.notes.insert(0, REVEALED.to_owned());
        self
    }

    /// Cuts long pieces; what is missing is counted with each. Comes after redaction: half a secret is not recognised.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        let mut cut = 0_u64;
        for entry in self.threads.iter_mut().flat_map(|t| &mut t.messages) {
            let limit = if entry.role == "system" { SYSTEM_CHARS } else { PIECE_CHARS };
            for block in &mut entry.blocks {
                if block.text.len() <= limit {
                    continue;
                }
                let total = block.text.chars().count();
                if let Some((end, _)) = block.text.char_indices().nth(limit) {
                    block.text.truncate(end);
                    block.left_out = (total - limit) as u64;
                    cut += 1;
                }
            }
        }
        if cut > 0 {
            self.notes.push(format!("{cut} long texts are cut; --full shows all of them."));
        }
        self
    }

    /// Keeps one thread.
    ///
    /// # Errors
    /// When there is no thread of that number; the message says which there are.
    pub fn only(mut self, thread: u64) -> Result<Self, String> {
        let count = self.threads.len();
        if thread == 0 || thread > count as u64 {
            return Err(format!("there is no thread {thread}; the session has {count}"));
        }
        self.threads.retain(|t| t.number == thread);
        if count > 1 {
            self.notes.push(format!("Only thread {thread} of {count} is shown (--thread)."));
        }
        self.silent.clear();
        Ok(self)
    }

    /// Keeps only the heads of branches and sub-agents.
    #[must_use]
    pub fn folded(mut self) -> Self {
        let branches = self.threads.iter_mut().filter(|t| t.from_message.is_some());
        let mut folded = 0_u64;
        for thread in branches {
            thread.messages.clear();
            folded += 1;
        }
        if folded > 0 {
            self.notes.push(format!("{folded} branches are folded (--fold); --thread N shows one of them."));
        }
        self
    }
}

/// Writes the session. Two calls with the same arguments write the same bytes.
///
/// # Errors
/// When the writer fails.
pub fn render(session: &Session, format: SessionFormat, out: &mut dyn Write) -> io::Result<()> {
    match format {
        SessionFormat::Text => text::write(session, out),
        SessionFormat::Markdown => markdown::write(session, out),
        SessionFormat::Html => html::write(session, out),
        SessionFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &visible(serde_json::to_value(session)?))?;
            writeln!(out)
        }
    }
}

/// JSON escapes control characters, but leaves those alone that reorder or hide text.
fn visible(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(crate::text::visible(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(visible).collect(),
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, visible(v))).collect(),
        other => other,
    }
}

/// `3 calls`, `1 call`.
fn count(number: u64, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// What a thread is: `branch from message 12`.
fn origin(thread: &Thread) -> String {
    match thread.from_message {
        Some(from) if thread.uncertain => format!("{} from message {from} (probably)", thread.kind),
        Some(from) => format!("{} from message {from}", thread.kind),
        None => thread.kind.clone(),
    }
}

/// Cost in dollars, with as many digits as small amounts need.
fn money(usd: f64) -> String {
    if usd >= 1.0 { format!("${usd:.2}") } else { format!("${usd:.4}") }
}

/// What is known of the request behind an answer, in a few words.
fn answered(request: &Answered) -> Vec<String> {
    let mut words: Vec<String> = request.model.iter().cloned().collect();
    if request.outcome != "ok" {
        words.push(request.outcome.replace('_', " "));
    }
    if let Some(ms) = request.duration_ms {
        words.push(format!("{:.1} s", ms as f64 / 1000.0));
    }
    if request.input_tokens.is_some() || request.output_tokens.is_some() {
        let (input, output) = (request.input_tokens.unwrap_or_default(), request.output_tokens.unwrap_or_default());
        words.push(format!("{input} tokens in, {output} out"));
    }
    words.extend(request.cost_usd.map(money));
    words
}

/// `integration/tool`, as far as it is known.
fn tool(call: &Call) -> String {
    match (&call.integration, &call.tool) {
        (Some(integration), Some(tool)) => format!("{integration}/{tool}"),
        _ => call.raw_name.clone(),
    }
}

/// What came of a call.
fn outcome(call: &Call) -> String {
    let outcome = call.outcome.as_deref().unwrap_or("not known");
    match call.seconds {
        Some(seconds) => format!("{outcome} after {seconds:.1} s"),
        None => outcome.to_owned(),
    }
}

/// The place of a record, as `lightmeter record` takes it.
fn address(export_key: &str, record_id: Option<i64>) -> String {
    record_id.map_or_else(|| export_key.to_owned(), |id| format!("{export_key} {id}"))
}

/// What a session has to do with others and with its own past, as names and values.
fn links(session: &Session) -> Vec<(&'static str, String)> {
    let id = session.session_id.as_str();
    let is_own = |l: &&Link| l.session_id == id;
    let from = |l: &Link| l.from_session_id.clone().unwrap_or_default();
    let why = |l: &Link| match (l.evidence.as_str(), &l.tool) {
        ("call", Some(tool)) => format!("its first words are the text of a call of {tool}"),
        ("header", _) => "the client says so".to_owned(),
        _ => "it goes on with the same conversation".to_owned(),
    };
    let mut named = Vec::new();
    for link in session.links.iter().filter(is_own).filter(|l| from(l) != id && l.from_session_id.is_some()) {
        let what = if link.relation == "resumed" { "resumes" } else { "begun by" };
        named.push((what, format!("{} ({})", from(link), why(link))));
    }
    for (relation, what) in [("sub-agent", "began"), ("resumed", "goes on")] {
        let to = session.links.iter().filter(|l| l.relation == relation && l.session_id != id && from(l) == id);
        let ids: Vec<&str> = to.map(|l| l.session_id.as_str()).collect();
        match ids.as_slice() {
            [] => {}
            [first, rest @ ..] if rest.len() > 4 => {
                named.push((what, format!("{first} and {} other sessions", rest.len())))
            }
            ids => named.push((what, format!("session {}", ids.join(", ")))),
        }
    }
    let pauses: Vec<&Link> = session.links.iter().filter(is_own).filter(|l| l.evidence == "pause").collect();
    if let Some(longest) = pauses.iter().max_by_key(|l| (l.pause_minutes, std::cmp::Reverse(l.time))) {
        let hours = longest.pause_minutes.unwrap_or_default() / 60;
        let until = crate::text::clock_time(longest.time);
        named.push(("pauses", format!("{}, the longest {hours} h until {until}", pauses.len())));
    }
    named
}

/// The head of a session as names and values.
fn facts(session: &Session) -> Vec<(&'static str, String)> {
    let head = &session.head;
    let mut calls = count(head.calls, "call");
    for (number, what) in [(head.failed_calls, "failed"), (head.refused_calls, "refused")] {
        if number > 0 {
            calls.push_str(&format!(", {number} {what}"));
        }
    }
    let mut requests = count(head.requests, "request");
    if head.failed_requests > 0 {
        requests.push_str(&format!(", {} failed", head.failed_requests));
    }
    let mut facts = vec![
        ("user", head.logins.join(", ")),
        ("device", head.devices.join(", ")),
        ("agent", head.agents.join(", ")),
        ("model", head.models.join(", ")),
        (
            "time",
            format!("{} to {}", crate::text::clock_time(head.first_time), crate::text::clock_time(head.last_time)),
        ),
        ("traffic", format!("{requests}; {}; {calls}", count(head.messages, "message"))),
        ("tokens", format!("{} in, {} out", head.input_tokens, head.output_tokens)),
    ];
    facts.extend(head.cost_usd.map(|usd| ("cost", money(usd))));
    facts.extend(links(session));
    facts.push(("exports", head.exports.join(", ")));
    facts
}
