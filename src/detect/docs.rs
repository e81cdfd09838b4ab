//! Generated parts of `queries/README.md`.

use std::fmt::Write as _;

use arrow::datatypes::{DataType, SchemaRef};

use super::data::DataTables;
use super::signals;
use crate::tables;

/// Every table of the lake, the table `signals` and the data tables: columns, types, sentences, a query to start from.
#[must_use]
pub fn table_reference(data: &DataTables) -> String {
    let mut out = String::new();
    for table in tables::all() {
        heading(&mut out, table.name, table.doc.trim());
        let columns = table.columns.iter().map(|c| (c.name, c.doc));
        rows(&mut out, &table.schema, columns);
        let _ = writeln!(out, "\n```sql\n{}\n```", table.example);
    }
    heading(
        &mut out,
        signals::TABLE,
        "One row per finding of a signal detection; only detections of the tier incident read it.",
    );
    rows(&mut out, &signals::schema(), signals::COLUMNS);
    for table in data.tables.values() {
        heading(&mut out, &table.table_name(), &format!("{} Key: {}.", table.description.trim(), table.key.join(", ")));
        rows(&mut out, &table.schema(), table.columns.iter().map(|c| (c.name.as_str(), c.doc.as_str())));
    }
    out
}

fn heading(out: &mut String, name: &str, doc: &str) {
    let gap = if out.is_empty() { "" } else { "\n" };
    let _ = write!(out, "{gap}### `{name}`\n\n{doc}\n\n| column | type | meaning |\n|---|---|---|\n");
}

fn rows<'a>(out: &mut String, schema: &SchemaRef, columns: impl IntoIterator<Item = (&'a str, &'a str)>) {
    for (name, doc) in columns {
        let field = schema.field_with_name(name).ok();
        let kind = field.map_or("", |f| type_name(f.data_type()));
        let null = if field.is_some_and(arrow::datatypes::Field::is_nullable) { ", may be null" } else { "" };
        let _ = writeln!(out, "| `{name}` | {kind}{null} | {} |", doc.replace('|', "\\|"));
    }
}

fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text",
        DataType::Int64 => "int",
        DataType::Float64 => "float",
        DataType::Boolean => "bool",
        DataType::Timestamp(..) => "time (UTC, µs)",
        DataType::List(_) | DataType::LargeList(_) => "list of text",
        _ => "other",
    }
}

/// Replaces what stands between `<!-- name -->` and `<!-- /name -->`; `None` when a marker is missing.
#[must_use]
pub fn replace_between(document: &str, name: &str, content: &str) -> Option<String> {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let start = document.find(&open)? + open.len();
    let end = start + document[start..].find(&close)?;
    Some(format!("{}\n{}\n{}", &document[..start], content.trim_end(), &document[end..]))
}
