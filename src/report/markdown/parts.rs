//! What else belongs to an incident: a line each, and what to do about the secrets among them once.

use std::fmt::Write as _;

use super::head::counted;
use super::incident::steps;
use super::incidents::{sentences, state_mark};
use super::table::{mark, number, plural};
use crate::finding::{Finding, Severity};
use crate::report::groups::{Case, why};
use crate::report::rotations::{Rotations, by_advice};
use crate::report::{Report, SecretRow, StepRow, commands};
use crate::text;

/// Characters of the sentence of one of them, and of one that is told with what to do.
const WHY: usize = 220;
const LONG: usize = 1_000;

/// Calls of such a one, and characters of the arguments of each.
const CALLS: usize = 5;
const ARGUMENT: usize = 160;

/// The other incidents of the case, `shown` of them in a line each, the others counted.
pub(super) fn parts(report: &Report, case: &Case<'_>, shown: usize, rotations: &mut Rotations) -> String {
    if case.parts.is_empty() {
        return String::new();
    }
    let place = if case.lead.scope.session_id.is_some() { "session" } else { "integration" };
    let mut out = format!("\n**Also in this {place}**\n\n");
    let equals: Vec<&str> = case.equals(report).map(|part| part.id.as_str()).collect();
    let mut told: Vec<String> = sentences(report, case.lead, true);
    for part in case.parts.iter().take(shown) {
        let equal = equals.contains(&part.id.as_str());
        let _ = writeln!(out, "- {}", line(report, case.lead, part, if equal { LONG } else { WHY }));
        if equal {
            out.push_str(&own(report, part, &mut told));
        }
    }
    out.push_str(&untold(case, shown));
    out.push_str(&rotate(report, case, rotations));
    out
}

/// What a finding that is as severe as the incident asks for, but for what was told, and the calls that it is about.
fn own(report: &Report, part: &Finding, told: &mut Vec<String>) -> String {
    let mut out = String::new();
    let note = report.note(&part.id);
    let mut steps: Vec<String> = commands::prose(part, note).into_iter().map(|(_, text)| text).collect();
    steps.retain(|step| !told.contains(step));
    if !steps.is_empty() {
        let shown: Vec<String> = steps.iter().map(|step| text::md_prose(step)).collect();
        let _ = writeln!(out, "  - **Do now**: {}", shown.join(" "));
    }
    told.append(&mut steps);
    let Some(note) = note.filter(|note| !note.timeline.is_empty()) else { return out };
    let call =
        |step: &StepRow| format!("{} with {}", text::md_code(&step.tool), text::md_quoted(&step.argument, ARGUMENT));
    let calls: Vec<String> = note.timeline.iter().take(CALLS).map(call).collect();
    let more = note.timeline.len().saturating_sub(CALLS) as u64 + note.timeline_more;
    let more = if more > 0 { format!("; {}", plural(more, "more call")) } else { String::new() };
    let _ = writeln!(out, "  - **Calls**: {}{more}.", calls.join("; "));
    out
}

fn line(report: &Report, lead: &Finding, part: &Finding, longest: usize) -> String {
    // Of a secret, which it is and where it stood says more than the same sentence again.
    let about = match report.secret(part) {
        Some(_) => text::md_code_long(&part.subject, WHY),
        None => text::md_prose(&text::gist(&why(part, &lead.subject), longest)),
    };
    format!(
        "{}{} · **{}**: {about} · finding {}{}",
        mark(part.severity.as_str()),
        state_mark(report, part),
        text::md_prose(&part.detection.title),
        text::md_code(&part.id),
        records(lead, part),
    )
}

/// The first of its records, and how many there are.
fn records(lead: &Finding, part: &Finding) -> String {
    let Some(first) = part.evidence.first() else { return String::new() };
    let id = first.record_id.map_or_else(|| "without id".to_owned(), |id| id.to_string());
    let export = match lead.evidence.iter().any(|entry| entry.export_key == first.export_key) {
        true => String::new(),
        false => format!(" of {}", text::md_verbatim(&first.export_key, 200)),
    };
    let more = match part.evidence.len() - 1 {
        0 => String::new(),
        more => format!(" and {} more", number(more as u64)),
    };
    format!(" · record {id}{export}{more}")
}

/// How many are not told, of which detections, and what shows them.
fn untold(case: &Case<'_>, shown: usize) -> String {
    let rest: Vec<&Finding> = case.parts.iter().skip(shown).copied().collect();
    if rest.is_empty() {
        return String::new();
    }
    let mut kinds: Vec<(&str, Severity, u64)> = Vec::new();
    for part in &rest {
        let title = part.detection.title.as_str();
        match kinds.iter_mut().find(|(other, severity, _)| *other == title && *severity == part.severity) {
            Some((.., count)) => *count += 1,
            None => kinds.push((title, part.severity, 1)),
        }
    }
    let kind = |(title, severity, count): &(&str, Severity, u64)| {
        format!("{} {}", counted(severity.as_str(), *count), text::md_prose(title))
    };
    let kinds: Vec<String> = kinds.iter().map(kind).collect();
    let mut out = format!("\n{} not told here: {}. ", plural(rest.len() as u64, "more finding"), kinds.join(" · "));
    out.push_str("`lightmeter analyze --offline --full` tells them");
    if let Some(session) = commands::tame_session(case.lead) {
        let _ = write!(out, ", {} marks them in place", text::md_verbatim(&session, 400));
    }
    out.push_str(".\n");
    out
}

/// What to do about the secrets among the parts, told or not, each advice once.
fn rotate(report: &Report, case: &Case<'_>, rotations: &mut Rotations) -> String {
    let secrets = case.parts.iter().filter_map(|part| report.secret(part));
    let mut out = String::new();
    for group in by_advice(secrets) {
        let mut makers: Vec<String> = Vec::new();
        for secret in &group {
            let maker = text::md_code(secret.maker());
            if !makers.contains(&maker) {
                makers.push(maker);
            }
        }
        let count = plural(group.len() as u64, "secret");
        let _ = writeln!(out, "- {} ({count}): {}", makers.join(", "), rotation(group[0], rotations, case.number));
    }
    if out.is_empty() { out } else { format!("\n**Rotate**\n\n{out}") }
}

/// What to do about a secret, or where that stands already.
pub(super) fn rotation(secret: &SecretRow, rotations: &mut Rotations, number: usize) -> String {
    match rotations.told_in(secret, number) {
        Some(same) if same == number => format!("as above for {}.", text::md_code(secret.maker())),
        Some(other) => format!("as in incident {other} for {}.", text::md_code(secret.maker())),
        None => steps(secret),
    }
}
