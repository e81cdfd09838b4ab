//! Detections of the tests' own, run through the same code as the built-in ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::MemTable;
use datafusion::prelude::SessionContext;

use super::contract::{bare_session, empty_session, problems};
use super::*;
use crate::finding::{Confidence, Finding, Severity};

const HEAD: &str = r#"-- +++
-- title = "Many calls"
-- severity = "medium"
-- confidence = "low"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Somebody called a tool often."
-- impact = "Perhaps nothing."
-- false_positives = ["Work."]
-- next_steps = ["Ask."]
-- references = ["https://example.com/"]
-- tags = ["owasp-asi:2026:ASI02", "owasp-llm:2025:LLM10", "atlas:AML.T0053"]
-- [params]
-- min_calls = 2
CASES
-- +++
"#;

const QUERY: &str = "SELECT
  raw_name AS subject,
  'The tool ' || raw_name || ' was called ' || CAST(count(*) AS VARCHAR) || ' times.' AS reason,
  min(time) AS first_seen,
  max(time) AS last_seen,
  count(*) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  login,
  array_agg(evidence(export_key, record_id) ORDER BY time, export_key, record_id) AS evidence,
  count(DISTINCT device) AS devices
FROM calls
GROUP BY raw_name, login
HAVING count(*) >= $min_calls
ORDER BY raw_name, login
";

const FIRES: &str = r#"-- [[case]]
-- name = "fires NUMBER"
-- calls = [
--   { time = 2026-01-01T00:00:00Z, raw_name = "Bash", login = "a", export_key = "e", record_id = 1 },
--   { time = 2026-01-01T00:00:01Z, raw_name = "Bash", login = "a", export_key = "e", record_id = 2 },
-- ]
-- expect = [ { subject = "Bash", count = 2, last_seen = 2026-01-01T00:00:01Z, evidence = ["e#1", "e#2"], devices = 1.0 } ]
"#;

const QUIET: &str = r#"-- [[case]]
-- name = "quiet NUMBER"
-- calls = [ { time = 2026-01-01T00:00:00Z, raw_name = "Bash" } ]
-- expect = []
"#;

fn all_cases() -> String {
    let mut out = String::new();
    (0..3).for_each(|n| out += &FIRES.replace("NUMBER", &n.to_string()));
    (0..5).for_each(|n| out += &QUIET.replace("NUMBER", &n.to_string()));
    out
}

fn good() -> String {
    format!("{}{QUERY}", HEAD.replace("CASES\n", &all_cases()))
}

fn calls() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false),
        Field::new("raw_name", DataType::Utf8, false),
        Field::new("login", DataType::Utf8, true),
        Field::new("device", DataType::Utf8, false),
        Field::new("export_key", DataType::Utf8, false),
        Field::new("record_id", DataType::Int64, true),
    ]))
}

fn schemas() -> BTreeMap<String, SchemaRef> {
    BTreeMap::from([("calls".to_owned(), calls())])
}

fn catalog(files: &[(&str, &str)]) -> Catalog {
    let mut catalog = Catalog::default();
    for (id, sql) in files {
        let (family, name) = id.split_once('.').unwrap();
        catalog.add(family, &format!("{name}.sql"), &format!("{family}/{name}.sql"), false, sql);
    }
    catalog
}

async fn check_file(sql: &str) -> Vec<String> {
    let (data, _) = DataTables::built_in();
    check(&catalog(&[("usage.many", sql)]), &schemas(), &data).await.iter().map(ToString::to_string).collect()
}

fn session(rows: &str) -> SessionContext {
    let rows: toml::Table = format!("rows = {rows}").parse().unwrap();
    let rows: Vec<_> =
        rows["rows"].as_array().unwrap().iter().map(|r| json::from_table(r.as_table().unwrap())).collect();
    let ctx = bare_session();
    let batch = json::to_batch(&calls(), &rows).unwrap();
    ctx.register_table("calls", Arc::new(MemTable::try_new(calls(), vec![vec![batch]]).unwrap())).unwrap();
    ctx
}

fn three_calls() -> SessionContext {
    session(
        r#"[
        { time = 2026-01-01T00:00:02Z, raw_name = "Bash", login = "a", device = "d", export_key = "s3://b/x#y", record_id = 9 },
        { time = 2026-01-01T00:00:01Z, raw_name = "Bash", login = "a", device = "d", export_key = "s3://b/x#y" },
        { time = 2026-01-01T00:00:03Z, raw_name = "Read", login = "b", device = "d", export_key = "e", record_id = 3 },
    ]"#,
    )
}

#[tokio::test]
async fn a_good_file_has_no_problems() {
    assert_eq!(check_file(&good()).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_broken_file_is_refused_with_what_to_do() {
    let wide = "approx_percentile_cont(0.5) WITHIN GROUP (ORDER BY record_id)";
    for (from, to, help) in [
        ("SELECT\n  raw_name", "SELECT 1; SELECT\n  raw_name", "exactly one SELECT; this file has 2 statements"),
        (QUERY, "CREATE TABLE x AS SELECT 1", "only reads"),
        (QUERY, "COPY calls TO '/tmp/x.csv'", "not COPY"),
        (QUERY, "INSERT INTO calls SELECT * FROM calls", "not INSERT"),
        (QUERY, "SET a = 1", "not SET"),
        (QUERY, "EXPLAIN SELECT 1", "not EXPLAIN"),
        (QUERY, "", "this file has 0 statements"),
        (QUERY, "SELEC 1", "SELEC"),
        ("count(DISTINCT device) AS devices", "now() AS devices", "now() gives another result"),
        ("count(DISTINCT device) AS devices", "max(current_date) AS devices", "gives another result"),
        ("HAVING count(*)", "HAVING random() < 2 AND count(*)", "random() gives another result"),
        ("FROM calls", "FROM (SELECT * FROM calls WHERE random() < 2) calls", "random()"),
        ("HAVING", "HAVING EXISTS (SELECT 1 WHERE random() < 2) AND", "random()"),
        ("count(DISTINCT device) AS devices", &format!("{wide} AS devices"), "use the exact function"),
        (" ORDER BY time, export_key, record_id)", ")", "array_agg() without ORDER BY"),
        ("ORDER BY raw_name, login\n", "", "no ORDER BY at its end"),
        ("min(time)", "min(tme)", "tme"),
        ("FROM calls", "FROM cals", "there is no table cals; did you mean calls?"),
        ("FROM calls", "FROM lake.tool_calls", "lake.tool_calls"),
        ("count(*) AS count", "CAST(count(*) AS DOUBLE) AS count", "count is Float64 and must be a BIGINT"),
        ("min(time) AS first_seen", "CAST(min(time) AS VARCHAR) AS first_seen", "must be a UTC timestamp"),
        ("raw_name AS subject", "raw_name AS subjct", "is it subjct?"),
        ("  login,\n", "  1 AS login,\n", "login is Int64 and must be text"),
        ("$min_calls", "$min_cals", "$min_cals is not in [params]; did you mean min_calls?"),
        ("$min_calls", "2", "never uses $min_calls"),
        ("asi:2026:ASI02", "asi:2026:ASI99", "is not in queries/catalog/frameworks.toml; did you mean"),
        ("AML.T0053", "AML.T9999", "not in queries"),
        ("[\"https://example.com/\"]", "[\"http://example.com/\"]", "not an https:// link"),
        ("[\"Ask.\"]", "[]", "next_steps is empty"),
        ("\"Perhaps nothing.\"", "\"Perhaps nothing\"", "not a finished sentence"),
        ("\"0.1.0\"", "\"soon\"", "not a version"),
        ("times.'", "times'", "is not a finished sentence"),
        ("\"fires 1\"", "\"fires 0\"", "two cases are named"),
        ("name = \"quiet 4\"", "name = \"quiet 4\"\n-- nosuch = [ { a = 1 } ]", "there is no table nosuch"),
        (
            "raw_name = \"Bash\" } ]",
            "raw_nam = \"Bash\" } ]",
            "calls row 1: there is no column raw_nam; did you mean raw_name?",
        ),
        ("raw_name = \"Bash\" } ]", "raw_name = 3 } ]", "calls row 1"),
        ("subject = \"Bash\", count = 2", "subject = \"Bash\", count = 3", "no row fits expect number 1"),
        ("subject = \"Bash\", count = 2", "subjct = \"Bash\", count = 2", "no output column subjct"),
        ("\"e#1\", \"e#2\"", "\"e#2\", \"e#1\"", "no row fits"),
        ("last_seen = 2026-01-01T00:00:01Z", "last_seen = 2026-01-01T00:00:02Z", "no row fits"),
        ("expect = []", "expect = [ { count = 1 } ]", "expects 1 rows, got 0"),
        ("-- title = \"Many calls\"\n", "", "missing field \"title\""),
        ("-- tier", "-- teir", "unknown field \"teir\""),
    ] {
        let broken = good().replace(from, to);
        assert_ne!(broken, good(), "{from} must occur");
        let found = check_file(&broken).await;
        assert!(found.iter().any(|line| line.contains(help)), "{to}: wanted {help:?}, got {found:#?}");
        assert!(found.iter().all(|line| line.starts_with("usage/many.sql")), "{found:?}");
    }
}

#[tokio::test]
async fn too_few_cases_of_either_kind_are_refused() {
    let one_less = |text: &str| HEAD.replace("CASES\n", &all_cases().replace(&text.replace("NUMBER", "0"), ""));
    let found = check_file(&format!("{}{QUERY}", one_less(QUIET))).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("4 cases are near misses"), "{found:?}");
    let found = check_file(&format!("{}{QUERY}", one_less(FIRES))).await;
    assert!(found[0].contains("2 cases find something"), "{found:?}");
}

#[tokio::test]
async fn a_result_that_depends_on_the_order_of_input_is_refused() {
    let sloppy = good().replace("ORDER BY time, export_key, record_id)", "ORDER BY raw_name)");
    let found = check_file(&sloppy).await;
    assert!(found.iter().any(|l| l.contains("order of the given rows")), "{found:?}");
}

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
async fn cases_of_incidents_may_bring_signals_and_signals_may_not_read_them() {
    let query = "SELECT subject, reason, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
           sum(count) AS count, session_id, array_agg(evidence('e', count) ORDER BY count) AS evidence
         FROM signals GROUP BY subject, reason, session_id HAVING count(*) >= $min_calls ORDER BY subject, reason, session_id";
    let cases = all_cases()
        .replace(
            "raw_name = \"Bash\", login = \"a\", export_key = \"e\", record_id",
            "subject = \"Bash\", reason = \"R.\", count",
        )
        .replace("calls = ", "signals = ")
        .replace("time = 2026", "last_seen = 2026")
        .replace("raw_name", "subject")
        .replace("subject = \"Bash\", count = 2,", "subject = \"Bash\", count = 3,")
        .replace(", devices = 1.0", "");
    let incident = format!("{}{query}", HEAD.replace("CASES\n", &cases));
    assert_eq!(check_file(&incident).await, Vec::<String>::new());
    let found = check_file(&incident.replace("\"incident\"", "\"signal\"")).await;
    assert!(found.iter().any(|l| l.contains("there is no table signals")), "{found:?}");
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
async fn settings_change_parameters_severity_and_what_runs() {
    let settings: toml::Table = r#"
        [other]
        is = "not ours"
        [detections."usage.many"]
        severity = "critical"
        params.min_calls = 1
        [detections."usage.off"]
        enabled = false
        [detections."usage.new"]
        enabled = true
        "#
    .parse()
    .unwrap();
    let new = good().replace("\"stable\"", "\"experimental\"");
    let mut files =
        catalog(&[("usage.many", &good()), ("usage.off", &good()), ("usage.new", &new), ("usage.lab", &new)]);
    DetectionSettings::parse(&settings).unwrap().apply(&mut files).unwrap();
    let result = run(&three_calls(), &files).await;
    assert_eq!(result.ran, ["usage.many", "usage.new"]);
    assert_eq!(result.not_enabled, ["usage.lab", "usage.off"]);
    let many: Vec<&Finding> = result.incidents.iter().filter(|f| f.detection.id == "usage.many").collect();
    assert_eq!(many.iter().map(|f| f.subject.as_str()).collect::<Vec<_>>(), ["Bash", "Read"]);
    assert!(many.iter().all(|f| f.severity == Severity::Critical));
    // Cases keep proving the file, not the user's settings.
    let (data, _) = DataTables::built_in();
    assert_eq!(check(&files, &schemas(), &data).await, []);
    let shown = files.show("usage.many").unwrap();
    assert!(shown.contains("critical (set by you, medium in the file)"), "{shown}");
    assert!(shown.contains("$min_calls = 1 (set by you, 2 in the file)"), "{shown}");
    assert!(shown.contains("GROUP BY raw_name") && !shown.contains("+++"), "{shown}");
    assert_eq!(files.show("usage.mny").unwrap_err(), "there is no detection usage.mny; did you mean usage.many?");
}

#[test]
fn settings_that_mean_nothing_are_refused_with_a_suggestion() {
    for (text, help) in [
        ("[detections.\"usage.mny\"]\nenabled = true", "did you mean usage.many?"),
        ("[detections.\"usage.many\"]\nenable = true", "did you mean enabled?"),
        ("[detections.\"usage.many\"]\nenabled = 1", "true or false"),
        ("[detections.\"usage.many\"]\nseverity = \"hgh\"", "expected one of"),
        ("[detections.\"usage.many\".params]\nmin_cals = 1", "did you mean min_calls?"),
        ("[detections.\"usage.many\".params]\nmin_calls = \"1\"", "is text and must be int"),
        ("[detections.\"usage.many\".params]\nmin_calls = [1]", "a number, a text"),
        ("[detections.usage.many]\nenabled = true", "quote the id"),
        ("detections = 3", "write [detections."),
    ] {
        let mut files = catalog(&[("usage.many", &good())]);
        let before = files.detections.clone();
        let errors = DetectionSettings::parse(&text.parse().unwrap()).and_then(|s| s.apply(&mut files)).unwrap_err();
        assert!(errors.iter().any(|e| e.contains(help)), "{text}: {errors:?}");
        assert_eq!(files.detections, before);
    }
}

#[test]
fn user_folders_stand_beside_the_built_in_detections() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("usage/mine.sql", &good());
    write("usage/many.sql", &good());
    write("usage/Bad Name.sql", &good());
    write("usage/broken.sql", "SELECT 1");
    write("usage/notes.txt", "not a detection");
    write("views/calls.sql", "not a detection");
    write("loose.sql", &good());
    let mut files = Catalog::default();
    files.add("usage", "many.sql", "usage/many.sql", true, &good());
    files.add_folder(folder.path()).unwrap();
    assert_eq!(
        files.list().iter().map(|l| (l.id.as_str(), l.built_in)).collect::<Vec<_>>(),
        [("usage.many", true), ("usage.mine", false)]
    );
    let problems: Vec<String> = files.problems.iter().map(ToString::to_string).collect();
    for (file, help) in [
        ("Bad Name.sql", "a-z, 0-9"),
        ("broken.sql:1", "-- +++"),
        ("many.sql", "already taken by usage/many.sql"),
        ("loose.sql", "family folder"),
    ] {
        assert!(problems.iter().any(|p| p.contains(file) && p.contains(help)), "{file}: {problems:?}");
    }
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(files.add_folder(&folder.path().join("missing")).unwrap_err().to_string().contains("missing"));
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

#[test]
fn the_built_in_files_can_all_be_read() {
    assert_eq!(Catalog::built_in().problems, []);
    assert_eq!(DataTables::built_in().1, []);
}

const DATA: &str = r#"
description = "Agents that are known."
key = ["name"]
[columns]
name = "text: The name."
marks = "list: Words."
weight = "float: Weight."
known = "bool: Whether it is known."
[[rows]]
name = "b"
marks = ["x", "y"]
weight = 2
[[rows]]
name = "a"
known = true
"#;

fn data() -> DataTables {
    let mut data = DataTables::default();
    data.add("queries/catalog/agents.toml", DATA).unwrap();
    data
}

#[tokio::test]
async fn data_tables_are_read_and_the_users_rows_add_and_replace() {
    let mut data = data();
    let config: toml::Table =
        "[[catalog.agents]]\nname = \"b\"\nknown = false\n[[catalog.agents]]\nname = \"c\"\n[x]\n".parse().unwrap();
    data.add_user_rows(&config).unwrap();
    let ctx = bare_session();
    data.register(&ctx).unwrap();
    let sql = "SELECT name, marks, weight, known FROM catalog_agents ORDER BY name";
    let shown = ctx.sql(sql).await.unwrap().collect().await.unwrap();
    let shown = arrow::util::pretty::pretty_format_batches(&shown).unwrap().to_string();
    let lines: Vec<_> = shown.lines().skip(3).take(3).map(|l| l.replace(' ', "")).collect();
    assert_eq!(lines, ["|a|||true|", "|b|||false|", "|c||||"]);
}

#[test]
fn data_that_does_not_fit_is_refused_with_what_to_do() {
    for (from, to, help) in [
        ("name = \"a\"", "nam = \"a\"", "row 2: there is no column nam; did you mean name?"),
        ("name = \"a\"", "name = 3", "row 2: name is integer and must be text"),
        ("name = \"a\"", "name = \"b\"", "another row already has the key"),
        ("name = \"a\"\n", "", "row 2: the key column name is missing"),
        ("\"list: Words.\"", "\"words: Words.\"", "one of text, int, float, bool, list"),
        ("\"list: Words.\"", "\"list\"", "type: sentence"),
        ("key = [\"name\"]", "key = [\"nme\"]", "did you mean name?"),
        ("key = [\"name\"]", "", "key is missing"),
        ("description = \"Agents that are known.\"", "", "description is missing"),
        ("[[rows]]\nname = \"b\"", "[[row]]\nname = \"b\"", "unknown key row; did you mean rows?"),
        ("weight = 2", "weight = ", "line 12"),
    ] {
        let text = DATA.replace(from, to);
        let error = data::DataTable::parse("agents", &text).unwrap_err();
        assert!(error.contains(help), "{to}: {error}");
    }
    assert!(DataTables::default().add("Agents.toml", DATA).unwrap_err().contains("a-z"));
    for (config, help) in [
        ("[[catalog.agent]]\nname = \"x\"", "did you mean agents?"),
        ("[[catalog.agents]]\nnme = \"x\"", "number 1: there is no column nme"),
        ("[[catalog.agents]]\nname = \"x\"\n[[catalog.agents]]\nname = \"x\"", "number 2: another row"),
        ("[catalog.agents]\nname = \"x\"", "write rows as [[catalog.agents]]"),
        ("catalog = 1", "write rows as"),
    ] {
        let mut tables = data();
        let errors = tables.add_user_rows(&config.parse().unwrap()).unwrap_err();
        assert!(errors[0].contains(help), "{config}: {errors:?}");
        assert_eq!(tables, data());
    }
}

#[tokio::test]
async fn a_case_may_bring_its_own_data_rows_and_else_sees_the_real_ones() {
    let reads = good()
        .replace("FROM calls", "FROM calls JOIN catalog_agents ON catalog_agents.name = lower(left(raw_name, 1))");
    let files = catalog(&[("usage.many", &reads)]);
    // Bash is looked up as b, which the real rows know.
    let mut tables = data();
    tables.add("frameworks.toml", include_str!("../../queries/catalog/frameworks.toml")).unwrap();
    assert_eq!(check(&files, &schemas(), &tables).await, []);
    let own = reads.replace("-- name = \"fires 0\"", "-- name = \"fires 0\"\n-- catalog_agents = [ { name = \"z\" } ]");
    let problems = check(&catalog(&[("usage.many", &own)]), &schemas(), &tables).await;
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("\"fires 0\": expects 1 rows, got 0"), "{problems:?}");
}

/// The complete example of the guide, from its SQL block.
fn documented_example(readme: &str) -> &str {
    let start = readme.find("```sql\n-- +++").unwrap() + "```sql\n".len();
    &readme[start..start + readme[start..].find("\n```").unwrap()]
}

#[tokio::test]
async fn the_example_in_the_guide_passes_the_check() {
    let readme = include_str!("../../queries/README.md");
    let example = documented_example(readme);
    let tables = tables_of_the_lake();
    let (data, _) = DataTables::built_in();
    assert_eq!(check(&catalog(&[("usage.guardrail-hits", example)]), &tables, &data).await, []);
}

fn tables_of_the_lake() -> BTreeMap<String, SchemaRef> {
    crate::tables::all().into_iter().map(|t| (t.name.to_owned(), t.schema)).collect()
}

#[tokio::test]
async fn every_function_of_ours_is_immutable_and_its_example_is_true() {
    for function in functions::all() {
        let volatility = function.udf.signature().volatility;
        assert_eq!(volatility, datafusion::logical_expr::Volatility::Immutable, "{}", function.signature);
        let shown = test_support::sql_text(function.example).await;
        assert_eq!(shown.as_deref(), Some("true"), "{}", function.example);
    }
}

#[tokio::test]
async fn the_generated_parts_of_the_guide_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/README.md");
    let current = std::fs::read_to_string(path).unwrap();
    let (data, _) = DataTables::built_in();
    let mut wanted = docs::replace_between(&current, "functions", &functions::reference()).unwrap();
    let (views, public) = views::all_public(&data).await.unwrap();
    wanted = docs::replace_between(&wanted, "tables", &docs::table_reference(&data, &views, &public)).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(current == wanted, "queries/README.md is out of date: run UPDATE_DOCS=1 cargo test --lib detect::");
}

#[tokio::test]
async fn the_contract_is_read_without_any_row() {
    let empty = empty_session(&schemas()).unwrap();
    let detection = Detection::parse("usage.many", "x", true, &good()).unwrap();
    assert_eq!(problems(&detection.sql, &detection.params, &empty).await, Vec::<String>::new());
}
