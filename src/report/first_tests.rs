//! What leads the first screen.

use super::*;
use crate::report::IncidentNote;
use crate::report::tests::example;

/// A report with incidents of detections, each with its severity and the place that it sent to.
fn report(incidents: &[(&str, Severity, &str)]) -> Report {
    let mut report = example();
    let one = report.incidents[0].clone();
    (report.incidents, report.notes) = (Vec::new(), Vec::new());
    (report.history.index, report.history.previous) = (Vec::new(), None);
    report.campaigns.clear();
    for (n, (detection, severity, place)) in incidents.iter().enumerate() {
        let mut finding = one.clone();
        finding.id = format!("f-{n:02}");
        finding.detection.id = format!("sequences.{detection}");
        finding.detection.title = (*detection).to_owned();
        finding.severity = *severity;
        finding.scope.session_id = Some(format!("s-{n}"));
        finding.details.clear();
        let destinations = vec![(*place).to_owned()];
        report.notes.push(IncidentNote { id: finding.id.clone(), destinations, ..IncidentNote::default() });
        report.incidents.push(finding);
    }
    report
}

#[test]
fn near_equal_incidents_are_one_line_and_the_rest_is_counted() {
    use Severity::{Critical, High, Medium};
    let report = report(&[
        ("a", Critical, "x"),
        ("a", Critical, "y"),
        ("a", Critical, "x"),
        ("a", Medium, "z"),
        ("b", Critical, "x"),
        ("c", High, "x"),
        ("c", High, "y"),
        ("c", Medium, "z"),
    ]);
    let (first, later) = first(&report);
    let told: Vec<(&str, &[usize])> = first.iter().map(|f| (f.title.as_str(), f.numbers.as_slice())).collect();
    let expected: [(&str, &[usize]); 5] = [("a", &[1, 3]), ("a", &[2]), ("b", &[5]), ("c", &[6]), ("c", &[7])];
    assert_eq!(told, expected, "they are read by number");
    let others: Vec<usize> = first.iter().map(|f| f.others).collect();
    assert_eq!(others, [0; 5]);
    let mut report = report;
    report.notes[3].destinations = vec!["z".to_owned(), "x".to_owned()];
    let others: Vec<usize> = super::first(&report).0.iter().map(|f| f.others).collect();
    assert_eq!(others, [1, 0, 0, 0, 0], "one that sent to x and z sent to x too");
    let rest: Vec<_> = later.iter().map(|l| (l.title.as_str(), l.severities.clone(), l.numbers.clone())).collect();
    assert_eq!(rest, [("a", vec![("medium", 1)], vec![4]), ("c", vec![("medium", 1)], vec![8])]);
}

#[test]
fn a_large_campaign_comes_first_and_its_incidents_stand_together() {
    use Severity::{Critical, High};
    let mut report = report(&[
        ("a", Critical, "x"),
        ("b", Critical, "x"),
        ("b", Critical, "y"),
        ("b", High, "x"),
        ("b", High, "y"),
        ("b", High, "x"),
    ]);
    let campaign = |findings: &[&str], leads: bool, severity: &str| CampaignRow {
        findings: findings.iter().map(|&id| id.to_owned()).collect(),
        incidents: 4,
        severity: severity.to_owned(),
        leads,
        ..CampaignRow::default()
    };
    report.campaigns =
        vec![campaign(&["f-03", "f-05", "f-00", "gone"], true, "high"), campaign(&["f-02"], false, "critical")];
    let told = |report: &Report| -> Vec<(Option<usize>, Vec<usize>, u64)> {
        let of = |f: &First| {
            let campaign = f.campaign.as_ref();
            (campaign.map(|c| c.number), f.numbers.clone(), campaign.map_or(0, |c| c.untold))
        };
        first(report).0.iter().map(of).collect()
    };
    // Numbers 2 and 3 are critical: of the small campaign, and of none; 4 and 5 are of the large one.
    let all = [(Some(1), vec![1, 4, 5], 1), (Some(2), vec![2], 3), (None, vec![3], 0), (None, vec![6], 0)];
    assert_eq!(told(&report), all);
    report.campaigns[0].leads = false;
    assert_eq!(told(&report)[2].0, Some(1), "a small one by its severity");
    report.campaigns[0].findings = vec!["gone".to_owned()];
    report.campaigns[0].leads = true;
    assert_eq!(told(&report)[0], (Some(1), vec![], 4), "one of which nothing is told is told all the same");
}

#[test]
fn numbers_are_listed_as_they_are_read() {
    for (numbers, wanted) in [
        (&[3][..], "incident 3"),
        (&[3, 4], "incidents 3 and 4"),
        (&[3, 4, 5, 6, 7], "incidents 3 to 7"),
        (&[3, 5, 9], "incidents 3, 5 and 9"),
        (&[3, 5, 9, 11, 40], "incidents 3, 5, 9, 11 and 40"),
        (&[40, 3, 4, 5, 7, 8], "incidents 3 to 5, 7, 8 and 40"),
        (&[1, 3, 5, 7, 9, 11, 13, 15, 16], "incidents 1, 3, 5, 7, 9, 11 and 3 more up to 16"),
        (&[], ""),
    ] {
        assert_eq!(listed(numbers), wanted);
    }
}
