//! What a check of exports and lake found.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::redact::{Redact as _, Redactor, rows};
use crate::text::{clock_time, one_line, rfc3339, visible};

/// Longest name or reason on a line.
const LINE: usize = 400;

/// Gaps and silences that the terminal shows; JSON has all.
const SHOWN: usize = 20;

rows! {
    /// One export of the lake.
    pub struct ExportState {
        /// Name.
        pub export_key: String,
        /// `file`, or the bucket.
        pub source: String,
        /// Size in bytes.
        pub size: u64,
        /// Version tag of the store.
        pub etag: Option<String>,
        /// SHA-256 when it was pulled.
        pub sha256: String,
        /// Records that became rows.
        pub records: u64,
        /// Records that could not be read.
        pub skipped: u64,
        /// Whether the end is missing.
        pub partial: bool,
        /// Problems of all kinds.
        pub problems: u64,
        /// Earliest request, microseconds since the epoch.
        pub first_time: Option<i64>,
        /// Latest record.
        pub last_time: Option<i64>,
        /// Smallest record id.
        pub first_record_id: Option<i64>,
        /// Largest record id.
        pub last_record_id: Option<i64>,
        /// Parts in the lake.
        pub parts: u64,
        /// `not checked`, `same`, `differs`, `not found` or `not readable`.
        pub compared: String,
    }

    /// Record ids in a row that no export holds.
    pub struct GapRow {
        /// `file`, or the bucket.
        pub source: String,
        /// First id that is missing.
        pub first_id: i64,
        /// Last id that is missing.
        pub last_id: i64,
        /// Time of the record before, microseconds since the epoch.
        pub after_micros: i64,
        /// Time of the record behind.
        pub before_micros: i64,
    }

    /// Whole hours without a request.
    pub struct SilenceRow {
        /// First silent hour, microseconds since the epoch.
        pub start_micros: i64,
        /// Hour in which requests go on.
        pub end_micros: i64,
        /// Silent hours.
        pub hours: i64,
    }

    /// Everything that was checked.
    pub struct Verified {
        /// The manifest.
        pub exports: Vec<ExportState>,
        /// Parts that were compared.
        pub parts: u64,
        /// Their bytes.
        pub part_bytes: u64,
        /// Whether exports were compared with those of a source.
        pub compared: bool,
        /// Missing record ids; none when they were not looked for.
        pub gaps: Option<Vec<GapRow>>,
        /// Silent hours, the longest first; none when they were not looked for.
        pub silences: Option<Vec<SilenceRow>>,
        /// Citations that were looked up; none without a report.
        pub citations: Option<u64>,
        /// What was not checked, and what else there is to know.
        pub notes: Vec<String>,
        /// What is wrong.
        pub damage: Vec<Damage>,
    }

    /// Something that is wrong.
    #[derive(PartialOrd, Ord, Eq)]
    pub struct Damage {
        /// `export`, `part`, `ledger`, `analysis`, `source` or `citation`.
        pub what: String,
        /// Which one.
        pub name: String,
        /// What is wrong with it.
        pub reason: String,
    }
}

impl Verified {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    /// Runs the redactor over every text.
    #[must_use]
    pub fn redacted(mut self, redactor: Redactor<'_>) -> Self {
        self.redact(redactor);
        self
    }
}

/// Writes the answer for the terminal.
///
/// # Errors
/// When the writer fails.
pub fn write_text(verified: &Verified, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Exports")?;
    for export in &verified.exports {
        let ids = match (export.first_record_id, export.last_record_id) {
            (Some(first), Some(last)) => format!("ids {first} to {last}"),
            _ => "no ids".to_owned(),
        };
        let times = match (export.first_time, export.last_time) {
            (Some(first), Some(last)) => format!("{} to {}", clock_time(first), clock_time(last)),
            _ => "no times".to_owned(),
        };
        writeln!(out, "  {}", one_line(&export.export_key, LINE))?;
        writeln!(
            out,
            "      {} bytes · {} records · {} not read · {ids} · {times}{}",
            export.size,
            export.records,
            export.skipped,
            compared(export)
        )?;
        let etag = export.etag.as_deref().map(|e| format!(" · ETag {e}")).unwrap_or_default();
        writeln!(out, "      SHA-256 {}{}", one_line(&export.sha256, 80), one_line(&etag, 100))?;
    }
    checks(verified, out)?;
    gaps(verified, out)?;
    for note in &verified.notes {
        writeln!(out, "\n! {}", one_line(note, LINE))?;
    }
    if verified.is_whole() {
        return writeln!(out, "\nNo damage found in what was checked.");
    }
    writeln!(out, "\nDamage")?;
    for damage in &verified.damage {
        let line = format!("{} {}: {}", damage.what, damage.name, damage.reason);
        writeln!(out, "  {}", one_line(&line, LINE))?;
    }
    Ok(())
}

fn compared(export: &ExportState) -> String {
    match export.compared.as_str() {
        "not checked" => String::new(),
        compared => format!(" · content: {compared}"),
    }
}

/// What was compared with what, and how the rest can be.
fn checks(verified: &Verified, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nChecked")?;
    let (parts, bytes) = (verified.parts, verified.part_bytes);
    writeln!(out, "  lake       {parts} parts with {bytes} bytes, against the hashes in the lake's ledger")?;
    let compared = |what: &str| verified.exports.iter().filter(|e| e.compared == what).count();
    let exports = match verified.compared {
        false => "not checked (give --source with the bucket, folder or files that they were pulled from)".to_owned(),
        true => format!("{} of {} are as they were pulled", compared("same"), verified.exports.len()),
    };
    writeln!(out, "  exports    {exports}")?;
    let citations = match verified.citations {
        None => "not checked (give --report with a JSON report)".to_owned(),
        Some(citations) => format!("{citations} of a report, against the records of the lake"),
    };
    writeln!(out, "  citations  {citations}")
}

/// Record ids that are missing, and hours without a request.
fn gaps(verified: &Verified, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nMissing record ids: {}", count(verified.gaps.as_ref().map(Vec::len)))?;
    let gaps = verified.gaps.as_deref().unwrap_or_default();
    for gap in gaps.iter().take(SHOWN) {
        let (after, before) = (clock_time(gap.after_micros), clock_time(gap.before_micros));
        let number = gap.last_id.saturating_sub(gap.first_id).saturating_add(1);
        let source = one_line(&gap.source, 100);
        writeln!(out, "  {} to {} ({number}) between {after} and {before}, {source}", gap.first_id, gap.last_id)?;
    }
    more(gaps.len(), out)?;
    writeln!(out, "\nSilent hours: {}", count(verified.silences.as_ref().map(Vec::len)))?;
    let silences = verified.silences.as_deref().unwrap_or_default();
    for silence in silences.iter().take(SHOWN) {
        let (start, end) = (clock_time(silence.start_micros), clock_time(silence.end_micros));
        writeln!(out, "  {:>5} h  {start} to {end}", silence.hours)?;
    }
    more(silences.len(), out)
}

fn count(number: Option<usize>) -> String {
    match number {
        None => "not checked while the lake is damaged".to_owned(),
        Some(0) => "none".to_owned(),
        Some(1) => "1 run".to_owned(),
        Some(more) => format!("{more} runs"),
    }
}

fn more(number: usize, out: &mut dyn Write) -> io::Result<()> {
    match number.saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more; --format json has all"),
    }
}

/// Writes the answer for programs.
///
/// # Errors
/// When the writer fails.
pub fn write_json(verified: &Verified, out: &mut dyn Write) -> io::Result<()> {
    let text = |text: &str| visible(text).into_owned();
    let time = |micros: Option<i64>| micros.map(rfc3339);
    let export = |e: &ExportState| {
        json!({
            "export_key": text(&e.export_key), "source": text(&e.source), "size": e.size, "etag": e.etag.as_deref().map(text),
            "sha256": e.sha256, "records": e.records, "skipped": e.skipped, "partial": e.partial, "problems": e.problems,
            "first_time": time(e.first_time), "last_time": time(e.last_time), "first_record_id": e.first_record_id,
            "last_record_id": e.last_record_id, "parts": e.parts, "compared": e.compared,
        })
    };
    let gap = |g: &GapRow| {
        json!({
            "source": text(&g.source), "first_id": g.first_id, "last_id": g.last_id,
            "after": rfc3339(g.after_micros), "before": rfc3339(g.before_micros),
        })
    };
    let silence =
        |s: &SilenceRow| json!({ "start": rfc3339(s.start_micros), "end": rfc3339(s.end_micros), "hours": s.hours });
    let damage = |d: &Damage| json!({ "what": d.what, "name": text(&d.name), "reason": text(&d.reason) });
    let answer = json!({
        "schema": "lightmeter-verify-v1",
        "whole": verified.is_whole(),
        "exports": verified.exports.iter().map(export).collect::<Vec<Value>>(),
        "lake": { "parts": verified.parts, "bytes": verified.part_bytes },
        "gaps": verified.gaps.as_ref().map(|gaps| gaps.iter().map(gap).collect::<Vec<Value>>()),
        "silences": verified.silences.as_ref().map(|all| all.iter().map(silence).collect::<Vec<Value>>()),
        "citations": verified.citations,
        "notes": verified.notes.iter().map(|n| text(n)).collect::<Vec<String>>(),
        "damage": verified.damage.iter().map(damage).collect::<Vec<Value>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)
}
