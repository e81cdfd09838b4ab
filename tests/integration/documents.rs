//! Every document of an export against what its standard says, counted by format.
//!
//! The samples are checked in the ordinary tests. Exports of other data are checked with
//! `DOCUMENTS=DIR cargo test --test integration -- --ignored --nocapture documents_of_a_folder`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::export::{cef, csv, exported};
use crate::schema::Schema;

/// Documents and violations of a format.
type Count = (usize, Vec<String>);

/// Checks every file of a folder.
fn check(folder: &Path) -> BTreeMap<String, Count> {
    let (ocsf, newer, ecs) = (Schema::load("ocsf-1.8.0"), Schema::load("ocsf-1.9.0-dev"), Schema::load("ecs-9.4.0"));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut add = |format: &str, wrong: Vec<String>| {
        let (documents, violations) = counts.entry(format.to_owned()).or_default();
        *documents += 1;
        violations.extend(wrong);
    };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        if name.ends_with(".csv") {
            table(&text).into_iter().for_each(|wrong| add("lookup-csv", wrong));
            continue;
        }
        for line in text.lines() {
            if name.ends_with(".cef") {
                add("cef", common_event(line));
                continue;
            }
            let value: Value = serde_json::from_str(line).unwrap();
            match value["metadata"]["version"].as_str() {
                Some("1.9.0-dev") => add("ocsf 1.9", newer.ocsf(&value)),
                Some(_) => add("ocsf 1.8", ocsf.ocsf(&value)),
                None if value.get("ecs").is_some() && name.contains("bulk") => add("ecs-bulk", ecs.ecs(&value)),
                None if value.get("ecs").is_some() => add("ecs", ecs.ecs(&value)),
                None if value.get("sourcetype").is_some() => add("splunk-hec", envelope(&value)),
                None if value.get("create").is_some() => {}
                None if name.starts_with("findings") => add("ndjson", flat(&value)),
                None => add("lookup-ndjson", flat(&value)),
            }
        }
    }
    counts
}

/// An event of Splunk's collector with the fields of the CIM data model Alerts.
fn envelope(value: &Value) -> Vec<String> {
    let event = &value["event"];
    let mut wrong: Vec<String> =
        ["app", "description", "dest", "id", "severity", "signature", "signature_id", "src", "type", "user"]
            .into_iter()
            .filter(|name| event[*name].as_str().is_none_or(str::is_empty))
            .map(|name| format!("{name} is missing"))
            .collect();
    if !value["time"].as_f64().is_some_and(|seconds| (1.5e9..4.1e9).contains(&seconds)) {
        wrong.push(format!("time is {}", value["time"]));
    }
    if event.to_string().len() > 5_000 {
        wrong.push("it is longer than what Splunk extracts fields from".to_owned());
    }
    wrong
}

/// Values only, no nested objects below the first level but for lists of words.
fn flat(value: &Value) -> Vec<String> {
    let nested = |value: &Value| value.as_array().is_some_and(|l| l.iter().any(|v| v.is_array()));
    let object = value.as_object().unwrap();
    object.iter().filter(|(_, value)| nested(value)).map(|(name, _)| format!("{name} is nested")).collect()
}

fn common_event(line: &str) -> Vec<String> {
    let (header, fields) = cef(line);
    let mut wrong = Vec::new();
    if header.len() != 7 || header[0] != "CEF:0" || !header[6].parse::<u8>().is_ok_and(|severity| severity <= 10) {
        wrong.push(format!("header {header:?}"));
    }
    for name in ["start", "end"] {
        if !fields.get(name).is_some_and(|millis| millis.len() == 13 && millis.parse::<u64>().is_ok()) {
            wrong.push(format!("{name} is {:?}", fields.get(name)));
        }
    }
    let labels = fields.keys().filter(|name| name.ends_with("Label"));
    wrong.extend(
        labels.filter(|l| !fields.contains_key(l.trim_end_matches("Label"))).map(|l| format!("{l} has no value")),
    );
    wrong
}

/// One list of violations per row.
fn table(text: &str) -> Vec<Vec<String>> {
    let rows = csv(text);
    let mut keys = BTreeSet::new();
    let mut check = |row: &Vec<String>| {
        let mut wrong = Vec::new();
        if row.len() != rows[0].len() {
            wrong.push(format!("{} cells instead of {}", row.len(), rows[0].len()));
        }
        if row[0].is_empty() || !keys.insert(row[0].clone()) {
            wrong.push(format!("the key {} is empty or not unique", row[0]));
        }
        if row.iter().any(|cell| cell.contains('\n')) {
            wrong.push("a line break in a cell".to_owned());
        }
        wrong
    };
    rows[1..].iter().map(&mut check).collect()
}

#[track_caller]
fn nothing_wrong(counts: &BTreeMap<String, Count>) {
    for (format, (_, violations)) in counts {
        assert!(violations.is_empty(), "{format}: {:#?}", &violations[..violations.len().min(20)]);
    }
}

#[test]
fn every_document_of_the_samples_is_what_its_standard_says() {
    let counts = check(exported());
    let formats: Vec<&str> = counts.keys().map(String::as_str).collect();
    assert_eq!(formats, ["cef", "ecs", "ecs-bulk", "lookup-csv", "lookup-ndjson", "ndjson", "ocsf 1.8", "splunk-hec"]);
    nothing_wrong(&counts);
    let findings = counts["ndjson"].0;
    assert!(findings > 4);
    for format in ["cef", "ecs", "ecs-bulk", "ocsf 1.8", "splunk-hec"] {
        assert_eq!(counts[format].0, findings, "{format}");
    }
}

#[test]
#[ignore = "needs a folder: DOCUMENTS=DIR"]
fn documents_of_a_folder() {
    let folder = std::env::var("DOCUMENTS").unwrap();
    let counts = check(Path::new(&folder));
    for (format, (documents, violations)) in &counts {
        println!("{format}: {documents} documents, {} violations", violations.len());
    }
    nothing_wrong(&counts);
}
