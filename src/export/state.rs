//! What was exported before: tells what is new, what has grown and what is gone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Change, Item, revision};
use crate::finding::{DetectionInfo, Finding};
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
    /// Whether its closing was exported.
    #[serde(default)]
    pub closed: bool,
    /// How often its closing was exported.
    #[serde(default)]
    pub closings: u32,
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

/// What a run can say about findings that it did not make.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// First microsecond that the run looked at, none when it looked at everything.
    pub start: Option<i64>,
    /// First microsecond that it did not look at any more.
    pub end: Option<i64>,
    /// Detections that gave no result or not all of it; their findings are not closed.
    pub failed: BTreeSet<String>,
}

impl Scope {
    /// Whether everything that the finding was made of lies in the window.
    fn covers(&self, finding: &Finding) -> bool {
        self.start.is_none_or(|s| finding.first_seen >= s) && self.end.is_none_or(|e| finding.last_seen < e)
    }
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

    /// What is to be exported now, in report order, closings last; the account is brought up to date.
    ///
    /// A finding that the window cuts is exported again only when it has grown: that older parts of it fall out of a
    /// window which moves on is no news. For the same reason only a finding that the window covers is closed.
    pub fn changes(&mut self, findings: &SafeFindings, scope: &Scope) -> Vec<Item> {
        let mut now: Vec<&Finding> = findings.findings().iter().collect();
        now.sort_by(|a, b| a.order(b));
        let ids: BTreeSet<&str> = now.iter().map(|f| f.id.as_str()).collect();
        let mut items = Vec::new();
        for finding in &now {
            let change = match self.findings.get(&finding.id) {
                None => Some(Change::Create),
                Some(known) if known.closed => Some(Change::Update),
                Some(known) => changed(known, finding, scope).then_some(Change::Update),
            };
            let Some(change) = change else { continue };
            let closings = self.findings.get(&finding.id).map_or(0, |known| known.closings);
            items.push(Item::new((*finding).clone(), change, closings));
            let known = Known { finding: slim(finding), revision: revision(finding), closed: false, closings };
            self.findings.insert(finding.id.clone(), known);
        }
        for known in self.findings.values_mut() {
            let finding = &known.finding;
            let gone = !known.closed && !ids.contains(finding.id.as_str()) && scope.covers(finding);
            if gone && !scope.failed.contains(&finding.detection.id) {
                let (finding, revision) = (finding.clone(), known.revision.clone());
                items.push(Item { finding, revision, change: Change::Close, closings: known.closings });
                known.closed = true;
                known.closings += 1;
            }
        }
        if !items.is_empty() {
            self.sequence += 1;
        }
        items
    }

    /// Forgets findings that ended before a moment; for data that the lake no longer holds.
    pub fn forget_before(&mut self, micros: i64) {
        self.findings.retain(|_, known| known.finding.last_seen >= micros);
    }
}

fn changed(known: &Known, finding: &Finding, scope: &Scope) -> bool {
    if known.revision == revision(finding) {
        return false;
    }
    let before = &known.finding;
    let grown = finding.last_seen > before.last_seen
        || finding.count > before.count
        || finding.first_seen < before.first_seen
        || finding.severity > before.severity
        || finding.confidence > before.confidence;
    grown || scope.covers(before)
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
