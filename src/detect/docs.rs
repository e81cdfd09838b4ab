//! Generated parts of `queries/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::datatypes::{DataType, SchemaRef};

use super::data::DataTables;
use super::signals;
use super::views::{LAKE, View};
use crate::tables;

/// Every public table, the table `signals`, the stored tables and the data tables: columns, types, sentences.
///
/// `public` are the views' schemas; `history_<name>` is not listed where `<name>` is.
#[must_use]
pub fn table_reference(data: &DataTables, views: &[View], public: &BTreeMap<String, SchemaRef>) -> String {
    let mut out = String::new();
    for view in views.iter().filter(|v| !is_twin(v, views)) {
        let Some(schema) = public.get(&view.name) else { continue };
        let history = format!("history_{}", view.name);
        let twin = if views.iter().any(|v| v.name == history) {
            format!(" `{history}` holds the whole lake instead of the window.")
        } else {
            String::new()
        };
        heading(&mut out, &view.name, &format!("{}{twin}", view.doc));
        let columns = schema.fields().iter().map(|f| (f.name().as_str(), column_doc(view, f.name(), views)));
        rows(&mut out, schema, columns);
    }
    heading(
        &mut out,
        signals::TABLE,
        "One row per finding of a signal detection; only detections of the tier incident read it.",
    );
    rows(&mut out, &signals::schema(), signals::COLUMNS);
    for table in tables::all() {
        let doc = format!("Stored table, not visible to detections. {}", table.doc.trim());
        heading(&mut out, &format!("{LAKE}.{}", table.name), &doc);
        let columns = table.columns.iter().map(|c| (c.name, c.doc));
        rows(&mut out, &table.schema, columns);
    }
    for table in data.tables.values() {
        heading(&mut out, &table.table_name(), &format!("{} Key: {}.", table.description.trim(), table.key.join(", ")));
        rows(&mut out, &table.schema(), table.columns.iter().map(|c| (c.name.as_str(), c.doc.as_str())));
    }
    out
}

fn is_twin(view: &View, views: &[View]) -> bool {
    view.name.strip_prefix("history_").is_some_and(|name| views.iter().any(|v| v.name == name))
}

/// The sentence for a column: the view's own, its twin's, the stored table's of that name, else the first that anybody
/// gives to a column of that name; empty when nobody does.
pub(super) fn column_doc<'a>(view: &'a View, column: &str, views: &'a [View]) -> &'a str {
    let history = format!("history_{}", view.name);
    let given = |v: &'a View| v.columns.get(column).map(String::as_str);
    let stored = |name: Option<&str>| {
        let wanted = tables::all().into_iter().filter(|t| name.is_none_or(|name| t.name == name));
        wanted.flat_map(|t| t.columns).find(|c| c.name == column).map(|c| c.doc)
    };
    let own = given(view).or_else(|| views.iter().find(|v| v.name == history).and_then(given));
    let own = own.or_else(|| stored(Some(view.name.trim_start_matches("history_"))));
    own.or_else(|| views.iter().find_map(given)).or_else(|| stored(None)).unwrap_or_default()
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
