//! The detections of unusual use over hand-made rows: what is told of a day does not depend on the window around it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::catalog::MemTable;
use datafusion::prelude::SessionContext;
use serde_json::{Map, Value, json};

use super::contract::bare_session;
use super::data::DataTables;
use super::{Catalog, RunResult, functions, run, views};
use crate::finding::Finding;
use crate::tables;

/// 2026-01-05, a Monday.
const START: i64 = 1_767_571_200_000_000;
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;
/// Days of the lake, and the day that is judged.
const DAYS: i64 = 68;
const JUDGED: i64 = 60;

#[derive(Default)]
struct Lake {
    rows: BTreeMap<&'static str, Vec<Map<String, Value>>>,
    record: i64,
    call: i64,
}

fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).unwrap().to_string()
}

fn schema_of(table: &str) -> SchemaRef {
    tables::all().into_iter().find(|t| t.name == table).unwrap().schema
}

impl Lake {
    fn push(&mut self, table: &'static str, columns: Value) {
        let Value::Object(mut row) = columns else { panic!("not an object") };
        row.insert("export_key".into(), json!("e"));
        row.insert("record_id".into(), json!(self.record));
        let schema = schema_of(table);
        row.retain(|name, _| schema.field_with_name(name).is_ok());
        self.rows.entry(table).or_default().push(row);
    }

    /// A request and the calls of its answer, one a second.
    fn request(&mut self, login: &str, device: &str, at: i64, more: &Value, calls: &[&str]) {
        self.record += 1;
        let session =
            more["session_id"].as_str().map_or_else(|| format!("{login} {device} {}", at / DAY), str::to_owned);
        let tags = if login.starts_with("tag:") { json!([login]) } else { json!([]) };
        let mut row = json!({
            "request_id": format!("r{}", self.record), "record_number": self.record, "login": login, "device": device,
            "tags": tags, "time": time(at), "user_agent": "claude-cli/2.1.0", "ua_product": "claude-cli",
            "session_id": session, "conversation_id": session, "outcome": "ok", "cost_usd": 0.2, "provider": "anthropic",
            "model": "claude-sonnet-4-6", "input_tokens": 900, "cached_tokens": 800, "content_grade": "full",
        });
        for (name, value) in more.as_object().unwrap() {
            row[name] = value.clone();
        }
        self.push("requests", row);
        for (nth, name) in (0..).zip(calls) {
            self.call += 1;
            let uid = format!("c{:06}", self.call);
            let parts: Vec<&str> = name.split("__").collect();
            let naming = match parts[..] {
                ["mcp", server, tool] => json!({ "naming": "mcp__S__T", "name_server": server, "name_tool": tool }),
                _ => json!({ "naming": "plain", "name_tool": name }),
            };
            let digest = if more["repeats"] == json!(true) { "same" } else { uid.as_str() };
            let mut row = json!({
                "call_uid": uid, "call_id": uid, "element_id": uid, "raw_name": name, "login": login, "device": device,
                "tags": tags, "user_agent": "claude-cli/2.1.0", "ua_product": "claude-cli", "session_id": session,
                "conversation_id": session, "time": time(at + nth * 1_000_000), "position": self.call, "part": 0,
                "runs_at": "client", "arguments": "{}", "arguments_digest": digest, "direction": "response",
                "provider": "anthropic", "model": "claude-sonnet-4-6",
            });
            row.as_object_mut().unwrap().extend(naming.as_object().unwrap().clone());
            self.push("tool_calls", row);
        }
    }
}

/// Eight weeks of even work of eight people and five machines, and one day on which much is different.
fn lake() -> Lake {
    let mut lake = Lake::default();
    for day in 0..DAYS {
        let morning = START + day * DAY + 9 * HOUR;
        for user in 0..8 {
            let stopped = user == 3 && day > JUDGED;
            if day % 7 < 5 && !stopped {
                let tools: Vec<&str> =
                    ["Read", "Grep"].into_iter().cycle().take(4 + (day + user) as usize % 3).collect();
                for (n, tool) in (0..).zip(tools) {
                    lake.request(
                        &format!("u{user}"),
                        &format!("n{user}"),
                        morning + user * HOUR / 2 + n * HOUR / 3,
                        &json!({}),
                        &[tool],
                    );
                }
            }
        }
        for machine in 0..5 {
            lake.request("tag:ci", &format!("m{machine}"), morning + machine * HOUR, &json!({}), &["Read"; 3]);
        }
        if day == JUDGED {
            odd_day(&mut lake, morning);
        }
    }
    lake
}

fn odd_day(lake: &mut Lake, morning: i64) {
    for hour in 0..8 {
        lake.request("u0", "n0", morning + hour * HOUR, &json!({}), &["Read"; 40]);
        lake.request("tag:ci", "m1", morning + hour * HOUR, &json!({}), &["Read"; 40]);
    }
    lake.request("u1", "n1", morning, &json!({}), &["mcp__shadow-crm__export_contacts"]);
    lake.request("u2", "n2", morning, &json!({}), &["mcp__github__delete_branch"]);
    for n in 0..25 {
        let bare = json!({ "content_grade": "metrics_only" });
        lake.request("u4", "n4", morning + n * HOUR / 6, &bare, &[]);
        let again = json!({ "session_id": "loop", "repeats": true });
        lake.request("u5", "n5", morning + n * HOUR / 6, &again, &["Bash"]);
        let dear = json!({ "session_id": "dear", "cost_usd": 2.5 });
        lake.request("u6", "n6", morning + n * HOUR / 6, &dear, &[]);
    }
    lake.record += 500;
}

/// The family over the lake, within a window.
async fn findings(lake: &Lake, start: Option<i64>, end: Option<i64>) -> RunResult {
    let ctx = bare_session();
    views::register_empty_lake(&ctx).unwrap();
    for (table, rows) in &lake.rows {
        let schema = schema_of(table);
        let batch = super::json::to_batch(&schema, rows).unwrap();
        replace(&ctx, &format!("{}.{table}", views::LAKE), schema, vec![batch]);
    }
    functions::register(&ctx);
    DataTables::built_in().0.register(&ctx).unwrap();
    views::register_window(&ctx, start, end).unwrap();
    let mut catalog = Catalog::built_in();
    catalog.detections.retain(|id, _| id.starts_with("usage."));
    let parts: Vec<String> = catalog
        .detections
        .values()
        .filter(|d| !d.sql.contains("FROM signals"))
        .enumerate()
        .map(|(n, d)| format!("(\n{}\n) AS part{n}", d.sql))
        .collect();
    // Detections over signals are planned too; these are the views that they read beside them.
    let beside = "command_acts, path_acts, entities";
    for view in views::needed(&ctx, &format!("SELECT 1 FROM {}, {beside}", parts.join(", "))).unwrap() {
        let frame = ctx.sql(&view.sql).await.unwrap();
        if view.materialise {
            let planned = Arc::clone(frame.schema().inner());
            let batches = frame.collect().await.unwrap();
            replace(&ctx, &view.name, batches.first().map_or(planned, RecordBatch::schema), batches);
        } else {
            ctx.register_table(view.name.as_str(), frame.into_view()).unwrap();
        }
    }
    let result = run(&ctx, &catalog).await;
    assert_eq!(result.failures, []);
    result
}

fn replace(ctx: &SessionContext, name: &str, schema: SchemaRef, batches: Vec<RecordBatch>) {
    ctx.deregister_table(name).unwrap();
    ctx.register_table(name, Arc::new(MemTable::try_new(schema, vec![batches]).unwrap())).unwrap();
}

/// The findings that lie within the judged day. What cannot be attributed is added up over the window.
fn of_the_day(result: RunResult) -> Vec<Finding> {
    let day = START + JUDGED * DAY..START + (JUDGED + 1) * DAY;
    let all = result.incidents.into_iter().chain(result.signals);
    all.filter(|f| f.detection.id != "usage.shared-identity")
        .filter(|f| day.contains(&f.first_seen) && day.contains(&f.last_seen))
        .collect()
}

#[tokio::test]
async fn what_is_told_of_a_day_does_not_depend_on_the_window() {
    let lake = lake();
    let whole = of_the_day(findings(&lake, None, None).await);
    let told: Vec<_> = whole.iter().map(|f| format!("{} {} {}", f.severity, f.detection.id, f.subject)).collect();
    insta::assert_snapshot!(told.join("\n"));
    let start = START + JUDGED * DAY;
    for (start, end) in [(start, None), (start, Some(start + DAY)), (start - 20 * DAY, Some(start + 3 * DAY))] {
        let part = of_the_day(findings(&lake, Some(start), end).await);
        assert_eq!(part.len(), whole.len(), "{start} {end:?}");
        for (found, expected) in part.iter().zip(&whole) {
            assert_eq!(found, expected, "{start} {end:?}");
        }
    }
}
