//! Incidents: what happened, why it was flagged, who and where, what to do.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::table::{Table, mark, name_or_dash, names, number, plural};
use super::{Block, Keep};
use crate::finding::{DetectionInfo, Evidence, Finding};
use crate::report::commands::{self, Step};
use crate::report::history::worst_first;
use crate::report::{IncidentNote, IndexRow, Report};
use crate::text;

/// Bounds of one incident: rows of details, exports, record ids per export, list items.
const DETAILS: usize = 30;
const EXPORTS: usize = 10;
const RECORDS: usize = 20;
const ITEMS: usize = 10;

/// Longest value shown in details, in characters.
const VALUE_CHARS: usize = 300;

/// Longest command shown, in characters; a longer one is left to the JSON report.
const COMMAND_CHARS: usize = 4_000;

/// With `full`, also incidents that an earlier report told in full are told again; otherwise they are one line each.
pub(super) fn blocks(report: &Report, full: bool) -> Vec<Block> {
    let ordered = report.ordered_incidents();
    let mut blocks = vec![Block::new("incidents not shown", Keep::Coverage, intro(report))];
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open = Table::new(&["Still open", "Incident", "Subject", "User", "Last seen", "Reported since", "Finding"]);
    for (at, finding) in ordered.into_iter().enumerate() {
        let row = report.history.row(&finding.id);
        if let Some(row) = row.filter(|row| row.state == "open" && !row.changed && !full) {
            open.row(open_row(at, finding, row));
            continue;
        }
        let before = *explained.entry(finding.detection.id.as_str()).or_insert(at);
        let note = report.note(&finding.id);
        blocks.push(Block::new("incidents", Keep::Incident, incident(at, finding, before, row, note)));
    }
    let open = open.finish(200, "SELECT * FROM signals ORDER BY detection, subject");
    if !open.is_empty() {
        let how = "\nEarlier reports told these; `lightmeter analyze --offline --full` tells them again.\n";
        blocks.push(Block::new("incidents still open", Keep::Incident, format!("{open}{how}")));
    }
    blocks.push(Block::new("incidents that are gone", Keep::Incident, gone(report)));
    blocks
}

fn open_row(at: usize, finding: &Finding, row: &IndexRow) -> [String; 7] {
    [
        (at + 1).to_string(),
        format!("{} · {}", mark(finding.severity.as_str()), text::md_prose(&finding.detection.title)),
        text::md_code(&finding.subject),
        name_or_dash(finding.scope.login.as_deref()),
        text::clock_time(finding.last_seen),
        row.first_reported.map_or_else(|| "–".to_owned(), text::clock_time),
        text::md_code(&finding.id),
    ]
}

/// What the earlier report had and this one has not.
fn gone(report: &Report) -> String {
    let mut rows: Vec<&IndexRow> = report.history.index.iter().filter(|row| row.changed).collect();
    rows.retain(|row| matches!(row.state.as_str(), "closed" | "left" | "suppressed"));
    rows.sort_by(|a, b| worst_first(a, b));
    let mut table = Table::new(&["Gone", "Incident", "Subject", "Last seen", "Finding"]);
    for row in rows {
        let why = match row.state.as_str() {
            "closed" => "✅ not found any more",
            "left" => "🕓 last seen before this window",
            _ => "🔕 suppressed by a review",
        };
        table.row([
            why.to_owned(),
            format!("{} · {}", mark(&row.severity), text::md_prose(&row.title)),
            text::md_code(&row.subject),
            text::clock_time(row.last_seen),
            text::md_code(&row.id),
        ]);
    }
    let rows = table.finish(50, "SELECT * FROM signals ORDER BY detection, subject");
    if rows.is_empty() { rows } else { format!("\n### Gone since the last report\n{rows}") }
}

/// Mark and word of a state that is worth a look.
fn state_mark(row: Option<&IndexRow>) -> &'static str {
    match row.map(|row| row.state.as_str()) {
        Some("new") => " · 🆕 new",
        Some("returned") => " · ↩️ returned",
        Some("open") => " · ⏳ still open",
        Some("suppressed") => " · 🔕 suppressed",
        _ => "",
    }
}

fn intro(report: &Report) -> String {
    let mut out = String::from("\n## Incidents\n");
    if report.incidents.is_empty() {
        out.push_str("\nNone shown.\n");
    }
    let mut rows = Table::new(&["Not shown", "Severity", "Count", "Why", "Shown by"]);
    for row in &report.cut {
        rows.row([
            text::md_code(&row.detection),
            mark(&row.severity),
            number(row.count),
            text::md_prose(&row.why),
            text::md_verbatim(&row.see, 200),
        ]);
    }
    out.push_str(&rows.finish(30, "SELECT detection, count(*) FROM signals GROUP BY detection ORDER BY detection"));
    out
}

/// The incident at a position; what its detection says in general stands with the incident at `explained`, the
/// first of that detection.
fn incident(
    at: usize,
    finding: &Finding,
    explained: usize,
    row: Option<&IndexRow>,
    note: Option<&IncidentNote>,
) -> String {
    let detection = &finding.detection;
    let (severity, title) = (mark(finding.severity.as_str()), text::md_prose(&detection.title));
    let mut out =
        format!("\n### {}. {severity}{} · {title}\n\n{}\n", at + 1, state_mark(row), text::md_prose(&finding.reason));
    out.push_str(&scope(finding));
    if explained == at {
        for (name, sentence) in [("What", &detection.what), ("Why it matters", &detection.impact)] {
            if !sentence.is_empty() {
                let _ = write!(out, "\n**{name}**: {}\n", text::md_prose(sentence));
            }
        }
        out.push_str(&list("Ordinary explanations", &detection.false_positives));
        out.push_str(&references(detection));
    } else {
        let _ = write!(out, "\nWhat this means and what explains it: as for incident {}.\n", explained + 1);
    }
    out.push_str(&note.map(timeline).unwrap_or_default());
    out.push_str(&note.map(earlier).unwrap_or_default());
    out.push_str(&details(finding));
    out.push_str(&evidence(&finding.evidence));
    out.push_str(&next_steps(finding));
    out
}

/// The few calls that matter, in time order.
fn timeline(note: &IncidentNote) -> String {
    let mut rows = Table::new(&["Timeline", "Tool", "Can", "Outcome", "Arguments", "Record"]);
    for step in &note.timeline {
        let tool = match &step.integration {
            Some(integration) => format!("{} of {}", text::md_code(&step.tool), text::md_code(integration)),
            None => text::md_code(&step.tool),
        };
        rows.row([
            text::clock_time(step.time),
            tool,
            names(&step.capabilities),
            text::md_code(&step.outcome),
            text::md_code_long(&step.argument, VALUE_CHARS),
            step.record_id.map_or_else(|| "–".to_owned(), |id| id.to_string()),
        ]);
    }
    let more = match note.timeline_more {
        0 => String::new(),
        more => format!("\n{} in the same records; the queries below show them.\n", plural(more, "more call")),
    };
    format!("{}{more}", rows.finish(usize::MAX, ""))
}

fn earlier(note: &IncidentNote) -> String {
    let mut rows = Table::new(&["Earlier, same cause", "User", "Severity", "Time", "State"]);
    for row in &note.earlier {
        rows.row([
            text::md_code(&row.id),
            name_or_dash(row.login.as_deref()),
            mark(&row.severity),
            format!("{} to {}", text::clock_time(row.first_seen), text::clock_time(row.last_seen)),
            text::md_code(&row.state),
        ]);
    }
    rows.finish(usize::MAX, "")
}

fn references(detection: &DetectionInfo) -> String {
    let all = detection.tags.iter().chain(&detection.references);
    let shown: Vec<String> = all.take(ITEMS).map(|r| text::md_verbatim(r, 200)).collect();
    if shown.is_empty() { String::new() } else { format!("\n**References**: {}\n", shown.join(", ")) }
}

fn scope(finding: &Finding) -> String {
    let scope = &finding.scope;
    let mut rows = Table::new(&["", ""]);
    rows.row(["Subject".to_owned(), text::md_code(&finding.subject)]);
    for (name, value) in [
        ("User", &scope.login),
        ("Device", &scope.device),
        ("Agent", &scope.agent),
        ("Integration", &scope.integration),
        ("Tool", &scope.tool),
        ("Session", &scope.session_id),
    ] {
        if value.is_some() {
            rows.row([name.to_owned(), name_or_dash(value.as_deref())]);
        }
    }
    let (first, last) = (text::clock_time(finding.first_seen), text::clock_time(finding.last_seen));
    rows.row(["Time".to_owned(), if first == last { first } else { format!("{first} to {last}") }]);
    rows.row(["Count".to_owned(), finding.count.to_string()]);
    rows.row(["Severity, confidence".to_owned(), format!("{}, {}", finding.severity, finding.confidence)]);
    rows.row(["Detection".to_owned(), text::md_code(&finding.detection.id)]);
    rows.row(["Finding".to_owned(), text::md_code(&finding.id)]);
    rows.finish(usize::MAX, "")
}

fn details(finding: &Finding) -> String {
    let mut rows = Table::new(&["Detail", "Value"]);
    for (name, value) in finding.details.iter().filter(|(_, value)| !value.is_null()).take(DETAILS) {
        let shown = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        rows.row([text::md_code(name), text::md_code_long(&shown, VALUE_CHARS)]);
    }
    rows.finish(DETAILS, "")
}

/// Records by export, in the order given.
fn evidence(evidence: &[Evidence]) -> String {
    let mut exports: Vec<(&str, Vec<&Evidence>)> = Vec::new();
    for entry in evidence {
        match exports.iter().position(|(key, _)| *key == entry.export_key) {
            Some(at) => exports[at].1.push(entry),
            None if exports.len() < EXPORTS => exports.push((&entry.export_key, vec![entry])),
            None => {}
        }
    }
    let mut rows = Table::new(&["Evidence: export", "Records"]);
    let mut shown = 0;
    for (key, entries) in exports {
        let ids: Vec<String> = entries
            .iter()
            .take(RECORDS)
            .map(|entry| entry.record_id.map_or_else(|| "without id".to_owned(), |id| id.to_string()))
            .collect();
        shown += ids.len();
        rows.row([text::md_verbatim(key, 200), ids.join(", ")]);
    }
    let hidden = evidence.len() - shown;
    let more =
        if hidden == 0 { String::new() } else { format!("\n{} more in the JSON report.\n", number(hidden as u64)) };
    format!("{}{more}", rows.finish(EXPORTS, ""))
}

fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: String = items.iter().take(ITEMS).map(|item| format!("- {}\n", text::md_prose(item))).collect();
    format!("\n**{title}**\n\n{items}")
}

fn next_steps(finding: &Finding) -> String {
    let mut prose = Vec::new();
    let mut commands = Vec::new();
    for step in commands::steps(finding) {
        match step {
            Step::Prose(text) => prose.push(text),
            // A cut command would be a different command.
            Step::Command(line) if line.chars().count() <= COMMAND_CHARS => commands.push(line),
            Step::Command(_) => {}
        }
    }
    let mut out = list("Next steps", &prose);
    if !commands.is_empty() {
        if prose.is_empty() {
            out.push_str("\n**Next steps**\n");
        }
        let _ = write!(out, "\n{}", text::md_fence("sh", &commands.join("\n")));
    }
    out
}
