//! What a review hides of the incidents.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::lake::Session;
use crate::report::{CutRow, HiddenRow};
use crate::triage::{FindingReview, FindingVerdict, Reviews};

/// Takes out the incidents that a verdict hides. `end` is the last moment of the report, which decides what expired.
pub(super) async fn split(
    session: &Session,
    incidents: Vec<Finding>,
    reviews: &Reviews,
    end: Option<i64>,
) -> Result<(Vec<Finding>, Vec<(Finding, FindingReview)>), Error> {
    let day = end.map(crate::text::clock_time).unwrap_or_default();
    let day = day.get(..10).unwrap_or_default();
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for incident in incidents {
        let judged = reviews.findings.iter().any(|review| review.id == incident.id);
        let definitions = match judged {
            true => super::review::finding_pins(session, &incident).await?,
            false => std::collections::BTreeSet::new(),
        };
        match reviews.hides(&incident, day, &definitions) {
            Some(review) => hidden.push((incident, review.clone())),
            None => shown.push(incident),
        }
    }
    Ok((shown, hidden))
}

/// How many there are of each kind.
pub(super) fn counts(hidden: &[(Finding, FindingReview)]) -> Vec<CutRow> {
    let mut counted: BTreeMap<(std::cmp::Reverse<Severity>, &str, FindingVerdict), u64> = BTreeMap::new();
    for (finding, review) in hidden {
        let key = (std::cmp::Reverse(finding.severity), finding.detection.id.as_str(), review.verdict);
        *counted.entry(key).or_default() += 1;
    }
    let row =
        |((severity, detection, verdict), count): ((std::cmp::Reverse<Severity>, &str, FindingVerdict), u64)| CutRow {
            detection: detection.to_owned(),
            severity: severity.0.as_str().to_owned(),
            count,
            why: format!("{} by a review", verdict.as_str()),
            see: "lightmeter analyze --offline --show-suppressed".to_owned(),
        };
    counted.into_iter().map(row).collect()
}

/// Each of them with its verdict, the worst first.
pub(super) fn rows(hidden: &[(Finding, FindingReview)]) -> Vec<HiddenRow> {
    let mut sorted: Vec<_> = hidden.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.order(b));
    let row = |(finding, review): &(Finding, FindingReview)| HiddenRow {
        id: finding.id.clone(),
        detection: finding.detection.id.clone(),
        title: finding.detection.title.clone(),
        subject: finding.subject.clone(),
        severity: finding.severity.as_str().to_owned(),
        integration: finding.scope.integration.clone(),
        session_id: finding.scope.session_id.clone(),
        login: finding.scope.login.clone(),
        last_seen: finding.last_seen,
        verdict: review.verdict.as_str().to_owned(),
        reason: review.reason.clone(),
        owner: review.owner.clone(),
        expires: review.expires.clone(),
    };
    sorted.into_iter().map(row).collect()
}
