//! What an incident tells of other detections asks for something of its own: the first step about each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::detect::data::DataTables;
use crate::finding::{Finding, Severity};
use crate::report::{IncidentNote, JoinedRow};

/// Catalogue of the steps, by detection.
const STEPS: &str = "sign_steps";

/// Column of incidents that tells what else a session shows, a sentence for each detection.
const TOLD: &str = "also_seen";

/// Adds to the notes of incidents what they tell of signals that are at least high, the worst first.
pub(super) fn add(data: &DataTables, signals: &[Finding], incidents: &[Finding], notes: &mut [IncidentNote]) {
    for (incident, note) in incidents.iter().zip(notes) {
        let mut joined: Vec<(&Finding, JoinedRow)> = told(incident)
            .into_iter()
            .filter_map(|says| {
                let signal = signals.iter().find(|signal| is_told(incident, signal, says))?;
                let step = step(data, &signal.detection.id)?;
                Some((signal, JoinedRow { says: says.to_owned(), step }))
            })
            .collect();
        joined.sort_by(|(a, _), (b, _)| (b.severity, a.first_seen).cmp(&(a.severity, b.first_seen)));
        let mut steps = BTreeSet::new();
        note.joined =
            joined.into_iter().filter(|(_, row)| steps.insert(row.step.clone())).map(|(_, row)| row).collect();
    }
}

/// What an incident tells of other detections.
fn told(incident: &Finding) -> Vec<&str> {
    let all = incident.details.get(TOLD).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_str).collect()
}

/// Whether a sentence of an incident is that of a signal of its session, which begins with whose session it is.
fn is_told(incident: &Finding, signal: &Finding, says: &str) -> bool {
    let (of, own) = (&signal.scope, &incident.scope);
    signal.severity >= Severity::High
        && of.session_id.is_some()
        && of.session_id == own.session_id
        && of.login == own.login
        && says.starts_with(signal.reason.replace(&format!("{} ", incident.subject), "").as_str())
}

fn step(data: &DataTables, detection: &str) -> Option<String> {
    let row = data.tables.get(STEPS)?.rows().find(|row| row.get("detection").is_some_and(|id| id == detection))?;
    row.get("step")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::finding::{DetectionInfo, Scope};

    #[test]
    fn what_is_grave_inside_an_incident_brings_its_own_step() {
        let of = |id: &str, severity: Severity, reason: &str, session: &str| {
            let signal = json!({
                "id": id, "severity": severity, "confidence": "high", "subject": "Codex of ana", "reason": reason,
                "scope": Scope { session_id: Some(session.to_owned()), ..Scope::default() }, "first_seen": 0,
                "last_seen": 0, "count": 1, "evidence": [], "details": {},
                "detection": DetectionInfo { id: id.to_owned(), ..DetectionInfo::default() },
            });
            serde_json::from_value::<Finding>(signal).unwrap()
        };
        let signals = [
            of("sequences.approvals-off", Severity::High, "Codex of ana switched a guard off.", "s"),
            of("sequences.destructive-burst", Severity::Critical, "Destroyed 7 things.", "s"),
            of("sequences.persistence-write", Severity::Medium, "Left a job behind.", "s"),
            of("sequences.remote-control", Severity::High, "Opened a shell.", "another"),
            of("sequences.injection-marks", Severity::High, "Gave orders.", "s"),
        ];
        let mut incident = of("sequences.steered-agent", Severity::Critical, "Did it.", "s");
        let told = [
            "switched a guard off. (2 more such signs.)",
            "Destroyed 7 things.",
            "Left a job behind.",
            "Opened a shell.",
            "Gave orders.",
        ];
        incident.details.insert(TOLD.to_owned(), json!(told));
        let mut notes = [IncidentNote::default()];
        add(&DataTables::built_in().0, &signals, &[incident], &mut notes);
        let said: Vec<&str> = notes[0].joined.iter().map(|row| row.says.as_str()).collect();
        assert_eq!(said, ["Destroyed 7 things.", "switched a guard off. (2 more such signs.)"]);
        assert!(notes[0].joined[0].step.contains("backup"), "{:?}", notes[0].joined);
    }
}
