//! Fills the report from SQL: each of its tables is one query in `queries/report/`, whose columns are named like the
//! fields of the row.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::try_join;

use super::engine::Engine;
use super::hidden;
use super::pull::Unread;
use super::rows::SideBySide;
use crate::detect::run::RunResult;
use crate::detect::signals;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::lake::{Ledger, Session};
use crate::report::{
    Anomalies, CampaignRow, Coverage, CutRow, DetectionRow, ExportRow, History, IndexRow, Inventory, PreviousRow,
    Program, Report, Secrets, SignalRow, UnreadableRow, Usage, UsageRow, WindowRow, blind_spots, spare,
};
use crate::triage::Reviews;
use crate::window::Window;

/// What a report is made from.
pub struct Sources<'s> {
    /// The lake, opened.
    pub engine: &'s Engine,
    /// The exports behind it.
    pub ledger: &'s Ledger,
    /// The window.
    pub window: Window,
    /// What this run could not read.
    pub unread: &'s [Unread],
    /// What the detections gave.
    pub result: RunResult,
    /// Incidents shown per day.
    pub budget: u32,
    /// The report to compare with.
    pub earlier: Option<(PreviousRow, Vec<IndexRow>)>,
    /// Verdicts of the organisation.
    pub reviews: &'s Reviews,
    /// Whether incidents that a review hides are shown.
    pub show_suppressed: bool,
}

/// First and last request of the window, and how many there are.
#[derive(Default, Deserialize)]
pub(super) struct DataRange {
    data_start: Option<i64>,
    pub(super) data_end: Option<i64>,
    pub(super) requests: u64,
}

pub(super) async fn data_range(session: &Session) -> Result<DataRange, Error> {
    Ok(rows(session, "data_range").await?.pop().unwrap_or_default())
}

/// Builds the report.
///
/// # Errors
/// When one of the report's queries fails.
pub async fn fill(sources: Sources<'_>) -> Result<Report, Error> {
    let Sources { engine, ledger, window, unread, mut result, budget, earlier, reviews, show_suppressed } = sources;
    let session = &engine.session;
    let range = data_range(session).await?;
    let side = SideBySide::new(session);
    let (inventory, usage, secrets) = try_join!(inventory(&side), usage(&side), secrets(&side))?;
    let detections = detection_rows(engine, &result);
    let signals = signal_rows(engine, &result.signals);
    let all = std::mem::take(&mut result.incidents);
    let (all, suppressed) =
        hidden::split(session, all, reviews, window.end.map_or(range.data_end, |end| Some(end - 1))).await?;
    let (mut incidents, beyond, mut cut) = within_budget(all, budget);
    let index = incidents.iter().map(|f| IndexRow::of(f, true, false));
    let index = index.chain(beyond.iter().map(|f| IndexRow::of(f, false, false)));
    let index = index.chain(suppressed.iter().map(|(f, _)| IndexRow::of(f, show_suppressed, true))).collect();
    let mut hidden = Vec::new();
    if show_suppressed {
        incidents.extend(suppressed.into_iter().map(|(finding, _)| finding));
    } else {
        cut.extend(hidden::counts(&suppressed));
        hidden = hidden::rows(&suppressed);
    }
    let history = History::compare(index, earlier, window.start);
    let anomalies = Anomalies::of(&incidents, &result.signals);
    let found = incidents.iter().chain(&beyond).cloned().collect();
    let notes = super::timeline::notes(session, &side, &incidents, &history);
    let (mut notes, campaigns) = try_join!(notes, campaigns(session, &side, found))?;
    spare(&campaigns, &mut notes);
    super::joined::add(&engine.data, &result.signals, &incidents, &mut notes);
    let report = Report {
        program: Program { version: env!("CARGO_PKG_VERSION").to_owned(), rules: rules(engine) },
        window: WindowRow {
            start: window.start,
            end: window.end,
            data_start: range.data_start,
            data_end: range.data_end,
        },
        incidents,
        campaigns,
        notes,
        history,
        cut,
        hidden,
        signals,
        detections,
        inventory,
        secrets,
        anomalies,
        usage,
        coverage: coverage(ledger, window, unread),
    };
    Ok(report)
}

async fn inventory(side: &SideBySide) -> Result<Inventory, Error> {
    let mut found = Inventory::default();
    try_join!(
        side.fill(&mut found.agents, "report/agents"),
        side.fill(&mut found.integrations, "report/integrations"),
        side.fill(&mut found.tools, "report/tools"),
        side.fill(&mut found.capabilities, "report/capabilities"),
        side.fill(&mut found.kinds, "report/integration_kinds"),
        side.fill(&mut found.offered_never_called, "report/offered_never_called"),
        side.fill(&mut found.unreviewed, "report/unreviewed"),
        side.fill(&mut found.definition_changes, "report/definition_changes"),
        side.fill(&mut found.shared_names, "report/shared_names"),
    )?;
    Ok(found)
}

async fn secrets(side: &SideBySide) -> Result<Secrets, Error> {
    let note = "What models were told, the most exposed secret first: the list to rotate by. Every message, argument, \
                answer, tool definition and header was searched with the rules in force when its export was \
                converted. Secrets in forms that no rule describes, in images and in purged content are not found, \
                and none was tried against its vendor.";
    let mut found = Secrets { note: note.to_owned(), ..Secrets::default() };
    try_join!(side.fill(&mut found.items, "report/secrets"), side.fill(&mut found.personal, "report/personal"))?;
    Ok(found)
}

/// Name of the table that the queries for campaigns read all incidents from.
const FOUND: &str = "found";

/// Tables that these queries read, each from those before it. One query for all would compute them once per use.
const CAMPAIGN_STEPS: [&str; 4] = ["campaign_calls", "campaign_places", "campaign_parts", "campaign_stories"];

/// What several incidents have in common, whether they are told or not.
async fn campaigns(session: &Session, side: &SideBySide, found: Vec<Finding>) -> Result<Vec<CampaignRow>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let batch = signals::batch(&found).map_err(|e| Error::Engine(e.to_string()))?;
    session.register_batches(FOUND, &signals::schema(), vec![batch])?;
    for step in CAMPAIGN_STEPS {
        side.materialise(step, &format!("report/{step}")).await?;
    }
    side.read("report/campaigns").await
}

/// A row of usage and what it is split by.
#[derive(Deserialize)]
struct Split {
    split: String,
    #[serde(flatten)]
    row: UsageRow,
}

async fn usage(side: &SideBySide) -> Result<Usage, Error> {
    let (rows, calls_by_day) = try_join!(side.read::<Split>("report/usage"), side.read("report/calls_by_day"))?;
    let mut usage = Usage { calls_by_day, ..Usage::default() };
    for Split { split, row } in rows {
        match split.as_str() {
            "user" => usage.by_user.push(row),
            "agent" => usage.by_agent.push(row),
            "model" => usage.by_model.push(row),
            "day" => usage.by_day.push(row),
            _ => usage.total = row,
        }
    }
    Ok(usage)
}

/// Runs SQL and reads its rows.
pub(super) async fn answer<T: DeserializeOwned>(session: &Session, sql: &str) -> Result<Vec<T>, Error> {
    super::rows::run(session, sql, &[]).await
}

/// Rows of `queries/report/<name>.sql`.
pub(super) async fn rows<T: DeserializeOwned>(session: &Session, name: &str) -> Result<Vec<T>, Error> {
    super::rows::read(session, &format!("report/{name}"), &[]).await
}

/// Exports that can hold something of the window; an export whose records were all unreadable always counts.
pub(super) fn coverage(ledger: &Ledger, window: Window, unread: &[Unread]) -> Coverage {
    let inside = |first: Option<i64>, last: Option<i64>| match (first, last) {
        (Some(first), Some(last)) => window.start.is_none_or(|s| last >= s) && window.end.is_none_or(|e| first < e),
        _ => true,
    };
    let damaged = ledger.damaged.iter().map(|error| {
        let (name, reason) = error.within_lake();
        UnreadableRow { export_key: format!("(lake) {name}"), reason: crate::text::one_line(&reason, 300).into_owned() }
    });
    let left_out = ledger.left_out.iter().map(|file| UnreadableRow {
        export_key: file.part.path.clone(),
        reason: format!("the report is without its rows: {}", file.reason),
    });
    let failed = unread.iter().map(|u| UnreadableRow { export_key: u.name.clone(), reason: u.reason.clone() });
    Coverage {
        exports: ledger
            .entries
            .iter()
            .filter(|e| inside(e.stats.first_time, e.stats.last_time))
            .map(|e| ExportRow {
                export_key: e.export_key.clone(),
                stats: e.stats.clone(),
                vanished: ledger.vanished.contains(&e.id),
            })
            .collect(),
        unreadable: damaged.chain(left_out).chain(failed).collect(),
        blind_spots: blind_spots(),
    }
}

fn detection_rows(engine: &Engine, result: &RunResult) -> Vec<DetectionRow> {
    let findings = |id: &str| {
        let found = result.incidents.iter().chain(&result.signals).filter(|f| f.detection.id == id);
        found.count() as u64
    };
    let problem = |id: &str| result.failures.iter().find(|f| f.id == id).map(|f| f.message.clone());
    let mut rows: Vec<DetectionRow> = engine
        .catalog
        .list()
        .into_iter()
        .map(|d| {
            let failure = problem(&d.id);
            DetectionRow {
                ran: result.ran.contains(&d.id),
                findings: findings(&d.id),
                failed: failure.is_some(),
                problem: failure.or_else(|| (!d.enabled).then(|| "not enabled".to_owned())),
                id: d.id,
                title: d.title,
                tier: d.tier.as_str().to_owned(),
                status: d.status.as_str().to_owned(),
            }
        })
        .collect();
    // A file that could not be read is no detection, but its absence must show.
    for failure in result.failures.iter().filter(|f| !engine.catalog.detections.contains_key(&f.id)) {
        rows.push(DetectionRow {
            id: failure.id.clone(),
            problem: Some(failure.message.clone()),
            failed: true,
            ..DetectionRow::default()
        });
    }
    rows
}

fn signal_rows(engine: &Engine, signals: &[Finding]) -> Vec<SignalRow> {
    let mut counted: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for signal in signals {
        let entry = counted.entry(signal.detection.id.as_str()).or_default();
        entry.0 += 1;
        entry.1.insert(&signal.subject);
    }
    counted
        .into_iter()
        .map(|(id, (count, subjects))| SignalRow {
            detection: id.to_owned(),
            title: engine.catalog.detections.get(id).map(|d| d.meta.title.clone()).unwrap_or_default(),
            count,
            subjects: subjects.len() as u64,
        })
        .collect()
}

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The worst incidents of each UTC day, as many as the budget allows; the rest, and its counts. What is told inside
/// another incident, because it shares its session or integration, takes no place of its own.
fn within_budget(mut incidents: Vec<Finding>, budget: u32) -> (Vec<Finding>, Vec<Finding>, Vec<CutRow>) {
    incidents.sort_by(Finding::order);
    let mut per_day: BTreeMap<i64, u32> = BTreeMap::new();
    let mut cut: BTreeMap<(std::cmp::Reverse<Severity>, String), u64> = BTreeMap::new();
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    let (kept, hidden) = incidents.into_iter().partition(|incident| {
        let cause = incident.scope.cause().map(|(kind, id)| (kind, id.to_owned()));
        if cause.as_ref().is_some_and(|cause| told.contains(cause)) {
            return true;
        }
        let shown = per_day.entry(incident.last_seen.div_euclid(DAY)).or_default();
        *shown += 1;
        let fits = *shown <= budget;
        if fits {
            told.extend(cause);
        } else {
            let key = (std::cmp::Reverse(incident.severity), incident.detection.id.clone());
            *cut.entry(key).or_default() += 1;
        }
        fits
    });
    let rows = cut
        .into_iter()
        .map(|((severity, detection), count)| CutRow {
            detection,
            severity: severity.0.as_str().to_owned(),
            count,
            why: "over the budget of the day".to_owned(),
            see: "lightmeter analyze --offline --full".to_owned(),
        })
        .collect();
    (kept, hidden, rows)
}

/// Short hash over the detections, their settings and the catalogue: two reports with the same hash asked the same.
pub(super) fn rules(engine: &Engine) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    };
    for (id, detection) in &engine.catalog.detections {
        add(id);
        add(&detection.show());
    }
    for (name, table) in &engine.data.tables {
        add(name);
        for row in table.rows() {
            add(&crate::normalise::content::canonical_json(&serde_json::Value::Object(row.clone())));
        }
    }
    hex::encode(&hash.finalize()[..6])
}

#[cfg(test)]
mod tests;
