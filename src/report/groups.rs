//! Incidents as people read them: what belongs together once, by detection, the worst first; and what to do first.

use std::collections::BTreeMap;

use super::commands::{self, Step};
use super::{HiddenRow, Report};
use crate::finding::{DetectionInfo, Finding, Severity};

/// Detections named on the first screen.
const FIRST: usize = 5;

/// Things to do that are named there of each.
const STEPS: usize = 3;

/// What happened once, whatever number of detections saw it: the incident that leads, and those that are told with it.
pub(super) struct Case<'r> {
    /// Its number in the report, from 1.
    pub(super) number: usize,
    /// The worst of its incidents.
    pub(super) lead: &'r Finding,
    /// The others, the worst first.
    pub(super) parts: Vec<&'r Finding>,
    /// What a review hides of it.
    pub(super) hidden: Vec<&'r HiddenRow>,
}

impl<'r> Case<'r> {
    /// All of its incidents, the one that leads first.
    pub(super) fn all(&self) -> impl Iterator<Item = &'r Finding> + '_ {
        std::iter::once(self.lead).chain(self.parts.iter().copied())
    }
}

/// The cases that incidents of one detection lead.
pub(super) struct Group<'r> {
    /// What all of them have in common.
    pub(super) detection: &'r DetectionInfo,
    /// The cases, the worst first.
    pub(super) cases: Vec<Case<'r>>,
}

impl Group<'_> {
    /// First and last number.
    pub(super) fn numbers(&self) -> (usize, usize) {
        let number = |case: Option<&Case<'_>>| case.map_or(0, |case| case.number);
        (number(self.cases.first()), number(self.cases.last()))
    }
}

/// Every incident of the report; the detection with the worst one comes first, and numbers go on from one to the next.
pub(super) fn groups<'r>(report: &'r Report) -> Vec<Group<'r>> {
    let mut found: Vec<Vec<Case<'r>>> = Vec::new();
    for case in cases(report) {
        match found.iter_mut().find(|group| group[0].lead.detection.id == case.lead.detection.id) {
            Some(group) => group.push(case),
            None => found.push(vec![case]),
        }
    }
    let mut number = 0;
    let group = |mut cases: Vec<Case<'r>>| {
        for case in &mut cases {
            number += 1;
            case.number = number;
        }
        Group { detection: &cases[0].lead.detection, cases }
    };
    found.into_iter().map(group).collect()
}

/// Incidents of one session, or about one integration and nobody in particular, are one case. No numbers yet.
fn cases(report: &Report) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut by_cause: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in report.ordered_incidents() {
        let cause = finding.scope.cause();
        match cause.and_then(|cause| by_cause.get(&cause)) {
            Some(at) => cases[*at].parts.push(finding),
            None => {
                by_cause.extend(cause.map(|cause| (cause, cases.len())));
                cases.push(Case { number: 0, lead: finding, parts: Vec::new(), hidden: Vec::new() });
            }
        }
    }
    // A secret that was exposed is rarely the story, more often what came of it.
    for case in &mut cases {
        let equal = |f: &&Finding| f.severity == case.lead.severity && report.secret(f).is_none();
        if report.secret(case.lead).is_some()
            && let Some(at) = case.parts.iter().position(equal)
        {
            let lead = std::mem::replace(&mut case.lead, case.parts[at]);
            case.parts.remove(at);
            case.parts.push(lead);
            case.parts.sort_by(|a, b| a.order(b));
        }
        case.parts.sort_by_key(|f| (std::cmp::Reverse(f.severity), report.secret(f).is_some()));
    }
    for hidden in &report.hidden {
        if let Some(at) = hidden.cause().and_then(|cause| by_cause.get(&cause)) {
            cases[*at].hidden.push(hidden);
        }
    }
    cases
}

/// Cases by the severity of their worst incident, the worst first, and how many incidents are told with others.
pub(super) fn counts(report: &Report) -> (Vec<(Severity, u64)>, u64) {
    use Severity::{Critical, High, Informational, Low, Medium};
    let cases = cases(report);
    let of = |severity| (severity, cases.iter().filter(|case| case.lead.severity == severity).count() as u64);
    let parts = cases.iter().map(|case| case.parts.len() as u64).sum();
    ([Critical, High, Medium, Low, Informational].map(of).to_vec(), parts)
}

/// Incidents that are not told for another reason than a review, by severity, the worst first: those that there are.
pub(super) fn untold(report: &Report) -> Vec<(&'static str, u64)> {
    use Severity::{Critical, High, Informational, Low, Medium};
    let of = |severity: Severity| {
        let word = severity.as_str();
        let cut: u64 = report.cut.iter().filter(|row| row.severity == word).map(|row| row.count).sum();
        let hidden = report.hidden.iter().filter(|row| row.severity == word).count() as u64;
        (word, cut.saturating_sub(hidden))
    };
    [Critical, High, Medium, Low, Informational].map(of).into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Numbers of the cases of which a review hides a part only, so that the rest still stands in the report.
pub(super) fn hidden_in_part(report: &Report) -> Vec<usize> {
    let groups = groups(report);
    let mut numbers: Vec<usize> = groups
        .iter()
        .flat_map(|group| &group.cases)
        .filter(|case| !case.hidden.is_empty())
        .map(|case| case.number)
        .collect();
    numbers.sort_unstable();
    numbers
}

/// The number of the case that tells what a review hides only a part of.
pub(super) fn rest_of(report: &Report, hidden: &HiddenRow) -> Option<usize> {
    let groups = groups(report);
    let mut cases = groups.iter().flat_map(|group| &group.cases);
    cases.find(|case| case.hidden.iter().any(|row| row.id == hidden.id)).map(|case| case.number)
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
    /// Titles of what else is told inside its incidents and is at least high, each with how often; the worst first.
    pub(super) also: Vec<String>,
    /// What to do that is no command, sentences; empty when there is none.
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
    let all = || group.cases.iter().flat_map(Case::all);
    let fresh = all().filter(|finding| matches!(state(finding), "new" | "returned")).count();
    let untold = all().find(|finding| !told(finding));
    let speaks = untold.unwrap_or(group.cases[0].lead);
    let steps = commands::steps(speaks, report.note(&speaks.id)).into_iter().filter_map(|step| match step {
        Step::Prose { text, .. } => Some(text),
        Step::Command(_) => None,
    });
    let step = steps.take(STEPS).collect::<Vec<_>>().join(" ");
    let mut also: Vec<(&str, usize)> = Vec::new();
    for part in group.cases.iter().flat_map(|case| &case.parts).filter(|part| part.severity >= Severity::High) {
        match also.iter_mut().find(|(title, _)| *title == part.detection.title) {
            Some((_, count)) => *count += 1,
            None => also.push((&part.detection.title, 1)),
        }
    }
    let titled =
        |(title, count): (&str, usize)| if count == 1 { title.to_owned() } else { format!("{title} ({count})") };
    let first = First {
        also: also.into_iter().map(titled).collect(),
        severity: speaks.severity.as_str(),
        title: speaks.detection.title.clone(),
        subject: speaks.subject.clone(),
        reason: speaks.reason.clone(),
        numbers: group.numbers(),
        fresh,
        step,
    };
    (untold.is_none(), first)
}
