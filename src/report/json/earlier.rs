//! Reading back what one report needs of an earlier one, from a JSON report or from the lake's memory.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::v1::{HistoryV1, ProgramV1, SCHEMA, WindowV1};
use super::values::Freeze as _;
use crate::report::{IndexRow, PreviousRow, Report};

/// Value of the key `schema` in the lake's memory.
const MEMORY: &str = "lightmeter-memory/v1";

/// Earlier incidents that are read at most.
const MAX_ROWS: usize = 200_000;

/// What the lake keeps of a report: the same keys as in the report.
#[derive(Serialize)]
struct Memory {
    schema: &'static str,
    program: ProgramV1,
    window: WindowV1,
    history: HistoryV1,
}

#[derive(Deserialize)]
struct Document {
    schema: String,
    program: Program,
    window: Window,
    history: History,
}

#[derive(Deserialize)]
struct Program {
    rules: String,
}

#[derive(Deserialize)]
struct Window {
    start: Option<String>,
    end: Option<String>,
    data_end: Option<String>,
}

#[derive(Deserialize)]
struct History {
    index: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    detection: String,
    title: String,
    subject: String,
    severity: String,
    login: Option<String>,
    first_seen: String,
    last_seen: String,
    state: String,
    first_reported: Option<String>,
}

/// Writes what the lake keeps of a report.
///
/// # Errors
/// Only when the writer fails.
pub(in crate::report) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let memory = Memory {
        schema: MEMORY,
        program: ProgramV1::freeze(&report.program),
        window: WindowV1::freeze(&report.window),
        history: HistoryV1::freeze(&report.history),
    };
    serde_json::to_writer(&mut *out, &memory)?;
    out.write_all(b"\n")
}

/// Reads a JSON report or the lake's memory of one.
///
/// # Errors
/// What is wrong with it, without any of its content.
pub fn read(json: &[u8]) -> Result<(PreviousRow, Vec<IndexRow>), String> {
    let document: Document = serde_json::from_slice(json).map_err(|e| {
        let what = match e.classify() {
            serde_json::error::Category::Data => "it lacks what a report of this version holds",
            _ => "it is no JSON",
        };
        format!("{what} (line {}, column {})", e.line(), e.column())
    })?;
    if document.schema != SCHEMA && document.schema != MEMORY {
        return Err(format!("its schema is not {SCHEMA}; write one with lightmeter analyze --format json"));
    }
    if document.history.index.len() > MAX_ROWS {
        return Err(format!("it lists more than {MAX_ROWS} incidents"));
    }
    let end = document.window.end.or(document.window.data_end).ok_or("its window has no end and no record")?;
    let previous = PreviousRow {
        start: document.window.start.as_deref().map(micros).transpose()?,
        end: micros(&end)?,
        rules: document.program.rules,
    };
    let rows: Result<Vec<IndexRow>, String> = document.history.index.into_iter().map(row).collect();
    Ok((previous, rows?))
}

fn row(row: Row) -> Result<IndexRow, String> {
    Ok(IndexRow {
        first_seen: micros(&row.first_seen)?,
        last_seen: micros(&row.last_seen)?,
        first_reported: row.first_reported.as_deref().map(micros).transpose()?,
        id: row.id,
        detection: row.detection,
        title: row.title,
        subject: row.subject,
        severity: row.severity,
        login: row.login,
        state: row.state,
        changed: false,
        shown: false,
    })
}

fn micros(time: &str) -> Result<i64, String> {
    time.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_microsecond).map_err(|_| "a time in it is none".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::example;

    #[test]
    fn a_report_and_the_memory_of_it_say_the_same() {
        let report = example();
        let (mut memory, mut json) = (Vec::new(), Vec::new());
        write(&report, &mut memory).unwrap();
        super::super::v1::write(&report, &mut json).unwrap();
        let (previous, rows) = read(&json).unwrap();
        assert_eq!(read(&memory).unwrap(), (previous.clone(), rows.clone()));
        assert_eq!(Some(previous.end), report.window.end);
        assert_eq!(rows.len(), report.history.index.len());
        assert_eq!(rows[0].last_seen, report.history.index[0].last_seen);
    }

    #[test]
    fn what_is_no_report_is_refused_without_quoting_it() {
        for (text, why) in [("{", "no JSON"), ("[1]", "lacks"), ("{\"secret\": 1}", "lacks")] {
            let error = read(text.as_bytes()).unwrap_err();
            assert!(error.contains(why) && !error.contains("secret"), "{error}");
        }
    }
}
