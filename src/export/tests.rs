//! What cannot be seen from outside: times beyond the calendar, and the account of earlier exports.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::finding::{Confidence, DetectionInfo, Evidence, Scope as About, Severity};

fn finding(id: &str, first: i64, last: i64, count: i64) -> Finding {
    Finding {
        id: id.to_owned(),
        detection: DetectionInfo {
            id: "usage.x".to_owned(),
            title: "X".to_owned(),
            what: "It is.".to_owned(),
            impact: "None.".to_owned(),
            false_positives: Vec::new(),
            next_steps: Vec::new(),
            tags: Vec::new(),
            references: Vec::new(),
        },
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        subject: id.to_owned(),
        reason: "It is.".to_owned(),
        scope: About::default(),
        first_seen: first,
        last_seen: last,
        count,
        evidence: vec![Evidence { export_key: "e".to_owned(), record_id: Some(1) }],
        details: BTreeMap::new(),
    }
}

fn safe(findings: &[Finding]) -> SafeFindings {
    SafeFindings::new(findings.to_vec(), &str::to_owned)
}

fn told(items: &[Item]) -> Vec<(&str, &str)> {
    items.iter().map(|i| (i.finding.id.as_str(), i.change.as_str())).collect()
}

fn window(start: i64) -> Scope {
    Scope { start: Some(start), end: None, failed: BTreeSet::new() }
}

#[test]
fn times_beyond_the_calendar_are_brought_inside() {
    for time in [i64::MIN, -1, i64::MAX] {
        let items = items(&safe(&[finding("a", time, time, i64::MAX)]));
        for shape in [Shape::Ndjson, Shape::Ocsf(OcsfVersion::V1_8), Shape::Ecs, Shape::SplunkHec, Shape::Cef] {
            let mut out = Vec::new();
            write(shape, &items, &Context::default(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let year = if time > 0 { ["9999-12-30T", "253402207200"] } else { ["1970-01-01T", ":0"] };
            let cef = shape == Shape::Cef && text.contains(if time > 0 { "end=253402207200000" } else { "end=0" });
            assert!(cef || year.iter().any(|y| text.contains(y)), "{shape:?} {text}");
        }
    }
}

#[test]
fn the_revision_follows_what_is_said_and_nothing_else() {
    let base = finding("a", 1, 2, 3);
    let mut same = base.clone();
    same.detection.title = "Other words".to_owned();
    same.detection.next_steps.push("Ask.".to_owned());
    same.evidence[0].export_key = "renamed".to_owned();
    assert_eq!(revision(&base), revision(&same));
    let changes: [fn(&mut Finding); 6] = [
        |f| f.count += 1,
        |f| f.last_seen += 1,
        |f| f.severity = Severity::High,
        |f| f.reason.push('!'),
        |f| f.evidence.push(Evidence { export_key: "e".to_owned(), record_id: Some(2) }),
        |f| drop(f.details.insert("x".to_owned(), serde_json::json!(1))),
    ];
    for change in changes {
        let mut other = base.clone();
        change(&mut other);
        assert_ne!(revision(&base), revision(&other));
    }
}

#[test]
fn a_window_that_moves_on_makes_no_news() {
    let mut state = State::default();
    assert_eq!(told(&state.changes(&safe(&[finding("a", 10, 20, 5)]), &window(0))), [("a", "create")]);
    // Older rows fall out of the window: less is counted, and then nothing.
    assert_eq!(told(&state.changes(&safe(&[finding("a", 15, 20, 2)]), &window(15))), []);
    assert_eq!(told(&state.changes(&safe(&[]), &window(21))), []);
    assert_eq!(state.sequence, 1);
    // Something new happens.
    assert_eq!(told(&state.changes(&safe(&[finding("a", 25, 30, 1)]), &window(21))), [("a", "update")]);
}

#[test]
fn findings_of_a_detection_that_failed_are_not_closed() {
    let mut state = State::default();
    state.changes(&safe(&[finding("a", 10, 20, 5)]), &window(0));
    let failed = Scope { failed: BTreeSet::from(["usage.x".to_owned()]), ..window(0) };
    assert_eq!(told(&state.changes(&safe(&[]), &failed)), []);
    assert_eq!(told(&state.changes(&safe(&[]), &window(0))), [("a", "close")]);
    assert_eq!(told(&state.changes(&safe(&[]), &window(0))), []);
}

#[test]
fn what_comes_back_as_it_was_is_another_document() {
    let mut state = State::default();
    let mut ids = Vec::new();
    for there in [true, false, true, false, true] {
        let found = if there { vec![finding("a", 10, 20, 5)] } else { Vec::new() };
        let items = state.changes(&safe(&found), &window(0));
        assert_eq!(items.len(), 1);
        ids.push(items[0].version_id());
    }
    let revision = revision(&finding("a", 10, 20, 5));
    let ends = ids.iter().map(|id| id.strip_prefix(revision.as_str()).unwrap()).collect::<Vec<_>>();
    assert_eq!(ends, ["", "-close", "-again-1", "-close-2", "-again-2"]);
}

#[test]
fn an_account_survives_being_written_and_read() {
    let mut state = State::default();
    state.changes(&safe(&[finding("a", 10, 20, 5), finding("b", 10, 30, 5)]), &window(0));
    assert_eq!(State::parse(&state.to_bytes()).unwrap(), state);
    state.forget_before(25);
    assert_eq!(state.findings.keys().collect::<Vec<_>>(), ["b"]);
    assert!(matches!(State::parse(b"{"), Err(StateError::Damaged { line: 1, .. })));
    let newer = String::from_utf8(state.to_bytes()).unwrap().replace("\"version\":1", "\"version\":2");
    assert!(matches!(State::parse(newer.as_bytes()), Err(StateError::Newer)));
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_disarmed() {
    let row =
        serde_json::json!({ "key": "=1+1", "list": ["-x", "a|b"], "number": -5, "none": null, "text": "a, \"b\"\nc" });
    let columns = ["key", "list", "number", "none", "text"].map(str::to_owned).to_vec();
    let rows = SafeRows::new(columns, vec![row.as_object().unwrap().clone()], &str::to_owned);
    let mut out = Vec::new();
    write_csv(&rows, &mut out).unwrap();
    let expected = "key,list,number,none,text\n'=1+1,'-x|a/b,-5,,\"a, \"\"b\"\"\\nc\"\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    let mut out = Vec::new();
    write_ndjson(&rows, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().starts_with("{\"key\":\"=1+1\",\"list\":[\"-x\",\"a|b\"],"));
}
