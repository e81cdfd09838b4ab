//! A session for the terminal: plain lines, content indented, so that no content can pass for a line of ours.

use std::io::{self, Write};

use super::{Block, Entry, Mark, Session, Thread, address, answered, count, facts, money, origin, outcome, tool};
use crate::text::{clock_time, one_line, opening, visible};

/// What is told of a session of which a part is shown.
const GLANCED: [&str; 4] = ["user", "device", "agent", "time"];

/// Longest sentence on one line.
const LINE: usize = 400;

/// Characters of a finding in the list of findings, and at the messages that it is about.
const WHOLE: usize = 2_000;
const GLANCE: usize = 160;

pub(super) fn write(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Session {}", one_line(&session.session_id, LINE))?;
    // Who looks at one place wants to see it at once.
    for (name, value) in facts(session).into_iter().filter(|(name, _)| !session.excerpt || GLANCED.contains(name)) {
        writeln!(out, "  {name:<9}{}", one_line(&value, LINE))?;
    }
    if !session.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &session.notes {
        writeln!(out, "  ! {}", one_line(note, LINE))?;
    }
    if !session.excerpt {
        findings(session, out)?;
    }
    if session.threads.len() > 1 && !session.excerpt {
        writeln!(out, "\nThreads")?;
        for thread in &session.threads {
            writeln!(out, "  {:>3}  {}", thread.number, summary(thread))?;
        }
    }
    for thread in session.threads.iter().filter(|t| !t.messages.is_empty()) {
        writeln!(out, "\n==== Thread {} · {}", thread.number, summary(thread))?;
        for entry in &thread.messages {
            message(session, entry, out)?;
        }
    }
    if session.excerpt {
        findings(session, out)?;
    }
    silent(session, out)
}

fn summary(thread: &Thread) -> String {
    let mut parts = vec![origin(thread)];
    if !thread.messages.is_empty() {
        parts.push(count(thread.messages.len() as u64, "message"));
    }
    parts.push(clock_time(thread.first_time));
    parts.extend(thread.cost_usd.map(money));
    if !thread.opening.is_empty() {
        parts.push(format!("\"{}\"", one_line(&thread.opening, 80)));
    }
    parts.join(" · ")
}

fn findings(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    if session.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nFindings")?;
    for mark in &session.findings {
        writeln!(out, "  {}", finding(mark, WHOLE))?;
        let places: Vec<String> = mark.messages.iter().map(|n| format!("#{n}")).collect();
        let places = if places.is_empty() { "in no message of this session".to_owned() } else { places.join(" ") };
        writeln!(out, "      {} · {}", one_line(&places, LINE), one_line(&mark.id, 80))?;
    }
    Ok(())
}

fn finding(mark: &Mark, length: usize) -> String {
    let signal = if mark.tier == "signal" { " signal" } else { "" };
    let text = format!("[{}{signal}] {}: {}", mark.severity, mark.detection, mark.reason);
    opening(&text, length).into_owned()
}

fn message(session: &Session, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let mut head = vec![clock_time(entry.time), one_line(&entry.role, 20).into_owned()];
    if entry.replaced {
        head.push("sent in place of earlier words".to_owned());
    }
    head.extend(entry.request.iter().flat_map(answered));
    head.push(address(&entry.export_key, entry.record_id));
    writeln!(out, "\n#{} {}", entry.number, one_line(&head.join(" · "), LINE))?;
    for at in &entry.findings {
        if let Some(mark) = usize::try_from(*at).ok().and_then(|at| session.findings.get(at)) {
            writeln!(out, "  !! {}", finding(mark, GLANCE))?;
        }
    }
    for block in &entry.blocks {
        piece(block, out)?;
    }
    for thread in &entry.threads {
        writeln!(out, "  >> thread {thread} leaves from here")?;
    }
    Ok(())
}

fn piece(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    let title = match (block.kind.as_str(), &block.call) {
        ("text", _) => None,
        ("tool_call", Some(call)) => {
            let risk = call.risk.as_ref().map(|r| format!(", {r} risk")).unwrap_or_default();
            Some(format!("call {} → {} ({}{risk})", call.number, tool(call), outcome(call)))
        }
        ("tool_result", Some(call)) => Some(format!("result of call {} ← {}", call.number, tool(call))),
        (kind, _) => Some(kind.replace('_', " ")),
    };
    if let Some(title) = title {
        writeln!(out, "  {}", one_line(&title, LINE))?;
    }
    for line in block.text.lines() {
        writeln!(out, "    {}", visible(line))?;
    }
    match (block.left_out, block.text.is_empty() && block.bytes > 0) {
        (0, false) => Ok(()),
        (0, true) => writeln!(out, "    [{} that the lake does not keep]", count(block.bytes.unsigned_abs(), "byte")),
        (left, _) => writeln!(out, "    [… {}; --full shows them]", count(left, "more character")),
    }
}

fn silent(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    if session.silent.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nRequests without an answer of their own")?;
    for request in &session.silent {
        let parts = [
            Some(clock_time(request.time)),
            request.model.clone(),
            Some(request.outcome.clone()),
            request.error.clone(),
            Some(request.content_grade.clone()),
            Some(address(&request.export_key, request.record_id)),
        ];
        let line: Vec<String> = parts.into_iter().flatten().collect();
        writeln!(out, "  {}", one_line(&line.join(" · "), LINE))?;
    }
    if session.silent_more > 0 {
        writeln!(out, "  and {} more", session.silent_more)?;
    }
    Ok(())
}
