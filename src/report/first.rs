//! What to do first: the worst detections with the incidents that they made.

use super::Report;
use super::commands::{self, Step};

/// Detections named.
const FIRST: usize = 5;

/// A detection with its incidents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct First {
    /// Severity of its worst incident, a word.
    pub(super) severity: &'static str,
    /// Title of the detection.
    pub(super) title: String,
    /// Subject of its worst incident.
    pub(super) subject: String,
    /// Numbers of its incidents in the report, from 1.
    pub(super) numbers: Vec<usize>,
    /// The first thing to do that is no command; empty when there is none.
    pub(super) step: String,
}

/// The detections to look at first, and how many more there are.
pub(super) fn first(report: &Report) -> (Vec<First>, usize) {
    let mut found: Vec<(String, First)> = Vec::new();
    for (at, finding) in report.ordered_incidents().into_iter().enumerate() {
        let id = &finding.detection.id;
        if let Some((_, first)) = found.iter_mut().find(|(known, _)| known == id) {
            first.numbers.push(at + 1);
            continue;
        }
        let step = commands::steps(finding).into_iter().find_map(|step| match step {
            Step::Prose(text) => Some(text),
            Step::Command(_) => None,
        });
        let first = First {
            severity: finding.severity.as_str(),
            title: finding.detection.title.clone(),
            subject: finding.subject.clone(),
            numbers: vec![at + 1],
            step: step.unwrap_or_default(),
        };
        found.push((id.clone(), first));
    }
    let more = found.len().saturating_sub(FIRST);
    (found.into_iter().take(FIRST).map(|(_, first)| first).collect(), more)
}
