//! Running again: what is in the lake stays, what changed is replaced, what is gone is told.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use super::{FIRST, SECOND, command, home, ledger, parquet, pull, run, same, served};
use crate::common::{Home, same_tables, small};
use crate::s3_server::{Fault, On, S3Server};

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
fn an_object_that_changes_after_it_was_listed_is_read_as_it_is_now() {
    let server = served();
    let home = home();
    server.fail_next(On::Key(FIRST), Fault::Replace(&small()[1].compressed));
    // The second state is itself replaced while it is being read.
    server.fail_next(On::Key(SECOND), Fault::CutBody(300));
    server.fail_next(On::Key(SECOND), Fault::Replace(&small()[2].compressed));
    pull(&home, &server).code(0).says(&["5 added"]);
    let calm = super::home();
    pull(&calm, &server).code(0).says(&["5 added"]);
    same(&ledger(&home.lake()), &ledger(&calm.lake()), "changed between listing and reading");
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
fn rows_that_the_lake_lost_come_back_with_the_next_pull() {
    let server = served();
    let home = home();
    pull(&home, &server).code(0);
    let expected = home.dump();
    let parts: Vec<PathBuf> = parquet(&home.lake()).into_keys().collect();
    let of = |name: &str| parts.iter().find(|part| part.to_string_lossy().contains(name)).unwrap();
    let name = |key: &'static str| key.strip_prefix("team/").unwrap().strip_suffix(".cbor.zstd").unwrap();
    std::fs::remove_file(of(name(FIRST))).unwrap();
    std::fs::write(of(name(SECOND)), "cut").unwrap();
    let said = ["0 added, 2 replaced, 3 already in the lake", "files of the lake are missing"];
    pull(&home, &server).code(0).says(&said);
    same_tables(&home.dump(), &expected, "a file was gone and one was cut");
    // What only a look at the content tells is told by `verify`, with what to do.
    let part = parquet(&home.lake()).into_keys().next().unwrap();
    let mut bytes = std::fs::read(&part).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&part, bytes).unwrap();
    pull(&home, &server).code(0).says(&["5 already in the lake"]);
    let verified = home.run(&["verify"]).code(4).stdout;
    assert!(verified.contains("remove it, and the next pull brings back the rows of s3://"), "{verified}");
    std::fs::remove_file(&part).unwrap();
    let verified = home.run(&["verify"]).code(4).stdout;
    assert!(verified.contains("it is missing; the next pull brings back"), "{verified}");
    pull(&home, &server).code(0).says(&["1 replaced, 4 already"]);
    home.run(&["verify"]).code(0);
    same_tables(&home.dump(), &expected, "a byte was another one");
}
