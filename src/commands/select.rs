//! Which findings a run is about, and what they mean for its exit code; the same in every format.

use std::collections::BTreeMap;

use crate::cli::{self, AtLeast, Level};
use crate::detect::catalog::Catalog;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::outcome::Outcome;
use crate::report::CutRow;

/// Which findings a run is about.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// Least severity that is shown; all when absent.
    pub(super) min_severity: Option<Severity>,
    /// Detections that count; all when empty.
    pub(super) only: Vec<String>,
    /// Severity from which findings change the exit code.
    pub(super) fail_on: Option<Severity>,
    /// Whether an empty window is fine.
    pub(super) allow_empty: bool,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Informational => Self::Informational,
            Level::Low => Self::Low,
            Level::Medium => Self::Medium,
            Level::High => Self::High,
            Level::Critical => Self::Critical,
        }
    }
}

impl From<AtLeast> for Severity {
    fn from(level: AtLeast) -> Self {
        match level {
            AtLeast::Low => Self::Low,
            AtLeast::Medium => Self::Medium,
            AtLeast::High => Self::High,
            AtLeast::Critical => Self::Critical,
        }
    }
}

impl From<&cli::Findings> for Selection {
    fn from(args: &cli::Findings) -> Self {
        Self {
            min_severity: args.min_severity.map(Severity::from),
            only: args.only.clone(),
            fail_on: args.fail_on.map(Severity::from),
            allow_empty: args.allow_empty,
        }
    }
}

impl Selection {
    /// Refuses detections that nobody knows: an export that never holds anything would go unnoticed for years.
    ///
    /// # Errors
    /// [`Error::Usage`] with the id.
    pub(super) fn check(&self, catalog: &Catalog) -> Result<(), Error> {
        match self.only.iter().find(|id| !catalog.detections.contains_key(*id)) {
            None => Ok(()),
            Some(id) => {
                let id = crate::text::one_line(id, 80);
                Err(Error::Usage(format!("there is no detection {id}; `lightmeter detections list` names them")))
            }
        }
    }

    /// Whether a finding counts at all.
    pub(super) fn counts(&self, finding: &Finding) -> bool {
        self.only.is_empty() || self.only.contains(&finding.detection.id)
    }

    /// Whether a finding that counts is also shown.
    pub(super) fn shows(&self, finding: &Finding) -> bool {
        self.min_severity.is_none_or(|least| finding.severity >= least)
    }

    /// Takes out what is not to be shown and says how much that was.
    pub(super) fn cut(&self, findings: &mut Vec<Finding>) -> Vec<CutRow> {
        let mut cut: BTreeMap<(std::cmp::Reverse<Severity>, String), u64> = BTreeMap::new();
        findings.retain(|finding| {
            let shown = self.shows(finding);
            if !shown {
                let key = (std::cmp::Reverse(finding.severity), finding.detection.id.clone());
                *cut.entry(key).or_default() += 1;
            }
            shown
        });
        cut.into_iter()
            .map(|((severity, detection), count)| CutRow {
                detection,
                severity: severity.0.as_str().to_owned(),
                count,
                why: "below the minimum severity".to_owned(),
                see: "lightmeter analyze --offline".to_owned(),
            })
            .collect()
    }

    /// The outcome when the worst finding reaches the level that was asked for.
    pub(super) fn found(&self, worst: Option<Severity>) -> Option<Outcome> {
        let (worst, floor) = (worst?, self.fail_on?);
        let outcome = match worst {
            Severity::Informational => return None,
            Severity::Low => Outcome::FoundLow,
            Severity::Medium => Outcome::FoundMedium,
            Severity::High => Outcome::FoundHigh,
            Severity::Critical => Outcome::FoundCritical,
        };
        (worst >= floor).then_some(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_tells_the_worst_finding_at_or_above_the_level() {
        let found = |floor, worst| Selection { fail_on: Some(floor), ..Selection::default() }.found(worst);
        assert_eq!(found(Severity::Low, Some(Severity::Critical)), Some(Outcome::FoundCritical));
        assert_eq!(found(Severity::High, Some(Severity::High)), Some(Outcome::FoundHigh));
        assert_eq!(found(Severity::High, Some(Severity::Medium)), None);
        assert_eq!(found(Severity::Low, Some(Severity::Informational)), None);
        assert_eq!(found(Severity::Low, None), None);
        assert_eq!(Selection::default().found(Some(Severity::Critical)), None);
    }
}
