//! Incidents as people read them: what belongs together once, by detection, the worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{HiddenRow, Report};
use crate::finding::{DetectionInfo, Finding, Severity};

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
    /// The first campaign of the report that it belongs to, by its place there.
    pub(super) campaign: Option<usize>,
}

impl<'r> Case<'r> {
    /// Those of the others that are no less severe than the one that leads and not about a secret: each of them asks for
    /// something of its own, which that one does not say.
    pub(super) fn equals(&self, report: &'r Report) -> impl Iterator<Item = &'r Finding> + '_ {
        let equal = move |part: &&Finding| part.severity >= self.lead.severity && report.secret(part).is_none();
        self.parts.iter().copied().filter(equal)
    }

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
/// Of equally severe ones of a detection those of one campaign stand together.
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
        cases.sort_by_key(|case| (Reverse(case.lead.severity), case.campaign.unwrap_or(usize::MAX)));
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
                cases.push(Case { number: 0, lead: finding, parts: Vec::new(), hidden: Vec::new(), campaign: None });
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
        case.parts.sort_by_key(|f| (Reverse(f.severity), report.secret(f).is_some()));
    }
    for hidden in &report.hidden {
        if let Some(at) = hidden.cause().and_then(|cause| by_cause.get(&cause)) {
            cases[*at].hidden.push(hidden);
        }
    }
    for case in &mut cases {
        case.campaign = report.campaigns.iter().position(|campaign| campaign.has(case));
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

/// Why an incident was flagged, without its subject at the start where that stands before it already.
pub(super) fn why(finding: &Finding, told: &str) -> String {
    let rest = finding.reason.strip_prefix(&finding.subject).filter(|_| finding.subject == told).map(str::trim_start);
    let mut letters = rest.unwrap_or_default().chars();
    match letters.next().filter(|first| first.is_alphabetic()) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => finding.reason.clone(),
    }
}
