//! Commands of people who look into what happened.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AtLeast, Range, S3};

/// `lightmeter sessions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter sessions --since 7d --incidents high
  lightmeter sessions --risk critical --limit 0
  lightmeter sessions --user ana@example.com --tool github --sort cost
  lightmeter sessions invoice --format csv -o sessions.csv

Filters are parts of names and do not care for case; all of them must fit. Secrets are replaced. A table fits the screen;
--wide, or any other format, shows all columns.

The risk of a session is the highest suggested risk among the tools that were called in it: what they could do, not
what they did. Running commands is high, and so are most sessions of coding agents; 'lightmeter query \"SELECT tool,
risk, risk_reason FROM tools\"' tells the risk of each tool and why. The worst incident of a session is what the last
analysis (analyze, export, run) found in it.")]
pub struct Sessions {
    /// Only sessions in which this text was said, called or returned.
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Only sessions of this login or device.
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Only sessions of this agent.
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Only sessions that called this tool, or a tool of this integration.
    #[arg(long, value_name = "NAME")]
    pub tool: Option<String>,
    /// Only sessions that called a tool of at least this risk; the riskiest come first.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub risk: Option<AtLeast>,
    /// Only sessions in which the last analysis found an incident of at least this severity; the worst come first.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub incidents: Option<AtLeast>,
    /// The window.
    #[command(flatten)]
    pub range: Range,
    /// What comes first; the latest without it, or the riskiest with --risk or --incidents.
    #[arg(long, value_enum, value_name = "BY")]
    pub sort: Option<SessionOrder>,
    /// Sessions shown; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// Write every column of a table, also where it is wider than the screen.
    #[arg(long)]
    pub wide: bool,
    /// Format of the list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// Write the list to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `lightmeter session`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter session 3bd69216
  lightmeter session 3bd69216 --thread 1 --full
  lightmeter session 3bd69216 --around 411318 --context 5
  lightmeter session 3bd69216 --format html -o session.html
  lightmeter session 3bd69216 --findings

Findings are those of the last analysis of the lake (analyze, export, run) whose window holds the session; a note says
which, and whether the lake or the rules have changed since. --findings runs the detections now, over the time of the
session; that takes seconds.

ID is a session of lightmeter or the start of one, or the id that the client or the gateway gave it; 'lightmeter
sessions' lists them. In a terminal the timeline is shown in $PAGER, else in less.")]
pub struct Session {
    /// The session, or the start of its id.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Format of the timeline.
    #[arg(long, value_enum, default_value_t = SessionFormat::Text)]
    pub format: SessionFormat,
    /// Write the timeline to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Show long texts to their end.
    #[arg(long)]
    pub full: bool,
    /// Show one thread only, by its number.
    #[arg(long, value_name = "N")]
    pub thread: Option<u64>,
    /// Show only what comes with these records, such as a report cites, and some requests before and after each.
    #[arg(long, value_name = "RECORD", value_delimiter = ',', allow_negative_numbers = true, conflicts_with = "fold")]
    pub around: Vec<i64>,
    /// Requests shown before and after each record, with --around.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "around")]
    pub context: usize,
    /// Show branches and sub-agents as one line each.
    #[arg(long, conflicts_with = "thread")]
    pub fold: bool,
    /// Run the detections now instead of taking what the last analysis found.
    #[arg(long, conflicts_with = "no_findings")]
    pub findings: bool,
    /// Show no findings.
    #[arg(long)]
    pub no_findings: bool,
    /// Show secrets as they are; the output says so. Without it, everything that looks like a secret is replaced.
    #[arg(long)]
    pub reveal: bool,
    /// Detections of your own beside the built-in ones, with --findings; can be given several times.
    #[arg(long, value_name = "DIR", conflicts_with = "no_findings")]
    pub detections: Vec<PathBuf>,
}

/// What comes first in a list of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SessionOrder {
    /// The latest.
    Recent,
    /// The worst incidents, then the riskiest tools, then the latest.
    Risk,
    /// The most expensive.
    Cost,
    /// The most tool calls.
    Calls,
    /// The most requests.
    Requests,
}

/// Format of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For the terminal.
    Table,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// Comma-separated, with a header line.
    Csv,
    /// A Markdown table.
    Markdown,
}

/// Format of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SessionFormat {
    /// For the terminal.
    Text,
    /// For tickets and chats.
    Markdown,
    /// For programs.
    Json,
    /// One self-contained page that folds.
    Html,
}

/// `lightmeter schema`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter schema
  lightmeter schema tool_calls
  lightmeter schema --format json | jq '.[].name'")]
pub struct Schema {
    /// Explain this table only.
    #[arg(value_name = "TABLE")]
    pub table: Option<String>,
    /// Format of the explanation.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
}

/// `lightmeter hunt`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter hunt evil.example 'hxxps://paste[.]example/x' left-pad
  lightmeter hunt -f indicators.txt --format jsonl -o hits.jsonl
  lightmeter hunt mcp:github 'package:npm/left-pad' text:invoice

An indicator is a host, URL, IP address, e-mail address, hash, path, or any other text; 'host:', 'package:', 'path:',
'hash:', 'mcp:' or 'text:' in front says which. Defanged ones (hxxp, [.], (at)) are understood. Case does not matter,
hosts match themselves and the names below them. A file has one indicator per line; '#' begins a comment. A table fits the
screen; --wide shows all columns, --format jsonl (json, csv) everything. 'lightmeter session ID --around RECORD' goes on
from a hit.
The exit code is 0 whether something is found or not.")]
pub struct Hunt {
    /// What to look for.
    #[arg(value_name = "INDICATOR", required_unless_present = "file")]
    pub indicators: Vec<String>,
    /// Read indicators from a file as well; '-' is standard input.
    #[arg(long, short, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Only what happened in the window; the whole lake without it.
    #[command(flatten)]
    pub range: Range,
    /// Hits shown, the earliest first; 0 shows all.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub limit: usize,
    /// Write every column of a table, also where it is wider than the screen.
    #[arg(long)]
    pub wide: bool,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// Write the answer to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `lightmeter record`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter record ts-aperture-export-1773414007.cbor.zstd 411318
  lightmeter record ts-aperture-export-1773414007.cbor.zstd 411318 --new
  lightmeter record ts-aperture-export-1773414007.cbor.zstd 411318 --find badge-telemetry
  lightmeter record s3://my-bucket/aperture/ts-aperture-export-1773414007.cbor.zstd 411318 --source s3://my-bucket/aperture

The record comes from the export where that can be read: below --source, or where the file was when it was pulled.
Else it is put together from the rows of the lake; the output says which. A request repeats the whole conversation before
it: --new shows only what it was the first to bring, and --find only what holds a text.")]
pub struct Record {
    /// The export, as reports and tables name it; the file name suffices where it is the only one.
    #[arg(value_name = "EXPORT")]
    pub export: String,
    /// The record's id.
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub id: i64,
    /// Where to look for the export: folders, files or s3://bucket/prefix.
    #[arg(long, value_name = "SOURCE")]
    pub source: Vec<String>,
    /// Show only what the record was the first to bring, from the rows of the lake.
    #[arg(long, conflicts_with = "source")]
    pub new: bool,
    /// Show only what holds this text, whatever its case; what is left out is named. Secrets are replaced before.
    #[arg(long, value_name = "TEXT")]
    pub find: Option<String>,
    /// Show secrets as they are; the output says so. Without it, everything that looks like a secret is replaced.
    #[arg(long)]
    pub reveal: bool,
    /// Write the record to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to reach S3.
    #[command(flatten)]
    pub s3: S3,
}

/// `lightmeter verify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter verify
  lightmeter verify --source s3://my-bucket/aperture
  lightmeter verify --report report.json --format json

Every part of the lake is compared with the hash in its ledger; with --source, every export with the hash it had when
it was pulled; with --report, every citation with the records of the lake. The exit code is 4 when something is damaged,
was not wholly readable or cannot be found. Missing ids and silent hours are told, and are no damage.")]
pub struct Verify {
    /// Compare exports again: folders, files or s3://bucket/prefix; can be given several times.
    #[arg(long, value_name = "SOURCE")]
    pub source: Vec<String>,
    /// Check that what a JSON report cites is in the lake.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t = PlainFormat::Text)]
    pub format: PlainFormat,
    /// Write the answer to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to reach S3.
    #[command(flatten)]
    pub s3: S3,
}

/// Format of an answer that is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// For the terminal.
    Text,
    /// For programs.
    Json,
}
