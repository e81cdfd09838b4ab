//! A session as one page, threads and long texts folded.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Entry, Session, address, answered, facts, money, origin, outcome, tool};

const TEMPLATE: &str = include_str!("session.html");

/// Texts longer than this are folded.
const FOLDED_CHARS: usize = 600;

pub(super) fn write(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    let threads: Vec<Value> = session
        .threads
        .iter()
        .map(|thread| {
            json!({
                "number": thread.number,
                "origin": origin(thread),
                "from": thread.from_message,
                "opening": thread.opening,
                "time": thread.first_time,
                "cost": thread.cost_usd.map(money),
                "messages": thread.messages.iter().map(|m| message(session, m)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let values = json!({
        "id": session.session_id,
        "revealed": session.revealed,
        "notes": session.notes,
        "facts": facts(session),
        "findings": session.findings,
        "threads": threads,
        "silent": session.silent,
        "silent_more": session.silent_more,
    });
    crate::report::html::write(&format!("Session {}", session.session_id), TEMPLATE, &values, out)
}

fn message(session: &Session, entry: &Entry) -> Value {
    let marks: Vec<Value> = entry
        .findings
        .iter()
        .filter_map(|at| session.findings.get(usize::try_from(*at).ok()?))
        .map(|m| json!({ "severity": m.severity, "detection": m.detection, "reason": m.reason, "tier": m.tier }))
        .collect();
    let blocks: Vec<Value> = entry
        .blocks
        .iter()
        .map(|block| {
            let title = match (block.kind.as_str(), &block.call) {
                ("text", _) => None,
                ("tool_call", Some(call)) => Some(format!("call {} → {}", call.number, tool(call))),
                ("tool_result", Some(call)) => Some(format!("result of call {} ← {}", call.number, tool(call))),
                (kind, _) => Some(kind.replace('_', " ")),
            };
            json!({
                "title": title,
                "outcome": block.call.as_ref().filter(|_| block.kind == "tool_call").map(outcome),
                "risk": block.call.as_ref().filter(|_| block.kind == "tool_call").and_then(|c| c.risk.clone()),
                "text": block.text,
                "bytes": block.bytes,
                "left_out": block.left_out,
                "folded": block.text.len() > FOLDED_CHARS || entry.role == "system",
            })
        })
        .collect();
    json!({
        "number": entry.number,
        "time": entry.time,
        "role": entry.role,
        // A class of the style sheet, never a word of the record.
        "class": match entry.role.as_str() {
            "user" => "user",
            "assistant" => "assistant",
            _ => "",
        },
        "replaced": entry.replaced,
        "request": entry.request.as_ref().map(answered),
        "record": address(&entry.export_key, entry.record_id),
        "marks": marks,
        "blocks": blocks,
        "threads": entry.threads,
    })
}
