//! Generated parts of `queries/README.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use arrow::datatypes::{DataType, SchemaRef};
use serde_json::{Map, Value};

use super::data::DataTables;
use super::signals;
use super::views::{LAKE, View};
use crate::tables;

/// A table as it is explained: to people in `queries/README.md` and by `lightmeter schema`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReference {
    /// Name in SQL.
    pub name: String,
    /// What a row is.
    pub doc: String,
    /// A query to start from.
    pub example: String,
    /// The columns in order.
    pub columns: Vec<ColumnReference>,
}

/// A column as it is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReference {
    /// Name in SQL.
    pub name: String,
    /// Type, in a word or two.
    pub kind: &'static str,
    /// Whether it can be null.
    pub nullable: bool,
    /// What it means; empty when nothing says so.
    pub doc: String,
}

/// Every public table, the table `signals`, the stored tables and the data tables.
///
/// `public` are the views' schemas; `history_<name>` is not listed where `<name>` is.
#[must_use]
pub fn tables(data: &DataTables, views: &[View], public: &BTreeMap<String, SchemaRef>) -> Vec<TableReference> {
    let mut out = Vec::new();
    for view in views.iter().filter(|v| !is_twin(v, views)) {
        let Some(schema) = public.get(&view.name) else { continue };
        let history = format!("history_{}", view.name);
        let twin = if views.iter().any(|v| v.name == history) {
            format!(" `{history}` holds the whole lake instead of the window.")
        } else {
            String::new()
        };
        let columns = schema.fields().iter().map(|f| (f.name().as_str(), column_doc(view, f.name(), views)));
        out.push(reference(&view.name, &format!("{}{twin}", view.doc), schema, columns));
    }
    let doc = "One row per finding of a signal detection; only detections of the tier incident read it.";
    out.push(reference(signals::TABLE, doc, &signals::schema(), signals::COLUMNS));
    for table in tables::all() {
        let doc = format!("Stored table, not visible to detections. {}", table.doc.trim());
        let columns = table.columns.iter().map(|c| (c.name, c.doc));
        out.push(reference(&format!("{LAKE}.{}", table.name), &doc, &table.schema, columns));
    }
    for table in data.tables.values() {
        let doc = format!("{} Key: {}.", table.description.trim(), table.key.join(", "));
        let columns = table.columns.iter().map(|c| (c.name.as_str(), c.doc.as_str()));
        out.push(reference(&table.table_name(), &doc, &table.schema(), columns));
    }
    out
}

fn reference<'a>(
    name: &str,
    doc: &str,
    schema: &SchemaRef,
    columns: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> TableReference {
    let stored = tables::all().into_iter().find(|t| t.name == name);
    let column = |(name, doc): (&str, &str)| {
        let field = schema.field_with_name(name).ok();
        ColumnReference {
            name: name.to_owned(),
            kind: field.map_or("", |f| type_name(f.data_type())),
            nullable: field.is_some_and(arrow::datatypes::Field::is_nullable),
            doc: doc.to_owned(),
        }
    };
    TableReference {
        name: name.to_owned(),
        doc: doc.to_owned(),
        example: stored.map_or_else(|| format!("SELECT * FROM {name} LIMIT 10"), |t| t.example.to_owned()),
        columns: columns.into_iter().map(column).collect(),
    }
}

/// The end of a message about a table that is not there: where such things are, else the nearest name, if there is one.
#[must_use]
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>, data: &DataTables) -> String {
    let wrong = wrong.to_ascii_lowercase();
    let singular = match wrong.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => wrong.strip_suffix('s').unwrap_or(&wrong).to_owned(),
    };
    let rows = data.tables.get("table_words").into_iter().flat_map(|table| table.rows());
    let text = |row: &Map<String, Value>, column: &str| row.get(column).and_then(Value::as_str).map(str::to_owned);
    let mut known = rows.filter(|row| text(row, "word").is_some_and(|word| word == wrong || word == singular));
    match known.find_map(|row| text(row, "see")) {
        Some(see) => format!("; {see}"),
        None => super::suggest::did_you_mean(&wrong, names),
    }
}

/// All tables as Markdown.
#[must_use]
pub fn table_reference(data: &DataTables, views: &[View], public: &BTreeMap<String, SchemaRef>) -> String {
    let mut out = String::new();
    for table in tables(data, views, public) {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ =
            write!(out, "{gap}### `{}`\n\n{}\n\n| column | type | meaning |\n|---|---|---|\n", table.name, table.doc);
        for column in table.columns {
            let null = if column.nullable { ", may be null" } else { "" };
            let _ = writeln!(out, "| `{}` | {}{null} | {} |", column.name, column.kind, column.doc.replace('|', "\\|"));
        }
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
