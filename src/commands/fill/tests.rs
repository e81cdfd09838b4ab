//! Which incidents a day shows.

use super::*;
use crate::finding::{Confidence, DetectionInfo, Scope};

fn incident(id: &str, day: i64, severity: Severity) -> Finding {
    Finding {
        id: id.to_owned(),
        detection: DetectionInfo { id: "sequences.x".to_owned(), ..DetectionInfo::default() },
        severity,
        confidence: Confidence::Medium,
        subject: id.to_owned(),
        reason: String::new(),
        scope: Scope::default(),
        first_seen: day * DAY,
        last_seen: day * DAY + 5,
        count: 1,
        evidence: Vec::new(),
        details: BTreeMap::new(),
    }
}

#[test]
fn each_day_keeps_its_worst_incidents_and_counts_the_rest() {
    let all = vec![
        incident("a", 1, Severity::Low),
        incident("b", 1, Severity::High),
        incident("c", 1, Severity::Medium),
        incident("d", 2, Severity::Low),
    ];
    let (kept, hidden, cut) = within_budget(all, 2);
    assert_eq!(hidden.len(), 1);
    assert_eq!(kept.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["b", "c", "d"]);
    assert_eq!(cut.iter().map(|c| (c.severity.as_str(), c.count)).collect::<Vec<_>>(), [("low", 1)]);
}

#[test]
fn what_is_told_inside_another_incident_takes_no_place() {
    let of = |id: &str, session: &str, severity| {
        let scope = Scope { session_id: Some(session.to_owned()), ..Scope::default() };
        Finding { scope, ..incident(id, 1, severity) }
    };
    let all = vec![
        of("a", "x", Severity::High),
        of("b", "x", Severity::Low),
        of("c", "x", Severity::Medium),
        of("d", "y", Severity::Medium),
        of("e", "z", Severity::Low),
        of("f", "z", Severity::Low),
    ];
    let (kept, hidden, cut) = within_budget(all, 2);
    assert_eq!(kept.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["a", "c", "d", "b"]);
    assert_eq!((hidden.len(), cut[0].count), (2, 2));
}
