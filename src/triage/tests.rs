//! The reviews file: what is read, written and refused.

use super::*;
use crate::finding::{Confidence, DetectionInfo, Scope};

const FILE: &str = "[[integrations]]\nintegration = \"notes\"\nverdict = \"approved\"\nreason = \"r\"\nowner = \"o\"\n\
    [[findings]]\nid = \"f1\"\nverdict = \"closed\"\ndetection = \"a.b\"\nsubject = \"s\"\nseverity = \"medium\"\n\
    last_seen = \"2026-03-31T10:00:00.000000Z\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"2026-05-01\"\n\
    definitions = [\"lookup 0123456789abcdef\"]\n";

fn finding(severity: Severity, last_seen: i64) -> Finding {
    Finding {
        id: "f1".to_owned(),
        detection: DetectionInfo { id: "a.b".to_owned(), ..DetectionInfo::default() },
        severity,
        confidence: Confidence::Low,
        subject: "s".to_owned(),
        reason: String::new(),
        scope: Scope::default(),
        first_seen: 0,
        last_seen,
        count: 1,
        evidence: Vec::new(),
        details: std::collections::BTreeMap::new(),
    }
}

#[test]
fn a_verdict_hides_until_something_about_it_changes() {
    let seen = 1_774_951_200_000_000;
    let reviews = Reviews::parse(FILE).unwrap();
    let pinned = BTreeSet::from(["lookup 0123456789abcdef".to_owned()]);
    let same = finding(Severity::Medium, seen);
    let closed = |definitions| reviews.hides(&same, "2026-04-30", definitions).map(|review| review.verdict);
    assert_eq!(closed(&pinned), Some(FindingVerdict::Closed));
    assert_eq!(closed(&BTreeSet::new()), Some(FindingVerdict::Closed));
    assert_eq!(reviews.hides(&same, "2026-05-01", &pinned), None, "expired");
    assert_eq!(reviews.hides(&finding(Severity::High, seen), "2026-04-30", &pinned), None, "worse");
    assert_eq!(reviews.hides(&finding(Severity::Medium, seen + 1), "2026-04-30", &pinned), None, "seen again");
    let changed = BTreeSet::from(["lookup ffffffffffffffff".to_owned()]);
    assert_eq!(reviews.hides(&same, "2026-04-30", &changed), None, "the tool changed");
    let other = Finding { id: "f2".to_owned(), ..same };
    assert_eq!(reviews.hides(&other, "2026-04-30", &pinned), None, "another finding");
}

#[test]
fn the_file_is_sorted_and_reads_back_as_it_was_written() {
    let mut reviews = Reviews::parse(FILE).unwrap();
    let mut more = reviews.integrations[0].clone();
    more.integration = "github \"x\"\n".to_owned();
    reviews.integrations.push(more);
    let text = reviews.to_text().unwrap();
    let again = Reviews::parse(&text).unwrap();
    assert_eq!(again.integrations[0].integration, "github \"x\"\n");
    assert_eq!(again.to_text().unwrap(), text);
}

#[test]
fn mistakes_are_named() {
    for (from, to, why) in [
        ("approved", "aproved", "line 3"),
        ("2026-05-01", "May", "is no day"),
        ("owner = \"o\"\n[[f", "ovner = \"o\"\n[[f", "ovner"),
    ] {
        let error = Reviews::parse(&FILE.replacen(from, to, 1)).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    let since = FILE.replacen("reason", "since = \"soon\"\nreason", 1);
    assert!(Reviews::parse(&since).unwrap_err().contains("is no time"));
    let twice = format!("{FILE}{FILE}");
    assert!(Reviews::parse(&twice).unwrap_err().contains("two verdicts on integration notes"));
}
