//! `lightmeter run`: profiles, locks, retention, metrics and logs, and a year of hourly runs at compressed time.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::common::{Export, Home, Random, dump, leaked, same_tables, small};
use crate::s3_server::{Fault, On, S3Server};

/// A profile over a bucket or folder.
fn profile(home: &Home, source: &str, more: &str) {
    let text = format!(
        "[profiles.hourly]\nsources = ['{source}']\nmetrics = 'lightmeter.prom'\n{more}\n\
         [[profiles.hourly.reports]]\nformat = 'json'\noutput = 'reports/report.json'\nkeep = 3\n\
         [[profiles.hourly.exports]]\nformats = ['ndjson']\noutput_dir = 'siem'\n"
    );
    home.write("lightmeter.toml", text);
}

/// What somebody who read every numbered file knows: the last word on each finding.
fn delivered(home: &Home) -> BTreeMap<String, (String, String)> {
    let mut names: Vec<_> = fs::read_dir(home.path("siem")).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    let mut known = BTreeMap::new();
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.starts_with("findings-") && name.ends_with(".ndjson"), "{name}");
        for line in fs::read_to_string(&path).unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| value[key].as_str().unwrap().to_owned();
            known.insert(word("id"), (word("change"), word("revision")));
        }
    }
    known.into_iter().filter(|(_, (change, _))| change != "close").collect()
}

fn report(home: &Home) -> Value {
    serde_json::from_str(&fs::read_to_string(home.path("reports/report.json")).unwrap()).unwrap()
}

fn metric(home: &Home, name: &str) -> String {
    let text = fs::read_to_string(home.path("lightmeter.prom")).unwrap();
    let line = text.lines().find(|l| l.starts_with(&format!("{name}{{")));
    line.unwrap_or_else(|| panic!("{name} is not in {text}")).rsplit(' ').next().unwrap().to_owned()
}

/// Exports of one hour each: the records of the samples dealt out in time order.
fn hours(count: u64) -> Vec<Export> {
    let mut hours = Vec::new();
    for (number, export) in small().iter().enumerate() {
        let all = crate::common::records(export);
        let size = all.div_ceil(count).max(1);
        for hour in 0..all.div_ceil(size) {
            let mut part = crate::common::with_records_of(export, |_, n| n / size == hour);
            let time = 1_772_204_400 + (number as u64 * 1000 + hour) * 3600;
            part.name = format!("ts-aperture-export-{time}.cbor.zstd");
            hours.push(part);
        }
    }
    hours
}

#[test]
fn a_year_of_disturbed_runs_ends_where_one_undisturbed_run_ends() {
    let exports = hours(3);
    assert!(exports.len() > 8, "{}", exports.len());
    let whole = Home::new();
    whole.exports("exports", &exports);
    profile(&whole, "exports", "");
    whole.run(&["run", "hourly"]).code(0);

    let server = S3Server::start();
    let home = Home::new();
    profile(
        &home,
        &server.url("aperture"),
        &format!("s3.endpoint_url = '{}'\ns3.region = 'us-east-1'", server.endpoint),
    );
    let mut random = Random(0x11d7);
    let run = |faults: bool| {
        let mut command = home.command(&["run", "hourly", "--log-format", "json"]);
        command.envs(server.env());
        let run = home.finish(command, None);
        assert!(run.code == 0 || (faults && [1, 4].contains(&run.code)), "{}: {}", run.code, run.stderr);
        for line in run.stderr.lines() {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
            assert!(value["run"].is_string() && value["level"].is_string(), "{line}");
        }
    };
    let mut late = Vec::new();
    for (number, export) in exports.iter().enumerate() {
        let key = format!("aperture/{}", export.name);
        match number % 4 {
            // Comes long after its hour.
            1 => late.push((key.clone(), export.compressed.clone())),
            // Is first seen half written.
            2 => server.put(&key, &export.compressed[..export.compressed.len() / 2]),
            _ => server.put(&key, &export.compressed),
        }
        // Nobody was there for some of the hours: the next run catches up.
        if number % 3 != 2 {
            continue;
        }
        if random.below(2) == 0 {
            server.fail(On::Get, 1, Fault::Hangup);
        }
        // A run that dies at any point leaves nothing behind that the next one minds.
        let mut child = home.command(&["run", "hourly", "--quiet"]).envs(server.env()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(random.below(3_000)));
        let _ = child.kill();
        child.wait().unwrap();
        run(true);
    }
    server.clear_faults();
    for export in exports.iter().skip(2).step_by(4) {
        server.put(&format!("aperture/{}", export.name), &export.compressed);
    }
    late.into_iter().for_each(|(key, bytes)| server.put(&key, &bytes));
    // The same records once more, under another name.
    server.put("aperture/ts-aperture-export-1799999999.cbor.zstd", &exports[0].compressed);
    run(false);
    run(false);

    let (found, expected) = (report(&home), report(&whole));
    let list = |report: &Value| -> BTreeMap<String, Value> {
        let incidents = report["incidents"].as_array().unwrap();
        incidents.iter().map(|i| (i["id"].as_str().unwrap().to_owned(), i["reason"].clone())).collect()
    };
    assert!(!list(&expected).is_empty());
    assert_eq!(list(&found), list(&expected), "the reports tell the same incidents");
    assert_eq!(found["usage"], expected["usage"]);
    let tools = |report: &Value| -> Vec<String> {
        let tools = report["inventory"]["tools"].as_array().unwrap();
        tools.iter().map(|t| format!("{} {} {} {}", t["integration"], t["tool"], t["calls"], t["users"])).collect()
    };
    assert_eq!(tools(&found), tools(&expected));
    assert_eq!(delivered(&home).keys().collect::<Vec<_>>(), delivered(&whole).keys().collect::<Vec<_>>());
    let revisions = |home: &Home| delivered(home).into_iter().map(|(id, (_, r))| (id, r)).collect::<BTreeMap<_, _>>();
    assert_eq!(revisions(&home), revisions(&whole), "what was delivered last is what holds");
    // Old reports are rotated, no draft is left, the metrics are those of the last run.
    let names = fs::read_dir(home.path("reports")).unwrap().count();
    assert_eq!(names, 4, "the newest and three older ones");
    assert_eq!(metric(&home, "lightmeter_last_run_exit_code"), "0");
    let text = fs::read_to_string(home.path("lightmeter.prom")).unwrap();
    assert!(leaked(&text).is_empty());
}

#[test]
fn a_second_run_says_that_one_is_at_work_and_changes_nothing() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    profile(&home, "exports", "");
    home.run(&["pull", "exports"]).code(0);
    let held = lightmeter::lake::Lake::open_existing(home.lake()).unwrap().run_lock().unwrap();
    home.run(&["run", "hourly"]).code(5).says(&["another run is at work on the lake", "process "]);
    home.run(&["prune", "--older-than", "1d"]).code(5);
    assert!(!home.path("siem").exists() && !home.path("lightmeter.prom").exists());
    drop(held);
    // The file of the lock stays, and nobody minds.
    home.run(&["run", "hourly"]).code(0);
    assert!(home.lake().join("run.lock").exists());
}

#[test]
fn pruned_days_are_gone_and_are_not_pulled_again() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let days = |home: &Home| {
        let rows = home.query("SELECT DISTINCT date_trunc('day', time) AS day FROM requests ORDER BY day");
        rows.iter().map(|r| r["day"].as_str().unwrap()[..10].to_owned()).collect::<Vec<_>>()
    };
    let before = days(&home);
    let first = before[before.len() / 2].clone();
    home.run(&["prune", "--older-than", &first]).code(0).says(&["rows removed"]);
    let expected: Vec<String> = before.into_iter().filter(|d| *d >= first).collect();
    assert_eq!(days(&home), expected);
    let after = dump(&home.lake());
    let again = home.run(&["pull", "exports"]).code(0).says(&["0 added", "5 already in the lake"]);
    assert!(!again.stderr.contains("replaced 1"));
    assert_eq!(days(&home), expected);
    same_tables(&dump(&home.lake()), &after, "after another pull");
    // Converted anew, as after an update of lightmeter, the old days stay away.
    home.run(&["pull", "exports", "--content", "none"]).code(0);
    assert_eq!(days(&home), expected);
    home.run(&["prune", "--older-than", &first]).code(0).says(&["0 files"]);
}

#[test]
fn settings_are_shown_with_their_origin() {
    let home = Home::new();
    home.write(
        "lightmeter.toml",
        "sources = ['s3://b/p']\n[profiles.nightly]\nsince = '${SPAN}'\n[detections.\"a.b\"]\n",
    );
    let shown = home.run(&["config", "--log-format", "json"]).code(0).stdout;
    for line in [
        "config = lightmeter.toml    # the current folder",
        "# environment LIGHTMETER_LAKE",
        "log_format = json    # flag",
        "log_level = warn    # default",
        "sources = [s3://b/p]    # lightmeter.toml",
        "profiles.nightly.since = \"${SPAN}\"    # lightmeter.toml",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    home.run(&["run", "hourly"]).code(2).says(&["no [profiles.hourly]; it has nightly"]);
    home.run(&["run", "nightly"]).code(2).says(&["SPAN is not set"]);
}

#[test]
fn a_full_disk_is_reported_and_harms_nothing() {
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    let before = dump(&home.lake());
    let shell = format!("{} export --offline --format ndjson > /dev/full", crate::common::PROGRAM);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &shell]);
    let plain = home.command(&[]);
    command.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
    let run = home.finish(command, None);
    // Without a finding there is nothing to write, and nothing fails.
    if !home.run(&["export", "--offline", "--format", "ndjson"]).stdout.is_empty() {
        run.code(1).says(&["cannot write standard output"]);
    }
    same_tables(&dump(&home.lake()), &before, "after the disk was full");
}
