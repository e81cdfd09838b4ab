//! Kill -9 at random points: the lake is whole at any time, and the next run makes it the undisturbed one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use lightmeter::lake::Lake;

use super::{command, files, parquet, served};
use crate::common::{Home, Random, records, same_tables, small};
use crate::s3_server::{Fault, On};

#[test]
fn a_pull_from_a_folder_that_is_killed_leaves_whole_exports_and_can_be_repeated() {
    killed(4, |home| {
        home.exports("exports", small());
        home.command(&["pull", "exports", "--workers", "2"])
    });
}

#[test]
fn a_pull_from_a_bucket_that_is_killed_leaves_whole_exports_and_can_be_repeated() {
    let server = served();
    let url = server.url("team");
    killed(3, |home| {
        // Some transfers break and are taken up again when the kill comes.
        server.clear_faults();
        server.fail_next(On::Get, Fault::CutBody(700));
        server.fail_next(On::Get, Fault::Hangup);
        command(home, &server, &["pull", &url, "--workers", "2", "--keep-raw", "raw"])
    });
}

/// Kills pulls at random points, looks at the lake, and lets the last one end.
fn killed(rounds: u32, pull: impl Fn(&Home) -> Command) {
    let undisturbed = Home::new();
    let start = Instant::now();
    undisturbed.finish(pull(&undisturbed), None).code(0);
    let (mut range, expected) = (start.elapsed(), undisturbed.dump());
    let wanted: BTreeMap<&str, u64> = small().iter().map(|e| (e.name.as_str(), records(e))).collect();
    let mut random = Random(0x6c69_6768_746d_6574);
    for round in 0..rounds {
        let home = Home::new();
        let mut kills = 0;
        // A pull that ends by itself says that the range is too wide for this machine, now that it is warm and the lake
        // holds some of the exports: the range shrinks until a kill comes first.
        while kills < 4 {
            let mut child = pull(&home).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            sleep(Duration::from_micros(random.below(u64::try_from(range.as_micros()).unwrap().max(1))));
            child.kill().unwrap();
            if child.wait().unwrap().code().is_some() {
                range = range.mul_f64(0.8);
            } else {
                kills += 1;
            }
            if !home.lake().join("lightmeter-lake.json").exists() {
                continue;
            }
            // Whoever looks now sees each export wholly or not at all.
            let ledger = Lake::open_existing(home.lake()).unwrap().ledger().unwrap();
            assert_eq!(ledger.damaged.len(), 0, "round {round}, kill {kills}");
            for entry in &ledger.entries {
                assert_eq!(
                    entry.stats.records,
                    wanted[entry.export_key.rsplit('/').next().unwrap()],
                    "round {round}, kill {kills}"
                );
                for part in &entry.parts {
                    Lake::open_existing(home.lake()).unwrap().verify(part).unwrap();
                }
            }
        }
        home.finish(pull(&home), None).code(0);
        if home.path("raw").exists() {
            // An original and its hash for each, and the lock.
            assert_eq!(files(&home.path("raw")).len(), 2 * small().len() + 1);
        }
        same_tables(&home.dump(), &expected, &format!("after round {round}"));
        let ledger = Lake::open_existing(home.lake()).unwrap().ledger().unwrap();
        let named: BTreeSet<PathBuf> =
            ledger.entries.iter().flat_map(|e| &e.parts).map(|p| home.lake().join("v1").join(&p.path)).collect();
        assert_eq!(parquet(&home.lake()).into_keys().collect::<BTreeSet<_>>(), named, "nothing is left behind");
    }
}
