//! Tables as CSV for lookups: UTF-8, LF, a header, lists joined with `|`, no line breaks inside cells.
//!
//! Spreadsheets run cells that start with `=`, `+`, `-`, `@` or a tab; a text cell that does gets an apostrophe in
//! front. The values are chosen by whoever sent the traffic, so this holds for keys as well; NDJSON has them unaltered.

use std::io::{self, Write};

use serde_json::Value;

use super::document::text;
use crate::report::SafeRows;

/// Writes the header and one line per row.
///
/// # Errors
/// Only when the writer fails.
pub fn write(rows: &SafeRows, out: &mut dyn Write) -> io::Result<()> {
    let header: Vec<String> = rows.columns().iter().map(|name| quoted(name)).collect();
    writeln!(out, "{}", header.join(","))?;
    for row in rows.rows() {
        let cells: Vec<String> = rows.columns().iter().map(|name| cell(row.get(name))).collect();
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(s)) => quoted(&harmless(text(s))),
        Some(Value::Array(items)) => {
            // A bar inside an item would make two of it.
            let items: Vec<String> =
                items.iter().filter(|v| !v.is_null()).map(|v| plain(v).replace('|', "/")).collect();
            quoted(&harmless(text(&items.join("|"))))
        }
        Some(Value::Object(_)) => quoted(&harmless(text(&value.map(Value::to_string).unwrap_or_default()))),
        Some(other) => other.to_string(),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

fn harmless(text: String) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text,
    }
}

fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
