//! Charts as rectangles and labels; the template draws them as inline SVG. Colours are classes of the style sheet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::report::{Report, ToolRow};

/// Size of the drawing, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for numbers on the left and days below.
const LEFT: f64 = 48.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 10.0;
/// Width of a day's name.
const DAY_LABEL: f64 = 68.0;
/// Days shown, the last ones.
const DAYS: usize = 62;
/// Users shown.
const USERS: usize = 12;
/// Height of one bar of a lying chart, and room for its name.
const ROW: f64 = 22.0;
const NAME: f64 = 210.0;
/// Longest name in a chart, in characters.
const NAME_CHARS: usize = 30;

/// One drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Chart {
    title: &'static str,
    width: f64,
    height: f64,
    bars: Vec<Bar>,
    labels: Vec<Label>,
    legend: Vec<Legend>,
}

/// A rectangle; the text is shown when it is pointed at, and read aloud.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Bar {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    class: String,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Label {
    x: f64,
    y: f64,
    anchor: &'static str,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Legend {
    class: String,
    text: String,
}

/// A part of a bar.
struct Part {
    class: String,
    name: String,
    value: u64,
}

fn part(class: &str, name: &str, value: u64) -> Part {
    Part { class: class.to_owned(), name: name.to_owned(), value }
}

/// The charts that have something to show.
pub(super) fn all(report: &Report) -> Vec<Chart> {
    let charts = [events(report), calls(report), risks(report), users(report)];
    charts.into_iter().filter(|chart| !chart.bars.is_empty()).collect()
}

/// Requests per day, those with errors apart.
fn events(report: &Report) -> Chart {
    let days = report.usage.by_day.iter().map(|day| {
        let fine = day.requests.saturating_sub(day.errors);
        (day.name.clone(), vec![part("s0", "requests", fine), part("high", "with errors", day.errors)])
    });
    standing("Requests per day", days.collect())
}

/// Tool calls per day, stacked by tool.
fn calls(report: &Report) -> Chart {
    let mut days: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
    for row in &report.usage.calls_by_day {
        // The row of all other tools has the place behind the last named one.
        let class = format!("s{}", row.place.saturating_sub(1).min(7));
        days.entry(&row.day).or_default().push(part(&class, &row.tool, row.calls));
    }
    standing("Tool calls per day, by tool", days.into_iter().map(|(day, parts)| (day.to_owned(), parts)).collect())
}

/// Tools per risk level, called and never called.
fn risks(report: &Report) -> Chart {
    let levels = ["critical", "high", "medium", "low", "informational"];
    let known: BTreeSet<&str> = levels.into_iter().collect();
    let called = |tools: &[&ToolRow]| tools.iter().filter(|tool| tool.calls > 0).count() as u64;
    let mut rows = Vec::new();
    for level in levels.into_iter().chain(["unknown"]) {
        let fits = |tool: &&ToolRow| tool.risk == level || (level == "unknown" && !known.contains(tool.risk.as_str()));
        let tools: Vec<&ToolRow> = report.inventory.tools.iter().filter(fits).collect();
        if !tools.is_empty() {
            let used = called(&tools);
            let class = if level == "unknown" { "informational" } else { level };
            let idle = part("idle", "offered, never called", tools.len() as u64 - used);
            rows.push((level.to_owned(), vec![part(class, "called", used), idle]));
        }
    }
    lying("Tools by risk (pale: offered, never called)", rows, false)
}

/// The most active users.
fn users(report: &Report) -> Chart {
    let rows = report.usage.by_user.iter().take(USERS).map(|user| {
        let parts = vec![part("s0", "requests", user.requests), part("s1", "tool calls", user.tool_calls)];
        (user.name.clone(), parts)
    });
    lying("Users by activity", rows.collect(), true)
}

/// Bars that stand on days.
fn standing(title: &'static str, days: Vec<(String, Vec<Part>)>) -> Chart {
    let days = &days[days.len().saturating_sub(DAYS)..];
    let most = days.iter().map(|(_, parts)| sum(parts)).max().unwrap_or(0);
    let mut chart =
        Chart { title, width: WIDTH, height: HEIGHT, bars: Vec::new(), labels: Vec::new(), legend: legend(days) };
    if most == 0 {
        return chart;
    }
    let room = HEIGHT - BOTTOM - TOP;
    let step = (WIDTH - LEFT) / days.len() as f64;
    let every = ((DAY_LABEL + 6.0) / step).ceil().max(1.0) as usize;
    for (at, (day, parts)) in days.iter().enumerate() {
        let x = LEFT + step * at as f64;
        let mut y = HEIGHT - BOTTOM;
        for part in parts.iter().filter(|part| part.value > 0) {
            let height = room * part.value as f64 / most as f64;
            y -= height;
            chart.bars.push(Bar {
                x: round(x + step * 0.1),
                y: round(y),
                width: round(step * 0.8),
                height: round(height),
                class: part.class.clone(),
                text: format!("{day}: {} {}", part.value, part.name),
            });
        }
        // A label that does not fit any more would be cut.
        if at % every == 0 && x + DAY_LABEL <= WIDTH {
            chart.labels.push(Label { x: round(x), y: HEIGHT - 6.0, anchor: "start", text: day.clone() });
        }
    }
    for (value, y) in [(most, TOP + 4.0), (most / 2, TOP + room / 2.0 + 4.0), (0, HEIGHT - BOTTOM + 4.0)] {
        chart.labels.push(Label { x: LEFT - 6.0, y: round(y), anchor: "end", text: value.to_string() });
    }
    chart
}

/// Bars that lie beside names.
fn lying(title: &'static str, rows: Vec<(String, Vec<Part>)>, legend_shown: bool) -> Chart {
    let most = rows.iter().map(|(_, parts)| sum(parts)).max().unwrap_or(0);
    let legend = if legend_shown { legend(&rows) } else { Vec::new() };
    let height = ROW * rows.len() as f64 + 4.0;
    let mut chart = Chart { title, width: WIDTH, height, bars: Vec::new(), labels: Vec::new(), legend };
    if most == 0 {
        return chart;
    }
    let room = WIDTH - NAME - 60.0;
    for (at, (name, parts)) in rows.iter().enumerate() {
        let y = ROW * at as f64 + 3.0;
        let mut x = NAME;
        for part in parts.iter().filter(|part| part.value > 0) {
            let width = room * part.value as f64 / most as f64;
            chart.bars.push(Bar {
                x: round(x),
                y,
                width: round(width),
                height: ROW - 6.0,
                class: part.class.clone(),
                text: format!("{}: {} {}", short(name), part.value, part.name),
            });
            x += width;
        }
        chart.labels.push(Label { x: NAME - 8.0, y: y + 12.0, anchor: "end", text: short(name) });
        chart.labels.push(Label { x: round(x + 6.0), y: y + 12.0, anchor: "start", text: sum(parts).to_string() });
    }
    chart
}

fn sum(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.value).sum()
}

/// Each class once, in the order of the colours.
fn legend(rows: &[(String, Vec<Part>)]) -> Vec<Legend> {
    let all = rows.iter().flat_map(|(_, parts)| parts).filter(|part| part.value > 0);
    let names: BTreeMap<(bool, &str), &str> =
        all.map(|part| ((part.class == "high", part.class.as_str()), part.name.as_str())).collect();
    names.into_iter().map(|((_, class), name)| Legend { class: class.to_owned(), text: short(name) }).collect()
}

fn short(name: &str) -> String {
    crate::text::one_line(name, NAME_CHARS).into_owned()
}

/// One decimal is finer than a screen, and the same everywhere.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
