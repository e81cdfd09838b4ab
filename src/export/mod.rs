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

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::report::{SafeFindings, SafeRows};

pub use csv::write as write_csv;
pub use state::{Known, Scope, State, StateError};

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
    /// How often the finding was closed before.
    closings: u32,
}

impl Item {
    fn new(finding: Finding, change: Change, closings: u32) -> Self {
        Self { revision: revision(&finding), finding, change, closings }
    }

    /// Identity of this version of the finding: another for its closing, and another when it comes back as it was, because
    /// who has it already takes no second document of one identity.
    fn version_id(&self) -> String {
        let Self { revision, change, closings, .. } = self;
        match (change, closings) {
            (Change::Close, 0) => format!("{revision}-close"),
            (Change::Close, n) => format!("{revision}-close-{}", n + 1),
            (_, 0) => revision.clone(),
            (_, n) => format!("{revision}-again-{n}"),
        }
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
    findings.into_iter().map(|f| Item::new(f, Change::Create, 0)).collect()
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
/// its detection, the version of lightmeter, or the order, names and grouping of the exports.
#[must_use]
pub fn revision(finding: &Finding) -> String {
    let content = serde_json::json!([
        finding.id,
        finding.severity,
        finding.confidence,
        finding.subject,
        finding.reason,
        finding.scope,
        finding.first_seen,
        finding.last_seen,
        finding.count,
        finding.evidence.iter().map(|e| e.record_id).collect::<Vec<_>>(),
        finding.details,
    ]);
    hex::encode(&Sha256::digest(content.to_string().as_bytes())[..16])
}
