//! Anomalies: what users did that is not their custom, and what the traffic lacks.

use std::fmt::Write as _;

use super::table::{mark, more, plural};
use super::{Block, Keep};
use crate::report::groups::groups;
use crate::report::{AnomalyRow, Report};
use crate::text;

/// Rows shown of one tier.
const ROWS: usize = 25;

pub(super) fn block(report: &Report) -> Block {
    let anomalies = &report.anomalies;
    let mut out = String::from("\n## Anomalies\n\n");
    if anomalies.items.is_empty() {
        out.push_str("None: nobody left their own custom, and no traffic is missing as far as the exports tell.\n");
        return Block::new("anomalies", Keep::Anomalies, out);
    }
    out.push_str("Against what each user did before, and against gaps in the traffic itself.\n");
    let numbers: Vec<(usize, &str)> =
        groups(report).iter().flat_map(|g| &g.cases).flat_map(|c| c.all().map(|f| (c.number, f.id.as_str()))).collect();
    let (incidents, signals): (Vec<&AnomalyRow>, Vec<&AnomalyRow>) =
        anomalies.items.iter().partition(|row| row.tier == "incident");
    out.push_str(&list(&incidents, &numbers, 0));
    if !signals.is_empty() {
        let _ = write!(
            out,
            "\n{}, weak on {} own:\n",
            plural(signals.len() as u64 + anomalies.more, "signal"),
            their(&signals)
        );
        out.push_str(&list(&signals, &numbers, anomalies.more));
    }
    Block::new("anomalies", Keep::Anomalies, out)
}

fn their(rows: &[&AnomalyRow]) -> &'static str {
    if rows.len() == 1 { "its" } else { "their" }
}

fn list(rows: &[&AnomalyRow], numbers: &[(usize, &str)], hidden: u64) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n");
    for row in rows.iter().take(ROWS) {
        let number = numbers.iter().find(|(_, id)| *id == row.id);
        // What an incident says is not said twice.
        let why = match number {
            Some((number, _)) => format!("{}, see incident {number}", text::md_code(&row.subject)),
            None => text::md_prose(&row.reason),
        };
        let _ = writeln!(
            out,
            "- {} · **{}** · {}: {why}",
            mark(&row.severity),
            text::md_prose(&row.title),
            text::clock_time(row.last_seen),
        );
    }
    let hidden = rows.len().saturating_sub(ROWS) + usize::try_from(hidden).unwrap_or(usize::MAX);
    out.push_str(&more(
        hidden,
        "SELECT detection, last_seen, reason FROM signals WHERE detection LIKE 'usage.%' ORDER BY last_seen DESC",
    ));
    out
}
