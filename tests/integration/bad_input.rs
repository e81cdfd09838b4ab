//! Bad input costs only itself: it is named with the reason, and its neighbours are complete.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lightmeter::decode::{Decoder, Limits};
use serde_json::{Value, json};

use crate::common::{Export, Home, Random, records, same_tables, small};

/// A neighbour without a fault.
fn good() -> &'static Export {
    &small()[0]
}

/// What the others are made from.
fn source() -> &'static [u8] {
    &small()[4].compressed
}

/// Bad exports: name, content, and a word of what the report says is wrong.
fn bad() -> Vec<(String, Vec<u8>, &'static str)> {
    let whole = source();
    let mut all = vec![("empty".to_owned(), Vec::new(), "empty")];
    for (name, length) in [("head", 3), ("frame", 12), ("third", whole.len() / 3), ("last", whole.len() - 1)] {
        let kind = if length < 4 { "not_zstd" } else { "truncated" };
        all.push((format!("cut-{name}"), whole[..length].to_vec(), kind));
    }
    let noise: Vec<u8> = {
        let mut random = Random(7);
        (0..40_000).map(|_| random.next().to_be_bytes()[0]).collect()
    };
    all.push(("noise".to_owned(), noise.clone(), "not_zstd"));
    all.push(("json".to_owned(), br#"{"id": 1, "login": "ana@example.com"}"#.to_vec(), "not_zstd"));
    let packed = |bytes: &[u8]| zstd::stream::encode_all(bytes, 3).unwrap();
    all.push((
        "packed-text".to_owned(),
        packed("this is no CBOR at all, but text. ".repeat(900).as_bytes()),
        "bad_record",
    ));
    all.push(("packed-noise".to_owned(), packed(&noise), "bad_record"));
    all.push(("packed-zeros".to_owned(), packed(&[0; 100_000]), "bad_record"));
    all.push(("tail".to_owned(), [whole, b"and more"].concat(), "corrupt"));
    let mut cut = zstd::stream::decode_all(whole).unwrap();
    cut.truncate(cut.len() - 100);
    all.push(("cut-inside".to_owned(), packed(&cut), "truncated"));
    let names = all.into_iter().map(|(name, bytes, kind)| (format!("bad-{name}.cbor.zstd"), bytes, kind));
    names.collect()
}

/// Records that can be read of an export before and around its damage.
fn readable(compressed: &[u8]) -> u64 {
    let mut decoder = Decoder::new(compressed, Limits::default());
    let mut count = 0;
    while let Some(record) = decoder.next() {
        count += u64::from(record.is_ok());
    }
    count
}

/// The files below the folder of a table.
fn parts(table: &Path) -> Vec<PathBuf> {
    let below = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    below(table.to_owned()).flat_map(below).collect()
}

fn coverage<'j>(json: &'j Value, name: &str) -> &'j Value {
    let exports = json["coverage"]["exports"].as_array().unwrap();
    exports.iter().find(|e| e["export_key"] == name).unwrap_or_else(|| panic!("{name} is not in the coverage"))
}

#[test]
fn each_bad_export_alone_is_read_as_far_as_possible_and_named() {
    for (name, bytes, kind) in bad() {
        let home = Home::new();
        home.write(&name, &bytes);
        let run = home.run(&["pull", &name]).code(4).says(&[&name]);
        assert_eq!(run.stdout, "");
        // It was read to its end, so there is nothing to read again, and it is as bad as before.
        home.run(&["pull", &name]).code(4).says(&[&name, "1 already in the lake"]);
        let kept = home.query("SELECT count(*) AS n FROM lake.requests");
        assert_eq!(kept, [json!({"n": readable(&bytes)})], "{name}");
        let _ = kind;
    }
}

#[test]
fn bad_exports_are_named_in_the_report_and_their_neighbour_is_complete() {
    let alone = Home::new();
    alone.exports("exports", std::slice::from_ref(good()));
    alone.run(&["pull", "exports"]).code(0);
    let of_good = |home: &Home, table: &str| {
        home.query(&format!("SELECT * FROM lake.{table} WHERE export_key = '{}' ORDER BY record_id", good().name))
    };

    let home = Home::new();
    home.exports("exports", std::slice::from_ref(good()));
    for (name, bytes, _) in bad() {
        home.write(&format!("exports/{name}"), bytes);
    }
    let run = home.run(&["analyze", "exports", "--format", "json"]).code(4);
    let run = run.says(&["could not read everything: ", "cut short", "records skipped", "first bad-"]);
    let json = run.json();
    assert_eq!(json["summary"]["complete"], false);
    for (name, bytes, kind) in bad() {
        let found = coverage(&json, &name);
        assert!(found["problem_counts"][kind].as_u64() > Some(0), "{name} is {kind}: {found}");
        assert!(found["skipped"].as_u64() > Some(0) || found["partial"] == true, "{name}: {found}");
        assert_eq!(found["records"], readable(&bytes), "{name}");
        for problem in found["problems"].as_array().unwrap() {
            assert!(problem["reason"].as_str().is_some_and(|r| !r.is_empty()), "{name}");
        }
    }
    let fine = coverage(&json, &good().name);
    assert_eq!((&fine["records"], &fine["skipped"]), (&json!(records(good())), &json!(0)));
    for table in ["requests", "tool_calls", "tool_results", "tool_definitions"] {
        let rows = of_good(&home, table);
        assert!(!rows.is_empty());
        let sorted = |mut rows: Vec<Value>| {
            rows.sort_by_key(Value::to_string);
            rows
        };
        assert_eq!(sorted(rows), sorted(of_good(&alone, table)), "{table}");
    }
    // What happened to the lake since is told as well, and the rest of it is read.
    let folder = home.lake().join("v1/messages");
    let part = parts(&folder).into_iter().max_by_key(|part| fs::metadata(part).unwrap().len()).unwrap();
    let noise = vec![b'x'; fs::read(&part).unwrap().len()];
    fs::write(&part, noise).unwrap();
    home.run(&["query", "SELECT text FROM lake.messages"]).code(1).says(&["cannot read the part", "lightmeter verify"]);
    let name = part.file_name().unwrap().to_str().unwrap();
    let run = home.run(&["analyze", "--offline"]).code(4).says(&["1 not readable", name, "brings back the rows of"]);
    for (name, _, _) in bad() {
        assert!(run.stdout.contains(&name), "{name} is not in the report");
    }
    assert!(run.stdout.contains(name) && run.stdout.contains("the report is without its rows"));
}

#[test]
fn flipped_bits_never_stop_a_run_and_never_pass_unseen() {
    let home = Home::new();
    home.exports("exports", std::slice::from_ref(good()));
    let mut random = Random(0x0bad_0bad);
    // Frames with a checksum, as the gateway writes them.
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    std::io::copy(&mut &zstd::stream::decode_all(source()).unwrap()[..], &mut encoder).unwrap();
    let whole = encoder.finish().unwrap();
    for n in 0..24 {
        let mut bytes = whole.clone();
        let at = usize::try_from(random.below(bytes.len() as u64)).unwrap();
        bytes[at] ^= 1 << random.below(8);
        home.write(&format!("exports/flipped-{n:02}-at-{at}.cbor.zstd"), bytes);
    }
    let json = home.run(&["analyze", "exports", "--format", "json"]).code(4).json();
    let exports = json["coverage"]["exports"].as_array().unwrap();
    assert_eq!(exports.len(), 25);
    for export in exports {
        let flipped = export["export_key"].as_str().unwrap().starts_with("flipped");
        assert_eq!(export["partial"] == true || export["skipped"].as_u64() > Some(0), flipped, "{export}");
    }
    assert_eq!(coverage(&json, &good().name)["records"], records(good()));
}

#[test]
fn nothing_to_read_is_told_apart_from_failure() {
    let home = Home::new();
    home.exports("empty", &[]);
    home.write("others/notes.txt", "no export");
    home.write("none/a.cbor.zstd", zstd::stream::encode_all(&b""[..], 3).unwrap());
    for folder in ["empty", "others"] {
        for command in ["pull", "analyze"] {
            home.run(&[command, folder]).code(3);
            home.run(&[command, folder, "--allow-empty"]).code(0);
        }
    }
    home.run(&["pull", "others"]).code(3).says(&["1 other files are no exports by their name"]);
    // An export without records is an answer of the gateway: nobody did anything.
    home.run(&["pull", "none"]).code(0);
    home.run(&["analyze", "none"]).code(3);
    home.run(&["analyze", "none", "--allow-empty"]).code(0);
    for command in ["pull", "analyze"] {
        home.run(&[command, "nowhere"]).code(1).says(&["nowhere does not exist", "check the path"]);
        home.run(&[command, "nowhere/at/all.cbor.zstd"]).code(1).says(&["does not exist"]);
    }
}

#[cfg(unix)]
#[test]
fn files_that_cannot_be_opened_are_named_and_the_others_are_read() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Home::new();
    home.exports("exports", std::slice::from_ref(good()));
    symlink(home.path("gone"), home.path("exports/dangling.cbor.zstd")).unwrap();
    home.write("outside/secret.cbor.zstd", source());
    symlink(home.path("outside/secret.cbor.zstd"), home.path("exports/outside.cbor.zstd")).unwrap();
    // A folder is a folder, whatever its name.
    fs::create_dir(home.path("exports/folder.cbor.zstd")).unwrap();
    let mut expected = vec!["dangling.cbor.zstd", "outside.cbor.zstd"];
    if Command::new("mkfifo").arg(home.path("exports/pipe.cbor.zstd")).status().is_ok_and(|s| s.success()) {
        expected.push("pipe.cbor.zstd");
    }
    let closed = home.write("exports/closed.cbor.zstd", source());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // For root there are no closed files.
    if fs::File::open(&closed).is_err() {
        expected.push("closed.cbor.zstd");
    } else {
        fs::remove_file(&closed).unwrap();
    }
    let json = home.run(&["analyze", "exports", "--format", "json"]).code(4).json();
    let unread = json["coverage"]["unreadable"].as_array().unwrap();
    assert_eq!(unread.len(), expected.len(), "{unread:?}");
    for name in &expected {
        let named = unread.iter().find(|u| u["export_key"].as_str().unwrap().ends_with(name));
        assert!(named.is_some_and(|u| u["reason"].as_str().unwrap().len() > 10), "{name} in {unread:?}");
    }
    assert_eq!(coverage(&json, &good().name)["records"], records(good()));
    assert_eq!(json["coverage"]["exports"].as_array().unwrap().len(), 1);
    let run = home.run(&["pull", "exports"]).code(4);
    run.says(&expected);

    home.run(&["pull", "exports/dangling.cbor.zstd"]).code(1).says(&["does not exist"]);
    home.run(&["pull", "exports", "nowhere"]).code(4).says(&["nowhere"]);
    home.run(&["pull", "/dev/null"]).code(1).says(&["neither a folder nor a regular file", "help: "]);
}

#[test]
fn names_of_files_cannot_drive_a_terminal_or_break_the_report() {
    let home = Home::new();
    let name = "a\u{1b}[2J\u{202e}<b>|`x`\n# not a heading\n.cbor.zstd";
    home.write(&format!("exports/{name}"), b"nothing");
    home.exports("exports", std::slice::from_ref(good()));
    let run = home.run(&["pull", "exports"]).code(4);
    assert!(!run.stderr.contains('\u{202e}') && !run.stderr.contains("\n# not"), "{}", run.stderr);
    for format in ["markdown", "json"] {
        let report = home.run(&["analyze", "--offline", "--format", format]).code(4).stdout;
        assert!(!report.contains('\u{202e}') && !report.contains("\n# not a heading"), "{report}");
        assert!(report.contains("not a heading"), "the export is named");
    }
    let listed = home.run(&["pull", "exports", "--dry-run", "--lake", "none"]).code(0).stdout;
    assert!(!listed.contains('\u{202e}') && listed.lines().count() == 3, "{listed}");
}

#[test]
fn an_export_that_is_repaired_is_read_again() {
    let home = Home::new();
    let export = &small()[4];
    let half = &export.compressed[..export.compressed.len() / 2];
    home.write("exports/a.cbor.zstd", half);
    home.run(&["pull", "exports"]).code(4);
    home.write("exports/a.cbor.zstd", &export.compressed);
    home.run(&["pull", "exports"]).code(0).says(&["1 replaced"]);
    let whole = Home::new();
    whole.write("exports/a.cbor.zstd", &export.compressed);
    whole.run(&["pull", "exports"]).code(0);
    // Both states are in the lake; what they share counts once.
    let public = |home: &Home| {
        let mut tables = home.dump();
        tables.retain(|name, _| !name.starts_with("lake."));
        tables
    };
    same_tables(&public(&home), &public(&whole), "repaired");
}
