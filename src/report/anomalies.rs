//! What users did that is not their custom, and what the traffic itself lacks: findings of the family `usage`.

use super::redact::rows;
use crate::finding::Finding;

/// Rows kept; the rest is counted.
const KEPT: usize = 500;

rows! {
    /// Findings of the family `usage`.
    pub struct Anomalies {
        /// Incidents first, then signals; the more severe and then the later first. Bounded.
        pub items: Vec<AnomalyRow>,
        /// Findings beyond those.
        pub more: u64,
    }

    /// One departure from what is usual.
    pub struct AnomalyRow {
        /// Stable id of the finding.
        pub id: String,
        /// Detection id.
        pub detection: String,
        /// Its title.
        pub title: String,
        /// `incident` or `signal`.
        pub tier: String,
        /// A severity word.
        pub severity: String,
        /// What it is about.
        pub subject: String,
        /// Login of the user; null where the detection does not say.
        pub login: Option<String>,
        /// What is unusual and against what, a finished sentence.
        pub reason: String,
        /// First time.
        pub first_seen: i64,
        /// Last time.
        pub last_seen: i64,
        /// How many rows stand behind it.
        pub count: i64,
    }
}

impl Anomalies {
    /// Picks the findings of the family out of a run's incidents and signals.
    #[must_use]
    pub fn of(incidents: &[Finding], signals: &[Finding]) -> Self {
        let tiers = [("incident", incidents), ("signal", signals)];
        let mut items = Vec::new();
        for (tier, findings) in tiers {
            let mut found: Vec<&Finding> = findings.iter().filter(|f| f.detection.id.starts_with("usage.")).collect();
            found.sort_by(|a, b| {
                let key = |f: &Finding| (std::cmp::Reverse(f.severity), std::cmp::Reverse(f.last_seen), f.id.clone());
                key(a).cmp(&key(b))
            });
            items.extend(found.into_iter().map(|finding| row(finding, tier)));
        }
        let more = items.len().saturating_sub(KEPT) as u64;
        items.truncate(KEPT);
        Self { items, more }
    }
}

fn row(finding: &Finding, tier: &str) -> AnomalyRow {
    AnomalyRow {
        id: finding.id.clone(),
        detection: finding.detection.id.clone(),
        title: finding.detection.title.clone(),
        tier: tier.to_owned(),
        severity: finding.severity.as_str().to_owned(),
        subject: finding.subject.clone(),
        login: finding.scope.login.clone(),
        reason: finding.reason.clone(),
        first_seen: finding.first_seen,
        last_seen: finding.last_seen,
        count: finding.count,
    }
}
