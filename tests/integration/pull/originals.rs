//! Keeping the objects themselves.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use lightmeter::lake::Lake;

use super::{FIRST, SECOND, command, home, served};
use crate::common::small;
use crate::s3_server::{Fault, On};

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
