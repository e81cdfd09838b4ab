//! Which objects a pull reads, and what it says of them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{FIRST, SECOND, command, home, pull, run, served};
use crate::common::{Home, small};

#[test]
fn the_window_leaves_out_exports_that_lie_before_it() {
    let server = served();
    let url = server.url("team");
    let home = Home::new();
    let said = run(&home, &server, &["pull", &url, "--since", "2026-03-13T15:30:00Z"]).code(0);
    said.says(&["3 added", "2 before the window"]);
    run(&home, &server, &["pull", &url, "--since", "2027-01-01"]).code(3);
    run(&home, &server, &["pull", &url]).code(0).says(&["2 added", "3 already in the lake"]);
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
