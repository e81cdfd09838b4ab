//! `lightmeter run`: profiles, locks, retention, merging, metrics and logs. A year of runs is in `year.rs`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use crate::common::{Home, dump, dump_of, same_tables, small};

/// A profile over a bucket or folder.
fn profile(home: &Home, source: &str, more: &str) {
    let text = format!(
        "[profiles.hourly]\nsources = ['{source}']\nmetrics = 'lightmeter.prom'\n{more}\n\
         [[profiles.hourly.reports]]\nformat = 'json'\noutput = 'reports/report.json'\nkeep = 3\n\
         [[profiles.hourly.exports]]\nformats = ['ndjson']\noutput_dir = 'siem'\n"
    );
    home.write("lightmeter.toml", text);
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
    let set = ["--set", "s3.attempts=3", "--set", "profiles.nightly.retention=90d"];
    let mut command = home.command(&[&["config", "--log-format", "json"][..], &set].concat());
    command.env("AWS_REGION", "eu-north-1");
    let shown = home.finish(command, None).code(0).stdout;
    for line in [
        "config = lightmeter.toml    # the current folder",
        "# environment LIGHTMETER_LAKE",
        "log_format = json    # flag",
        "log_level = warn    # default",
        "now = the clock    # default",
        "sources = [\"s3://b/p\"]    # lightmeter.toml",
        "s3.attempts = 3    # flag --set",
        "s3.region = eu-north-1    # environment AWS_REGION",
        "s3.stall_seconds = 20    # default",
        "profiles.nightly.retention = \"90d\"    # flag --set",
        "profiles.nightly.compact = true    # default",
        "profiles.nightly.since = \"${SPAN}\"    # lightmeter.toml",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    home.run(&["run", "hourly"]).code(2).says(&["no [profiles.hourly]; it has nightly"]);
    home.run(&["run", "nightly"]).code(2).says(&["SPAN is not set"]);
    home.run(&["config", "--set", "sauces=1"]).code(2).says(&["--set is not valid", "sauces"]);
    let shown = home.run(&["config", "--now", "2026-03-01T00:00:00Z"]).code(0).stdout;
    assert!(shown.contains("now = 2026-03-01T00:00:00Z    # flag"), "{shown}");
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

#[test]
fn merging_small_files_changes_no_row_no_report_and_no_id() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let stored = |home: &Home| dump_of(&home.lake(), |table| table.starts_with("lake."));
    let before = stored(&home);
    let told = |home: &Home| home.run(&["export", "--offline", "--format", "ndjson"]).code(0).stdout;
    let said = told(&home);
    let files = |home: &Home| walk(&home.lake().join("v1")).len();
    let many = files(&home);
    // A file that does not fit is reported, and nothing happened.
    let limited = format!("ulimit -f 8; exec {} compact --at-least 2", crate::common::PROGRAM);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &limited]);
    let plain = home.command(&[]);
    command.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
    let failed = home.finish(command, None);
    assert!(failed.code == 1 || failed.code == -1, "{failed:?}");
    same_tables(&stored(&home), &before, "after the disk was full");

    home.run(&["compact", "--at-least", "2"]).code(0).says(&["files merged into"]);
    assert!(files(&home) < many, "{} instead of {many}", files(&home));
    same_tables(&stored(&home), &before, "after merging");
    assert_eq!(told(&home), said);
    home.run(&["verify"]).code(0);
    home.run(&["compact", "--at-least", "2"]).code(0).says(&["0 files merged"]);
    home.run(&["pull", "exports"]).code(0).says(&["5 already in the lake"]);

    // Converted anew, every export replaces its own rows, and those of the others stay.
    home.run(&["pull", "exports", "--content", "none"]).code(0).says(&["5 replaced"]);
    home.run(&["pull", "exports"]).code(0).says(&["5 replaced"]);
    same_tables(&stored(&home), &before, "after converting twice");
    assert!(walk(&home.lake().join("v1/merged")).is_empty());
}

/// All files below a folder.
fn walk(at: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_run_that_tells_nothing_only_keeps_the_lake() {
    let home = Home::new();
    home.exports("exports", small());
    home.write("lightmeter.toml", "[profiles.keep]\nsources = ['exports']\nretention = '10d'\nmetrics = 'm.prom'\n");
    home.run(&["run", "keep", "--now", "2026-03-28T12:00:00Z"]).code(0);
    let metrics = fs::read_to_string(home.path("m.prom")).unwrap();
    assert!(metrics.contains("lightmeter_exports{profile=\"keep\",state=\"added\"} 5"), "{metrics}");
    assert!(!metrics.contains("lightmeter_incidents"), "nobody looked: {metrics}");
    let first = home.query("SELECT min(time) AS first FROM requests");
    assert!(first[0]["first"].as_str().unwrap() >= "2026-03-18", "{first:?}");
    // A clock that jumps back brings nothing back and takes nothing away.
    let before = dump(&home.lake());
    home.run(&["run", "keep", "--now", "2025-01-01T00:00:00Z"]).code(0);
    same_tables(&dump(&home.lake()), &before, "after the clock jumped back");
}
