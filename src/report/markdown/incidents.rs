//! Incidents by detection: what all incidents of one have in common once, then each of them.

use super::head::numbers;
use super::incident::incident;
use super::table::{Table, mark, name_or_dash};
use super::{Block, Keep};
use crate::finding::{DetectionInfo, Finding};
use crate::report::commands::Step;
use crate::report::groups::{Group, groups};
use crate::report::history::worst_first;
use crate::report::{IndexRow, Report, commands};
use crate::text;

/// Sentences shown of one list.
const ITEMS: usize = 10;

/// With `full`, also incidents that an earlier report told in full are told again; otherwise they are one line each.
pub(super) fn blocks(report: &Report, full: bool) -> Vec<Block> {
    let mut blocks = vec![Block::new("introduction of the incidents", Keep::Coverage, intro(report))];
    let mut open = Table::new(&["Still open", "Incident", "Subject", "User", "Last seen", "Reported since", "Finding"]);
    let groups = groups(report);
    for group in &groups {
        let mut untold = true;
        for (number, finding) in &group.incidents {
            let row = report.history.row(&finding.id);
            if let Some(row) = row.filter(|row| row.state == "open" && !row.changed && !full) {
                open.row(open_row(*number, finding, row));
                continue;
            }
            let told = incident(report, &groups, finding);
            // What happened comes first; what is so in general stands behind one incident and before several.
            let markdown = match (group.incidents.len(), std::mem::take(&mut untold)) {
                (1, _) => format!("{}{told}{}", heading(report, group), general(group)),
                (_, true) => {
                    let own = subheading(report, *number, finding);
                    format!("{}{}{own}{told}", heading(report, group), general(group))
                }
                (_, false) => format!("{}{told}", subheading(report, *number, finding)),
            };
            blocks.push(Block::new("incidents", Keep::Incident, markdown));
        }
    }
    let open = open.finish(200, "SELECT * FROM signals ORDER BY detection, subject");
    if !open.is_empty() {
        let how = "\nEarlier reports told these; `lightmeter analyze --offline --full` tells them again.\n";
        blocks.push(Block::new("incidents still open", Keep::Incident, format!("{open}{how}")));
    }
    blocks.push(Block::new("incidents that are gone", Keep::Incident, gone(report)));
    blocks
}

fn intro(report: &Report) -> String {
    if report.incidents.is_empty() {
        return "\n## Incidents\n\nNone shown.\n".to_owned();
    }
    "\n## Incidents\n\nThe worst first, those of one kind together. Commands can be pasted; they ask the lake of your \
     settings (`--lake DIR` or `LIGHTMETER_LAKE` name another). What is known and harmless is hidden by \
     `lightmeter review suppress FINDING`, what is dealt with by `lightmeter review close FINDING`.\n"
        .to_owned()
}

fn heading(report: &Report, group: &Group<'_>) -> String {
    let title = text::md_prose(&group.detection.title);
    let worst = severity(group.incidents[0].1);
    match group.incidents.as_slice() {
        [(number, only)] => {
            let subject = text::md_code(&only.subject);
            format!("\n### {number}. {worst}{} · {title}: {subject}\n", state_mark(report, only))
        }
        _ => format!("\n### {worst} · {title}: {}\n", numbers(group.numbers())),
    }
}

/// What the detection says of all its incidents.
fn general(group: &Group<'_>) -> String {
    let detection = group.detection;
    let mut out = paragraph("What to do", &prose_steps(group.incidents[0].1));
    let about = [&detection.what, &detection.impact].into_iter().filter(|s| !s.is_empty()).cloned();
    out.push_str(&paragraph("What it is", &about.collect::<Vec<_>>()));
    out.push_str(&paragraph("Ordinary explanations", &detection.false_positives));
    out.push_str(&references(detection));
    out
}

fn subheading(report: &Report, number: usize, finding: &Finding) -> String {
    format!(
        "\n#### {number}. {}{} · {}\n",
        severity(finding),
        state_mark(report, finding),
        text::md_code(&finding.subject)
    )
}

fn severity(finding: &Finding) -> String {
    mark(finding.severity.as_str())
}

/// Mark and word of a state that is worth a look.
fn state_mark(report: &Report, finding: &Finding) -> &'static str {
    match report.history.row(&finding.id).map(|row| row.state.as_str()) {
        Some("new") => " · 🆕 new",
        Some("returned") => " · ↩️ returned",
        Some("open") => " · ⏳ still open",
        Some("suppressed") => " · 🔕 suppressed",
        _ => "",
    }
}

fn prose_steps(finding: &Finding) -> Vec<String> {
    let prose = commands::steps(finding).into_iter().filter_map(|step| match step {
        Step::Prose(text) => Some(text),
        Step::Command(_) => None,
    });
    prose.collect()
}

fn paragraph(title: &str, sentences: &[String]) -> String {
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
