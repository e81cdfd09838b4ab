//! Findings and the report about them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Input, Range};

/// Which findings count, and how the run ends; the same for every command that makes findings.
#[derive(Debug, Args)]
pub struct Findings {
    /// Leave out findings that are less severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub min_severity: Option<Level>,
    /// Only findings of this detection; can be given several times.
    #[arg(long, value_name = "DETECTION")]
    pub only: Vec<String>,
    /// Exit with 12 (low), 13 (medium), 14 (high) or 15 (critical), as the worst finding is, when it is at least this severe.
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub fail_on: Option<AtLeast>,
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

A finding that is false, accepted or dealt with is hidden by 'lightmeter review suppress|accept|close ID'; see
'lightmeter review --help'. Findings are not an error: the exit code is 0 unless --fail-on is given. The README lists every exit code.")]
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
    /// Tell all incidents in full, also those that an earlier report told, the many of one kind, and those over the
    /// budget of the day unless --budget is given as well.
    #[arg(long)]
    pub full: bool,
    /// Write the report to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which findings count.
    #[command(flatten)]
    pub findings: Findings,
    /// Incidents told per day of the window, 10 without it, all of them with --full; the rest are counted.
    #[arg(long, value_name = "N")]
    pub budget: Option<u32>,
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

/// A level from which something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AtLeast {
    /// Low or higher.
    Low,
    /// Medium or higher.
    Medium,
    /// High or higher.
    High,
    /// Critical.
    Critical,
}
