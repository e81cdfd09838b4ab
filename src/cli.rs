//! The command line as typed: names, help texts and examples. No behaviour.

mod detections;
mod input;
mod investigate;
mod query;
mod report;
mod review;
mod secrets;
mod unattended;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use detections::*;
pub use input::*;
pub use investigate::*;
pub use query::*;
pub use report::*;
pub use review::*;
pub use secrets::*;
pub use unattended::*;

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
    /// A setting as it would stand in the settings file, over what stands there, such as `s3.attempts=3` or
    /// `profiles.hourly.retention="90d"`; can be given several times. `lightmeter config` shows their names.
    #[arg(long, global = true, value_name = "KEY=VALUE", hide_short_help = true)]
    pub set: Vec<String>,
    /// The moment that spans such as 7d count back from, in place of the clock; to repeat an earlier run.
    #[arg(long, global = true, value_name = "TIME", env = "LIGHTMETER_NOW", hide_short_help = true)]
    pub now: Option<jiff::Timestamp>,
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

impl Global {
    /// Whether progress and notes are left out: they are for people, and would break a log that programs read.
    #[must_use]
    pub fn silent(&self) -> bool {
        self.quiet || self.log_format == LogFormat::Json
    }
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
    /// Search what the lake holds for secrets again, with other rules and without pulling.
    Rescan(Rescan),
    /// The key of the fingerprints of secrets: export it, import it into a new lake.
    #[command(subcommand)]
    Key(Key),
    /// Remove whole days of old data from the lake.
    Prune(Prune),
    /// Merge small files of the lake; changes no result.
    Compact(Compact),
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
