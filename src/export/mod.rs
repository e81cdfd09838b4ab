//! Findings in the shapes that SIEMs take, and what is new in them since the last export.
//!
//! ```text
//! findings ──report::safe──→ SafeFindings ──items | State::changes──→ Item… ──write──→ one document per line
//! ```
//! A shape is one file that turns an [`Item`] into one document. It can neither see a secret, because items are made of
//! [`SafeFindings`] only, nor be broken by content: every text goes through [`crate::text`]. The documents depend on the
//! findings only, never on the time or the order of a run, so a rerun writes the same bytes.

mod cef;
mod csv;
mod document;
mod ecs;
mod ndjson;
mod ocsf;
mod splunk;
mod state;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::report::{SafeFindings, SafeRows};

pub use csv::write as write_csv;
pub use state::{Changes, Known, Scope, State, StateError};

/// A form of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Our own flat objects.
    Ndjson,
    /// OCSF Detection Finding.
    Ocsf(OcsfVersion),
    /// Elastic Common Schema.
    Ecs,
    /// Elastic Common Schema as the body of a `_bulk` request.
    EcsBulk,
    /// Envelopes for Splunk's HTTP Event Collector, with CIM fields.
    SplunkHec,
    /// Common Event Format.
    Cef,
}

/// Version of the OCSF schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum OcsfVersion {
    /// 1.8.0.
    #[default]
    V1_8,
    /// 1.9.0-dev, which knows AI agents.
    V1_9,
}

/// What happened to a finding since the last export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is new, or nobody keeps account.
    Create,
    /// It was exported before and has changed since.
    Update,
    /// It was exported before and is no longer found, although the window covers it.
    Close,
}

impl Change {
    /// The word used in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Close => "close",
        }
    }
}

/// One document to be: a finding without secrets, its revision, and what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    finding: Finding,
    revision: String,
    change: Change,
    /// Number of the export in its account, which orders the documents of one finding; none without an account.
    sequence: Option<u64>,
    /// When the finding began, which stays when a window moves on.
    since: i64,
}

impl Item {
    fn new(finding: Finding, change: Change) -> Self {
        Self { revision: revision(&finding), since: finding.first_seen, finding, change, sequence: None }
    }

    /// As it is told in an export of an account.
    fn told_in(self, sequence: u64, since: i64) -> Self {
        Self { sequence: Some(sequence), since, ..self }
    }

    /// Identity of this document. A finding that is closed, or that returns to what it said before, is told once more
    /// under the same revision, and who has that already takes no second document of one identity; the number of the
    /// export is in no other document of the finding.
    fn version_id(&self) -> String {
        let Self { revision, change, sequence, .. } = self;
        let number = sequence.map(|n| format!("-{n}")).unwrap_or_default();
        match change {
            Change::Create => revision.clone(),
            Change::Update => format!("{revision}{number}"),
            Change::Close => format!("{revision}-close{number}"),
        }
    }

    /// Whether it asks somebody to look: a closing does not.
    fn is_alert(&self) -> bool {
        self.change != Change::Close
    }

    /// What happened to it.
    #[must_use]
    pub fn change(&self) -> Change {
        self.change
    }
}

/// What documents say besides the findings.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Version of lightmeter.
    pub version: String,
    /// Short hash over detections, settings and catalogue.
    pub rules: String,
    /// Names of framework ids by tag, such as `atlas:AML.T0053`.
    pub names: BTreeMap<String, String>,
    /// Version of the ATLAS list that the names come from.
    pub atlas_version: String,
}

/// All findings, in report order, as if none had been exported before.
#[must_use]
pub fn items(findings: &SafeFindings) -> Vec<Item> {
    let mut findings = findings.findings().to_vec();
    findings.sort_by(Finding::order);
    findings.into_iter().map(|f| Item::new(f, Change::Create)).collect()
}

/// Writes one document per line (two for `_bulk`), each line ended by a line feed.
///
/// # Errors
/// Only when the writer fails.
pub fn write(shape: Shape, items: &[Item], context: &Context, out: &mut dyn Write) -> io::Result<()> {
    for item in items {
        match shape {
            Shape::Ndjson => ndjson::write(item, context, out)?,
            Shape::Ocsf(version) => ocsf::write(item, context, version, out)?,
            Shape::Ecs => ecs::write(item, context, out)?,
            Shape::EcsBulk => ecs::write_bulk(item, context, out)?,
            Shape::SplunkHec => splunk::write(item, context, out)?,
            Shape::Cef => cef::write(item, context, out)?,
        }
    }
    Ok(())
}

/// Writes rows as one JSON object per line, values as they are.
///
/// # Errors
/// Only when the writer fails.
pub fn write_ndjson(rows: &SafeRows, out: &mut dyn Write) -> io::Result<()> {
    for row in rows.rows() {
        let values = rows.columns().iter().map(|name| (name.as_str(), document::shown(row.get(name))));
        document::line(values, out)?;
    }
    Ok(())
}

/// Identity of what a finding says: changes whenever it grows or is judged differently, and never with the wording of
/// its detection, the version of lightmeter, or the order, names and grouping of the exports. Nor with the time of the
/// last sighting alone: a tool that is still there, used or not, would be told again by every run.
#[must_use]
pub fn revision(finding: &Finding) -> String {
    hashed(finding, None)
}

/// Revision as the first version of the account has it, with the time of the last sighting.
fn revision_with_time(finding: &Finding, last_seen: i64) -> String {
    hashed(finding, Some(last_seen))
}

fn hashed(finding: &Finding, last_seen: Option<i64>) -> String {
    let mut content = vec![
        json!(finding.id),
        json!(finding.severity),
        json!(finding.confidence),
        json!(finding.subject),
        json!(finding.reason),
        json!(finding.scope),
        json!(finding.first_seen),
        json!(finding.count),
        json!(finding.evidence.iter().map(|e| e.record_id).collect::<Vec<_>>()),
        json!(finding.details),
    ];
    if let Some(time) = last_seen {
        content.insert(7, json!(time));
    }
    hex::encode(&Sha256::digest(Value::Array(content).to_string().as_bytes())[..16])
}
