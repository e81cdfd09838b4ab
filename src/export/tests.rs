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

fn told(changes: &Changes) -> Vec<(&str, &str)> {
    changes.items.iter().map(|i| (i.finding.id.as_str(), i.change.as_str())).collect()
}

fn window(start: i64) -> Scope {
    Scope { start: Some(start), ..Scope::default() }
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
    let mut again = base.clone();
    again.last_seen += 1;
    assert_eq!(revision(&base), revision(&again), "it is still there");
    let changes: [fn(&mut Finding); 6] = [
        |f| f.count += 1,
        |f| f.first_seen -= 1,
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
fn that_it_is_still_there_is_no_news_but_what_changed_is() {
    let mut state = State::default();
    state.changes(&safe(&[finding("a", 10, 20, 5)]), &window(0));
    assert_eq!(told(&state.changes(&safe(&[finding("a", 10, 30, 5)]), &window(0))), []);
    assert_eq!((state.sequence, state.findings["a"].finding.last_seen), (1, 30));
    // It is not forgotten while it is seen.
    state.forget_before(25);
    let mut worse = finding("a", 10, 40, 5);
    worse.severity = Severity::High;
    assert_eq!(told(&state.changes(&safe(&[worse.clone()]), &window(0))), [("a", "update")]);
    worse.count += 1;
    assert_eq!(told(&state.changes(&safe(&[worse.clone()]), &window(0))), [("a", "update")]);
    assert_eq!(told(&state.changes(&safe(&[worse]), &window(0))), []);
}

#[test]
fn an_incomplete_lake_closes_and_lowers_nothing() {
    let mut state = State::default();
    state.changes(&safe(&[finding("a", 10, 20, 5), finding("b", 10, 20, 5)]), &window(0));
    let incomplete = Scope { incomplete: true, ..window(0) };
    let held = state.changes(&safe(&[finding("b", 10, 20, 4)]), &incomplete);
    assert_eq!((told(&held), held.held, state.sequence), (vec![], 2, 1));
    let fewer_later = state.changes(&safe(&[finding("b", 15, 30, 2)]), &incomplete);
    assert_eq!((told(&fewer_later), fewer_later.held), (vec![], 2));
    let more = state.changes(&safe(&[finding("b", 10, 30, 6), finding("c", 10, 20, 1)]), &incomplete);
    assert_eq!((told(&more), more.held), (vec![("b", "update"), ("c", "create")], 1));
    // Once all can be read again, what is gone is closed.
    let sound = state.changes(&safe(&[finding("b", 10, 30, 5)]), &window(0));
    assert_eq!((told(&sound), sound.held), (vec![("b", "update"), ("a", "close"), ("c", "close")], 0));
}

#[test]
fn what_the_run_is_not_about_is_left_alone() {
    let (mut high, mut other) = (finding("a", 10, 20, 5), finding("b", 10, 20, 5));
    high.severity = Severity::High;
    other.detection.id = "usage.y".to_owned();
    let mut state = State::default();
    state.changes(&safe(&[high.clone(), other.clone()]), &window(0));
    let before = state.clone();
    let only = Scope { only: BTreeSet::from(["usage.x".to_owned()]), ..window(0) };
    assert_eq!(told(&state.changes(&safe(&[high.clone()]), &only)), []);
    // Not even when it has changed.
    let severe = Scope { min_severity: Some(Severity::High), ..window(0) };
    other.count += 1;
    assert_eq!(told(&state.changes(&safe(&[high.clone(), other.clone()]), &severe)), []);
    assert_eq!(state, before);
    // What sinks below the least severity is told once; what is gone is closed as ever.
    high.severity = Severity::Low;
    assert_eq!(told(&state.changes(&safe(&[high.clone(), other.clone()]), &severe)), [("a", "update")]);
    assert_eq!(told(&state.changes(&safe(&[high, other.clone()]), &severe)), []);
    assert_eq!(told(&state.changes(&safe(&[other]), &only)), [("a", "close")]);
}

#[test]
fn each_document_of_a_finding_has_an_identity_and_a_number_of_its_own() {
    let mut state = State::default();
    let (mut ids, mut last) = (BTreeSet::new(), 0);
    // There as A, as B, as A again, gone, as A once more, gone again.
    for count in [Some(5), Some(6), Some(5), None, Some(5), None] {
        let found = count.map(|n| finding("a", 10, 20, n)).into_iter().collect::<Vec<_>>();
        let mut changes = state.changes(&safe(&found), &window(0));
        assert_eq!(changes.items.len(), 1);
        let item = changes.items.remove(0);
        assert!(ids.insert(item.version_id()), "{ids:?}");
        assert!(item.sequence > Some(last));
        last = item.sequence.unwrap();
    }
    let revision = revision(&finding("a", 10, 20, 5));
    for expected in ["", "-3", "-close-4", "-5", "-close-6"] {
        assert!(ids.contains(&format!("{revision}{expected}")), "{expected}: {ids:?}");
    }
}

#[test]
fn every_shape_tells_the_order_and_a_closing_is_no_alert() {
    let mut state = State::default();
    let mut worst = finding("a", 10_000, 20_000, 5);
    worst.severity = Severity::Critical;
    let opened = state.changes(&safe(&[worst.clone()]), &window(0)).items;
    worst.first_seen = 15_000;
    worst.count += 1;
    let updated = state.changes(&safe(&[worst]), &window(0)).items;
    let closed = state.changes(&safe(&[]), &window(0)).items;
    let shown = |shape, items: &[Item]| {
        let mut out = Vec::new();
        write(shape, items, &Context::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    for (shape, numbers, alert, closing) in [
        (Shape::Ndjson, "\"sequence\":", "\"change\":\"create\"", "\"change\":\"close\""),
        (Shape::Ocsf(OcsfVersion::V1_8), "\"sequence\":", "\"is_alert\":true", "\"is_alert\":false"),
        (Shape::Ecs, "\"sequence\":", "\"kind\":\"alert\"", "\"kind\":\"event\""),
        (Shape::SplunkHec, "\"sequence\":", "\"type\":\"alert\"", "\"type\":\"event\""),
        (Shape::SplunkHec, "\"sequence\":", "\"severity\":\"critical\"", "\"severity\":\"informational\""),
        (Shape::Cef, "cn1Label=sequence cn1=", "|X|10|", "|X|0|"),
    ] {
        let [opened, updated, closed] = [&opened, &updated, &closed].map(|items| shown(shape, items));
        assert!(opened.contains(alert) && !opened.contains(closing), "{opened}");
        assert!(closed.contains(closing) && !closed.contains(alert), "{closed}");
        for (n, text) in [(1, &opened), (2, &updated), (3, &closed)] {
            assert!(text.contains(&format!("{numbers}{n}")), "{text}");
        }
    }
    // When it was made stays, though its first rows have left the window.
    let ocsf = [&opened, &updated, &closed].map(|items| shown(Shape::Ocsf(OcsfVersion::V1_8), items));
    assert!(
        ocsf.iter().all(|text| text.contains("\"created_time\":10,\"") && text.contains("\"modified_time\":20,\"")),
        "{ocsf:?}"
    );
    assert!(!shown(Shape::Ecs, &closed).contains("risk_score"));
}

#[test]
fn an_account_of_an_earlier_version_is_read_and_makes_no_news() {
    let mut state = State::default();
    state.changes(&safe(&[finding("a", 10, 20, 5)]), &window(0));
    let mut old: Value = serde_json::from_slice(&state.to_bytes()).unwrap();
    let known = &mut old["findings"]["a"];
    known.as_object_mut().unwrap().remove("since");
    known["closings"] = json!(1);
    known["revision"] = json!(revision_with_time(&finding("a", 10, 20, 5), 20));
    let mut state = State::parse(old.to_string().as_bytes()).unwrap();
    for last in [20, 30, 40] {
        assert_eq!(told(&state.changes(&safe(&[finding("a", 10, last, 5)]), &window(0))), []);
    }
    assert_eq!(told(&state.changes(&safe(&[finding("a", 10, 40, 6)]), &window(0))), [("a", "update")]);
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
