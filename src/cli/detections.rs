//! The detections themselves.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `lightmeter detections`.
#[derive(Debug, Subcommand)]
pub enum Detections {
    /// What needs no data.
    #[command(flatten)]
    Catalogue(Catalogue),
    /// Measure the detections on exports with labels: what each finds, misses and gets wrong.
    Measure(Measure),
}

/// The commands of `lightmeter detections` that need no data.
#[derive(Debug, Subcommand)]
pub enum Catalogue {
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
    /// Prove every detection: metadata, query, and all of its cases.
    #[command(after_help = CHECK_HELP)]
    Check {
        /// Detections of your own beside the built-in ones.
        #[arg(long, value_name = "DIR")]
        detections: Vec<PathBuf>,
        /// Also take every condition of the query out, one at a time, and name those that no case misses; of one family
        /// or one detection when it is named.
        #[arg(long, value_name = "FAMILY or ID", num_args = 0..=1, default_missing_value = "")]
        mutate: Option<String>,
    },
}

const CHECK_HELP: &str = "Examples:
  lightmeter detections check
  lightmeter detections check --detections ./mine --mutate usage.my-rule";

const MEASURE_HELP: &str = "Labels describe runs: pieces of traffic whose truth is known. One JSON object per line:
  {\"run_id\": \"r1\", \"gold\": \"pos\", \"record_ids\": [7, 8], \"suite\": \"mail\"}
run_id      name of the run
gold        pos: an incident must touch it; neg: none may; any other word is counted by itself.
            Without it, the field kind is taken.
record_ids  record ids of the run's requests
suite, model, user_task   optional; a pos and a neg run that agree in all three are twins
The labels of the sample exports are understood as well.

Examples:
  lightmeter detections measure samples/exports --labels samples/exports/labels.json
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

/// `lightmeter detections measure`.
#[derive(Debug, Args)]
#[command(after_help = MEASURE_HELP)]
pub struct Measure {
    /// Folders or files with exports; they are read into a lake of their own that is removed afterwards. Without any,
    /// what the lake holds is measured.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// The labels: one JSON object per line, see below.
    #[arg(long, value_name = "FILE")]
    pub labels: PathBuf,
    /// Detections of your own beside the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub detections: Vec<PathBuf>,
    /// Format of the result.
    #[arg(long, value_enum, default_value_t = MeasureFormat::Markdown)]
    pub format: MeasureFormat,
    /// Also list what was missed and what was false, at most this many of each.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub list: usize,
}
