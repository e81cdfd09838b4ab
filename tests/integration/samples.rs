//! The committed sample exports are what the generator writes, and say what their README says.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

#[path = "../../samples/make/generate.rs"]
pub(crate) mod generate;

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Reads a committed export and undoes the compression, which may differ between zstd versions.
fn committed(name: &str) -> Vec<u8> {
    let file = fs::File::open(samples().join("exports").join(name)).expect("the export is committed");
    zstd::stream::decode_all(file).expect("the export decompresses")
}

#[test]
fn committed_exports_are_byte_for_byte_what_the_generator_writes() {
    let sample = generate::sample();
    for export in &sample.exports {
        let found = committed(&export.name);
        let same = found.iter().zip(&export.bytes).take_while(|(a, b)| a == b).count();
        assert!(found == export.bytes, "{} differs from byte {same}; run the make-samples example", export.name);
    }
    let labels = fs::read_to_string(samples().join("exports/labels.json")).expect("the labels are committed");
    assert!(labels == sample.labels, "labels.json differs; run the make-samples example");

    let expected: BTreeSet<String> =
        sample.exports.iter().map(|e| e.name.clone()).chain(["labels.json".to_string()]).collect();
    let found: BTreeSet<String> = fs::read_dir(samples().join("exports"))
        .expect("the folder is committed")
        .map(|entry| entry.expect("readable entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, expected, "samples/exports holds exactly the generated files");
}

#[test]
fn planted_secrets_stand_in_the_exports_and_nowhere_else() {
    let sample = generate::sample();
    let exports: String = sample.exports.iter().map(|e| String::from_utf8_lossy(&e.bytes).into_owned()).collect();
    let mut texts = vec![
        ("labels.json".to_string(), sample.labels),
        ("README.md".to_string(), fs::read_to_string(samples().join("README.md")).expect("README")),
    ];
    for entry in fs::read_dir(samples().join("make")).expect("the generator's folder") {
        let path = entry.expect("readable entry").path();
        texts.push((path.display().to_string(), fs::read_to_string(&path).expect("source is text")));
    }
    for canary in generate::canaries() {
        assert!(canary.needle().len() >= 16, "{} is too short to search for", canary.id);
        assert!(exports.contains(canary.needle()), "{} is in no export", canary.id);
        for (name, text) in &texts {
            assert!(!text.contains(canary.needle()), "{name} holds the value of {}", canary.id);
        }
    }
}

#[test]
fn readme_lists_exactly_the_planted_stories_and_secrets() {
    let readme = fs::read_to_string(samples().join("README.md")).expect("README");
    let rows: BTreeSet<&str> =
        readme.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|rest| rest.split('`').next()).collect();
    let labels: serde_json::Value = serde_json::from_str(&generate::sample().labels).expect("labels are JSON");
    let mut planted = BTreeSet::new();
    for list in ["planted", "secrets"] {
        for label in labels[list].as_array().expect("a list") {
            planted.insert(label["id"].as_str().expect("an id").to_string());
        }
    }
    assert_eq!(rows, planted.iter().map(String::as_str).collect());
}

#[test]
fn labels_point_at_records_of_the_exports() {
    let sample = generate::sample();
    let labels: serde_json::Value = serde_json::from_str(&sample.labels).expect("labels are JSON");
    let (mut low, mut high, mut records) = (u64::MAX, 0, 0);
    for export in labels["exports"].as_array().expect("a list") {
        low = low.min(export["first_record_id"].as_u64().expect("an id"));
        high = high.max(export["last_record_id"].as_u64().expect("an id"));
        records += export["records"].as_u64().expect("a count");
    }
    // One record is delivered twice.
    assert_eq!(records, high - low + 2);
    for label in labels["planted"].as_array().expect("a list") {
        let ids: Vec<u64> = label["record_ids"].as_array().expect("ids").iter().filter_map(|v| v.as_u64()).collect();
        assert!(!ids.is_empty(), "{} points at nothing", label["id"]);
        assert!(ids.iter().all(|id| (low..=high).contains(id)), "{} points outside", label["id"]);
        assert!(ids.is_sorted(), "{} lists its records in order", label["id"]);
    }
}
