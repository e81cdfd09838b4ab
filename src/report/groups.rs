//! Incidents by detection, in the order in which people read them, and what to do first.

use super::Report;
use super::commands::{self, Step};
use crate::finding::{DetectionInfo, Finding};

/// Detections named on the first screen.
const FIRST: usize = 5;

/// The incidents of one detection.
pub(super) struct Group<'r> {
    /// What all of them have in common.
    pub(super) detection: &'r DetectionInfo,
    /// The incidents with their numbers in the report, from 1; the worst first.
    pub(super) incidents: Vec<(usize, &'r Finding)>,
}

impl Group<'_> {
    /// First and last number.
    pub(super) fn numbers(&self) -> (usize, usize) {
        let number = |entry: Option<&(usize, &Finding)>| entry.map_or(0, |(number, _)| *number);
        (number(self.incidents.first()), number(self.incidents.last()))
    }
}

/// Every incident of the report; the detection with the worst one comes first, and numbers go on from one to the next.
pub(super) fn groups<'r>(report: &'r Report) -> Vec<Group<'r>> {
    let mut found: Vec<Vec<&'r Finding>> = Vec::new();
    for finding in report.ordered_incidents() {
        match found.iter_mut().find(|group| group[0].detection.id == finding.detection.id) {
            Some(group) => group.push(finding),
            None => found.push(vec![finding]),
        }
    }
    let mut number = 0;
    let group = |findings: Vec<&'r Finding>| {
        let detection = &findings[0].detection;
        let numbered = findings.into_iter().map(|finding| {
            number += 1;
            (number, finding)
        });
        Group { incidents: numbered.collect(), detection }
    };
    found.into_iter().map(group).collect()
}

/// A detection on the first screen.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct First {
    /// Severity of its worst incident, a word.
    pub(super) severity: &'static str,
    /// Title of the detection.
    pub(super) title: String,
    /// What its worst incident is about.
    pub(super) subject: String,
    /// Why that one was flagged, a sentence.
    pub(super) reason: String,
    /// First and last number of its incidents in the report.
    pub(super) numbers: (usize, usize),
    /// How many of them an earlier report did not tell; 0 without an earlier report.
    pub(super) fresh: usize,
    /// The first thing to do that is no command; empty when there is none.
    pub(super) step: String,
}

/// The detections to look at first, and how many more there are: what earlier reports told comes last.
pub(super) fn first(report: &Report) -> (Vec<First>, usize) {
    let mut found: Vec<(bool, First)> = groups(report).iter().map(|group| entry(report, group)).collect();
    // Stable, so that the worst stay first among equals.
    found.sort_by_key(|(told, _)| *told);
    let more = found.len().saturating_sub(FIRST);
    (found.into_iter().take(FIRST).map(|(_, first)| first).collect(), more)
}

/// A group, and whether all of it was told before.
fn entry(report: &Report, group: &Group<'_>) -> (bool, First) {
    let state = |finding: &Finding| report.history.row(&finding.id).map_or("first", |row| row.state.as_str());
    let told = |finding: &&Finding| matches!(state(finding), "open" | "suppressed");
    let all = || group.incidents.iter().map(|(_, finding)| *finding);
    let fresh = all().filter(|finding| matches!(state(finding), "new" | "returned")).count();
    let untold = all().find(|finding| !told(finding));
    let speaks = untold.unwrap_or(group.incidents[0].1);
    let step = commands::steps(speaks).into_iter().find_map(|step| match step {
        Step::Prose(text) => Some(text),
        Step::Command(_) => None,
    });
    let first = First {
        severity: speaks.severity.as_str(),
        title: group.detection.title.clone(),
        subject: speaks.subject.clone(),
        reason: speaks.reason.clone(),
        numbers: group.numbers(),
        fresh,
        step: step.unwrap_or_default(),
    };
    (untold.is_none(), first)
}
