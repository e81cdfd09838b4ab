//! The first screen: what the report is about, what was found, what to do first.

use std::fmt::Write as _;

use super::table::{mark, number, percent, plural};
use super::{Block, Keep, campaigns};
use crate::report::campaigns::About;
use crate::report::first::{self, Brief, First, Later};
use crate::report::groups::{counts, hidden_in_part, untold};
use crate::report::{PreviousRow, Report};
use crate::text;

/// Longest reason, in characters.
const REASON_CHARS: usize = 320;

/// Longest sentence of advice, in characters.
const STEP_CHARS: usize = 340;

/// Longest sentence of another detection, in characters.
const SIGN_CHARS: usize = 200;

/// Orders of a campaign that are quoted.
const ORDERS: usize = 6;

/// Incidents named in one line.
const NAMED: usize = 10;

pub(super) fn block(report: &Report) -> Block {
    let mut out = String::from("# lightmeter report\n\n");
    for (name, value) in [
        ("Window", window(report)),
        ("Read", read(report)),
        ("Incidents", incidents(report)),
        ("Since the last report", since(report)),
        ("Made by", made_by(report)),
    ] {
        // Two spaces at the end of a line break it.
        let _ = writeln!(out, "**{name}**: {value}  ");
    }
    if let Some(warning) = warning(report) {
        let _ = write!(out, "\n> ⚠️ {warning}\n");
    }
    out.push_str("\n## Do first\n\n");
    out.push_str(&first(report));
    Block::new("first screen", Keep::Always, out)
}

/// The whole report where it has nothing to say that the earlier one did not: same incidents, nothing unread.
pub(super) fn unchanged(report: &Report) -> Option<String> {
    let previous = report.history.previous.as_ref()?;
    if !report.history.changes().none() || !report.complete() {
        return None;
    }
    let until = report.window.data_end.map_or_else(String::new, |end| format!(" until {}", text::clock_time(end)));
    Some(format!(
        "**lightmeter**: {}. Incidents: {}. Read: {}{until}. `lightmeter analyze --offline --full` tells it all again.\n",
        since_previous(report, previous),
        incidents(report),
        plural(report.coverage.totals().records, "record"),
    ))
}

fn window(report: &Report) -> String {
    let w = &report.window;
    let asked = match (w.start, w.end) {
        (None, None) => "everything in the lake".to_owned(),
        (Some(start), None) => format!("since {}", text::clock_time(start)),
        (None, Some(end)) => format!("until {}", text::clock_time(end)),
        (Some(start), Some(end)) => format!("{} to {}", text::clock_time(start), text::clock_time(end)),
    };
    match (w.data_start, w.data_end) {
        (Some(first), Some(last)) => {
            format!("{asked}, with records from {} to {}", text::clock_time(first), text::clock_time(last))
        }
        _ => format!("{asked}, without any record"),
    }
}

fn read(report: &Report) -> String {
    let totals = report.coverage.totals();
    let mut parts = vec![plural(totals.exports, "export"), plural(totals.records, "record")];
    let graded: u64 = totals.grades.values().sum();
    if let Some(full) = totals.grades.get("full") {
        parts.push(format!("{} of them with full content", percent(*full, graded)));
    }
    let missing = [
        (totals.unreadable, "could not be read", "file"),
        (totals.partial, "could be read in part only", "export"),
        (totals.skipped, "could not be read", "record"),
    ];
    for (count, how, what) in missing.into_iter().filter(|(count, ..)| *count > 0) {
        parts.push(format!("⚠ {} {how}", plural(count, what)));
    }
    format!("{}; details under Coverage", parts.join(", "))
}

fn incidents(report: &Report) -> String {
    let (counts, parts) = counts(report);
    let found: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| counted(severity.as_str(), *count))
        .collect();
    let hidden = report.hidden.len() as u64;
    let untold = untold(report);
    let cut: u64 = untold.iter().map(|(_, count)| count).sum();
    let mut found = if found.is_empty() { "none".to_owned() } else { found.join(" · ") };
    if parts > 0 {
        let _ =
            write!(found, "; {} of the same sessions or integrations inside them", plural(parts, "related finding"));
    }
    if hidden > 0 {
        let _ = write!(found, "; {} hidden by `lightmeter review`", number(hidden));
        let rest: Vec<String> = hidden_in_part(report).iter().take(NAMED).map(usize::to_string).collect();
        if !rest.is_empty() {
            let _ = write!(found, ", related findings stay in incident {}", rest.join(", "));
        }
    }
    if cut > 0 {
        let of: Vec<String> = untold.iter().map(|(word, count)| format!("{} {word}", number(*count))).collect();
        let _ = write!(found, "; {} more not told: {}", number(cut), of.join(", "));
    }
    if hidden + cut > 0 {
        found.push_str(" (see Not shown)");
    }
    found
}

/// What is new, in one line.
fn since(report: &Report) -> String {
    let history = &report.history;
    match &history.previous {
        Some(previous) => since_previous(report, previous),
        // A report says the same whether the lake holds one of the same end or not, so that a run can be repeated.
        None => "no earlier report to compare with (`--remember` keeps one, `--baseline FILE` names one)".to_owned(),
    }
}

fn since_previous(report: &Report, previous: &PreviousRow) -> String {
    let changes = report.history.changes();
    let of = format!("the report until {}", text::clock_time(previous.end));
    let rules = match previous.rules == report.program.rules {
        true => "",
        false => "; detections or settings are others than then",
    };
    if changes.none() {
        return format!("unchanged since {of}, {} still open{rules}", number(changes.open));
    }
    let parts: Vec<String> = [
        ("🆕", changes.new, "new"),
        ("↩️", changes.returned, "returned"),
        ("⏳", changes.open, "still open"),
        ("↕️", changes.regraded, "of these with another severity"),
        ("✅", changes.closed, "closed"),
        ("🕓", changes.left, "older than this window"),
    ]
    .into_iter()
    .filter(|(_, count, _)| *count > 0)
    .map(|(sign, count, word)| format!("{sign} {} {word}", number(count)))
    .collect();
    format!("{}, counted in findings, those inside incidents too; compared with {of}{rules}", parts.join(" · "))
}

fn made_by(report: &Report) -> String {
    let version = format!("lightmeter {}", text::md_code(&report.program.version));
    let ran = report.detections.iter().filter(|d| d.ran).count() as u64;
    format!("{version} with {} of rules {}", plural(ran, "detection"), text::md_code(&report.program.rules))
}

/// Says loudly when the report does not stand on everything it was given.
fn warning(report: &Report) -> Option<String> {
    if report.complete() {
        return None;
    }
    let totals = report.coverage.totals();
    let failed = report.detections.iter().filter(|d| d.failed).count() as u64;
    let parts: Vec<String> = [
        (totals.unreadable, "input could not be read", "inputs could not be read"),
        (totals.partial, "export is cut short", "exports are cut short"),
        (totals.skipped, "record was skipped", "records were skipped"),
        (failed, "detection failed", "detections failed"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| format!("{} {}", number(count), if count == 1 { one } else { many }))
    .collect();
    Some(format!("This report is incomplete: {}. See Coverage.", parts.join(", ")))
}

fn first(report: &Report) -> String {
    let (first, later) = first::first(report);
    let mut lines: Vec<String> = first.iter().map(line).collect();
    if !later.is_empty() {
        lines.push(rest(&later));
    }
    let unreviewed = report.inventory.unreviewed.len() as u64;
    if unreviewed > 0 {
        lines.push(format!(
            "Review what nobody has approved or denied yet: {} under Inventory. `lightmeter review approve NAME` or \
             `lightmeter review deny NAME` settles one.",
            plural(unreviewed, "entry").replace("entrys", "entries")
        ));
    }
    if lines.is_empty() && report.window.data_start.is_none() {
        return "There was nothing to look at: no record lies in this window. `--since`, `--until` and `--now` choose \
                another; Coverage lists what was read.\n"
            .to_owned();
    }
    if lines.is_empty() {
        return "Nothing: no incident in this window. Blind spots are listed under Coverage.\n".to_owned();
    }
    lines.iter().enumerate().map(|(at, line)| format!("{}. {line}\n", at + 1)).collect()
}

/// A campaign: what, who, what told them to.
fn campaign(first: &First, about: &About, fresh: &str) -> String {
    let title = if first.title.is_empty() { String::new() } else { format!("{}. ", text::md_prose(&first.title)) };
    format!(
        "{} · **Campaign {}**: {} by {}, {} ({}{fresh})  \n   {title}{} {}.",
        mark(first.severity),
        about.number,
        campaigns::what(about),
        about.who,
        about.days,
        about.told,
        campaigns::order(about, ORDERS),
        text::md_prose(&about.calls),
    )
}

fn line(first: &First) -> String {
    let fresh = if first.fresh > 0 { format!(", 🆕 {}", number(first.fresh as u64)) } else { String::new() };
    let told = match &first.campaign {
        Some(about) => campaign(first, about, &fresh),
        None => incident(first, &fresh),
    };
    told + &asks_for(first)
}

/// One incident, or several that are much the same.
fn incident(first: &First, fresh: &str) -> String {
    let others = match first.others {
        0 => String::new(),
        n => format!("; {} of this kind sent there too", plural(n as u64, "other incident")),
    };
    let subject = text::md_code(&first.subject);
    let places: Vec<String> = first.places.iter().map(|place| text::md_code(&text::defang_place(place))).collect();
    // What several share says more than whom the first of them was about.
    let (about, of) = match places.as_slice() {
        [] => (format!(": {subject}"), String::new()),
        _ => (format!(", each sent to {}", places.join(", ")), format!("One of them, {subject}: ")),
    };
    format!(
        "{} · **{}**{about} ({}{others}{fresh})  \n   {of}{}",
        mark(first.severity),
        text::md_prose(&first.title),
        first.listed,
        text::md_prose(&text::gist(&first.reason, REASON_CHARS)),
    )
}

/// What else is inside, and what to do.
fn asks_for(first: &First) -> String {
    let mut out = String::new();
    if !first.also.is_empty() {
        let also: Vec<String> = first.also.iter().map(|title| text::md_prose(title)).collect();
        let _ = write!(out, "  \n   Also inside: {}.", also.join("; "));
    }
    if !first.signs.is_empty() {
        let signs: Vec<String> = first.signs.iter().map(|says| text::md_prose(&text::gist(says, SIGN_CHARS))).collect();
        let _ = write!(out, "  \n   Also: {}", signs.join(" "));
    }
    if !first.left.is_empty() {
        let _ = write!(out, "  \n   Made public: {}.", text::md_prose(&first.left));
    }
    if !first.used.is_empty() {
        let _ = write!(out, "  \n   {}", text::md_prose(&first.used));
    }
    let told = |steps: &[String]| {
        let told: Vec<String> = steps.iter().map(|step| text::md_prose(&text::gist(step, STEP_CHARS))).collect();
        told.join(" ")
    };
    if !first.steps.is_empty() {
        let _ = write!(out, "  \n   → {}", told(&first.steps));
    }
    if let Some(about) = &first.campaign {
        let _ = write!(
            out,
            "  \n   → Its sessions, and where the order came from: commands under Campaigns, {}.",
            about.number
        );
    }
    for further in &first.further {
        let _ = write!(out, "  \n   → {}: {}", text::md_prose(&further.title), told(&further.steps));
    }
    out
}

/// What the lines above leave out: how many of each detection, how severe, and where they stand.
fn rest(later: &[Later]) -> String {
    let count: u64 = later.iter().map(|later| later.numbers.len() as u64).sum();
    let of = |later: &Later| {
        let severities = later.severities.iter().map(|(word, count)| counted(word, *count)).collect::<Vec<_>>();
        format!("{}, {}: {}", text::md_prose(&later.title), severities.join(" · "), later.listed)
    };
    let brief = |case: &Brief| {
        let left = if case.left.is_empty() { String::new() } else { format!(" Made public: {}.", case.left) };
        let says = text::gist(&case.says, REASON_CHARS);
        format!(
            "\n     - {}, {}: {}",
            case.number,
            text::md_code(&case.subject),
            text::md_prose(&format!("{says}{left}"))
        )
    };
    let all: Vec<String> = later
        .iter()
        .map(|later| format!("\n   - {}.{}", of(later), later.cases.iter().map(brief).collect::<String>()))
        .collect();
    format!("Then {} below:{}", plural(count, "more incident"), all.concat())
}

/// How many of a severity: `🟠 5 high`.
pub(super) fn counted(severity: &str, count: u64) -> String {
    let marked = mark(severity);
    let (sign, word) = marked.split_once(' ').unwrap_or(("", &marked));
    format!("{sign} {} {word}", number(count))
}

/// The numbers that the incidents of a detection have below.
pub(super) fn numbers((first, last): (usize, usize)) -> String {
    match last - first {
        0 => format!("incident {first}"),
        1 => format!("incidents {first} and {last}"),
        _ => format!("incidents {first} to {last}"),
    }
}
