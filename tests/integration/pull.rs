//! Pulling: nothing twice, nothing half, from folders and from S3, also when everything around it fails.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use lightmeter::lake::Lake;

use crate::common::{Home, Random, Run, records, same_tables, small};
use crate::s3_server::{Fault, On, S3Server};

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn parquet(lake: &Path) -> BTreeMap<PathBuf, SystemTime> {
    let parts = files(lake).into_iter().filter(|p| p.extension().is_some_and(|e| e == "parquet"));
    parts.map(|p| (p.clone(), fs::metadata(&p).unwrap().modified().unwrap())).collect()
}

#[test]
fn pulling_again_adds_nothing() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0).says(&["5 exports found: 5 added, 0 replaced, 0 already in the lake"]);
    let (parts, tables) = (parquet(&home.lake()), home.dump());
    let again = "0 added, 0 replaced, 5 already in the lake";
    home.run(&["pull", "exports"]).code(0).says(&[again]);
    // The same content under other names and in other places is the same export.
    let mut copies = small().to_vec();
    for copy in &mut copies {
        copy.name = format!("copy-of-{}", copy.name);
    }
    home.exports("copies/deeper", &copies);
    home.run(&["pull", "copies"]).code(0).says(&[again]);
    home.run(&["pull", "exports", "copies", "exports"]).code(0).says(&["15 exports found: 0 added, 0 replaced"]);
    assert_eq!(parquet(&home.lake()), parts);
    same_tables(&home.dump(), &tables, "pulled again");
}

#[test]
fn workers_and_order_do_not_change_the_lake() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports", "--workers", "1"]).code(0);
    let expected = home.dump();
    let other = Home::new();
    other.exports("exports", small());
    for export in small().iter().rev() {
        other.run(&["pull", &format!("exports/{}", export.name), "--workers", "8", "--strict"]).code(0);
    }
    same_tables(&other.dump(), &expected, "one by one, last first");
}

#[test]
fn a_pull_from_a_folder_that_is_killed_leaves_whole_exports_and_can_be_repeated() {
    killed(4, |home| {
        home.exports("exports", small());
        home.command(&["pull", "exports", "--workers", "2"])
    });
}

#[test]
fn a_pull_from_a_bucket_that_is_killed_leaves_whole_exports_and_can_be_repeated() {
    let (server, url) = served();
    killed(3, |home| {
        // Some transfers break and are taken up again when the kill comes.
        server.clear_faults();
        server.fail_next(On::Get, Fault::CutBody(700));
        server.fail_next(On::Get, Fault::Hangup);
        reaching(home, &server, &["pull", &url, "--workers", "2", "--keep-raw", "raw"])
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

/// A run that reaches the server.
fn reaching(home: &Home, server: &S3Server, args: &[&str]) -> Command {
    let mut command = home.command(&[args, &["--endpoint-url", &server.endpoint]].concat());
    command.envs(server.env());
    command
}

fn run(home: &Home, server: &S3Server, args: &[&str]) -> Run {
    home.finish(reaching(home, server, args), None)
}

/// A server with the small exports below `team/`.
fn served() -> (S3Server, String) {
    let server = S3Server::start();
    for export in small() {
        server.put(&format!("team/{}", export.name), &export.compressed);
    }
    let url = server.url("team");
    (server, url)
}

/// The key of the export that a fault can name, as that needs a static text.
const FIRST: &str = "team/ts-aperture-export-1772204407.cbor.zstd";

#[test]
fn a_bucket_gives_the_same_lake_as_a_folder_also_over_a_bad_line() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let expected = home.dump();

    let (server, url) = served();
    server.pages(2, false);
    server.fail_next(On::List, Fault::Error(503, "SlowDown", "Please reduce your request rate."));
    for fault in [Fault::CutBody(5_000), Fault::CutBody(0), Fault::FlipByte(70), Fault::Hangup] {
        server.fail_next(On::Get, fault);
    }
    let other = Home::new();
    run(&other, &server, &["pull", &url]).code(0).says(&["5 exports found: 5 added"]);
    assert!(server.log().iter().any(|l| l.ends_with("bytes=5000-")), "a cut body is resumed: {:?}", server.log());
    let prefix = format!("{url}/");
    let mut found = other.dump();
    for row in found.values_mut().flatten() {
        *row = row.replace(&prefix, "");
    }
    for table in found.values_mut() {
        table.sort_unstable();
    }
    let (exports, from_files) = (found.remove("lake.exports").unwrap(), &expected["lake.exports"]);
    assert_eq!(exports.len(), from_files.len());
    let mut expected = expected.clone();
    expected.remove("lake.exports");
    // Where an export came from is meant to differ.
    found.remove("exports");
    expected.remove("exports");
    same_tables(&found, &expected, "from the bucket");

    let before = server.log().len();
    run(&other, &server, &["pull", &url]).code(0).says(&["0 added, 0 replaced, 5 already in the lake"]);
    assert!(server.log()[before..].iter().all(|l| l.starts_with("LIST")), "nothing is read again");
}

#[test]
fn a_changed_object_replaces_its_rows() {
    let server = S3Server::start();
    let (key, url) = ("team/ts-aperture-export-1772204407.cbor.zstd", server.url("team"));
    server.put(key, &small()[0].compressed);
    server.put("team/ts-aperture-export-1772809207.cbor.zstd", &small()[1].compressed);
    let home = Home::new();
    run(&home, &server, &["pull", &url]).code(0).says(&["2 added"]);
    server.put(key, &small()[2].compressed);
    run(&home, &server, &["pull", &url]).code(0).says(&["0 added, 1 replaced, 1 already in the lake"]);
    let fresh = Home::new();
    run(&fresh, &server, &["pull", &url]).code(0).says(&["2 added"]);
    same_tables(&home.dump(), &fresh.dump(), "replaced");
    let name = |path: &PathBuf| path.file_name().unwrap().to_owned();
    assert_eq!(
        parquet(&home.lake()).keys().map(name).collect::<Vec<_>>(),
        parquet(&fresh.lake()).keys().map(name).collect::<Vec<_>>(),
        "parts of the older state are gone"
    );
    // An object that is gone from the bucket stays in the lake: it is evidence.
    server.remove(key);
    run(&home, &server, &["pull", &url]).code(0).says(&["1 exports found: 0 added"]);
    assert_eq!(home.query("SELECT count(*) AS n FROM lake.exports")[0]["n"], 2);
}

#[test]
fn one_denied_object_is_named_and_the_others_are_pulled() {
    let (server, url) = served();
    server.fail(On::Key(FIRST), 100, Fault::Error(403, "AccessDenied", "Access Denied"));
    let home = Home::new();
    let pulled = run(&home, &server, &["pull", &url]).code(4);
    let pulled = pulled.says(&["4 added", "not read: s3://exports-bucket/team/", FIRST, "s3:GetObject"]);
    assert_eq!(pulled.stdout, "");
    let json = run(&home, &server, &["analyze", &url, "--format", "json"]).code(4).json();
    let unread = json["coverage"]["unreadable"].as_array().unwrap();
    assert_eq!(unread.len(), 1);
    assert_eq!(unread[0]["export_key"], format!("s3://exports-bucket/{FIRST}"));
    assert!(unread[0]["reason"].as_str().unwrap().contains("s3:GetObject"), "{unread:?}");
    assert_eq!(json["coverage"]["exports"].as_array().unwrap().len(), 4);
    assert_eq!(json["summary"]["complete"], false);
    server.clear_faults();
    run(&home, &server, &["pull", &url]).code(0).says(&["1 added", "4 already in the lake"]);
    // When nothing at all can be read, the run has failed.
    server.fail(On::Get, 100, Fault::Error(403, "AccessDenied", "Access Denied"));
    run(&Home::new(), &server, &["pull", &url]).code(1).says(&["none of the exports could be read", "s3:GetObject"]);
}

#[test]
fn a_bucket_that_cannot_be_reached_is_explained() {
    let (server, url) = served();
    let home = Home::new();
    run(&home, &server, &["pull", "s3://no-such-bucket/team"]).code(1).says(&["no-such-bucket", "help: "]);
    server.fail(On::List, 100, Fault::Redirect("eu-west-1"));
    run(&home, &server, &["pull", &url]).code(1).says(&["help: ", "--region eu-west-1"]);
    server.clear_faults();
    let mut nobody = reaching(&home, &server, &["pull", &url]);
    nobody.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    home.finish(nobody, None).code(1).says(&["help: "]);
    let mut wrong = reaching(&home, &server, &["pull", &url]);
    wrong.env("AWS_SECRET_ACCESS_KEY", "wrong");
    home.finish(wrong, None).code(1).says(&["help: "]);
    let mut nowhere = home.command(&["pull", &url, "--endpoint-url", "http://127.0.0.1:9"]);
    nowhere.envs(server.env()).env("AWS_MAX_ATTEMPTS", "1");
    home.finish(nowhere, None).code(1).says(&["no connection", "help: check --endpoint-url"]);
    home.run(&["pull", "https://user:canary-password@host/x"]).code(1).says(&["help: "]);
    let run_all = run(&home, &server, &["pull", &url, "s3://no-such-bucket/team"]).code(4);
    run_all.says(&["5 added", "not read: s3://no-such-bucket/team"]);
    server.make_public();
    let public = Home::new();
    let mut command = public.command(&["pull", &url, "--no-sign-request", "--endpoint-url", &server.endpoint]);
    command.env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
    public.finish(command, None).code(0).says(&["5 added"]);
}

#[test]
fn the_window_leaves_out_exports_that_lie_before_it() {
    let (server, url) = served();
    let home = Home::new();
    let said = run(&home, &server, &["pull", &url, "--since", "2026-03-13T15:30:00Z"]).code(0);
    said.says(&["3 added", "2 before the window"]);
    run(&home, &server, &["pull", &url, "--since", "2027-01-01"]).code(3);
    run(&home, &server, &["pull", &url]).code(0).says(&["2 added", "3 already in the lake"]);
}

#[test]
fn a_second_writer_is_told_who_is_writing_and_readers_are_not_disturbed() {
    let (server, url) = served();
    let home = Home::new();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    for _ in small() {
        server.fail_next(On::Get, Fault::StallBody(100));
    }
    let mut command = reaching(&home, &server, &["pull", &url]);
    let mut first = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !server.log().iter().any(|line| line.starts_with("GET")) {
        assert!(start.elapsed() < Duration::from_secs(60) && first.try_wait().unwrap().is_none());
        sleep(Duration::from_millis(20));
    }
    let holder = format!("is being written by process {}; wait until it has finished", first.id());
    home.exports("more", &small()[1..2]);
    home.run(&["pull", "more"]).code(5).says(&["lake", &holder]);
    home.run(&["analyze", "more"]).code(5).says(&[&holder]);
    assert!(home.query("SELECT count(*) AS n FROM requests")[0]["n"].as_u64().unwrap() > 0);
    home.run(&["analyze", "--offline"]).code(0);
    first.kill().unwrap();
    first.wait().unwrap();
    home.run(&["pull", "more"]).code(0).says(&["1 added"]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    fn modes(path: &Path, found: &mut BTreeMap<u32, PathBuf>) {
        let metadata = fs::metadata(path).unwrap();
        let kind = if metadata.is_dir() { 0o1_0000 } else { 0 };
        found.insert(kind | metadata.permissions().mode() & 0o777, path.to_owned());
        if metadata.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| modes(&entry.unwrap().path(), found));
        }
    }
    let home = Home::new();
    home.exports("exports", &small()[..2]);
    let mut command = Command::new("sh");
    let plain = home.command(&["analyze", "exports", "-o", "report.md"]);
    command.args(["-c", "umask 000; exec \"$0\" \"$@\"", crate::common::PROGRAM]).args(plain.get_args());
    command.env_clear().envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?))));
    command.current_dir(home.path("")).stdin(Stdio::null());
    home.finish(command, None).code(0);
    let mut found = BTreeMap::new();
    modes(&home.lake(), &mut found);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [0o600, 0o1_0700], "{found:?}");
    assert_eq!(fs::metadata(home.path("report.md")).unwrap().permissions().mode() & 0o777, 0o600);
}
