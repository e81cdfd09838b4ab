//! Usage: tables, and charts where the renderer draws Mermaid.

use std::fmt::Write as _;

use super::table::{Table, number};
use super::{Block, Keep};
use crate::report::{Report, UsageRow};
use crate::text;

/// Rows shown per table, days and slices shown per chart.
const ROWS: usize = 25;
const DAYS: usize = 31;
const SLICES: usize = 8;

/// Wide enough for a month of days side by side.
const CHART: &str = "%%{init: {\"xyChart\": {\"width\": 1200, \"xAxis\": {\"labelFontSize\": 11}}}}%%";

/// Longest label in a chart, in characters.
const LABEL_CHARS: usize = 40;

pub(super) fn blocks(report: &Report) -> Vec<Block> {
    let usage = &report.usage;
    let mut out = String::from("\n## Usage\n\n");
    let total = &usage.total;
    let _ = writeln!(
        out,
        "{} requests ({} with errors), {} sessions, {} tool calls, {} input and {} output tokens, cost {}.",
        number(total.requests),
        number(total.errors),
        number(total.sessions),
        number(total.tool_calls),
        number(total.input_tokens),
        number(total.output_tokens),
        cost(total.cost_usd)
    );
    out.push_str(&per_day(&usage.by_day));
    for (title, rows, sql) in [
        ("User", &usage.by_user, "SELECT * FROM users"),
        ("Agent", &usage.by_agent, "SELECT * FROM agents"),
        (
            "Model",
            &usage.by_model,
            "SELECT model, count(*) AS requests FROM requests GROUP BY model ORDER BY requests DESC, model",
        ),
    ] {
        out.push_str(&table(title, rows, ROWS, sql));
    }
    if usage.by_user.iter().any(|row| row.shared) {
        out.push_str("\nA shared login is a tagged device: everybody behind it looks like one user.\n");
    }
    out.push_str(&calls_by_integration(report));
    vec![Block::new("usage", Keep::Usage, out)]
}

fn cost(dollars: Option<f64>) -> String {
    // Two decimals of a dollar hide what small models cost.
    dollars.filter(|d| d.is_finite()).map_or_else(|| "unknown".to_owned(), |d| format!("{d:.4} USD"))
}

fn table(title: &str, rows: &[UsageRow], limit: usize, sql: &str) -> String {
    let mut table =
        Table::new(&[title, "Requests", "Errors", "Sessions", "Tool calls", "Input tokens", "Output tokens", "Cost"]);
    for row in rows {
        table.row([
            format!("{}{}", text::md_code(&row.name), if row.shared { " (shared)" } else { "" }),
            number(row.requests),
            number(row.errors),
            number(row.sessions),
            number(row.tool_calls),
            number(row.input_tokens),
            number(row.output_tokens),
            cost(row.cost_usd),
        ]);
    }
    table.finish(limit, sql)
}

/// The days without their year, where that leaves them different: whole dates of a month run into each other.
fn day_labels(days: &[UsageRow]) -> Vec<String> {
    let short = |day: &UsageRow| day.name.get(5..).filter(|_| day.name.len() == 10).unwrap_or(&day.name).to_owned();
    let labels: Vec<String> = days.iter().map(short).collect();
    let different: std::collections::BTreeSet<&String> = labels.iter().collect();
    if different.len() == labels.len() { labels } else { days.iter().map(|day| day.name.clone()).collect() }
}

fn per_day(days: &[UsageRow]) -> String {
    let last = &days[days.len().saturating_sub(DAYS)..];
    if last.len() < 2 {
        return table("Day", last, DAYS, "");
    }
    let labels: Vec<String> =
        day_labels(last).iter().map(|day| format!("\"{}\"", text::mermaid_label(day, LABEL_CHARS))).collect();
    let requests: Vec<String> = last.iter().map(|d| d.requests.to_string()).collect();
    let calls: Vec<String> = last.iter().map(|d| d.tool_calls.to_string()).collect();
    let chart = format!(
        "{CHART}\nxychart-beta\n    title \"Requests (bars) and tool calls (line) per day\"\n    x-axis [{}]\n    bar [{}]\n    line [{}]",
        labels.join(", "),
        requests.join(", "),
        calls.join(", ")
    );
    let mut out = format!("\n{}", text::md_fence("mermaid", &chart));
    out.push_str(&table("Day", last, DAYS, ""));
    out.push_str(&super::table::more(days.len() - last.len(), "SELECT * FROM daily_usage"));
    out
}

/// Shares of tool calls; the numbers stand in the inventory's table.
fn calls_by_integration(report: &Report) -> String {
    let mut rows: Vec<(&str, u64)> = report
        .inventory
        .integrations
        .iter()
        .filter(|r| r.calls > 0)
        .map(|r| (r.integration.as_str(), r.calls))
        .collect();
    rows.sort_by_key(|(name, calls)| (std::cmp::Reverse(*calls), *name));
    if rows.len() < 2 {
        return String::new();
    }
    let mut chart = String::from("pie showData\n    title Tool calls by integration");
    for (at, (name, calls)) in rows.iter().take(SLICES).enumerate() {
        // Numbered, because slices whose cleaned names are equal would be drawn as one.
        let _ = write!(chart, "\n    \"{}. {}\" : {calls}", at + 1, text::mermaid_label(name, LABEL_CHARS));
    }
    let rest: u64 = rows.iter().skip(SLICES).map(|(_, calls)| calls).sum();
    if rest > 0 {
        let _ = write!(chart, "\n    \"others\" : {rest}");
    }
    format!("\n{}", text::md_fence("mermaid", &chart))
}
