//! `lightmeter query`: one read-only SQL query over the lake.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;
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
use tokio::runtime::Handle;

use super::engine::{self, Engine};
use super::output;
use crate::cli::{self, QueryFormat};
use crate::config::Config;
use crate::error::Error;
use crate::lake::{Lake, ParquetFile};
use crate::outcome::Outcome;
use crate::secrets::Scanner;
use crate::window::Window;

/// Longest query that is read, in bytes.
const MAX_SQL: u64 = 1 << 20;

/// Rows of the terminal table; the other formats have no limit.
const MAX_TABLE_ROWS: usize = 10_000;

/// Longest cell of the terminal table, in characters; the other formats cut nothing.
const MAX_CELL: usize = 200;

/// Runs the command. Without a query it answers one after the other when somebody types them, else it reads one from
/// standard input. `history` is the file in which the prompt keeps what was typed.
///
/// # Errors
/// When the query cannot be read or run, or its result cannot be written.
pub async fn run(
    args: &cli::Query,
    lake: &Lake,
    window: Window,
    config: &Config,
    history: Option<&Path>,
) -> Result<Outcome, Error> {
    let to = args.output.as_deref();
    if args.format == QueryFormat::Parquet && to.is_none() {
        return Err(Error::Usage("Parquet is for files: name one with -o FILE".to_owned()));
    }
    let scanner = if args.reveal { None } else { Some(scanner()?) };
    let ledger = lake.ledger()?;
    let asked = args.sql.is_some() || args.file.is_some();
    if !asked && to.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal() {
        let engine = engine::open(Some((lake, &ledger)), window, config, &[], None).await?;
        return super::prompt::run(&engine, args.format, scanner.as_ref(), history).await;
    }
    let sql = read_sql(args)?;
    let mut engine = engine::open(Some((lake, &ledger)), window, config, &[], Some(&sql)).await?;
    if engine.session.plan(&sql).await.is_err() {
        // Only a session with every view can suggest the table that was meant.
        engine = engine::open(Some((lake, &ledger)), window, config, &[], None).await?;
    }
    answer(&engine, &sql, args.format, to, scanner.as_ref()).await?;
    Ok(Outcome::Done)
}

/// Runs one query and writes its result.
///
/// # Errors
/// As [`run`].
pub(super) async fn answer(
    engine: &Engine,
    sql: &str,
    format: QueryFormat,
    to: Option<&Path>,
    scanner: Option<&Scanner>,
) -> Result<(), Error> {
    let mut stream = engine.session.stream(sql).await?;
    let schema = stream.schema();
    let failed = |e: arrow::error::ArrowError| Error::Engine(e.to_string());
    let shown = |batch: &RecordBatch| showable(batch, scanner, format);
    // The first batch is computed before anything is written, so that a query that fails leaves no output.
    let first = match stream.next().await {
        Some(batch) => batch.map_err(|e| engine.session.failed(&e))?,
        None => RecordBatch::new_empty(schema),
    };
    let mut first = Some(shown(&first).map_err(failed)?);
    let mut next = || -> io::Result<Option<RecordBatch>> {
        if let Some(batch) = first.take() {
            return Ok(Some(batch));
        }
        // Output is written by blocking calls; the runtime goes on with the query meanwhile.
        let batch = tokio::task::block_in_place(|| Handle::current().block_on(stream.next()));
        let Some(batch) = batch else { return Ok(None) };
        let batch = batch.map_err(|e| io::Error::other(engine.session.failed(&e)))?;
        shown(&batch).map(Some).map_err(io::Error::other)
    };
    match (format, to) {
        (QueryFormat::Parquet, Some(path)) => output::write_file(path, |file| parquet(file, &mut next)),
        _ => output::write(to, |out| match format {
            QueryFormat::Table | QueryFormat::Parquet => table(out, &mut next),
            QueryFormat::Csv => csv(out, &mut next),
            QueryFormat::Json => json(out, &mut next, true),
            QueryFormat::Jsonl => json(out, &mut next, false),
        }),
    }
}

fn parquet(file: &mut File, next: Batches<'_>) -> io::Result<()> {
    let Some(first) = next()? else { return Ok(()) };
    let mut writer = ParquetFile::new(file, first.schema()).map_err(io::Error::other)?;
    writer.write(&first).map_err(io::Error::other)?;
    while let Some(batch) = next()? {
        writer.write(&batch).map_err(io::Error::other)?;
    }
    writer.finish().map_err(io::Error::other)
}

/// Gives one batch after the other, ready to be shown.
type Batches<'b> = &'b mut dyn FnMut() -> io::Result<Option<RecordBatch>>;

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
    let file = args.file.as_ref().filter(|path| path.as_os_str() != "-");
    match (file, args.sql.as_deref()) {
        (Some(path), _) => {
            let name = crate::text::one_line(&path.to_string_lossy(), 200).into_owned();
            let file = File::open(path).map_err(|e| failed(&name, e))?;
            file.take(MAX_SQL).read_to_string(&mut sql).map_err(|e| failed(&name, e))?;
        }
        (None, Some("-") | None) => {
            io::stdin().take(MAX_SQL).read_to_string(&mut sql).map_err(|e| failed("standard input", e))?;
        }
        (None, text) => sql = text.unwrap_or_default().to_owned(),
    }
    if sql.trim().is_empty() {
        return Err(Error::Usage("the query is empty".to_owned()));
    }
    Ok(sql)
}

fn table(out: &mut dyn Write, next: Batches<'_>) -> io::Result<()> {
    let mut kept = Vec::new();
    let (mut rows, mut all) = (0, 0);
    while let Some(batch) = next()? {
        let take = batch.num_rows().min(MAX_TABLE_ROWS - rows);
        all += batch.num_rows();
        rows += take;
        if take > 0 || kept.is_empty() {
            kept.push(batch.slice(0, take));
        }
    }
    writeln!(out, "{}", pretty_format_batches(&kept).map_err(io::Error::other)?)?;
    match all - rows {
        0 => writeln!(out, "{rows} {}", if rows == 1 { "row" } else { "rows" }),
        more => writeln!(out, "the first {rows} rows; {more} more are shown by --format csv, json or jsonl"),
    }
}

fn csv(out: &mut dyn Write, next: Batches<'_>) -> io::Result<()> {
    let mut writer = CsvBuilder::new().with_header(true).build(out);
    while let Some(batch) = next()? {
        // A list has no form in CSV; it is written as JSON text.
        writer.write(&flat(&batch).map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    Ok(())
}

fn json(out: &mut dyn Write, next: Batches<'_>, array: bool) -> io::Result<()> {
    let builder = JsonBuilder::new().with_explicit_nulls(true);
    if array {
        let mut writer = builder.build::<_, JsonArray>(&mut *out);
        while let Some(batch) = next()? {
            writer.write(&batch).map_err(io::Error::other)?;
        }
        writer.finish().map_err(io::Error::other)?;
        return writeln!(out);
    }
    let mut writer = builder.build::<_, LineDelimited>(out);
    while let Some(batch) = next()? {
        writer.write(&batch).map_err(io::Error::other)?;
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
            // Nobody looks at these bytes as they are.
            QueryFormat::Parquet => redacted.into_owned(),
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
