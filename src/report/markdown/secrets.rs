//! The ledger of secrets: what models were told, the list to rotate by.

use std::fmt::Write as _;

use super::incident::steps;
use super::table::{Table, names, plural};
use super::{Block, Keep};
use crate::report::commands::query;
use crate::report::groups::groups;
use crate::report::inventory::PERSONAL_SQL;
use crate::report::rotations::by_advice;
use crate::report::{Report, SecretRow, Secrets};
use crate::text;

/// Rows shown.
const ROWS: usize = 50;

pub(super) fn block(report: &Report) -> Block {
    let secrets = &report.secrets;
    if secrets.note.is_empty() && secrets.items.is_empty() && secrets.personal.is_empty() {
        return Block::new("secrets", Keep::Secrets, String::new());
    }
    let mut out = format!("\n## Secrets\n\n{}\n", text::md_prose(&secrets.note));
    if secrets.items.is_empty() {
        out.push_str(match report.secrets.personal.as_slice() {
            [] => "\nNone found, and no personal data or one-time codes.\n",
            _ => "\nNo secret found, but personal data or one-time codes, see below.\n",
        });
    }
    let mut numbers = Vec::new();
    for case in groups(report).iter().flat_map(|group| &group.cases) {
        let secrets = case.all().filter_map(|finding| report.secret(finding));
        numbers.extend(secrets.map(|secret| (secret.fingerprint.clone(), case.number)));
    }
    let mut rows = Table::new(&["Secret", "What happened", "Owner candidates", "Told to", "First and last"]);
    for row in &secrets.items {
        let incident =
            numbers.iter().find(|(fingerprint, _)| *fingerprint == row.fingerprint).map(|(_, number)| *number);
        let [happened, users, told, when] = facts(row);
        rows.row([name(row, incident), happened, users, told, when]);
    }
    out.push_str(&rows.finish(ROWS, "SELECT * FROM exposed_secrets ORDER BY exposure DESC"));
    out.push_str(&rotation(&secrets.items));
    out.push_str(&personal(secrets));
    Block::new("secrets", Keep::Secrets, out)
}

/// Personal data, which nobody can rotate.
fn personal(secrets: &Secrets) -> String {
    if secrets.personal.is_empty() {
        return String::new();
    }
    let mut rows = Table::new(&["What", "What happened", "In the traffic of", "Told to", "First and last"]);
    for row in &secrets.personal {
        let [happened, users, told, when] = facts(row);
        rows.row([name(row, None), happened, users, told, when]);
    }
    let how = format!("{} `{}` lists every place.", secrets.personal_note(), query(PERSONAL_SQL));
    format!("\n### Personal data and one-time codes\n\n{how}\n{}", rows.finish(ROWS, PERSONAL_SQL))
}

/// What happened to it, in whose traffic it is, whom it was told, and when.
fn facts(row: &SecretRow) -> [String; 4] {
    let told: Vec<String> = row.providers.iter().chain(&row.models).cloned().collect();
    let when = format!("{} to {}", text::clock_time(row.first_seen), text::clock_time(row.last_seen));
    [happened(row), names(&row.users), names(&told), when]
}

/// How each kind of the secrets is rotated, also of those that have no row above.
fn rotation(secrets: &[SecretRow]) -> String {
    let mut out = String::new();
    for group in by_advice(secrets.iter()) {
        let mut kinds: Vec<String> = Vec::new();
        for row in &group {
            let kind = text::md_code(row.maker());
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let _ = writeln!(out, "- {} ({}): {}", kinds.join(", "), plural(group.len() as u64, "secret"), steps(group[0]));
    }
    let all = match secrets.len() {
        all if all > ROWS => format!(", all {}, with or without a row above", plural(all as u64, "secret")),
        _ => String::new(),
    };
    if out.is_empty() { out } else { format!("\n**To rotate them**{all}\n\n{out}") }
}

fn name(row: &SecretRow, incident: Option<usize>) -> String {
    let vendor = row.vendor.as_deref().map_or_else(String::new, |vendor| format!("{} ", text::md_code(vendor)));
    let incident = incident.map_or_else(String::new, |number| format!(", incident {number}"));
    format!(
        "{vendor}{} {}, fingerprint {}, {} confidence{incident}",
        text::md_code(&row.kind),
        text::md_code(&row.preview),
        text::md_code(row.fingerprint.get(..8).unwrap_or(&row.fingerprint)),
        text::md_code(&row.confidence),
    )
}

fn happened(row: &SecretRow) -> String {
    let mut parts = vec![text::md_prose(&row.entry)];
    parts.extend(row.why.iter().map(|why| text::md_prose(why)));
    parts.push(plural(row.occurrences, "place"));
    if row.resent > 0 {
        parts.push(format!(
            "sent again {}",
            if row.resent == 1 { "once".to_owned() } else { plural(row.resent, "time") }
        ));
    }
    parts.join("; ")
}
