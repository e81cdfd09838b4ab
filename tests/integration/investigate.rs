//! Looking into what happened: sessions, hunts, raw records, verification, tables, results as files.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use ciborium::Value as Cbor;
use serde_json::{Value, json};

use crate::common::{Export, Home, Random, analysed, leaked, samples, small};
use crate::conversation::{self, deep, record, said, user};
use crate::samples::generate;

const HOSTILE: &str =
    "\u{1b}]0;x\u{7}\u{202e}</pre><script>alert(1)</script>![x](http://evil.example/a.png)\n```\n# heading";

fn export(name: &str, records: &[Cbor]) -> Export {
    Export { name: name.to_owned(), compressed: conversation::export(records) }
}

#[test]
fn a_deep_conversation_is_one_thread_with_its_branches() {
    let home = Home::new();
    home.exports("exports", &[export("ts-aperture-export-1772400000.cbor.zstd", &deep())]);
    home.run(&["pull", "exports"]).code(0);
    let listed = home.run(&["sessions", "--format", "json"]).code(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!((&listed[0]["requests"], &listed[0]["asked"]), (&json!(375), &json!("question 0")));
    let id = listed[0]["session_id"].as_str().unwrap();
    let session = home.run(&["session", &id[..8], "--no-findings", "--format", "json"]).code(0).json();
    let threads = session["threads"].as_array().unwrap();
    assert_eq!(session["head"]["messages"], 750);
    let note = |run: &crate::common::Run| run.json()["notes"][0].as_str().unwrap_or_default().to_owned();
    assert!(note(&home.run(&["session", id, "--format", "json"]).code(0)).contains("not analysed yet"));
    assert_eq!(threads.len(), 21);
    assert_eq!(threads[0]["messages"].as_array().unwrap().len(), 710);
    for (nth, branch) in threads.iter().enumerate().skip(1) {
        assert_eq!(branch["from_message"], json!(34 * nth - 2), "{nth}");
        assert_eq!((&branch["kind"], &branch["uncertain"]), (&json!("branch"), &json!(false)));
        assert_eq!(branch["messages"].as_array().unwrap().len(), 2);
    }
    let text = home.run(&["session", id, "--no-findings", "--fold"]).code(0).stdout;
    assert!(text.contains("branch from message 32") && !text.contains("branch 16 "), "folded");
    let one = home.run(&["session", id, "--no-findings", "--thread", "3"]).code(0).stdout;
    assert!(one.contains("branch 33") && one.lines().count() < 40, "{one}");
    home.run(&["session", id, "--no-findings", "--thread", "99"]).code(2).says(&["there is no thread 99"]);
}

#[test]
fn sub_agents_and_resumed_sessions_name_each_other() {
    let (main, sub, later) = [
        "aaaaaaaa-0000-0000-0000-000000000001",
        "bbbbbbbb-0000-0000-0000-000000000002",
        "cccccccc-0000-0000-0000-000000000003",
    ]
    .into();
    let prompt = "Find every place that still uses the old cursor.";
    let call = json!([{ "type": "tool_use", "id": "t1", "name": "Task", "input": { "description": "Search", "prompt": prompt } }]);
    let mut told = vec![user("Replace the cursor.")];
    let mut records = vec![record(1, "ana@example.com", main, &told, &call)];
    records.push(record(60, "ana@example.com", sub, &[user(prompt)], &said("In two files.")));
    told.push(json!({ "role": "assistant", "content": call }));
    told.push(json!({ "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "t1", "content": "In two files." }] }));
    records.push(record(120, "ana@example.com", main, &told, &said("Done.")));
    told.extend([json!({ "role": "assistant", "content": said("Done.") }), user("And the tests?")]);
    // Four hours later, under an id of its own.
    records.push(record(4 * 3600, "ana@example.com", later, &told, &said("They pass.")));
    let home = Home::new();
    home.exports("exports", &[export("ts-aperture-export-1772400000.cbor.zstd", &records)]);
    home.run(&["pull", "exports"]).code(0);
    let listed = home.run(&["sessions", "--format", "jsonl", "--sort", "recent"]).code(0).lines();
    let linked: Vec<&str> = listed.iter().map(|s| s["linked"].as_str().unwrap()).collect();
    assert_eq!(linked, ["resumed", "1 sub-agent", "sub-agent"]);
    let id = |nth: usize| listed[nth]["session_id"].as_str().unwrap();
    assert_eq!((listed[0]["resumes"].as_str(), listed[2]["begun_by"].as_str()), (Some(id(1)), Some(id(1))));
    let shown = |nth: usize, texts: &[&str]| {
        let text = home.run(&["session", id(nth), "--no-findings"]).code(0).stdout;
        texts.iter().for_each(|wanted| assert!(text.contains(wanted), "{wanted} is not in {text}"));
    };
    shown(0, &["resumes", id(1), "same conversation"]);
    shown(1, &["began", id(2), "goes on", id(0)]);
    shown(2, &["begun by", id(1), "text of a call of Task", "sub-agent"]);
    let links = home.run(&["session", id(2), "--no-findings", "--format", "json"]).code(0).json()["links"].clone();
    assert_eq!((&links[0]["relation"], &links[0]["evidence"]), (&json!("sub-agent"), &json!("call")));
}

#[test]
fn hostile_content_is_text_in_every_command_and_format() {
    let home = Home::new();
    let call = json!([{ "type": "tool_use", "id": HOSTILE, "name": HOSTILE, "input": { HOSTILE: HOSTILE } }]);
    let records = [
        record(1, HOSTILE, HOSTILE, &[user(HOSTILE)], &call),
        record(2, HOSTILE, HOSTILE, &[user("x")], &said(HOSTILE)),
    ];
    home.exports("exports", &[export("ts-aperture-export-1772400001.cbor.zstd", &records)]);
    home.run(&["pull", "exports"]).code(0);
    let id = home.query("SELECT session_id FROM requests ORDER BY time")[0]["session_id"].as_str().unwrap().to_owned();
    let checked = |args: &[&str]| {
        let out = home.run(args).code(0).stdout;
        assert!(!out.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{args:?}: {out}");
        out
    };
    for format in ["text", "markdown", "json", "html"] {
        // One of them with the findings of hostile content.
        let mut args = vec!["session", &id, "--format", format];
        args.extend((format == "html").then_some("--findings"));
        let out = checked(&args);
        assert_eq!(out, checked(&args), "the same bytes again");
        if format == "html" {
            assert!(
                !out.contains("<script")
                    && !out.contains("<img")
                    && out.contains("default-src &#x27;none&#x27;") | out.contains("default-src 'none'")
            );
        }
    }
    for format in ["table", "json", "jsonl", "csv", "markdown"] {
        checked(&["sessions", "--format", format]);
        checked(&["hunt", "evil.example", "text:alert(1)", "--format", format]);
    }
    checked(&["record", "ts-aperture-export-1772400001.cbor.zstd", "1"]);
    checked(&["verify"]);
}

#[test]
fn a_session_shows_what_the_last_analysis_found() {
    let home = &analysed().home;
    let report = analysed().json.json();
    let incidents = report["incidents"].as_array().unwrap();
    let incident = incidents.iter().find(|i| i["detection"] == "sequences.steered-agent").unwrap();
    let id = incident["session_id"].as_str().unwrap();
    let session = home.run(&["session", id, "--format", "json"]).code(0).json();
    let marks = session["findings"].as_array().unwrap();
    let mark = marks.iter().find(|mark| mark["id"] == incident["id"]).unwrap();
    assert_eq!(mark["severity"], incident["severity"]);
    assert!(!mark["messages"].as_array().unwrap().is_empty(), "in place");
    assert!(marks.iter().any(|mark| mark["tier"] == "signal"));
    let note = session["notes"][0].as_str().unwrap();
    assert!(note.contains("of the last analysis, from the beginning to 2026-03-27"), "{note}");
    let without = home.run(&["session", id, "--no-findings", "--format", "json"]).code(0).json();
    assert_eq!(without["findings"], json!([]));
}

#[test]
fn a_session_names_tools_as_the_whole_lake_does() {
    let home = &analysed().home;
    // Names that only the tools of other users explain are the ones that could differ.
    let sql = "SELECT session_id, count(DISTINCT integration) AS n, string_agg(DISTINCT integration || '/' || tool, ' ') AS tools \
               FROM tool_calls WHERE integration_kind <> 'built-in' GROUP BY session_id ORDER BY n DESC, session_id LIMIT 3";
    for of_lake in home.query(sql) {
        let id = of_lake["session_id"].as_str().unwrap();
        let session = home.run(&["session", id, "--no-findings", "--format", "json"]).code(0).json();
        let messages = session["threads"].as_array().unwrap().iter().flat_map(|t| t["messages"].as_array().unwrap());
        let calls = messages.flat_map(|m| m["blocks"].as_array().unwrap()).filter(|block| block["call"].is_object());
        let text = |call: &Value, name: &str| call["call"][name].as_str().unwrap_or_default().to_owned();
        let shown: BTreeSet<String> =
            calls.map(|call| format!("{}/{}", text(call, "integration"), text(call, "tool"))).collect();
        for tool in of_lake["tools"].as_str().unwrap().split(' ') {
            assert!(shown.iter().any(|name| name.split(' ').any(|part| part == tool)), "{tool} in {shown:?} of {id}");
        }
    }
}

#[test]
fn sessions_and_records_show_no_secret_unless_asked() {
    let home = &analysed().home;
    let planted =
        home.query("SELECT DISTINCT session_id FROM messages WHERE text LIKE '%[REDACTED%' OR text LIKE '%…%' LIMIT 1");
    assert!(planted.len() < 2);
    let github = generate::canaries().into_iter().find(|c| c.id == "github-token").unwrap();
    let rows = home.run(&[
        "query",
        &format!("SELECT session_id, export_key, record_id FROM messages WHERE strpos(text, '{}') > 0", github.value),
        "--format",
        "jsonl",
        "--reveal",
    ]);
    let row = rows.code(0).lines().remove(0);
    let (session, export) = (row["session_id"].as_str().unwrap(), row["export_key"].as_str().unwrap());
    let id = row["record_id"].to_string();
    for format in ["text", "markdown", "json", "html"] {
        // The harness looks for secrets in the output of every run without --reveal.
        home.run(&["session", session, "--full", "--format", format]).code(0);
        let shown = home.run(&["session", session, "--no-findings", "--full", "--format", format, "--reveal"]).code(0);
        assert!(leaked(&shown.stdout).iter().any(|name| name == "github-token"), "{format}");
        assert!(shown.stdout.contains("--reveal") && shown.stderr.contains("--reveal"), "{format}");
    }
    let from_export = home.run(&["record", export, &id]).code(0).json();
    assert_eq!((&from_export["export_key"], &from_export["from"]["kind"]), (&json!(export), &json!("export")));
    assert_eq!(from_export["from"]["unchanged_since_pulled"], true);
    let shown = home.run(&["record", export, &id, "--reveal"]).code(0);
    assert!(!leaked(&shown.stdout).is_empty() && shown.stdout.contains("--reveal"));
    home.run(&["hunt", &github.value]).code(0);

    let lines = |args: &[&str]| home.run(args).code(0).stdout.lines().count();
    let whole = lines(&["session", session]);
    let around = home.run(&["session", session, "--around", &id, "--context", "0"]).code(0).stdout;
    assert!(around.contains(&format!("Around record {id} (#")) && around.lines().count() < whole, "{around}");
    let other = home.run(&["session", session, "--around", "-7"]).code(2);
    other.says(&["no message of this session comes with record -7", "lightmeter record EXPORT ID --new"]);
    let new = home.run(&["record", export, &id, "--new"]).code(0).json();
    assert_eq!(new["from"]["kind"], "lake");
    assert!(!new["record"]["messages"].as_array().unwrap().is_empty() && new["record"]["entities"].is_null(), "{new}");
    let found = home.run(&["record", export, &id, "--find", "MODEL"]).code(0).json();
    assert!(found["record"]["request_headers"].is_null() && !found["record"]["left_out"].is_null(), "{found}");
    home.run(&["record", export, &id, "--find", "nowhere to be found"]).code(2).says(&["nothing in the record holds"]);
}

#[test]
fn a_record_comes_from_the_lake_when_its_export_is_gone() {
    let home = Home::new();
    let folder = home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    let row = home.query("SELECT export_key, record_id FROM requests ORDER BY time LIMIT 1").remove(0);
    let (export, id) = (row["export_key"].as_str().unwrap(), row["record_id"].to_string());
    let moved = home.path("elsewhere");
    fs::rename(&folder, &moved).unwrap();
    let record = home.run(&["record", export, &id]).code(0).json();
    assert_eq!(record["from"]["kind"], "lake");
    assert_eq!(record["record"]["requests"][0]["record_id"], row["record_id"]);
    let record = home.run(&["record", export, &id, "--source", "elsewhere"]).code(0).json();
    assert_eq!(record["from"]["kind"], "export");
    assert_eq!(record["record"]["id"], row["record_id"]);
    home.run(&["record", export, "-5"]).code(2).says(&["has no record -5"]);
    home.run(&["record", "nothing", "1"]).code(2).says(&["holds no export nothing", "lightmeter verify"]);
}

/// Files below a folder with one byte of each changed, and their content as it was.
struct Flipped(Vec<(PathBuf, Vec<u8>)>);

impl Flipped {
    /// Changes a bit of the first byte of each file, of the last one, or of one in between, as the round says.
    fn new(files: &[PathBuf], round: u64, random: &mut Random) -> Self {
        let flip = |path: &PathBuf| {
            let whole = fs::read(path).unwrap();
            let at = match round {
                0 => 0,
                1 => whole.len() - 1,
                _ => usize::try_from(random.below(whole.len() as u64)).unwrap(),
            };
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << random.below(8);
            fs::write(path, bytes).unwrap();
            (path.clone(), whole)
        };
        Self(files.iter().map(flip).collect())
    }

    fn undo(self) {
        self.0.into_iter().for_each(|(path, whole)| fs::write(path, whole).unwrap());
    }
}

/// Everything that `verify` names as damaged, with what it is.
fn damaged(run: &crate::common::Run) -> BTreeSet<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    run.json()["damage"].as_array().unwrap().iter().map(|d| (text(&d["what"]), text(&d["name"]))).collect()
}

#[test]
fn one_changed_byte_anywhere_is_found_and_named() {
    let home = Home::new();
    let folder = home.exports("exports", samples());
    home.run(&["pull", "exports"]).code(0);
    let whole = home.run(&["verify", "--source", "exports", "--format", "json"]).code(0).json();
    assert_eq!((&whole["whole"], &whole["exports"][0]["compared"]), (&json!(true), &json!("same")));
    let data = home.lake().join("v1");
    let below = |root: &Path, path: &PathBuf| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
    let all = walk(&data);
    let is_part = |path: &&PathBuf| path.extension().is_some_and(|e| e == "parquet");
    let parts: Vec<PathBuf> = all.iter().filter(is_part).cloned().collect();
    let tables: BTreeSet<String> =
        parts.iter().map(|p| below(&data, p).split('/').next().unwrap().to_owned()).collect();
    assert_eq!(tables, lightmeter::tables::all().into_iter().map(|t| t.name.to_owned()).collect(), "every table");
    assert_eq!(whole["lake"]["parts"], parts.len());
    let exports = walk(&folder);
    let entries: Vec<PathBuf> = all.iter().filter(|p| p.starts_with(data.join("ledger"))).cloned().collect();
    assert_eq!((exports.len(), entries.len()), (5, 5));
    let named = |what: &str, root: &Path, files: &[PathBuf]| -> BTreeSet<(String, String)> {
        files.iter().map(|path| (what.to_owned(), below(root, path))).collect()
    };
    let verify = || home.run(&["verify", "--source", "exports", "--format", "json"]).code(4);
    let mut random = Random(0x5eed);
    for round in 0..6 {
        // All at once, each on its own: the first byte, the last one, and some in between.
        let flipped = Flipped::new(&[&parts[..], &exports].concat(), round, &mut random);
        let expected = &named("part", &data, &parts) | &named("export", &folder, &exports);
        assert_eq!(damaged(&verify()), expected, "round {round}");
        flipped.undo();
        // Entries apart: what a broken entry names is not looked at.
        let flipped = Flipped::new(&entries, round, &mut random);
        let found: BTreeSet<_> = damaged(&verify()).into_iter().filter(|(what, _)| what == "ledger").collect();
        assert_eq!(found, named("ledger", &data, &entries), "round {round}");
        flipped.undo();
    }
    home.run(&["verify", "--source", "exports"]).code(0);
    // What the lake keeps beside the data: the first day, and what an analysis found.
    home.run(&["prune", "--older-than", "2026-01-01"]).code(0);
    let marker = [data.join("pruned.json")];
    for round in 0..6 {
        let flipped = Flipped::new(&marker, round, &mut random);
        assert_eq!(damaged(&verify()), named("ledger", &data, &marker), "round {round}");
        flipped.undo();
    }
    home.run(&["compact", "--at-least", "2"]).code(0);
    let lists = walk(&data.join("merged"));
    assert!(!lists.is_empty(), "small files were merged");
    home.run(&["analyze", "--offline", "-o", "report.md"]).code(0);
    let found = walk(&home.lake().join("analyses"));
    assert_eq!(found.len(), 1);
    for round in 0..4 {
        let flipped = Flipped::new(&lists, round, &mut random);
        let told: BTreeSet<_> = damaged(&verify()).into_iter().filter(|(what, _)| what == "ledger").collect();
        assert_eq!(told, named("ledger", &data, &lists), "round {round}");
        flipped.undo();
        let flipped = Flipped::new(&found, round, &mut random);
        assert_eq!(damaged(&verify()), named("analysis", &home.lake(), &found), "round {round}");
        flipped.undo();
    }
    home.run(&["verify", "--source", "exports"]).code(0);
    let parts: Vec<PathBuf> = walk(&data).iter().filter(is_part).cloned().collect();
    fs::remove_file(&parts[0]).unwrap();
    let run = home.run(&["verify"]).code(4);
    assert!(run.stdout.contains(&below(&data, &parts[0])) && run.stdout.contains("it is missing"));
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn citations_of_a_report_lead_to_records() {
    let home = &analysed().home;
    let report = home.path("report.json");
    fs::write(&report, &analysed().json.stdout).unwrap();
    let good = home.run(&["verify", "--report", "report.json", "--format", "json"]).code(0).json();
    assert!(good["citations"].as_u64() > Some(10), "{}", good["citations"]);
    let forged = json!({ "incidents": [{ "evidence": [{ "export_key": samples()[0].name, "record_id": 1 }] }] });
    fs::write(home.path("forged.json"), forged.to_string()).unwrap();
    let bad = home.run(&["verify", "--report", "forged.json", "--format", "json"]).code(4).json();
    assert_eq!(bad["damage"][0]["what"], "citation");
}

#[test]
fn missing_ids_and_silent_hours_are_told_and_are_no_damage() {
    let home = Home::new();
    let records: Vec<Cbor> =
        [1, 2, 7, 7_300].into_iter().map(|id| record(id, "a", "s", &[user(&format!("q{id}"))], &said("a"))).collect();
    home.exports("exports", &[export("ts-aperture-export-1772400002.cbor.zstd", &records)]);
    home.run(&["pull", "exports"]).code(0);
    let answer = home.run(&["verify", "--format", "json"]).code(0).json();
    let gaps: Vec<_> =
        answer["gaps"].as_array().unwrap().iter().map(|g| (g["first_id"].clone(), g["last_id"].clone())).collect();
    assert_eq!(gaps, [(json!(3), json!(6)), (json!(8), json!(7_299))]);
    assert_eq!(answer["silences"][0]["hours"], 1);
    assert_eq!(answer["silences"][0]["start"], "2026-03-01T01:00:00.000000Z");
}

#[test]
fn a_hunt_finds_who_touched_a_host_and_not_its_neighbours() {
    let home = Home::new();
    let call = |host: &str| json!([{ "type": "tool_use", "id": "t1", "name": "Bash", "input": { "command": format!("curl https://{host}/x") } }]);
    let records = [
        record(1, "ana", "s1", &[user("go")], &call("cdn.evil.example")),
        record(2, "ben", "s2", &[user("see notevil.example and evil.example.org")], &said("ok")),
        record(3, "cleo", "s3", &[user("they wrote evil[.]example.")], &said("ok")),
    ];
    home.exports("exports", &[export("ts-aperture-export-1772400003.cbor.zstd", &records)]);
    home.run(&["pull", "exports"]).code(0);
    home.write("list.txt", "# bad hosts\nhxxp://nowhere[.]example/a\n\nevil[.]example # seen in March\n");
    let found =
        home.run(&["hunt", "-f", "list.txt", "--format", "json"]).code(0).says(&["1 of 2 indicators were not found"]);
    let hits = found.json()["hits"].as_array().unwrap().clone();
    let users: BTreeSet<&str> = hits.iter().map(|h| h["login"].as_str().unwrap()).collect();
    assert_eq!(users.into_iter().collect::<Vec<_>>(), ["ana", "cleo"]);
    assert!(hits.iter().all(|h| h["record_id"].is_i64() && h["session_id"].is_string()), "{hits:?}");
    assert_eq!(home.run(&["hunt", "nothing.example", "--format", "jsonl"]).code(0).stdout, "");
    home.run(&["hunt"]).code(2);
    home.write("empty.txt", "# nothing\n");
    home.run(&["hunt", "-f", "empty.txt"]).code(2).says(&["no indicator"]);
    let later = home.run(&["hunt", "evil.example", "--since", "2027-01-01", "--format", "csv"]).code(0);
    assert_eq!(later.stdout.lines().count(), 1);
}

#[test]
fn sessions_are_found_by_what_people_know_of_them() {
    let home = &analysed().home;
    let ids = |args: &[&str]| -> Vec<Value> {
        let mut all = vec!["sessions", "--format", "jsonl", "--limit", "0"];
        all.extend(args);
        home.run(&all).code(0).lines()
    };
    let all = ids(&[]);
    assert!(ids(&["--user", "ALICE"]).iter().all(|s| s["login"] == "alice@example.com"));
    let risky = ids(&["--risk", "high", "--sort", "cost"]);
    assert!(!risky.is_empty() && risky.len() < all.len());
    assert!(risky.windows(2).all(|w| w[0]["cost_usd"].as_f64() >= w[1]["cost_usd"].as_f64()));
    let github = ids(&["--tool", "github"]);
    assert!(!github.is_empty() && github.len() < all.len());
    assert!(ids(&["no-such-words-anywhere"]).is_empty());
    let few = home.run(&["sessions", "--limit", "2"]).code(0).says(&["--limit 0 shows all", "the latest first"]);
    assert_eq!(few.stdout.lines().count(), 3);
    // Whoever asks for the risky ones gets the riskiest first, and is told what that means.
    let rank = |s: &Value| ["low", "medium", "high", "critical"].iter().position(|word| s["worst_incident"] == *word);
    let first = ids(&["--risk", "high"]);
    assert!(first.len() == risky.len() && rank(&first[0]).is_some(), "{}", first[0]);
    assert!(first.windows(2).all(|w| rank(&w[0]) >= rank(&w[1])));
    home.run(&["sessions", "--risk", "high", "--limit", "3"]).code(0).says(&["3 of", "risk is what the riskiest tool"]);
    let bad = ids(&["--incidents", "high"]);
    assert!(!bad.is_empty() && bad.len() < first.len() && bad.iter().all(|s| rank(s) >= Some(2)));
    let one = github[0]["session_id"].as_str().unwrap();
    home.run(&["session", one, "--no-findings"]).code(0);
    home.run(&["session", "zzzz"]).code(2).says(&["no session", "lightmeter sessions"]);
    home.run(&["session", ""]).code(2).says(&["is empty"]);
    home.run(&["session", &one[..1]]).code(2).says(&["sessions fit", "give more of the id"]);
}

#[test]
fn findings_stand_at_the_messages_they_are_about() {
    let home = &analysed().home;
    let report = analysed().json.json();
    let incidents = report["incidents"].as_array().unwrap();
    let with_session = incidents.iter().find(|i| i["session_id"].is_string() || i["scope"]["session_id"].is_string());
    let id = with_session
        .map(|i| i["session_id"].as_str().or_else(|| i["scope"]["session_id"].as_str()).unwrap().to_owned());
    let id = id.unwrap_or_else(|| {
        let evidence = incidents.iter().flat_map(|i| i["evidence"].as_array().unwrap()).next().unwrap();
        let sql = format!(
            "SELECT session_id FROM requests WHERE export_key = '{}' AND record_id = {}",
            evidence["export_key"].as_str().unwrap(),
            evidence["record_id"]
        );
        home.query(&sql)[0]["session_id"].as_str().unwrap().to_owned()
    });
    let session = home.run(&["session", &id, "--format", "json"]).code(0).json();
    let findings = session["findings"].as_array().unwrap();
    let messages = session["threads"].as_array().unwrap().iter().flat_map(|t| t["messages"].as_array().unwrap());
    for message in messages {
        for at in message["findings"].as_array().unwrap() {
            let places = findings[usize::try_from(at.as_u64().unwrap()).unwrap()]["messages"].as_array().unwrap();
            assert!(places.contains(&message["number"]));
        }
    }
}

#[test]
fn queries_come_from_pipes_and_go_to_parquet() {
    let home = &analysed().home;
    let counted = home.run_with_input(&["query", "--format", "csv"], "SELECT count(*) AS n FROM requests").code(0);
    let long = "SELECT repeat('x', 500) || 'END' AS text";
    assert!(home.run(&["query", long]).code(0).stdout.contains("xEND |"), "nothing is cut in a pipe");
    let short = home.run(&["query", long, "--max-cell", "40"]).code(0).says(&["1 cell is cut to 40", "--max-cell 0"]);
    assert!(!short.stdout.contains("END"));
    home.run(&["query", "SELECT login, tags, time FROM requests", "--format", "parquet"]).code(2).says(&["-o FILE"]);
    home.run(&["query", "SELECT login, tags, time FROM requests", "--format", "parquet", "-o", "r.parquet"]).code(0);
    let file = fs::File::open(home.path("r.parquet")).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let rows: usize = reader.map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(counted.stdout.lines().nth(1), Some(rows.to_string().as_str()));
    home.run(&["query", "SELECT text FROM messages", "--format", "parquet", "-o", "m.parquet"]).code(0);
    let bytes = fs::read(home.path("m.parquet")).unwrap();
    assert!(leaked(&String::from_utf8_lossy(&bytes)).is_empty());
}

#[test]
fn every_table_is_explained_with_an_example_that_runs() {
    let home = &analysed().home;
    let tables = home.run(&["schema", "--format", "json"]).code(0).json();
    let tables = tables.as_array().unwrap();
    assert!(tables.len() > 30);
    for table in tables {
        let (name, columns) = (table["name"].as_str().unwrap(), table["columns"].as_array().unwrap());
        assert!(!columns.is_empty() && !table["doc"].as_str().unwrap().is_empty(), "{name}");
    }
    for name in ["tool_calls", "sessions", "lake.messages", "catalog_agents"] {
        let table = tables.iter().find(|t| t["name"] == name).unwrap();
        home.run(&["query", table["example"].as_str().unwrap()]).code(0);
        assert!(home.run(&["schema", name]).code(0).stdout.contains("Example: "));
    }
    home.run(&["schema", "mesages"]).code(2).says(&["did you mean messages?"]);
    let elsewhere = ["there is no table Findings; what detections find is computed", "`signals` holds the weak signs"];
    home.run(&["schema", "Findings"]).code(2).says(&elsewhere);
}

#[test]
fn an_empty_lake_and_a_closed_pipe_are_no_surprise() {
    let home = Home::new();
    for args in [&["sessions"][..], &["session", "a"], &["hunt", "x.example"], &["record", "e", "1"], &["verify"]] {
        home.run(args).code(1).says(&["there is no lake", "lightmeter pull"]);
    }
    home.exports("exports", &[export("ts-aperture-export-1772400004.cbor.zstd", &[])]);
    home.run(&["pull", "exports"]);
    home.run(&["sessions"]).code(0).says(&["no session fits"]);
    home.run(&["hunt", "x.example"]).code(0);
    home.run(&["session", "a"]).code(2);
    let big = &analysed().home;
    for args in [&["schema"][..], &["sessions", "--limit", "0", "--format", "json"]] {
        let mut child = big.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut start = [0; 1];
        child.stdout.take().unwrap().read_exact(&mut start).unwrap();
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }
}
