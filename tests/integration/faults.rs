//! Everything that can go wrong on the way from a bucket: in the end the lake is the one of an undisturbed pull, or the
//! run says exactly what is missing and the next run gets it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use lightmeter::lake::{Lake, LedgerEntry};

use crate::common::{Home, Run, repository, small};
use crate::s3_server::{Fault, On, S3Server};

/// Far longer than anything here takes, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// Two of the five keys, for faults that hit one.
const FIRST: &str = "team/ts-aperture-export-1772204407.cbor.zstd";
const SECOND: &str = "team/ts-aperture-export-1772809207.cbor.zstd";

/// A server with the small exports below `team/`.
fn served() -> S3Server {
    let server = S3Server::start();
    for export in small() {
        server.put(&format!("team/{}", export.name), &export.compressed);
    }
    server
}

/// A place whose settings file makes the program impatient: faults that are waited out take a second, not twenty.
fn home() -> Home {
    let home = Home::new();
    home.write("lightmeter.toml", "[s3]\nattempts = 5\nstall_seconds = 1\n");
    home
}

fn command(home: &Home, server: &S3Server, args: &[&str]) -> Command {
    let mut command = home.command(&[args, &["--endpoint-url", &server.endpoint]].concat());
    command.envs(server.env());
    command
}

#[track_caller]
fn pull(home: &Home, server: &S3Server) -> Run {
    home.finish(command(home, server, &["pull", &server.url("team")]), None)
}

/// What a lake holds, down to the hash of every file of it. Equal ledgers are equal lakes: parts are named in them with
/// their content, and are checked here.
#[track_caller]
fn ledger(lake: &Path) -> Vec<LedgerEntry> {
    let lake = Lake::open_existing(lake).unwrap();
    let ledger = lake.ledger().unwrap();
    assert!(ledger.damaged.is_empty());
    for part in ledger.entries.iter().flat_map(|e| &e.parts) {
        lake.verify(part).unwrap();
    }
    ledger.entries
}

#[track_caller]
fn same(found: &[LedgerEntry], expected: &[LedgerEntry], when: &str) {
    let keys = |entries: &[LedgerEntry]| entries.iter().map(|e| e.export_key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(found), keys(expected), "{when}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{when}");
    }
}

#[test]
fn trouble_that_passes_leaves_no_trace() {
    let server = served();
    let calm = home();
    pull(&calm, &server).code(0).says(&["5 added"]);
    let expected = ledger(&calm.lake());
    let length = usize::try_from(expected[0].size).unwrap();
    let busy = || Fault::Error(503, "SlowDown", "Please reduce your request rate.");
    let cases: Vec<(&str, Vec<(On, Fault)>)> = vec![
        ("cut at several places", [0, 1, 100, 1_000].map(|n| (On::Get, Fault::CutBody(n))).into()),
        ("cut before the last byte", vec![(On::Key(FIRST), Fault::CutBody(length - 1))]),
        ("a stall", vec![(On::Get, Fault::StallBody(500))]),
        ("500 on both", [On::List, On::Get].map(|on| (on, Fault::Error(500, "InternalError", "oops"))).into()),
        ("503 on both", [On::List, On::Get].map(|on| (on, busy())).into()),
        ("429 on both", [On::List, On::Get].map(|on| (on, Fault::Error(429, "Busy", "Busy"))).into()),
        ("hangup on both", [On::List, On::Get].map(|on| (on, Fault::Hangup)).into()),
        ("a corrupt byte in two objects", [FIRST, SECOND].map(|key| (On::Key(key), Fault::FlipByte(77))).into()),
        ("a region that the service names", vec![(On::List, Fault::Redirect("eu-west-1"))]),
        (
            "everything at once",
            vec![
                (On::List, Fault::Hangup),
                (On::Key(FIRST), Fault::CutBody(500)),
                (On::Key(FIRST), busy()),
                (On::Key(FIRST), Fault::FlipByte(30)),
                (On::Key(SECOND), Fault::StallBody(700)),
                (On::Key(SECOND), Fault::CutBody(10)),
            ],
        ),
    ];
    for (name, faults) in cases {
        server.clear_faults();
        for (on, fault) in faults {
            server.fail_next(on, fault);
        }
        let disturbed = home();
        pull(&disturbed, &server).code(0).says(&["5 exports found: 5 added"]);
        same(&ledger(&disturbed.lake()), &expected, name);
        assert!(!server.has_faults(), "{name} did not happen");
    }
    for (size, overlap) in [(1, false), (2, false), (2, true), (4, true)] {
        server.pages(size, overlap);
        let disturbed = home();
        pull(&disturbed, &server).code(0).says(&["5 exports found: 5 added"]);
        same(&ledger(&disturbed.lake()), &expected, &format!("pages of {size}, overlapping: {overlap}"));
    }
}

#[test]
fn an_object_that_changes_after_it_was_listed_is_read_as_it_is_now() {
    let server = served();
    let home = home();
    server.fail_next(On::Key(FIRST), Fault::Replace(&small()[1].compressed));
    // The second state is itself replaced while it is being read.
    server.fail_next(On::Key(SECOND), Fault::CutBody(300));
    server.fail_next(On::Key(SECOND), Fault::Replace(&small()[2].compressed));
    pull(&home, &server).code(0).says(&["5 added"]);
    let calm = crate::faults::home();
    pull(&calm, &server).code(0).says(&["5 added"]);
    same(&ledger(&home.lake()), &ledger(&calm.lake()), "changed between listing and reading");
}

#[test]
fn what_could_not_be_read_is_named_and_the_next_run_gets_it() {
    let server = served();
    let calm = home();
    pull(&calm, &server).code(0);
    let expected = ledger(&calm.lake());
    let cases = [
        ("denied", Fault::Error(403, "AccessDenied", "Access Denied"), "s3:GetObject"),
        ("always cut", Fault::CutBody(100), "the connection broke off after"),
        ("always corrupt", Fault::FlipByte(77), "do not match the object's checksum"),
        ("always busy", Fault::Error(503, "SlowDown", "Please"), "keeps asking to slow down"),
        ("archived", Fault::Error(403, "InvalidObjectState", "archived"), "restore-object"),
        ("another key", Fault::Error(403, "AccessDenied", "not authorized: kms:Decrypt"), "kms:Decrypt"),
    ];
    for (name, fault, reason) in cases {
        server.clear_faults();
        server.fail(On::Key(FIRST), 1_000, fault);
        let home = home();
        let run = pull(&home, &server).code(4).says(&["4 added", FIRST, reason]);
        assert_eq!(run.stderr.matches("not read:").count(), 1, "{}", run.stderr);
        assert_eq!(run.stdout, "");
        let without: Vec<_> = expected.iter().filter(|e| !e.export_key.ends_with(FIRST)).cloned().collect();
        same(&ledger(&home.lake()), &without, name);
        server.clear_faults();
        pull(&home, &server).code(0).says(&["1 added", "4 already in the lake"]);
        same(&ledger(&home.lake()), &expected, name);
    }
}

#[test]
fn credentials_that_expire_half_way_leave_what_was_pulled_and_name_the_rest() {
    let server = served();
    let calm = home();
    pull(&calm, &server).code(0);
    let expected = ledger(&calm.lake());
    let home = home();
    server.fail_after(On::Get, 2, 1_000, Fault::Error(400, "ExpiredToken", "The provided token has expired."));
    let run = pull(&home, &server).code(4).says(&["2 added", "the credentials have expired", "aws sso login"]);
    let held = ledger(&home.lake());
    assert_eq!((held.len(), run.stderr.matches("not read:").count()), (2, 3));
    for entry in &expected {
        let named = run.stderr.contains(&format!("not read: {}:", entry.export_key));
        assert_ne!(named, held.contains(entry), "{} is either in the lake or named", entry.export_key);
    }
    server.clear_faults();
    pull(&home, &server).code(0).says(&["3 added", "2 already in the lake"]);
    same(&ledger(&home.lake()), &expected, "after renewing the credentials");
}

#[test]
fn an_object_deleted_after_it_was_listed_is_named_and_a_vanished_one_keeps_its_rows() {
    let server = served();
    let home = home();
    server.fail_next(On::Key(FIRST), Fault::Remove);
    pull(&home, &server).code(4).says(&["4 added", FIRST, "the object is gone"]);
    let held = ledger(&home.lake());
    let gone = || home.query("SELECT export_key FROM exports WHERE vanished ORDER BY export_key");
    server.remove(SECOND);
    // Only a listing that would have shown it says that it is gone.
    let window = ["pull", &server.url("team"), "--since", "2027-01-01"];
    home.finish(command(&home, &server, &window), None).code(3);
    home.finish(command(&home, &server, &["pull", &server.url("other")]), None).code(3);
    assert_eq!(gone().len(), 0);
    let said =
        ["4 already", "1 of the lake are no longer where they were found", "its rows stay: s3://exports-bucket/"];
    let said = [said[0].replace('4', "3"), said[1].to_owned(), format!("{}{SECOND}", said[2])];
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let dry = home.finish(command(&home, &server, &["pull", &server.url("team"), "--dry-run"]), None).code(0);
    dry.says(&[said[2]]);
    pull(&home, &server).code(0).says(&said);
    assert_eq!(gone().len(), 1);
    let report = home.run(&["analyze", "--offline", "--format", "json"]).code(0).json();
    let covered = report["coverage"]["exports"].as_array().unwrap();
    assert_eq!(covered.iter().filter(|e| e["vanished"] == true).count(), 1);
    assert_eq!(covered.len(), 4);
    same(&ledger(&home.lake()), &held, "rows of vanished objects stay");
    let again = pull(&home, &server).code(0).says(&said[..2]);
    assert!(!again.stderr.contains(SECOND), "it is news only once: {}", again.stderr);
    server.put(SECOND, &small()[1].compressed);
    pull(&home, &server).code(0).says(&["0 added", "4 already"]);
    assert_eq!(gone().len(), 0);
}

#[test]
fn more_keys_than_a_page_holds_are_pulled_once() {
    let server = served();
    let empty = zstd::stream::encode_all(&b""[..], 3).unwrap();
    for n in 0..1_000 {
        server.put(&format!("team/{n:04}.cbor.zstd"), &empty);
    }
    let home = home();
    pull(&home, &server).code(0).says(&["1005 exports found: 1005 added"]);
    let before = server.log();
    assert_eq!(before.iter().filter(|l| *l == "LIST").count(), 2);
    assert_eq!(before.iter().filter(|l| l.starts_with("GET")).count(), 1_005);
    pull(&home, &server).code(0).says(&["0 added, 0 replaced, 1005 already in the lake"]);
    assert!(server.log()[before.len()..].iter().all(|l| l == "LIST"));
}

#[test]
fn the_policy_in_the_readme_is_enough() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("This policy is enough:").unwrap();
    let policy = rest.split("```").nth(1).unwrap().strip_prefix("json").unwrap();
    assert!(policy.contains("my-bucket") && policy.contains("aperture/*"), "{policy}");
    let policy = policy.replace("my-bucket", "exports-bucket").replace("aperture", "team");
    let server = served();
    server.put("private/ts-aperture-export-1772204407.cbor.zstd", b"none of our business");
    server.grant(serde_json::from_str(&policy).unwrap());
    let home = home();
    server.fail_next(On::Get, Fault::CutBody(100));
    server.fail_next(On::Key(SECOND), Fault::Replace(&small()[2].compressed));
    pull(&home, &server).code(0).says(&["5 added"]);
    let one = home.finish(command(&home, &server, &["pull", &server.url(FIRST)]), None);
    one.code(0).says(&["1 exports found"]);
    for place in ["private", ""] {
        let run = home.finish(command(&home, &server, &["pull", &server.url(place)]), None);
        run.code(1).says(&["listing is denied", "s3:ListBucket"]);
    }
}

#[test]
fn buckets_and_prefixes_share_a_lake_without_mixing() {
    let server = served();
    // The same content under the same name elsewhere is another object.
    let name = FIRST.strip_prefix("team/").unwrap();
    server.put(&format!("other/{name}"), &small()[0].compressed);
    let second = S3Server::start();
    second.put(FIRST, &small()[1].compressed);
    let home = home();
    let settings = format!(
        "sources = ['{}', '{}', 'exports']\n[s3]\nendpoint_url = '{}'\nregion = 'eu-west-1'\n",
        server.url("team"),
        server.url("other"),
        server.endpoint
    );
    home.write("lightmeter.toml", settings);
    home.exports("exports", &small()[..1]);
    let mut listed = home.command(&["pull"]);
    listed.envs(server.env());
    home.finish(listed, None).code(0).says(&["7 exports found: 7 added"]);
    // The flag is stronger than the file: a bucket of the same name at another service.
    let run = home.finish(command(&home, &second, &["pull", &second.url("team"), "--request-payer"]), None);
    run.code(0).says(&["1 exports found: 1 added"]);
    assert_eq!(second.paid(), second.log().len());
    assert_eq!(server.paid(), 0);
    let names: Vec<String> = ledger(&home.lake()).into_iter().map(|e| e.export_key).collect();
    assert_eq!(names.len(), 8);
    let like = |start: &str| names.iter().filter(|n| n.starts_with(&format!("{start}{name}"))).count();
    assert_eq!((like("s3://exports-bucket/team/"), like("s3://exports-bucket/other/"), like("")), (2, 1, 1));
    let distinct = home.query("SELECT count(DISTINCT export_key) AS n FROM lake.requests");
    assert_eq!(distinct[0]["n"], 8);
    // Nothing of one place is missed in another.
    second.remove(FIRST);
    second.put(SECOND, &small()[1].compressed);
    home.finish(command(&home, &second, &["pull", &second.url("team")]), None).code(0).says(&["1 of the lake are no"]);
    assert_eq!(home.query("SELECT count(*) AS n FROM exports WHERE vanished")[0]["n"], 1);
}

#[test]
fn a_dry_run_lists_what_is_new_with_sizes_and_changes_nothing() {
    let server = served();
    let home = home();
    let all = home.finish(command(&home, &server, &["pull", &server.url("team"), "--dry-run"]), None).code(0);
    assert_eq!(all.stdout.lines().count(), 6, "{}", all.stdout);
    assert!(!home.lake().exists() && server.log() == ["LIST"]);
    home.finish(command(&home, &server, &["pull", &server.url(SECOND)]), None).code(0);
    let rest = home.finish(command(&home, &server, &["pull", &server.url("team"), "--dry-run"]), None).code(0);
    assert_eq!(rest.stdout.lines().count(), 5, "{}", rest.stdout);
    let size = small()[0].compressed.len();
    assert!(rest.stdout.contains(&format!("{size}  s3://exports-bucket/{FIRST}\n")), "{}", rest.stdout);
    assert!(!rest.stdout.contains(SECOND) && rest.stdout.contains("bytes in 4 exports"), "{}", rest.stdout);
    rest.says(&["nothing was read; 1 of 5 exports found are in the lake"]);
}

#[test]
fn quiet_is_silent_and_standard_output_stays_empty() {
    let server = served();
    let home = home();
    server.put("team/notes.txt", b"x");
    let run = home.finish(command(&home, &server, &["pull", &server.url("team"), "--quiet"]), None).code(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn originals_are_kept_beside_their_hashes_whatever_their_keys() {
    let server = served();
    server.put("team/..%2f..\\evil\n\u{202e}name.cbor.zstd", &small()[2].compressed);
    let home = home();
    let check = |count: usize| {
        let mut files: Vec<_> = fs::read_dir(home.path("raw")).unwrap().map(|e| e.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|e| e == "sha256"));
        assert_eq!(files.len(), count);
        for sums in files {
            let text = fs::read_to_string(&sums).unwrap();
            let (hash, name) = text.trim_end().split_once("  ").unwrap();
            let bytes = fs::read(home.path("raw").join(name)).unwrap();
            let found = <sha2::Sha256 as sha2::Digest>::digest(&bytes);
            assert_eq!(hex::encode(found), hash);
        }
        assert_eq!(fs::read_dir(home.path("raw")).unwrap().count(), 2 * count + 1, "with the lock");
        assert_eq!(fs::read_dir(home.path("")).unwrap().count(), 2, "nothing beside it");
    };
    let url = server.url("team");
    let keep = ["pull", &url, "--keep-raw", "raw"];
    // Pulled before anybody thought of keeping: kept later.
    home.finish(command(&home, &server, &["pull", &server.url(FIRST)]), None).code(0);
    server.fail_next(On::Key(SECOND), Fault::FlipByte(77));
    server.fail_next(On::Key(SECOND), Fault::CutBody(77));
    home.finish(command(&home, &server, &keep), None).code(0).says(&["5 added", "1 already in the lake"]);
    check(6);
    let hashes: Vec<_> = home.query("SELECT sha256 FROM lake.exports").iter().map(|r| r["sha256"].clone()).collect();
    for hash in hashes {
        let start = &hash.as_str().unwrap()[..16];
        let mut names = fs::read_dir(home.path("raw")).unwrap().map(|e| e.unwrap().file_name());
        assert!(names.any(|n| n.to_str().unwrap().ends_with(&format!("-{start}.cbor.zstd"))));
    }
    let before = server.log().len();
    home.finish(command(&home, &server, &keep), None).code(0).says(&["0 added", "6 already in the lake"]);
    assert!(server.log()[before..].iter().all(|l| l == "LIST"), "what is kept is not read again");
    // A new state of an object joins the old one.
    server.put(FIRST, &small()[3].compressed);
    home.finish(command(&home, &server, &keep), None).code(0).says(&["1 replaced"]);
    check(7);
    // Where nothing can be kept, nothing is converted.
    home.write("file", "");
    let other = ["pull", &url, "--keep-raw", "file/raw", "--lake", "none"];
    home.finish(command(&home, &server, &other), None).code(1).says(&["cannot keep originals in file/raw", "help: "]);
    assert!(Lake::open_existing(home.path("none")).unwrap().ledger().unwrap().entries.is_empty());
}

/// Waits for something to become true while the program runs.
#[track_caller]
fn until(child: &mut Child, what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        assert!(child.try_wait().unwrap().is_none(), "it ended before: {what}");
        sleep(Duration::from_millis(10));
    }
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
fn ended(child: Child) -> (Option<i32>, String, String) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[cfg(unix)]
#[test]
fn a_pull_that_is_asked_to_end_rolls_back_says_so_and_the_next_goes_on() {
    let server = served();
    let calm = home();
    pull(&calm, &server).code(0);
    let expected = ledger(&calm.lake());
    for (name, code, shown) in [("TERM", 143, "SIGTERM"), ("INT", 130, "Ctrl-C")] {
        for command_name in ["pull", "analyze"] {
            // No settings file: a transfer may stall for twenty seconds, so this one waits for the network.
            let home = Home::new();
            server.fail(On::Key(FIRST), 1_000, Fault::StallBody(500));
            let url = server.url("team");
            let mut command = command(&home, &server, &[command_name, &url, "--workers", "2", "--keep-raw", "raw"]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let entries = home.lake().join("v1/ledger");
            until(&mut child, "four exports in the lake", || fs::read_dir(&entries).is_ok_and(|d| d.count() == 4));
            signal(&child, name);
            let (ended_with, stdout, stderr) = ended(child);
            assert_eq!((ended_with, stdout.as_str()), (Some(code), ""), "{stderr}");
            let told = format!("ended by {shown}: 4 exports added, 0 replaced, 1 left");
            assert!(stderr.contains(&told) && stderr.contains("help: run the same command again"), "{stderr}");
            assert_eq!(ledger(&home.lake()).len(), 4);
            assert_eq!(fs::read_dir(home.path("raw")).unwrap().count(), 2 * 4 + 1, "no half original stays");
            server.clear_faults();
            pull(&home, &server).code(0).says(&["1 added", "4 already in the lake"]);
            same(&ledger(&home.lake()), &expected, shown);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_waits_for_its_input_ends_when_asked_to() {
    let home = home();
    home.exports("exports", &small()[..1]);
    home.run(&["pull", "exports"]).code(0);
    let mut command = home.command(&["query", "-"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let caught = || {
        let status = fs::read_to_string(&status).unwrap();
        let (_, rest) = status.split_once("SigCgt:").unwrap();
        u64::from_str_radix(rest.split_whitespace().next().unwrap(), 16).unwrap()
    };
    // SIGTERM is number 15.
    until(&mut child, "it listens to signals", || caught() & (1 << 14) != 0);
    signal(&child, "TERM");
    let input = child.stdin.take();
    assert_eq!(ended(child).0, Some(143));
    drop(input);
}

/// Runs a script around the program in a name space of its own, where it may mount; `None` where that is not possible.
#[cfg(target_os = "linux")]
fn mounted(home: &Home, script: &str) -> Option<Run> {
    let can = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !can.is_ok_and(|status| status.success()) {
        return None;
    }
    let plain = home.command(&[]);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, crate::common::PROGRAM]).env_clear();
    command.envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
    Some(home.finish(command, None))
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_a_whole_lake() {
    let calm = home();
    calm.exports("exports", small());
    calm.run(&["pull", "exports"]).code(0);
    let expected = ledger(&calm.lake());
    let pages: u64 = expected.iter().flat_map(|e| &e.parts).map(|p| p.bytes.div_ceil(4096) * 4).sum();
    for quarters in 1..=3 {
        let kilobytes = pages * quarters / 4 + 40;
        let script = format!(
            "mkdir -m 700 small && mount -t tmpfs -o size={kilobytes}k,mode=700 none small || exit 77
             $0 pull exports --lake small; echo code $?
             $0 query --lake small 'SELECT count(*) AS n FROM lake.exports' --format jsonl
             mount -o remount,size=64m none small
             $0 pull exports --lake small; echo code $?; cp -r small/. copy-{quarters}; umount small; rmdir small"
        );
        let Some(run) = mounted(&calm, &script).filter(|run| run.code != 77) else { return };
        let run = run.code(0).says(&["No space left on device", "help: make room on the disk"]);
        assert!(run.stdout.starts_with("code 1\n{\"n\":") && run.stdout.ends_with("code 0\n"), "{}", run.stdout);
        same(&ledger(&calm.path(&format!("copy-{quarters}"))), &expected, "after making room");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_lake_on_a_read_only_disk_can_be_read_and_says_why_it_takes_nothing() {
    let home = home();
    home.exports("exports", &small()[..2]);
    home.run(&["pull", &format!("exports/{}", small()[0].name)]).code(0);
    let script = "mount --bind $LIGHTMETER_LAKE $LIGHTMETER_LAKE || exit 77
                  mount -o remount,ro,bind $LIGHTMETER_LAKE || exit 77
                  $0 pull exports; echo code $?
                  $0 query 'SELECT count(*) AS n FROM lake.exports' --format jsonl
                  $0 analyze --offline -q >/dev/null; echo code $?";
    let Some(run) = mounted(&home, script).filter(|run| run.code != 77) else { return };
    let run = run.code(0).says(&["Read-only file system", "help: the disk is mounted read-only"]);
    assert_eq!(run.stdout, "code 1\n{\"n\":1}\ncode 0\n");
}

#[cfg(unix)]
#[test]
fn limits_and_permissions_are_told_and_leave_a_whole_lake() {
    let home = home();
    home.exports("exports", small());
    let through = |script: &str| {
        let plain = home.command(&["pull", "exports"]);
        let mut command = Command::new("sh");
        command.args(["-c", script, crate::common::PROGRAM]).args(plain.get_args()).env_clear();
        command.envs(plain.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(home.path(""));
        home.finish(command, None)
    };
    // Eight blocks are less than the parts take.
    let run = through("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"").code(1);
    run.says(&["File too large", "help: raise the limit"]);
    assert!(ledger(&home.lake()).iter().all(|entry| entry.parts.is_empty()));
    home.run(&["pull", "exports"]).code(0);
    let expected = ledger(&home.lake());

    home.write("file", "");
    home.run(&["pull", "exports", "--lake", "file/lake"]).code(1).says(&["file/lake", "help: a file is where"]);

    // Without the right to pass over permissions, which root has.
    let bound = "exec setpriv --bounding-set -dac_override,-dac_read_search \"$0\" \"$@\"";
    let root = fs::metadata("/proc/self").is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0);
    let script = if root { bound } else { "exec \"$0\" \"$@\"" };
    if root && !Command::new("setpriv").arg("--version").output().is_ok_and(|o| o.status.success()) {
        return;
    }
    let staging = home.lake().join("v1/.staging");
    let mode = |mode| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(&staging, mode).unwrap();
    };
    home.write("exports/new.cbor.zstd", zstd::stream::encode_all(&b""[..], 3).unwrap());
    mode(0o500);
    let run = through(script);
    mode(0o700);
    run.code(1).says(&["Permission denied", "help: run as the user who owns the lake"]);
    same(&ledger(&home.lake()), &expected, "nothing came in");
}
