//! Running detections: rows become findings, and one that fails stops no other.

use super::*;

#[tokio::test]
async fn rows_become_findings_with_ids_evidence_and_details() {
    let result = run(&three_calls(), &catalog(&[("usage.many", &good())])).await;
    assert_eq!(result.failures, []);
    let [finding] = result.incidents.as_slice() else { panic!("{:?}", result.incidents) };
    assert_eq!(finding.reason, "The tool Bash was called 2 times.");
    assert_eq!((finding.severity, finding.confidence), (Severity::Medium, Confidence::Low));
    assert_eq!(finding.id, crate::finding::finding_id("usage.many", "a", "", "Bash"));
    assert_eq!(finding.last_seen - finding.first_seen, 1_000_000);
    assert_eq!(finding.evidence.iter().map(|e| e.record_id).collect::<Vec<_>>(), [None, Some(9)]);
    assert_eq!(finding.evidence[1].export_key, "s3://b/x#y");
    assert_eq!(finding.details, BTreeMap::from([("devices".to_owned(), serde_json::json!(1))]));
    assert_eq!(finding.scope.login.as_deref(), Some("a"));
}

#[tokio::test]
async fn a_failing_detection_stops_no_other() {
    let late = good()
        .replace(
            "CAST(NULL AS VARCHAR) AS session_id",
            "nullif(raw_name, raw_name) AS session_id, nullif(login, login) AS key",
        )
        .replace("  raw_name AS subject", "  nullif(raw_name, raw_name) AS subject");
    let overflow = good().replace("count(DISTINCT device) AS devices", "CAST(max(raw_name) AS BIGINT) AS devices");
    let files = catalog(&[
        ("usage.a", &good().replace("FROM calls", "FROM elsewhere")),
        ("usage.b", &late),
        ("usage.c", &overflow),
        ("usage.d", &good()),
    ]);
    let result = run(&three_calls(), &files).await;
    let failed: Vec<_> = result.failures.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(failed, ["usage.a", "usage.b", "usage.c"], "{:?}", result.failures);
    assert!(result.failures[0].message.contains("no table elsewhere"), "{:?}", result.failures);
    assert_eq!(result.failures[1].message, "1 of 1 rows were left out, the first: row 1: subject is empty");
    assert_eq!(result.ran, ["usage.d"]);
    assert_eq!(result.incidents.len(), 1);
}

#[tokio::test]
async fn incidents_read_what_signals_found() {
    let signal = good().replace("\"incident\"", "\"signal\"");
    let incident = HEAD.replace("CASES\n", "").replace("-- [params]\n-- min_calls = 2\n", "")
        + "SELECT 'x ' || subject AS subject, reason, first_seen, last_seen, count, session_id, login, evidence,
           detection, severity FROM signals ORDER BY subject, login";
    // The incident's name sorts before the signal's: tiers decide, not names.
    let files = catalog(&[("usage.z", &signal), ("usage.a", &incident)]);
    let result = run(&three_calls(), &files).await;
    assert_eq!(result.failures, []);
    assert_eq!(result.signals.len(), 1);
    assert_eq!(result.incidents[0].subject, "x Bash");
    assert_eq!(result.incidents[0].details["detection"], "usage.z");
    assert_eq!(result.incidents[0].evidence, result.signals[0].evidence);
    // A signal does not see signals.
    let circular = incident.replace("\"incident\"", "\"signal\"");
    let ctx = three_calls();
    let first = run(&ctx, &catalog(&[("usage.z", &signal)])).await;
    assert_eq!(first.signals.len(), 1);
    let again = run(&ctx, &catalog(&[("usage.a", &circular)])).await;
    assert!(again.failures[0].message.contains("signals"), "{again:?}");
}

#[tokio::test]
async fn rows_with_one_id_become_one_finding_whatever_their_order() {
    let per_call = good()
        .replace(
            "GROUP BY raw_name, login\nHAVING count(*) >= $min_calls",
            "GROUP BY raw_name, login, record_id HAVING $min_calls > 0",
        )
        .replace("ORDER BY raw_name, login\n", "ORDER BY raw_name, login, record_id DIRECTION\n");
    let mut results = Vec::new();
    for direction in ["ASC", "DESC"] {
        let result = run(&three_calls(), &catalog(&[("usage.many", &per_call.replace("DIRECTION", direction))])).await;
        assert_eq!(result.failures, []);
        results.push(result.incidents);
    }
    assert_eq!(results[0], results[1]);
    let bash = results[0].iter().find(|f| f.subject == "Bash").unwrap();
    assert_eq!((bash.count, bash.evidence.len(), bash.last_seen - bash.first_seen), (2, 2, 1_000_000));
}

#[tokio::test]
async fn detections_run_over_views_and_never_see_the_stored_tables() {
    let rows = r#"[
        { time = 2026-01-01T00:00:00Z, raw_name = "Bash", login = "a", export_key = "e", record_id = 1 },
        { time = 2026-01-01T00:00:01Z, raw_name = "Bash", login = "a", export_key = "e", record_id = 2 },
        { time = 2026-02-01T00:00:00Z, raw_name = "Bash", login = "a", export_key = "e", record_id = 3 },
    ]"#;
    let ctx = session(rows);
    let stored = ctx.deregister_table("calls").unwrap().unwrap();
    ctx.sql("CREATE SCHEMA lake").await.unwrap();
    ctx.register_table("lake.calls", stored).unwrap();
    let view = "CREATE VIEW calls AS SELECT * REPLACE (arrow_cast(raw_name, 'Utf8View') AS raw_name) FROM lake.calls
                WHERE time < TIMESTAMP '2026-01-15T00:00:00Z'";
    ctx.sql(view).await.unwrap();
    let stored = good().replace("FROM calls", "FROM lake.calls");
    let result = run(&ctx, &catalog(&[("usage.many", &good()), ("usage.stored", &stored)])).await;
    assert_eq!((result.incidents.len(), result.incidents[0].count), (1, 2));
    assert_eq!(result.failures.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["usage.stored"]);
    assert!(result.failures[0].message.contains("there is no table lake.calls"), "{:?}", result.failures);
}

#[tokio::test]
async fn a_row_that_is_no_finding_hides_no_other_and_an_empty_name_is_a_name() {
    let picky = good()
        .replace("min_calls = 2", "min_calls = 1")
        .replace("min(time)", "nullif(min(time), min(time) FILTER (WHERE login = 'b'))");
    let result = run(&three_calls(), &catalog(&[("usage.many", &picky)])).await;
    assert_eq!(result.incidents.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["Bash"]);
    assert_eq!(result.failures[0].message, "1 of 2 rows were left out, the first: row 2: first_seen is empty");
    let nameless = session("[ { raw_name = \"\", export_key = \"e\" }, { raw_name = \"\", export_key = \"e\" } ]");
    let result = run(&nameless, &catalog(&[("usage.many", &good())])).await;
    assert_eq!(result.incidents[0].subject, "(empty)");
}

#[tokio::test]
async fn refused_files_are_told_with_the_run() {
    let mut files = catalog(&[("usage.many", &good())]);
    files.add("usage", "other.sql", "mine/usage/other.sql", false, "SELECT 1");
    let result = run(&three_calls(), &files).await;
    assert_eq!((result.incidents.len(), result.failures[0].id.as_str()), (1, "mine/usage/other.sql:1"));
}

#[tokio::test]
async fn fractions_are_cut_where_the_order_of_addition_shows() {
    let sums = good().replace("count(DISTINCT device) AS devices", "0.1 + 0.2 AS devices, [0.1 + 0.2] AS list");
    let sums = sums.replace("0.1 + 0.2", "CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE)");
    let result = run(&three_calls(), &catalog(&[("usage.many", &sums)])).await;
    assert_eq!(result.failures, []);
    assert_eq!(result.incidents[0].details["devices"].to_string(), "0.3");
    assert_eq!(result.incidents[0].details["list"].to_string(), "[0.3]");
}

#[tokio::test]
async fn evidence_is_cut_and_the_cut_is_told() {
    let rows: String = (0..60)
        .map(|n| {
            format!("{{ time = 2026-01-01T00:00:00Z, raw_name = \"Bash\", export_key = \"e\", record_id = {n} }},")
        })
        .collect();
    let result = run(&session(&format!("[{rows}]")), &catalog(&[("usage.many", &good())])).await;
    let finding = &result.incidents[0];
    assert_eq!((finding.evidence.len(), finding.count), (50, 60));
    assert_eq!(finding.details["evidence_total"], 60);
    assert_eq!(finding.evidence[49].record_id, Some(49));
}

#[tokio::test]
async fn rows_beyond_the_limit_are_counted() {
    let detection =
        Detection::parse("usage.many", "x", true, &good().replace("min_calls = 2", "min_calls = 1")).unwrap();
    let mut tables = schemas();
    tables.insert("signals".into(), signals::schema());
    let rows = run::run_one(&three_calls(), &empty_session(&tables).unwrap(), &detection, 1).await.unwrap();
    assert_eq!((rows.findings.len(), rows.left_out), (1, 1));
    assert_eq!(rows.findings[0].subject, "Bash");
}

#[tokio::test]
async fn a_row_may_raise_its_own_severity_and_a_wrong_word_fails() {
    let with =
        |word: &str| good().replace("AS devices", &format!("AS devices, '{word}' AS severity, 'high' AS confidence"));
    let result = run(&three_calls(), &catalog(&[("usage.many", &with("critical"))])).await;
    assert_eq!((result.incidents[0].severity, result.incidents[0].confidence), (Severity::Critical, Confidence::High));
    let result = run(&three_calls(), &catalog(&[("usage.many", &with("severe"))])).await;
    assert!(result.failures[0].message.contains("expected one of informational"), "{result:?}");
}

#[tokio::test]
async fn two_runs_give_the_same_bytes() {
    let files = catalog(&[("usage.many", &good()), ("usage.more", &good().replace("min_calls = 2", "min_calls = 1"))]);
    let one = run(&three_calls(), &files).await;
    let two = run(&three_calls(), &files).await;
    assert_eq!(serde_json::to_string(&one.incidents).unwrap(), serde_json::to_string(&two.incidents).unwrap());
    let order: Vec<_> = one.incidents.iter().map(|f| (f.detection.id.as_str(), f.subject.as_str())).collect();
    assert_eq!(order, [("usage.many", "Bash"), ("usage.more", "Bash"), ("usage.more", "Read")]);
}
