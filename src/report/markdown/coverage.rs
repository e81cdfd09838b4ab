//! Coverage: what was read, what was not, what ran, and what the gateway never exports.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::table::{Table, mark, number, percent, plural};
use super::{Block, Keep};
use crate::report::groups::rest_of;
use crate::report::{DetectionRow, ExportRow, Report, Totals, commands};
use crate::text;

/// Rows shown per table.
const ROWS: usize = 50;

/// Problems shown in full.
const PROBLEMS: usize = 30;

/// Longest key of an export shown, in characters.
const KEY_CHARS: usize = 200;

/// What shows more than a table of detections has.
const PER_DETECTION: &str = "SELECT detection, count(*) AS signals FROM signals GROUP BY detection ORDER BY detection";

/// Names shown per counter.
const COUNTERS: usize = 20;

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    vec![
        Block::new("coverage", Keep::Coverage, coverage(report)),
        Block::new("what is not shown", Keep::Coverage, not_shown(report)),
        Block::new("detections and signals", Keep::Detections, detections(report)),
        Block::new("exports", Keep::Exports, exports(report)),
    ]
}

fn coverage(report: &Report) -> String {
    let totals = report.coverage.totals();
    let mut out = format!(
        "\n## Coverage\n\nRead {} with {} ({} bytes decompressed). Skipped {}; {} cut short; {} not readable.\n",
        plural(totals.exports, "export"),
        plural(totals.records, "record"),
        number(totals.decompressed_bytes),
        plural(totals.skipped, "record"),
        plural(totals.partial, "export"),
        plural(totals.unreadable, "input"),
    );
    let vanished = report.coverage.exports.iter().filter(|row| row.vanished).count() as u64;
    if vanished > 0 {
        let _ = writeln!(
            out,
            "\nNo longer where they were found: {}. What was read of them stays; {} names them.",
            plural(vanished, "export"),
            text::md_verbatim(&commands::query("SELECT export_key FROM exports WHERE vanished"), 400)
        );
    }
    let mut unreadable = Table::new(&["Input that could not be read", "Why"]);
    for row in &report.coverage.unreadable {
        unreadable.row([text::md_verbatim(&row.export_key, KEY_CHARS), text::md_prose(&row.reason)]);
    }
    out.push_str(&unreadable.finish(ROWS, "SELECT * FROM exports"));
    let mut failed = Table::new(&["Detection that failed", "Why"]);
    for row in report.detections.iter().filter(|row| row.failed) {
        failed.row([text::md_code(&row.id), text::md_prose(row.problem.as_deref().unwrap_or_default())]);
    }
    out.push_str(&failed.finish(usize::MAX, ""));
    out.push_str(&problems(report));
    out.push_str(&counters(&totals));
    if !report.coverage.blind_spots.is_empty() {
        out.push_str("\n### Blind spots\n\nThe gateway does not export this, so no report can show it:\n\n");
        for spot in &report.coverage.blind_spots {
            let _ = writeln!(out, "- **{}**: {}", text::md_prose(&spot.title), text::md_prose(&spot.meaning));
        }
    }
    out
}

/// What was cut or suppressed, and how to see it.
fn not_shown(report: &Report) -> String {
    let mut rows = Table::new(&["Detection", "Severity", "Count", "Why", "Shown by"]);
    for row in &report.cut {
        rows.row([
            text::md_code(&row.detection),
            mark(&row.severity),
            number(row.count),
            text::md_prose(&row.why),
            text::md_verbatim(&row.see, 200),
        ]);
    }
    let rows = rows.finish(ROWS, PER_DETECTION);
    if rows.is_empty() {
        return rows;
    }
    format!("\n## Not shown\n\nFound and counted, but not told above.\n{rows}{}", hidden(report))
}

/// What reviews hide, one by one.
fn hidden(report: &Report) -> String {
    let mut rows = Table::new(&["Hidden", "About", "Last seen", "Verdict", "Finding", "Still told"]);
    for row in &report.hidden {
        let until = row.expires.as_deref().map_or_else(String::new, |day| format!(" until {}", text::md_code(day)));
        rows.row([
            format!("{} · {}", mark(&row.severity), text::md_prose(&row.title)),
            text::md_code(&row.subject),
            text::clock_time(row.last_seen),
            format!(
                "{} by {}{until}: {}",
                text::md_prose(&row.verdict),
                text::md_code(&row.owner),
                text::md_prose(&row.reason)
            ),
            text::md_code(&row.id),
            rest_of(report, row).map_or_else(|| "–".to_owned(), |number| format!("the rest, as incident {number}")),
        ]);
    }
    let rows = rows.finish(ROWS, PER_DETECTION);
    let how = "\n`lightmeter review remove FINDING` shows one again; `lightmeter review list` lists all verdicts, also \
               those beyond this window.\n";
    if rows.is_empty() { rows } else { format!("{rows}{how}") }
}

fn problems(report: &Report) -> String {
    let mut table = Table::new(&["Problem", "Export", "Record", "Offset", "What"]);
    let mut total: u64 = 0;
    let mut shown: u64 = 0;
    for ExportRow { export_key, stats, .. } in &report.coverage.exports {
        total += stats.problem_counts.values().sum::<u64>();
        for problem in &stats.problems {
            if shown == PROBLEMS as u64 {
                break;
            }
            shown += 1;
            let number_of = problem.record_number.map_or_else(|| "–".to_owned(), |n| format!("number {n}"));
            table.row([
                text::md_code(&problem.kind),
                text::md_verbatim(export_key, KEY_CHARS),
                problem.record_id.map_or(number_of, |id| format!("id {id}")),
                problem.offset.map_or_else(|| "–".to_owned(), number),
                text::md_prose_long(&problem.reason, 300),
            ]);
        }
    }
    let mut out = table.finish(PROBLEMS, "");
    if total > shown {
        let _ = write!(out, "\n{}, counted per export in the JSON report.\n", plural(total - shown, "more problem"));
    }
    out
}

fn counters(totals: &Totals) -> String {
    let mut out = String::new();
    for (title, counter, whole) in [
        ("Content of records", &totals.grades, totals.grades.values().sum()),
        ("Problems by kind", &totals.problems, 0),
        ("Not understood, by format", &totals.not_understood, 0),
        ("Unknown to this version", &totals.unknown, 0),
    ] {
        out.push_str(&counter_table(title, counter, whole));
    }
    out
}

/// Largest counts first; with shares where there is a whole.
fn counter_table(title: &str, counter: &BTreeMap<String, u64>, whole: u64) -> String {
    let mut rows: Vec<(&String, &u64)> = counter.iter().collect();
    rows.sort_by_key(|(name, count)| (Reverse(**count), *name));
    let mut table = Table::new(&[title, "Count"]);
    for (name, count) in rows.iter().take(COUNTERS) {
        let share = if whole == 0 { String::new() } else { format!(" ({})", percent(**count, whole)) };
        table.row([text::md_code(name), format!("{}{share}", number(**count))]);
    }
    let mut out = table.finish(COUNTERS, "");
    let hidden = rows.len().saturating_sub(COUNTERS);
    if hidden > 0 {
        let _ = write!(out, "\n{} more in the JSON report.\n", number(hidden as u64));
    }
    out
}

/// Detections that have something to say; the others are counted.
fn detections(report: &Report) -> String {
    let quiet = |row: &&DetectionRow| row.ran && row.findings == 0;
    let counted = report.detections.iter().filter(quiet).count() as u64;
    let mut rows = Table::new(&["Detection", "Title", "Tier", "Status", "Findings", "Ran"]);
    for row in report.detections.iter().filter(|row| !quiet(row)) {
        rows.row([
            text::md_code(&row.id),
            text::md_prose(&row.title),
            text::md_code(&row.tier),
            text::md_code(&row.status),
            number(row.findings),
            match (row.failed, row.ran) {
                (true, _) => "failed".to_owned(),
                (false, true) => "yes".to_owned(),
                (false, false) => format!("no: {}", text::md_prose(row.problem.as_deref().unwrap_or_default())),
            },
        ]);
    }
    let rows = rows.finish(200, PER_DETECTION);
    let mut out = String::new();
    if counted > 0 || !rows.is_empty() {
        let quiet = match counted {
            0 => String::new(),
            _ => format!(
                "\n{} ran and found nothing; `lightmeter detections list` names all.\n",
                plural(counted, "detection")
            ),
        };
        let _ = write!(out, "\n### Detections\n{quiet}{rows}");
    }
    let mut signals = Table::new(&["Signal", "Title", "Count", "Subjects"]);
    for row in &report.signals {
        signals.row([
            text::md_code(&row.detection),
            text::md_prose(&row.title),
            number(row.count),
            number(row.subjects),
        ]);
    }
    let signals = signals.finish(ROWS, PER_DETECTION);
    if !signals.is_empty() {
        let see = commands::query("SELECT detection, subject, reason FROM signals ORDER BY detection, subject");
        let see = text::md_verbatim(&see, 400);
        let _ = write!(
            out,
            "\n### Signals\n\nWeak on their own, the ground that incidents stand on; {see} shows them.\n{signals}"
        );
    }
    out
}

fn exports(report: &Report) -> String {
    let mut table = Table::new(&["Export", "Records", "Skipped", "Complete", "First record", "Last record"]);
    for ExportRow { export_key, stats, .. } in &report.coverage.exports {
        let time = |micros: Option<i64>| micros.map_or_else(|| "–".to_owned(), text::clock_time);
        table.row([
            text::md_verbatim(export_key, KEY_CHARS),
            number(stats.records),
            number(stats.skipped),
            if stats.partial { "no" } else { "yes" }.to_owned(),
            time(stats.first_time),
            time(stats.last_time),
        ]);
    }
    let rows = table.finish(ROWS, "SELECT * FROM exports");
    if rows.is_empty() { rows } else { format!("\n### Exports\n{rows}") }
}
