//! Detections of the tests' own, run through the same code as the built-in ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::MemTable;
use datafusion::prelude::SessionContext;

use super::contract::{bare_session, empty_session, problems};
use super::*;
use crate::finding::{Confidence, Finding, Severity};

mod data_tables;
mod files;
mod guide;
mod running;
mod user_settings;

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

#[test]
fn the_built_in_files_can_all_be_read() {
    assert_eq!(Catalog::built_in().problems, []);
    assert_eq!(DataTables::built_in().1, []);
}

#[tokio::test]
async fn the_contract_is_read_without_any_row() {
    let empty = empty_session(&schemas()).unwrap();
    let detection = Detection::parse("usage.many", "x", true, &good()).unwrap();
    assert_eq!(problems(&detection.sql, &detection.params, &empty).await, Vec::<String>::new());
}
