//! The report for the browser: the JSON layout and four charts in one page, see [`super::html`].

mod chart;

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::commands::{self, Step};
use super::first::{First, first};
use super::json::v1::{IncidentV1, ReportV1};
use super::{Options, Report, html, json};
use chart::Chart;

const PAGE: &str = include_str!("page.html");

/// Rows shown per table; the JSON report has all.
const ROWS: usize = 200;

#[derive(Serialize)]
struct Page {
    report: ReportV1,
    incidents: Vec<Shown>,
    first: Vec<First>,
    first_more: usize,
    since: Option<Since>,
    charts: Vec<Chart>,
    rows: usize,
    unreviewed: usize,
}

/// An incident with what the layout for programs does not tell apart.
#[derive(Serialize)]
struct Shown {
    number: usize,
    open: bool,
    /// Whether what the detection says in general stands here.
    explains: bool,
    prose: Vec<String>,
    commands: String,
    about: IncidentV1,
}

/// What is new since the earlier report.
#[derive(Serialize)]
struct Since {
    end: i64,
    new: u64,
    open: u64,
    returned: u64,
    closed: u64,
    left: u64,
    unchanged: bool,
    same_rules: bool,
}

/// Writes the page.
///
/// # Errors
/// Only when the writer fails.
pub(super) fn write(report: &Report, options: Options, out: &mut dyn Write) -> io::Result<()> {
    let (first, first_more) = first(report);
    let page = Page {
        incidents: incidents(report, options.full),
        first,
        first_more,
        since: since(report),
        charts: chart::all(report),
        rows: ROWS,
        unreviewed: report.inventory.unreviewed.len(),
        report: json::v1::document(report),
    };
    html::write("lightmeter report", PAGE, &page, out)
}

fn incidents(report: &Report, full: bool) -> Vec<Shown> {
    let mut explained = BTreeSet::new();
    let ordered = report.ordered_incidents().into_iter().enumerate();
    ordered
        .map(|(at, finding)| {
            let (mut prose, mut lines) = (Vec::new(), Vec::new());
            for step in commands::steps(finding) {
                match step {
                    Step::Prose(text) => prose.push(text),
                    Step::Command(line) => lines.push(line),
                }
            }
            let row = report.history.row(&finding.id);
            Shown {
                number: at + 1,
                open: full || row.is_none_or(|row| row.state != "open" || row.changed),
                explains: explained.insert(finding.detection.id.clone()),
                prose,
                commands: lines.join("\n"),
                about: json::v1::incident(report, finding),
            }
        })
        .collect()
}

fn since(report: &Report) -> Option<Since> {
    let previous = report.history.previous.as_ref()?;
    let changes = report.history.changes();
    Some(Since {
        end: previous.end,
        new: changes.new,
        open: changes.open,
        returned: changes.returned,
        closed: changes.closed,
        left: changes.left,
        unchanged: changes.none(),
        same_rules: previous.rules == report.program.rules,
    })
}
