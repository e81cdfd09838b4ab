//! What a person had written last before the first call of an incident.

use super::*;
use crate::detect::catalog::QUERIES;
use crate::finding::{Confidence, DetectionInfo, Evidence, Finding, Scope, Severity};

const REMINDER: &str = "<system-reminder>\nToday is Monday.\n</system-reminder>";

pub(super) fn conversations(lake: &mut Lake) {
    let says = |lake: &mut Lake, from: From, record: i64, position: i64, part: i64, text: &str, content: &str| {
        let id = format!("{} {position} {part}", from.conversation);
        let row = json!({ "message_id": id, "role": "user", "kind": "text", "text": text, "bytes": text.len(),
                          "content_id": content, "position": position, "part": part, "session_id": from.session });
        lake.push("messages", from, record, &[&row]);
    };
    let ask = From { login: "asks", export: "asks", session: "as", conversation: "as1", ..NOBODY };
    (1..=3).for_each(|record| lake.request(ask, record, json!({})));
    says(lake, ask, 1, 0, 0, "Look at the old cluster.", "q1");
    lake.call(ask, 1, "Glob", Some("a1"), json!({ "position": 1, "call_uid": "looks" }));
    says(lake, ask, 2, 2, 0, "Get rid of it.", "q2");
    says(lake, ask, 2, 2, 1, REMINDER, "q3");
    lake.call(ask, 2, "Read", Some("a2"), json!({ "position": 3, "call_uid": "reads" }));
    let removes = json!({ "position": 5, "call_uid": "removes", "arguments": r#"{"command":"rm -rf /srv"}"# });
    lake.call(ask, 3, "Bash", Some("a3"), removes);
    says(lake, ask, 4, 6, 0, "Thanks.", "q4");
    // A sub-agent is told by the agent, which a person had asked.
    says(lake, ask, 4, 8, 0, "Clean up everything.", "q5");
    lake.call(ask, 5, "Task", Some("a4"), json!({ "position": 9, "call_uid": "begins-sub", "told_id": "task" }));
    let sub = From { conversation: "as2", ..ask };
    lake.request(sub, 6, json!({}));
    says(lake, sub, 6, 0, 0, "You are to remove the cluster of the staging system.", "task");
    lake.call(sub, 6, "Bash", Some("b1"), json!({ "position": 1, "call_uid": "sub-removes" }));
    // Some clients put what it is told among tags of their own.
    lake.call(
        ask,
        5,
        "new_task",
        Some("a5"),
        json!({ "position": 9, "call_uid": "begins-other", "told_id": "other task" }),
    );
    let wrapped = From { conversation: "as4", ..ask };
    lake.request(wrapped, 8, json!({}));
    let row = json!({ "message_id": "as4 0 0", "role": "user", "kind": "text", "text": "<task>Remove it.</task>", "bytes": 23,
                      "content_id": "tags", "asked_id": "other task", "position": 0, "part": 0, "session_id": "as" });
    lake.push("messages", wrapped, 8, &[&row]);
    lake.call(
        wrapped,
        8,
        "Bash",
        Some("d1"),
        json!({ "position": 1, "call_uid": "wrapped-removes", "time": "2026-03-01T10:07:30Z" }),
    );
    // Of a long wish both ends are read, and what is missing between them is counted.
    let long = From { export: "asks-long", conversation: "as5", session: "long", ..ask };
    lake.request(long, 7, json!({}));
    says(lake, long, 7, 0, 0, &format!("Begin {}send it to Ann.", "so ".repeat(10_000)), "q7");
    lake.call(long, 7, "Bash", Some("e1"), json!({ "position": 1, "call_uid": "asked-at-length" }));
    let silent = From { conversation: "as3", session: "silent", ..ask };
    lake.request(silent, 7, json!({}));
    says(lake, silent, 7, 0, 0, REMINDER, "q6");
    lake.call(silent, 7, "Bash", Some("c1"), json!({ "position": 1, "call_uid": "unasked" }));
}

/// An incident about records of an export.
pub(super) fn incident(id: &str, session: Option<&str>, export: &str, records: &[i64]) -> Finding {
    let evidence = |id: &i64| Evidence { export_key: export.to_owned(), record_id: Some(*id) };
    Finding {
        id: id.to_owned(),
        detection: DetectionInfo::default(),
        severity: Severity::High,
        confidence: Confidence::High,
        subject: String::new(),
        reason: String::new(),
        scope: Scope { session_id: session.map(str::to_owned), ..Scope::default() },
        first_seen: 0,
        last_seen: 0,
        count: 1,
        evidence: records.iter().map(evidence).collect(),
        details: BTreeMap::new(),
    }
}

/// Incidents about records of these conversations: of one session, of several, and one without calls.
pub(super) fn reported() -> Vec<Finding> {
    let long = incident("long", Some("long"), "asks-long", &[7]);
    let incident = |id: &str, session: Option<&str>, records: &[i64]| incident(id, session, "asks", records);
    vec![
        incident("first", Some("as"), &[1, 2, 3]),
        incident("act", Some("as"), &[2, 3, 7]),
        incident("sub-agent", Some("as"), &[6]),
        incident("wrapped", Some("as"), &[8]),
        incident("unasked", None, &[7]),
        incident("no call", Some("as"), &[4]),
        of_agent("honest", "Claude Code"),
        of_agent("borrowed", "Codex"),
        long,
    ]
}

fn of_agent(login: &str, agent: &str) -> Finding {
    let scope = Scope { login: Some(login.to_owned()), agent: Some(agent.to_owned()), ..Scope::default() };
    Finding { scope, ..incident(login, None, "none", &[]) }
}

/// Rows of a query of reports that are about some of the findings, in the order of their text.
pub(super) async fn told(name: &str, columns: &str, findings: &[&str]) -> Vec<String> {
    let file = QUERIES.get_file(format!("report/{name}.sql")).unwrap().contents_utf8().unwrap();
    let ids = findings.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    let mut rows = rows(&format!("SELECT {columns} FROM (\n{file}\n) told WHERE finding_id IN ({ids})")).await;
    rows.sort();
    rows
}

const MINE: [&str; 6] = ["first", "act", "sub-agent", "wrapped", "unasked", "no call"];

#[tokio::test]
async fn the_last_words_of_a_person_before_the_act_are_told() {
    let wanted = [
        "act | 3 | Get rid of it. | 2",
        "first | 3 | Get rid of it. | 2",
        "sub-agent | 6 | Clean up everything. | 4",
        "unasked | 7 | - | -",
        "wrapped | 8 | Clean up everything. | 4",
    ];
    assert_eq!(told("asked", "finding_id, call_record, text, record_id", &MINE).await, wanted);
    let long =
        told("asked", "left(text, 8) AS first, right(text, 12) AS last, length(text) + left_out AS all", &["long"])
            .await;
    assert_eq!(long, ["Begin so | d it to Ann. | 30021"], "the end counts as the start");
}

#[tokio::test]
async fn records_of_the_session_that_an_incident_names_are_told_apart() {
    let of = |id: &str, records: &[i64]| records.iter().map(|r| format!("{id} | {r}")).collect::<Vec<_>>();
    let wanted = [of("act", &[2, 3]), of("first", &[1, 2, 3]), of("sub-agent", &[6]), of("wrapped", &[8])].concat();
    assert_eq!(told("own_records", "finding_id, record_id", &MINE).await, wanted, "record 7 is of another session");
}

#[tokio::test]
async fn an_incident_says_that_its_agent_looks_like_another() {
    let rows =
        told("doubts", "finding_id, agent, looks_like, left(why, 20) AS why", &["honest", "borrowed", "first"]).await;
    assert_eq!(rows, ["borrowed | Codex | Claude Code | they offer its tools"]);
}
