//! How rows lie on the disk, whatever the exports are like.

use super::*;

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    fn walk(at: &Path) {
        let mode = fs::metadata(at).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if at.is_dir() { 0o700 } else { 0o600 }, "{}", at.display());
        if at.is_dir() {
            fs::read_dir(at).unwrap().for_each(|e| walk(&e.unwrap().path()));
        }
    }
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let _writer = lake.writer().unwrap();
    walk(lake.path());
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    // What the engine creates below is shielded by this folder.
    let mode = fs::metadata(session.temporary_for_tests()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
}

#[test]
fn folders_that_are_not_a_lake_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Lake::open_existing(folder.path().join("absent")), Err(Error::Missing(_))));
    fs::write(folder.path().join("thesis.doc"), "x").unwrap();
    assert!(matches!(Lake::open(folder.path()), Err(Error::Foreign(_))));
    assert!(matches!(Lake::open_existing(folder.path()), Err(Error::Foreign(_))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was added");
    let newer = folder.path().join("newer");
    let lake = Lake::open(&newer).unwrap();
    fs::write(lake.layout.marker(), format!(r#"{{"format":"{FORMAT}","version":{}}}"#, VERSION + 1)).unwrap();
    assert!(Lake::open(&newer).unwrap_err().to_string().contains("newer lightmeter"));
}

#[test]
fn a_folder_left_while_it_became_a_lake_is_taken_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(MARKER_DRAFT), "{").unwrap();
    Lake::check(folder.path()).unwrap();
    assert!(matches!(Lake::open_existing(folder.path()), Err(Error::Missing(_))));
    assert!(Lake::open(folder.path()).is_ok() && Lake::open_existing(folder.path()).is_ok());
}

#[tokio::test]
async fn hostile_names_and_times_stay_inside_the_lake() {
    let place = place();
    let lake = &place.lake;
    let keys = ["../../outside", "/etc/passwd", "a\0b\u{202e}", "..", "date=2026-01-01/x", "it's \"quoted\" %2e%2e"];
    for (i, key) in keys.iter().enumerate() {
        let times = [i64::MIN, i64::MAX, START + i64::try_from(i).unwrap()];
        let rows = Rows { carries: times.iter().map(|t| carry(key, "e", *t)).collect(), ..Rows::default() };
        assert_eq!(add(lake, key, rows), Committed::Added);
    }
    assert_eq!(count(lake, "carries").await, 18);
    assert_eq!(fs::read_dir(place._folder.path()).unwrap().count(), 1);
    let days: std::collections::BTreeSet<String> =
        parquet_files(lake).iter().map(|f| f.split('/').nth(2).unwrap().to_owned()).collect();
    assert_eq!(days.into_iter().collect::<Vec<_>>(), ["date=1970-01-01", "date=2026-03-31", "date=2199-12-31"]);
}

#[tokio::test]
async fn an_export_scattered_over_time_stays_within_limits_and_keeps_its_rows() {
    let Place { lake, .. } = &place();
    let rows = |n: i64| Rows { carries: (0..n).map(|i| carry("a", "e", i * DAY)).collect(), ..Rows::default() };
    add(lake, "a", rows(1_500));
    let parts = parquet_files(lake).len();
    assert!(parts <= 512, "{parts}");
    assert_eq!(count(lake, "carries").await, 1_500);
    // Rows beyond the limit lie in the folder of another day; a filter on time must still find them.
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let late = ask(&session, "SELECT count(*) AS n FROM lake.carries WHERE time >= to_timestamp(1400 * 86400)").await;
    assert!(late.contains("| 100 |"), "{late}");
}

#[tokio::test]
async fn large_exports_leave_memory_in_row_groups() {
    let Place { lake, .. } = &place();
    let mut staging = lake.writer().unwrap().begin().unwrap();
    for i in 0..5 {
        let text = |j: i32| format!("{i} {j} {}", "lorem ipsum ".repeat(80_000));
        let messages = (0..10).map(|j| message("a", &format!("{i}-{j}"), START, text(j))).collect();
        staging.write(&mut Rows { messages, ..Rows::default() }).unwrap();
    }
    staging.commit(entry("a")).unwrap();
    let ledger = lake.ledger().unwrap();
    let path = lake.part_path(&ledger.entries[0].parts[0]);
    let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
    assert!(reader.metadata().num_row_groups() >= 2, "{}", reader.metadata().num_row_groups());
    assert_eq!(count(lake, "messages").await, 50);
}

#[tokio::test]
async fn parts_are_plain_parquet_in_hive_folders() {
    let Place { lake, .. } = &place();
    let mut rows = carries("k", &["x", "y"]);
    // Large enough on the first day to be worth compressing.
    rows.carries.extend((0..2_000).map(|n| carry("k", &format!("more-{n}"), START + n)));
    add(lake, "ts-aperture-export-1774972800.cbor.zstd", rows);
    let hash = &object_id("file", "ts-aperture-export-1774972800.cbor.zstd")[..16];
    let name = format!("ts-aperture-export-1774972800-{hash}.parquet");
    let expected: Vec<String> =
        ["2026-03-31", "2026-04-01"].iter().map(|d| format!("v1/carries/date={d}/{name}")).collect();
    assert_eq!(parquet_files(lake), expected);
    let compressed = expected.iter().map(|name| {
        let file = fs::File::open(lake.path().join(name)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        assert_eq!(reader.schema().fields(), Carry::schema().fields());
        let column = reader.metadata().row_group(0).column(0);
        assert!(column.statistics().is_some());
        matches!(column.compression(), parquet::basic::Compression::ZSTD(_))
    });
    assert_eq!(compressed.collect::<Vec<_>>(), [true, false]);
}

#[tokio::test]
async fn parts_older_than_a_column_read_as_null() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    add(lake, "b", carries("b", &["y"]));
    let part = &lake.ledger().unwrap().entries[0].parts[0];
    let schema = Arc::new(Schema::new(vec![
        Field::new("time", <Time as Column>::data_type(), false),
        Field::new("element_id", <String as Column>::data_type(), false),
    ]));
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![START]).with_timezone("UTC"));
    let id: ArrayRef = Arc::new(StringArray::from(vec!["old"]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![time, id]).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(lake.part_path(part)).unwrap(), schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(matches!(lake.verify(part), Err(Error::BadPart { .. })));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let rows = ask(&session, "SELECT element_id, export_key, requests FROM lake.carries ORDER BY element_id").await;
    assert!(rows.contains("| old        |            |          |"), "{rows}");
    assert!(rows.contains("| y          | b          | 1        |"), "{rows}");
}

#[test]
fn the_engine_and_this_crate_use_the_same_arrow() {
    use datafusion::arrow::record_batch::RecordBatch as EngineBatch;
    let batch: RecordBatch = EngineBatch::new_empty(Carry::schema());
    assert_eq!(batch.num_columns(), 6);
}
