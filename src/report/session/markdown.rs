//! A session in Markdown: our words as Markdown, everything from the field in code spans and fences.

use std::io::{self, Write};

use super::{Block, Entry, Mark, Session, Thread, address, answered, count, facts, money, origin, outcome, tool};
use crate::text::{clock_time, gist, md_cell, md_code, md_code_long, md_fence, md_prose_long, md_verbatim};

const SENTENCE: usize = 400;

/// Characters of a finding in the list of findings, and at the messages that it is about.
const WHOLE: usize = 2_000;
const GLANCE: usize = 160;

pub(super) fn write(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Session {}\n", md_code(&session.session_id))?;
    for note in &session.notes {
        let words = md_prose_long(note, SENTENCE);
        writeln!(out, "> {}\n", if session.revealed { format!("**{words}**") } else { words })?;
    }
    writeln!(out, "| | |\n|---|---|")?;
    for (name, value) in facts(session) {
        writeln!(out, "| {name} | {} |", md_cell(&md_code_long(&value, SENTENCE)))?;
    }
    if !session.excerpt {
        findings(session, out)?;
    }
    if session.threads.len() > 1 && !session.excerpt {
        writeln!(
            out,
            "\n## Threads\n\n| thread | what | messages | begins | cost | about |\n|---|---|---|---|---|---|"
        )?;
        for thread in &session.threads {
            let cost = thread.cost_usd.map(money).unwrap_or_default();
            let about = if thread.opening.is_empty() { String::new() } else { md_cell(&md_code(&thread.opening)) };
            let begins = clock_time(thread.first_time);
            let what = origin(thread);
            writeln!(out, "| {} | {what} | {} | {begins} | {cost} | {about} |", thread.number, thread.messages.len())?;
        }
    }
    for thread in session.threads.iter().filter(|t| !t.messages.is_empty()) {
        write_thread(session, thread, out)?;
    }
    if session.excerpt {
        findings(session, out)?;
    }
    silent(session, out)
}

fn findings(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    if session.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Findings\n\n| severity | detection | why | messages | id |\n|---|---|---|---|---|")?;
    for mark in &session.findings {
        let places: Vec<String> = mark.messages.iter().map(|n| format!("{n}")).collect();
        let reason = md_cell(&md_prose_long(&mark.reason, WHOLE));
        writeln!(
            out,
            "| {} | {} | {reason} | {} | {} |",
            severity(mark),
            md_cell(&md_code(&mark.detection)),
            places.join(", "),
            md_code(&mark.id)
        )?;
    }
    Ok(())
}

fn severity(mark: &Mark) -> String {
    if mark.tier == "signal" { format!("{} (signal)", mark.severity) } else { format!("**{}**", mark.severity) }
}

fn write_thread(session: &Session, thread: &Thread, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Thread {}: {}", thread.number, origin(thread))?;
    for entry in &thread.messages {
        message(session, entry, out)?;
    }
    Ok(())
}

fn message(session: &Session, entry: &Entry, out: &mut dyn Write) -> io::Result<()> {
    let mut head = vec![clock_time(entry.time)];
    if entry.replaced {
        head.push("sent in place of earlier words".to_owned());
    }
    let request = entry.request.iter().flat_map(answered).map(|word| md_code(&word));
    head.extend(request);
    head.push(md_verbatim(&address(&entry.export_key, entry.record_id), 300));
    writeln!(out, "\n**{}. {}** · {}\n", entry.number, md_code(&entry.role), head.join(" · "))?;
    for at in &entry.findings {
        if let Some(mark) = usize::try_from(*at).ok().and_then(|at| session.findings.get(at)) {
            let reason = md_prose_long(&gist(&mark.reason, GLANCE), SENTENCE);
            writeln!(out, "> {} {}: {reason}\n", severity(mark), md_code(&mark.detection))?;
        }
    }
    for block in &entry.blocks {
        piece(block, out)?;
    }
    if !entry.threads.is_empty() {
        let threads: Vec<String> = entry.threads.iter().map(u64::to_string).collect();
        writeln!(out, "Leaving from here: thread {}.", threads.join(", "))?;
    }
    Ok(())
}

fn piece(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    match (block.kind.as_str(), &block.call) {
        ("text", _) => {}
        ("tool_call", Some(call)) => {
            let risk = call.risk.as_ref().map(|r| format!(", {r} risk")).unwrap_or_default();
            let came = md_prose_long(&format!("{}{risk}", outcome(call)), SENTENCE);
            writeln!(out, "Call {}: {} ({came})\n", call.number, md_code(&tool(call)))?;
        }
        ("tool_result", Some(call)) => writeln!(out, "Result of call {}: {}\n", call.number, md_code(&tool(call)))?,
        (kind, _) => writeln!(out, "{}\n", md_code(kind))?,
    }
    if !block.text.is_empty() {
        write!(out, "{}", md_fence("", &block.text))?;
    } else if block.bytes > 0 {
        writeln!(out, "{} that the lake does not keep.", count(block.bytes.unsigned_abs(), "byte"))?;
    }
    if block.left_out > 0 {
        writeln!(out, "\n… {}; `--full` shows them.", count(block.left_out, "more character"))?;
    }
    writeln!(out)
}

fn silent(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    if session.silent.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Requests without an answer of their own\n")?;
    writeln!(out, "| time | model | outcome | error | content | record |\n|---|---|---|---|---|---|")?;
    for request in &session.silent {
        let name = |text: &Option<String>| text.as_ref().map(|t| md_cell(&md_code(t))).unwrap_or_default();
        let record = md_cell(&md_verbatim(&address(&request.export_key, request.record_id), 300));
        let (outcome, grade) = (md_code(&request.outcome), md_code(&request.content_grade));
        let (model, error) = (name(&request.model), name(&request.error));
        writeln!(out, "| {} | {model} | {outcome} | {error} | {grade} | {record} |", clock_time(request.time))?;
    }
    if session.silent_more > 0 {
        writeln!(out, "\nand {} more", session.silent_more)?;
    }
    Ok(())
}
