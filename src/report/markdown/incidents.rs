//! Incidents by detection: what all incidents of one have in common once, then each of them.

use std::collections::BTreeMap;

use super::head::numbers;
use super::incident::incident;
use super::table::{Table, mark, name_or_dash, number, plural};
use super::{Block, Keep};
use crate::finding::{DetectionInfo, Finding};
use crate::report::commands::Step;
use crate::report::common::{Alike, alike, shared};
use crate::report::groups::{Case, Group, groups, why};
use crate::report::history::worst_first;
use crate::report::rotations::Rotations;
use crate::report::{IndexRow, Report, commands};
use crate::text;

/// Incidents of one detection that are told; the rest are a line each.
const TOLD: usize = 8;

/// Of those that are much the same.
const ALIKE: usize = 2;

/// Characters of the sentence on such a line.
const WHY: usize = 300;

/// Longest sentence that is added to it, in characters.
const COUNT: usize = 120;

/// Column of incidents with how many calls removed or overwrote data.
const LOST: &str = "destroyed";

/// Sentences shown of one list.
const ITEMS: usize = 10;

/// With `full`, also incidents that an earlier report told in full are told again; otherwise they are one line each.
pub(super) fn blocks(report: &Report, full: bool) -> Vec<Block> {
    let mut blocks = vec![Block::new("introduction of the incidents", Keep::Coverage, intro(report))];
    let mut still =
        Table::new(&["Still open", "Incident", "Subject", "User", "Last seen", "Reported since", "Finding"]);
    let mut open: Vec<[String; 7]> = Vec::new();
    let mut rotations = Rotations::default();
    for group in &groups(report) {
        let mut untold = true;
        let mut rest = Table::new(&["Incident", "About", "When", "Why", "Session", "Finding"]);
        let mut in_full = InFull::default();
        for case in &group.cases {
            let told = |finding: &Finding| {
                report.history.row(&finding.id).filter(|row| row.state == "open" && !row.changed && !full)
            };
            if case.all().all(|finding| told(finding).is_some()) {
                for finding in case.all() {
                    open.extend(told(finding).map(|row| open_row(case.number, finding, row)));
                }
                continue;
            }
            if !full && !in_full.takes(report, case) {
                rest.row(rest_row(case));
                continue;
            }
            let told = incident(report, case, full, &mut rotations);
            // What happened comes first; what is so in general stands behind one incident and before several.
            let markdown = match (group.cases.len(), std::mem::take(&mut untold)) {
                (1, _) => format!("{}{told}{}", heading(report, group), general(report, group)),
                (_, true) => {
                    let own = subheading(report, case);
                    format!(
                        "{}{}{}{own}{told}",
                        heading(report, group),
                        in_common(report, group),
                        general(report, group)
                    )
                }
                (_, false) => format!("{}{told}", subheading(report, case)),
            };
            blocks.push(Block::new("incidents", Keep::Incident, markdown));
        }
        let rest = rest.finish(500, "SELECT * FROM signals ORDER BY detection, subject");
        if !rest.is_empty() {
            let how = "\n`lightmeter analyze --offline --full` tells these as the ones above; \
                       `lightmeter session SESSION` shows what happened in one.\n";
            blocks.push(Block::new("further incidents of one kind", Keep::Incident, format!("{rest}{how}")));
        }
    }
    open.into_iter().for_each(|row| still.row(row));
    let open = still.finish(200, "SELECT * FROM signals ORDER BY detection, subject");
    if !open.is_empty() {
        let how = "\nEarlier reports told these; `lightmeter analyze --offline --full` tells them again.\n";
        blocks.push(Block::new("incidents still open", Keep::Incident, format!("{open}{how}")));
    }
    blocks.push(Block::new("incidents that are gone", Keep::Incident, gone(report)));
    blocks
}

/// Which incidents of a detection are told in full.
#[derive(Default)]
struct InFull<'r> {
    told: usize,
    alike: BTreeMap<Alike<'r>, usize>,
}

impl<'r> InFull<'r> {
    fn takes(&mut self, report: &'r Report, case: &Case<'r>) -> bool {
        let alike = alike(report, case).map(|story| self.alike.entry(story).or_default());
        if self.told >= TOLD || alike.as_ref().is_some_and(|alike| **alike >= ALIKE) {
            return false;
        }
        self.told += 1;
        if let Some(alike) = alike {
            *alike += 1;
        }
        true
    }
}

/// What many incidents of one kind share.
fn in_common(report: &Report, group: &Group<'_>) -> String {
    let mut table = Table::new(&["In common", "In how many of them"]);
    for shared in shared(report, group) {
        let named = |(value, count): &(String, u64)| {
            let asked = shared.asked.get(value);
            let value = if shared.places { text::defang_place(value) } else { value.clone() };
            let asked = asked.map_or_else(String::new, |asked| format!(" (the user had named it in {asked})"));
            format!("{} {}{asked}", text::md_code(&value), number(*count))
        };
        let mut values = shared.values.iter().map(named).collect::<Vec<_>>().join(", ");
        if shared.more > 0 {
            values.push_str(&format!(" and {} more", number(shared.more as u64)));
        }
        table.row([shared.name.to_owned(), values]);
    }
    table.finish(usize::MAX, "")
}

fn intro(report: &Report) -> String {
    if report.incidents.is_empty() {
        return "\n## Incidents\n\nNone shown.\n".to_owned();
    }
    let can: Vec<String> = report
        .inventory
        .capabilities
        .iter()
        .map(|row| format!("{} {}", text::md_code(&row.capability), text::md_prose(&row.meaning)))
        .collect();
    let legend = match can.as_slice() {
        [] => String::new(),
        _ => format!(
            "\nIn timelines, **can** tells what a tool is able to do, whatever it did in this call: {}.\n",
            can.join(", ")
        ),
    };
    format!(
        "\n## Incidents\n\nThe worst first, those of one kind together. Whatever else one session or one integration \
         shows stands inside its worst incident, under \"Also in this session\". Commands can be pasted; they ask the \
         lake of your settings (`--lake DIR` or `LIGHTMETER_LAKE` name another). What is known and harmless is hidden \
         by `lightmeter review suppress FINDING`, what is dealt with by `lightmeter review close FINDING`, where \
         FINDING is the first characters of the id behind the word “finding”. A **count** is what the detection counted \
         towards its finding: calls, commands or requests; of a secret the places that showed it and the requests that \
         carried it again; of an integration its calls; of several findings that it joins, the findings.\n{legend}"
    )
}

fn heading(report: &Report, group: &Group<'_>) -> String {
    let title = text::md_prose(&group.detection.title);
    let worst = severity(group.cases[0].lead);
    match group.cases.as_slice() {
        [only] => {
            let (number, subject) = (only.number, text::md_code(&only.lead.subject));
            format!("\n### {number}. {worst}{} · {title}: {subject}\n", state_mark(report, only.lead))
        }
        _ => format!("\n### {worst} · {title}: {}\n", numbers(group.numbers())),
    }
}

/// What the detection says of all its incidents.
fn general(report: &Report, group: &Group<'_>) -> String {
    let detection = group.detection;
    let mut out = paragraph("What to do", &sentences(report, group.cases[0].lead, false));
    let about = [&detection.what, &detection.impact].into_iter().filter(|s| !s.is_empty()).cloned();
    out.push_str(&paragraph("What it is", &about.collect::<Vec<_>>()));
    out.push_str(&paragraph("Ordinary explanations", &detection.false_positives));
    out.push_str(&references(detection));
    out
}

fn subheading(report: &Report, case: &Case<'_>) -> String {
    let finding = case.lead;
    format!(
        "\n#### {}. {}{} · {}\n",
        case.number,
        severity(finding),
        state_mark(report, finding),
        text::md_code(&finding.subject)
    )
}

fn severity(finding: &Finding) -> String {
    mark(finding.severity.as_str())
}

/// Mark and word of a state that is worth a look.
pub(super) fn state_mark(report: &Report, finding: &Finding) -> &'static str {
    match report.history.row(&finding.id).map(|row| row.state.as_str()) {
        Some("new") => " · 🆕 new",
        Some("returned") => " · ↩️ returned",
        Some("open") => " · ⏳ still open",
        Some("suppressed") => " · 🔕 suppressed",
        _ => "",
    }
}

/// What to do: what is so for all incidents of the detection, or what names something of this one.
pub(super) fn sentences(report: &Report, finding: &Finding, of_this: bool) -> Vec<String> {
    let steps = commands::steps(finding, report.note(&finding.id)).into_iter();
    let prose = steps.filter_map(|step| match step {
        Step::Prose { text, own } if own == of_this => Some(text),
        _ => None,
    });
    prose.collect()
}

pub(super) fn paragraph(title: &str, sentences: &[String]) -> String {
    if sentences.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = sentences.iter().take(ITEMS).map(|s| text::md_prose(s)).collect();
    format!("\n**{title}**: {}\n", shown.join(" "))
}

fn references(detection: &DetectionInfo) -> String {
    let all = detection.tags.iter().chain(&detection.references);
    let shown: Vec<String> = all.take(ITEMS).map(|r| text::md_verbatim(r, 200)).collect();
    let id = text::md_code(&detection.id);
    if shown.is_empty() {
        format!("\n**Detection**: {id}\n")
    } else {
        format!("\n**Detection**: {id}; {}\n", shown.join(", "))
    }
}

fn rest_row(case: &Case<'_>) -> [String; 6] {
    let finding = case.lead;
    let more = match case.parts.len() {
        0 => String::new(),
        parts => format!("; {} with it", plural(parts as u64, "further finding")),
    };
    let lost = match finding.details.get(LOST).and_then(serde_json::Value::as_u64) {
        None | Some(0) => "",
        Some(_) => " Bring back what was removed or overwritten.",
    };
    [
        format!("{} · {}", case.number, severity(finding)),
        text::md_code(&finding.subject),
        text::clock_time(finding.first_seen),
        format!("{}{lost}{more}", text::md_prose(&short(&why(finding, &finding.subject)))),
        name_or_dash(finding.scope.session_id.as_deref()),
        text::md_code(&finding.id),
    ]
}

/// The start of a reason, and its last sentence where that is short: it tells how many calls there are.
fn short(reason: &str) -> String {
    let gist = text::gist(reason, WHY);
    let closed = |last: &&str| {
        last.chars().count() <= COUNT && ['"', '`'].iter().all(|sign| last.matches(*sign).count() % 2 == 0)
    };
    match reason.rsplit_once(". ").map(|(_, last)| last).filter(closed) {
        Some(last) if !gist.ends_with(last) => format!("{gist} {last}"),
        _ => gist.into_owned(),
    }
}

fn open_row(number: usize, finding: &Finding, row: &IndexRow) -> [String; 7] {
    [
        number.to_string(),
        format!("{} · {}", severity(finding), text::md_prose(&finding.detection.title)),
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
