//! Transfers that break, stall and lie, and services that are busy or refuse.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{FIRST, SECOND, home, ledger, pull, run, same, served};
use crate::common::{Home, same_tables, small};
use crate::s3_server::{Fault, On};

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
fn a_bucket_gives_the_same_lake_as_a_folder_also_over_a_bad_line() {
    let home = Home::new();
    home.exports("exports", small());
    home.run(&["pull", "exports"]).code(0);
    let expected = home.dump();

    let server = served();
    let url = server.url("team");
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
