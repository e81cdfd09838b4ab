//! What was exported before: tells what is new, what has grown and what is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Change, Item, revision, revision_with_time};
use crate::finding::{DetectionInfo, Finding, Severity};
use crate::report::SafeFindings;

/// Version of the file.
const VERSION: u32 = 1;

/// An account that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The bytes are no account.
    #[error("line {line} column {column} is not what an account of earlier exports holds")]
    Damaged {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A newer version wrote it.
    #[error("it was written by a newer version of lightmeter")]
    Newer,
}

/// A finding as it was exported last, without evidence, details and the prose of its detection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// What was exported.
    pub finding: Finding,
    /// Its revision.
    pub revision: String,
    /// Last sighting that was exported, where the finding was seen again since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<i64>,
    /// Whether its closing was exported.
    #[serde(default)]
    pub closed: bool,
    /// Earliest time that any export gave as its first; absent in accounts of versions that did not keep it.
    #[serde(default)]
    pub since: Option<i64>,
}

impl Known {
    /// Earliest time of the finding that is known, which a window that moves on does not change.
    fn since(&self) -> i64 {
        self.since.unwrap_or(i64::MAX).min(self.finding.first_seen)
    }

    /// Whether the finding says what was exported. Revisions once followed the time of the last sighting, too: one from
    /// then holds for the time that was exported with it.
    fn says(&self, finding: &Finding) -> bool {
        self.revision == revision(finding) || self.revision == revision_with_time(finding, self.time_of_revision())
    }

    fn time_of_revision(&self) -> i64 {
        self.exported.unwrap_or(self.finding.last_seen)
    }
}

/// The account of one stream of exports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    version: u32,
    /// Number of the last export that held something.
    pub sequence: u64,
    /// Findings by id.
    pub findings: BTreeMap<String, Known>,
}

impl Default for State {
    fn default() -> Self {
        Self { version: VERSION, sequence: 0, findings: BTreeMap::new() }
    }
}

/// What a run can say about findings, above all about those that it did not make.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// First microsecond that the run looked at, none when it looked at everything.
    pub start: Option<i64>,
    /// First microsecond that it did not look at any more.
    pub end: Option<i64>,
    /// Detections that gave no result or not all of it; their findings are not closed.
    pub failed: BTreeSet<String>,
    /// Whether part of the lake could not be read: less may be found than there is, so nothing is closed or lowered.
    pub incomplete: bool,
    /// Detections that the run is about; all when empty.
    pub only: BTreeSet<String>,
    /// Least severity that it is about; any when absent.
    pub min_severity: Option<Severity>,
}

impl Scope {
    /// Whether everything that the finding was made of lies in the window.
    fn covers(&self, finding: &Finding) -> bool {
        self.start.is_none_or(|s| finding.first_seen >= s) && self.end.is_none_or(|e| finding.last_seen < e)
    }

    /// Whether the run is about the finding as it is here.
    fn selects(&self, finding: &Finding) -> bool {
        (self.only.is_empty() || self.only.contains(&finding.detection.id))
            && self.min_severity.is_none_or(|least| finding.severity >= least)
    }
}

/// What is to be exported.
#[derive(Debug, Default)]
pub struct Changes {
    /// In report order, closings last.
    pub items: Vec<Item>,
    /// Closings and lowered findings that are not told, because part of the lake could not be read.
    pub held: usize,
}

impl State {
    /// Reads an account.
    ///
    /// # Errors
    /// When it is damaged or newer than this program.
    pub fn parse(bytes: &[u8]) -> Result<Self, StateError> {
        // The parser's own message may quote the text, so only the place is kept.
        let state: Self =
            serde_json::from_slice(bytes).map_err(|e| StateError::Damaged { line: e.line(), column: e.column() })?;
        if state.version > VERSION { Err(StateError::Newer) } else { Ok(state) }
    }

    /// The account as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// What is to be exported now; the account is brought up to date. `findings` are all that there are, whether the
    /// run is about them or not.
    ///
    /// A finding that the window cuts is exported again only when it has grown: that older parts of it fall out of a
    /// window which moves on is no news. For the same reason only a finding that the window covers is closed. What the
    /// run is not about is left as it is; but a finding that sinks below its least severity is told once, since who has
    /// it would take it for worse than it is.
    pub fn changes(&mut self, findings: &SafeFindings, scope: &Scope) -> Changes {
        let mut now: Vec<&Finding> = findings.findings().iter().collect();
        now.sort_by(|a, b| a.order(b));
        let ids: BTreeSet<&str> = now.iter().map(|f| f.id.as_str()).collect();
        let mut changes = Changes::default();
        let sequence = self.sequence + 1;
        for finding in now {
            let known = self.findings.get_mut(&finding.id);
            let told = known.as_ref().is_some_and(|known| !known.closed && scope.selects(&known.finding));
            if !told && !scope.selects(finding) {
                continue;
            }
            let since = known.as_ref().map_or(i64::MAX, |known| known.since()).min(finding.first_seen);
            let change = match known {
                None => Change::Create,
                Some(known) if known.closed => Change::Update,
                Some(known) => match compared(known, finding, scope) {
                    Compared::Changed => Change::Update,
                    Compared::Same => {
                        seen_again(known, finding);
                        continue;
                    }
                    Compared::Held => {
                        changes.held += 1;
                        continue;
                    }
                    Compared::Cut => continue,
                },
            };
            let item = Item::new(finding.clone(), change).told_in(sequence, since);
            let (finding, revision) = (slim(finding), item.revision.clone());
            changes.items.push(item);
            let known = Known { finding, revision, exported: None, closed: false, since: Some(since) };
            self.findings.insert(known.finding.id.clone(), known);
        }
        self.close(&ids, scope, &mut changes);
        if !changes.items.is_empty() {
            self.sequence = sequence;
        }
        changes
    }

    /// Closes what is gone.
    fn close(&mut self, ids: &BTreeSet<&str>, scope: &Scope, changes: &mut Changes) {
        let sequence = self.sequence + 1;
        for known in self.findings.values_mut() {
            let finding = &known.finding;
            let gone = !known.closed && !ids.contains(finding.id.as_str()) && scope.covers(finding);
            if !gone || !scope.selects(finding) || scope.failed.contains(&finding.detection.id) {
                continue;
            }
            if scope.incomplete {
                changes.held += 1;
                continue;
            }
            let mut item = Item::new(finding.clone(), Change::Close).told_in(sequence, known.since());
            // What is known has no evidence and no details, which its revision follows.
            item.revision.clone_from(&known.revision);
            changes.items.push(item);
            known.closed = true;
        }
    }

    /// Forgets findings that ended before a moment; for data that the lake no longer holds.
    pub fn forget_before(&mut self, micros: i64) {
        self.findings.retain(|_, known| known.finding.last_seen >= micros);
    }
}

/// A finding against what was exported of it.
enum Compared {
    /// It says the same.
    Same,
    /// It says something else.
    Changed,
    /// It says less, because the window has moved on.
    Cut,
    /// It says less, maybe because part of the lake could not be read.
    Held,
}

fn compared(known: &Known, finding: &Finding, scope: &Scope) -> Compared {
    if known.says(finding) {
        return Compared::Same;
    }
    let before = &known.finding;
    let grown = finding.last_seen > before.last_seen
        || finding.count > before.count
        || finding.first_seen < before.first_seen
        || finding.severity > before.severity
        || finding.confidence > before.confidence;
    let lowered = finding.count < before.count
        || finding.severity < before.severity
        || finding.confidence < before.confidence
        || finding.last_seen < before.last_seen;
    match (grown, scope.covers(before)) {
        (false, false) => Compared::Cut,
        (grown, _) if scope.incomplete && (lowered || !grown) => Compared::Held,
        _ => Compared::Changed,
    }
}

/// That it is still there is no news, but what is forgotten, and what a window covers, goes by it.
fn seen_again(known: &mut Known, finding: &Finding) {
    if finding.last_seen > known.finding.last_seen {
        known.exported.get_or_insert(known.finding.last_seen);
        known.finding.last_seen = finding.last_seen;
    }
}

fn slim(finding: &Finding) -> Finding {
    let detection = &finding.detection;
    Finding {
        detection: DetectionInfo {
            id: detection.id.clone(),
            title: detection.title.clone(),
            tags: detection.tags.clone(),
            what: String::new(),
            impact: String::new(),
            false_positives: Vec::new(),
            next_steps: Vec::new(),
            references: Vec::new(),
        },
        evidence: Vec::new(),
        details: BTreeMap::new(),
        ..finding.clone()
    }
}
