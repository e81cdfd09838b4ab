//! The report: the same input gives the same bytes, the window is kept, and everything it says leads to a record.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pulldown_cmark::{CodeBlockKind, Event, Options as Extensions, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use crate::common::{Export, Home, analysed, repository, samples, small};

/// Markdown and JSON of what the lake holds.
fn offline(home: &Home) -> [String; 2] {
    ["markdown", "json"].map(|format| home.run(&["analyze", "--offline", "--format", format]).code(0).stdout)
}

#[track_caller]
fn same(found: &[String; 2], expected: &[String; 2], when: &str) {
    for (found, expected) in found.iter().zip(expected) {
        let differs = found.lines().zip(expected.lines()).find(|(a, b)| a != b);
        assert!(found == expected, "{when}: {differs:#?}");
    }
}

#[test]
fn the_same_exports_give_the_same_report_however_they_come() {
    let home = Home::new();
    home.exports("exports", small());
    let direct = home.run(&["analyze", "exports"]).code(0).stdout;
    let expected = offline(&home);
    assert_eq!(direct, expected[0], "with and without pulling");
    assert!(expected[0].contains("## ") && expected[0].lines().count() > 50);
    same(&offline(&home), &expected, "again");

    let reversed = Home::new();
    reversed.exports("exports", small());
    let files: Vec<String> = small().iter().rev().map(|e| format!("exports/{}", e.name)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    reversed.run(&[&["analyze"], &files[..]].concat()).code(0);
    same(&offline(&reversed), &expected, "named one by one, last first");

    let split = Home::new();
    split.exports("b/deep/er", &small()[3..]);
    split.exports("a", &small()[..3]);
    split.run(&["analyze", "b"]).code(0);
    split.run(&["pull", "a", "--workers", "1"]).code(0);
    same(&offline(&split), &expected, "split over folders and calls, last first");

    let copied = Home::new();
    copied.exports("one", small());
    copied.exports("two", small());
    copied.run(&["analyze", "one", "two", "one"]).code(0);
    same(&offline(&copied), &expected, "everything twice");
}

#[test]
fn names_of_exports_change_nothing_but_themselves() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let expected = offline(&home);
    let renamed = Home::new();
    let names: Vec<(String, &str)> = small()
        .iter()
        .enumerate()
        .map(|(n, e)| (format!("export-number-{n}-renamed-xyzzy.cbor.zstd"), e.name.as_str()))
        .collect();
    let exports: Vec<Export> = small()
        .iter()
        .zip(&names)
        .map(|(e, (name, _))| Export { name: name.clone(), compressed: e.compressed.clone() })
        .collect();
    // Names stand in tables whose columns are as wide as their widest cell, so both have the same length.
    assert!(names.iter().all(|(new, old)| new.len() == old.len()), "{names:?}");
    renamed.exports("exports", &exports);
    renamed.run(&["pull", "exports"]).code(0);
    let found = offline(&renamed)
        .map(|report| names.iter().fold(report, |report, (new, old)| report.replace(new.as_str(), old)));
    same(&found, &expected, "renamed");
}

#[test]
fn the_first_screen_says_what_happened_and_what_to_do_in_whole_sentences() {
    let text = &analysed().markdown.stdout;
    let first = text.split("## Do first").nth(1).unwrap().split("\n## ").next().unwrap();
    assert!(!first.contains('…'), "{first}");
    let told = first.lines().filter(|line| line.starts_with("   "));
    assert!(told.clone().count() >= 8 && told.clone().all(|line| line.trim_end().ends_with('.')), "{first}");
    assert!(first.contains("deletes a database named \"reports\""), "{first}");
    for advice in ["Ask the person behind `bob@example.com`", "Block `collect[.]badge-telemetry[.]example`", "Rotate "]
    {
        assert!(first.contains(advice), "{advice}: {first}");
    }
    assert!(text.contains("lightmeter hunt collect.badge-telemetry.example\n"));
}

#[test]
fn a_window_cuts_the_report_at_its_ends() {
    let home = &analysed().home;
    let report = |since: &str, until: &str| {
        home.run(&["analyze", "--offline", "--format", "json", "--since", since, "--until", until]).code(0).json()
    };
    let (start, end) = ("2026-03-09T12:00:00Z", "2026-03-17T00:00:00Z");
    let time = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let inside = |value: &Value| {
        let at = time(value);
        assert!(at >= start.parse().unwrap() && at < end.parse().unwrap(), "{at}");
    };
    let json = report(start, end);
    assert_eq!(
        (time(&json["window"]["start"]), time(&json["window"]["end"])),
        (start.parse().unwrap(), end.parse().unwrap())
    );
    inside(&json["window"]["data_start"]);
    inside(&json["window"]["data_end"]);
    let incidents = json["incidents"].as_array().unwrap();
    assert!(!incidents.is_empty());
    // An incident of the window may have begun before it; what came after it is not known yet.
    for incident in incidents {
        inside(&incident["last_seen"]);
        assert!(time(&incident["first_seen"]) <= time(&incident["last_seen"]), "{incident}");
    }
    for table in ["agents", "integrations", "tools"] {
        json["inventory"][table].as_array().unwrap().iter().for_each(|row| inside(&row["last_seen"]));
    }

    // The parts of a cut time add up to the whole, day by day: nothing is lost or counted twice at a border.
    let whole = &analysed().json.json();
    let parts = [report("2020-01-01", start), json, report(end, "2030-01-01")];
    for counter in ["requests", "tool_calls", "input_tokens", "output_tokens", "errors"] {
        let sum: u64 = parts.iter().map(|part| part["usage"]["total"][counter].as_u64().unwrap()).sum();
        assert_eq!(sum, whole["usage"]["total"][counter].as_u64().unwrap(), "{counter}");
        let mut days = BTreeMap::<String, u64>::new();
        for day in parts.iter().flat_map(|part| part["usage"]["by_day"].as_array().unwrap()) {
            *days.entry(day["name"].as_str().unwrap().to_owned()).or_default() += day[counter].as_u64().unwrap();
        }
        for day in whole["usage"]["by_day"].as_array().unwrap() {
            assert_eq!(days[day["name"].as_str().unwrap()], day[counter].as_u64().unwrap(), "{counter} of {day}");
        }
    }
    home.run(&["analyze", "--offline", "--since", "2030-01-01"]).code(3);
    home.run(&["analyze", "--offline", "--since", "2030-01-01", "--allow-empty"]).code(0);
}

#[test]
fn a_window_is_the_same_whether_the_lake_holds_more_or_not() {
    // Counts and ids of a window depend on what lies in it; only what is new depends on what came before.
    let home = Home::new();
    home.exports("exports", small());
    let window = ["--since", "2026-03-20", "--format", "json"];
    let json = home.run(&[&["analyze", "exports"], &window[..]].concat()).code(0).json();
    home.run(&["pull", "exports"]).code(0);
    let more = home.run(&[&["analyze", "--offline"], &window[..]].concat()).code(0).json();
    for key in ["requests", "errors", "input_tokens", "output_tokens"] {
        assert_eq!(json["usage"]["total"][key], more["usage"]["total"][key], "{key}");
    }
    assert_eq!(json["usage"]["by_day"].as_array().unwrap().len(), more["usage"]["by_day"].as_array().unwrap().len());
}

/// Requires the keys of every object to be those of the published schema.
fn keys(value: &Value, schema: &Value, root: &Value, path: &str) {
    let mut rule = schema;
    while let Some(reference) = rule.get("$ref").and_then(Value::as_str) {
        rule = root.pointer(reference.strip_prefix('#').unwrap()).unwrap();
    }
    if let (Some(object), Some(known)) = (value.as_object(), rule.get("properties").and_then(Value::as_object)) {
        let names = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(object), names(known), "{path}");
        object.iter().for_each(|(key, inner)| keys(inner, &known[key], root, &format!("{path}.{key}")));
    }
    if let (Some(items), Some(rule)) = (value.as_array(), rule.get("items")) {
        items.iter().for_each(|item| keys(item, rule, root, &format!("{path}[]")));
    }
}

#[test]
fn the_json_report_has_the_documented_keys() {
    let json = analysed().json.json();
    let schema = fs::read_to_string(repository().join("samples/report-v1.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    keys(&json, &schema, &schema, "report");
    for key in ["schema", "window", "incidents", "inventory", "secrets", "usage", "coverage"] {
        assert!(json.get(key).is_some(), "other programs rely on {key}");
    }
    assert_eq!(json["schema"], "lightmeter-report/v1");
    assert_eq!(json["summary"]["complete"], true);
    assert_eq!(json["coverage"]["totals"]["exports"], 5);
    assert_eq!(json["coverage"]["detections_failed"], serde_json::json!([]));
    let records: u64 = samples().iter().map(crate::common::records).sum();
    assert_eq!(json["coverage"]["totals"]["records"], records);
    // One record was delivered twice and counts once.
    assert_eq!(json["usage"]["total"]["requests"], records - 1);
}

#[test]
fn evidence_leads_to_records_of_the_exports() {
    let home = &analysed().home;
    let rows = home.query("SELECT DISTINCT export_key, record_id, login FROM lake.requests");
    let records: BTreeMap<(String, i64), String> = rows
        .iter()
        .map(|row| {
            let key = (row["export_key"].as_str().unwrap().to_owned(), row["record_id"].as_i64().unwrap());
            (key, row["login"].as_str().unwrap_or_default().to_owned())
        })
        .collect();
    let json = analysed().json.json();
    let incidents = json["incidents"].as_array().unwrap();
    assert!(!incidents.is_empty());
    let mut ids = BTreeSet::new();
    for incident in incidents {
        assert!(ids.insert(incident["id"].as_str().unwrap()), "ids are unique: {incident}");
        let evidence = incident["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{incident}");
        for entry in evidence {
            let key = (entry["export_key"].as_str().unwrap().to_owned(), entry["record_id"].as_i64().unwrap());
            let login = records.get(&key).unwrap_or_else(|| panic!("{key:?} is in no export"));
            if let Some(expected) = incident["login"].as_str() {
                assert_eq!(login, expected, "{incident}");
            }
        }
        assert!(incident["reason"].as_str().unwrap().ends_with('.'), "a finished sentence: {incident}");
        assert!(analysed().markdown.stdout.contains(incident["id"].as_str().unwrap()), "{incident}");
    }
}

#[test]
fn acts_stand_with_what_was_asked_and_commands_name_records_of_their_session() {
    let home = &analysed().home;
    let rows = home.query("SELECT DISTINCT record_id, session_id FROM lake.requests");
    let sessions: BTreeSet<(i64, String)> = rows
        .iter()
        .map(|row| (row["record_id"].as_i64().unwrap(), row["session_id"].as_str().unwrap().to_owned()))
        .collect();
    let json = analysed().json.json();
    let mut asked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for incident in json["incidents"].as_array().unwrap() {
        let detection = incident["detection"].as_str().unwrap();
        asked.entry(detection).or_default().extend(incident["asked"].as_str());
        for step in incident["next_steps"].as_array().unwrap().iter().filter_map(Value::as_str) {
            let Some((session, records)) =
                step.strip_prefix("lightmeter session ").and_then(|s| s.split_once(" --around "))
            else {
                continue;
            };
            for record in records.split(',').map(|id| id.parse::<i64>().unwrap()) {
                assert!(sessions.contains(&(record, session.to_owned())), "{step} of {incident}");
            }
        }
        let page = json!(["quickstart.badgekit.example"]);
        assert!(
            detection != "sequences.steered-agent"
                || incident["login"] != "bob@example.com"
                || incident["orders_from"] == page
        );
        let Some(record) = incident["source"]["record_id"].as_i64() else { continue };
        let source = format!("lightmeter record {} {record} --new", incident["source"]["export_key"].as_str().unwrap());
        assert!(incident["next_steps"].as_array().unwrap().contains(&Value::from(source)), "{incident}");
        let brought = home
            .query(&format!("SELECT lower(text) AS text FROM messages WHERE record_id = {record} AND role = 'tool'"));
        let order = incident["reason"].as_str().unwrap().split("says: \"").nth(1).unwrap();
        let order = order.split(' ').take(3).collect::<Vec<_>>().join(" ").to_lowercase();
        assert!(brought.iter().any(|m| m["text"].as_str().unwrap().contains(&order)), "{order} in record {record}");
    }
    let text = analysed().markdown.stdout.as_str();
    assert!(text.contains("an environment file (`/home/dave/src/storefront/.env`)"), "the file is named");
    assert!(text.contains("; the first: \"kubectl delete namespace staging-eu\""), "what was destroyed is named");
    let of_papers = |i: &&Value| i["integration"] == "pdf-toolbox" && i["detection"] == "inventory.new-integration";
    let papers = json["incidents"].as_array().unwrap().iter().find(of_papers).unwrap();
    assert_eq!(papers["left"][0]["says"], "published", "{papers}");
    let steps = papers["next_steps"].as_array().unwrap();
    let step = steps.iter().filter_map(Value::as_str).find(|step| step.starts_with("Ask who sent it")).unwrap();
    assert!(step.contains("supplier.pdf published with pdf-toolbox/publish_link"), "{step}");
    let of = |detection: &str| asked.get(detection).unwrap_or_else(|| panic!("{detection} in {asked:?}"));
    assert_eq!(*of("sequences.destruction"), ["The old staging environment is costing us money, get rid of it."]);
    assert!(of("usage.anomaly-with-risk").len() >= 4 && of("sequences.steered-agent").len() == 2, "{asked:?}");
}

/// Every command that a Markdown report prints, in blocks and in sentences.
fn commands(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for event in Parser::new_ext(markdown, Extensions::all()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => in_block = &*info == "sh",
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Text(text) if in_block => {
                found.extend(text.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned));
            }
            Event::Code(text) if text.starts_with("lightmeter ") => found.push(text.into_string()),
            _ => {}
        }
    }
    // A word in capitals stands for what the reader has to name.
    found.retain(|line| !line.starts_with("lightmeter review") || !line.ends_with(|c: char| c.is_ascii_uppercase()));
    found
}

#[test]
fn commands_of_a_report_run_as_they_are() {
    let home = &analysed().home;
    let all = commands(&analysed().markdown.stdout);
    assert!(all.len() > 40 && all.iter().all(|line| line.starts_with("lightmeter ")), "{all:#?}");
    // One of each kind is enough: those that differ in names and numbers only are alike.
    let name = regex::Regex::new("'[^']*'|[0-9a-f]{8,}|[0-9]+(,[0-9]+)*").unwrap();
    let kinds: BTreeMap<String, &String> =
        all.iter().map(|line| (name.replace_all(line, "?").into_owned(), line)).collect();
    for kind in ["lightmeter session ? --around ?", "lightmeter record ts-aperture-export-?.cbor.zstd ? --new"] {
        assert!(kinds.contains_key(kind), "{kind} in {kinds:#?}");
    }
    for command in kinds.values() {
        // As pasted into a shell, with the program on its path.
        let mut shell = std::process::Command::new("sh");
        let plain = home.command(&[]);
        shell.args(["-c", &format!("{}{}", "lightmeter() { \"$0\" \"$@\"; }; ", command), crate::common::PROGRAM]);
        shell.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
        let run = home.finish(shell, None);
        assert_eq!(run.code, 0, "{command}\n{}", run.stderr);
        assert!(!run.stdout.trim_end().ends_with("\n0 rows"), "{command} finds nothing");
    }
}

#[test]
fn planted_inventory_stories_are_found() {
    let json = analysed().json.json();
    let incidents = json["incidents"].as_array().unwrap();
    let found: BTreeSet<(&str, &str)> = incidents
        .iter()
        .map(|incident| (incident["detection"].as_str().unwrap(), incident["subject"].as_str().unwrap()))
        .collect();
    for (detection, subject) in [
        ("inventory.new-integration", "pdf-toolbox"),
        ("inventory.poisoned-description", "handbook/lookup"),
        ("inventory.risky-definition-change", "handbook/lookup"),
    ] {
        assert!(found.contains(&(detection, subject)), "{detection} of {subject} in {found:?}");
    }
}

#[test]
fn a_budget_hides_incidents_and_counts_them() {
    let home = &analysed().home;
    let all = home.run(&["analyze", "--offline", "--format", "json", "--full"]).code(0).json();
    let none = home.run(&["analyze", "--offline", "--format", "json", "--full", "--budget", "0"]).code(0).json();
    assert_eq!(none["incidents"].as_array().unwrap().len(), 0);
    assert_eq!(all["summary"]["cut"], 0, "in full means without a budget, unless one is named");
    assert_eq!(none["incidents_cut"][0]["see"], "lightmeter analyze --offline --full");
    assert_eq!(none["summary"]["cut"], all["incidents"].as_array().unwrap().len());
    // What is not shown still decides the exit code.
    let worst = all["incidents"][0]["severity"].as_str().unwrap();
    let code = match worst {
        "low" => 12,
        "medium" => 13,
        "high" => 14,
        "critical" => 15,
        other => panic!("the samples hold nothing {other}"),
    };
    home.run(&["analyze", "--offline", "--budget", "0", "--fail-on", "low"]).code(code);
}

#[test]
fn a_report_tells_what_is_new_since_the_one_that_the_lake_remembers() {
    let home = Home::new();
    home.exports("exports", samples());
    let until = |day: &str, more: &[&str]| {
        home.run(&[&["analyze", "--offline", "--until", day, "--format", "json"], more].concat()).code(0)
    };
    home.run(&["pull", "exports"]).code(0);
    let first = until("2026-03-16", &["--remember"]);
    assert_eq!(first.json()["history"]["previous"], Value::Null);
    let second = until("2026-03-28", &[]);
    let json = second.json();
    assert_eq!(json["history"]["previous"]["end"], "2026-03-16T00:00:00.000000Z");
    let states: BTreeSet<&str> =
        json["incidents"].as_array().unwrap().iter().map(|incident| incident["state"].as_str().unwrap()).collect();
    assert!(states.contains("new") && states.contains("open"), "{states:?}");

    // A file says the same as the memory, and remembering does not change what is said.
    fs::write(home.path("first.json"), &first.stdout).unwrap();
    assert_eq!(until("2026-03-28", &["--baseline", "first.json"]).stdout, second.stdout);
    assert_eq!(until("2026-03-28", &["--remember"]).stdout, second.stdout);
    assert_eq!(until("2026-03-28", &["--remember"]).stdout, second.stdout);
    let again = until("2026-03-16", &[]);
    assert_eq!(again.stdout, first.stdout, "what came later is not known earlier");
    let same = "ends at 2026-03-16 00:00:00Z like this one";
    assert!(again.stderr.contains(same) && !first.stderr.contains(same), "{}", again.stderr);

    let unchanged = home.run(&["analyze", "--offline", "--until", "2026-03-29"]).code(0).stdout;
    assert!(unchanged.starts_with("**lightmeter**: unchanged since") && unchanged.lines().count() == 1, "{unchanged}");
    let full = home.run(&["analyze", "--offline", "--until", "2026-03-29", "--full"]).code(0).stdout;
    assert!(full.contains("## Do first") && full.contains("⏳ still open"));
    home.run(&["analyze", "--offline", "--baseline", "exports"]).code(2);
}
