//! Commits: an export is there wholly or not at all, whoever else commits.

use super::*;

#[tokio::test]
async fn nothing_is_visible_before_the_commit_and_everything_after_it() {
    let Place { lake, .. } = &place();
    let writer = lake.writer().unwrap();
    let mut staging = writer.begin().unwrap();
    let mut rows = carries("a", &["x", "y", "z"]);
    rows.messages = vec![message("a", "m", START, "hello".to_owned())];
    staging.write(&mut rows).unwrap();
    assert!(rows.carries.is_empty(), "rows are drained");
    assert_eq!(count(lake, "carries").await, 0);
    assert_eq!(staging.commit(entry("a")).unwrap(), Committed::Added);
    assert_eq!(count(lake, "carries").await, 3);
    assert_eq!(count(lake, "messages").await, 1);
    assert_eq!(count(lake, "requests").await, 0);
    let ledger = lake.ledger().unwrap();
    let parts = &ledger.entries[0].parts;
    assert_eq!(parts.iter().map(|p| p.rows).sum::<u64>(), 4);
    for part in parts {
        lake.verify(part).unwrap();
    }
    assert_eq!(fs::read_dir(lake.layout.staging()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_export_that_is_there_is_left_as_it_is() {
    let Place { lake, .. } = &place();
    assert_eq!(add(lake, "a", carries("a", &["x"])), Committed::Added);
    let before = files(lake);
    assert_eq!(add(lake, "a", carries("a", &["x"])), Committed::Unchanged);
    assert_eq!(files(lake), before);
    assert_eq!(count(lake, "carries").await, 1);
}

#[tokio::test]
async fn an_unchanged_export_found_elsewhere_is_only_noted() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let parts = parquet_files(lake);
    let writer = lake.writer().unwrap();
    let origin = |path: &str| Some(Origin { path: path.to_owned(), size: 10, mtime: 1 });
    let again = LedgerEntry { etag: Some("e2".to_owned()), origin: origin("/new/a"), ..entry("a") };
    assert_eq!(writer.begin().unwrap().commit(again).unwrap(), Committed::Unchanged);
    let ledger = lake.ledger().unwrap();
    assert_eq!(ledger.by_path()["/new/a"].etag.as_deref(), Some("e2"));
    assert_eq!(ledger.entries[0].parts.len(), 1);
    writer.seen_again(&entry("a").id, Some("e3".to_owned()), origin("/other/a")).unwrap();
    writer.seen_again(&entry("absent").id, None, None).unwrap();
    let ledger = lake.ledger().unwrap();
    assert_eq!(ledger.by_id()[entry("a").id.as_str()].etag.as_deref(), Some("e3"));
    assert_eq!(ledger.entries.len(), 1);
    assert_eq!(parquet_files(lake), parts);
    assert_eq!(count(lake, "carries").await, 1);
}

#[tokio::test]
async fn a_changed_object_replaces_its_older_state() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x", "y"]));
    let old = parquet_files(lake);
    let mut staging = lake.writer().unwrap().begin().unwrap();
    staging.write(&mut carries("a", &["z"])).unwrap();
    let changed = LedgerEntry { sha256: "another".to_owned(), ..entry("a") };
    assert_eq!(staging.commit(changed).unwrap(), Committed::Replaced);
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    assert!(ask(&session, "SELECT element_id FROM lake.carries").await.contains('z'));
    assert_eq!(count(lake, "carries").await, 1);
    let new = parquet_files(lake);
    assert_eq!(new.len(), 1);
    assert!(!old.contains(&new[0]), "a part never changes under its name");
    assert_eq!(lake.ledger().unwrap().entries.len(), 1);
}

#[tokio::test]
async fn an_abandoned_staging_leaves_nothing() {
    let Place { lake, .. } = &place();
    let writer = lake.writer().unwrap();
    let before = files(lake);
    let mut staging = writer.begin().unwrap();
    staging.write(&mut carries("a", &["x"])).unwrap();
    drop(staging);
    assert_eq!(files(lake), before);
}

#[tokio::test]
async fn a_failed_commit_leaves_the_lake_as_it_was() {
    let Place { lake, .. } = &place();
    let writer = lake.writer().unwrap();
    let mut staging = writer.begin().unwrap();
    staging.write(&mut carries("a", &["x"])).unwrap();
    // The ledger cannot take the entry: a folder is in the way of its draft.
    fs::create_dir(staging.folder_for_tests().join("entry.json")).unwrap();
    staging.commit(entry("a")).unwrap_err();
    assert!(parquet_files(lake).is_empty());
    assert!(lake.ledger().unwrap().entries.is_empty());
    let bad = LedgerEntry { id: "../../../etc/passwd00".to_owned(), ..entry("a") };
    assert!(matches!(writer.begin().unwrap().commit(bad), Err(Error::BadEntry(_))));
}

#[test]
fn two_writers_exclude_each_other_and_say_who_holds_the_lake() {
    let Place { lake, .. } = &place();
    let first = lake.writer().unwrap();
    let staging = first.begin().unwrap();
    let message = lake.writer().unwrap_err().to_string();
    assert!(message.contains(&format!("process {}", std::process::id())), "{message}");
    drop(first);
    assert!(lake.writer().is_err(), "an export in progress still holds the lake");
    drop(staging);
    lake.writer().unwrap();
}

#[test]
fn parallel_commits_of_the_same_export_add_it_once() {
    let Place { lake, .. } = &place();
    let writer = lake.writer().unwrap();
    let results: Vec<Committed> = std::thread::scope(|scope| {
        let run = || {
            let mut staging = writer.begin().unwrap();
            staging.write(&mut carries("a", &["x", "y"])).unwrap();
            staging.commit(entry("a")).unwrap()
        };
        let handles: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|r| **r == Committed::Added).count(), 1);
    assert_eq!(parquet_files(lake).len(), 2);
}

#[tokio::test]
async fn commits_that_wait_together_succeed_or_fail_each_by_itself() {
    let Place { lake, .. } = &place();
    let writer = lake.writer().unwrap();
    let held = writer.hold_commits_for_tests();
    let run = |n: usize| {
        let key = format!("export-{n}");
        let mut staging = writer.begin().unwrap();
        staging.write(&mut carries(&key, &["x", "y"])).unwrap();
        let ready = staging.finish(entry(&key)).unwrap();
        match n {
            // A folder is in the way of its draft; one of its files is gone.
            3 => fs::create_dir(ready.staging.folder_for_tests().join("entry.json")).unwrap(),
            5 => fs::remove_file(&ready.finished[1].path).unwrap(),
            _ => {}
        }
        ready.commit()
    };
    let run = &run;
    let results: Vec<Result<Committed, Error>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..8).map(|n| scope.spawn(move || run(n))).collect();
        // All but the first are in the queue by then, or on their way to it.
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(held);
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result.as_ref().ok(), (n != 3 && n != 5).then_some(&Committed::Added), "{n}");
    }
    assert_eq!(lake.ledger().unwrap().entries.len(), 6);
    assert_eq!(count(lake, "carries").await, 12);
    assert_eq!(parquet_files(lake).len(), 12);
    assert_eq!(fs::read_dir(lake.layout.staging()).unwrap().count(), 0);
}
