//! What became of the incidents of an earlier report: new, still open, returned, closed.
//!
//! Every report carries an index of all incidents it knows, shown or not, with what became of those that are gone. The
//! index of one earlier report is all that the next one needs; the lake can keep it, and so can a JSON report on disk.

use std::collections::BTreeMap;

use super::note::EarlierRow;
use super::redact::rows;
use crate::finding::{Finding, Severity};

/// Rows of incidents that are gone, kept for telling when one returns; the most recent ones.
const GONE_KEPT: usize = 5_000;

rows! {
    /// The incidents of this report beside those of an earlier one.
    pub struct History {
        /// The earlier report; null when there is none to compare with.
        pub previous: Option<PreviousRow>,
        /// Every incident of this report, shown or not, and what is gone since earlier ones; by id.
        pub index: Vec<IndexRow>,
    }

    /// The report that this one is compared with.
    pub struct PreviousRow {
        /// First moment of its window; null when open.
        pub start: Option<i64>,
        /// End of its window, or its last record where the window was open.
        pub end: i64,
        /// Identity of its detections, parameters and catalogues.
        pub rules: String,
    }

    /// An incident and its state.
    pub struct IndexRow {
        /// Stable id.
        pub id: String,
        /// Detection id.
        pub detection: String,
        /// Its title.
        pub title: String,
        /// What it is about.
        pub subject: String,
        /// A severity word.
        pub severity: String,
        /// Login of the user; null where the detection does not say.
        pub login: Option<String>,
        /// First time.
        pub first_seen: i64,
        /// Last time.
        pub last_seen: i64,
        /// `new`, `open` (in the earlier report too), `returned` (gone before), `closed` (not found any more),
        /// `left` (last seen before this window), `suppressed` by a review, or `first` without an earlier report.
        pub state: String,
        /// Whether that is not what the earlier report said, or the severity is another.
        pub changed: bool,
        /// Whether the report shows it in full.
        pub shown: bool,
        /// End of the report that had it first; null when this one does.
        pub first_reported: Option<i64>,
    }
}

/// Counts of [`History`] for the first screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// Not in the earlier report.
    pub new: u64,
    /// In the earlier report too.
    pub open: u64,
    /// Gone in the earlier report, here again.
    pub returned: u64,
    /// In the earlier report, not found any more.
    pub closed: u64,
    /// In the earlier report, last seen before this window.
    pub left: u64,
    /// Of those still open, how many have another severity.
    pub regraded: u64,
}

impl Changes {
    /// Whether this report says of its incidents what the earlier one said.
    #[must_use]
    pub fn none(self) -> bool {
        self.new + self.returned + self.closed + self.left + self.regraded == 0
    }
}

/// Whether an incident of this state stands in the report.
fn active(state: &str) -> bool {
    matches!(state, "new" | "open" | "returned" | "first")
}

impl IndexRow {
    /// The row of an incident, its state still to be told.
    #[must_use]
    pub fn of(finding: &Finding, shown: bool, suppressed: bool) -> Self {
        Self {
            id: finding.id.clone(),
            detection: finding.detection.id.clone(),
            title: finding.detection.title.clone(),
            subject: finding.subject.clone(),
            severity: finding.severity.as_str().to_owned(),
            login: finding.scope.login.clone(),
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            state: if suppressed { "suppressed" } else { "first" }.to_owned(),
            changed: false,
            shown,
            first_reported: None,
        }
    }
}

impl History {
    /// Compares the incidents of this report with an earlier one. `start` is the start of this report's window.
    #[must_use]
    pub fn compare(current: Vec<IndexRow>, earlier: Option<(PreviousRow, Vec<IndexRow>)>, start: Option<i64>) -> Self {
        let mut index: BTreeMap<String, IndexRow> = current.into_iter().map(|row| (row.id.clone(), row)).collect();
        let Some((previous, before)) = earlier else {
            return Self { previous: None, index: index.into_values().collect() };
        };
        let before: BTreeMap<&str, &IndexRow> = before.iter().map(|row| (row.id.as_str(), row)).collect();
        for row in index.values_mut() {
            let old = before.get(row.id.as_str());
            row.first_reported = old.map(|old| old.first_reported.unwrap_or(previous.end));
            if row.state != "suppressed" {
                row.state = match old {
                    None => "new",
                    Some(old) if active(&old.state) => "open",
                    Some(_) => "returned",
                }
                .to_owned();
            }
            row.changed = row.state != "open" || old.is_some_and(|old| old.severity != row.severity);
            row.changed &= row.state != "suppressed" || old.is_some_and(|old| active(&old.state));
        }
        let mut gone: Vec<&IndexRow> = before.values().filter(|row| !index.contains_key(&row.id)).copied().collect();
        gone.sort_by(|a, b| b.last_seen.cmp(&a.last_seen).then_with(|| a.id.cmp(&b.id)));
        for old in gone.into_iter().take(GONE_KEPT) {
            let fresh = active(&old.state) || old.state == "suppressed";
            let state = match fresh {
                true if start.is_some_and(|start| old.last_seen < start) => "left",
                true => "closed",
                false => &old.state,
            };
            let row = IndexRow {
                state: state.to_owned(),
                changed: active(&old.state),
                shown: false,
                first_reported: Some(old.first_reported.unwrap_or(previous.end)),
                ..old.clone()
            };
            index.insert(row.id.clone(), row);
        }
        Self { previous: Some(previous), index: index.into_values().collect() }
    }

    /// Counts per state; all zero without an earlier report.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let mut changes = Changes::default();
        for row in &self.index {
            match (row.state.as_str(), row.changed) {
                ("new", _) => changes.new += 1,
                ("open", changed) => {
                    changes.open += 1;
                    changes.regraded += u64::from(changed);
                }
                ("returned", _) => changes.returned += 1,
                ("closed" | "suppressed", true) => changes.closed += 1,
                ("left", true) => changes.left += 1,
                _ => {}
            }
        }
        changes
    }

    /// The row of an incident.
    #[must_use]
    pub fn row(&self, id: &str) -> Option<&IndexRow> {
        self.index.iter().find(|row| row.id == id)
    }

    /// Earlier incidents of the same detection about the same subject, newest first.
    #[must_use]
    pub fn earlier(&self, finding: &Finding, most: usize) -> Vec<EarlierRow> {
        let same = |row: &&IndexRow| {
            row.detection == finding.detection.id
                && row.subject == finding.subject
                && row.id != finding.id
                && row.first_seen < finding.first_seen
        };
        let mut rows: Vec<&IndexRow> = self.index.iter().filter(same).collect();
        rows.sort_by(|a, b| b.last_seen.cmp(&a.last_seen).then_with(|| a.id.cmp(&b.id)));
        let row = |row: &IndexRow| EarlierRow {
            id: row.id.clone(),
            login: row.login.clone(),
            severity: row.severity.clone(),
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            state: row.state.clone(),
        };
        rows.into_iter().take(most).map(row).collect()
    }
}

/// Orders rows of the index: worst first, then by detection, subject and id.
#[must_use]
pub(super) fn worst_first(a: &IndexRow, b: &IndexRow) -> std::cmp::Ordering {
    let rank = |row: &IndexRow| row.severity.parse::<Severity>().ok();
    let key = |row: &IndexRow| (row.detection.clone(), row.subject.clone(), row.id.clone());
    rank(b).cmp(&rank(a)).then_with(|| key(a).cmp(&key(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, severity: &str, last_seen: i64) -> IndexRow {
        IndexRow {
            id: id.to_owned(),
            severity: severity.to_owned(),
            last_seen,
            state: "first".to_owned(),
            ..IndexRow::default()
        }
    }

    fn next(rows: Vec<IndexRow>, before: &History, end: i64, start: Option<i64>) -> History {
        let previous = PreviousRow { end, ..PreviousRow::default() };
        History::compare(rows, Some((previous, before.index.clone())), start)
    }

    fn states(history: &History) -> Vec<(&str, &str, bool)> {
        history.index.iter().map(|r| (r.id.as_str(), r.state.as_str(), r.changed)).collect()
    }

    #[test]
    fn incidents_are_new_then_open_then_closed_and_may_return() {
        let first = History::compare(vec![row("a", "high", 5), row("b", "low", 6)], None, None);
        assert_eq!(states(&first), [("a", "first", false), ("b", "first", false)]);
        let second = next(vec![row("a", "high", 5), row("c", "low", 9)], &first, 10, None);
        assert_eq!(states(&second), [("a", "open", false), ("b", "closed", true), ("c", "new", true)]);
        let third = next(vec![row("a", "high", 5), row("c", "low", 9)], &second, 20, None);
        assert_eq!(states(&third), [("a", "open", false), ("b", "closed", false), ("c", "open", false)]);
        assert!(third.changes().none());
        assert_eq!(third.row("a").unwrap().first_reported, Some(10));
        let fourth = next(vec![row("b", "low", 31), row("c", "critical", 9)], &third, 30, None);
        assert_eq!(states(&fourth), [("a", "closed", true), ("b", "returned", true), ("c", "open", true)]);
        assert_eq!(fourth.changes(), Changes { open: 1, returned: 1, closed: 1, regraded: 1, ..Changes::default() });
    }

    #[test]
    fn what_is_older_than_the_window_has_left_it_and_is_not_closed() {
        let first = History::compare(vec![row("a", "high", 5)], None, None);
        let second = next(Vec::new(), &first, 10, Some(6));
        assert_eq!(states(&second), [("a", "left", true)]);
        assert_eq!(states(&next(Vec::new(), &second, 20, Some(6))), [("a", "left", false)]);
    }

    #[test]
    fn a_suppressed_incident_returns_when_the_review_ends() {
        let mut hidden = row("a", "high", 5);
        hidden.state = "suppressed".to_owned();
        let first = History::compare(vec![row("a", "high", 5)], None, None);
        let second = next(vec![hidden.clone()], &first, 10, None);
        assert_eq!(states(&second), [("a", "suppressed", true)]);
        assert_eq!(states(&next(vec![hidden], &second, 20, None)), [("a", "suppressed", false)]);
        assert_eq!(states(&next(vec![row("a", "high", 5)], &second, 20, None)), [("a", "returned", true)]);
    }
}
