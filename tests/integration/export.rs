//! Exports: every document is what its standard says, ids stay, nothing secret leaves, `--only-new` tells what changed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::common::{Export, Home, Run, analysed, leaked, small, with_records_of};
use crate::schema::Schema;

/// A detection that says things which have to be escaped, in every field.
const HOSTILE: &str = r#"-- +++
-- title = "Hostile | \\ = text"
-- severity = "high"
-- confidence = "low"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Something is always found."
-- impact = "None."
-- false_positives = ["All of them."]
-- next_steps = ["SELECT count(*) FROM requests"]
-- references = ["https://example.com/a=b|c"]
-- tags = ["owasp-asi:2026:ASI10", "atlas:AML.T0053"]
-- +++
SELECT
  '=cmd|'' /C calc''!A0 ' || chr(10) || 'end' AS subject,
  'Line one' || chr(10) || 'a=b|c\d' || chr(8238) || repeat('x', 9000) || '.' AS reason,
  min(time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  's=1|2' AS session_id,
  'tag:ci,tag:lab' AS login,
  '@node' AS device,
  'Agent | 1' AS agent,
  '=HYPERLINK("x")' AS tool,
  '-1+1' AS integration,
  true AS flag,
  1.5 AS fraction,
  make_array('a', 'b') AS list,
  'x' AS "dotted.name",
  array_agg(evidence(export_key, record_id) ORDER BY record_id, export_key) AS evidence
FROM (SELECT * FROM requests ORDER BY record_id, export_key LIMIT 60)
ORDER BY subject
"#;

/// Settings that switch every built-in detection on.
fn everything_on(home: &Home) -> String {
    everything(home, true)
}

/// Settings under which nothing is found.
fn everything_off(home: &Home) -> String {
    everything(home, false)
}

fn everything(home: &Home, enabled: bool) -> String {
    let list = home.run(&["detections", "list"]).code(0).stdout;
    let ids = list.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    ids.map(|id| format!("[detections.\"{id}\"]\nenabled = {enabled}\n")).collect()
}

/// Everything that is found in the samples, and a finding with hostile text, in every format; made once.
pub(crate) fn exported() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let home = &analysed().home;
        home.write("all/tests/hostile.sql", HOSTILE);
        home.write("all.toml", everything_on(home));
        let common = ["export", "--offline", "--config", "all.toml", "--detections", "all", "--format"];
        let formats = "ndjson,ocsf,ecs,ecs-bulk,splunk-hec,cef,lookup-csv,lookup-ndjson";
        home.run(&[&common[..], &[formats, "--output-dir", "exported"]].concat()).code(0);
        let newer = ["ocsf", "--ocsf-version", "1.9", "-o", "exported-1.9"];
        home.run(&[&common[..], &newer].concat()).code(0);
        home.path("exported")
    });
    &FOLDER
}

/// A file of [`exported`].
fn text(name: &str) -> String {
    fs::read_to_string(exported().join(name)).unwrap()
}

/// The lines of a file of [`exported`].
fn lines(name: &str) -> Vec<Value> {
    text(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The finding with hostile text.
fn hostile(name: &str) -> Value {
    let mut found = lines(name).into_iter().filter(|v| v.to_string().contains("tests.hostile"));
    let first = found.next().unwrap();
    assert_eq!(found.next(), None);
    first
}

#[track_caller]
fn nothing_wrong(documents: &[Value], check: impl Fn(&Value) -> Vec<String>) {
    assert!(documents.len() > 4, "{}", documents.len());
    for document in documents {
        let wrong = check(document);
        assert!(wrong.is_empty(), "{wrong:#?}\n{document:#}");
    }
}

#[test]
fn every_ocsf_event_is_what_the_schema_says() {
    for (version, name) in [("1.8", "ocsf-1.8.0"), ("1.9", "ocsf-1.9.0-dev")] {
        let schema = Schema::load(name);
        let events = lines(if version == "1.9" { "../exported-1.9" } else { "findings.ocsf.ndjson" });
        nothing_wrong(&events, |event| schema.ocsf(event));
        let agents =
            events.iter().flat_map(|e| e["evidences"].as_array().unwrap()).filter(|e| e.get("ai_agent").is_some());
        assert_eq!(agents.count() > 0, version == "1.9", "only 1.9 knows agents");
    }
}

#[test]
fn every_ecs_document_is_what_the_schema_says() {
    let schema = Schema::load("ecs-9.4.0");
    let documents = lines("findings.ecs.ndjson");
    nothing_wrong(&documents, |document| schema.ecs(document));
    let bulk = lines("findings.ecs-bulk.ndjson");
    assert_eq!(bulk.len(), 2 * documents.len());
    let ids: BTreeSet<&str> = bulk.iter().step_by(2).map(|action| action["create"]["_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), documents.len(), "ids are unique");
    assert_eq!(bulk.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>(), documents);
}

#[test]
fn the_schema_checks_can_fail() {
    let ocsf = Schema::load("ocsf-1.8.0");
    let good = lines("findings.ocsf.ndjson").remove(0);
    assert_eq!(ocsf.ocsf(&good), Vec::<String>::new());
    let breaks: [(&str, &str, Value); 8] = [
        ("/time", "timestamp_t", json!(1_774_623_390)),
        ("/severity_id", "not in its list", json!(7)),
        ("/severity", "not \"Fine\"", json!("Fine")),
        ("/finding_info/uid", "string_t", json!(1)),
        ("/count", "integer_t", json!(i64::from(i32::MAX) + 1)),
        ("/metadata/profiles", "needs a profile", json!(["cloud"])),
        ("/type_uid", "do not fit", json!(200_402)),
        ("/finding_info/types", "is no list", json!("x")),
    ];
    let actor = lines("findings.ocsf.ndjson").into_iter().find(|e| e.get("actor").is_some()).unwrap();
    for (place, expected, value) in breaks {
        let mut event = actor.clone();
        *event.pointer_mut(place).unwrap() = value;
        let wrong = ocsf.ocsf(&event).join("\n");
        assert!(wrong.contains(expected), "{place}: {wrong}");
    }
    let mut event = good.clone();
    event.as_object_mut().unwrap().remove("finding_info");
    event["agent"] = json!("x");
    let wrong = ocsf.ocsf(&event).join("\n");
    assert!(wrong.contains(".finding_info is missing") && wrong.contains(".agent is unknown"), "{wrong}");

    let ecs = Schema::load("ecs-9.4.0");
    let mut document = lines("findings.ecs.ndjson").remove(0);
    document["event"]["severity"] = json!("high");
    document["event"]["category"] = json!("intrusion_detection");
    document["event"]["kind"] = json!("finding");
    document["event"]["start"] = json!(1_774_623_390);
    document["user"] = json!({ "login": "x" });
    let wrong = ecs.ecs(&document).join("\n");
    for expected in ["event.severity", "event.category", "event.kind", "event.start", "user.login"] {
        assert!(wrong.contains(expected), "{expected}: {wrong}");
    }
}

#[test]
fn all_formats_tell_the_same_findings_at_the_same_time() {
    let plain = lines("findings.ndjson");
    let micros: Vec<(String, i64)> = plain
        .iter()
        .map(|f| {
            let time: jiff::Timestamp = f["time"].as_str().unwrap().parse().unwrap();
            (f["id"].as_str().unwrap().to_owned(), time.as_microsecond())
        })
        .collect();
    let ocsf = lines("findings.ocsf.ndjson");
    let ecs = lines("findings.ecs.ndjson");
    let splunk = lines("findings.splunk-hec.ndjson");
    let cef: Vec<BTreeMap<String, String>> = text("findings.cef").lines().map(|l| cef(l).1).collect();
    for other in [ocsf.len(), ecs.len(), splunk.len(), cef.len()] {
        assert_eq!(other, micros.len());
    }
    for (at, (id, micros)) in micros.iter().enumerate() {
        assert_eq!(ocsf[at]["finding_info"]["uid"], *id);
        assert_eq!(ocsf[at]["time"], micros / 1000, "milliseconds");
        assert_eq!(ecs[at]["event"]["id"], *id);
        let time: jiff::Timestamp = ecs[at]["@timestamp"].as_str().unwrap().parse().unwrap();
        assert_eq!(time.as_microsecond(), *micros);
        assert_eq!(splunk[at]["event"]["id"], *id);
        let seconds = splunk[at]["time"].as_f64().unwrap();
        assert!((seconds - *micros as f64 / 1e6).abs() < 0.001, "seconds: {seconds}");
        assert_eq!((&cef[at]["externalId"], cef[at]["end"].parse().unwrap()), (id, micros / 1000));
    }
}

/// Header and fields of a CEF line, read as the format says.
pub(crate) fn cef(line: &str) -> (Vec<String>, BTreeMap<String, String>) {
    let mut header = vec![String::new()];
    let mut chars = line.chars();
    while header.len() < 8 {
        match chars.next().unwrap() {
            '\\' => header.last_mut().unwrap().push(chars.next().unwrap()),
            '|' => header.push(String::new()),
            c => header.last_mut().unwrap().push(c),
        }
    }
    let rest: String = header.pop().unwrap().chars().chain(chars).collect();
    // A field starts at a word that is followed by an equals sign which is not escaped.
    let start = regex::Regex::new(r"(?:^| )([A-Za-z0-9]+)=").unwrap();
    let places: Vec<_> = start.captures_iter(&rest).map(|c| (c[1].to_owned(), c.get(0).unwrap().range())).collect();
    let mut fields = BTreeMap::new();
    for (at, (name, range)) in places.iter().enumerate() {
        let end = places.get(at + 1).map_or(rest.len(), |(_, next)| next.start);
        let value = rest[range.end..end].replace("\\=", "=").replace("\\\\", "\\");
        assert!(fields.insert(name.clone(), value).is_none(), "{name} twice in {line}");
    }
    (header, fields)
}

#[test]
fn hostile_text_breaks_no_format() {
    let lines = text("findings.cef");
    let (header, fields) = cef(lines.lines().find(|l| l.contains("tests.hostile")).unwrap());
    assert_eq!(header[..4], ["CEF:0", "lightmeter", "lightmeter", env!("CARGO_PKG_VERSION")]);
    assert_eq!(header[4..], ["tests.hostile", "Hostile | \\ = text", "8"]);
    assert_eq!((fields["cs1"].as_str(), fields["cs2"].as_str()), ("=HYPERLINK(\"x\")", "-1+1"));
    assert!(fields["msg"].starts_with("Line one\\na=b|c\\d\\u{202e}xxx"), "{}", fields["msg"]);
    assert!(fields["msg"].chars().count() <= 1023);

    let splunk = hostile("findings.splunk-hec.ndjson");
    let event = &splunk["event"];
    assert!(event.to_string().len() <= 5_000, "Splunk extracts fields from the first 5,000 characters");
    for field in [
        "app",
        "description",
        "dest",
        "id",
        "severity",
        "severity_id",
        "signature",
        "signature_id",
        "src",
        "type",
        "user",
    ] {
        assert!(event.get(field).is_some_and(|v| v.as_str().is_some_and(|s| !s.is_empty())), "{field}: {event}");
    }
    assert!(text("findings.splunk-hec.ndjson").starts_with("{\"time\":"));

    let ecs = hostile("findings.ecs.ndjson");
    assert_eq!(
        ecs["aperture"]["details"],
        json!({ "evidence_total": "60", "flag": "true", "fraction": "1.5", "list": ["a", "b"], "dotted_name": "x" })
    );
    assert_eq!(ecs["user"], json!({ "id": "tag:ci,tag:lab", "name": "tag:ci,tag:lab" }));
    let ocsf = hostile("findings.ocsf.ndjson");
    assert_eq!(ocsf["actor"]["user"]["type"], "Service");
    let plain = hostile("findings.ndjson");
    assert_eq!(plain["subject"], "=cmd|' /C calc'!A0 \\nend");
    assert_eq!(plain["evidence"].as_array().unwrap().len(), 50);
}

/// Rows of a CSV text; quotes and doubled quotes as RFC 4180 has them.
pub(crate) fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => row.last_mut().unwrap().push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    assert_eq!(rows.pop().unwrap(), [""], "the last line is ended");
    rows
}

#[test]
fn lookup_tables_have_one_row_per_key_and_survive_a_spreadsheet() {
    for (table, key) in [
        ("tools", "tool_key"),
        ("integrations", "integration"),
        ("user_agents", "user_device_agent"),
        ("requests", "capture_id"),
        ("secrets", "fingerprint"),
    ] {
        let text = text(&format!("{table}.csv"));
        assert!(!text.contains('\r') && !text.starts_with('\u{feff}'));
        let rows = csv(&text);
        assert_eq!(rows[0][0], key);
        let header: BTreeSet<&String> = rows[0].iter().collect();
        assert_eq!(header.len(), rows[0].len());
        let mut keys = BTreeSet::new();
        for row in &rows[1..] {
            assert_eq!(row.len(), rows[0].len(), "{row:?}");
            assert!(!row[0].is_empty() && keys.insert(row[0].clone()), "{table}: {}", row[0]);
            for cell in row {
                let formula = cell.starts_with(['=', '+', '-', '@', '\t']);
                assert!(!formula || cell.parse::<f64>().is_ok(), "{table}: {cell}");
                assert!(!cell.contains('\n'));
            }
        }
        let lines = lines(&format!("{table}.ndjson"));
        assert_eq!(lines.len(), rows.len() - 1, "{table}");
        assert!(lines.iter().map(|l| l[key].as_str().unwrap()).is_sorted(), "{table}");
        if table != "secrets" {
            assert!(lines.len() > 5, "{table}");
        }
    }
    // A finding's evidence is among the requests, with the finding's id.
    let finding = hostile("findings.ndjson");
    let requests = text("requests.ndjson");
    let marked = requests.lines().filter(|l| l.contains(finding["id"].as_str().unwrap())).count();
    assert!(marked > 40, "{marked}");
}

/// Ids and revisions of what was exported.
fn ids(run: &Run) -> BTreeMap<String, String> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    run.lines().iter().map(|f| (word(&f["id"]), word(&f["revision"]))).collect()
}

#[test]
fn ids_stay_after_reordering_renaming_splitting_merging_and_rerunning() {
    let home = Home::new();
    home.exports("exports", small());
    let first = home.run(&["export", "exports", "--format", "ndjson"]).code(0);
    let expected = ids(&first);
    assert!(expected.len() > 2);
    let again = home.run(&["export", "exports", "--format", "ndjson"]).code(0);
    assert_eq!(again.stdout, first.stdout, "byte for byte");
    let all = |home: &Home| ids(&home.run(&["export", "--offline", "--format", "ndjson"]).code(0));

    // Under other names, the last one first.
    let renamed = Home::new();
    for (n, export) in small().iter().enumerate().rev() {
        let name = format!("other-{}.cbor.zstd", 9 - n);
        renamed.exports("exports", &[Export { name: name.clone(), compressed: export.compressed.clone() }]);
        renamed.run(&["pull", &format!("exports/{name}")]).code(0);
    }
    assert_eq!(all(&renamed), expected, "renamed and last first");

    // Every second record of each export in one object and the others in another one, that is, split and merged.
    let regrouped = Home::new();
    let parts = [0, 1].map(|part| {
        let halves = small().iter().map(|e| with_records_of(e, |_, number| number % 2 == part).compressed);
        // Frames of zstd that follow each other are one stream.
        Export { name: format!("{part}.cbor.zstd"), compressed: halves.flatten().collect() }
    });
    regrouped.exports("exports", &parts);
    regrouped.run(&["pull", "exports"]).code(0);
    assert_eq!(all(&regrouped).keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "split and merged");
}

/// Changes that an export with `--only-new` reports, by finding.
fn changes(home: &Home, more: &[&str]) -> BTreeMap<String, String> {
    let common = ["export", "--offline", "--format", "ndjson", "--only-new"];
    let run = home.run(&[&common[..], more].concat());
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    run.lines()
        .iter()
        .map(|f| (f["id"].as_str().unwrap().to_owned(), f["change"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn only_new_tells_what_is_new_what_has_grown_and_what_is_gone() {
    let home = Home::new();
    home.exports("exports", &small()[..4]);
    home.run(&["pull", "exports"]).code(0);
    let first = changes(&home, &[]);
    assert!(first.len() > 1 && first.values().all(|c| c == "create"), "{first:?}");
    assert_eq!(changes(&home, &[]), BTreeMap::new(), "nothing happened");
    let other = changes(&home, &["--consumer", "elsewhere"]);
    assert_eq!(other, first, "each consumer has an account of its own");

    // The last export brings new findings, and old ones are seen again or grow; nothing else is told.
    let seen = |run: &Run| -> BTreeSet<String> {
        run.lines().iter().map(|f| format!("{} {}", f["revision"], f["last_seen"])).collect()
    };
    let all = || home.run(&["export", "--offline", "--format", "ndjson"]).code(0);
    let first = all();
    let (before, seen_before) = (ids(&first), seen(&first));
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let now = all();
    let after = ids(&now);
    let second = changes(&home, &[]);
    for (id, revision) in &after {
        let expected = match before.get(id) {
            None => Some("create"),
            Some(old) if old != revision => Some("update"),
            Some(_) => None,
        };
        assert_eq!(second.get(id).map(String::as_str), expected, "{id}");
    }
    assert!(second.values().any(|c| c == "create"), "{second:?}");
    // Something was seen again, and that is no news.
    let same = before.iter().filter(|(id, revision)| after.get(*id) == Some(revision)).count();
    assert!(same > seen_before.intersection(&seen(&now)).count(), "{second:?}");

    // A narrower window loses sight of findings; that does not close them.
    assert!(changes(&home, &["--since", "2026-03-27T18:00:00Z", "--allow-empty"]).values().all(|c| c != "close"));
    // Neither does a run that is about fewer findings.
    assert_eq!(changes(&home, &["--min-severity", "critical"]), BTreeMap::new());
    assert_eq!(changes(&home, &["--only", "secrets.still-sent"]), BTreeMap::new());
    // What is no longer found is closed, once.
    home.write("off.toml", everything_off(&home));
    let closed = changes(&home, &["--config", "off.toml"]);
    assert!(!closed.is_empty() && closed.values().all(|c| c == "close"), "{closed:?}");
    assert_eq!(changes(&home, &["--config", "off.toml"]), BTreeMap::new());
    // And told again when it is back.
    let back = changes(&home, &[]);
    assert_eq!(back.keys().collect::<Vec<_>>(), closed.keys().collect::<Vec<_>>());
    assert!(back.values().all(|c| c == "update"), "{back:?}");
}

#[test]
fn numbered_files_hold_each_change_once_and_closings_fit_the_schema() {
    let home = Home::new();
    home.exports("exports", small());
    let common = ["--format", "ocsf,ecs,cef,splunk-hec", "--only-new", "--consumer", "siem", "--output-dir", "out"];
    home.run(&[&["export", "exports"], &common[..]].concat()).code(0);
    home.run(&[&["export", "--offline"], &common[..]].concat()).code(0);
    home.write("off.toml", everything_off(&home));
    home.run(&[&["export", "--offline", "--config", "off.toml"], &common[..]].concat()).code(0);
    let mut names: Vec<String> =
        fs::read_dir(home.path("out")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let kinds = ["cef", "ecs.ndjson", "ocsf.ndjson", "splunk-hec.ndjson"];
    let expected: Vec<String> = (1..=2).flat_map(|n| kinds.map(|kind| format!("findings-{n:08}.{kind}"))).collect();
    assert_eq!(names, expected, "a run without news writes nothing");
    let read = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(home.path("out").join(name)).unwrap();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    };
    let (ocsf, ecs) = (Schema::load("ocsf-1.8.0"), Schema::load("ecs-9.4.0"));
    let closings = read("findings-00000002.ocsf.ndjson");
    assert!(!closings.is_empty());
    for event in closings.iter().chain(&read("findings-00000001.ocsf.ndjson")) {
        assert_eq!(ocsf.ocsf(event), Vec::<String>::new());
    }
    for event in &closings {
        assert_eq!((&event["activity_name"], &event["status"]), (&json!("Close"), &json!("Resolved")));
        assert_eq!((&event["is_alert"], &event["metadata"]["sequence"]), (&json!(false), &json!(2)));
    }
    for document in read("findings-00000002.ecs.ndjson") {
        assert_eq!(ecs.ecs(&document), Vec::<String>::new());
        assert_eq!(document["aperture"]["change"], "close");
        assert_eq!((&document["event"]["kind"], &document["event"]["sequence"]), (&json!("event"), &json!(2)));
    }
}

#[test]
fn a_damaged_lake_closes_nothing_and_says_so() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    assert!(!changes(&home, &[]).is_empty());
    let parts = parts_below(&home.lake());
    let whole: Vec<Vec<u8>> = parts.iter().map(|path| fs::read(path).unwrap()).collect();
    for (path, bytes) in parts.iter().zip(&whole) {
        let mut bytes = bytes.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let run = home.run(&["export", "--offline", "--format", "ndjson", "--only-new"]).code(4);
    let run = run.says(&["left as exported before", "part of the lake could not be read", "lightmeter verify"]);
    assert_eq!(run.stdout, "");
    for (path, bytes) in parts.iter().zip(&whole) {
        fs::write(path, bytes).unwrap();
    }
    assert_eq!(changes(&home, &[]), BTreeMap::new(), "nothing was taken for gone");
}

/// Every part of a lake below a folder.
fn parts_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(parts_below(&path));
        } else if path.extension().is_some_and(|end| end == "parquet") {
            files.push(path);
        }
    }
    files
}

#[test]
fn a_damaged_account_is_named_and_nothing_is_written() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    fs::create_dir(home.lake().join("exports")).unwrap();
    fs::write(home.lake().join("exports/default.json"), "{\"version\":1,").unwrap();
    let args = ["export", "--offline", "--format", "ndjson", "--only-new", "-o", "out.ndjson"];
    home.run(&args).code(1).says(&["account of earlier exports", "default.json", "help: restore the file"]);
    assert!(!home.path("out.ndjson").exists());
}

#[test]
fn exports_that_cannot_be_meant_are_refused() {
    let home = Home::new();
    for (args, says) in [
        (&["--format", "ocsf,ecs"][..], "need --output-dir"),
        (&["--format", "lookup-csv"], "need --output-dir"),
        (&["--format", "sarif"], "possible values: ndjson, ocsf"),
        (&["--format", "ocsf", "--only-new", "--consumer", "../x"], "a consumer is named with"),
        (&["--format", "ocsf", "--consumer", "x"], "--only-new"),
        (&["--format", "ocsf", "--only", "usage.nothing"], "there is no detection usage.nothing"),
        (&[], "--format"),
    ] {
        home.run(&[&["export", "--offline"], args].concat()).code(2).says(&[says]);
    }
    home.run(&["export", "--offline", "--format", "ocsf"]).code(1).says(&["no lake"]);
}

#[test]
fn exports_end_as_reports_do() {
    let home = &analysed().home;
    let code = |args: &[&str]| home.run(args).code;
    for more in [&["--fail-on", "low"][..], &["--since", "2031-01-01"]] {
        let report = code(&[&["analyze", "--offline"], more].concat());
        for format in ["ndjson", "cef"] {
            assert_eq!(code(&[&["export", "--offline", "--format", format], more].concat()), report, "{more:?}");
        }
    }
    // A reader that has seen enough is no failure.
    let pipe = format!("{} export --offline --format ocsf | head -c 10", crate::common::PROGRAM);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{pipe}; exit ${{PIPESTATUS:-0}}")]);
    let plain = home.command(&[]);
    shell.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
    let run = home.finish(shell, None);
    assert_eq!((run.stdout.len(), run.stderr.as_str()), (10, ""));
}

#[test]
fn nothing_secret_is_exported() {
    let folder = exported();
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        assert!(leaked(&text).is_empty(), "{} in {}", leaked(&text).join(", "), path.display());
        assert!(private(&path), "{}", path.display());
        files += 1;
    }
    assert_eq!(files, 6 + 10);
    assert!(private(folder));
}

/// Whether only the owner can read it.
fn private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode().trailing_zeros() >= 6
}
