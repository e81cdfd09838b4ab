//! One incident: why it was flagged, who and when, the calls that matter, evidence, commands.

use std::fmt::Write as _;

use super::incidents::{paragraph, sentences};
use super::parts::{parts, rotation};
use super::table::{Table, mark, name_or_dash, names, number, plural, with_result};
use crate::finding::{Evidence, Finding};
use crate::report::groups::Case;
use crate::report::rotations::Rotations;
use crate::report::{HiddenRow, IncidentNote, Report, SecretRow};
use crate::report::{commands, details};
use crate::text;

/// Bounds of one incident: exports, record ids per export.
const EXPORTS: usize = 10;
const RECORDS: usize = 20;

/// Other incidents of a case that are told.
const PARTS: usize = 20;

/// Longest value and longest reason shown, in characters.
const VALUE_CHARS: usize = 300;
const REASON_CHARS: usize = 1_000;

/// Longest command shown, in characters; a longer one is left to the JSON report.
const COMMAND_CHARS: usize = 4_000;

/// The incident below its heading; with `full`, whatever else belongs to it.
pub(super) fn incident(report: &Report, case: &Case<'_>, full: bool, rotations: &mut Rotations) -> String {
    let finding = case.lead;
    let mut out = format!(
        "\n{}\n\n{}",
        text::md_prose_long(&finding.reason, REASON_CHARS),
        facts(finding, report.note(&finding.id))
    );
    if let Some(campaign) = case.campaign {
        let _ = writeln!(out, "**Part of**: campaign {}  ", campaign + 1);
    }
    let secret = report.secret(finding);
    if let Some(secret) = secret {
        let _ = writeln!(out, "**Rotate**: {}  ", rotation(secret, rotations, case.number));
    }
    let note = report.note(&finding.id);
    out.push_str(&note.map(places).unwrap_or_default());
    if secret.is_none() {
        // What the columns of a secret say stands in the sentence and in the list of secrets.
        out.push_str(&details(report, finding));
    }
    out.push_str(&note.map(|note| left(note, finding)).unwrap_or_default());
    out.push_str(&paragraph("Do now", &sentences(report, finding, true)));
    out.push_str(&note.map(asked).unwrap_or_default());
    // How a secret came in is in the sentence; calls matter where they can send it out.
    if secret.is_none_or(|secret| !secret.sent_out_by.is_empty()) {
        out.push_str(&note.map(|note| timeline(note, finding)).unwrap_or_default());
    }
    let shown = if full { usize::MAX } else { PARTS };
    out.push_str(&parts(report, case, shown, rotations));
    out.push_str(&hidden(case));
    out.push_str(&note.map(earlier).unwrap_or_default());
    out.push_str(&commands(report, case, shown));
    out
}

/// What a review hides of the case.
fn hidden(case: &Case<'_>) -> String {
    let told = |row: &&HiddenRow| {
        let (severity, title) = (mark(&row.severity), text::md_prose(&row.title));
        let (verdict, id) = (text::md_prose(&row.verdict), text::md_code(&row.id));
        format!("{severity} {title}, {verdict} by {}, finding {id}", text::md_code(&row.owner))
    };
    let all: Vec<String> = case.hidden.iter().take(PARTS).map(told).collect();
    match all.as_slice() {
        [] => String::new(),
        _ => format!("\n**Hidden by a review, of the same story**: {}. See Not shown.\n", all.join("; ")),
    }
}

/// Places that the organisation does not know: those that its calls sent data to, and those that they only fetched from.
fn places(note: &IncidentNote) -> String {
    let mut out = String::new();
    // What left names its places itself.
    let told = |place: &&String| note.left.iter().any(|row| row.place.as_ref() == Some(place));
    let sent: Vec<&String> = note.destinations.iter().filter(|place| !told(place)).collect();
    let fetched = note.fetched_from.iter().filter(|place| !note.orders_from.contains(place)).collect();
    let orders = note.orders_from.iter().collect();
    for (title, places) in [("Sent to", sent), ("Orders came from", orders), ("Fetched from", fetched)] {
        let places: Vec<String> = places.iter().map(|place| text::md_code(&text::defang_place(place))).collect();
        if !places.is_empty() {
            let _ = writeln!(out, "**{title}**: {}  ", places.join(", "));
        }
    }
    out
}

/// What to do about a secret, with the exact address from the catalogue.
pub(super) fn steps(secret: &SecretRow) -> String {
    let steps = if secret.steps.is_empty() { "–".to_owned() } else { text::md_prose(&secret.steps) };
    match secret.rotation_url.as_str() {
        "" => steps,
        url => format!("{steps} {}", text::md_verbatim(url, 200)),
    }
}

fn facts(finding: &Finding, note: Option<&IncidentNote>) -> String {
    let scope = &finding.scope;
    let tool = match (&scope.tool, &scope.integration) {
        (Some(tool), Some(integration)) => Some(format!("{} of {}", text::md_code(tool), text::md_code(integration))),
        (Some(name), None) | (None, Some(name)) => Some(text::md_code(name)),
        (None, None) => None,
    };
    let of = |value: &Option<String>| value.as_deref().map(text::md_code);
    let used_in = note.and_then(|note| note.used_in.as_deref()).filter(|_| scope.session_id.is_none());
    let who: Vec<String> = [
        ("user", of(&scope.login)),
        ("device", of(&scope.device)),
        ("agent", of(&scope.agent)),
        ("whose requests look like", note.and_then(looks_like)),
        (if scope.tool.is_some() { "tool" } else { "integration" }, tool),
        ("session", of(&scope.session_id)),
        ("all its calls in session", used_in.map(text::md_code)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
    .collect();
    let mut out = String::new();
    if !who.is_empty() {
        let _ = writeln!(out, "**Who and where**: {}  ", who.join(" · "));
    }
    let (first, last) = (text::clock_time(finding.first_seen), text::clock_time(finding.last_seen));
    let when = if first == last { first } else { format!("{first} to {last}") };
    let _ = writeln!(
        out,
        "**When**: {when} · count {} · confidence {} · finding {}  ",
        finding.count,
        finding.confidence,
        text::md_code(&finding.id)
    );
    let _ = writeln!(out, "**Evidence**: {}  ", evidence(finding));
    out
}

/// The agent that the requests look like, and why.
fn looks_like(note: &IncidentNote) -> Option<String> {
    let name = text::md_code(note.looks_like.as_deref()?);
    let why = note.looks_like_by.as_deref().map(|why| format!(" ({})", text::md_prose(why))).unwrap_or_default();
    Some(format!("{name}{why}"))
}

/// Records by export, in the order given.
fn evidence(finding: &Finding) -> String {
    let evidence = &finding.evidence;
    let mut exports: Vec<(&str, Vec<&Evidence>)> = Vec::new();
    for entry in evidence {
        match exports.iter().position(|(key, _)| *key == entry.export_key) {
            Some(at) => exports[at].1.push(entry),
            None if exports.len() < EXPORTS => exports.push((&entry.export_key, vec![entry])),
            None => {}
        }
    }
    let mut shown = 0;
    let mut parts: Vec<String> = Vec::new();
    for (key, entries) in exports {
        let id = |entry: &&Evidence| entry.record_id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
        let ids: Vec<String> = entries.iter().take(RECORDS).map(id).collect();
        shown += ids.len();
        let word = if ids.len() == 1 { "record" } else { "records" };
        parts.push(format!("{word} {} of {}", ids.join(", "), text::md_verbatim(key, 200)));
    }
    let hidden = evidence.len() - shown;
    if hidden > 0 {
        parts.push(format!("{} more in the JSON report", number(hidden as u64)));
    }
    // A detection names as many as show what it means; that is not all where it counts more.
    let counted = u64::try_from(finding.count).unwrap_or_default();
    let named = evidence.len() as u64;
    if evidence.len() >= RECORDS && counted > named {
        parts.push(format!("these {} of a count of {}", number(named), number(counted)));
    }
    if parts.is_empty() { "none".to_owned() } else { parts.join("; ") }
}

/// What left, and where to.
fn left(note: &IncidentNote, finding: &Finding) -> String {
    if note.left.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n**What left**\n\n");
    for row in &note.left {
        let records: Vec<String> = row.records.iter().map(i64::to_string).collect();
        let more = if row.calls > row.records.len() as u64 { " …" } else { "" };
        let word = if records.len() == 1 { "record" } else { "records" };
        let at = if records.is_empty() { String::new() } else { format!(" · {word} {}{more}", records.join(", ")) };
        let calls = with_result(row.calls, row.unanswered);
        let when = row.when(finding).map(|when| format!(" · {when}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "- {} · {calls}{when}{at}",
            row.phrase(&text::md_prose(&row.says), &|name| text::md_quoted(name, VALUE_CHARS))
        );
    }
    if note.left_more > 0 {
        let _ = writeln!(out, "- {} more", number(note.left_more));
    }
    out
}

/// What the user had asked for, so that an act is not taken for one of the agent's own.
fn asked(note: &IncidentNote) -> String {
    let Some(asked) = &note.asked else { return String::new() };
    let before = asked.call_record.map(|id| format!(" before record {id}")).unwrap_or_default();
    let words = asked.text.as_deref().map_or_else(
        || "none: nobody wrote before it in its conversation".to_owned(),
        // They are cut already.
        |words| text::md_quoted(words, usize::MAX),
    );
    let place = asked.record_id.map(|id| format!(" · record {id}")).unwrap_or_default();
    let cut = if asked.cut { ", its start and end; the commands show all" } else { "" };
    format!("\n**Last words of the user{before}**: {words}{place}{cut}\n")
}

/// The few calls that matter, in time order.
fn timeline(note: &IncidentNote, finding: &Finding) -> String {
    if note.timeline.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n**Timeline**\n\n");
    if note.goes_beyond(finding) {
        out.push_str("With the calls around what was found that the evidence names.\n\n");
    }
    for (at, step) in note.timeline.iter().enumerate() {
        let tool = match &step.integration {
            Some(integration) => format!("{} of {}", text::md_code(&step.tool), text::md_code(integration)),
            None => text::md_code(&step.tool),
        };
        let between = match step.between {
            0 => String::new(),
            calls if at == 0 => format!("… {} before, then ", plural(calls, "call")),
            calls => format!("… {} between, then ", plural(calls, "call")),
        };
        let mut parts = vec![format!("{between}{}", text::clock_time(step.time)), tool];
        parts.extend(step.role.as_deref().map(|role| {
            let read = step.result_record_id.map(|id| format!(" (to be read in record {id})")).unwrap_or_default();
            format!("**{}**{read}", text::md_prose(role))
        }));
        parts.push(text::md_code(&step.outcome));
        if !step.capabilities.is_empty() {
            parts.push(format!("can {}", names(&step.capabilities)));
        }
        for (does, place) in [("sends to", &step.destination), ("fetches from", &step.fetched_from)] {
            parts.extend(place.as_deref().map(|place| {
                let new = if step.novelty.as_deref() == Some("new") { ", never used before" } else { "" };
                format!("{does} {}{new}", text::md_code(&text::defang_place(place)))
            }));
        }
        parts.extend(step.record_id.map(|id| format!("record {id}")));
        if step.repeats > 0 {
            let again = if step.repeats == 1 { "once more".to_owned() } else { format!("{} times more", step.repeats) };
            parts.push(format!("the same {again} until {}", text::clock_time(step.last_time)));
        }
        let argument = text::md_quoted(&step.argument, VALUE_CHARS);
        let _ = writeln!(out, "{}. {}  \n   with {argument}", at + 1, parts.join(" · "));
    }
    if note.timeline_more > 0 {
        let more = plural(note.timeline_more, "more call");
        let _ = write!(out, "\n{more} in the same records; the commands below show them.\n");
    }
    out
}

fn earlier(note: &IncidentNote) -> String {
    let mut rows = Table::new(&["Earlier, same detection and subject", "User", "Severity", "Time", "State"]);
    for row in &note.earlier {
        rows.row([
            text::md_code(&row.id),
            name_or_dash(row.login.as_deref()),
            mark(&row.severity),
            format!("{} to {}", text::clock_time(row.first_seen), text::clock_time(row.last_seen)),
            if row.state == "first" { "in this report".to_owned() } else { text::md_code(&row.state) },
        ]);
    }
    rows.finish(usize::MAX, "")
}

/// Columns of the detection: names and numbers in a line, sentences in a list of their own.
fn details(report: &Report, finding: &Finding) -> String {
    let shown = details::shown(report, finding);
    let value =
        |(name, value): &(String, String)| format!("{} {}", text::md_code(name), text::md_verbatim(value, VALUE_CHARS));
    let values: Vec<String> = shown.values.iter().map(value).collect();
    let mut out = match values.as_slice() {
        [] => String::new(),
        _ => format!("**Details of the detection**: {}  \n", values.join(" · ")),
    };
    for list in shown.lists {
        let items: String = list.items.iter().map(|item| format!("- {}\n", text::md_prose(item))).collect();
        let _ = write!(out, "\n**{}**\n\n{items}", text::md_prose(&list.name));
    }
    out
}

/// The commands of the case: of several incidents of one detection those of the first, unless all are told.
fn commands(report: &Report, case: &Case<'_>, shown: usize) -> String {
    let lines = match shown {
        usize::MAX => commands::lines(report, case.all(), COMMAND_CHARS),
        _ => commands::lines(report, commands::one_of_each(case.all()), COMMAND_CHARS),
    };
    if lines.is_empty() { String::new() } else { format!("\n{}", text::md_fence("sh", &lines.join("\n"))) }
}
