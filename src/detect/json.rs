//! Between TOML, JSON and Arrow: rows written by people become record batches, rows of results become JSON.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::json::ReaderBuilder;
use arrow::json::writer::{LineDelimited, WriterBuilder};
use serde_json::{Map, Value};

/// A TOML value as JSON; times become RFC 3339 text.
pub(super) fn from_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(s) => Value::from(s.as_str()),
        toml::Value::Integer(i) => Value::from(*i),
        toml::Value::Float(f) => Value::from(*f),
        toml::Value::Boolean(b) => Value::from(*b),
        toml::Value::Datetime(time) => Value::from(time.to_string()),
        toml::Value::Array(items) => items.iter().map(from_toml).collect(),
        toml::Value::Table(table) => Value::Object(from_table(table)),
    }
}

/// A TOML table as a JSON object.
pub(super) fn from_table(table: &toml::Table) -> Map<String, Value> {
    table.iter().map(|(k, v)| (k.clone(), from_toml(v))).collect()
}

/// Rows as one batch; unknown keys and wrong types are refused. Missing columns become null, or the empty value of
/// their type where the schema allows no null.
///
/// # Errors
/// When a row does not fit the schema.
pub(super) fn to_batch(schema: &SchemaRef, rows: &[Map<String, Value>]) -> Result<RecordBatch, ArrowError> {
    let mut decoder = ReaderBuilder::new(Arc::clone(schema))
        .with_strict_mode(true)
        .with_batch_size(rows.len().max(1))
        .build_decoder()?;
    let complete: Vec<_> = rows.iter().map(|row| with_defaults(schema, row)).collect();
    decoder.serialize(&complete)?;
    Ok(decoder.flush()?.unwrap_or_else(|| RecordBatch::new_empty(Arc::clone(schema))))
}

fn with_defaults(schema: &Schema, row: &Map<String, Value>) -> Map<String, Value> {
    let mut row = row.clone();
    for field in schema.fields().iter().filter(|f| !f.is_nullable()) {
        row.entry(field.name().as_str()).or_insert_with(|| default_of(field.data_type()));
    }
    row
}

fn default_of(data_type: &DataType) -> Value {
    match data_type {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => Value::from(""),
        DataType::Boolean => Value::from(false),
        DataType::List(_) | DataType::LargeList(_) => Value::Array(Vec::new()),
        DataType::Timestamp(..) => Value::from("1970-01-01T00:00:00Z"),
        _ => Value::from(0),
    }
}

/// The given columns of a batch, one object per row; nulls are kept.
///
/// # Errors
/// When a column has a type that JSON cannot show.
pub(super) fn objects(batch: &RecordBatch, columns: &[usize]) -> Result<Vec<Map<String, Value>>, ArrowError> {
    if columns.is_empty() {
        return Ok(vec![Map::new(); batch.num_rows()]);
    }
    let part = batch.project(columns)?;
    let mut out = Vec::new();
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut out);
    writer.write(&part)?;
    writer.finish()?;
    drop(writer);
    serde_json::Deserializer::from_slice(&out)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|e| ArrowError::JsonError(e.to_string()))
}
