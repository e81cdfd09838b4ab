//! Commands that a reader can paste into a shell, made from values that nobody can trust.

use crate::finding::Finding;
use crate::text;

/// Evidence ids named in one generated query.
const IDS_IN_QUERY: usize = 20;

/// Longest value put into a query, in characters.
const VALUE_CHARS: usize = 300;

/// One next step of an incident.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A sentence.
    Prose(String),
    /// A command line, safe to paste.
    Command(String),
}

/// What to do next: the detection's own steps, then the queries that every incident has.
///
/// Steps of a detection that are SQL become `lightmeter query` calls. They may name `{subject}`, `{login}`,
/// `{device}`, `{agent}`, `{tool}`, `{integration}` and `{session_id}` inside SQL quotes.
pub(super) fn steps(finding: &Finding) -> Vec<Step> {
    let mut steps: Vec<Step> = finding.detection.next_steps.iter().map(|step| own_step(step, finding)).collect();
    let about = [session_query(finding), evidence_query(finding)];
    for command in about.into_iter().flatten().map(|sql| Step::Command(query(&sql))) {
        if !steps.contains(&command) {
            steps.push(command);
        }
    }
    steps
}

fn own_step(step: &str, finding: &Finding) -> Step {
    let step = step.trim();
    let first = step.split_whitespace().next().unwrap_or_default();
    if first.eq_ignore_ascii_case("SELECT") || first.eq_ignore_ascii_case("WITH") {
        return Step::Command(query(&fill(step, finding)));
    }
    if first == "lightmeter" && !step.contains(['\n', '\t', '{']) {
        return Step::Command(step.to_owned());
    }
    Step::Prose(step.to_owned())
}

/// Puts the finding's values where the step names them, as content of SQL strings. One pass, so that a value that
/// looks like a name is not filled again.
fn fill(sql: &str, finding: &Finding) -> String {
    let scope = &finding.scope;
    let values = [
        ("{subject}", Some(&finding.subject)),
        ("{login}", scope.login.as_ref()),
        ("{device}", scope.device.as_ref()),
        ("{agent}", scope.agent.as_ref()),
        ("{tool}", scope.tool.as_ref()),
        ("{integration}", scope.integration.as_ref()),
        ("{session_id}", scope.session_id.as_ref()),
    ];
    let mut out = String::with_capacity(sql.len() + 32);
    let mut rest = sql;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = values.iter().find(|(name, _)| rest.starts_with(name));
        let Some((name, value)) = named else {
            out.push('{');
            rest = &rest[1..];
            continue;
        };
        // A raw tab or escape would be typed into the reader's shell.
        out.push_str(&value.map_or_else(String::new, |v| text::one_line(v, VALUE_CHARS).replace('\'', "''")));
        rest = &rest[name.len()..];
    }
    out.push_str(rest);
    out
}

fn session_query(finding: &Finding) -> Option<String> {
    let session = finding.scope.session_id.as_deref().filter(|id| is_tame(id))?;
    Some(format!("SELECT time, raw_name, arguments FROM tool_calls WHERE session_id = '{session}' ORDER BY time"))
}

/// The records behind the first export that the evidence names.
fn evidence_query(finding: &Finding) -> Option<String> {
    let export = &finding.evidence.iter().find(|e| e.record_id.is_some() && is_tame(&e.export_key))?.export_key;
    let ids = finding.evidence.iter().filter(|e| e.export_key == *export).filter_map(|e| e.record_id);
    let ids: Vec<String> = ids.take(IDS_IN_QUERY).map(|id| id.to_string()).collect();
    Some(format!(
        "SELECT * FROM requests WHERE export_key = '{export}' AND record_id IN ({}) ORDER BY record_id",
        ids.join(", ")
    ))
}

/// Whether a value means itself in SQL strings and in shells, quoted or not.
fn is_tame(text: &str) -> bool {
    !text.is_empty() && text.len() <= 300 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&b))
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
    use crate::finding::Evidence;
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
            let steps = steps(&finding);
            assert_eq!(steps.len(), 1, "no generated query holds {evil:?}");
            let Step::Command(command) = &steps[0] else { panic!() };
            assert_eq!(argument(command), format!("SELECT 1 WHERE x = '{}'", shown.replace('\'', "''")));
        }
    }

    #[test]
    fn steps_are_sentences_or_commands() {
        let mut finding = finding();
        finding.detection.next_steps =
            vec!["Ask the user.".to_owned(), "select 1".to_owned(), "lightmeter sessions".to_owned()];
        finding.scope.session_id = Some("s-1".to_owned());
        finding.evidence = (0..30).map(|i| Evidence { export_key: "a.zstd".to_owned(), record_id: Some(i) }).collect();
        let steps = steps(&finding);
        assert_eq!(steps[0], Step::Prose("Ask the user.".to_owned()));
        assert_eq!(steps[1], Step::Command("lightmeter query \"select 1\"".to_owned()));
        assert_eq!(steps[2], Step::Command("lightmeter sessions".to_owned()));
        assert!(matches!(&steps[3], Step::Command(c) if c.contains("session_id = 's-1'")));
        assert!(matches!(&steps[4], Step::Command(c) if c.contains("IN (0, 1, ") && c.contains("19)")));
        assert_eq!(steps.len(), 5);
    }
}
