//! Whole records through the normaliser.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::*;
use crate::tables::Rows;

/// A record with the given bodies; everything else as a gateway would write it.
fn record<'a>(id: i64, path: &'a str, request: &'a str, response: &'a str) -> Record<'a> {
    Record {
        number: u64::try_from(id).unwrap(),
        id: Some(id),
        ver: Some(2),
        timestamp: Some(1_774_856_151_000_000 + id * 60_000_000),
        duration_ms: Some(1500),
        login: "alice@example.com".into(),
        device: "n1CNTRL".into(),
        model: "anthropic/claude-x".into(),
        capture_id: format!("capture-{id}").into(),
        path: path.into(),
        status_code: Some(200),
        request_headers: vec![("User-Agent".into(), "claude-cli/2.1.63 (external, cli)".into())],
        request_body: Cow::Borrowed(request.as_bytes()),
        response_body: Cow::Borrowed(response.as_bytes()),
        ..Record::default()
    }
}

fn normalise(records: &[Record<'_>]) -> (Rows, ExportStats) {
    let mut normaliser = Normaliser::new("export.cbor.zstd", Options::default());
    let mut rows = Rows::default();
    for record in records {
        normaliser.record(record, &mut rows);
    }
    normaliser.finish(&mut rows);
    (rows, normaliser.stats)
}

fn tool_use(id: &str, name: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": id, "name": name, "input": input})
}

fn answer(blocks: &Value) -> String {
    json!({"type": "message", "role": "assistant", "content": blocks, "stop_reason": "end_turn",
           "usage": {"input_tokens": 7, "output_tokens": 3}})
    .to_string()
}

/// Three requests of one Anthropic conversation; the cache marker and the billing nonce move as in real traffic.
fn anthropic_story() -> Vec<(String, String)> {
    let tools = json!([
        {"name": "Bash", "description": "Runs a command", "input_schema": {"type": "object"}},
        {"name": "mcp__github__get_issue", "description": "Reads an issue", "input_schema": {"type": "object"}},
        {"name": "mcp__github__list", "input_schema": {}},
    ]);
    let system = |nonce: &str| {
        json!([{"type": "text", "text": format!("x-anthropic-billing-header: cc_version=2.1; cch={nonce};")},
               {"type": "text", "text": "You are a coding agent."}])
    };
    let marked = |text: &str| json!({"role": "user", "content": [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]});
    let first =
        json!([{"type": "text", "text": "Let me look."}, tool_use("toolu_1", "Bash", json!({"command": "ls"}))]);
    let result = json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "a.txt", "is_error": false}]});
    let second = json!([tool_use("toolu_2", "mcp__github__get_issue", json!({"number": 7}))]);
    let failed = json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "no such issue"}], "is_error": true}]});
    let body = |nonce: &str, messages: Value| {
        json!({"model": "claude-x", "max_tokens": 10, "messages": messages, "system": system(nonce), "tools": tools,
               "metadata": {"user_id": "user_ab_account_cd_session_0123456789ab"}})
        .to_string()
    };
    vec![
        (body("aa", json!([marked("fix it")])), answer(&first)),
        (
            body("bb", json!([{"role": "user", "content": "fix it"}, {"role": "assistant", "content": first}, result])),
            answer(&second),
        ),
        (
            body(
                "cc",
                json!([{"role": "user", "content": "fix it"}, {"role": "assistant", "content": first}, result,
                       {"role": "assistant", "content": second}, failed]),
            ),
            answer(&json!([{"type": "text", "text": "Done."}])),
        ),
    ]
}

fn records(story: &[(String, String)]) -> Vec<Record<'_>> {
    story.iter().enumerate().map(|(i, (q, s))| record(i as i64, "/v1/messages?beta=true", q, s)).collect()
}

#[test]
fn each_message_and_call_is_emitted_once_however_often_it_is_repeated() {
    let story = anthropic_story();
    let (rows, stats) = normalise(&records(&story));
    assert_eq!(stats.records, 3);
    assert_eq!(rows.requests.len(), 3);
    let texts: Vec<(&str, &str, &str)> = rows.messages.iter().map(|m| (m.role, &*m.kind, m.text.as_str())).collect();
    assert_eq!(
        texts,
        vec![
            ("system", "text", "You are a coding agent."),
            ("user", "text", "fix it"),
            ("assistant", "text", "Let me look."),
            ("assistant", "tool_call", r#"{"command":"ls"}"#),
            ("tool", "tool_result", "a.txt"),
            ("assistant", "tool_call", r#"{"number":7}"#),
            ("tool", "tool_result", "no such issue"),
            ("assistant", "text", "Done."),
        ]
    );
    let calls: Vec<_> =
        rows.tool_calls.iter().map(|c| (&*c.raw_name, c.naming, c.name_server.as_deref(), c.name_peers)).collect();
    assert_eq!(calls, vec![("Bash", "plain", None, 0), ("mcp__github__get_issue", "mcp__S__T", Some("github"), 1)]);
    assert_eq!(rows.tool_results.iter().map(|r| r.outcome).collect::<Vec<_>>(), vec!["ok", "error"]);
    let conversation = &rows.requests[0].conversation_id;
    assert!(rows.requests.iter().all(|r| r.conversation_id == *conversation));
    let counted: Vec<_> = rows.requests.iter().map(|r| (r.messages_new, r.messages_echoed)).collect();
    assert_eq!(counted, vec![(3, 0), (2, 3), (2, 5)]);
    // The first question was carried by all three requests.
    let question = &rows.messages[1].element_id;
    assert_eq!(rows.carries.iter().find(|c| c.element_id == *question).map(|c| c.requests), Some(3));
    assert_eq!(rows.tool_definitions.len(), 3);
    assert_eq!(rows.tool_offers.iter().map(|o| o.requests).collect::<Vec<_>>(), vec![3, 3, 3]);
    assert_eq!(rows.requests[0].session_evidence, Some("body:metadata.user_id"));
}

#[test]
fn exports_cut_anywhere_give_the_same_ids() {
    let story = anthropic_story();
    let all = records(&story);
    let ids = |rows: &[Rows]| {
        let mut calls: Vec<String> =
            rows.iter().flat_map(|r| r.tool_calls.iter().map(|c| c.call_uid.clone())).collect();
        let mut messages: Vec<String> =
            rows.iter().flat_map(|r| r.messages.iter().map(|m| m.message_id.clone())).collect();
        calls.sort();
        calls.dedup();
        messages.sort();
        messages.dedup();
        (calls, messages)
    };
    let whole = ids(&[normalise(&all).0]);
    assert_eq!(whole.0.len(), 2);
    assert_eq!(whole.1.len(), 8);
    for cut in 1..3 {
        assert_eq!(whole, ids(&[normalise(&all[..cut]).0, normalise(&all[cut..]).0]), "cut at {cut}");
    }
    let mut reversed = all;
    reversed.reverse();
    assert_eq!(whole, ids(&[normalise(&reversed).0]));
}

#[test]
fn strict_mode_gives_the_same_rows() {
    let story = anthropic_story();
    let mut normaliser =
        Normaliser::new("export.cbor.zstd", Options { recognition: Recognition::Bytes, ..Options::default() });
    let mut rows = Rows::default();
    for record in &records(&story) {
        normaliser.record(record, &mut rows);
    }
    normaliser.finish(&mut rows);
    let (fast, _) = normalise(&records(&story));
    assert_eq!(rows.messages, fast.messages);
    assert_eq!(rows.tool_calls, fast.tool_calls);
    assert_eq!(rows.requests, fast.requests);
}

#[test]
fn a_conversation_that_goes_on_after_it_was_let_go_folds_to_the_same() {
    let story = anthropic_story();
    let others: Vec<_> = (0..60)
        .map(|n| {
            let body = json!({"max_tokens": 1, "messages": [{"role": "user", "content": format!("question {n}")}]});
            (body.to_string(), answer(&json!([{"type": "text", "text": format!("answer {n}")}])))
        })
        .collect();
    let mut all = Vec::new();
    for (turn, exchange) in story.iter().enumerate() {
        all.push(exchange.clone());
        all.extend_from_slice(&others[turn * 20..][..20]);
    }
    let folded = |remembered: usize| {
        let mut normaliser = Normaliser::new("e", Options { remembered, ..Options::default() });
        let mut rows = Rows::default();
        for record in &records(&all) {
            normaliser.record(record, &mut rows);
        }
        normaliser.finish(&mut rows);
        let mut messages: Vec<_> = rows.messages.iter().map(|m| (m.message_id.clone(), m.text.clone())).collect();
        let mut calls: Vec<_> = rows.tool_calls.iter().map(|c| (c.call_uid.clone(), c.arguments.clone())).collect();
        let emitted = messages.len();
        messages.sort();
        messages.dedup();
        calls.sort();
        calls.dedup();
        let mut carries = std::collections::BTreeMap::<_, (i64, i64, i64)>::new();
        for c in &rows.carries {
            let (requests, first, last) = carries.entry(c.element_id.clone()).or_insert((0, i64::MAX, 0));
            (*requests, *first, *last) = (*requests + c.requests, (*first).min(c.time.0), (*last).max(c.last_time.0));
        }
        (emitted, (messages, calls, carries))
    };
    let (whole, let_go) = (folded(1000), folded(8));
    assert_eq!(whole.0, whole.1.0.len(), "nothing was let go");
    assert!(let_go.0 > whole.0, "the story was read again");
    assert_eq!(whole.1, let_go.1);
}

fn chat(messages: &Value) -> String {
    json!({"model": "gpt-x", "messages": messages, "tools": [
        {"type": "function", "function": {"name": "search", "description": "Searches", "parameters": {"type": "object"}}},
        {"type": "custom", "custom": {"name": "sql", "description": "Runs SQL"}}]})
    .to_string()
}

#[test]
fn chat_completions_join_answers_with_their_echo() {
    let call =
        json!({"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{\"q\": \"x\"}"}});
    let custom = json!({"id": "call_2", "type": "custom", "custom": {"name": "sql", "input": "select 1"}});
    let said =
        json!({"role": "assistant", "content": null, "refusal": null, "annotations": [], "tool_calls": [call, custom]});
    let first = chat(&json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "find x"}]));
    let second = chat(&json!([
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "find x"}]},
        {"role": "assistant", "content": "", "tool_calls": [call, custom]},
        {"role": "tool", "tool_call_id": "call_1", "content": "found"},
        {"role": "tool", "tool_call_id": "call_2", "name": "sql", "content": [{"type": "text", "text": "1"}]}]));
    let reply = |message: Value, reason: &str| {
        json!({"choices": [{"index": 0, "message": message, "finish_reason": reason}],
               "usage": {"prompt_tokens": 9, "completion_tokens": 2}})
        .to_string()
    };
    let a1 = reply(said, "tool_calls");
    let a2 = reply(json!({"role": "assistant", "content": "It is 1."}), "stop");
    let (rows, stats) =
        normalise(&[record(1, "/v1/chat/completions", &first, &a1), record(2, "/v1/chat/completions", &second, &a2)]);
    assert_eq!(stats.problem_counts.len(), 0);
    let calls: Vec<_> = rows.tool_calls.iter().map(|c| (&*c.raw_name, c.arguments.as_str(), c.direction)).collect();
    assert_eq!(calls, vec![("search", r#"{"q":"x"}"#, "response"), ("sql", r#""select 1""#, "response")]);
    assert_eq!(rows.tool_results.len(), 2);
    assert_eq!(rows.requests[0].conversation_id, rows.requests[1].conversation_id);
    assert_eq!(rows.requests[1].stop_reason.as_deref(), Some("stop"));
    assert_eq!(rows.requests[0].input_tokens, Some(9));
    assert_eq!(rows.tool_definitions.iter().map(|d| &*d.wire_type).collect::<Vec<_>>(), vec!["function", "custom"]);
    assert_eq!(rows.messages.iter().filter(|m| m.kind.as_ref() == "text").count(), 3);
}

#[test]
fn records_that_are_not_understood_keep_their_row_and_are_located() {
    let mut unknown = record(5, "/v1/divinations", r#"{"input":"x"}"#, r#"{"data":[]}"#);
    unknown.offset = 4711;
    let broken = record(6, "/v1/messages", "not json", "");
    let empty = record(7, "/v1/messages", "", "");
    // Nobody misses anything here.
    let vectors = record(8, "/v1/embeddings", r#"{"input":"x"}"#, r#"{"data":[]}"#);
    let models = record(9, "/v1/models", "", r#"{"data":[]}"#);
    let (rows, stats) = normalise(&[unknown, broken, empty, vectors, models]);
    assert_eq!(rows.requests.len(), 5);
    assert_eq!(
        rows.requests.iter().map(|r| r.wire_format).collect::<Vec<_>>(),
        vec!["unknown", "anthropic_messages", "unknown", "other", "other"]
    );
    assert_eq!(rows.requests[2].content_grade, "metrics_only");
    assert_eq!(stats.problem_counts["not_understood"], 2);
    assert_eq!((stats.problems[0].record_id, stats.problems[0].offset), (Some(5), Some(4711)));
    assert_eq!(
        stats.not_understood.keys().collect::<Vec<_>>(),
        vec!["/v1/divinations: no known wire format", "/v1/messages: the body is not a JSON object"]
    );
    assert_eq!(rows.messages.len(), 0);
}

#[test]
fn a_body_that_ends_early_keeps_what_is_whole() {
    let story = anthropic_story();
    let body = &story[2].0;
    let cut = &body[..body.find("toolu_2").unwrap()];
    let (rows, stats) = normalise(&[record(1, "/v1/messages", cut, &story[2].1)]);
    assert_eq!(rows.requests[0].content_grade, "partial");
    assert_eq!(rows.requests[0].not_understood.as_deref(), Some("the body ends early"));
    assert_eq!(rows.tool_calls.len(), 1);
    assert_eq!(stats.problem_counts["not_understood"], 1);
}

#[test]
fn errors_are_classed_and_their_text_is_kept() {
    let story = anthropic_story();
    let body = &story[0].0;
    let error = |kind: &str, text: &str| json!({"type": "error", "error": {"type": kind, "message": text}}).to_string();
    let cases = [
        (429, error("rate_limit_error", "quota"), "quota"),
        (403, error("guardrail_blocked", "request blocked by guardrail"), "guardrail"),
        (403, error("permission_error", "access denied: no role granted"), "client_error"),
        (529, error("overloaded_error", "busy"), "upstream_error"),
        (503, "upstream timed out".to_owned(), "upstream_error"),
    ];
    for (code, text, outcome) in cases {
        let mut failed = record(1, "/v1/messages", body, &text);
        failed.status_code = Some(code);
        let (rows, _) = normalise(&[failed]);
        assert_eq!(rows.requests[0].outcome, outcome);
        assert!(rows.messages.iter().any(|m| m.kind.as_ref() == "error" && m.direction == "response"), "{code}");
        assert_eq!(rows.requests[0].content_grade, "full");
    }
}

#[test]
fn equal_words_of_two_people_or_two_conversations_stay_apart() {
    let body = json!({"max_tokens": 1, "system": "s", "messages": [{"role": "user", "content": "hi"}]}).to_string();
    let a = answer(&json!([{"type": "text", "text": "hello"}]));
    let b = answer(&json!([{"type": "text", "text": "good day"}]));
    let mut other = record(3, "/v1/messages", &body, &a);
    other.login = "bob@example.com".into();
    let (rows, _) = normalise(&[record(1, "/v1/messages", &body, &a), record(2, "/v1/messages", &body, &b), other]);
    let mut ids: Vec<_> = rows.requests.iter().map(|r| r.conversation_id.clone()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(rows.requests[0].root_id, rows.requests[1].root_id);
    assert_eq!(rows.messages.iter().filter(|m| m.text == "hi").count(), 3);
    let repeated = rows.messages.iter().filter(|m| m.text == "hi").map(|m| &m.content_id).collect::<Vec<_>>();
    assert!(repeated.iter().all(|id| *id == repeated[0]), "content identity is the same everywhere");
}

#[test]
fn hostile_bodies_cost_only_themselves() {
    let deep = format!(r#"{{"messages":[{}1{}]}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let wide = format!(r#"{{"messages":[{}1]}}"#, "1,".repeat(200_000));
    let odd = r#"{"messages":[1,null,"x",{"role":7,"content":{"a":1}},{"role":"user","content":[{"type":"\u0000new","x":1},5]}],"tools":7,"system":[[1]]}"#;
    let story = anthropic_story();
    for body in [deep.as_str(), wide.as_str(), odd] {
        for path in ["/v1/messages", "/v1/chat/completions"] {
            let (rows, stats) =
                normalise(&[record(1, path, body, "[]"), record(2, "/v1/messages", &story[0].0, &story[0].1)]);
            assert_eq!((rows.requests.len(), stats.records), (2, 2));
            assert!(rows.tool_calls.iter().any(|c| &*c.raw_name == "Bash"));
        }
    }
    let (rows, _) = normalise(&[record(1, "/v1/messages", odd, "")]);
    assert!(rows.requests[0].unknown_blocks > 0);
}
