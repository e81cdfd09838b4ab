//! Data tables: the catalogue files under `queries/catalog/`, with the user's own rows, as tables `catalog_<name>`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use serde_json::{Map, Value};

use super::catalog::{FileProblem, QUERIES};
use super::front_matter::is_name;
use super::{json, suggest};
use crate::lake::rows_table;

/// Prefix of the table names.
const PREFIX: &str = "catalog_";

/// Type of a data column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Yes or no.
    Bool,
    /// A list of text.
    List,
}

impl DataKind {
    const WORDS: [(&'static str, Self); 5] =
        [("text", Self::Text), ("int", Self::Int), ("float", Self::Float), ("bool", Self::Bool), ("list", Self::List)];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int => DataType::Int64,
            Self::Float => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::List => DataType::new_list(DataType::Utf8, true),
        }
    }

    fn fits(self, value: &toml::Value) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Int => value.is_integer(),
            Self::Float => value.is_float() || value.is_integer(),
            Self::Bool => value.is_bool(),
            Self::List => value.as_array().is_some_and(|items| items.iter().all(toml::Value::is_str)),
        }
    }
}

/// A column of a data table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataColumn {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: DataKind,
    /// Meaning, a sentence.
    pub doc: String,
}

/// A table of labels, names or lists.
#[derive(Debug, Clone, PartialEq)]
pub struct DataTable {
    /// Name without the prefix `catalog_`.
    pub name: String,
    /// What it holds.
    pub description: String,
    /// Columns that tell rows apart.
    pub key: Vec<String>,
    /// Columns in alphabetical order.
    pub columns: Vec<DataColumn>,
    rows: BTreeMap<String, Map<String, Value>>,
}

impl DataTable {
    /// Reads a catalogue file.
    ///
    /// # Errors
    /// When a part is missing, unknown or of the wrong type, or two rows have the same key; the text says where.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut file: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            let line = e.span().map_or(1, |s| 1 + text.bytes().take(s.start).filter(|b| *b == b'\n').count());
            format!("line {line}: {}", e.message())
        })?;
        let description = match file.remove("description") {
            Some(toml::Value::String(text)) if !text.trim().is_empty() => text,
            _ => return Err("description is missing: say in a sentence what the rows are".into()),
        };
        let columns = columns(file.remove("columns"))?;
        let key: Vec<String> = match file.remove("key") {
            Some(toml::Value::Array(names)) if !names.is_empty() => {
                names.iter().filter_map(|n| n.as_str().map(str::to_owned)).collect()
            }
            _ => return Err("key is missing: key = [\"column\", …] names the columns that tell rows apart".into()),
        };
        if let Some(wrong) = key.iter().find(|k| !columns.iter().any(|c| c.name == **k)) {
            let hint = suggest::did_you_mean(wrong, columns.iter().map(|c| c.name.as_str()));
            return Err(format!("key: there is no column {wrong}{hint}"));
        }
        let rows = match file.remove("rows") {
            None => Vec::new(),
            Some(value) => row_tables(value)?,
        };
        if let Some((unknown, _)) = file.iter().next() {
            let known = ["description", "key", "columns", "rows"];
            return Err(format!("unknown key {unknown}{}", suggest::did_you_mean(unknown, known)));
        }
        let mut table = Self { name: name.to_owned(), description, key, columns, rows: BTreeMap::new() };
        for (number, row) in rows.iter().enumerate() {
            let at = |message| format!("row {}: {message}", number + 1);
            let (key, row) = table.row(row).map_err(at)?;
            if table.rows.insert(key.clone(), row).is_some() {
                return Err(at(format!("another row already has the key {key}")));
            }
        }
        Ok(table)
    }

    /// Name as SQL knows it.
    #[must_use]
    pub fn table_name(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// Rows in key order, as JSON objects.
    pub fn rows(&self) -> impl Iterator<Item = &Map<String, Value>> {
        self.rows.values()
    }

    /// Arrow schema; key columns are never null.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        let field = |c: &DataColumn| Field::new(&c.name, c.kind.data_type(), !self.key.contains(&c.name));
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }

    /// All rows as one batch, in key order.
    ///
    /// # Errors
    /// Only when Arrow refuses rows that were accepted here.
    pub fn batch(&self) -> Result<RecordBatch, DataFusionError> {
        let rows: Vec<_> = self.rows.values().cloned().collect();
        Ok(json::to_batch(&self.schema(), &rows)?)
    }

    /// Registers the table in the session under its SQL name.
    ///
    /// # Errors
    /// When the engine refuses the table.
    pub fn register(&self, ctx: &SessionContext) -> Result<(), DataFusionError> {
        let rows = rows_table(&self.schema(), vec![self.batch()?])?;
        ctx.register_table(self.table_name(), rows)?;
        Ok(())
    }

    /// Checks a row; returns it with the text of its key.
    fn row(&self, row: &toml::Table) -> Result<(String, Map<String, Value>), String> {
        for (name, value) in row {
            let Some(column) = self.columns.iter().find(|c| c.name == *name) else {
                let hint = suggest::did_you_mean(name, self.columns.iter().map(|c| c.name.as_str()));
                return Err(format!("there is no column {name}{hint}"));
            };
            if !column.kind.fits(value) {
                return Err(format!("{name} is {} and must be {}", value.type_str(), column.kind.as_str()));
            }
        }
        let row = json::from_table(row);
        let mut key = Vec::new();
        for name in &self.key {
            let value = row.get(name).ok_or_else(|| format!("the key column {name} is missing"))?;
            key.push(value.to_string());
        }
        Ok((key.join(", "), row))
    }
}

fn columns(value: Option<toml::Value>) -> Result<Vec<DataColumn>, String> {
    let Some(toml::Value::Table(table)) = value else {
        return Err("[columns] is missing: one line per column, name = \"type: sentence\"".into());
    };
    let mut columns = Vec::new();
    for (name, value) in &table {
        let wrong = || format!("column {name}: write \"type: sentence\", type one of text, int, float, bool, list");
        let (word, doc) = value.as_str().and_then(|text| text.split_once(':')).ok_or_else(wrong)?;
        let kind = DataKind::WORDS.iter().find(|(w, _)| *w == word.trim()).ok_or_else(wrong)?.1;
        if doc.trim().is_empty() {
            return Err(wrong());
        }
        if !is_name(name, '_') {
            return Err(format!("column {name:?}: use lower-case letters, digits and _"));
        }
        columns.push(DataColumn { name: name.clone(), kind, doc: doc.trim().to_owned() });
    }
    Ok(columns)
}

fn row_tables(value: toml::Value) -> Result<Vec<toml::Table>, String> {
    let toml::Value::Array(items) = value else { return Err("rows are written as [[rows]]".into()) };
    items
        .into_iter()
        .map(|item| match item {
            toml::Value::Table(row) => Ok(row),
            _ => Err("rows are written as [[rows]]".into()),
        })
        .collect()
}

/// The one file of the catalogue folder that holds no rows.
const SECRET_RULES: &str = "secrets.toml";

/// All data tables, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DataTables {
    /// Tables by name without prefix.
    pub tables: BTreeMap<String, DataTable>,
}

impl DataTables {
    /// The tables embedded into the program, and the embedded files that are broken (none, as the tests prove).
    #[must_use]
    pub fn built_in() -> (Self, Vec<FileProblem>) {
        let mut tables = Self::default();
        let mut problems = Vec::new();
        let mut files: Vec<_> = QUERIES.get_dir("catalog").into_iter().flat_map(include_dir::Dir::files).collect();
        files.sort_by_key(|file| file.path());
        for file in files {
            // Secret rules keep the dialect that other scanners read, so they are no table.
            if file.path().ends_with(SECRET_RULES) {
                continue;
            }
            let path = format!("queries/{}", file.path().display());
            if let Err(message) = tables.add(&path, file.contents_utf8().unwrap_or_default()) {
                problems.push(FileProblem { path, message });
            }
        }
        (tables, problems)
    }

    /// Adds one catalogue file; its name decides the table's name.
    ///
    /// # Errors
    /// When the name or the content is refused.
    pub fn add(&mut self, path: &str, text: &str) -> Result<(), String> {
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = file.strip_suffix(".toml").filter(|name| is_name(name, '_'));
        let name = name.ok_or("data tables are files named <name>.toml, name made of a-z, 0-9 and _")?;
        self.tables.insert(name.to_owned(), DataTable::parse(name, text)?);
        Ok(())
    }

    /// Adds the user's `[[catalog.<name>]]` rows; a row with a known key replaces the built-in one as a whole.
    ///
    /// # Errors
    /// All rows that do not fit, one sentence each; nothing is changed then.
    pub fn add_user_rows(&mut self, config: &toml::Table) -> Result<(), Vec<String>> {
        let Some(value) = config.get("catalog") else { return Ok(()) };
        let Some(sections) = value.as_table() else {
            return Err(vec!["catalog: write rows as [[catalog.<name>]]".into()]);
        };
        let (mut changed, mut problems) = (self.clone(), Vec::new());
        for (name, value) in sections {
            let Some(table) = changed.tables.get_mut(name) else {
                let hint = suggest::did_you_mean(name, self.tables.keys().map(String::as_str));
                problems.push(format!("[[catalog.{name}]]: there is no such table{hint}"));
                continue;
            };
            let rows = match row_tables(value.clone()) {
                Ok(rows) => rows,
                Err(_) => {
                    problems.push(format!("catalog.{name}: write rows as [[catalog.{name}]]"));
                    continue;
                }
            };
            let mut keys = std::collections::BTreeSet::new();
            for (number, row) in rows.iter().enumerate() {
                let at = |message| format!("[[catalog.{name}]] number {}: {message}", number + 1);
                match table.row(row) {
                    Ok((key, _)) if !keys.insert(key.clone()) => {
                        problems.push(at(format!("another row already has the key {key}")));
                    }
                    Ok((key, row)) => {
                        table.rows.insert(key, row);
                    }
                    Err(message) => problems.push(at(message)),
                }
            }
        }
        if problems.is_empty() {
            *self = changed;
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// Registers every table in the session as `catalog_<name>`.
    ///
    /// # Errors
    /// When the engine refuses a table.
    pub fn register(&self, ctx: &SessionContext) -> Result<(), DataFusionError> {
        self.tables.values().try_for_each(|table| table.register(ctx))
    }

    /// Schemas by SQL name.
    #[must_use]
    pub fn schemas(&self) -> BTreeMap<String, SchemaRef> {
        self.tables.values().map(|table| (table.table_name(), table.schema())).collect()
    }
}
