//! `lightmeter-report/v1`: the report for programs.
//!
//! The layout is frozen: fields may be added, none may be removed, renamed or change its meaning; that would be `v2`.
//! Field names stand in this file and beside it in `rows.rs`, so that a change inside lightmeter cannot leak into the
//! layout. `samples/report-v1.schema.json` is its published description. Every key is always present; what is unknown
//! is null, what is empty is an empty list.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

pub use super::rows::*;
pub use super::values::{Details, EvidenceV1, Text, Time};

use super::values::Freeze;
use crate::finding::Finding;
use crate::report::commands::{self, Step};
use crate::report::{inventory, model, note};

/// Value of the key `schema`.
pub const SCHEMA: &str = "lightmeter-report/v1";

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportV1 {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// What made the report.
    pub program: ProgramV1,
    /// The time the report is about.
    pub window: WindowV1,
    /// Counts for a first look.
    pub summary: SummaryV1,
    /// Incidents, worst first.
    pub incidents: Vec<IncidentV1>,
    /// What several incidents have in common, shown or not: the large ones first, then the worst.
    pub campaigns: Vec<CampaignV1>,
    /// The incidents beside those of an earlier report.
    pub history: HistoryV1,
    /// Incidents that are counted but not shown.
    pub incidents_cut: Vec<CutV1>,
    /// Incidents that a review hides, one by one, worst first; they are counted in `incidents_cut`.
    pub incidents_hidden: Vec<HiddenV1>,
    /// Signals per detection.
    pub signals: Vec<SignalV1>,
    /// Every detection and what became of it.
    pub detections: Vec<DetectionV1>,
    /// Agents, integrations and tools.
    pub inventory: InventoryV1,
    /// Secrets seen in the traffic, by fingerprint.
    pub secrets: SecretsV1,
    /// Departures from what is usual.
    pub anomalies: AnomaliesV1,
    /// Who used how much.
    pub usage: UsageV1,
    /// What was read and what was not.
    pub coverage: CoverageV1,
}

/// Counts for a first look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryV1 {
    /// Incidents shown, per severity; every severity is present.
    pub by_severity: BTreeMap<&'static str, u64>,
    /// Incidents counted but not shown.
    pub cut: u64,
    /// Whether all input was read and all detections ran.
    pub complete: bool,
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IncidentV1 {
    /// Stable id: the same incident has it in every run.
    pub id: Text,
    /// Detection id.
    pub detection: Text,
    /// One line for a person.
    pub title: Text,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub severity: &'static str,
    /// `low`, `medium` or `high`.
    pub confidence: &'static str,
    /// What it is about, a short name.
    pub subject: Text,
    /// Why it was flagged, a finished sentence.
    pub reason: Text,
    /// Login of the user, or the tags of a tagged device.
    pub login: Option<Text>,
    /// Stable node id.
    pub device: Option<Text>,
    /// Agent name.
    pub agent: Option<Text>,
    /// Tool.
    pub tool: Option<Text>,
    /// Integration.
    pub integration: Option<Text>,
    /// lightmeter's session.
    pub session_id: Option<Text>,
    /// First time.
    pub first_seen: Time,
    /// Last time.
    pub last_seen: Time,
    /// What the detection counted towards it: calls, commands or requests; of a secret the places that showed it and the
    /// requests that carried it again; of an integration its calls; of several findings that it joins, the findings.
    pub count: i64,
    /// Where to look; bounded.
    pub evidence: Vec<EvidenceV1>,
    /// Further columns of the detection.
    pub details: Details,
    /// What a person had written last before the first of its calls that matters, cut.
    pub asked: Option<Text>,
    /// Where that can be read.
    pub asked_in: Option<EvidenceV1>,
    /// Where the result can be read that is held for what the agent did.
    pub source: Option<EvidenceV1>,
    /// The agent that its requests look like, where that is another than they say.
    pub looks_like: Option<Text>,
    /// What tells so.
    pub looks_like_by: Option<Text>,
    /// The session that all calls belong to which it is about, where `session_id` is null.
    pub used_in: Option<Text>,
    /// Places whose text gave orders to the agent in its session; bounded.
    pub orders_from: Vec<Text>,
    /// What left in its session or through its integration, the gravest first; bounded.
    pub left: Vec<LeftV1>,
    /// The calls in the evidence, in time order; bounded.
    pub timeline: Vec<StepV1>,
    /// Calls in the evidence beyond those.
    pub timeline_more: u64,
    /// Earlier incidents of the same detection about the same subject, newest first; bounded.
    pub earlier: Vec<EarlierV1>,
    /// `new`, `open`, `returned`, or `first` without an earlier report.
    pub state: Text,
    /// What was found.
    pub what: Text,
    /// What it means for the organisation.
    pub impact: Text,
    /// Ordinary explanations.
    pub false_positives: Vec<Text>,
    /// Sentences, and commands that start with `lightmeter`.
    pub next_steps: Vec<Text>,
    /// Framework ids.
    pub tags: Vec<Text>,
    /// Links.
    pub references: Vec<Text>,
}

/// What was read and what was not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageV1 {
    /// Sums over all exports.
    pub totals: TotalsV1,
    /// Every export that was read.
    pub exports: Vec<ExportV1>,
    /// Inputs that could not be read at all.
    pub unreadable: Vec<UnreadableV1>,
    /// Ids of detections that failed.
    pub detections_failed: Vec<Text>,
    /// What the gateway never exports.
    pub blind_spots: Vec<BlindSpotV1>,
}

/// An export and what was read of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportV1 {
    /// Export object.
    pub export_key: Text,
    /// Counters and problems, beside the key.
    #[serde(flatten)]
    pub stats: StatsV1,
    /// Whether it is no longer where it was found; what was read of it stays.
    pub vanished: bool,
}

impl Freeze<model::ExportRow> for ExportV1 {
    fn freeze(row: &model::ExportRow) -> Self {
        Self { export_key: Text::freeze(&row.export_key), stats: StatsV1::freeze(&row.stats), vanished: row.vanished }
    }
}

/// An incident with what the report knows of it.
pub(in crate::report) fn incident(report: &model::Report, finding: &Finding) -> IncidentV1 {
    let none = note::IncidentNote::default();
    let note = report.note(&finding.id).unwrap_or(&none);
    let state = report.history.row(&finding.id).map_or("first", |row| row.state.as_str());
    let Finding { detection, scope, .. } = finding;
    let steps = commands::steps(finding, report.note(&finding.id)).into_iter().map(Step::text);
    IncidentV1 {
        id: Text::freeze(&finding.id),
        detection: Text::freeze(&detection.id),
        title: Text::freeze(&detection.title),
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        subject: Text::freeze(&finding.subject),
        reason: Text::freeze(&finding.reason),
        login: Freeze::freeze(&scope.login),
        device: Freeze::freeze(&scope.device),
        agent: Freeze::freeze(&scope.agent),
        tool: Freeze::freeze(&scope.tool),
        integration: Freeze::freeze(&scope.integration),
        session_id: Freeze::freeze(&scope.session_id),
        first_seen: Time::freeze(&finding.first_seen),
        last_seen: Time::freeze(&finding.last_seen),
        count: finding.count,
        evidence: Freeze::freeze(&finding.evidence),
        details: Details::freeze(&finding.details),
        asked: Freeze::freeze(&note.asked.as_ref().and_then(|asked| asked.text.clone())),
        asked_in: Freeze::freeze(&note.asked.as_ref().and_then(crate::report::AskedRow::place)),
        source: Freeze::freeze(&note.source),
        looks_like: Freeze::freeze(&note.looks_like),
        looks_like_by: Freeze::freeze(&note.looks_like_by),
        used_in: Freeze::freeze(&note.used_in),
        orders_from: Freeze::freeze(&note.orders_from),
        left: Freeze::freeze(&note.left),
        timeline: Freeze::freeze(&note.timeline),
        timeline_more: note.timeline_more,
        earlier: Freeze::freeze(&note.earlier),
        state: Text::freeze(state),
        what: Text::freeze(&detection.what),
        impact: Text::freeze(&detection.impact),
        false_positives: Freeze::freeze(&detection.false_positives),
        next_steps: steps.map(|text| Text::freeze(&text)).collect(),
        tags: Freeze::freeze(&detection.tags),
        references: Freeze::freeze(&detection.references),
    }
}

impl Freeze<model::Report> for ReportV1 {
    fn freeze(report: &model::Report) -> Self {
        let failed = report.detections.iter().filter(|d| d.failed);
        Self {
            schema: SCHEMA,
            program: Freeze::freeze(&report.program),
            window: Freeze::freeze(&report.window),
            summary: SummaryV1 {
                by_severity: report.by_severity().into_iter().map(|(s, count)| (s.as_str(), count)).collect(),
                cut: report.cut.iter().map(|row| row.count).sum(),
                complete: report.complete(),
            },
            incidents: report.ordered_incidents().into_iter().map(|finding| incident(report, finding)).collect(),
            campaigns: Freeze::freeze(&report.campaigns),
            history: Freeze::freeze(&report.history),
            incidents_cut: Freeze::freeze(&report.cut),
            incidents_hidden: Freeze::freeze(&report.hidden),
            signals: Freeze::freeze(&report.signals),
            detections: Freeze::freeze(&report.detections),
            inventory: Freeze::freeze(&report.inventory),
            secrets: Freeze::freeze(&report.secrets),
            anomalies: Freeze::freeze(&report.anomalies),
            usage: Freeze::freeze(&report.usage),
            coverage: CoverageV1 {
                totals: TotalsV1::freeze(&report.coverage.totals()),
                exports: Freeze::freeze(&report.coverage.exports),
                unreadable: Freeze::freeze(&report.coverage.unreadable),
                detections_failed: failed.map(|d| Text::freeze(&d.id)).collect(),
                blind_spots: Freeze::freeze(&report.coverage.blind_spots),
            },
        }
    }
}

/// A hidden incident in this layout.
pub(in crate::report) fn hidden(row: &model::HiddenRow) -> HiddenV1 {
    Freeze::freeze(row)
}

/// The inventory in this layout.
pub(in crate::report) fn inventory(inventory: &inventory::Inventory) -> InventoryV1 {
    Freeze::freeze(inventory)
}

/// The report in this layout.
pub(in crate::report) fn document(report: &model::Report) -> ReportV1 {
    Freeze::freeze(report)
}

/// Writes the report as indented JSON with a line feed at the end.
///
/// # Errors
/// Only when the writer fails.
pub(in crate::report) fn write(report: &model::Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &ReportV1::freeze(report))?;
    out.write_all(b"\n")
}
