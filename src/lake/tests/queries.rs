//! Asking the lake.

use super::*;

#[tokio::test]
async fn queries_that_write_or_set_are_refused() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x"]));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW t AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '/tmp/x'",
        "COPY lake.carries TO '/tmp/lightmeter-test.parquet'",
        "INSERT INTO lake.carries VALUES ('x')",
        "DELETE FROM lake.carries",
        "UPDATE lake.carries SET requests = 2",
        "DROP TABLE lake.carries",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN ANALYZE COPY lake.carries TO '/tmp/lightmeter-test.parquet'",
        "EXPLAIN CREATE TABLE t AS SELECT 1",
        "PREPARE p AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT * FROM '/etc/passwd'",
        "",
    ] {
        let refused = session.run(sql).await;
        assert!(matches!(refused, Err(Error::Plan(_))), "{sql}: {refused:?}");
    }
    let plan = ask(&session, "EXPLAIN SELECT * FROM lake.carries").await;
    assert!(plan.contains("physical_plan"));
    let wrong = session.run("SELECT elment_id FROM lake.carries").await.unwrap_err().to_string();
    assert!(wrong.contains("element_id"), "the message suggests the column: {wrong}");
}

#[tokio::test]
async fn a_query_beyond_the_memory_limit_spills_or_ends_with_a_clean_error() {
    let with = |partitions| {
        let options = SessionOptions { memory_limit: 16 * 1024 * 1024, partitions, ..SessionOptions::default() };
        Session::empty(&options).unwrap()
    };
    let numbers =
        "SELECT value AS n, repeat('x', 200) || CAST(value % 977 AS TEXT) AS t FROM generate_series(1, 150000)";
    let sorted = format!("SELECT * FROM ({numbers}) ORDER BY t, n DESC");
    // Two sorts that merge at the same time may starve each other this close to the limit, depending on threads:
    // either all rows come or the error says why.
    match with(2).materialise("sorted", &sorted).await {
        Ok(rows) => assert_eq!(rows, 150_000),
        Err(error) => assert!(matches!(error, Error::Memory { limit_mb: 16, .. }), "{error:?}"),
    }
    // A single sort of twice the limit spills.
    let session = with(1);
    assert_eq!(session.materialise("sorted", &sorted).await.unwrap(), 150_000);
    let first = ask(&session, "SELECT n FROM sorted ORDER BY t, n DESC LIMIT 1").await;
    assert!(first.contains("149481"), "{first}");
    // A hash join cannot spill.
    let join = "SELECT count(*) FROM sorted a JOIN sorted b ON a.t = b.t AND a.n = b.n";
    let error = session.run(join).await.unwrap_err();
    assert!(matches!(error, Error::Memory { limit_mb: 16, .. }), "{error:?}");
    assert!(error.to_string().contains("HashJoin"), "{error}");
    session.run("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn results_depend_neither_on_the_order_of_exports_nor_on_parallelism() {
    let mut seen = Vec::new();
    for (order, partitions) in [(["a", "b", "c"], 1), (["c", "a", "b"], 2), (["b", "c", "a"], 7)] {
        let Place { lake, .. } = &place();
        for key in order {
            add(lake, key, carries(key, &["x", "y", key]));
        }
        let options = SessionOptions { partitions, ..SessionOptions::default() };
        let session = Session::open(lake, &options).unwrap();
        session
            .materialise("firsts", "SELECT element_id, min(time) AS time FROM lake.carries GROUP BY 1")
            .await
            .unwrap();
        let sql = "SELECT f.element_id, f.time, array_agg(c.export_key ORDER BY c.export_key) AS keys, sum(c.requests) AS n \
                   FROM firsts f JOIN lake.carries c USING (element_id) GROUP BY 1, 2 ORDER BY 1";
        seen.push(ask(&session, sql).await + &ask(&session, "SELECT * FROM lake.exports ORDER BY export_key").await);
    }
    assert!(seen[0].contains("[a, b, c]"), "{}", seen[0]);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_filter_on_time_leaves_out_the_parts_of_other_days() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["p", "q", "r", "s"]));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let plan = ask(&session, "EXPLAIN SELECT * FROM lake.carries WHERE time >= '2026-04-02T00:00:00Z'").await;
    assert!(plan.contains("date=2026-04-02") && plan.contains("date=2026-04-03"), "{plan}");
    assert!(!plan.contains("date=2026-03-31") && !plan.contains("date=2026-04-01"), "{plan}");
    let none = ask(&session, "EXPLAIN SELECT * FROM lake.carries WHERE time < '2020-01-01T00:00:00Z'").await;
    assert!(none.contains("EmptyExec"), "{none}");
}

#[tokio::test]
async fn the_ledger_is_a_table() {
    let Place { lake, .. } = &place();
    let mut stats = ExportStats { records: 7, skipped: 2, partial: true, ..ExportStats::default() };
    stats.saw(Some(41), START, START + 5);
    let reason = "cut off".to_owned();
    stats.problem(Problem { kind: "truncated".to_owned(), record_number: None, record_id: None, offset: None, reason });
    let staging = lake.writer().unwrap().begin().unwrap();
    let origin = Origin { path: "/home/ana/exports/a".to_owned(), size: 10, mtime: 5 };
    staging.commit(LedgerEntry { stats, origin: Some(origin), ..entry("a") }).unwrap();
    let window = Window { start: Some(START), end: None };
    let session = Session::open(lake, &SessionOptions { window, ..SessionOptions::default() }).unwrap();
    let row =
        ask(&session, "SELECT export_key, records, skipped, partial, first_record_id, problems FROM lake.exports")
            .await;
    assert!(row.contains("| a          | 7       | 2       | true    | 41              | 1        |"), "{row}");
    let all = ask(&session, "SELECT * FROM lake.exports").await;
    assert!(!all.contains("/home"), "{all}");
    assert!(!format!("{:?}", lake.ledger().unwrap()).contains("/home"));
    let bounds = ask(&session, "SELECT w.start, w.\"end\" IS NULL AS open FROM lake.window w").await;
    assert!(bounds.contains("2026-03-31T00:00:00Z | true"), "{bounds}");
}

#[tokio::test]
async fn a_narrowed_session_reads_the_wanted_rows_and_earlier_views_all() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x", "y", "it's"]));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    session.view("everyone", "SELECT element_id FROM lake.carries").await.unwrap();
    session.narrow("element_id", &["x".to_owned(), "it's".to_owned(), "nobody".to_owned()]).unwrap();
    let count = async |sql: &str| session.run(sql).await.unwrap().iter().map(RecordBatch::num_rows).sum::<usize>();
    assert_eq!(count("SELECT * FROM lake.carries").await, 2);
    assert_eq!(count("SELECT * FROM lake.carries WHERE element_id IN ('x', 'y')").await, 1);
    assert_eq!(count("SELECT * FROM everyone").await, 3);
    assert_eq!(count("SELECT export_key FROM lake.exports").await, 1, "tables without the column stay as they are");
}

#[tokio::test]
async fn small_tables_are_held_in_memory_as_far_as_they_fit_and_answer_the_same() {
    let Place { lake, .. } = &place();
    let large = Rows { messages: vec![message("a", "m", START, "x".repeat(1 << 20))], ..carries("a", &["x", "y"]) };
    add(lake, "a", large);
    add(lake, "b", carries("b", &["x", "z"]));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    session.view("before", "SELECT element_id FROM lake.carries").await.unwrap();
    let count = "SELECT element_id, count(*) AS n, min(time) AS first FROM lake.carries GROUP BY 1 ORDER BY 1";
    let read = ask(&session, count).await;
    session.hold_small(100_000).await.unwrap();
    assert_eq!(ask(&session, count).await, read);
    let plan = async |table: &str| ask(&session, &format!("EXPLAIN SELECT * FROM {table}")).await;
    assert!(!plan("lake.carries").await.contains("parquet"));
    assert!(plan("lake.messages").await.contains("parquet"), "small on disk, and large in memory");
    assert!(plan("before").await.contains("parquet"));
    let rows = session.run("SELECT * FROM lake.tool_calls").await.unwrap();
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 0, "an empty table answers too");
}

#[tokio::test]
async fn views_stored_results_and_rows_in_memory_answer_under_their_names() {
    let Place { lake, .. } = &place();
    add(lake, "a", carries("a", &["x", "y"]));
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    session.view("mine", "SELECT element_id FROM lake.carries").await.unwrap();
    session.view("mine", "SELECT element_id, time FROM lake.carries").await.unwrap();
    assert_eq!(session.materialise("Stored", "SELECT * FROM mine WHERE element_id = 'y'").await.unwrap(), 1);
    assert_eq!(session.materialise("nothing", "SELECT * FROM mine WHERE element_id = 'q'").await.unwrap(), 0);
    assert!(ask(&session, "SELECT * FROM \"Stored\"").await.contains("| y          | 2026-04-01T00:00:00Z |"));
    assert_eq!(session.run("SELECT * FROM nothing").await.unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
    let schema = Arc::new(Schema::new(vec![Field::new("name", <String as Column>::data_type(), false)]));
    let batch = |v: &str| {
        RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(StringArray::from(vec![v.to_owned()]))]).unwrap()
    };
    session.register_batches("catalog_x", &schema, vec![batch("old")]).unwrap();
    session.register_batches("catalog_x", &schema, vec![batch("new")]).unwrap();
    assert!(ask(&session, "SELECT name FROM catalog_x").await.contains("new"));
    let value = datafusion::common::ScalarValue::Int64(Some(1));
    let rows = session.run_with("SELECT * FROM mine LIMIT $n", &[("n".to_owned(), value)]).await.unwrap();
    assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
    let folder = session.temporary_for_tests().to_owned();
    assert!(folder.exists());
    drop(session);
    assert!(!folder.exists(), "stored results go with the session");
}

#[tokio::test]
async fn errors_of_running_queries_do_not_quote_rows() {
    let Place { lake, .. } = &place();
    let rows = Rows { messages: vec![message("a", "m", START, "sk-secret".to_owned())], ..Rows::default() };
    add(lake, "a", rows);
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let error = session.run("SELECT CAST(text AS BIGINT) FROM lake.messages").await.unwrap_err().to_string();
    assert!(error.contains("failed") && !error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_session_without_a_lake_knows_every_table() {
    let session = Session::empty(&SessionOptions::default()).unwrap();
    for table in crate::tables::all() {
        let rows = session.run(&format!("SELECT * FROM lake.{}", table.name)).await.unwrap();
        assert_eq!(rows.iter().map(RecordBatch::num_rows).sum::<usize>(), 0, "{}", table.name);
    }
    let names = ask(&session, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'lake'").await;
    assert!(names.contains("exports") && names.contains("window"), "{names}");
}
