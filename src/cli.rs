//! The command line as typed: names, help texts and examples. No behaviour.

mod investigate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use investigate::*;

/// Offline forensic analysis of Tailscale Aperture exports.
///
/// lightmeter reads the exports that an Aperture gateway writes to S3, keeps their facts in a local lake of Parquet
/// files, runs its SQL detections over them and reports what a security team should know about its AI agents: which
/// tools they have, what they did with them, and what models were told.
#[derive(Debug, Parser)]
#[command(name = "lightmeter", version, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
}

const EXAMPLES: &str = "Examples:
  lightmeter analyze samples/exports --lake /tmp/lake
  lightmeter analyze s3://my-bucket/aperture --since 7d -o report.md
  lightmeter analyze --offline --since 30d --format json --fail-on high
  lightmeter query \"SELECT login, count(*) FROM requests GROUP BY login\"
  lightmeter detections list";

/// A closed list of words.
pub trait Word: ValueEnum {}
impl<T: ValueEnum> Word for T {}

/// Reads a word of a settings file as the same word of the command line.
///
/// # Errors
/// The words that are possible.
pub fn word<T: Word>(text: &str) -> Result<T, String> {
    T::from_str(text, false).map_err(|_| {
        let words = T::value_variants().iter().filter_map(|v| Some(v.to_possible_value()?.get_name().to_owned()));
        format!("expected one of {}", words.collect::<Vec<_>>().join(", "))
    })
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of the lake; created when it does not exist.
    #[arg(long, global = true, value_name = "DIR", env = "LIGHTMETER_LAKE")]
    pub lake: Option<PathBuf>,
    /// Settings file; without it, lightmeter.toml in the current folder is read when there is one.
    #[arg(long, global = true, value_name = "FILE", env = "LIGHTMETER_CONFIG")]
    pub config: Option<PathBuf>,
    /// File with the organisation's verdicts; without it, lightmeter-reviews.toml beside the settings file.
    #[arg(long, global = true, value_name = "FILE", env = "LIGHTMETER_REVIEWS")]
    pub reviews: Option<PathBuf>,
    /// Print no progress and no notes; errors are still printed.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// What is logged to standard error.
    #[arg(long, global = true, value_enum, value_name = "LEVEL", env = "LIGHTMETER_LOG_LEVEL",
          default_value_t = LogLevel::Warn, hide_short_help = true)]
    pub log_level: LogLevel,
    /// Form of the log: lines for people, or JSON lines with time, level and run id.
    #[arg(long, global = true, value_enum, value_name = "FORMAT", env = "LIGHTMETER_LOG_FORMAT",
          default_value_t = LogFormat::Text, hide_short_help = true)]
    pub log_format: LogFormat,
}

/// What is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogLevel {
    /// What stops a run.
    Error,
    /// What is incomplete.
    Warn,
    /// What is done.
    Info,
    /// Everything.
    Debug,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Pull what is new, run the detections, write a report.
    Analyze(Analyze),
    /// Pull and convert only.
    Pull(Pull),
    /// Findings and lookup tables for a SIEM.
    Export(Export),
    /// One unattended run by a profile of the settings file: pull, report, export, tidy up.
    Run(Run),
    /// Remove whole days of old data from the lake.
    Prune(Prune),
    /// Show each setting and where it comes from.
    Config(ConfigArgs),
    /// List sessions, to choose one from.
    Sessions(Sessions),
    /// Show what happened in one session.
    Session(Session),
    /// Run read-only SQL over the lake: one query, or a prompt.
    Query(Query),
    /// Explain the tables and their columns.
    Schema(Schema),
    /// Find who touched a host, package, file or server, and when.
    Hunt(Hunt),
    /// Print one raw record.
    Record(Record),
    /// Check exports and lake for damage and gaps.
    Verify(Verify),
    /// Verdicts of the organisation: approve, deny, accept, suppress, close; kept in a file for git.
    #[command(subcommand)]
    Review(Review),
    /// The detections: list them, show one, check them.
    #[command(subcommand)]
    Detections(Detections),
}

/// Where exports come from and how they are read.
#[derive(Debug, Args)]
pub struct Input {
    /// Folders, files, or s3://bucket/prefix.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// How much text the lake keeps: all of it, with secrets replaced, or none.
    #[arg(long, value_enum, default_value_t = Content::Full, value_name = "HOW")]
    pub content: Content,
    /// Rules for secrets beside the built-in ones, in the gitleaks format; a rule with a built-in id replaces it.
    #[arg(long, value_name = "FILE")]
    pub secret_rules: Vec<PathBuf>,
    /// Compare bytes instead of hashes when recognising repeated history; slower, needs more memory.
    #[arg(long)]
    pub strict: bool,
    /// Exports converted at the same time; as many as there are processors when not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: Option<u16>,
    /// Keep the objects as they are read, each beside its SHA-256; `sha256sum -c *.sha256` checks them.
    #[arg(long, value_name = "DIR")]
    pub keep_raw: Option<PathBuf>,
    /// How to reach S3.
    #[command(flatten)]
    pub s3: S3,
}

/// How to reach S3. Credentials come from the standard chain: environment, profile, SSO, web identity, instance.
#[derive(Debug, Args)]
#[command(next_help_heading = "S3")]
pub struct S3 {
    /// Profile of the shared AWS configuration.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Region of the bucket.
    #[arg(long, value_name = "NAME")]
    pub region: Option<String>,
    /// A service other than AWS, such as MinIO, GCS or B2.
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// Put the bucket into the path instead of the host name; `auto`, the default, does so for services other than AWS.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub path_style: Option<PathStyle>,
    /// Ask without credentials, for public buckets.
    #[arg(long)]
    pub no_sign_request: bool,
    /// Agree to pay for requests to someone else's bucket.
    #[arg(long)]
    pub request_payer: bool,
}

/// The time window.
#[derive(Debug, Args)]
pub struct Range {
    /// Start: a span before now (7d, 36h, 90m, 2w), a date, or an RFC 3339 time.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// End, not included.
    #[arg(long, value_name = "WHEN")]
    pub until: Option<String>,
}

/// Which findings count, and how the run ends; the same for every command that makes findings.
#[derive(Debug, Args)]
pub struct Findings {
    /// Leave out findings that are less severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_severity: Option<Level>,
    /// Only findings of this detection; can be given several times.
    #[arg(long, value_name = "DETECTION")]
    pub only: Vec<String>,
    /// Exit with 12 to 15 when a finding is at least this severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Read nothing new; use what the lake holds.
    #[arg(long, conflicts_with = "sources")]
    pub offline: bool,
    /// Exit with 0 instead of 3 when there is nothing in the window.
    #[arg(long)]
    pub allow_empty: bool,
    /// Detections of your own, laid out as DIR/FAMILY/NAME.sql; can be given several times.
    #[arg(long, value_name = "DIR")]
    pub detections: Vec<PathBuf>,
}

/// `lightmeter analyze`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter analyze samples/exports --lake /tmp/lake
  lightmeter analyze s3://my-bucket/aperture --since 7d --remember -o report.md
  lightmeter analyze --offline --since 30d --format html -o report.html
  lightmeter analyze --offline --baseline yesterday.json --format json -o today.json
  lightmeter analyze --offline --since 2026-03-01 --until 2026-04-01 --format json | jq '.incidents[].title'

Findings are not an error: the exit code is 0 unless --fail-on is given. The README lists every exit code.")]
pub struct Analyze {
    /// What to read.
    #[command(flatten)]
    pub input: Input,
    /// The window of the report.
    #[command(flatten)]
    pub range: Range,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
    pub format: ReportFormat,
    /// Size that a Markdown report stays below, by leaving out whole sections; it says which.
    #[arg(long, value_name = "BYTES", default_value_t = 900_000)]
    pub max_bytes: usize,
    /// Compare with an earlier JSON report instead of the newest one that the lake remembers.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Keep the incidents of this report in the lake, for later reports to compare with.
    #[arg(long)]
    pub remember: bool,
    /// Show incidents, marked, that a review suppresses.
    #[arg(long)]
    pub show_suppressed: bool,
    /// Tell incidents in full that an earlier report already told.
    #[arg(long)]
    pub full: bool,
    /// Write the report to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which findings count.
    #[command(flatten)]
    pub findings: Findings,
    /// Incidents shown per day of the window; the rest are counted.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub budget: u32,
}

/// `lightmeter export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter export --offline --format ocsf | jq .finding_info.title
  lightmeter export s3://my-bucket/aperture --since 7d --format ocsf,ecs-bulk,lookup-csv --output-dir siem
  lightmeter export --offline --format splunk-hec --only-new --consumer splunk --output-dir /var/spool/lightmeter

Findings are written one document per line, all of them, without the daily budget of the report. A finding keeps its id
for good; its revision changes when it grows. With --only-new each run writes what is new or changed since the last one
for that consumer, as numbered files that later runs leave alone. The formats are described in the README.")]
pub struct Export {
    /// What to read.
    #[command(flatten)]
    pub input: Input,
    /// The window.
    #[command(flatten)]
    pub range: Range,
    /// Formats, separated by commas. Several of them, and the lookup tables, need --output-dir.
    #[arg(long, value_enum, value_name = "FORMAT", value_delimiter = ',', required = true)]
    pub format: Vec<ExportFormat>,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE", conflicts_with = "output_dir")]
    pub output: Option<PathBuf>,
    /// Write one file per format into a folder; created when it does not exist.
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Only what is new or changed since the last export with this option, marked as create, update or close.
    #[arg(long)]
    pub only_new: bool,
    /// Whose account --only-new keeps: one name for each place that the exports go to.
    #[arg(long, value_name = "NAME", default_value = "default", requires = "only_new")]
    pub consumer: String,
    /// Version of the OCSF schema; 1.9 also names the agent as ai_agent.
    #[arg(long, value_enum, value_name = "VERSION", default_value_t = OcsfVersion::V1_8)]
    pub ocsf_version: OcsfVersion,
    /// Which findings count.
    #[command(flatten)]
    pub findings: Findings,
}

/// `lightmeter run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter run hourly
  lightmeter run hourly --log-format json --log-level info
  lightmeter run nightly --since 30d --metrics /var/lib/node_exporter/lightmeter.prom

A profile is [profiles.NAME] of lightmeter.toml; the README has an example. Flags are stronger than the profile. Only one
run at a time is at work on a lake: a second one ends with exit code 5 and changes nothing.")]
pub struct Run {
    /// The profile.
    #[arg(value_name = "PROFILE")]
    pub profile: String,
    /// Sources in place of those of the profile.
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// The window.
    #[command(flatten)]
    pub range: Range,
    /// Leave out findings that are less severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_severity: Option<Level>,
    /// Only findings of this detection; can be given several times.
    #[arg(long, value_name = "DETECTION")]
    pub only: Vec<String>,
    /// Exit with 12 to 15 when a finding is at least this severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<FailOn>,
    /// Pull nothing.
    #[arg(long, conflicts_with = "sources")]
    pub offline: bool,
    /// How much text the lake keeps: all of it, with secrets replaced, or none.
    #[arg(long, value_enum, value_name = "HOW")]
    pub content: Option<Content>,
    /// Exports converted at the same time.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub workers: Option<u16>,
    /// Days of data that the lake keeps, such as 400d.
    #[arg(long, value_name = "SPAN")]
    pub retention: Option<String>,
    /// Write metrics in the Prometheus text format.
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// How to reach S3.
    #[command(flatten)]
    pub s3: S3,
}

/// `lightmeter prune`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter prune --older-than 400d
  lightmeter prune --older-than 2026-01-01

All days before that one disappear in one step. Exports of these days are known to the lake and are not pulled again.")]
pub struct Prune {
    /// A span before now, or the first day that stays.
    #[arg(long, value_name = "WHEN")]
    pub older_than: String,
}

/// `lightmeter config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter config
  lightmeter config --config /etc/lightmeter/lightmeter.toml")]
pub struct ConfigArgs {}

/// `lightmeter pull`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter pull s3://my-bucket/aperture --since 30d
  lightmeter pull ./exports --dry-run

What the lake already holds is not read again.")]
pub struct Pull {
    /// What to read.
    #[command(flatten)]
    pub input: Input,
    /// Exports that surely hold nothing of the window are not read.
    #[command(flatten)]
    pub range: Range,
    /// List what would be read, with sizes, and stop.
    #[arg(long)]
    pub dry_run: bool,
    /// Exit with 0 instead of 3 when there is nothing to read.
    #[arg(long)]
    pub allow_empty: bool,
}

/// `lightmeter query`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter query \"SELECT user_agent, count(*) AS calls FROM tool_calls GROUP BY user_agent ORDER BY calls DESC\"
  lightmeter query -f question.sql --format csv -o answer.csv
  lightmeter query \"SELECT * FROM tool_calls\" --format parquet -o calls.parquet
  echo 'SELECT * FROM tools LIMIT 5' | lightmeter query --format jsonl
  lightmeter query

Tables: requests, messages, tool_calls, calls, tools, integrations, agents, users, sessions and more; 'lightmeter
schema' explains them and their columns. Nothing can be written.")]
pub struct Query {
    /// The query; '-', or nothing in a pipe, reads it from standard input. In a terminal, nothing opens a prompt.
    #[arg(value_name = "SQL")]
    pub sql: Option<String>,
    /// Read the query from a file.
    #[arg(long, short, value_name = "FILE", conflicts_with = "sql")]
    pub file: Option<PathBuf>,
    /// Format of the result.
    #[arg(long, value_enum, default_value_t = QueryFormat::Table)]
    pub format: QueryFormat,
    /// Write the result to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The window that the tables are limited to.
    #[command(flatten)]
    pub range: Range,
    /// Show secrets as they are. Without it, everything that looks like a secret is replaced.
    #[arg(long)]
    pub reveal: bool,
}

/// `lightmeter review`.
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  lightmeter review approve github --reason 'read-only token' --owner security@example.com
  lightmeter review approve handbook lookup --reason 'read its definition' --owner ana --expires 2027-01-01
  lightmeter review deny pdf-toolbox --reason 'sends files out' --owner ana
  lightmeter review suppress a70d9cc79cad --reason 'test server' --owner ana --expires 2027-01-01
  lightmeter review list
  lightmeter review remove pdf-toolbox

Verdicts are kept in lightmeter-reviews.toml (--reviews FILE): commit it. An approval is about the definitions that the
tools have now; a tool that changes needs a new review. A hidden finding comes back when it gets worse, when its tool
changes, when the verdict expires, or when the verdict is removed.")]
pub enum Review {
    /// Allow an integration, one of its tools, or an agent.
    Approve(Judge),
    /// Forbid an integration, one of its tools, or an agent.
    Deny(Judge),
    /// A finding is true and its risk is taken.
    Accept(Settle),
    /// A finding is not worth showing.
    Suppress(Settle),
    /// A finding is dealt with; it comes back when it is seen again.
    Close(Settle),
    /// List all verdicts.
    List,
    /// Remove a verdict; what it hid is shown again.
    Remove(Remove),
}

/// Why, who, until when.
#[derive(Debug, Args)]
pub struct Why {
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", env = "LIGHTMETER_OWNER")]
    pub owner: String,
    /// Day from which the verdict no longer counts, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,
}

/// A verdict on an integration, a tool or an agent.
#[derive(Debug, Args)]
pub struct Judge {
    /// The integration as in the inventory; the agent with --agent.
    pub name: String,
    /// One of its tools; all of them without it.
    #[arg(conflicts_with = "agent")]
    pub tool: Option<String>,
    /// The name is that of an agent.
    #[arg(long)]
    pub agent: bool,
    /// Approve whatever the definitions become.
    #[arg(long)]
    pub any_definition: bool,
    /// Why, who, until when.
    #[command(flatten)]
    pub why: Why,
}

/// A verdict on a finding.
#[derive(Debug, Args)]
pub struct Settle {
    /// Id of the finding as in the report, or the start of it.
    pub finding: String,
    /// Why, who, until when.
    #[command(flatten)]
    pub why: Why,
}

/// Which verdict to remove.
#[derive(Debug, Args)]
pub struct Remove {
    /// Integration, agent or finding.
    pub name: String,
    /// Tool of the integration.
    pub tool: Option<String>,
}

/// `lightmeter detections`.
#[derive(Debug, Subcommand)]
pub enum Detections {
    /// List every detection with its severity, confidence and tier.
    List {
        /// Detections of your own beside the built-in ones.
        #[arg(long, value_name = "DIR")]
        detections: Vec<PathBuf>,
    },
    /// Show what one detection looks for, why, and its query.
    Show {
        /// The detection, such as inventory.new-integration.
        id: String,
        /// Detections of your own beside the built-in ones.
        #[arg(long, value_name = "DIR")]
        detections: Vec<PathBuf>,
    },
    /// Measure the detections on exports with labels: what each finds, misses and gets wrong.
    #[command(after_help = MEASURE_HELP)]
    Measure {
        /// Folders or files with exports; they are read into a lake of their own that is removed afterwards. Without any,
        /// what the lake holds is measured.
        #[arg(value_name = "SOURCE")]
        sources: Vec<String>,
        /// The labels: one JSON object per line, see below.
        #[arg(long, value_name = "FILE")]
        labels: PathBuf,
        /// Detections of your own beside the built-in ones.
        #[arg(long, value_name = "DIR")]
        detections: Vec<PathBuf>,
        /// Format of the result.
        #[arg(long, value_enum, default_value_t = MeasureFormat::Markdown)]
        format: MeasureFormat,
        /// Also list what was missed and what was false, at most this many of each.
        #[arg(long, value_name = "N", default_value_t = 0)]
        list: usize,
    },
    /// Prove every detection: metadata, query, and all of its cases.
    Check {
        /// Detections of your own beside the built-in ones.
        #[arg(long, value_name = "DIR")]
        detections: Vec<PathBuf>,
    },
}

const MEASURE_HELP: &str = "Labels describe runs: pieces of traffic whose truth is known. One JSON object per line:
  {\"run_id\": \"r1\", \"gold\": \"pos\", \"record_ids\": [7, 8], \"suite\": \"mail\"}
run_id      name of the run
gold        pos: an incident must touch it; neg: none may; any other word is counted by itself.
            Without it, the field kind is taken.
record_ids  record ids of the run's requests
suite, model, user_task   optional; a pos and a neg run that agree in all three are twins

Examples:
  lightmeter detections measure ./exports --labels labels.jsonl
  lightmeter --lake /tmp/lake detections measure --labels labels.jsonl --detections ./mine --list 20";

/// Format of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MeasureFormat {
    /// For people.
    Markdown,
    /// For programs.
    Json,
}

/// How much text the lake keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Content {
    /// All of it: the lake is evidence.
    Full,
    /// Text with everything that looks like a secret replaced.
    Redacted,
    /// No text and no arguments, only sizes and hashes.
    None,
}

/// Where the bucket stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathStyle {
    /// In the path for services other than AWS.
    Auto,
    /// In the path.
    Always,
    /// In the host name.
    Never,
}

/// Format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    Markdown,
    /// For programs; the schema is samples/report-v1.schema.json.
    Json,
    /// For the browser: one file, no script, nothing loaded from elsewhere.
    Html,
}

/// Format of a query result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// For the terminal.
    Table,
    /// Comma-separated, with a header line.
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// A Parquet file; needs -o.
    Parquet,
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum ExportFormat {
    /// Flat objects of our own, one per line.
    Ndjson,
    /// OCSF Detection Finding, one per line.
    Ocsf,
    /// Elastic Common Schema, one per line.
    Ecs,
    /// Elastic Common Schema as the body of a _bulk request.
    EcsBulk,
    /// Splunk HTTP Event Collector, with CIM fields.
    SplunkHec,
    /// Common Event Format.
    Cef,
    /// Lookup tables (tools, integrations, user_agents, requests, secrets) as CSV.
    LookupCsv,
    /// Lookup tables as NDJSON.
    LookupNdjson,
}

/// Version of the OCSF schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OcsfVersion {
    /// 1.8.0
    #[value(name = "1.8")]
    V1_8,
    /// 1.9.0-dev
    #[value(name = "1.9")]
    V1_9,
}

/// A severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// All findings.
    Informational,
    /// Low or higher.
    Low,
    /// Medium or higher.
    Medium,
    /// High or higher.
    High,
    /// Critical.
    Critical,
}

/// Severity from which findings change the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Low or higher: exit codes 12 to 15.
    Low,
    /// Medium or higher: exit codes 13 to 15.
    Medium,
    /// High or higher: exit codes 14 and 15.
    High,
    /// Critical: exit code 15.
    Critical,
}
