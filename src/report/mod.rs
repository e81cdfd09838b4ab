//! Findings and tables as a report: one value, several formats.
//!
//! ```text
//! rows and findings ──→ Report ──redacted──→ Redacted ──render──→ Markdown | JSON v1 | HTML
//! ```
//!
//! A format is one module that turns a [`Redacted`] report into bytes. It can neither see a secret, because nothing
//! but [`Report::redacted`] makes a [`Redacted`], nor fail on content: all text is hostile and goes through
//! [`crate::text`]. Rendering depends on the report and the options only.

mod anomalies;
mod asked;
mod campaigns;
mod commands;
mod common;
mod details;
mod first;
pub mod fit;
mod groups;
mod history;
pub mod html;
pub mod hunt;
mod inventory;
mod json;
mod left;
pub mod list;
mod markdown;
mod model;
mod note;
mod page;
mod redact;
mod rotations;
pub mod session;
pub mod verify;

use std::io::{self, Write};
use std::str::FromStr;

pub use anomalies::{Anomalies, AnomalyRow};
pub use asked::AskedRow;
pub use campaigns::{CampaignRow, OrderRow, spare};
pub use history::{Changes, History, IndexRow, PreviousRow};
pub use inventory::{
    AgentRow, CapabilityRow, DefinitionChangeRow, IntegrationRow, Inventory, KindRow, OfferedRow, SecretRow, Secrets,
    SharedNameRow, ToolRow, UnreviewedRow, risk_rank,
};
pub use json::earlier::read as read_earlier;
pub use json::v1 as json_v1;
pub use left::LeftRow;
pub use model::{
    BlindSpot, CallsRow, Coverage, CutRow, DetectionRow, ExportRow, HiddenRow, Program, Report, SignalRow, Totals,
    UnreadableRow, Usage, UsageRow, WindowRow,
};
pub use note::{EarlierRow, IncidentNote, JoinedRow, StepRow};
pub use redact::Redactor;

use redact::Redact as _;

use crate::finding::Finding;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For people, tickets and CI summaries.
    #[default]
    Markdown,
    /// For programs: the newest JSON layout, see [`json_v1`].
    Json,
    /// For the browser: one file without scripts.
    Html,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "markdown" | "md" => Ok(Self::Markdown),
            "json" | "json-v1" => Ok(Self::Json),
            "html" => Ok(Self::Html),
            _ => Err("expected one of markdown, json, json-v1, html".to_owned()),
        }
    }
}

/// What the reader of a report may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The format.
    pub format: Format,
    /// Markdown leaves out whole sections, least important first, until it has at most this many bytes. The first
    /// screen always stays. JSON is never cut.
    pub max_bytes: usize,
    /// Markdown and HTML tell all incidents in full, also those that an earlier report told and the many of one kind.
    pub full: bool,
}

/// Below the 1 MiB at which a common CI service refuses a step summary, with room for what else the step says.
pub const MAX_BYTES: usize = 900_000;

impl Default for Options {
    fn default() -> Self {
        Self { format: Format::Markdown, max_bytes: MAX_BYTES, full: false }
    }
}

/// Longest arguments of a call in a timeline, in characters.
const ARGUMENT_CHARS: usize = 200;

/// Longest words of a user that stand with an incident, in characters.
const ASKED_CHARS: usize = 300;

/// A report without secrets, the only thing that can be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Redacted(Report);

impl Redacted {
    /// The report inside.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.0
    }
}

/// Findings without secrets, the only ones that can be exported.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SafeFindings(Vec<Finding>);

impl SafeFindings {
    /// Runs the redactor over every text of every finding, names and ids included.
    #[must_use]
    pub fn new(mut findings: Vec<Finding>, redactor: Redactor<'_>) -> Self {
        findings.redact(redactor);
        Self(findings)
    }

    /// The findings inside.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }
}

/// Rows of a table without secrets, the only ones that can be exported.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SafeRows {
    columns: Vec<String>,
    rows: Vec<serde_json::Map<String, serde_json::Value>>,
}

impl SafeRows {
    /// Runs the redactor over every text of every row. The columns are those of our own queries.
    #[must_use]
    pub fn new(
        columns: Vec<String>,
        mut rows: Vec<serde_json::Map<String, serde_json::Value>>,
        redactor: Redactor<'_>,
    ) -> Self {
        rows.iter_mut().for_each(|row| row.values_mut().for_each(|value| value.redact(redactor)));
        Self { columns, rows }
    }

    /// Names of the columns, the key first.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[serde_json::Map<String, serde_json::Value>] {
        &self.rows
    }
}

/// What to do next about a finding, as sentences and as commands that are safe to paste.
#[must_use]
pub fn next_steps(finding: &Finding) -> Vec<String> {
    commands::steps(finding, None).into_iter().map(commands::Step::text).collect()
}

impl Report {
    /// Runs the redactor over every text of every field, names and ids included.
    #[must_use]
    pub fn redacted(mut self, redactor: Redactor<'_>) -> Redacted {
        self.redact(redactor);
        for row in &mut self.anomalies.items {
            redact::sentence(&mut row.reason, redactor);
        }
        for row in &mut self.campaigns {
            let orders = row.orders.iter_mut().map(|row| &mut row.order);
            for said in row.said.iter_mut().chain(orders) {
                *said = crate::text::defang_quoted(said);
            }
        }
        for row in self.notes.iter_mut().flat_map(|note| &mut note.joined) {
            row.says = crate::text::defang(&row.says);
        }
        // Cut only now: half a secret is none that a redactor knows.
        for note in &mut self.notes {
            note.asked.iter_mut().for_each(|asked| asked.cut_at(ASKED_CHARS));
        }
        for step in self.notes.iter_mut().flat_map(|note| &mut note.timeline) {
            step.argument = crate::text::one_line(&step.argument, ARGUMENT_CHARS).into_owned();
        }
        Redacted(self)
    }
}

/// Writes the report. Two calls with the same arguments write the same bytes.
///
/// # Errors
/// Only when the writer fails.
pub fn render(report: &Redacted, options: Options, out: &mut dyn Write) -> io::Result<()> {
    match options.format {
        Format::Markdown => out.write_all(markdown::render(report.report(), options).as_bytes()),
        Format::Json => json::v1::write(report.report(), out),
        Format::Html => page::write(report.report(), options, out),
    }
}

/// What the lake keeps of a report, for comparing later ones with it.
///
/// # Errors
/// Only when the writer fails.
pub fn write_memory(report: &Redacted, out: &mut dyn Write) -> io::Result<()> {
    json::earlier::write(report.report(), out)
}

/// What the gateway never exports, whatever the configuration of lightmeter; belongs into every report.
#[must_use]
pub fn blind_spots() -> Vec<BlindSpot> {
    [
        (
            "HTTP connector traffic",
            "Requests that agents send through the gateway's HTTP connectors are neither captured nor metered. \
             An agent can read and send data there without a trace in this report.",
        ),
        (
            "Direct MCP calls",
            "Calls that a client makes to an MCP server itself, also through the gateway's own MCP endpoint, are not \
             captured. They show only as the tool calls that a model asked for and the results that went back to it.",
        ),
        (
            "Subscription plans",
            "Agents that sign in with a personal or team subscription of a provider talk to the provider directly. \
             Their traffic never reaches the gateway.",
        ),
        (
            "Tagged and shared devices",
            "Everybody behind a tagged device, a bridge or a shared node appears as one user, and one person can \
             appear as several devices.",
        ),
        (
            "Purged captures",
            "Where the retention settings removed bodies before the export, prompts, answers and tool calls are \
             missing and only metrics remain. See the content grades.",
        ),
    ]
    .map(|(title, meaning)| BlindSpot { title: title.to_owned(), meaning: meaning.to_owned() })
    .to_vec()
}

#[cfg(test)]
mod tests;
