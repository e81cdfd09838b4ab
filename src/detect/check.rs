//! Proves detection files: metadata complete and within the closed lists, SQL within the contract, cases true.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;

use super::catalog::{Catalog, Detection, FileProblem};
use super::data::DataTables;
use super::front_matter::Tier;
use super::{cases, contract, signals, suggest};

/// Cases that must find something, at least.
pub const FIRING_CASES: usize = 3;

/// Cases that look alike and must find nothing, at least.
pub const QUIET_CASES: usize = 5;

/// The table of framework ids among the data tables.
const FRAMEWORKS: &str = "frameworks";

/// Proves every detection of a catalogue, its unreadable files included.
///
/// `tables` are the public tables with their schemas, as planned over an empty lake; `signals` and the data tables
/// are added here. Cases run with the files' own parameters, whatever the user has set.
/// The result is empty when all is well, else ordered by file.
pub async fn check(catalog: &Catalog, tables: &BTreeMap<String, SchemaRef>, data: &DataTables) -> Vec<FileProblem> {
    let mut tables = tables.clone();
    tables.extend(data.schemas());
    let tables = signals::without(&tables);
    let mut problems = catalog.problems.clone();
    let with_signals = match signals::beside(&tables).await {
        Ok(tables) => tables,
        Err(error) => {
            problems.push(FileProblem { path: "views".to_owned(), message: contract::explain(&error) });
            return problems;
        }
    };
    for detection in catalog.detections.values() {
        let visible = if detection.meta.tier == Tier::Incident { &with_signals } else { &tables };
        let messages = check_one(detection, visible, data).await;
        problems.extend(messages.into_iter().map(|message| FileProblem { path: detection.path.clone(), message }));
    }
    problems.sort();
    problems
}

async fn check_one(detection: &Detection, tables: &BTreeMap<String, SchemaRef>, data: &DataTables) -> Vec<String> {
    let mut problems = metadata(detection);
    problems.extend(detection.meta.tags.iter().filter_map(|tag| tag_problem(tag, data)));
    let empty = match contract::empty_session(tables) {
        Ok(empty) => empty,
        Err(error) => {
            problems.push(contract::explain(&error));
            return problems;
        }
    };
    let broken = contract::problems(&detection.sql, &detection.meta.params, &empty).await;
    let run_cases = broken.is_empty();
    problems.extend(broken);
    problems.extend(case_counts(detection));
    if run_cases {
        for case in &detection.meta.cases {
            problems.extend(cases::problems(detection, case, tables, data).await);
        }
    }
    problems
}

fn metadata(detection: &Detection) -> Vec<String> {
    let meta = &detection.meta;
    let mut problems = Vec::new();
    for (key, text) in [("title", &meta.title), ("since", &meta.since), ("what", &meta.what), ("impact", &meta.impact)]
    {
        if text.trim().is_empty() {
            problems.push(format!("{key} is empty"));
        }
    }
    for (key, text) in [("what", &meta.what), ("impact", &meta.impact)] {
        if !text.trim().is_empty() && !text.trim_end().ends_with('.') {
            problems.push(format!("{key} is not a finished sentence; end it with a full stop"));
        }
    }
    let version: Vec<&str> = meta.since.split('.').collect();
    if !meta.since.is_empty() && (version.len() != 3 || version.iter().any(|part| part.parse::<u32>().is_err())) {
        problems.push(format!("since {:?} is not a version such as 0.1.0", meta.since));
    }
    for (key, items) in [("false_positives", &meta.false_positives), ("next_steps", &meta.next_steps)] {
        if items.is_empty() {
            problems.push(format!("{key} is empty: whoever gets the finding needs at least one"));
        }
    }
    for (key, items) in [
        ("false_positives", &meta.false_positives),
        ("next_steps", &meta.next_steps),
        ("references", &meta.references),
        ("tags", &meta.tags),
    ] {
        if items.iter().any(|item| item.trim().is_empty()) {
            problems.push(format!("{key} has an empty entry"));
        }
    }
    for link in meta.references.iter().filter(|link| !link.starts_with("https://")) {
        problems.push(format!("references: {link:?} is not an https:// link"));
    }
    problems
}

/// Tags are ids of pinned framework versions; `atlas:<id>` leaves the version to the pinned one.
fn tag_problem(tag: &str, data: &DataTables) -> Option<String> {
    let Some(frameworks) = data.tables.get(FRAMEWORKS) else {
        return Some(format!("tag {tag}: the data table {FRAMEWORKS} is missing, so no tag can be checked"));
    };
    let text = |row: &serde_json::Map<String, serde_json::Value>, column: &str| {
        row.get(column).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
    };
    let known: Vec<String> = frameworks
        .rows()
        .map(|row| match text(row, "framework").as_str() {
            "atlas" => format!("atlas:{}", text(row, "id")),
            framework => format!("{framework}:{}:{}", text(row, "version"), text(row, "id")),
        })
        .collect();
    if known.iter().any(|k| k == tag) {
        return None;
    }
    let hint = suggest::did_you_mean(tag, known.iter().map(String::as_str));
    Some(format!("tag {tag:?} is not in queries/catalog/{FRAMEWORKS}.toml{hint}"))
}

fn case_counts(detection: &Detection) -> Vec<String> {
    let cases = &detection.meta.cases;
    let firing = cases.iter().filter(|case| !case.expect.is_empty()).count();
    let quiet = cases.len() - firing;
    let mut problems = Vec::new();
    if firing < FIRING_CASES {
        problems.push(format!("{firing} cases find something; at least {FIRING_CASES} are needed"));
    }
    if quiet < QUIET_CASES {
        problems.push(format!("{quiet} cases are near misses (expect = []); at least {QUIET_CASES} are needed"));
    }
    for (index, case) in cases.iter().enumerate() {
        if cases[..index].iter().any(|other| other.name == case.name) {
            problems.push(format!("two cases are named {:?}", case.name));
        }
    }
    problems
}
