//! Commands that a reader can paste into a shell, made from values that nobody can trust.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{CampaignRow, IncidentNote, Report, left};
use crate::finding::{Evidence, Finding, Scope};
use crate::text;

/// Longest value put into a query, in characters.
const VALUE_CHARS: usize = 300;

/// Records of the evidence around which the session is shown.
const AROUND: usize = 5;

/// One next step of an incident.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A sentence; `own` when it names something of this incident.
    Prose { text: String, own: bool },
    /// A command line, safe to paste.
    Command(String),
}

impl Step {
    /// The sentence or the command.
    pub(super) fn text(self) -> String {
        match self {
            Self::Prose { text, .. } | Self::Command(text) => text,
        }
    }
}

/// What to do next: the detection's own steps, then the session and the record that every incident leads to.
///
/// Steps of a detection that are SQL become `lightmeter query` calls. They and sentences may name `{subject}`,
/// `{login}`, `{whom}` (who can be asked), `{device}`, `{agent}`, `{tool}`, `{integration}`, `{session_id}`,
/// `{destination}` (the places to block, by the report's note), `{left}` (what else left that is a secret or public) and further columns of the detection, in SQL inside quotes; a step that names what a finding does
/// not have is left out, because it would ask for something else.
pub(super) fn steps(finding: &Finding, note: Option<&IncidentNote>) -> Vec<Step> {
    let known = Known { finding, note };
    let mut steps: Vec<Step> = Vec::new();
    for step in finding.detection.next_steps.iter().map(|step| step.trim()) {
        // A hunt lists every mention; who sent something there is asked first.
        if step.starts_with("lightmeter hunt ") && step.contains("{destination}") {
            steps.extend(who_sent(note));
        }
        steps.extend(own_step(step, known));
    }
    for step in note.into_iter().flat_map(|note| &note.joined).map(|row| &row.step) {
        // What the detection says of all its findings is not said again.
        if !steps.iter().any(|known| matches!(known, Step::Prose { text, .. } if text == step)) {
            steps.push(Step::Prose { text: step.clone(), own: true });
        }
    }
    let own = [session(finding, note), record(finding, note), asked(note)];
    for command in own.into_iter().flatten().map(Step::Command) {
        if !steps.contains(&command) {
            steps.push(command);
        }
    }
    steps
}

/// The sentences among the steps, those that name something of this incident first, each with whether it does.
pub(super) fn prose(finding: &Finding, note: Option<&IncidentNote>) -> Vec<(bool, String)> {
    let prose = steps(finding, note).into_iter().filter_map(|step| match step {
        Step::Prose { text, own } => Some((own, text)),
        Step::Command(_) => None,
    });
    let mut prose: Vec<(bool, String)> = prose.collect();
    prose.sort_by_key(|(own, _)| !own);
    prose
}

/// The commands of incidents that are told together, each once and at most `longest` characters long: a cut command
/// would be a different one. Where there are several incidents, a comment says whose the commands below it are.
pub(super) fn lines<'r>(report: &Report, findings: impl Iterator<Item = &'r Finding>, longest: usize) -> Vec<String> {
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut of_each: Vec<(&Finding, Vec<String>)> = Vec::new();
    for finding in findings {
        let mut own = Vec::new();
        for step in steps(finding, report.note(&finding.id)) {
            match step {
                Step::Command(line) if line.chars().count() <= longest && told.insert(line.clone()) => own.push(line),
                _ => {}
            }
        }
        if !own.is_empty() {
            of_each.push((finding, own));
        }
    }
    let labelled = of_each.len() > 1;
    let of_one = |(finding, own): (&Finding, Vec<String>)| labelled.then(|| label(finding)).into_iter().chain(own);
    of_each.into_iter().flat_map(of_one).collect()
}

/// The first finding of each detection: the commands of the others differ in nothing but whom they name.
pub(super) fn one_of_each<'r>(findings: impl Iterator<Item = &'r Finding>) -> impl Iterator<Item = &'r Finding> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    findings.filter(move |finding| seen.insert(&finding.detection.id))
}

/// A comment for a shell. Not every shell takes one that is typed for a comment, so nothing in it may mean anything.
fn label(finding: &Finding) -> String {
    let plain = |c: char| c.is_alphanumeric() || " -_.,:/".contains(c);
    let title: String = finding.detection.title.chars().filter(|c| plain(*c)).collect();
    let subject = if is_tame(&finding.subject) { format!(": {}", finding.subject) } else { String::new() };
    format!("# {}{subject}, finding {}", title.trim(), finding.id.chars().filter(|c| plain(*c)).collect::<String>())
}

/// What a step may name.
#[derive(Clone, Copy)]
struct Known<'f> {
    finding: &'f Finding,
    note: Option<&'f IncidentNote>,
}

/// Who sent something to the places to block: a row for each login, tool and outcome.
fn who_sent(note: Option<&IncidentNote>) -> Option<Step> {
    let tame = note?.block.iter().filter(|place| is_tame(place));
    let places: Vec<String> = tame.map(|place| format!("'{}'", place.to_lowercase())).collect();
    let list = places.join(", ");
    (!places.is_empty()).then(|| {
        Step::Command(query(&format!(
            "SELECT c.login, c.integration, c.tool, c.outcome, count(DISTINCT c.call_uid) AS calls, min(c.time) AS first, \
             max(c.time) AS last FROM call_destinations d JOIN calls c ON c.call_uid = d.call_uid WHERE d.sent AND \
             (d.place IN ({list}) OR d.destination IN ({list})) GROUP BY c.login, c.integration, c.tool, c.outcome \
             ORDER BY calls DESC, first"
        )))
    })
}

/// Commands that list the sessions of a campaign, where the order came from, and every mention of its place.
pub(super) fn of_campaign(row: &CampaignRow) -> Vec<String> {
    let literal = |text: &str| format!("'{}'", text::one_line(text, VALUE_CHARS).replace('\'', "''"));
    let ordered = "FROM accused_results a JOIN calls c ON c.call_uid = a.call_uid WHERE";
    let (did, told) = match (&row.place, &row.tool, &row.value) {
        (Some(place), ..) if is_tame(place) => {
            let place = literal(&place.to_lowercase());
            let did = format!(
                "SELECT c.session_id, c.login, c.agent, min(c.time) AS first, count(DISTINCT c.call_uid) AS calls, \
                 string_agg(DISTINCT c.outcome, ', ') AS outcomes, coalesce(bool_or(w.position < c.position), false) \
                 AS user_had_named_it FROM call_destinations d JOIN calls c ON c.call_uid = d.call_uid LEFT JOIN \
                 (SELECT conversation_id, min(position) AS position FROM messages WHERE role = 'user' AND kind = 'text' \
                 AND mentions(text, {place}) GROUP BY conversation_id) w ON w.conversation_id = c.conversation_id \
                 WHERE d.sent AND d.place = {place} GROUP BY c.session_id, c.login, c.agent ORDER BY first"
            );
            (did, format!("{ordered} mentions(a.value, {place})"))
        }
        (None, Some(tool), Some(value)) => {
            let from = row.integration.iter().map(|name| format!(" AND c.integration = {}", literal(name)));
            let of = format!(
                "{ordered} coalesce(c.tool, c.raw_name) = {}{} AND lower(a.value) = {}",
                literal(tool),
                from.collect::<String>(),
                literal(&value.to_lowercase())
            );
            (format!("SELECT c.session_id, c.login, c.agent, c.time, c.outcome {of} ORDER BY c.time"), of)
        }
        _ => return Vec::new(),
    };
    let told = (!row.sources.is_empty()).then(|| {
        query(&format!(
            "SELECT a.source, a.sentence, count(DISTINCT c.session_id) AS sessions, min(a.source_time) AS first {told} \
             GROUP BY a.source, a.sentence ORDER BY sessions DESC, first"
        ))
    });
    let hunt = row.place.iter().map(|place| format!("lightmeter hunt {place}"));
    std::iter::once(query(&did)).chain(told).chain(hunt).collect()
}

fn own_step(step: &str, known: Known<'_>) -> Option<Step> {
    let first = step.split_whitespace().next().unwrap_or_default();
    if first.eq_ignore_ascii_case("SELECT") || first.eq_ignore_ascii_case("WITH") {
        // A raw tab or escape would be typed into the reader's shell.
        let value = |value: &str| Some(text::one_line(value, VALUE_CHARS).replace('\'', "''"));
        return fill(step, known, &value).map(|sql| Step::Command(query(&sql)));
    }
    // Rows with long texts, one column to a line.
    if let Some(sql) = step.strip_prefix("lightmeter query -x ") {
        let value = |value: &str| Some(text::one_line(value, VALUE_CHARS).replace('\'', "''"));
        let line =
            fill(sql, known, &value).map(|sql| query(&sql).replacen("lightmeter query", "lightmeter query -x", 1));
        return line.map(Step::Command);
    }
    // The first place stands for all of them.
    let places = known.places(step);
    let is_place = |value: &str| places.first().is_some_and(|place| *place == value);
    if first == "lightmeter" && !step.contains(['\n', '\t']) {
        let tame = |value: &str| match is_place(value) {
            true => places.iter().filter(|place| is_tame(place)).copied().collect::<Vec<_>>().join(" "),
            false => value.to_owned(),
        };
        return fill(step, known, &|value| is_tame(value).then(|| tame(value))).map(Step::Command);
    }
    let cut = |text: &str| text::one_line(text, text::NAME_CHARS).into_owned();
    let left = if step.contains("{left}") { known.left() } else { None };
    let inert = |value: &str| match is_place(value) {
        _ if left.as_deref() == Some(value) => value.to_owned(),
        true => places.iter().map(|place| cut(&text::defang_place(place))).collect::<Vec<_>>().join(", "),
        false => cut(value),
    };
    let text = fill(step, known, &|value| Some(inert(value)))?;
    Some(Step::Prose { own: text != step, text })
}

impl<'f> Known<'f> {
    /// What else left that has to be taken back.
    fn left(self) -> Option<String> {
        self.note.and_then(|note| left::grave(&note.left, &note.block))
    }

    /// The places that a step names: where the calls of the evidence sent data to, or fetched from, as far as it is to
    /// be blocked, or else the hosts of a column that is a list of them.
    fn places(self, step: &str) -> Vec<&'f str> {
        if step.contains("{destination}") {
            return self.note.map_or(Vec::new(), |note| note.block.iter().map(String::as_str).collect());
        }
        let named = self.finding.details.iter().filter(|(name, _)| step.contains(&format!("{{{name}}}")));
        named.map(|(_, value)| hosts(value)).find(|hosts| !hosts.is_empty()).unwrap_or_default()
    }
}

/// A list that holds nothing but hosts.
pub(super) fn hosts(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let hosts: Option<Vec<&str>> = items.iter().map(|item| item.as_str().filter(|text| text::is_host(text))).collect();
    hosts.unwrap_or_default()
}

/// The value that a step means by a name; of several places the first.
fn value<'f>(name: &str, known: Known<'f>) -> Option<Cow<'f, str>> {
    let finding = known.finding;
    let scope = &finding.scope;
    if name == "whom" {
        return whom(scope).map(Cow::Owned);
    }
    if name == "left" {
        return known.left().map(Cow::Owned);
    }
    let text = match name {
        "destination" => known.note.and_then(|note| note.block.first()),
        "subject" => Some(&finding.subject).filter(|subject| !subject.is_empty()),
        "login" => scope.login.as_ref(),
        "device" => scope.device.as_ref(),
        "agent" => scope.agent.as_ref(),
        "tool" => scope.tool.as_ref(),
        "integration" => scope.integration.as_ref(),
        "session_id" => scope.session_id.as_ref(),
        _ => None,
    };
    text.map(|text| Cow::Borrowed(text.as_str())).or_else(|| match finding.details.get(name)? {
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        list @ Value::Array(_) => hosts(list).first().map(|host| Cow::Borrowed(*host)),
        _ => None,
    })
}

/// Who can be asked about a finding: nobody in particular is behind the login of a tagged device.
fn whom(scope: &Scope) -> Option<String> {
    let login = scope.login.as_deref()?;
    Some(match scope.device.as_deref() {
        _ if !login.starts_with("tag:") => format!("the person behind {login}"),
        Some(device) => format!("whoever uses the device {device} of {login}"),
        None => format!("whoever uses the devices of {login}"),
    })
}

/// Puts the finding's values where the step names them, each as `write` writes it; none where one is missing or cannot
/// be written. One pass, so that a value that looks like a name is not filled again.
fn fill(step: &str, known: Known<'_>, write: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::with_capacity(step.len() + 32);
    let mut rest = step;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        match rest[end..].strip_prefix('}') {
            Some(behind) if end > 0 => {
                out.push_str(&write(&value(&rest[..end], known)?)?);
                rest = behind;
            }
            _ => out.push('{'),
        }
    }
    out.push_str(rest);
    Some(out)
}

/// The session as a timeline, around those of the records that the evidence names that are known to be of this session.
fn session(finding: &Finding, note: Option<&IncidentNote>) -> Option<String> {
    let named = finding.scope.session_id.as_deref();
    let used_in = || note.and_then(|note| note.used_in.as_deref());
    let session = named.or_else(used_in).filter(|id| is_tame(id))?;
    // Without knowing which records are of this session, none is asked for in it.
    let own = note.and_then(|note| note.own_records.as_ref());
    let of_it = |id: &i64| own.is_some_and(|own| own.contains(id));
    let records = finding.evidence.iter().filter_map(|e| e.record_id).filter(of_it).take(AROUND);
    let records: Vec<String> = records.collect::<BTreeSet<i64>>().iter().map(i64::to_string).collect();
    let around = if records.is_empty() { String::new() } else { format!(" --around {}", records.join(",")) };
    Some(format!("lightmeter session {session}{around}"))
}

/// The whole session of a finding with what was found marked in place.
pub(super) fn tame_session(finding: &Finding) -> Option<String> {
    let session = finding.scope.session_id.as_deref().filter(|id| is_tame(id))?;
    Some(format!("lightmeter session {session} --findings"))
}

/// What a record was the first to bring: the one that carries the result that is held for what the agent did, else the
/// first that the evidence names.
fn record(finding: &Finding, note: Option<&IncidentNote>) -> Option<String> {
    let source = note.and_then(|note| note.source.as_ref());
    source.and_then(brought).or_else(|| finding.evidence.iter().find_map(brought))
}

/// The record with the words of the user, where they are not shown to their end.
fn asked(note: Option<&IncidentNote>) -> Option<String> {
    let asked = note?.asked.as_ref().filter(|asked| asked.cut)?;
    brought(&asked.place()?)
}

fn brought(place: &Evidence) -> Option<String> {
    let id = place.record_id.filter(|_| is_tame(&place.export_key))?;
    Some(format!("lightmeter record {} {id} --new", place.export_key))
}

/// Whether a value means itself in SQL strings and in shells, quoted or not.
fn is_tame(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 300
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&b))
}

/// `lightmeter query` with the SQL quoted for a POSIX shell.
pub(super) fn query(sql: &str) -> String {
    let sql = text::visible(sql).replace('\t', " ");
    if sql.contains(['"', '$', '`', '\\', '!', '\n']) {
        return format!("lightmeter query '{}'", sql.replace('\'', "'\\''"));
    }
    format!("lightmeter query \"{sql}\"")
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
