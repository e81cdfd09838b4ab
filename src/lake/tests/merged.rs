//! Merging small parts: the same rows before and after, whatever happens to exports and files in between.

use super::*;
use crate::lake::Compaction;

/// Everything that is small is merged.
pub(super) const ALL: Compaction = Compaction { small: 1 << 20, target: 1 << 20, least: 2 };

fn compact(lake: &Lake) -> (u64, u64) {
    let done = lake.compact(&ALL, &|| false).unwrap();
    assert!(done.left.is_empty(), "{:?}", done.left);
    (done.merged, done.into)
}

/// The rows of a table, as a reader of the ledger sees them.
async fn rows(lake: &Lake) -> String {
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    ask(
        &session,
        "SELECT element_id, export_key, time, requests FROM lake.carries ORDER BY export_key, element_id, time",
    )
    .await
}

/// The rows in all Parquet files, as somebody sees them who knows no ledger.
fn rows_without_ledger(lake: &Lake) -> Vec<String> {
    let mut found = Vec::new();
    for file in parquet_files(lake) {
        let file = fs::File::open(lake.path().join(file)).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let column =
                |name: &str| batch.column_by_name(name).unwrap().as_any().downcast_ref::<StringArray>().cloned();
            let (elements, exports) = (column("element_id").unwrap(), column("export_key").unwrap());
            let pairs = elements.iter().zip(&exports);
            found.extend(pairs.map(|(e, x)| format!("{} {}", x.unwrap(), e.unwrap())));
        }
    }
    found.sort();
    found
}

/// Four exports of two days each, merged.
async fn merged_lake() -> (Place, String) {
    let place = place();
    for key in ["a", "b", "c", "d"] {
        add(&place.lake, key, carries(key, &["x", "y"]));
    }
    let before = rows(&place.lake).await;
    assert_eq!(compact(&place.lake), (8, 2));
    (place, before)
}

fn names(lake: &Lake) -> Vec<String> {
    parquet_files(lake).iter().map(|f| f.rsplit('/').next().unwrap().split('-').next().unwrap().to_owned()).collect()
}

fn replace(lake: &Lake, key: &str, elements: &[&str]) -> Committed {
    let mut staging = lake.writer().unwrap().begin().unwrap();
    staging.write(&mut carries(key, elements)).unwrap();
    staging.commit(LedgerEntry { sha256: object_id("other", &elements.join(" ")), ..entry(key) }).unwrap()
}

#[tokio::test]
async fn small_parts_of_a_day_become_one_file_with_the_same_rows() {
    let (Place { lake, _folder }, before) = merged_lake().await;
    assert_eq!(names(&lake), ["merged", "merged"]);
    assert_eq!(rows(&lake).await, before);
    assert_eq!(rows_without_ledger(&lake).len(), 8);
    let ledger = lake.ledger().unwrap();
    assert_eq!(ledger.entries.iter().map(|e| e.parts.len()).sum::<usize>(), 8, "the ledger is as it was");
    for file in ledger.files() {
        lake.verify(file.part).unwrap();
        assert_eq!(ledger.exports_in(&file), ["a", "b", "c", "d"]);
    }
    // Again there is nothing to do, and what comes later is merged with what was merged.
    let files = files(&lake);
    assert_eq!(compact(&lake), (0, 0));
    assert_eq!(super::files(&lake), files);
    add(&lake, "e", carries("e", &["x"]));
    assert_eq!(compact(&lake), (2, 1));
    assert_eq!(rows_without_ledger(&lake).len(), 9);
    assert_eq!(add(&lake, "a", carries("a", &["x", "y"])), Committed::Unchanged);
    assert_eq!(names(&lake), ["merged", "merged"]);
}

#[tokio::test]
async fn a_changed_export_replaces_exactly_its_rows() {
    let (Place { lake, _folder }, _) = merged_lake().await;
    assert_eq!(replace(&lake, "b", &["z"]), Committed::Replaced);
    let expected = ["a x", "a y", "b z", "c x", "c y", "d x", "d y"];
    // The old rows lie in the merged files still, and no reader of the ledger sees them.
    assert_eq!(rows_without_ledger(&lake).len(), 9);
    let seen = |text: &str| text.lines().filter(|l| l.contains("2026")).count();
    let text = rows(&lake).await;
    assert!(seen(&text) == 7 && text.contains("| z          | b"), "{text}");
    let session = Session::open(&lake, &SessionOptions::default()).unwrap();
    let counted = ask(&session, "SELECT count(*) AS n FROM lake.carries WHERE element_id = 'y'").await;
    assert!(counted.contains("| 3 |"), "{counted}");
    // The next writer, or the end of a pull, takes them out.
    lake.writer().unwrap().settle().unwrap();
    assert_eq!(rows_without_ledger(&lake), expected);
    assert_eq!(rows(&lake).await, text);
    for file in lake.ledger().unwrap().files() {
        assert!(file.kept.is_none());
        lake.verify(file.part).unwrap();
    }
    // All exports of a file replaced: it goes, and its list with it.
    for key in ["a", "c", "d"] {
        replace(&lake, key, &["q"]);
    }
    lake.writer().unwrap().settle().unwrap();
    assert_eq!(rows_without_ledger(&lake), ["a q", "b z", "c q", "d q"]);
    assert_eq!(fs::read_dir(lake.layout.merged()).unwrap().count(), 0);
    // Back to what it was first: the same bytes under the same name as long ago.
    for key in ["a", "b", "c", "d"] {
        replace(&lake, key, &["x", "y"]);
    }
    compact(&lake);
    assert_eq!(rows_without_ledger(&lake).len(), 8);
}

#[tokio::test]
async fn a_crash_at_any_point_loses_and_doubles_nothing() {
    let place = place();
    let lake = &place.lake;
    for key in ["a", "b", "c"] {
        add(lake, key, carries(key, &["x", "y"]));
    }
    let copy = |name: &str| {
        fn copied(from: &Path, to: &Path) {
            fs::create_dir_all(to).unwrap();
            for entry in fs::read_dir(from).unwrap() {
                let (path, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
                if path.is_dir() {
                    copied(&path, &target);
                } else {
                    fs::copy(&path, &target).unwrap();
                }
            }
        }
        let to = place._folder.path().join(name);
        copied(lake.path(), &to);
        Lake::open_existing(to).unwrap()
    };
    let before = rows(lake).await;
    let small = copy("small");
    compact(lake);
    // Before the list of the day: merged files are in place that no list names.
    let early = copy("early");
    fs::remove_dir_all(early.layout.merged()).unwrap();
    // After it: the small files are still there.
    let late = copy("late");
    for lake in [&early, &late] {
        for part in small.ledger().unwrap().entries.iter().flat_map(|e| &e.parts) {
            fs::copy(small.part_path(part), lake.part_path(part)).unwrap();
        }
        assert_eq!(rows(lake).await, before);
        drop(lake.writer().unwrap());
        assert_eq!(rows(lake).await, before);
        assert_eq!(rows_without_ledger(lake).len(), 6);
    }
    assert_eq!(parquet_files(&early).len(), 6, "nothing was merged");
    assert_eq!(parquet_files(&late).len(), 2, "everything was merged");
}

#[tokio::test]
async fn pruned_days_take_their_merged_files_along() {
    let (Place { lake, _folder }, _) = merged_lake().await;
    let pruned = lake.prune(START + DAY).unwrap();
    assert_eq!((pruned.parts, pruned.rows), (1, 4));
    assert_eq!(rows_without_ledger(&lake), ["a y", "b y", "c y", "d y"]);
    assert_eq!(count(&lake, "carries").await, 4);
    assert_eq!(fs::read_dir(lake.layout.merged()).unwrap().count(), 1);
}

#[tokio::test]
async fn damage_is_left_where_it_is_and_costs_only_itself() {
    let place = place();
    let lake = &place.lake;
    for key in ["a", "b", "c"] {
        add(lake, key, carries(key, &["x"]));
    }
    let broken = lake.ledger().unwrap().entries[1].parts[0].clone();
    let bytes = fs::read(lake.part_path(&broken)).unwrap();
    fs::write(lake.part_path(&broken), [&bytes[..40], b"?", &bytes[41..]].concat()).unwrap();
    let done = lake.compact(&ALL, &|| false).unwrap();
    assert_eq!((done.merged, done.into, done.left.len()), (2, 1, 1));
    assert!(done.left[0].to_string().contains("its content differs"), "{}", done.left[0]);
    fs::write(lake.part_path(&broken), bytes).unwrap();
    assert_eq!(count(lake, "carries").await, 3);
    assert_eq!(compact(lake), (2, 1));

    // A list that cannot be read: its exports are left out, stay on the disk, and can be pulled again.
    let list = lake.layout.merged_of("date=2026-03-31");
    let good = fs::read(&list).unwrap();
    fs::write(&list, "[{").unwrap();
    let ledger = lake.ledger().unwrap();
    assert_eq!((ledger.entries.len(), ledger.damaged.len()), (0, 1));
    drop(lake.writer().unwrap());
    fs::write(&list, good).unwrap();
    assert_eq!(count(lake, "carries").await, 3);
    fs::write(&list, "[{").unwrap();
    for key in ["a", "b", "c"] {
        assert_eq!(add(lake, key, carries(key, &["x"])), Committed::Replaced);
    }
    assert_eq!(count(lake, "carries").await, 3);
    drop(lake.writer().unwrap());
    drop(lake.writer().unwrap());
    assert_eq!((rows_without_ledger(lake).len(), list.exists()), (3, false));
    assert!(lake.ledger().unwrap().damaged.is_empty());
}

#[tokio::test]
async fn parts_older_than_a_column_are_merged_and_those_of_a_newer_version_are_not() {
    let place = place();
    let lake = &place.lake;
    for key in ["a", "b", "c"] {
        add(lake, key, carries(key, &["x"]));
    }
    // The parts as another version would have written them.
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![START]).with_timezone("UTC"));
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
    for (at, column) in [(0, "element_id"), (1, "mood")] {
        let mut entry = lake.ledger().unwrap().entries[at].clone();
        let key = entry.export_key.clone();
        let batch =
            RecordBatch::try_from_iter([("time", Arc::clone(&time)), ("export_key", text(&key)), (column, text("v"))]);
        let batch = batch.unwrap();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        fs::write(lake.part_path(&entry.parts[0]), &bytes).unwrap();
        entry.parts[0].bytes = bytes.len() as u64;
        entry.parts[0].sha256 = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(&bytes));
        fs::write(lake.layout.entry(&entry.id), seal::seal(&entry).unwrap()).unwrap();
    }
    let before = rows(lake).await;
    assert_eq!(compact(lake), (2, 1));
    assert_eq!(rows(lake).await, before);
    assert!(before.contains("| v          | a"), "{before}");
    assert_eq!(lake.ledger().unwrap().files().len(), 2);
}

#[tokio::test]
async fn groups_reach_the_wanted_size_and_keep_the_order_of_times() {
    let place = place();
    let lake = &place.lake;
    for n in 0..10_i64 {
        let key = format!("k{n}");
        let rows = Rows { carries: vec![carry(&key, "x", START + (9 - n) * 1000)], ..Rows::default() };
        add(lake, &key, rows);
    }
    let one = lake.ledger().unwrap().files()[0].part.bytes;
    let how = Compaction { small: 1 << 20, target: one * 4, least: 10 };
    let done = lake.compact(&how, &|| false).unwrap();
    assert_eq!((done.merged, done.into), (10, 3));
    assert!(done.bytes.1 < done.bytes.0, "{:?}", done.bytes);
    let ledger = lake.ledger().unwrap();
    let times: Vec<i64> = ledger.files().iter().map(|file| file.part.first_time).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(count(lake, "carries").await, 10);
    // Fewer than wanted, and files that are large enough, are left alone.
    assert_eq!(lake.compact(&how, &|| false).unwrap().merged, 0);
    assert_eq!(lake.compact(&Compaction { small: 1, ..ALL }, &|| false).unwrap().merged, 0);
    assert_eq!(lake.compact(&ALL, &|| true).unwrap().merged, 0, "ended before anything was done");
}

#[test]
fn only_one_writer_merges() {
    let Place { lake, _folder } = place();
    let _writer = lake.writer().unwrap();
    assert!(matches!(lake.compact(&ALL, &|| false), Err(Error::Locked { .. })));
}
