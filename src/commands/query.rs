//! `lightmeter query`: read-only SQL over the lake.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;

use arrow::csv::WriterBuilder as CsvBuilder;
use arrow::json::writer::{JsonArray, LineDelimited, WriterBuilder as JsonBuilder};
use arrow::record_batch::RecordBatch;
use futures::StreamExt;
use tokio::runtime::Handle;

use super::cells::{flat, showable};
use super::engine::{self, Engine};
use super::query_table::{self, MAX_CELL};
use super::target::named;
use super::{note, output, screen};
use crate::cli::{self, QueryFormat};
use crate::config::Config;
use crate::detect::statements::statements;
use crate::detect::{docs, views};
use crate::error::Error;
use crate::lake::{self, Lake, ParquetFile, RowStream};
use crate::outcome::Outcome;
use crate::secrets::Scanner;
use crate::window::Window;

/// Longest query that is read, in bytes.
const MAX_SQL: u64 = 1 << 20;

/// How a result is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The format.
    pub(super) format: QueryFormat,
    /// Longest cell of a table, in characters; the other formats cut nothing.
    pub(super) max_cell: usize,
    /// Characters of a line of the screen that a table fits; none where it is as wide as its cells.
    pub(super) width: Option<usize>,
    /// One line per column of each row instead of a table.
    pub(super) expanded: bool,
}

/// Runs the command. Without a query it answers one after the other when somebody types them, else it reads them from
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
    quiet: bool,
) -> Result<Outcome, Error> {
    let to = named(args.output.as_deref());
    if args.format == QueryFormat::Parquet && to.is_none() {
        return Err(Error::Usage("Parquet is for files: name one with -o FILE".to_owned()));
    }
    let scanner = if args.reveal { None } else { Some(scanner()?) };
    // A screen is narrow and scrolls away; whoever reads a pipe or a file wants what is there.
    let usual = if to.is_none() && io::stdout().is_terminal() && !args.expanded { MAX_CELL } else { 0 };
    let max_cell = Some(args.max_cell.unwrap_or(usual)).filter(|n| *n > 0).unwrap_or(usize::MAX);
    // Whoever says how long a cell may be has chosen.
    let width = screen::width(to).filter(|_| !args.wide && args.max_cell.is_none());
    let shape = Shape { format: args.format, max_cell, width, expanded: args.expanded };
    let ledger = lake.ledger()?;
    let asked = args.sql.is_some() || args.file.is_some();
    if !asked && to.is_none() && io::stdin().is_terminal() && io::stdout().is_terminal() {
        let engine = engine::open(Some((lake, &ledger)), window, config, &[], None).await?;
        return super::prompt::run(&engine, shape, scanner.as_ref(), history).await;
    }
    let text = read_sql(args)?;
    let queries = statements(&text);
    if args.format == QueryFormat::Parquet && queries.len() > 1 {
        let several = format!("a Parquet file takes the rows of one query, and there are {}", queries.len());
        return Err(Error::Usage(several));
    }
    let mut engine = engine::open(Some((lake, &ledger)), window, config, &[], Some(&text)).await?;
    if let Err(error) = understood(&engine, &queries).await {
        if !queries.iter().any(|sql| views::unknown_table(engine.session.context(), sql).is_some()) {
            return Err(error);
        }
        // Only a session with every view can suggest the table that was meant.
        engine = engine::open(Some((lake, &ledger)), window, config, &[], None).await?;
        understood(&engine, &queries).await?;
    }
    let said = answer(&engine, &queries, shape, to, scanner.as_ref()).await?;
    said.iter().for_each(|text| note(quiet, text));
    Ok(Outcome::Done)
}

/// Whether every query can be run; nothing is written before that is known of all.
async fn understood(engine: &Engine, queries: &[&str]) -> Result<(), Error> {
    for sql in queries {
        engine.session.plan(sql).await.map_err(|error| explained(engine, sql, error))?;
    }
    Ok(())
}

/// Runs queries and writes their results, one after the other. Returns what is to be said beside them.
///
/// # Errors
/// As [`run`].
pub(super) async fn answer(
    engine: &Engine,
    queries: &[&str],
    shape: Shape,
    to: Option<&Path>,
    scanner: Option<&Scanner>,
) -> Result<Vec<String>, Error> {
    let Some((sql, more)) = queries.split_first() else { return Ok(Vec::new()) };
    // The first rows are computed before anything is written, so that a query that fails leaves no output.
    let mut first = Rows::of(engine, sql, shape.format, scanner).await?;
    let mut said = Vec::new();
    match (shape.format, to) {
        (QueryFormat::Parquet, Some(path)) => output::write_file(path, |file| parquet(file, &mut || first.next())),
        _ => output::write(to, |out| {
            said.extend(write(out, &mut first, shape)?);
            for sql in more {
                let rows = Rows::of(engine, sql, shape.format, scanner);
                let rows = tokio::task::block_in_place(|| Handle::current().block_on(rows));
                if matches!(shape.format, QueryFormat::Table | QueryFormat::Csv) {
                    writeln!(out)?;
                }
                said.extend(write(out, &mut rows.map_err(io::Error::other)?, shape)?);
            }
            Ok(())
        }),
    }
    .map_err(of_query)?;
    Ok(said)
}

/// Writes the result of one query. Returns what is to be said beside it.
fn write(out: &mut dyn Write, rows: &mut Rows<'_>, shape: Shape) -> io::Result<Option<String>> {
    let next: Batches<'_> = &mut || rows.next();
    match shape.format {
        QueryFormat::Table | QueryFormat::Parquet => return query_table::write(out, next, shape),
        QueryFormat::Csv => csv(out, next)?,
        QueryFormat::Json => json(out, next, true)?,
        QueryFormat::Jsonl => json(out, next, false)?,
    }
    Ok(None)
}

/// The rows of a query, ready to be shown.
struct Rows<'e> {
    engine: &'e Engine,
    scanner: Option<&'e Scanner>,
    format: QueryFormat,
    /// Rows that wait to be taken.
    first: Option<RecordBatch>,
    stream: RowStream,
}

impl<'e> Rows<'e> {
    /// Starts a query and computes its first rows.
    async fn of(
        engine: &'e Engine,
        sql: &str,
        format: QueryFormat,
        scanner: Option<&'e Scanner>,
    ) -> Result<Self, Error> {
        let stream = engine.session.stream(sql).await.map_err(|error| explained(engine, sql, error))?;
        let mut rows = Self { engine, scanner, format, first: None, stream };
        let first = match rows.stream.next().await {
            Some(batch) => batch.map_err(|e| engine.session.failed(&e))?,
            None => RecordBatch::new_empty(rows.stream.schema()),
        };
        rows.first = Some(rows.shown(&first).map_err(|e| Error::Engine(e.to_string()))?);
        Ok(rows)
    }

    fn shown(&self, batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
        showable(batch, self.scanner, self.format)
    }

    fn next(&mut self) -> io::Result<Option<RecordBatch>> {
        if let Some(batch) = self.first.take() {
            return Ok(Some(batch));
        }
        // Output is written by blocking calls; the runtime goes on with the query meanwhile.
        let batch = tokio::task::block_in_place(|| Handle::current().block_on(self.stream.next()));
        let Some(batch) = batch else { return Ok(None) };
        let batch = batch.map_err(|e| io::Error::other(self.engine.session.failed(&e)))?;
        self.shown(&batch).map(Some).map_err(io::Error::other)
    }
}

/// An error of the query that came while its rows were written is none of the output.
fn of_query(error: Error) -> Error {
    match error {
        Error::Output { to, source } => match source.downcast::<lake::Error>() {
            Ok(error) => error.into(),
            Err(source) => source.downcast::<Error>().unwrap_or_else(|source| Error::Output { to, source }),
        },
        error => error,
    }
}

/// An error of planning in the words of whoever asks; of a table that is not there, with the one that may be meant.
fn explained(engine: &Engine, sql: &str, error: lake::Error) -> Error {
    let unknown = match &error {
        lake::Error::Plan(_) => views::unknown_table(engine.session.context(), sql),
        _ => None,
    };
    let error = match unknown {
        None => error,
        Some((name, known)) => {
            let near = docs::nearest(&name, known.iter().map(String::as_str), &engine.data);
            let name = crate::text::one_line(&name, 80);
            lake::Error::Plan(format!("there is no table {name}{near}; `lightmeter schema` shows all"))
        }
    };
    match error {
        lake::Error::Plan(message) => lake::Error::Plan(without_typed(sql, message)).into(),
        error => error.into(),
    }
}

/// A message without the secrets of the query: the engine writes names in lower case, in which some look like none.
fn without_typed(sql: &str, message: String) -> String {
    let Ok(scanner) = scanner() else { return message };
    let typed = scanner.look(sql).hidden();
    typed.into_iter().fold(message, |message, (span, mark)| match sql.get(span).map(str::to_lowercase) {
        Some(lower) if !lower.is_empty() => message.replace(&lower, &mark),
        _ => message,
    })
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
pub(super) type Batches<'b> = &'b mut dyn FnMut() -> io::Result<Option<RecordBatch>>;

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
