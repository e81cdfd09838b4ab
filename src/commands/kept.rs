//! What an analysis found, kept in the lake: a session is shown with its findings without running the detections again.
//!
//! The detections take seconds whatever they look at, a timeline should not. So every look at the lake leaves what it
//! found behind, with the state of lake and rules that it saw; [`super::told`] shows it and says whether they are still
//! the same.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde::{Deserialize, Serialize};

use crate::detect::run::RunResult;
use crate::error::Error;
use crate::finding::{DetectionInfo, Evidence, Finding, Scope};
use crate::lake::{Lake, Ledger};
use crate::secrets::Scanner;
use crate::text::clock_time;
use crate::window::Window;

const SCHEMA: &str = "lightmeter-analysis-v1";

/// What an analysis looked at: the first line of its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Analysis {
    schema: String,
    /// Its window, microseconds since the epoch; open where absent.
    start: Option<i64>,
    end: Option<i64>,
    /// Last record in the window.
    data_end: Option<i64>,
    /// State of the lake.
    state: String,
    /// Short hash of the rules.
    rules: String,
    /// Detections that gave no result, or not all of it.
    failed: u64,
}

/// A finding as far as a session shows it: a further line of the file.
#[derive(Serialize, Deserialize)]
pub(super) struct Line {
    pub(super) signal: bool,
    id: String,
    detection: String,
    title: String,
    pub(super) severity: crate::finding::Severity,
    confidence: crate::finding::Confidence,
    subject: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session_id: Option<String>,
    first_seen: i64,
    last_seen: i64,
    count: i64,
    evidence: Vec<(String, Option<i64>)>,
}

/// The suggested risk of a tool, likewise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Risk {
    pub(super) integration: String,
    pub(super) tool: String,
    pub(super) risk: String,
    pub(super) risk_reason: Option<String>,
}

impl Risk {
    /// Without secrets in what is shown; the names stay, by them it is matched with calls.
    fn clean(&self, scanner: &Scanner) -> Self {
        let reason = self.risk_reason.as_deref().map(|reason| scanner.redact(reason).into_owned());
        Self { risk_reason: reason, ..self.clone() }
    }
}

/// The query that gives them.
pub(super) const RISKS: &str = "session/risks";

impl Analysis {
    /// What an analysis of the window looks at.
    pub(super) fn of(
        ledger: &Ledger,
        window: Window,
        data_end: Option<i64>,
        rules: String,
        result: &RunResult,
    ) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            start: window.start,
            end: window.end,
            data_end,
            state: ledger.state(),
            rules,
            failed: result.failures.len() as u64,
        }
    }

    /// Keeps the findings in the lake, instead of those of windows that this one holds.
    ///
    /// # Errors
    /// When the lake cannot be written.
    pub(super) fn keep(&self, lake: &Lake, result: &RunResult, risks: &[Risk], scanner: &Scanner) -> Result<(), Error> {
        let mut content = Vec::new();
        json_line(&mut content, self)?;
        risks.iter().try_for_each(|risk| json_line(&mut content, &risk.clean(scanner)))?;
        let incidents = result.incidents.iter().map(|f| (f, false));
        for (finding, signal) in incidents.chain(result.signals.iter().map(|f| (f, true))) {
            json_line(&mut content, &line(finding, signal, scanner))?;
        }
        let mut instead_of = lake.analyses()?;
        instead_of
            .retain(|name| lake.analysis(name).map_or(true, |bytes| first(&bytes).is_none_or(|old| self.holds(&old))));
        Ok(lake.keep_analysis(&content, &instead_of)?)
    }

    /// Whether everything that the other one looked at lies in this window too.
    fn holds(&self, other: &Self) -> bool {
        let until = |a: &Self| a.end.or(a.data_end.map(|last| last.saturating_add(1))).unwrap_or(i64::MIN);
        self.start.unwrap_or(i64::MIN) <= other.start.unwrap_or(i64::MIN) && until(self) >= until(other)
    }

    /// Whether the times of a session lie in the window.
    pub(super) fn covers(&self, session: Window) -> bool {
        let until = self.end.or(self.data_end.map(|last| last.saturating_add(1)));
        let last = session.end.map(|end| end.saturating_sub(1));
        self.start.unwrap_or(i64::MIN) <= session.start.unwrap_or(i64::MIN) && until > last
    }

    /// What the reader has to know of findings that were found then.
    pub(super) fn note(&self, ledger: &Ledger, rules: &str) -> String {
        let from = self.start.map_or_else(|| "the beginning".to_owned(), clock_time);
        let to = self.end.or(self.data_end).map_or_else(|| "the end".to_owned(), clock_time);
        let mut note = format!("Findings are those of the last analysis, from {from} to {to}");
        let changed = match (self.state == ledger.state(), self.rules == rules) {
            (true, true) => "",
            (false, true) => "; the lake has changed since",
            (true, false) => "; the detections or their settings have changed since",
            (false, false) => "; the lake and the detections have changed since",
        };
        note.push_str(changed);
        if self.failed > 0 {
            note.push_str(&format!("; {} detections failed", self.failed));
        }
        note.push_str(if changed.is_empty() { "." } else { ": --findings runs them now." });
        note
    }
}

/// What the analysis in the bytes of a file looked at.
pub(super) fn first(bytes: &[u8]) -> Option<Analysis> {
    let line = bytes.split(|b| *b == b'\n').next()?;
    serde_json::from_slice::<Analysis>(line).ok().filter(|analysis| analysis.schema == SCHEMA)
}

fn json_line<T: Serialize>(out: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    let failed = |e: &dyn std::fmt::Display| Error::Engine(format!("the findings cannot be written: {e}"));
    serde_json::to_writer(&mut *out, value).map_err(|e| failed(&e))?;
    out.write_all(b"\n").map_err(|e| failed(&e))
}

fn line(finding: &Finding, signal: bool, scanner: &Scanner) -> Line {
    let clean = |text: &str| scanner.redact(text).into_owned();
    Line {
        signal,
        id: finding.id.clone(),
        detection: finding.detection.id.clone(),
        title: finding.detection.title.clone(),
        severity: finding.severity,
        confidence: finding.confidence,
        subject: clean(&finding.subject),
        reason: clean(&finding.reason),
        tool: finding.scope.tool.as_deref().map(clean),
        session_id: finding.scope.session_id.clone(),
        first_seen: finding.first_seen,
        last_seen: finding.last_seen,
        count: finding.count,
        // As the lake names them: by these the findings are matched with requests.
        evidence: finding.evidence.iter().map(|e| (e.export_key.clone(), e.record_id)).collect(),
    }
}

impl Line {
    pub(super) fn finding(self) -> (Finding, bool) {
        let detection = DetectionInfo { id: self.detection, title: self.title, ..DetectionInfo::default() };
        let evidence = self.evidence.into_iter().map(|(export_key, record_id)| Evidence { export_key, record_id });
        let finding = Finding {
            id: self.id,
            detection,
            severity: self.severity,
            confidence: self.confidence,
            subject: self.subject,
            reason: self.reason,
            scope: Scope { tool: self.tool, session_id: self.session_id, ..Scope::default() },
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            count: self.count,
            evidence: evidence.collect(),
            details: BTreeMap::new(),
        };
        (finding, self.signal)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::commands) fn analysis(start: Option<i64>, end: Option<i64>, data_end: Option<i64>) -> Analysis {
        let result = RunResult::default();
        Analysis::of(&Ledger::default(), Window { start, end }, data_end, "r".to_owned(), &result)
    }

    #[test]
    fn an_analysis_covers_what_lies_in_its_window() {
        let session = Window { start: Some(10), end: Some(21) };
        for (start, end, data_end, expected) in [
            (None, None, Some(20), true),
            (None, None, Some(19), false),
            (None, None, None, false),
            (Some(10), Some(21), Some(15), true),
            (Some(11), Some(30), Some(30), false),
            (Some(5), Some(20), Some(30), false),
        ] {
            assert_eq!(analysis(start, end, data_end).covers(session), expected, "{start:?} {end:?} {data_end:?}");
        }
    }

    #[test]
    fn a_wider_analysis_takes_the_place_of_a_narrower_one() {
        let all = analysis(None, None, Some(20));
        assert!(all.holds(&analysis(Some(5), None, Some(20))) && all.holds(&all.clone()));
        assert!(!analysis(Some(5), None, Some(20)).holds(&all));
        assert!(!all.holds(&analysis(None, None, Some(30))));
    }

    #[test]
    fn what_has_changed_since_is_said() {
        let ledger = Ledger::default();
        let then = analysis(None, None, Some(20));
        assert!(!then.note(&ledger, "r").contains("changed"));
        assert!(then.note(&ledger, "other").contains("settings have changed since: --findings"));
        let stale = Analysis { state: "x".to_owned(), failed: 2, ..then };
        let note = stale.note(&ledger, "r");
        assert!(note.contains("lake has changed since; 2 detections failed: --findings"), "{note}");
    }

    pub(in crate::commands) fn incident(id: &str, session: Option<&str>, record: i64) -> Finding {
        let line = Line {
            signal: false,
            id: id.to_owned(),
            detection: "sequences.x".to_owned(),
            title: "X".to_owned(),
            severity: crate::finding::Severity::High,
            confidence: crate::finding::Confidence::High,
            subject: "s".to_owned(),
            reason: "It happened.".to_owned(),
            tool: None,
            session_id: session.map(str::to_owned),
            first_seen: 10,
            last_seen: 20,
            count: 1,
            evidence: vec![("e".to_owned(), Some(record))],
        };
        line.finding().0
    }
}
