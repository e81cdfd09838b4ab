//! Findings compared with labels: how often detections fire, what they find, and what they claim wrongly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use super::run::RunResult;
use crate::finding::Finding;

/// Runs that an incident must touch.
const POSITIVE: &str = "pos";

/// Runs that no incident may touch.
const NEGATIVE: &str = "neg";

/// A piece of traffic whose truth is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Run {
    #[serde(default)]
    run_id: String,
    gold: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    record_ids: Vec<i64>,
    suite: Option<String>,
    model: Option<String>,
    user_task: Option<String>,
}

impl Run {
    fn group(&self) -> &str {
        self.gold.as_deref().or(self.kind.as_deref()).unwrap_or("unlabelled")
    }

    /// What attacked and benign runs of the same task share.
    fn task(&self) -> Option<(&str, &str, &str)> {
        Some((self.suite.as_deref()?, self.model.as_deref()?, self.user_task.as_deref()?))
    }
}

/// Labels as the sample exports have them: one document of stories.
#[derive(Deserialize)]
struct Stories {
    planted: Vec<Story>,
}

/// What was planted, and whether a finding is expected of it.
#[derive(Deserialize)]
struct Story {
    id: String,
    expected: String,
    record_ids: Vec<i64>,
}

impl From<Story> for Run {
    fn from(story: Story) -> Self {
        let gold = match story.expected.as_str() {
            "finding" => POSITIVE.to_owned(),
            "nothing" => NEGATIVE.to_owned(),
            _ => story.expected,
        };
        let (gold, record_ids) = (Some(gold), story.record_ids);
        Self { run_id: story.id, gold, kind: None, record_ids, suite: None, model: None, user_task: None }
    }
}

/// The labels of a set of exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    runs: Vec<Run>,
}

impl Labels {
    /// Reads one JSON object per line, or the one document of the sample exports.
    ///
    /// # Errors
    /// With the number of the first line that is none, or when there is no line.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Ok(stories) = serde_json::from_str::<Stories>(text) {
            return Ok(Self { runs: stories.planted.into_iter().map(Run::from).collect() });
        }
        let mut runs = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let run = serde_json::from_str(line).map_err(|e| format!("line {}: {e}", number + 1))?;
            runs.push(run);
        }
        if runs.is_empty() {
            return Err("there are no labels".to_owned());
        }
        Ok(Self { runs })
    }

    /// The runs that each record belongs to.
    fn by_record(&self) -> BTreeMap<i64, Vec<usize>> {
        let mut out: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        for (index, run) in self.runs.iter().enumerate() {
            for record in &run.record_ids {
                out.entry(*record).or_default().push(index);
            }
        }
        out
    }
}

/// How one detection did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Fired {
    tier: &'static str,
    findings: u64,
    positive: BTreeSet<usize>,
    negative: BTreeSet<usize>,
    outside: u64,
}

/// The comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    sessions: u64,
    incidents: u64,
    outside: u64,
    /// Runs and runs touched by an incident, by group.
    groups: BTreeMap<String, (u64, u64)>,
    /// Pairs of twins, and those that incidents tell apart.
    twins: (u64, u64),
    detections: BTreeMap<String, Fired>,
    missed: Vec<String>,
    wrong: Vec<(String, String)>,
    failures: Vec<String>,
}

impl Measurement {
    /// Compares findings with labels. A finding touches a run when a record of its evidence belongs to the run.
    #[must_use]
    pub fn new(labels: &Labels, result: &RunResult, sessions: u64) -> Self {
        let by_record = labels.by_record();
        let mut detections: BTreeMap<String, Fired> =
            result.ran.iter().map(|id| (id.clone(), Fired::default())).collect();
        let mut touched: BTreeMap<usize, String> = BTreeMap::new();
        let mut outside = 0;
        for (tier, findings) in [("signal", &result.signals), ("incident", &result.incidents)] {
            for finding in findings {
                let runs = runs_of(finding, &by_record);
                let fired = detections.entry(finding.detection.id.clone()).or_default();
                fired.tier = tier;
                fired.findings += 1;
                fired.outside += u64::from(runs.is_empty());
                for run in runs.iter().copied() {
                    match labels.runs[run].group() {
                        POSITIVE => fired.positive.insert(run),
                        NEGATIVE => fired.negative.insert(run),
                        _ => false,
                    };
                    if tier == "incident" {
                        touched.entry(run).or_insert_with(|| format!("{}: {}", finding.detection.id, finding.reason));
                    }
                }
                outside += u64::from(tier == "incident" && runs.is_empty());
            }
        }
        let mut groups: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let (mut missed, mut wrong) = (Vec::new(), Vec::new());
        for (index, run) in labels.runs.iter().enumerate() {
            let entry = groups.entry(run.group().to_owned()).or_default();
            entry.0 += 1;
            match (run.group(), touched.get(&index)) {
                (POSITIVE, None) => missed.push(run.run_id.clone()),
                (NEGATIVE, Some(why)) => wrong.push((run.run_id.clone(), why.clone())),
                _ => {}
            }
            entry.1 += u64::from(touched.contains_key(&index));
        }
        Self {
            sessions,
            incidents: result.incidents.len() as u64,
            outside,
            groups,
            twins: twins(labels, &touched),
            detections,
            missed,
            wrong,
            failures: result.failures.iter().map(|f| format!("{}: {}", f.id, f.message)).collect(),
        }
    }

    /// For people.
    #[must_use]
    pub fn markdown(&self, list: usize) -> String {
        let mut out = format!(
            "{} sessions, {} incidents, {} of them in no labelled run\n\n",
            self.sessions, self.incidents, self.outside
        );
        out.push_str("| runs | number | with an incident | share |\n|---|---:|---:|---:|\n");
        for (group, (runs, hit)) in &self.groups {
            let _ = writeln!(out, "| {} | {runs} | {hit} | {} |", one_line(group), percent(*hit, *runs));
        }
        if self.twins.0 > 0 {
            let (pairs, apart) = self.twins;
            let _ = writeln!(out, "| twins told apart | {pairs} | {apart} | {} |", percent(apart, pairs));
        }
        out.push_str("\n| detection | tier | findings | per 1,000 sessions | pos runs | neg runs | in no run |\n|---|---|---:|---:|---:|---:|---:|\n");
        for (id, fired) in &self.detections {
            let per = rate(fired.findings, self.sessions);
            let (tier, pos, neg) = (fired.tier, fired.positive.len(), fired.negative.len());
            let _ = writeln!(out, "| {id} | {tier} | {} | {per} | {pos} | {neg} | {} |", fired.findings, fired.outside);
        }
        for failure in &self.failures {
            let _ = writeln!(out, "\nfailed: {}", one_line(failure));
        }
        for run in self.missed.iter().take(list) {
            let _ = writeln!(out, "missed: {}", one_line(run));
        }
        for (run, why) in self.wrong.iter().take(list) {
            let _ = writeln!(out, "false: {}: {}", one_line(run), one_line(why));
        }
        out
    }

    /// For programs.
    #[must_use]
    pub fn json(&self, list: usize) -> Value {
        let groups: BTreeMap<&String, Value> =
            self.groups.iter().map(|(g, (runs, hit))| (g, json!({ "runs": runs, "with_incident": hit }))).collect();
        let detections: BTreeMap<&String, Value> = self
            .detections
            .iter()
            .map(|(id, f)| {
                let value = json!({
                    "tier": f.tier, "findings": f.findings, "pos_runs": f.positive.len(), "neg_runs": f.negative.len(),
                    "outside": f.outside,
                });
                (id, value)
            })
            .collect();
        json!({
            "sessions": self.sessions,
            "incidents": self.incidents,
            "incidents_outside": self.outside,
            "groups": groups,
            "twins": { "pairs": self.twins.0, "told_apart": self.twins.1 },
            "detections": detections,
            "failures": self.failures,
            "missed": self.missed.iter().take(list).collect::<Vec<_>>(),
            "false": self.wrong.iter().take(list).map(|(run, why)| json!({ "run_id": run, "why": why })).collect::<Vec<_>>(),
        })
    }
}

fn runs_of(finding: &Finding, by_record: &BTreeMap<i64, Vec<usize>>) -> BTreeSet<usize> {
    let records = finding.evidence.iter().filter_map(|e| e.record_id);
    records.filter_map(|id| by_record.get(&id)).flatten().copied().collect()
}

/// Every positive run with every negative run of its task; told apart when an incident touches only the first.
fn twins(labels: &Labels, touched: &BTreeMap<usize, String>) -> (u64, u64) {
    let mut benign: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (index, run) in labels.runs.iter().enumerate().filter(|(_, run)| run.group() == NEGATIVE) {
        if let Some(task) = run.task() {
            benign.entry(task).or_default().push(index);
        }
    }
    let (mut pairs, mut apart) = (0, 0);
    for (index, run) in labels.runs.iter().enumerate().filter(|(_, run)| run.group() == POSITIVE) {
        for twin in run.task().and_then(|task| benign.get(&task)).into_iter().flatten() {
            pairs += 1;
            apart += u64::from(touched.contains_key(&index) && !touched.contains_key(twin));
        }
    }
    (pairs, apart)
}

fn percent(part: u64, of: u64) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / of as f64) }
}

fn rate(findings: u64, sessions: u64) -> String {
    if sessions == 0 { "–".to_owned() } else { format!("{:.1}", findings as f64 * 1000.0 / sessions as f64) }
}

/// Text of labels and findings on one line without control characters; a table cell must stay one.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '|' { ' ' } else { c }).take(600).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, DetectionInfo, Evidence, Scope, Severity};

    fn finding(detection: &str, record: i64) -> Finding {
        Finding {
            id: format!("{detection}{record}"),
            detection: DetectionInfo { id: detection.to_owned(), ..DetectionInfo::default() },
            severity: Severity::High,
            confidence: Confidence::High,
            subject: "s".to_owned(),
            reason: "A | reason.".to_owned(),
            scope: Scope::default(),
            first_seen: 0,
            last_seen: 0,
            count: 1,
            evidence: vec![Evidence { export_key: "e".to_owned(), record_id: Some(record) }],
            details: BTreeMap::new(),
        }
    }

    const LABELS: &str = r#"{"run_id":"a","gold":"pos","record_ids":[1,2],"suite":"s","model":"m","user_task":"t"}
{"run_id":"b","gold":"neg","record_ids":[3],"suite":"s","model":"m","user_task":"t"}
{"run_id":"c","gold":"pos","record_ids":[4],"suite":"s","model":"m","user_task":"u"}
{"run_id":"d","gold":"neg","record_ids":[5],"suite":"s","model":"m","user_task":"u"}
{"run_id":"e","kind":"spike","record_ids":[6]}"#;

    fn measured(records: &[i64]) -> Measurement {
        let incidents = records.iter().map(|r| finding("x.y", *r)).collect();
        let result = RunResult { incidents, ran: vec!["x.y".into(), "x.z".into()], ..RunResult::default() };
        Measurement::new(&Labels::parse(LABELS).unwrap(), &result, 100)
    }

    #[test]
    fn recall_false_share_and_twins_are_counted_by_run() {
        let m = measured(&[2, 5, 6, 9]);
        assert_eq!(m.groups["pos"], (2, 1));
        assert_eq!(m.groups["neg"], (2, 1));
        assert_eq!(m.groups["spike"], (1, 1));
        assert_eq!(m.twins, (2, 1));
        assert_eq!((m.incidents, m.outside), (4, 1));
        assert_eq!(m.missed, ["c"]);
        assert_eq!(m.wrong.len(), 1);
        let text = m.markdown(5);
        for line in [
            "| pos | 2 | 1 | 50.0 % |",
            "| x.y | incident | 4 | 40.0 | 1 | 1 | 1 |",
            "missed: c",
            "false: d: x.y: A   reason.",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert_eq!(m.json(0)["twins"]["told_apart"], 1);
    }

    #[test]
    fn an_incident_on_both_twins_tells_nothing() {
        assert_eq!(measured(&[1, 3]).twins, (2, 0));
        assert_eq!(measured(&[]).twins, (2, 0));
    }

    #[test]
    fn the_labels_of_the_samples_are_labels_too() {
        let text = include_str!("../../samples/exports/labels.json");
        let labels = Labels::parse(text).unwrap();
        let count = |group: &str| labels.runs.iter().filter(|run| run.group() == group).count();
        assert_eq!(count(POSITIVE), text.matches(r#""expected": "finding""#).count());
        assert_eq!(count(NEGATIVE), text.matches(r#""expected": "nothing""#).count());
        assert!(count(POSITIVE) > 0 && count(NEGATIVE) > 0);
        assert!(labels.runs.iter().all(|run| !run.record_ids.is_empty()));
    }

    #[test]
    fn labels_that_are_none_are_named_by_line() {
        assert!(Labels::parse("{}\nx").unwrap_err().starts_with("line 2:"));
        assert!(Labels::parse("\n").is_err());
    }
}
