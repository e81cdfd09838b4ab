//! How reports look, and that they look the same every time.

use super::*;

#[test]
fn an_example_in_markdown() {
    insta::assert_snapshot!(markdown(example()));
}

#[test]
fn an_example_in_json() {
    insta::assert_snapshot!(as_json(example()));
}

#[test]
fn an_empty_report_says_so() {
    insta::assert_snapshot!(markdown(Report {
        coverage: Coverage { blind_spots: blind_spots(), ..Coverage::default() },
        ..Report::default()
    }));
}

#[test]
fn partial_coverage_is_on_the_first_screen() {
    let first_screen = |report: Report| markdown(report).split("## Do first").next().unwrap().to_owned();
    let warned = first_screen(example());
    assert!(
        warned.contains(
            "incomplete: 1 input could not be read, 1 export is cut short, 1 record was skipped, 1 detection failed."
        ),
        "{warned}"
    );
    let mut good = example();
    good.coverage.unreadable.clear();
    good.coverage.exports.clear();
    good.detections.truncate(1);
    assert!(!first_screen(good).contains("incomplete"));
}

#[test]
fn the_same_report_gives_the_same_bytes_whatever_the_order_of_incidents() {
    let mut turned = example();
    turned.incidents.reverse();
    assert_eq!(markdown(example()), markdown(turned.clone()));
    assert_eq!(as_json(example()), as_json(turned));
}

#[test]
fn worst_incidents_come_first() {
    let text = markdown(Report { history: History::default(), campaigns: Vec::new(), ..example() });
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is not in {text}"));
    assert!(at("### 🔴 critical · Untrusted text") < at("#### 1. 🔴 critical"));
    assert!(at("#### 1. 🔴 critical") < at("#### 2. 🟡 medium"));
}

#[test]
fn what_an_earlier_report_told_is_one_line_unless_asked_for() {
    let text = markdown(example());
    assert!(text.contains("#### 1. 🔴 critical · 🆕 new") && !text.contains("#### 2."));
    assert!(text.contains("| 2 | 🟡 medium · Untrusted text"), "{text}");
    let full = text_of(&unchanged(example()), Options { full: true, ..Options::default() });
    assert!(full.contains("#### 2. 🟡 medium · ⏳ still open"));
}

#[test]
fn an_unchanged_day_is_one_line() {
    let mut report = example();
    report.history.index.retain(|row| row.state == "open");
    assert!(markdown(report.clone()).contains("unchanged since the report until 2026-03-30 10:00:00Z, 1 still open"));
    assert!(markdown(report.clone()).lines().count() > 50, "what could not be read is told every day");
    report.coverage.unreadable.clear();
    report.coverage.exports[0].stats.partial = false;
    report.coverage.exports[0].stats.skipped = 0;
    report.detections.truncate(1);
    insta::assert_snapshot!(markdown(report.clone()));
    assert_eq!(markdown(report.clone()).lines().count(), 1);
    let full = text_of(&unchanged(report.clone()), Options { full: true, ..Options::default() });
    assert!(full.contains("## Do first") && full.contains("#### 2."));
    report.history.index[0].state = "new".to_owned();
    report.history.index[0].changed = true;
    assert!(markdown(report).contains("## Do first"), "one new incident is a report");
}

#[test]
fn what_is_new_is_to_be_done_before_what_was_told() {
    let mut report = Report { campaigns: Vec::new(), ..example() };
    // The critical one was told before, the other one was not and is of another kind.
    report.incidents[0].detection.id = "sequences.other".to_owned();
    report.incidents[0].detection.title = "Something else".to_owned();
    for row in &mut report.history.index {
        row.state = if row.id == "f-2" { "new" } else { "open" }.to_owned();
        row.changed = row.id == "f-2";
    }
    let text = markdown(report);
    let first = text.split("## Do first").nth(1).unwrap();
    assert!(first.find("Something else").unwrap() < first.find("Untrusted text").unwrap(), "{first}");
    assert!(first.contains("(incident 2, 🆕 1)"), "numbers follow the severity: {first}");
}

#[test]
fn a_secret_is_told_with_the_way_to_rotate_it() {
    let text = markdown(Report { history: History::default(), campaigns: Vec::new(), ..example() });
    let incident = text.split("#### 2.").nth(1).unwrap().split("\n## ").next().unwrap();
    assert!(
        incident.contains("**Rotate**: Create another, then revoke it. `https://vendor.example.com/keys`"),
        "{incident}"
    );
    let ledger = text.split("## Secrets").nth(1).unwrap().split("\n## ").next().unwrap();
    assert!(ledger.contains("incident 2") && ledger.contains("`https://vendor.example.com/keys`"), "{ledger}");
}

#[test]
fn what_one_session_shows_is_told_with_its_worst() {
    let text = markdown(Report { history: History::default(), campaigns: Vec::new(), ..example() });
    assert!(text.contains("🔴 1 critical · 🟡 1 medium; 1 related finding of the same sessions or integrations inside them; 1 hidden by `lightmeter review`, related findings stay in incident 1; 17 more not told: 3 high, 14 low (see Not shown)"), "{text}");
    let worst = text.split("#### 1.").nth(1).unwrap().split("\n####").next().unwrap();
    let also = worst.split("**Also in this session**").nth(1).unwrap();
    assert!(also.contains("- 🔵 low") && also.contains("finding `f-3`") && also.contains("record"), "{also}");
    assert_eq!(worst.matches("SELECT tool FROM calls").count(), 1, "a command stands once");
    assert!(!text.contains("#### 3."));
}

#[test]
fn a_secret_does_not_lead_the_story_that_exposed_it() {
    let mut report = Report { history: History::default(), campaigns: Vec::new(), ..example() };
    let story = report.incidents.iter_mut().find(|f| f.id == "f-1").unwrap();
    story.confidence = Confidence::Low;
    let scope = story.scope.clone();
    let secret = report.incidents.iter_mut().find(|f| f.id == "f-2").unwrap();
    (secret.severity, secret.confidence, secret.scope) = (Severity::Critical, Confidence::High, scope);
    secret.detection.title = "A secret".to_owned();
    let text = markdown(report);
    let first = text.split("## Do first").nth(1).unwrap().split("\n## ").next().unwrap();
    assert!(first.contains("**Untrusted text") && first.contains("Also inside: A secret."), "{first}");
    assert!(text.contains("- 🔴 critical · **A secret**"), "{text}");
}

#[test]
fn what_is_as_severe_as_the_incident_says_what_it_asks_for() {
    let mut report = Report { history: History::default(), campaigns: Vec::new(), ..example() };
    let story = report.incidents.iter().find(|f| f.id == "f-1").unwrap().clone();
    let mut equal = Finding { id: "f-9".to_owned(), ..story.clone() };
    equal.detection.id = "sequences.z-other".to_owned();
    equal.detection.title = "Something as bad".to_owned();
    equal.detection.next_steps = ["Find the backups.", "Take the rights away."].map(str::to_owned).to_vec();
    let note = report.note("f-1").unwrap().clone();
    let call = note.timeline[0].tool.clone();
    report.notes.push(IncidentNote { id: "f-9".to_owned(), joined: Vec::new(), ..note });
    let mut milder = Finding { id: "f-8".to_owned(), severity: Severity::Medium, ..equal.clone() };
    milder.detection.next_steps = vec!["Wait.".to_owned()];
    report.incidents.extend([equal, milder]);
    let text = markdown(report.clone());
    let first = text.split("## Do first").nth(1).unwrap().split("\n## ").next().unwrap();
    let also = "Also inside: Something as bad (2, 1 of them high or critical).";
    let step = "→ Something as bad: Find the backups. Take the rights away.\n";
    assert!(first.contains(also) && first.contains(step) && !first.contains("Wait."), "{first}");
    let inside = text.split("**Also in this session**").nth(1).unwrap().split("\n```").next().unwrap();
    assert!(inside.contains("  - **Do now**: Find the backups. Take the rights away.\n"), "{inside}");
    assert!(inside.contains(&format!("  - **Calls**: `{call}` with ")) && !inside.contains("Wait."), "{inside}");
    let page = text_of(&unchanged(report), Options { format: Format::Html, ..Options::default() });
    assert_eq!(page.matches("Find the backups.").count(), 2, "on the first screen and inside");
}

#[test]
fn the_advice_counts_secrets_that_have_no_row() {
    let mut report = example();
    let row = report.secrets.items[0].clone();
    report.secrets.items = (0..57).map(|n| SecretRow { fingerprint: format!("{n:032x}"), ..row.clone() }).collect();
    let text = markdown(report.clone());
    assert!(text.contains("7 more, shown by") && text.contains("(57 secrets)"), "{text}");
    report.secrets.items.truncate(50);
    assert!(!markdown(report).contains("without a row above"));
}

#[test]
fn evidence_that_is_not_all_says_so() {
    let mut report = Report { history: History::default(), campaigns: Vec::new(), ..example() };
    let finding = report.incidents.iter_mut().find(|f| f.id == "f-1").unwrap();
    let one = finding.evidence[0].clone();
    finding.evidence = (0..20).map(|n| Evidence { record_id: Some(n), ..one.clone() }).collect();
    finding.count = 165;
    assert!(markdown(report.clone()).contains("these 20 of a count of 165"));
    report.incidents.iter_mut().for_each(|f| f.count = 20);
    assert!(!markdown(report).contains("of a count of"));
}

#[test]
fn of_many_incidents_of_one_kind_the_worst_are_told_and_the_rest_listed() {
    let report = Report { history: History::default(), campaigns: Vec::new(), ..crowded(&str::to_owned) };
    let text = markdown(report.clone());
    assert!(text.contains("#### 3.") && !text.contains("#### 4."), "of those that are alike two suffice");
    let listed = |text: &str| {
        text.lines().filter(|line| line.starts_with("| ") && line.contains(" · 🔵 low | `mcp__slack")).count()
    };
    assert_eq!(listed(&text), 11);
    assert!(text.contains("| In common | In how many of them |\n|---|---|\n| "), "{text}");
    let mut differing = report.clone();
    for (n, finding) in differing.incidents.iter_mut().enumerate() {
        finding.scope.tool = Some(format!("tool-{n}"));
    }
    let differing = markdown(differing);
    assert!(differing.contains("#### 8.") && !differing.contains("#### 9."));
    assert_eq!(listed(&differing), 6);
    assert!(text.contains("`lightmeter analyze --offline --full` tells these as the ones above"));
    let full = text_of(&unchanged(report), Options { full: true, ..Options::default() });
    assert!(full.contains("#### 14.") && !full.contains("tells these"));
}

#[test]
fn riskiest_tools_come_first() {
    let text = markdown(example());
    let at = |what: &str| text.find(what).unwrap();
    assert!(at("**Integration** `slack`") < at("**Integration** `filesystem`"));
}

#[test]
fn long_tables_are_cut_with_the_query_that_shows_the_rest() {
    let mut report = example();
    let row = report.inventory.agents[0].clone();
    report.inventory.agents = (0..77).map(|i| AgentRow { agent: format!("agent {i}"), ..row.clone() }).collect();
    assert!(markdown(report).contains("27 more, shown by `lightmeter query \"SELECT * FROM agents\"`."));
}

#[test]
fn whole_sections_leave_a_report_that_is_too_long() {
    let mut report = example();
    let finding = report.incidents[0].clone();
    let nth = |i| {
        let scope = Scope { session_id: Some(format!("s-{i:03}")), ..finding.scope.clone() };
        Finding { id: format!("f-{i:03}"), scope, ..finding.clone() }
    };
    report.incidents = (0..400).map(nth).collect();
    let all = Options { full: true, ..Options::default() };
    let whole = text_of(&unchanged(report.clone()), Options { max_bytes: usize::MAX, ..all });
    for max_bytes in [whole.len() - 1, 200_000, 20_000, 8_000] {
        let report = unchanged(report.clone());
        let cut = text_of(&report, Options { max_bytes, ..all });
        assert!(cut.len() <= max_bytes, "{} > {max_bytes}", cut.len());
        assert!(cut.contains("## Do first") && cut.contains("## Left out"));
        // Everything that is shown stands in the whole report in one piece.
        let shown = cut.split("\n## Left out").next().unwrap();
        assert!(shown.split("\n### ").all(|part| whole.contains(part.split("\n## ").next().unwrap())));
    }
    let exports_first = text_of(&unchanged(report), Options { max_bytes: whole.len() - 1, ..all });
    let note = exports_first.split("## Left out").nth(1).unwrap();
    assert!(note.contains("exports (1)") && !note.contains("incidents ("), "{note}");
}

#[test]
fn nothing_is_left_out_of_a_report_that_fits() {
    assert!(!markdown(example()).contains("Left out"));
}
