//! Export to a SIEM, and runs that nobody watches.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AtLeast, Content, Findings, Input, Level, Range, S3};

/// `lightmeter export`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter export --offline --format ocsf | jq .finding_info.title
  lightmeter export s3://my-bucket/aperture --since 7d --format ocsf,ecs-bulk,lookup-csv --output-dir siem
  lightmeter export --offline --format splunk-hec --only-new --consumer splunk --output-dir /var/spool/lightmeter

Findings are written one document per line, all of them, without the daily budget of the report. A finding keeps its id
for good; its revision changes when it grows. With --only-new each run writes what is new or changed since the last one
for that consumer, as numbered files that later runs leave alone; findings that --only and --min-severity leave out stay
as they were exported. The formats are described in the README.")]
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
    /// Exit with 12 (low), 13 (medium), 14 (high) or 15 (critical), as the worst finding is, when it is at least this severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<AtLeast>,
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
    /// Whether small files of the lake are merged, see `lightmeter compact`.
    #[arg(long, value_name = "BOOL")]
    pub compact: Option<bool>,
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

/// `lightmeter compact`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter compact
  lightmeter compact --at-least 2 --smaller-than 64

Each export brings small files of its own. Those of one table and day become one file; rows, ids and results stay as they
are, and an export that changes later still replaces exactly its own rows. `lightmeter run` does this by itself.")]
pub struct Compact {
    /// Leave files alone that have at least so many megabytes.
    #[arg(long, value_name = "MB", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub smaller_than: u64,
    /// Leave a table's day alone that has fewer small files.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(2..))]
    pub at_least: u64,
}

/// `lightmeter config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter config
  lightmeter config --set profiles.hourly.retention=90d
  lightmeter config --config /etc/lightmeter/lightmeter.toml")]
pub struct ConfigArgs {}

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
