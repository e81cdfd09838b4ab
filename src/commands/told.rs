//! What earlier analyses found in sessions, from the files that [`super::kept`] writes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::kept::{Analysis, Line, Risk, first};
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::lake::{Lake, Ledger};
use crate::report::session::{CallFact, Facts};
use crate::window::Window;

/// Either of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Either {
    Risk(Risk),
    Finding(Line),
}

/// What is known of a session without looking for it.
pub(super) struct Told {
    /// Findings, and whether each is a signal.
    pub(super) findings: Vec<(Finding, bool)>,
    risks: Vec<Risk>,
    /// What has to be said about them.
    pub(super) note: String,
}

impl Told {
    /// Notes the risk of their tools at calls.
    pub(super) fn rate(&self, calls: &mut [CallFact]) {
        rate(&self.risks, calls);
    }
}

/// Notes the risk of their tools at calls.
pub(super) fn rate(risks: &[Risk], calls: &mut [CallFact]) {
    let by_tool: BTreeMap<(&str, &str), &Risk> =
        risks.iter().map(|r| ((r.integration.as_str(), r.tool.as_str()), r)).collect();
    for call in calls {
        let tool = call.integration.as_deref().zip(call.tool.as_deref());
        let Some(known) = tool.and_then(|tool| by_tool.get(&tool)) else { continue };
        call.risk = Some(known.risk.clone());
        call.risk_reason.clone_from(&known.risk_reason);
    }
}

/// The findings of a session by the latest analysis whose window holds it.
///
/// # Errors
/// When the lake cannot be read. A damaged analysis is none.
pub(super) fn of_session(
    lake: &Lake,
    ledger: &Ledger,
    rules: &str,
    window: Window,
    facts: &Facts,
) -> Result<Told, Error> {
    for name in lake.analyses()? {
        let Ok(bytes) = lake.analysis(&name) else { continue };
        let Some(analysis) = first(&bytes).filter(|analysis| analysis.covers(window)) else { continue };
        let about = facts.asks_for();
        let mut told = Told { findings: Vec::new(), risks: Vec::new(), note: analysis.note(ledger, rules) };
        for line in bytes.split(|b| *b == b'\n').skip(1) {
            match serde_json::from_slice(line) {
                Ok(Either::Risk(risk)) => told.risks.push(risk),
                Ok(Either::Finding(line)) => told.findings.extend(Some(line.finding()).filter(|(f, _)| about(f))),
                Err(_) => {}
            }
        }
        return Ok(told);
    }
    let note = "No findings and no risk of tools: the session was not analysed yet. --findings runs the detections \
                now; `lightmeter analyze --offline` analyses the lake, and what it finds is shown afterwards.";
    Ok(Told { findings: Vec::new(), risks: Vec::new(), note: note.to_owned() })
}

/// What one analysis found in each session.
struct Seen {
    analysis: Analysis,
    by_session: BTreeMap<String, Incidents>,
}

/// Incidents of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incidents {
    /// How many.
    pub(super) count: u64,
    /// Severity of the worst; none without any.
    pub(super) worst: Option<Severity>,
}

/// What all analyses that are kept found, session by session.
pub(super) struct Overview(Vec<Seen>);

impl Overview {
    /// Reads what is kept; a damaged analysis is none.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub(super) fn of(lake: &Lake) -> Result<Self, Error> {
        let mut seen = Vec::new();
        for name in lake.analyses()? {
            let Ok(bytes) = lake.analysis(&name) else { continue };
            let Some(analysis) = first(&bytes) else { continue };
            let mut by_session = BTreeMap::new();
            for line in bytes.split(|b| *b == b'\n').skip(1) {
                let Ok(Either::Finding(line)) = serde_json::from_slice(line) else { continue };
                let Some(session) = line.session_id.filter(|_| !line.signal) else { continue };
                let found = by_session.entry(session).or_insert(Incidents { count: 0, worst: None });
                found.count += 1;
                found.worst = found.worst.max(Some(line.severity));
            }
            seen.push(Seen { analysis, by_session });
        }
        Ok(Self(seen))
    }

    /// What the latest analysis whose window holds the session found in it; none where there is no such analysis.
    pub(super) fn incidents(&self, session: &str, times: Window) -> Option<Incidents> {
        let seen = self.0.iter().find(|seen| seen.analysis.covers(times))?;
        Some(seen.by_session.get(session).copied().unwrap_or(Incidents { count: 0, worst: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kept::tests::{analysis, incident};
    use super::*;
    use crate::detect::run::RunResult;
    use crate::secrets::Scanner;

    #[test]
    fn sessions_are_told_apart_by_their_worst_incident() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        let scanner = Scanner::builtin().unwrap();
        let times = Window { start: Some(10), end: Some(21) };
        assert_eq!(Overview::of(&lake).unwrap().incidents("mine", times), None);
        let low = Finding { severity: Severity::Low, ..incident("b", Some("mine"), 2) };
        let result = RunResult {
            incidents: vec![low, incident("a", Some("mine"), 1)],
            signals: vec![incident("c", Some("other"), 3)],
            ..RunResult::default()
        };
        analysis(None, None, Some(20)).keep(&lake, &result, &[], &scanner).unwrap();
        let overview = Overview::of(&lake).unwrap();
        let found = |session| overview.incidents(session, times);
        assert_eq!(found("mine"), Some(Incidents { count: 2, worst: Some(Severity::High) }));
        assert_eq!(found("other"), Some(Incidents { count: 0, worst: None }), "signals are no incidents");
        assert_eq!(
            overview.incidents("mine", Window { start: Some(10), end: Some(22) }),
            None,
            "it goes on for longer"
        );
    }

    #[test]
    fn a_session_gets_what_is_about_it_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        let ledger = Ledger::default();
        let facts = Facts {
            session_id: "mine".to_owned(),
            requests: Vec::new(),
            messages: Vec::new(),
            calls: Vec::new(),
            elsewhere: Vec::new(),
            links: Vec::new(),
            findings: Vec::new(),
            notes: Vec::new(),
        };
        let window = Window { start: Some(10), end: Some(21) };
        let told = || of_session(&lake, &ledger, "r", window, &facts).unwrap();
        assert!(told().note.contains("not analysed yet"));
        let scanner = Scanner::builtin().unwrap();
        let text = |text: &str| text.to_owned();
        let risks = [Risk {
            integration: text("i"),
            tool: text("t"),
            risk: text("high"),
            risk_reason: Some(text("It sends.")),
        }];
        let result = RunResult {
            incidents: vec![incident("a", Some("mine"), 1), incident("b", Some("other"), 2)],
            signals: vec![incident("c", Some("mine"), 3), incident("d", None, 4)],
            ..RunResult::default()
        };
        analysis(None, None, Some(20)).keep(&lake, &result, &risks, &scanner).unwrap();
        let found: Vec<_> = told().findings.iter().map(|(f, signal)| (f.clone(), *signal)).collect();
        assert_eq!(found, [(incident("a", Some("mine"), 1), false), (incident("c", Some("mine"), 3), true)]);
        assert_eq!(told().risks, risks);
        // Another window that ends before the session: the wider one goes on to speak.
        analysis(Some(0), Some(15), Some(14)).keep(&lake, &RunResult::default(), &risks, &scanner).unwrap();
        assert_eq!(lake.analyses().unwrap().len(), 2);
        assert_eq!(told().findings.len(), 2);
        // The same window again, without a finding: nothing is left of the earlier ones.
        analysis(None, None, Some(20)).keep(&lake, &RunResult::default(), &risks, &scanner).unwrap();
        assert_eq!(lake.analyses().unwrap().len(), 1);
        assert!(told().findings.is_empty() && !told().note.contains("changed"));
    }
}
