//! Lists for people and programs: one value, five layouts. All cells are from the field.

mod table;

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::text::{md_cell, md_code_long, visible};

pub use table::{Unshown, table};

/// How a list is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// For the terminal.
    Table,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// Comma-separated, with a header line.
    Csv,
    /// A Markdown table.
    Markdown,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name for programs.
    pub name: &'static str,
    /// Characters that tables show of it; 0 leaves the column to programs.
    pub width: usize,
    /// What becomes of it on a narrow screen.
    pub narrow: Narrow,
}

/// What becomes of a column on a narrow screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrow {
    /// It is shown whole.
    Whole,
    /// It keeps at least so many characters.
    Least(usize),
    /// Its first characters are as good as all of them, such as those of a session's id.
    Start(usize),
    /// It is left out, those with the largest number first.
    Leave(u8),
}

/// Rows of named cells.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The columns.
    pub columns: Vec<Column>,
    /// A value per column.
    pub rows: Vec<Vec<Value>>,
}

/// Writes the list. Two calls with the same arguments write the same bytes.
///
/// # Errors
/// When the writer fails.
pub fn write(list: &List, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    match layout {
        Layout::Table => table(list, None, out).map(drop),
        Layout::Markdown => markdown(list, out),
        Layout::Csv => csv(list, out),
        Layout::Json => {
            serde_json::to_writer_pretty(&mut *out, &value(list))?;
            writeln!(out)
        }
        Layout::Jsonl => list.rows.iter().try_for_each(|row| {
            serde_json::to_writer(&mut *out, &object(list, row))?;
            writeln!(out)
        }),
    }
}

/// The rows as an array of objects.
#[must_use]
pub fn value(list: &List) -> Value {
    list.rows.iter().map(|row| object(list, row)).collect()
}

fn object(list: &List, row: &[Value]) -> Value {
    let cell = |value: &Value| match value {
        Value::String(text) => Value::String(visible(text).into_owned()),
        other => other.clone(),
    };
    Value::Object(list.columns.iter().zip(row).map(|(c, v)| (c.name.to_owned(), cell(v))).collect::<Map<_, _>>())
}

/// A value as text for people.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

fn markdown(list: &List, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<(usize, &Column)> = list.columns.iter().enumerate().filter(|(_, c)| c.width > 0).collect();
    let titles: Vec<String> = shown.iter().map(|(_, c)| c.name.replace('_', " ")).collect();
    writeln!(out, "| {} |", titles.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(shown.len()))?;
    for row in &list.rows {
        let cell = |(at, column): &(usize, &Column)| match row.get(*at) {
            Some(Value::Number(number)) => number.to_string(),
            Some(value) if !plain(value).is_empty() => md_cell(&md_code_long(plain(value).trim(), column.width)),
            _ => String::new(),
        };
        writeln!(out, "| {} |", shown.iter().map(cell).collect::<Vec<_>>().join(" | "))?;
    }
    Ok(())
}

fn csv(list: &List, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = list.columns.iter().map(|c| c.name).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in &list.rows {
        let cell = |value: &Value| {
            let text = plain(value);
            let text = visible(&text);
            match text.contains([',', '"', '\n', '\r']) {
                true => format!("\"{}\"", text.replace('"', "\"\"")),
                false => text.into_owned(),
            }
        };
        writeln!(out, "{}", row.iter().map(cell).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list() -> List {
        List {
            columns: vec![
                Column { name: "name", width: 12, narrow: Narrow::Least(6) },
                Column { name: "count", width: 8, narrow: Narrow::Leave(1) },
                Column { name: "id", width: 0, narrow: Narrow::Whole },
            ],
            rows: vec![
                vec![json!("a|b,\"c\"\u{1b}[31m"), json!(3), json!("x")],
                vec![json!("![i](http://evil.example)"), json!(null), json!(["y", "z"])],
            ],
        }
    }

    fn written(layout: Layout) -> String {
        let mut out = Vec::new();
        write(&list(), layout, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_text_in_every_layout() {
        assert_eq!(written(Layout::Csv).lines().next(), Some("name,count,id"));
        assert!(written(Layout::Csv).contains("\"a|b,\"\"c\"\"\\u{1b}[31m\",3,x\n"), "{}", written(Layout::Csv));
        assert!(written(Layout::Table).starts_with("name          count\n"), "{}", written(Layout::Table));
        assert!(!written(Layout::Table).contains("  x"));
        let mut out = Vec::new();
        assert_eq!(table(&list(), None, &mut out).unwrap().cells, 2, "the two long names");
        assert!(written(Layout::Markdown).contains("a\\|b"), "{}", written(Layout::Markdown));
        let json: Value = serde_json::from_str(&written(Layout::Json)).unwrap();
        assert_eq!(json[1], json!({ "name": "![i](http://evil.example)", "count": null, "id": ["y", "z"] }));
        assert_eq!(written(Layout::Jsonl).lines().count(), 2);
        for trick in crate::text::tests::HOSTILE {
            let list = List { rows: vec![vec![json!(trick), json!(trick), json!(trick)]], ..list() };
            let mut out = Vec::new();
            write(&list, Layout::Markdown, &mut out).unwrap();
            let markdown = String::from_utf8(out).unwrap();
            crate::report::tests::hostile::assert_only_plain_blocks(&markdown);
            crate::report::tests::hostile::assert_nothing_to_link(&markdown);
        }
        for layout in [Layout::Table, Layout::Json, Layout::Jsonl, Layout::Csv, Layout::Markdown] {
            assert!(!written(layout).contains('\u{1b}'));
        }
    }
}
