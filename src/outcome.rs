//! How a run ended (exit codes, one place) and what it could and could not read (coverage).

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

/// How a run ended. The numbers are part of the interface; the README has the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything asked for was done.
    Done,
    /// The run failed.
    Failed,
    /// The command line was wrong.
    Usage,
    /// No exports in the window.
    NothingToDo,
    /// Done, but some input could not be read; the report says which.
    Incomplete,
    /// Another run is at work on the lake; nothing was done.
    Busy,
    /// A finding of low severity or higher, with `--fail-on low`.
    FoundLow,
    /// A finding of medium severity or higher, with `--fail-on`.
    FoundMedium,
    /// A finding of high severity or higher, with `--fail-on`.
    FoundHigh,
    /// A finding of critical severity, with `--fail-on`.
    FoundCritical,
    /// Ended by Ctrl-C before everything was done.
    Interrupted,
    /// Ended by SIGTERM before everything was done.
    Terminated,
}

/// A signal that asks a run to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, as service managers send it.
    Terminate,
}

impl Signal {
    /// How a run ends that was asked to.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Interrupt => Outcome::Interrupted,
            Self::Terminate => Outcome::Terminated,
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "Ctrl-C",
            Self::Terminate => "SIGTERM",
        }
    }
}

impl Outcome {
    /// The process exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NothingToDo => 3,
            Self::Incomplete => 4,
            Self::Busy => 5,
            Self::FoundLow => 12,
            Self::FoundMedium => 13,
            Self::FoundHigh => 14,
            Self::FoundCritical => 15,
            // As a shell names a process that a signal ended.
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// Something in an export that could not be read or understood, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Kind, from a small closed vocabulary (`corrupt`, `truncated`, `bad_record`, `limit`, `not_understood`, …).
    pub kind: String,
    /// Position of the record in the export, from 0.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record_number: Option<u64>,
    /// The gateway's record id, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub record_id: Option<i64>,
    /// Offset in the decompressed export, in bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset: Option<u64>,
    /// What is wrong, without any content of the record.
    pub reason: String,
}

/// Problems kept in full per export; the rest are only counted.
pub const KEPT_PROBLEMS: usize = 100;

/// What was read of one export, and what was not. Stored with the export in the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportStats {
    /// Records that became rows.
    pub records: u64,
    /// Records that were skipped because they could not be read.
    pub skipped: u64,
    /// Decompressed bytes read.
    pub decompressed_bytes: u64,
    /// Whether the end of the export is missing or unreadable; everything before it was kept.
    pub partial: bool,
    /// Earliest request start, microseconds since the epoch.
    pub first_time: Option<i64>,
    /// Latest record time, microseconds since the epoch.
    pub last_time: Option<i64>,
    /// Smallest record id.
    pub first_record_id: Option<i64>,
    /// Largest record id.
    pub last_record_id: Option<i64>,
    /// Problems by kind.
    pub problem_counts: BTreeMap<String, u64>,
    /// The first [`KEPT_PROBLEMS`] problems.
    pub problems: Vec<Problem>,
    /// Records by content grade.
    pub grades: BTreeMap<String, u64>,
    /// Records whose bodies were not understood, by what they are (path or shape).
    pub not_understood: BTreeMap<String, u64>,
    /// Unknown keys, mistyped keys, unknown versions and content block types, with their counts.
    pub unknown: BTreeMap<String, u64>,
}

/// Distinct names kept per counter; hostile exports could otherwise fill memory with names.
const KEPT_NAMES: usize = 200;

impl ExportStats {
    /// Counts a problem and keeps it while there is room.
    pub fn problem(&mut self, problem: Problem) {
        *self.problem_counts.entry(problem.kind.clone()).or_default() += 1;
        if self.problems.len() < KEPT_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Counts something unknown under `what`; names beyond the limit are counted together.
    pub fn unknown(&mut self, what: &str) {
        count(&mut self.unknown, what);
    }

    /// Counts a record whose body was not understood.
    pub fn not_understood(&mut self, what: &str) {
        count(&mut self.not_understood, what);
    }

    /// Counts a record of the content grade.
    pub fn grade(&mut self, grade: &str) {
        count(&mut self.grades, grade);
    }

    /// Widens the time and id ranges by one record.
    pub fn saw(&mut self, id: Option<i64>, start: i64, end: i64) {
        self.first_time = Some(self.first_time.map_or(start, |t| t.min(start)));
        self.last_time = Some(self.last_time.map_or(end, |t| t.max(end)));
        if let Some(id) = id {
            self.first_record_id = Some(self.first_record_id.map_or(id, |i| i.min(id)));
            self.last_record_id = Some(self.last_record_id.map_or(id, |i| i.max(id)));
        }
    }
}

fn count(counter: &mut BTreeMap<String, u64>, name: &str) {
    let mut name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    if !counter.contains_key(&name) && counter.len() >= KEPT_NAMES {
        name = "(others)".to_owned();
    }
    *counter.entry(name).or_default() += 1;
}
