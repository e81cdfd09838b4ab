//! Who sends, and which session comes from which.

use super::*;

const OPENING: &str = "You are Claude Code, Anthropic's official CLI for Claude.";

pub(super) fn agents(lake: &mut Lake) {
    let offers = |lake: &mut Lake, from: From, record: i64, tools: &[&str]| {
        lake.request(from, record, json!({}));
        tools.iter().for_each(|tool| lake.offer(from, record, tool, json!({})));
    };
    let says = |lake: &mut Lake, from: From, record: i64, text: &str| {
        let row =
            json!({ "message_id": format!("{} {record}", from.login), "role": "system", "kind": "text", "text": text });
        lake.push("messages", from, record, &[&row, &json!({ "session_id": from.session })]);
    };
    let of = |login, agent| From { login, agent, ..NOBODY };
    offers(lake, of("honest", CLAUDE), 1, &["Bash", "Read", "Edit", "Glob", "mcp__github__get_issue"]);
    says(lake, of("honest", CLAUDE), 1, OPENING);
    offers(lake, of("borrowed", "codex_cli_rs/0.98.0"), 1, &["Bash", "Read", "Edit", "Glob"]);
    offers(lake, of("spoken", "opencode/1.2"), 1, &["bash", "edit", "glob", "grep", "todowrite"]);
    says(lake, of("spoken", "opencode/1.2"), 1, &format!("\n{OPENING}"));
    offers(lake, of("library", SDK), 1, &["execute_command", "write_to_file", "attempt_completion", "list_files"]);
    says(lake, of("library", SDK), 1, "You are Cline, a skilled engineer.");
    // Three names prove nothing, and neither does what the agent itself shares with another.
    offers(lake, of("few", "codex_cli_rs/0.98.0"), 1, &["Bash", "Read", "Edit"]);
    offers(lake, of("shared", "cursor/1.0"), 1, &["LS", "Read", "Grep", "Glob", "Write", "WebSearch"]);
}

pub(super) fn links(lake: &mut Lake) {
    let asked = |lake: &mut Lake, from: From, record: i64, content: &str, role: &str| {
        let id = format!("{} {record} {role}", from.conversation);
        let row = json!({ "message_id": id, "role": role, "kind": "text", "content_id": content, "session_id": from.session });
        lake.push("messages", from, record, &[&row]);
    };
    // A call begins a conversation in another session; the client names neither.
    let parent = From { login: "links", session: "parent", conversation: "p", ..NOBODY };
    lake.request(
        parent,
        1,
        json!({ "messages_new": 3, "client_session_id": "client-parent", "client_agent_id": "thread-1" }),
    );
    lake.call(parent, 1, "Task", Some("t1"), json!({ "told_id": "told", "call_uid": "begins" }));
    let child = From { session: "child", conversation: "k", ..parent };
    lake.request(child, 2, json!({ "messages_new": 2, "time": "2026-03-01T10:02:00Z" }));
    asked(lake, child, 2, "told", "user");
    // So does one that its client puts among tags.
    lake.call(parent, 1, "new_task", Some("t2"), json!({ "told_id": "told too", "call_uid": "begins too" }));
    let wrapped = From { session: "wrapped", conversation: "w", ..parent };
    lake.request(wrapped, 8, json!({ "messages_new": 2, "time": "2026-03-01T10:03:00Z" }));
    let row = json!({ "message_id": "w 8", "role": "user", "kind": "text", "content_id": "among tags", "asked_id": "told too", "session_id": "wrapped" });
    lake.push("messages", wrapped, 8, &[&row]);
    // The same words before the call, or from somebody else, come from no call.
    let before = From { session: "before", conversation: "b", ..parent };
    lake.request(before, 3, json!({ "time": "2026-03-01T09:00:00Z" }));
    asked(lake, before, 3, "told", "user");
    let other = From { login: "links-other", session: "other", conversation: "o", ..parent };
    lake.request(other, 4, json!({}));
    asked(lake, other, 4, "told", "user");
    // The client names a parent thread, an unknown one, and only that a sub-agent asks.
    let named = From { session: "named", conversation: "n", ..parent };
    lake.request(named, 5, json!({ "client_parent_id": "thread-1" }));
    lake.request(From { session: "lost", conversation: "l", ..parent }, 6, json!({ "client_parent_id": "nobody" }));
    lake.request(From { conversation: "inner", ..parent }, 7, json!({ "client_subagent": "review" }));
    // A conversation goes on under another session id; a side request with an equal answer does not.
    let early = From { session: "early", conversation: "r", ..parent };
    lake.request(early, 10, json!({ "messages_new": 3 }));
    asked(lake, early, 10, "answer", "assistant");
    lake.request(From { session: "late", ..early }, 11, json!({ "messages_new": 2, "messages_echoed": 3 }));
    let side = From { session: "early", conversation: "side", ..parent };
    lake.request(side, 12, json!({ "messages_new": 3 }));
    asked(lake, side, 12, "title", "assistant");
    lake.request(From { session: "late", ..side }, 13, json!({ "messages_echoed": 3 }));
    // A night passes.
    lake.request(parent, 14, json!({ "time": "2026-03-02T08:07:00Z" }));
}

#[tokio::test]
async fn an_agent_that_offers_the_tools_or_speaks_the_prompt_of_another_is_told() {
    let sql = "SELECT login, agent, tools_agent, prompt_agent, looks_like, mismatch FROM agent_evidence
               WHERE login IN ('honest', 'borrowed', 'spoken', 'library', 'few', 'shared') ORDER BY login";
    let wanted = [
        "borrowed | Codex | Claude Code | - | Claude Code | true",
        "few | Codex | - | - | - | false",
        "honest | Claude Code | Claude Code | Claude Code | Claude Code | false",
        "library | Anthropic SDK | Cline | Cline | Cline | false",
        "shared | Cursor | Cursor | - | Cursor | false",
        "spoken | opencode | opencode | Claude Code | opencode | true",
    ];
    assert_eq!(rows(sql).await, wanted);
}

#[tokio::test]
async fn sub_agents_and_resumed_sessions_lead_to_where_they_come_from() {
    let sql = "SELECT session_id, conversation_id, relation, evidence, from_session_id, tool, pause_minutes FROM session_links
               WHERE login LIKE 'links%' ORDER BY relation, evidence, session_id, conversation_id";
    let wanted = [
        "late | r | resumed | conversation | early | - | 1",
        "parent | p | resumed | pause | parent | - | 1320",
        "child | k | sub-agent | call | parent | Task | -",
        "wrapped | w | sub-agent | call | parent | new_task | -",
        "named | n | sub-agent | header | parent | - | -",
        "parent | inner | sub-agent | header | parent | - | -",
    ];
    assert_eq!(rows(sql).await, wanted);
}
