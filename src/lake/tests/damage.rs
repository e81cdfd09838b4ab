//! What crashes, damage and hands of others leave: it is noticed, and pulling again mends it.

use super::*;

#[tokio::test]
async fn pulling_again_brings_back_a_part_that_was_lost() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x", "y"]));
    fs::remove_file(lake.path().join(&parquet_files(lake)[0])).unwrap();
    assert_eq!(add(lake, "a", carries("a", &["x", "y"])), Committed::Replaced);
    assert_eq!(count(lake, "carries").await, 2);
    assert_eq!(parquet_files(lake).len(), 2);
}

#[test]
fn the_index_tells_which_exports_have_lost_rows() {
    let Place { lake, .. } = &place();
    for key in ["a", "b", "c", "d", "e"] {
        add(lake, key, carries(key, &["x", "y"]));
    }
    let lost = || {
        let index = lake.index().unwrap();
        let lost = index.entries.into_iter().filter(|entry| entry.lost).map(|entry| entry.export_key);
        lost.collect::<Vec<_>>()
    };
    let mend = |key: &str| assert_eq!(add(lake, key, carries(key, &["x", "y"])), Committed::Replaced);
    assert!(lost().is_empty());
    let part =
        |key: &str, at: usize| lake.layout.part(&lake.ledger().unwrap().by_id()[entry(key).id.as_str()].parts[at].path);
    fs::remove_file(part("b", 1)).unwrap();
    fs::write(part("d", 0), "short").unwrap();
    assert_eq!(lost(), ["b", "d"]);
    mend("b");
    mend("d");
    assert!(lost().is_empty());
    // The rows of two of them are in files of their own, those of the others in merged ones.
    lake.compact(&merged::ALL, &|| false).unwrap();
    assert!(lost().is_empty());
    let list = lake.layout.merged_of("date=2026-03-31");
    let whole = fs::read(&list).unwrap();
    add(lake, "f", carries("f", &["x"]));
    fs::write(&list, "[{").unwrap();
    assert_eq!(lost(), ["a", "b", "c", "d", "e"]);
    fs::write(&list, whole).unwrap();
    assert!(lost().is_empty());
    fs::write(lake.path().join(&parquet_files(lake)[1]), "").unwrap();
    assert_eq!(lost(), ["a", "b", "c", "d", "e"], "a merged file is gone");
    for key in ["a", "b", "c", "d", "e"] {
        mend(key);
    }
    assert!(lost().is_empty());
}

#[tokio::test]
async fn a_file_with_one_changed_byte_is_left_out_and_named_with_the_way_back() {
    let Place { lake, .. } = &place();
    for key in ["a", "b", "c"] {
        add(lake, key, carries(key, &["x", "y"]));
    }
    let damaged = |path: &Path| {
        let whole = fs::read(path).unwrap();
        for at in (0..whole.len()).step_by(37) {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            fs::write(path, bytes).unwrap();
            let found = lake.damaged_files(&lake.ledger().unwrap());
            assert_eq!(found.iter().map(|f| lake.part_path(&f.part)).collect::<Vec<_>>(), [path], "byte {at}");
        }
        lake.damaged_files(&lake.ledger().unwrap()).pop().unwrap().reason
    };
    let mut ledger = lake.ledger().unwrap();
    let (state, part) = (ledger.state(), lake.part_path(&ledger.by_id()[entry("b").id.as_str()].parts[0]));
    let reason = damaged(&part);
    assert!(
        reason.ends_with("its content differs; remove it, and the next pull brings back the rows of b, if found there")
    );
    lake.leave_out_damaged(&mut ledger);
    assert_ne!(ledger.state(), state, "answers without some rows are others");
    let session = Session::over(lake, &ledger, &SessionOptions::default()).unwrap();
    let rows = session.run("SELECT DISTINCT export_key FROM lake.carries ORDER BY export_key").await.unwrap();
    let rows = pretty_format_batches(&rows).unwrap().to_string();
    assert!(rows.contains("| a ") && rows.contains("| b ") && rows.contains("| c "), "the other part of b: {rows}");
    let left: u64 = ledger.files().iter().map(|file| file.rows()).sum();
    assert_eq!(left, lake.ledger().unwrap().files().iter().map(|file| file.rows()).sum::<u64>() - 1);

    fs::remove_file(&part).unwrap();
    assert!(lake.damaged_files(&lake.ledger().unwrap())[0].reason.contains("it is missing; the next pull brings back"));
    add(lake, "b", carries("b", &["x", "y"]));
    lake.compact(&merged::ALL, &|| false).unwrap();
    assert!(lake.damaged_files(&lake.ledger().unwrap()).is_empty());
    let merged = lake.ledger().unwrap().files().iter().map(|file| lake.part_path(file.part)).min().unwrap();
    assert!(damaged(&merged).contains("brings back the rows of a and 2 more"));
}

#[tokio::test]
async fn what_a_crash_leaves_is_invisible_and_the_next_writer_removes_it() {
    let Place { lake, .. } = &place();
    add(lake, "kept", carries("kept", &["k"]));
    let kept = files(lake);

    // Crash while writing: the staging folder stays.
    let mut staging = lake.writer().unwrap().begin().unwrap();
    staging.write(&mut carries("a", &["x"])).unwrap();
    let left = lake.layout.staging().join("left");
    fs::rename(staging.folder_for_tests(), &left).unwrap();
    drop(staging);
    assert!(left.exists());
    // Crash after the rename of the parts: final names, but no entry.
    let orphan = part_name("b", &object_id("file", "b"), 1);
    let folder = lake.layout.part("carries/date=2026-03-31");
    let part = fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    fs::copy(&part, folder.join(&orphan)).unwrap();
    // Crash after the entry was replaced: a second part of the same export, not named by the entry.
    let older = part_name("kept", &object_id("file", "kept"), 2);
    fs::copy(&part, folder.join(&older)).unwrap();
    // Not ours: stays.
    fs::write(folder.join("notes.txt"), "mine").unwrap();

    assert_eq!(count(lake, "carries").await, 1);
    drop(lake.writer().unwrap());
    let mut expected = kept;
    expected.push("v1/carries/date=2026-03-31/notes.txt".to_owned());
    expected.sort();
    assert_eq!(files(lake), expected);
    assert_eq!(count(lake, "carries").await, 1);
}

#[tokio::test]
async fn a_damaged_entry_is_reported_by_name_and_its_parts_are_kept() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    add(lake, "b", carries("b", &["y"]));
    let path = lake.layout.entry(&entry("a").id);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let parts = parquet_files(lake);
    drop(lake.writer().unwrap());
    assert_eq!(parquet_files(lake), parts);
    let ledger = lake.ledger().unwrap();
    assert_eq!(ledger.entries.len(), 1);
    let message = ledger.damaged[0].to_string();
    assert!(message.contains(&entry("a").id) && message.contains("damaged"), "{message}");
    assert_eq!(count(lake, "carries").await, 1);
    // Pulling it again repairs it.
    assert_eq!(add(lake, "a", carries("a", &["x"])), Committed::Replaced);
    assert_eq!(count(lake, "carries").await, 2);
    drop(lake.writer().unwrap());
    assert_eq!(parquet_files(lake).len(), 2);
}

#[tokio::test]
async fn an_entry_that_points_outside_the_lake_is_not_believed() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let path = lake.layout.entry(&entry("a").id);
    let mut held = lake.ledger().unwrap().entries.remove(0);
    held.parts[0].path = held.parts[0].path.replace("carries/date=2026-03-31/", "carries/../../");
    // Whoever forges an entry can also forge its hash.
    fs::write(&path, seal::seal(&held).unwrap()).unwrap();
    let ledger = lake.ledger().unwrap();
    assert!(ledger.entries.is_empty());
    assert!(ledger.damaged[0].to_string().contains("cannot be a part"));
}

#[test]
fn no_byte_of_an_entry_can_change_unnoticed() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let path = lake.layout.entry(&entry("a").id);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        // Case, lowest and highest bit: what changes a letter, a digit and the encoding.
        for flip in [0x20, 0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            fs::write(&path, &bytes).unwrap();
            let ledger = lake.ledger().unwrap();
            assert!(ledger.entries.is_empty(), "byte {at}, {flip:#x}");
            assert!(ledger.damaged[0].to_string().contains(&entry("a").id), "byte {at}, {flip:#x}");
        }
    }
    for more in [&b" "[..], b"\n", b"\0", b"x"] {
        fs::write(&path, [&whole[..], more].concat()).unwrap();
        assert!(lake.ledger().unwrap().entries.is_empty(), "{more:?} behind the end");
    }
}

#[tokio::test]
async fn a_part_that_cannot_be_read_is_named_by_the_error() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let part = &lake.ledger().unwrap().entries[0].parts[0];
    let name = part.path.rsplit('/').next().unwrap();
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let bytes = fs::read(lake.part_path(part)).unwrap();
    fs::write(lake.part_path(part), &bytes[..bytes.len() - 3]).unwrap();
    let error = session.run("SELECT * FROM lake.carries").await.unwrap_err().to_string();
    assert!(error.contains(name), "{error}");
    fs::remove_file(lake.part_path(part)).unwrap();
    let error = session.run("SELECT * FROM lake.carries").await.unwrap_err().to_string();
    assert!(error.contains(name), "{error}");
    assert!(lake.verify(part).unwrap_err().to_string().contains("missing"));
}
