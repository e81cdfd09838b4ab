//! `lightmeter query`: one read-only SQL query over the lake.

use std::io::{self, Read, Write};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, GenericStringArray, LargeStringArray, ListArray, OffsetSizeTrait, StringArray, StringViewArray,
};
use arrow::compute::cast;
use arrow::csv::WriterBuilder as CsvBuilder;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::writer::{JsonArray, LineDelimited, WriterBuilder as JsonBuilder};
use arrow::record_batch::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use futures::StreamExt;

use super::{engine, output};
use crate::cli::{self, QueryFormat};
use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::secrets::Scanner;
use crate::window::Window;

/// Longest query that is read, in bytes.
const MAX_SQL: u64 = 1 << 20;

/// Longest cell of the terminal table, in characters; the other formats cut nothing.
const MAX_CELL: usize = 200;

/// Runs the command.
///
/// # Errors
/// When the query cannot be read or run, or its result cannot be written.
pub async fn run(args: &cli::Query, lake: &Lake, window: Window, config: &Config) -> Result<Outcome, Error> {
    let sql = read_sql(args)?;
    let ledger = lake.ledger()?;
    let engine = engine::open(Some((lake, &ledger)), window, config, &[]).await?;
    let mut stream = engine.session.stream(&sql).await?;
    let schema = stream.schema();
    let scanner = if args.reveal { None } else { Some(scanner()?) };
    let shown = |batch: &RecordBatch| showable(batch, scanner.as_ref(), args.format);
    // The first batch is computed before anything is written, so that a failing query leaves no half result.
    let mut batches = Vec::new();
    let whole = args.format == QueryFormat::Table;
    let mut rest = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = shown(&batch.map_err(|e| engine.session.failed(&e))?);
        let target = if whole { &mut batches } else { &mut rest };
        target.push(batch.map_err(|e| Error::Engine(e.to_string()))?);
    }
    if rest.is_empty() {
        let empty = shown(&RecordBatch::new_empty(schema)).map_err(|e| Error::Engine(e.to_string()))?;
        rest.push(empty.clone());
        if batches.is_empty() {
            batches.push(empty);
        }
    }
    output::write(args.output.as_deref(), |out| match args.format {
        QueryFormat::Table => {
            let text = pretty_format_batches(&batches).map_err(io::Error::other)?;
            let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
            writeln!(out, "{text}\n{rows} {}", if rows == 1 { "row" } else { "rows" })
        }
        QueryFormat::Csv => csv(out, &rest),
        QueryFormat::Json => json(out, &rest, true),
        QueryFormat::Jsonl => json(out, &rest, false),
    })?;
    Ok(Outcome::Done)
}

/// The built-in scanner, used to replace secrets in everything that is shown.
///
/// # Errors
/// Only if a built-in rule is broken, which the tests exclude.
pub fn scanner() -> Result<Scanner, Error> {
    Scanner::builtin().map_err(|e| Error::Engine(e.to_string()))
}

fn read_sql(args: &cli::Query) -> Result<String, Error> {
    let failed = |from: &str, source| Error::Input { from: from.to_owned(), source };
    let mut sql = String::new();
    match (&args.file, args.sql.as_deref()) {
        (Some(path), _) => {
            let name = crate::text::one_line(&path.to_string_lossy(), 200).into_owned();
            let file = std::fs::File::open(path).map_err(|e| failed(&name, e))?;
            file.take(MAX_SQL).read_to_string(&mut sql).map_err(|e| failed(&name, e))?;
        }
        (None, Some("-")) => {
            io::stdin().take(MAX_SQL).read_to_string(&mut sql).map_err(|e| failed("standard input", e))?;
        }
        (None, text) => sql = text.unwrap_or_default().to_owned(),
    }
    if sql.trim().is_empty() {
        return Err(Error::Usage("the query is empty".to_owned()));
    }
    Ok(sql)
}

fn csv(out: &mut dyn Write, batches: &[RecordBatch]) -> io::Result<()> {
    let mut writer = CsvBuilder::new().with_header(true).build(out);
    for batch in batches {
        // A list has no form in CSV; it is written as JSON text.
        writer.write(&flat(batch).map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    Ok(())
}

fn json(out: &mut dyn Write, batches: &[RecordBatch], array: bool) -> io::Result<()> {
    let builder = JsonBuilder::new().with_explicit_nulls(true);
    if array {
        let mut writer = builder.build::<_, JsonArray>(&mut *out);
        for batch in batches {
            writer.write(batch).map_err(io::Error::other)?;
        }
        writer.finish().map_err(io::Error::other)?;
        return writeln!(out);
    }
    let mut writer = builder.build::<_, LineDelimited>(out);
    for batch in batches {
        writer.write(batch).map_err(io::Error::other)?;
    }
    writer.finish().map_err(io::Error::other)
}

/// Makes a batch fit to be shown: secrets replaced, and what could drive a terminal written as escapes.
fn showable(
    batch: &RecordBatch,
    scanner: Option<&Scanner>,
    format: QueryFormat,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let change = |text: &str| {
        let redacted = scanner.map_or(std::borrow::Cow::Borrowed(text), |s| s.redact(text));
        match format {
            QueryFormat::Table => crate::text::one_line(&redacted, MAX_CELL).into_owned(),
            // Line breaks are data in the other formats; the rest of the invisible characters is made visible.
            _ => redacted.split_inclusive('\n').map(visible_line).collect(),
        }
    };
    let columns: Vec<ArrayRef> = batch.columns().iter().map(|c| map_text(c, &change)).collect::<Result<_, _>>()?;
    let fields: Vec<Field> = batch
        .schema()
        .fields()
        .iter()
        .zip(&columns)
        .map(|(f, c)| Field::new(change(f.name()), c.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn visible_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => crate::text::visible(line).into_owned() + "\n",
        None => crate::text::visible(line).into_owned(),
    }
}

/// Applies a change to every text in an array; nested types other than lists become JSON text first.
fn map_text(array: &ArrayRef, change: &dyn Fn(&str) -> String) -> Result<ArrayRef, arrow::error::ArrowError> {
    fn mapped<O: OffsetSizeTrait>(array: &GenericStringArray<O>, change: &dyn Fn(&str) -> String) -> ArrayRef {
        Arc::new(array.iter().map(|v| v.map(change)).collect::<GenericStringArray<O>>())
    }
    Ok(match array.data_type() {
        DataType::Utf8 => match array.as_any().downcast_ref::<StringArray>() {
            Some(text) => mapped(text, change),
            None => Arc::clone(array),
        },
        DataType::LargeUtf8 => match array.as_any().downcast_ref::<LargeStringArray>() {
            Some(text) => mapped(text, change),
            None => Arc::clone(array),
        },
        DataType::Utf8View | DataType::Dictionary(..) => map_text(&cast(array, &DataType::Utf8)?, change)?,
        DataType::List(_) => match array.as_any().downcast_ref::<ListArray>() {
            Some(list) => {
                let values = map_text(list.values(), change)?;
                let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
                Arc::new(ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?)
            }
            None => Arc::clone(array),
        },
        DataType::Struct(_) | DataType::Map(..) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            let text: StringArray = json_cells(array)?.into_iter().map(|v| v.map(|v| change(&v))).collect();
            Arc::new(text)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let text: StringViewArray = json_cells(array)?.into_iter().collect();
            map_text(&(Arc::new(text) as ArrayRef), change)?
        }
        _ => Arc::clone(array),
    })
}

/// Every value of an array as JSON text.
fn json_cells(array: &ArrayRef) -> Result<Vec<Option<String>>, arrow::error::ArrowError> {
    let schema = Arc::new(Schema::new(vec![Field::new("v", array.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(schema, vec![Arc::clone(array)])?;
    let mut bytes = Vec::new();
    let mut writer = JsonBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut bytes);
    writer.write(&batch)?;
    writer.finish()?;
    let text = String::from_utf8_lossy(&bytes);
    let cells = text.lines().map(|line| {
        let cell = line.strip_prefix("{\"v\":").and_then(|l| l.strip_suffix('}')).unwrap_or_default();
        (cell != "null").then(|| cell.to_owned())
    });
    Ok(cells.collect())
}

/// A batch whose list columns are JSON text.
fn flat(batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::List(_) => Ok(Arc::new(StringArray::from(json_cells(column)?)) as ArrayRef),
            _ => Ok(Arc::clone(column)),
        })
        .collect::<Result<_, arrow::error::ArrowError>>()?;
    let fields: Vec<Field> = batch
        .schema()
        .fields()
        .iter()
        .zip(&columns)
        .map(|(f, c)| Field::new(f.name(), c.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
