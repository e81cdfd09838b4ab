//! JSON v1 against its published schema and against a second declaration that knows every field and no other.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::*;

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/report-v1.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Checks a value against the part of JSON Schema that the document uses, unknown keys denied. Panics on the rest.
fn check(value: &Value, schema: &Value, root: &Value, path: &str) {
    let mut rule = schema;
    while let Some(reference) = rule.get("$ref").and_then(Value::as_str) {
        rule = root.pointer(reference.strip_prefix('#').unwrap()).unwrap();
    }
    let known = [
        "$schema",
        "$id",
        "$defs",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "items",
        "const",
        "enum",
        "additionalProperties",
        "pattern",
        "minimum",
    ];
    for (keyword, argument) in rule.as_object().unwrap() {
        assert!(known.contains(&keyword.as_str()), "{path}: the test does not know {keyword}");
        let fits = match keyword.as_str() {
            "const" => value == argument,
            "enum" => argument.as_array().unwrap().contains(value),
            "type" => has_type(value, argument),
            "minimum" => value.as_f64().is_none_or(|n| n >= argument.as_f64().unwrap()),
            // The one pattern is that of times.
            "pattern" => value.as_str().is_none_or(|t| t.parse::<jiff::Timestamp>().is_ok() && t.ends_with('Z')),
            "required" => argument
                .as_array()
                .unwrap()
                .iter()
                .all(|key| value.get(key.as_str().unwrap()).is_some() || !value.is_object()),
            _ => true,
        };
        assert!(fits, "{path}: {value} does not fit {keyword} {argument}");
    }
    if let (Some(object), Some(properties)) = (value.as_object(), rule.get("properties").and_then(Value::as_object)) {
        let required = rule["required"].as_array().unwrap();
        assert_eq!(required.len(), properties.len(), "{path}: every key is always present");
        for (key, inner) in object {
            let rule = properties.get(key).unwrap_or_else(|| panic!("{path}.{key} is not in the schema"));
            check(inner, rule, root, &format!("{path}.{key}"));
        }
    } else if let (Some(object), Some(rule)) = (value.as_object(), rule.get("additionalProperties")) {
        object.iter().for_each(|(key, inner)| check(inner, rule, root, &format!("{path}.{key}")));
    }
    if let (Some(items), Some(rule)) = (value.as_array(), rule.get("items")) {
        items.iter().for_each(|inner| check(inner, rule, root, &format!("{path}[]")));
    }
}

fn has_type(value: &Value, wanted: &Value) -> bool {
    let name = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |wanted: &str| wanted == name || (wanted == "number" && name == "integer");
    match wanted {
        Value::String(one) => fits(one),
        Value::Array(many) => many.iter().any(|one| fits(one.as_str().unwrap())),
        _ => panic!("type is {wanted}"),
    }
}

#[test]
fn reports_fit_the_published_schema() {
    let schema = schema();
    assert_eq!(schema["properties"]["schema"]["const"], json_v1::SCHEMA);
    for report in [example(), Report::default(), filled(&|own| format!("{own}\u{202e}"))] {
        let value: Value = serde_json::from_str(&as_json(report)).unwrap();
        check(&value, &schema, &schema, "report");
    }
}

#[test]
#[should_panic(expected = "is not in the schema")]
fn the_check_against_the_schema_can_fail() {
    let schema = schema();
    let mut value: Value = serde_json::from_str(&as_json(example())).unwrap();
    value["inventory"]["tools"][0]["surprise"] = json!(1);
    check(&value, &schema, &schema, "report");
}

/// Declares structs that accept exactly these fields.
macro_rules! exactly {
    ($($name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {$(
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, reason = "that the fields can be read is the test")]
        struct $name { $($field: $ty),* }
    )*};
}

type Texts = Vec<String>;
type Counters = BTreeMap<String, u64>;

exactly! {
    Document {
        schema: String, program: Program1, window: Window1, summary: Summary1, incidents: Vec<Incident1>,
        campaigns: Vec<Campaign1>, history: History1, incidents_cut: Vec<Cut1>, incidents_hidden: Vec<Hidden1>, signals: Vec<Signal1>, detections: Vec<Detection1>, inventory: Inventory1,
        secrets: Secrets1, anomalies: Anomalies1, usage: Usage1, coverage: Coverage1,
    }
    Campaign1 {
        place: Option<String>, integration: Option<String>, tool: Option<String>, value: Option<String>, findings: Texts,
        incidents: u64, leads: bool, severity: String, worst: u64, sessions: u64, asked: u64, users: u64, calls: u64,
        attempted: u64, tools: Texts, first_seen: String, last_seen: String, holds: Texts, sources: Texts, said: Option<String>,
        orders: Vec<Order1>,
    }
    Order1 { order: String, severity: String, incidents: u64 }
    Program1 { version: String, rules: String }
    Window1 { start: Option<String>, end: Option<String>, data_start: Option<String>, data_end: Option<String> }
    Summary1 { by_severity: Counters, cut: u64, complete: bool }
    Incident1 {
        id: String, detection: String, title: String, severity: String, confidence: String, subject: String,
        reason: String, login: Option<String>, device: Option<String>, agent: Option<String>, tool: Option<String>,
        integration: Option<String>, session_id: Option<String>, first_seen: String, last_seen: String, count: i64,
        evidence: Vec<Evidence1>, details: BTreeMap<String, Value>, asked: Option<String>, asked_in: Option<Evidence1>,
        source: Option<Evidence1>, looks_like: Option<String>, looks_like_by: Option<String>, used_in: Option<String>, orders_from: Texts, left: Vec<Left1>, timeline: Vec<Step1>, timeline_more: u64,
        earlier: Vec<Earlier1>, state: String, what: String, impact: String,
        false_positives: Texts, next_steps: Texts, tags: Texts, references: Texts,
    }
    Left1 { unanswered: u64, first_time: String, last_time: String,
        says: String, place: Option<String>, url: Option<String>, integration: Option<String>, tool: Option<String>, files: Texts,
        secrets: u64, secret: bool, personal: Texts, public: bool, asked: bool, attempted: bool, calls: u64, records: Vec<i64>,
    }
    Step1 {
        time: String, integration: Option<String>, tool: String, role: Option<String>, outcome: String, capabilities: Texts, argument: String,
        export_key: String, record_id: Option<i64>, result_export_key: Option<String>, result_record_id: Option<i64>,
        repeats: u64, between: u64, last_time: String, destination: Option<String>, fetched_from: Option<String>, novelty: Option<String>,
    }
    Earlier1 {
        id: String, login: Option<String>, severity: String, first_seen: String, last_seen: String, state: String,
    }
    History1 { previous: Option<Previous1>, index: Vec<Index1> }
    Previous1 { start: Option<String>, end: String, rules: String }
    Index1 {
        id: String, detection: String, title: String, subject: String, severity: String, login: Option<String>,
        first_seen: String, last_seen: String, state: String, changed: bool, shown: bool,
        first_reported: Option<String>,
    }
    Calls1 { day: String, tool: String, place: u64, calls: u64 }
    Evidence1 { export_key: String, record_id: Option<i64> }
    Cut1 { detection: String, severity: String, count: u64, why: String, see: String }
    Signal1 { detection: String, title: String, count: u64, subjects: u64 }
    Detection1 {
        id: String, title: String, tier: String, status: String, ran: bool, findings: u64, problem: Option<String>,
        failed: bool,
    }
    Inventory1 {
        agents: Vec<Agent1>, integrations: Vec<Integration1>, tools: Vec<Tool1>, offered_never_called: Vec<Offered1>,
        unreviewed: Vec<Unreviewed1>, definition_changes: Vec<Change1>, shared_names: Vec<SharedName1>,
        capabilities: Vec<Capability1>, kinds: Vec<Kind1>,
    }
    SharedName1 { tool: String, integrations: Texts, together_users: Texts, calls: u64 }
    Capability1 { capability: String, meaning: String }
    Kind1 { kind: String, meaning: String }
    Hidden1 {
        id: String, detection: String, title: String, subject: String, severity: String, integration: Option<String>,
        session_id: Option<String>, login: Option<String>, last_seen: String, verdict: String, reason: String,
        owner: String, expires: Option<String>,
    }
    Agent1 {
        agent: String, versions: Texts, user_agents: Texts, sanctioned: Option<bool>, new_in_window: bool,
        users: Texts, devices: Texts, models: Texts, requests: u64, tool_calls: u64, sessions: u64,
        first_seen: String, last_seen: String, evidence: Texts, looks_like: Texts, mismatch: bool,
    }
    Integration1 {
        integration: String, kind: String, risk: String, risk_reason: String, reviewed: Option<String>,
        new_in_window: bool, capabilities: Texts, tools: u64, tools_called: u64, calls: u64,
        calls_before_denial: u64, errors: u64, users: Texts, agents: Texts, devices: Texts, first_seen: String, last_seen: String,
    }
    Tool1 {
        integration: String, kind: String, tool: String, raw_names: Texts, risk: String, risk_reason: String,
        reviewed: Option<String>, new_in_window: bool, capabilities: Texts, offered_to_users: u64, definitions: u64,
        calls: u64, calls_before_denial: u64, errors: u64, users: Texts, agents: Texts, devices: Texts,
        first_seen: String, last_seen: String,
    }
    Offered1 {
        integration: String, tool: String, risk: String, requests: u64, users: Texts, agents: Texts,
        first_seen: String, last_seen: String,
    }
    Unreviewed1 {
        integration: String, kind: String, tool: Option<String>, risk: String, why: String, calls: u64,
        users: Texts, first_seen: String,
    }
    Change1 {
        integration: String, tool: String, change: String, old_hash: String, new_hash: String, time: String,
        users: Texts,
    }
    Anomalies1 { items: Vec<Anomaly1>, more: u64 }
    Anomaly1 {
        id: String, detection: String, title: String, tier: String, severity: String, subject: String,
        login: Option<String>, reason: String, first_seen: String, last_seen: String, count: i64,
    }
    Secrets1 { note: String, items: Vec<Secret1>, personal: Vec<Secret1> }
    Secret1 {
        fingerprint: String, rule: String, kind: String, vendor: Option<String>, confidence: String,
        preview: String, surfaces: Texts, entry: String, file: Option<String>, users: Texts, agents: Texts,
        providers: Texts, models: Texts, sent_out_by: Texts, why: Texts, exposure: i64, rotation_url: String,
        steps: String, evidence: Texts, occurrences: u64, resent: u64,
        first_seen: String, last_seen: String,
    }
    Usage1 {
        total: UsageRow1, by_user: Vec<UsageRow1>, by_agent: Vec<UsageRow1>, by_model: Vec<UsageRow1>,
        by_day: Vec<UsageRow1>, calls_by_day: Vec<Calls1>,
    }
    UsageRow1 {
        name: String, requests: u64, errors: u64, sessions: u64, tool_calls: u64, input_tokens: u64,
        output_tokens: u64, cost_usd: Option<f64>, shared: bool,
    }
    Coverage1 {
        totals: Totals1, exports: Vec<Export1>, unreadable: Vec<Unreadable1>, detections_failed: Texts,
        blind_spots: Vec<Spot1>,
    }
    Totals1 {
        exports: u64, partial: u64, unreadable: u64, records: u64, skipped: u64, decompressed_bytes: u64,
        problems: Counters, grades: Counters, not_understood: Counters, unknown: Counters,
    }
    Export1 {
        export_key: String, records: u64, skipped: u64, decompressed_bytes: u64, partial: bool,
        first_time: Option<String>, last_time: Option<String>, first_record_id: Option<i64>,
        last_record_id: Option<i64>, problem_counts: Counters, problems: Vec<Problem1>, grades: Counters,
        not_understood: Counters, unknown: Counters, vanished: bool,
    }
    Problem1 {
        kind: String, record_number: Option<u64>, record_id: Option<i64>, offset: Option<u64>, reason: String,
    }
    Unreadable1 { export_key: String, reason: String }
    Spot1 { title: String, meaning: String }
}

#[test]
fn the_layout_has_these_fields_and_no_others() {
    let document: Document = serde_json::from_str(&as_json(example())).unwrap();
    assert_eq!(document.schema, "lightmeter-report/v1");
    assert_eq!(document.window.start.as_deref(), Some("2026-03-31T09:00:00.000000Z"));
    let worst = &document.incidents[0];
    assert_eq!((worst.severity.as_str(), worst.evidence[1].record_id), ("critical", Some(1049)));
    assert_eq!(worst.evidence[0].export_key, "ts-aperture-export-1774951200.cbor.zstd");
    assert!(
        worst
            .next_steps
            .iter()
            .any(|step| step == "lightmeter query \"SELECT tool FROM calls WHERE login = 'alice@example.com'\"")
    );
    assert_eq!(document.summary.by_severity.len(), 5);
    assert_eq!(document.coverage.detections_failed, ["usage.broken"]);
    assert_eq!(document.usage.total.cost_usd, Some(12.345_679));
    assert_eq!(document.usage.by_model[0].cost_usd, None, "a cost that is no number is unknown");
    assert!(!document.summary.complete);
}

#[test]
fn an_empty_report_has_every_key() {
    let document: Document = serde_json::from_str(&as_json(Report::default())).unwrap();
    assert!(document.incidents.is_empty() && document.secrets.items.is_empty() && document.summary.complete);
}
