//! A year of unattended runs at compressed time: hourly exports appear in a bucket, some late, some twice, some first cut
//! or damaged; the service fails, transfers break, nobody runs anything for weeks, runs are killed at random points, two
//! start at once, the clock jumps back. What it ends with must be what one undisturbed run over everything gives.
//!
//! The ordinary test has a gateway with traffic in ten hours of every fifth day and a run every eleven days. The whole
//! thing, with an export for each of the 8,760 hours and a run every day, is
//! `cargo test --test integration -- --ignored --nocapture a_full_year`.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, clippy::use_debug, reason = "the figures of the year")]

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use serde_json::Value;

use crate::common::{Home, Random, dump_of, leaked, same_tables};
use crate::s3_server::S3Server;

#[path = "year/arrivals.rs"]
mod arrivals;
#[path = "year/passing.rs"]
mod passing;
#[path = "year/world.rs"]
mod world;

use passing::{Told, pass, run};
use world::{DAY, Hours, START};

/// How much happens.
struct Scale {
    hours: Hours,
    days: i64,
    /// Days between runs.
    pace: i64,
    /// Every so many runs one also writes report and exports; the others only bring in what is new.
    looks: usize,
    /// Whether a third lake shows that exports which repeat others count for nothing.
    repeats: bool,
}

/// Profiles over the bucket: one that only brings in what is new, one that also tells.
fn settings(home: &Home, server: &S3Server) {
    let profile = |name: &str, more: &str| {
        format!(
            "[profiles.{name}]\nsources = ['{}']\nmetrics = '{name}.prom'\n\
             s3 = {{ endpoint_url = '{}', region = 'us-east-1' }}\n{more}\n",
            server.url("aperture"),
            server.endpoint
        )
    };
    let tells = "[[profiles.look.reports]]\nformat = 'json'\noutput = 'reports/report.json'\nkeep = 2\n\
                 [[profiles.look.exports]]\nformats = ['ndjson', 'lookup-ndjson']\noutput_dir = 'siem'\n";
    // Attempts are few, so that an outage is over soon.
    let text = format!("s3.attempts = 2\n{}{}", profile("collect", ""), profile("look", tells));
    home.write("lightmeter.toml", text);
}

/// What somebody who read every numbered file knows: the last word on each finding.
fn delivered(home: &Home) -> BTreeMap<String, String> {
    let names = fs::read_dir(home.path("siem")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.starts_with("findings-")).collect();
    names.sort();
    let mut known = BTreeMap::new();
    for name in names {
        for line in fs::read_to_string(home.path("siem").join(&name)).unwrap().lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let word = |key: &str| value[key].as_str().unwrap().to_owned();
            match word("change").as_str() {
                "close" => drop(known.remove(&word("id"))),
                _ => drop(known.insert(word("id"), word("revision"))),
            }
        }
    }
    known
}

fn report(home: &Home) -> String {
    fs::read_to_string(home.path("reports/report.json")).unwrap()
}

/// Every row of every stored table, the ledger included.
fn stored(home: &Home) -> BTreeMap<String, Vec<String>> {
    dump_of(&home.lake(), |table| table.starts_with("lake."))
}

fn live_a_year(scale: &Scale, seed: u64) {
    let began = Instant::now();
    let (server, home, mut random) = (S3Server::start(), Home::new(), Random(seed));
    settings(&home, &server);
    let told = pass(&home, &server, scale, &mut random);
    every_kind_of_trouble(&told);
    let end = START + (scale.days + 60) * DAY;
    run(&home, &server, "look", end, &[0, 4]);
    let passed = began.elapsed();

    let whole = Home::new();
    settings(&whole, &server);
    let began = Instant::now();
    run(&whole, &server, "look", end, &[0, 4]);
    let at_once = began.elapsed();

    let expected = report(&whole);
    let json: Value = serde_json::from_str(&expected).unwrap();
    let incidents = json["incidents"].as_array().unwrap().len();
    assert!(incidents > 5, "{incidents}");
    same_lines(&report(&home), &expected, "the report");
    for table in ["tools", "integrations", "user_agents", "requests", "secrets"] {
        let read = |home: &Home| fs::read_to_string(home.path(&format!("siem/{table}.ndjson"))).unwrap();
        same_lines(&read(&home), &read(&whole), table);
    }
    let ids = delivered(&home);
    assert_eq!(ids, delivered(&whole), "what was delivered last is what holds");
    let rows = stored(&whole);
    same_tables(&stored(&home), &rows, "after a year");
    if scale.repeats {
        repeated_exports_count_nothing(&server, &json, end);
    }
    in_order(&home, &told);
    let parts = fs::read_dir(home.lake().join("v1/merged")).unwrap().count();
    // Old days go alike.
    for home in [&home, &whole] {
        home.run(&["prune", "--older-than", "2026-07-01"]).code(0);
    }
    let left = stored(&whole);
    same_tables(&stored(&home), &left, "after pruning");
    let count = |tables: &BTreeMap<String, Vec<String>>| tables.values().map(Vec::len).sum::<usize>();
    let (count, left) = (count(&rows), count(&left));
    assert!(left * 3 < count * 2 && left > 0, "{left} of {count}");
    println!(
        "{told:?}\n{count} rows, {incidents} incidents shown, {} findings delivered, {parts} days merged; the year took \
         {passed:.0?}, one run over everything {at_once:.0?}",
        ids.len()
    );
}

/// A year in which something never happened would prove less than it says.
#[track_caller]
fn every_kind_of_trouble(told: &Told) {
    let come = &told.come;
    let objects = [come.late, come.damaged, come.copies, come.beginnings];
    let runs = [told.outages, told.cuts, told.killed, told.killed_looks, told.clock_back];
    assert!(objects.iter().chain(&runs).all(|n| *n > 0) && told.downtime > 0 && told.merged > 0, "{told:?}");
}

/// Without the objects that repeat others, the inventory is the same.
fn repeated_exports_count_nothing(server: &S3Server, expected: &Value, end: i64) {
    let clean = Home::new();
    settings(&clean, server);
    for folder in ["copies", "old"] {
        server.forget(&format!("aperture/{folder}"));
    }
    run(&clean, server, "look", end, &[0]);
    let clean: Value = serde_json::from_str(&report(&clean)).unwrap();
    for part in ["inventory", "usage", "secrets"] {
        let text = |json: &Value| serde_json::to_string_pretty(&json[part]).unwrap();
        same_lines(&text(expected), &text(&clean), &format!("{part} with repeated exports"));
    }
}

/// Nothing is damaged or left behind, and files are as many as the settings say.
fn in_order(home: &Home, told: &Told) {
    let verified = home.run(&["verify", "--format", "json"]).code(4).json();
    let damaged = verified["damage"].as_array().unwrap();
    assert_eq!(damaged.len(), told.come.beginnings, "{damaged:?}");
    assert!(damaged.iter().all(|d| d["what"] == "export" && d["name"].as_str().unwrap().contains("/old/")));
    assert_eq!(drafts(home), Vec::<String>::new(), "no draft stays");
    let reports = fs::read_dir(home.path("reports")).unwrap().count();
    assert!((2..=3).contains(&reports), "the newest and at most two older ones, not {reports}");
    let metrics = fs::read_to_string(home.path("look.prom")).unwrap();
    assert!(metrics.contains("lightmeter_last_success_timestamp_seconds{") && leaked(&metrics).is_empty());
}

#[track_caller]
fn same_lines(found: &str, expected: &str, what: &str) {
    let at = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.lines().skip(at.saturating_sub(12)).take(14).collect::<Vec<_>>().join("\n");
    assert!(found == expected, "{what} differs in line {at}:\n{}\ninstead of\n{}", around(found), around(expected));
}

/// Files under temporary names.
fn drafts(home: &Home) -> Vec<String> {
    let folders = ["reports", "siem", "."].map(|folder| fs::read_dir(home.path(folder)).unwrap());
    let names = folders.into_iter().flatten().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".lightmeter-")).collect()
}

#[test]
fn a_disturbed_year_ends_where_one_undisturbed_run_ends() {
    let hours = Hours { from: 8, count: 10, every: 5 };
    live_a_year(&Scale { hours, days: 365, pace: 11, looks: 10, repeats: false }, 0x11d7);
}

#[test]
#[ignore = "takes most of an hour: every hour of the year has an export, and every day a run"]
fn a_full_year() {
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0x5eed);
    let hours = Hours { from: 0, count: 24, every: 1 };
    live_a_year(&Scale { hours, days: 365, pace: 1, looks: 30, repeats: true }, seed);
}
