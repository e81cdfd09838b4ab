//! The views over hand-made rows: one lake for all tests, every scenario with a login of its own.

use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::*;

#[path = "views_tests/asked.rs"]
mod asked;
#[path = "views_tests/campaigns.rs"]
mod campaigns;
#[path = "views_tests/left.rs"]
mod left;
#[path = "views_tests/who.rs"]
mod who;

use crate::detect::{Catalog, check, view_cases};

const CLAUDE: &str = "claude-cli/2.1.0 (external, cli)";
const SDK: &str = "Anthropic/Python 0.39.0";

/// Rows of the stored tables, as converting exports would give them.
#[derive(Default)]
struct Lake(BTreeMap<&'static str, Vec<Map<String, Value>>>);

/// Who sends, and in which export, session and conversation.
#[derive(Clone, Copy)]
struct From {
    login: &'static str,
    agent: &'static str,
    export: &'static str,
    session: &'static str,
    conversation: &'static str,
}

const NOBODY: From = From { login: "", agent: CLAUDE, export: "e1", session: "s", conversation: "c" };

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("not an object: {value}") };
    map
}

/// Scheme, server and tool of a name, for the schemes that the tests use.
fn naming(raw: &str) -> Value {
    let named = |scheme: &str, rest: &str, by: &str| {
        let (server, tool) = rest.split_once(by)?;
        Some(json!({ "naming": scheme, "name_server": server, "name_tool": tool }))
    };
    let found = raw.strip_prefix("mcp__").and_then(|rest| named("mcp__S__T", rest, "__"));
    let found = found.or_else(|| named("S__T", raw, "__")).or_else(|| named("S_T", raw, "_"));
    found.unwrap_or_else(|| json!({ "naming": "plain", "name_tool": raw }))
}

impl Lake {
    fn push(&mut self, table: &'static str, from: From, record: i64, columns: &[&Value]) {
        let mut row = object(json!({
            "export_key": from.export, "record_id": record, "login": from.login, "device": "n1",
            "time": format!("2026-03-01T10:{record:02}:00Z"),
        }));
        if table != "tool_results" {
            row.insert("user_agent".into(), json!(from.agent));
        }
        if !matches!(table, "tool_offers" | "tool_definitions") {
            row.insert("conversation_id".into(), json!(from.conversation));
        }
        for more in columns {
            row.extend(object((*more).clone()));
        }
        let schema = schema_of(table);
        row.retain(|name, _| schema.field_with_name(name).is_ok());
        self.0.entry(table).or_default().push(row);
    }

    fn request(&mut self, from: From, record: i64, more: Value) {
        let token = from.agent.split('/').next().unwrap_or_default().to_lowercase();
        let id = format!("{}-{record}", from.login);
        let fixed = json!({ "request_id": id, "record_number": record, "ua_product": token, "session_id": from.session,
                            "outcome": "ok", "cost_usd": 0.1 });
        self.push("requests", from, record, &[&fixed, &more]);
    }

    fn call(&mut self, from: From, record: i64, raw: &str, id: Option<&str>, more: Value) {
        let uid = format!("{} {raw} {id:?} {}", from.login, from.conversation);
        let fixed = json!({ "call_uid": uid, "call_id": id, "raw_name": raw, "session_id": from.session, "position": record,
                            "runs_at": "client", "arguments_digest": "d" });
        self.push("tool_calls", from, record, &[&fixed, &naming(raw), &more]);
    }

    fn result(&mut self, from: From, record: i64, id: Option<&str>, more: Value) {
        let message = format!("{} result {id:?} {record} {}", from.login, from.conversation);
        let fixed =
            json!({ "message_id": message, "call_id": id, "position": record, "outcome": "unknown", "bytes": 7 });
        self.push("tool_results", from, record, &[&fixed, &more]);
        let text = json!({ "message_id": message, "text": "a result", "bytes": 8, "session_id": from.session });
        self.push("messages", from, record, &[&text, &more]);
    }

    fn offer(&mut self, from: From, record: i64, raw: &str, more: Value) {
        let id = format!("{raw} {more}");
        let fixed = json!({ "definition_id": id, "definition_hash": id, "raw_name": raw, "runs_at": "client", "requests": 1,
                            "last_time": format!("2026-03-01T10:{record:02}:00Z") });
        self.push("tool_definitions", from, record, &[&fixed, &naming(raw), &more]);
        self.push("tool_offers", from, record, &[&fixed]);
    }
}

fn schema_of(table: &str) -> SchemaRef {
    tables::all().into_iter().find(|t| t.name == table).unwrap().schema
}

fn calls_and_results(lake: &mut Lake) {
    // The same call in two exports and in a second conversation of the session; its result comes twice, too.
    let a = From { login: "replay", ..NOBODY };
    for record in 1..=3 {
        lake.request(a, record, json!({}));
    }
    lake.call(a, 1, "Bash", Some("t1"), json!({}));
    lake.result(a, 2, Some("t1"), json!({}));
    let b = From { export: "e2", ..a };
    lake.call(b, 1, "Bash", Some("t1"), json!({ "time": "2026-03-01T10:05:00Z" }));
    let compacted = From { export: "e2", conversation: "c2", ..a };
    lake.request(compacted, 6, json!({}));
    lake.call(compacted, 6, "Bash", Some("t1"), json!({}));
    lake.result(compacted, 7, Some("t1"), json!({}));
    // The same call id where neither session nor conversation is shared, never answered.
    lake.call(From { conversation: "c3", session: "s3", ..a }, 8, "Bash", Some("t1"), json!({}));

    // Ids that start anew in every turn, a refusal and an error; the model answers in one request.
    let c = From { login: "reused", conversation: "c4", session: "s4", ..NOBODY };
    lake.request(c, 1, json!({}));
    lake.call(c, 1, "Read", Some("0"), json!({ "call_uid": "first" }));
    lake.result(c, 2, Some("0"), json!({ "outcome": "error" }));
    lake.call(c, 3, "Read", Some("0"), json!({ "call_uid": "second", "arguments_digest": "e" }));
    lake.result(c, 4, Some("0"), json!({ "text": "The user doesn't want to proceed with this tool use." }));
    lake.call(c, 5, "Read", Some("1"), json!({ "call_uid": "third" }));

    // A format without call ids: results belong to calls by name and order.
    let d = From { login: "no-ids", conversation: "c5", session: "s5", ..NOBODY };
    lake.request(d, 1, json!({}));
    lake.call(d, 1, "Read", None, json!({ "call_uid": "n1" }));
    lake.call(d, 3, "Read", None, json!({ "call_uid": "n2" }));
    lake.result(d, 2, None, json!({ "raw_name": "Read", "outcome": "ok" }));
    lake.result(d, 4, None, json!({ "raw_name": "Read", "outcome": "error" }));
}

fn names(lake: &mut Lake) {
    let claude = From { login: "names", ..NOBODY };
    lake.request(claude, 1, json!({}));
    for raw in [
        "Bash",
        "mcp__github__get_issue",
        "mcp__claude_ai_Notion__search",
        "mcp__plugin_context7_context7__resolve-library-id",
        "mcp__aperture__github_create_issue",
        "mcp__aperture__acme_crm_lookup",
        "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash",
        "mcp__contextual12__get_documents",
        "helper__alone",
    ] {
        lake.offer(claude, 1, raw, json!({}));
    }
    lake.offer(claude, 1, "goose__a", json!({ "name_peers": 1 }));
    let pi = From { login: "names", agent: "OpenAI/JS 4", ..NOBODY };
    lake.request(pi, 2, json!({ "client_hints": r#"{"http-referer":"https://pi.dev"}"# }));
    for raw in ["TailnetSSH_run_command", "google_drive_find", "linear_regression", "bash"] {
        lake.offer(pi, 2, raw, json!({}));
    }
    let sdk = From { login: "names", agent: SDK, ..NOBODY };
    lake.request(sdk, 3, json!({}));
    lake.offer(sdk, 3, "get_thing", json!({ "name_peers": 4 }));
    lake.offer(sdk, 3, "acme2_thing", json!({ "name_peers": 4 }));
    lake.offer(sdk, 3, "tooly", json!({ "named_server": "mcp__codexed" }));
    lake.offer(sdk, 3, "web_search", json!({ "runs_at": "provider" }));
}

fn words(lake: &mut Lake) {
    let sdk = From { login: "words", agent: SDK, ..NOBODY };
    lake.request(sdk, 5, json!({}));
    let keys = |keys: &[&str]| {
        let properties: Vec<String> = keys.iter().map(|k| format!(r#""{k}":{{"type":"string"}}"#)).collect();
        format!(r#"{{"properties":{{{}}},"type":"object"}}"#, properties.join(","))
    };
    for (raw, description, parameters) in [
        ("sendParcelNote", "Hands a note over.", vec!["recipient", "body"]),
        ("mail_unread_list", "Lists mail.", vec![]),
        ("list_inbox_messages", "Returns the newest messages.", vec![]),
        ("load_webpage", "Loads a page.", vec!["url"]),
        ("ledger_entries_purge", "Purges old entries.", vec!["before"]),
        ("plan_visit", "Creates a visit and invites people.", vec!["attendees"]),
        ("run_bash", "Runs it.", vec!["command"]),
        ("get_weekday", "Returns the weekday.", vec![]),
        ("zq7", "Says nothing.", vec!["x"]),
        ("get_blog_post", "Returns a post.", vec!["id"]),
        ("productReviews", "", vec!["sku"]),
        ("customer_note", "", vec!["customer", "body"]),
        ("frobnicator", "", vec!["x"]),
    ] {
        lake.offer(sdk, 5, raw, json!({ "description": description, "schema": keys(&parameters) }));
    }
}

async fn session() -> SessionContext {
    static SESSION: OnceCell<SessionContext> = OnceCell::const_new();
    SESSION.get_or_init(build).await.clone()
}

async fn build() -> SessionContext {
    let mut lake = Lake::default();
    calls_and_results(&mut lake);
    names(&mut lake);
    words(&mut lake);
    who::agents(&mut lake);
    who::links(&mut lake);
    asked::conversations(&mut lake);
    left::sessions(&mut lake);
    campaigns::sessions(&mut lake);
    let ctx = bare_session();
    register_empty_lake(&ctx).unwrap();
    for (table, rows) in &lake.0 {
        let schema = schema_of(table);
        let batch = super::super::json::to_batch(&schema, rows).unwrap();
        let name = format!("{LAKE}.{table}");
        ctx.deregister_table(name.as_str()).unwrap();
        ctx.register_table(name, Arc::new(MemTable::try_new(schema, vec![vec![batch]]).unwrap())).unwrap();
    }
    let (mut data, _) = DataTables::built_in();
    let own: toml::Table = r#"
        [[catalog.overrides]]
        integration = "client-defined"
        tool = "zq7"
        egress = true
        reason = "posts to the partner"
        [[catalog.reviews]]
        integration = "github"
        verdict = "approved"
        [[catalog.reviews]]
        integration = "notion"
        verdict = "approved"
        expires = "2026-03-01"
        "#
    .parse()
    .unwrap();
    data.add_user_rows(&own).unwrap();
    data.register(&ctx).unwrap();
    // Ten o'clock until eight minutes past: the last call of `replay` lies outside.
    let start = "2026-03-01T10:00:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond();
    register_window(&ctx, Some(start), Some(start + 8 * 60_000_000)).unwrap();
    register(&ctx).await.unwrap();
    let reported = signals::batch(&[asked::reported(), left::reported()].concat()).unwrap();
    let reported = MemTable::try_new(signals::schema(), vec![vec![reported]]).unwrap();
    ctx.register_table("reported", Arc::new(reported)).unwrap();
    let found = signals::batch(&campaigns::found()).unwrap();
    let found = MemTable::try_new(signals::schema(), vec![vec![found]]).unwrap();
    ctx.register_table("found", Arc::new(found)).unwrap();
    ctx
}

/// Rows as text, cells separated by ` | `.
async fn rows(sql: &str) -> Vec<String> {
    let batches = session().await.sql(sql).await.unwrap().collect().await.unwrap();
    let options = FormatOptions::default().with_null("-");
    let mut out = Vec::new();
    for batch in batches {
        let cells: Vec<_> = batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            out.push(cells.iter().map(|c| c.value(row).to_string()).collect::<Vec<_>>().join(" | "));
        }
    }
    out
}

#[tokio::test]
async fn a_replayed_call_is_one_call_and_an_unrelated_one_is_another() {
    let sql = "SELECT conversation_id, export_key, seq, outcome, seconds_to_result FROM history_tool_calls
               WHERE login = 'replay' ORDER BY time";
    assert_eq!(rows(sql).await, ["c | e1 | 1 | ok | 60.0", "c3 | e1 | 1 | attempted | -"]);
}

#[tokio::test]
async fn the_window_cuts_rows_and_not_what_is_known_about_them() {
    let sql = "SELECT count(*) FROM tool_calls WHERE login = 'replay' UNION ALL
               SELECT count(*) FROM history_tool_calls WHERE login = 'replay'";
    assert_eq!(rows(sql).await, ["1", "2"]);
}

#[tokio::test]
async fn results_find_their_calls_when_ids_are_reused_or_missing() {
    let sql = "SELECT call_uid, seq, outcome FROM tool_calls WHERE login IN ('reused', 'no-ids') ORDER BY login, seq";
    let wanted =
        ["n1 | 1 | ok", "n2 | 2 | error", "first | 1 | error", "second | 2 | refused", "third | 3 | attempted"];
    assert_eq!(rows(sql).await, wanted);
}

#[tokio::test]
async fn names_are_traced_back_to_what_brings_the_tool() {
    let sql = "SELECT raw_name, agent, integration, integration_kind, tool FROM history_tool_offers
               WHERE login = 'names' ORDER BY agent, raw_name";
    let wanted = [
        "acme2_thing | Anthropic SDK | acme2 | mcp | thing",
        "get_thing | Anthropic SDK | client-defined | client-defined | get_thing",
        "tooly | Anthropic SDK | codexed | mcp | tooly",
        "web_search | Anthropic SDK | provider-side | provider-side | web_search",
        "Bash | Claude Code | Claude Code | built-in | Bash",
        "goose__a | Claude Code | goose | mcp | a",
        "helper__alone | Claude Code | client-defined | client-defined | helper__alone",
        "mcp__aperture__acme_crm_lookup | Claude Code | acme | aperture-connector | crm_lookup",
        "mcp__aperture__github_create_issue | Claude Code | github | aperture-connector | create_issue",
        "mcp__claude_ai_Notion__search | Claude Code | notion | mcp | search",
        "mcp__contextual12__get_documents | Claude Code | contextual12 | mcp | get_documents",
        "mcp__github__get_issue | Claude Code | github | mcp | get_issue",
        "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash | Claude Code | Claude Code | built-in | Bash",
        "mcp__plugin_context7_context7__resolve-library-id | Claude Code | context7 | mcp | resolve-library-id",
        "TailnetSSH_run_command | Pi | TailnetSSH | aperture-connector | run_command",
        "bash | Pi | Pi | built-in | bash",
        "google_drive_find | Pi | google-drive | aperture-connector | find",
        "linear_regression | Pi | client-defined | client-defined | linear_regression",
    ];
    assert_eq!(rows(sql).await, wanted);
}

#[tokio::test]
async fn unknown_tools_are_labelled_by_their_words_and_the_organisation_has_the_last() {
    let sql = "SELECT l.tool, array_to_string(l.capabilities, ' '), l.label_source, l.risk FROM tool_labels l
               JOIN tool_use u ON u.integration = l.integration AND u.tool = l.tool
               WHERE u.login = 'words' ORDER BY l.tool";
    let wanted = [
        "customer_note |  | none | unknown",
        "frobnicator |  | none | unknown",
        "get_blog_post | untrusted | words | low",
        "get_weekday |  | words | low",
        "ledger_entries_purge | destructive state_change | words | high",
        "list_inbox_messages | private untrusted | words | medium",
        "load_webpage | egress untrusted | words | medium",
        "mail_unread_list | private untrusted | words | medium",
        "plan_visit | egress | words | medium",
        "productReviews | untrusted | words | low",
        "run_bash | executes | words | high",
        "sendParcelNote | egress state_change | words | medium",
        "zq7 | egress | organisation | medium",
    ];
    assert_eq!(rows(sql).await, wanted);
    let sql = "SELECT egress_reason FROM tool_labels WHERE tool = 'zq7'";
    assert_eq!(rows(sql).await, ["set by the organisation: posts to the partner"]);
}

#[tokio::test]
async fn what_depends_on_the_arguments_is_neither_yes_nor_no() {
    let sql =
        "SELECT executes, egress, egress_reason FROM tool_labels WHERE integration = 'Claude Code' AND tool = 'Bash'
               UNION ALL SELECT executes, egress, egress_reason FROM tool_labels WHERE tool = 'run_bash'";
    let wanted = [
        "true | - | depends on the arguments: Runs a shell command; what it does depends on the command.",
        "true | - | depends on what it is told to run",
    ];
    assert_eq!(rows(sql).await, wanted);
}

#[tokio::test]
async fn verdicts_show_in_the_inventory_until_they_expire() {
    let sql = "SELECT integration, review, tools FROM integrations
               WHERE integration IN ('github', 'notion', 'context7', 'Pi', 'client-defined') ORDER BY integration";
    let found = rows(sql).await;
    let wanted = [
        "Pi | not needed",
        "client-defined | not needed",
        "context7 | unreviewed",
        "github | approved",
        "notion | expired",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    assert!(found.iter().zip(wanted).all(|(row, start)| row.starts_with(start)), "{found:?}");
}

#[tokio::test]
async fn usage_adds_up_exactly() {
    let sql = "SELECT requests, cost_usd, calls FROM users WHERE login = 'replay'";
    assert_eq!(rows(sql).await, ["4 | 0.4 | 1"]);
    let sql = "SELECT sum(requests) FROM daily_usage WHERE login = 'names' GROUP BY day";
    assert_eq!(rows(sql).await, ["3"]);
}

#[tokio::test]
async fn built_in_detections_are_proved() {
    let (data, problems) = DataTables::built_in();
    assert_eq!(problems, []);
    let tables = public_tables(&data).await.unwrap();
    let problems = check(&Catalog::built_in(), &tables, &data).await;
    assert!(problems.is_empty(), "{:#?}", problems.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn views_are_proved_by_their_cases() {
    let (data, _) = DataTables::built_in();
    let (views, public) = all_public(&data).await.unwrap();
    let mut tables = public;
    tables.extend(data.schemas());
    let mut problems = Vec::new();
    for view in &views {
        problems.extend(view_cases::problems(view, &tables, &data).await.unwrap());
    }
    assert!(problems.is_empty(), "{problems:#?}");
    let proved = views.iter().filter(|view| !view.cases.is_empty());
    let thin: Vec<_> = proved.clone().filter(|view| view.cases.len() < 2).map(|view| &view.name).collect();
    assert!(thin.is_empty() && proved.count() >= 10, "one case proves little: {thin:?}");
}

#[tokio::test]
async fn every_view_says_what_it_is() {
    let (views, tables) = all_public(&DataTables::built_in().0).await.unwrap();
    let mut silent = BTreeSet::new();
    for view in &views {
        let columns = tables[&view.name].fields().iter().map(|f| f.name().clone());
        silent.extend(columns.filter(|c| super::super::docs::column_doc(view, c, &views).is_empty()));
    }
    assert!(silent.is_empty(), "columns that nobody explains: {silent:?}");
    assert!(
        views.iter().all(|v| v.doc.ends_with('.') && v.columns.values().all(|c| c.ends_with('.'))),
        "a doc is a sentence"
    );
    let files = QUERIES.get_dir("views").unwrap().files().filter(|f| f.path().extension().is_some_and(|e| e == "sql"));
    assert_eq!(files.count(), views.len(), "every file in queries/views stands in order.toml");
}

#[test]
fn a_query_gets_the_views_that_it_names_and_those_behind_them() {
    let ctx = SessionContext::new();
    let names = |sql: &str| -> Vec<String> { needed(&ctx, sql).unwrap().into_iter().map(|view| view.name).collect() };
    assert_eq!(names("SELECT * FROM lake.tool_results"), Vec::<String>::new());
    assert_eq!(names("not a query"), Vec::<String>::new());
    assert!(names("SELECT * FROM Requests").contains(&"history_requests".to_owned()));
    assert_eq!(names("SELECT 'requests' AS text FROM messages"), names("SELECT * FROM messages"));
    assert!(reads_signals(&ctx, "SELECT 1 FROM (SELECT * FROM signals) s"));
    assert!(reads_signals(&ctx, "SELECT 1 FROM session_signs"));
    assert!(!reads_signals(&ctx, "SELECT 'signals' FROM calls"));
    let all: Vec<String> = views().unwrap().into_iter().map(|view| view.name).collect();
    // Each view can be planned with what it is given here, which a view that was left out would prevent.
    for name in &all {
        let mine = names(&format!("SELECT * FROM {name}"));
        assert!(mine.contains(name) && mine.iter().all(|n| all.contains(n)));
    }
}
