//! Commands that a reader can paste into a shell, made from values that nobody can trust.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::{IncidentNote, Report, left};
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
    let mut steps: Vec<Step> =
        finding.detection.next_steps.iter().filter_map(|step| own_step(step.trim(), known)).collect();
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
        "subject" => Some(&finding.subject),
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

/// The session as a timeline, around those of the records that the evidence names that are of this session.
fn session(finding: &Finding, note: Option<&IncidentNote>) -> Option<String> {
    let session = finding.scope.session_id.as_deref().filter(|id| is_tame(id))?;
    let own = note.and_then(|note| note.own_records.as_ref());
    let of_it = |id: &i64| own.is_none_or(|own| own.contains(id));
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
mod tests {
    use super::*;
    use crate::report::AskedRow;
    use crate::report::tests::example;

    fn finding() -> Finding {
        example().incidents.remove(0)
    }

    /// What a POSIX shell makes of the one argument behind `lightmeter query`.
    fn argument(command: &str) -> String {
        let shell = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("lightmeter() {{ printf %s \"$2\"; }}; {command}"))
            .output()
            .unwrap();
        assert!(shell.status.success() && shell.stderr.is_empty(), "{command}");
        String::from_utf8(shell.stdout).unwrap()
    }

    #[test]
    fn hostile_values_stay_values_in_the_shell_and_in_sql() {
        for evil in [
            "x'; DROP TABLE y; --",
            "$(touch /tmp/pwned)",
            "`id`",
            "a\"b",
            "\\",
            "'\"'\"'",
            "!x",
            "{login}",
            "a\nb\t\u{1b}",
        ] {
            let shown = text::one_line(evil, 80);
            let mut finding = finding();
            finding.subject = evil.to_owned();
            finding.scope.session_id = Some(evil.to_owned());
            finding.evidence = vec![Evidence { export_key: evil.to_owned(), record_id: Some(1) }];
            finding.detection.next_steps = vec!["SELECT 1 WHERE x = '{subject}'".to_owned()];
            let steps = steps(&finding, None);
            assert_eq!(steps.len(), 1, "no generated query holds {evil:?}");
            let Step::Command(command) = &steps[0] else { panic!() };
            assert_eq!(argument(command), format!("SELECT 1 WHERE x = '{}'", shown.replace('\'', "''")));
        }
    }

    #[test]
    fn steps_are_sentences_or_commands() {
        let mut finding = finding();
        finding.detection.next_steps =
            ["Ask the user.", "Ask {login}.", "Block {destination}.", "select 1", "lightmeter sessions --user {login}"]
                .map(str::to_owned)
                .to_vec();
        finding.scope.session_id = Some("s-1".to_owned());
        let export = |key: &str, record_id| Evidence { export_key: key.to_owned(), record_id };
        finding.evidence = vec![export("a.zstd", None), export("b.zstd", Some(7)), export("c.zstd", Some(8))];
        let command = |line: &str| Step::Command(line.to_owned());
        let expected = [
            Step::Prose { text: "Ask the user.".to_owned(), own: false },
            Step::Prose { text: "Ask alice@example.com.".to_owned(), own: true },
            command("lightmeter query \"select 1\""),
            command("lightmeter sessions --user alice@example.com"),
            command("lightmeter session s-1 --around 7,8"),
            command("lightmeter record b.zstd 7 --new"),
        ];
        assert_eq!(steps(&finding, None), expected);
        let list = |places: &[&str]| places.iter().map(|place| (*place).to_owned()).collect::<Vec<String>>();
        let block = |text: &str| Step::Prose { text: text.to_owned(), own: true };
        let mut note = IncidentNote { block: list(&["docs.example"]), ..IncidentNote::default() };
        assert_eq!(steps(&finding, Some(&note))[2], block("Block docs[.]example."));
        note.block = list(&["evil.example", "me@x.example", "$(id)"]);
        assert_eq!(steps(&finding, Some(&note))[2], block("Block evil[.]example, me[@]x[.]example, $(id)."));
        finding.details.insert("from".to_owned(), serde_json::json!(["a.example", "b.example"]));
        finding.details.insert("files".to_owned(), serde_json::json!(["a b", "c"]));
        finding.detection.next_steps =
            ["Block {from}.", "lightmeter hunt {from}", "Read {files}."].map(str::to_owned).to_vec();
        let named = steps(&finding, None);
        assert_eq!(
            named[..2],
            [block("Block a[.]example, b[.]example."), command("lightmeter hunt a.example b.example")]
        );
        assert!(named.iter().all(|step| !matches!(step, Step::Prose { text, .. } if text.starts_with("Read"))));
        finding.detection.next_steps = vec!["lightmeter hunt {destination}".to_owned()];
        assert_eq!(steps(&finding, Some(&note))[0], command("lightmeter hunt evil.example me@x.example"));
        finding.detection.next_steps = vec!["Block {destination}.".to_owned()];
        (note.destinations, note.block) = (note.block, Vec::new());
        let blocks = |step: &Step| matches!(step, Step::Prose { .. });
        assert!(!steps(&finding, Some(&note)).iter().any(blocks), "nothing of it is to be blocked");
    }

    #[test]
    fn commands_name_what_the_note_knows_of_records() {
        let mut finding = finding();
        finding.detection.next_steps.clear();
        finding.scope.session_id = Some("s-1".to_owned());
        let place = |id| Evidence { export_key: "a.zstd".to_owned(), record_id: Some(id) };
        finding.evidence = (1..=9).map(place).collect();
        let asked = AskedRow {
            text: Some("words ".repeat(100)),
            export_key: Some("a.zstd".to_owned()),
            record_id: Some(4),
            ..AskedRow::default()
        };
        let mut note = IncidentNote {
            own_records: Some(vec![2, 8]),
            source: Some(place(5)),
            asked: Some(asked),
            ..IncidentNote::default()
        };
        let lines =
            |note: &IncidentNote| -> Vec<String> { steps(&finding, Some(note)).into_iter().map(Step::text).collect() };
        let (around, source) = ("lightmeter session s-1 --around 2,8", "lightmeter record a.zstd 5 --new");
        assert_eq!(lines(&note), [around, source], "a record of another session is not asked for in this one");
        note.asked.iter_mut().for_each(|asked| asked.cut_at(20));
        assert_eq!(lines(&note), [around, source, "lightmeter record a.zstd 4 --new"]);
        (note.own_records, note.source, note.asked) = (Some(Vec::new()), None, None);
        assert_eq!(lines(&note), ["lightmeter session s-1", "lightmeter record a.zstd 1 --new"]);
    }

    #[test]
    fn who_is_asked_is_a_person_or_whoever_uses_a_tagged_device() {
        let mut finding = finding();
        let mut asked = |login: &str, device: Option<&str>| {
            finding.scope =
                Scope { login: Some(login.to_owned()), device: device.map(str::to_owned), ..Scope::default() };
            finding.detection.next_steps = vec!["Ask {whom}.".to_owned()];
            steps(&finding, None).remove(0).text()
        };
        assert_eq!(asked("ana@example.com", Some("n1")), "Ask the person behind ana@example.com.");
        assert_eq!(asked("tag:lab", Some("n1")), "Ask whoever uses the device n1 of tag:lab.");
        assert_eq!(asked("tag:lab", None), "Ask whoever uses the devices of tag:lab.");
    }

    #[test]
    fn a_query_with_long_rows_is_quoted_like_others() {
        let mut finding = finding();
        finding.scope.login = Some("o'neil $x".to_owned());
        finding.detection.next_steps = vec!["lightmeter query -x SELECT 1 WHERE x = '{login}'".to_owned()];
        let Step::Command(line) = steps(&finding, None).remove(0) else { panic!("not a command") };
        assert!(line.starts_with("lightmeter query -x 'SELECT 1 WHERE x ="), "{line}");
        assert_eq!(argument(&line.replacen(" -x", "", 1)), "SELECT 1 WHERE x = 'o''neil $x'");
    }

    #[test]
    fn commands_of_several_incidents_say_whose_they_are() {
        let mut report = example();
        report.notes.clear();
        let mut one = report.incidents.remove(0);
        one.detection.title = "Agent's \"work\"; `id`".to_owned();
        one.detection.next_steps = vec!["lightmeter hunt a.example".to_owned()];
        (one.scope.session_id, one.evidence) = (None, Vec::new());
        let with = |id: &str, subject: &str, step: &str| {
            let mut finding = one.clone();
            (finding.id, finding.subject) = (id.to_owned(), subject.to_owned());
            finding.detection.next_steps.push(step.to_owned());
            finding
        };
        let all = [
            with("f-1", "mail", "lightmeter hunt b.example"),
            with("f-2", "$(id)", "lightmeter hunt c.example"),
            with("f-3", "mail", "lightmeter hunt c.example"),
        ];
        let expected = [
            "# Agents work id: mail, finding f-1",
            "lightmeter hunt a.example",
            "lightmeter hunt b.example",
            "# Agents work id, finding f-2",
            "lightmeter hunt c.example",
        ];
        assert_eq!(lines(&report, all.iter(), 100), expected);
        assert_eq!(lines(&report, all[..1].iter(), 100), expected[1..3]);
        assert!(lines(&report, all.iter(), 5).is_empty());
    }

    #[test]
    fn a_step_about_something_that_the_finding_does_not_have_is_left_out() {
        let mut finding = finding();
        finding.scope = Scope::default();
        finding.evidence.clear();
        finding.details = [("fingerprint".to_owned(), "f'1".into()), ("uses".to_owned(), 3.into())].into();
        let steps_of = |finding: &mut Finding, step: &str| {
            finding.detection.next_steps = vec![step.to_owned()];
            steps(finding, None)
        };
        for missing in
            ["SELECT 1 WHERE a = '{login}'", "SELECT 1 WHERE a = '{no_such}'", "lightmeter session {session_id}"]
        {
            assert!(steps_of(&mut finding, missing).is_empty(), "{missing}");
        }
        let filled = steps_of(&mut finding, "SELECT '{fingerprint}', {uses}, '{', '{A}', '{}'");
        assert_eq!(filled, [Step::Command("lightmeter query \"SELECT 'f''1', 3, '{', '{A}', '{}'\"".to_owned())]);
        assert!(steps_of(&mut finding, "lightmeter hunt {fingerprint}").is_empty(), "a quote is not tame");
        finding.scope.login = Some("--reveal".to_owned());
        assert!(steps_of(&mut finding, "lightmeter sessions --user {login}").is_empty(), "a flag is not tame");
    }
}
