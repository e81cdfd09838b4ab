//! The public tables: SQL views in `queries/views/` over the stored tables, the catalogue and the window of the run.
//!
//! Converting an export is independent work, so the stored tables hold the same message, call or request once per
//! export that shows it. The views make each thing once, join results to calls and names to what they mean, and cut
//! what lies outside the window. `history_<name>` is the same as `<name>` without that cut.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::TimestampMicrosecondArray;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use datafusion::catalog::{MemTable, MemorySchemaProvider};
use datafusion::config::Dialect;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use serde::Deserialize;

use super::catalog::QUERIES;
use super::contract::{bare_session, explain};
use super::data::DataTables;
use super::front_matter::{self, Case};
use super::run::public_schemas;
use super::signals;
use super::statements::statements;
use crate::tables;

/// SQL schema that holds the stored tables.
pub const LAKE: &str = "lake";

/// One-row table with the window of the run.
pub const RUN_WINDOW: &str = "run_window";

/// One view.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Name of the public table.
    pub name: String,
    /// One sentence: what a row is.
    pub doc: String,
    /// Whether its rows are computed once per run and kept, because much reads them.
    pub materialise: bool,
    /// Whether cases of detections leave its rows out: they follow from the rows that the cases give.
    pub derived: bool,
    /// Whether it needs every row of the lake even where only what some users did is asked for.
    pub whole_lake: bool,
    /// A sentence for columns that the stored tables do not explain.
    pub columns: BTreeMap<String, String>,
    /// Proof: rows of what it reads, and the rows that it must give.
    pub cases: Vec<Case>,
    /// The whole file; the metadata is SQL comments.
    pub sql: String,
}

/// A view that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("queries/views/{name}: {message}")]
pub struct ViewError {
    /// The view, or `order.toml`.
    pub name: String,
    /// Why, in one line.
    pub message: String,
}

impl ViewError {
    fn new(name: &str, message: impl ToString) -> Self {
        Self { name: name.to_owned(), message: message.to_string() }
    }

    fn engine(name: &str, error: &DataFusionError) -> Self {
        Self::new(name, explain(error))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    order: Vec<String>,
    over_signals: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    doc: String,
    #[serde(default)]
    materialise: bool,
    #[serde(default)]
    derived: bool,
    #[serde(default)]
    whole_lake: bool,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    #[serde(default)]
    case: Vec<toml::Table>,
}

/// The embedded views in the order in which they are registered.
///
/// # Errors
/// When a file is missing or its metadata cannot be read; the tests prove that none is.
pub fn views() -> Result<Vec<View>, ViewError> {
    read(&order()?.order)
}

/// The embedded views that read the signals, in the order in which they are registered once these are found.
///
/// # Errors
/// When a file is missing or its metadata cannot be read; the tests prove that none is.
pub fn over_signals() -> Result<Vec<View>, ViewError> {
    read(&order()?.over_signals)
}

/// The views whose rows cases of detections need not give, in the order in which they are registered.
///
/// # Errors
/// When a file is missing or its metadata cannot be read; the tests prove that none is.
pub fn derived() -> Result<Vec<View>, ViewError> {
    Ok(views()?.into_iter().chain(over_signals()?).filter(|view| view.derived).collect())
}

fn order() -> Result<Order, ViewError> {
    toml::from_str(file("order.toml")?).map_err(|e| ViewError::new("order.toml", e.message()))
}

fn read(names: &[String]) -> Result<Vec<View>, ViewError> {
    names.iter().map(|name| parse(name, file(&format!("{name}.sql"))?)).collect()
}

fn file(name: &str) -> Result<&'static str, ViewError> {
    let found = QUERIES.get_file(format!("views/{name}")).and_then(include_dir::File::contents_utf8);
    found.ok_or_else(|| ViewError::new(name, "is missing or is not UTF-8 text"))
}

fn parse(name: &str, sql: &str) -> Result<View, ViewError> {
    let mut lines = sql.lines();
    if lines.next() != Some("-- +++") {
        return Err(ViewError::new(name, "the first line must be \"-- +++\""));
    }
    let mut text = String::new();
    for line in lines {
        match line.strip_prefix("--") {
            Some(comment) if comment.trim() == "+++" => {
                let header: Header = toml::from_str(&text).map_err(|e| ViewError::new(name, e.message()))?;
                let cases = header.case.into_iter().map(front_matter::parse_case).collect::<Result<_, _>>();
                return Ok(View {
                    cases: cases.map_err(|e| ViewError::new(name, e))?,
                    name: name.to_owned(),
                    doc: header.doc,
                    materialise: header.materialise,
                    derived: header.derived,
                    whole_lake: header.whole_lake,
                    columns: header.columns,
                    sql: sql.to_owned(),
                });
            }
            Some(comment) => {
                text.push_str(comment);
                text.push('\n');
            }
            None => break,
        }
    }
    Err(ViewError::new(name, "the metadata is not closed by a line \"-- +++\""))
}

/// Registers the window of the run as the one-row table [`RUN_WINDOW`]; an open end is null.
///
/// # Errors
/// When the engine refuses the table.
pub fn register_window(ctx: &SessionContext, start: Option<i64>, end: Option<i64>) -> Result<(), DataFusionError> {
    let kind = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let schema =
        Arc::new(Schema::new(vec![Field::new("start_time", kind.clone(), true), Field::new("end_time", kind, true)]));
    let column = |value: Option<i64>| Arc::new(TimestampMicrosecondArray::from(vec![value]).with_timezone("UTC"));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column(start), column(end)])?;
    ctx.deregister_table(RUN_WINDOW)?;
    ctx.register_table(RUN_WINDOW, Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))?;
    Ok(())
}

/// The views that a query needs, in the order in which they are registered: those it names, and those that these read.
///
/// Computing all of them for every question would take longer than the question. A query that asks for the list of
/// tables needs all of them.
///
/// # Errors
/// When a view cannot be read as SQL. A query that cannot be read needs nothing; running it tells what is wrong.
pub fn needed(ctx: &SessionContext, sql: &str) -> Result<Vec<View>, ViewError> {
    let all = views()?;
    if sql.to_ascii_lowercase().contains("information_schema") {
        return Ok(all);
    }
    let mut wanted = references(ctx, sql).unwrap_or_default();
    let mut needed = Vec::new();
    // A view reads only views before it, so one walk backwards finds all.
    for view in all.into_iter().rev() {
        if wanted.contains(&view.name) {
            wanted.extend(sources(ctx, &view)?);
            needed.push(view);
        }
    }
    needed.reverse();
    Ok(needed)
}

/// Those of the views that need the whole lake, and those that they read, in the same order.
///
/// # Errors
/// When a view cannot be read as SQL; the tests prove that each can.
pub fn of_whole_lake(ctx: &SessionContext, views: &[View]) -> Result<Vec<View>, ViewError> {
    let (mut read, mut found) = (BTreeSet::new(), Vec::new());
    for view in views.iter().rev() {
        if view.whole_lake || read.contains(&view.name) {
            read.extend(sources(ctx, view)?);
            found.push(view.clone());
        }
    }
    found.reverse();
    Ok(found)
}

/// Names of the public tables that a view reads.
///
/// # Errors
/// When the view cannot be read as SQL; the tests prove that each can.
pub fn sources(ctx: &SessionContext, view: &View) -> Result<BTreeSet<String>, ViewError> {
    references(ctx, &view.sql).map_err(|error| ViewError::engine(&view.name, &error))
}

/// Whether a query reads what detections found: the signals, or a view over them.
#[must_use]
pub fn reads_signals(ctx: &SessionContext, sql: &str) -> bool {
    let over: Vec<String> = over_signals().unwrap_or_default().into_iter().map(|view| view.name).collect();
    references(ctx, sql)
        .is_ok_and(|names| names.contains(signals::TABLE) || over.iter().any(|name| names.contains(name)))
}

/// The first table that a query reads and the session has not, and the names of those that it has. None when the query
/// cannot be understood, or all its tables are there.
#[must_use]
pub fn unknown_table(ctx: &SessionContext, sql: &str) -> Option<(String, Vec<String>)> {
    let schema = ctx.catalog("datafusion")?.schema("public")?;
    let name = references(ctx, sql).ok()?.into_iter().find(|name| !schema.table_exist(name))?;
    let mut names = schema.table_names();
    names.sort_unstable();
    Some((name, names))
}

/// Names of the tables without a schema that the queries of a text read.
fn references(ctx: &SessionContext, sql: &str) -> Result<BTreeSet<String>, DataFusionError> {
    let state = ctx.state();
    let mut all = BTreeSet::new();
    for sql in statements(sql) {
        let statement = state.sql_to_statement(sql, &Dialect::Generic)?;
        let names = state.resolve_table_references(&statement)?;
        let public = names.iter().filter(|n| n.schema().is_none_or(|s| s == "public"));
        all.extend(public.map(|n| n.table().to_owned()));
    }
    Ok(all)
}

/// Registers every view in the session, which must already hold the stored tables under [`LAKE`], the data tables and
/// the window. Materialised views are computed here.
///
/// # Errors
/// The first view that cannot be planned or computed.
pub async fn register(ctx: &SessionContext) -> Result<(), ViewError> {
    for view in views()? {
        let registered = if view.materialise { compute(ctx, &view).await } else { register_plain(ctx, &view).await };
        registered.map_err(|error| ViewError::engine(&view.name, &error))?;
    }
    Ok(())
}

async fn compute(ctx: &SessionContext, view: &View) -> Result<(), DataFusionError> {
    let frame = ctx.sql(&view.sql).await?;
    let planned = Arc::clone(frame.schema().inner());
    let batches = frame.collect().await?;
    // What was computed may be stricter about nulls than what was planned. The guide tells which columns may hold none, so
    // views without rows are computed here and not left out of plans.
    let schema = batches.first().map_or(planned, RecordBatch::schema);
    ctx.deregister_table(view.name.as_str())?;
    ctx.register_table(view.name.as_str(), Arc::new(MemTable::try_new(schema, vec![batches])?))?;
    Ok(())
}

/// Registers a view that is computed whenever it is read.
pub(super) async fn register_plain(ctx: &SessionContext, view: &View) -> Result<(), DataFusionError> {
    let provider = ctx.sql(&view.sql).await?.into_view();
    ctx.deregister_table(view.name.as_str())?;
    ctx.register_table(view.name.as_str(), provider)?;
    Ok(())
}

/// Registers every stored table under [`LAKE`], empty.
///
/// # Errors
/// When the engine refuses a table.
pub fn register_empty_lake(ctx: &SessionContext) -> Result<(), DataFusionError> {
    lake_schema(ctx)?;
    for table in tables::all() {
        let empty = MemTable::try_new(table.schema, vec![vec![]])?;
        ctx.register_table(format!("{LAKE}.{}", table.name), Arc::new(empty))?;
    }
    let exports = MemTable::try_new(crate::lake::exports_schema(), vec![vec![]])?;
    ctx.register_table(format!("{LAKE}.exports"), Arc::new(exports))?;
    Ok(())
}

fn lake_schema(ctx: &SessionContext) -> Result<(), DataFusionError> {
    let name = ctx.copied_config().options().catalog.default_catalog.clone();
    let catalog = ctx.catalog(&name).ok_or_else(|| DataFusionError::Plan(format!("there is no catalog {name}")))?;
    if catalog.schema(LAKE).is_none() {
        catalog.register_schema(LAKE, Arc::new(MemorySchemaProvider::new()))?;
    }
    Ok(())
}

/// Names and schemas of all public tables, planned over an empty lake: what a detection may read.
///
/// # Errors
/// When a view cannot be planned; the tests prove that none is.
pub async fn public_tables(data: &DataTables) -> Result<BTreeMap<String, SchemaRef>, ViewError> {
    let ctx = bare_session();
    let prepared =
        register_empty_lake(&ctx).and_then(|()| data.register(&ctx)).and_then(|()| register_window(&ctx, None, None));
    prepared.map_err(|error| ViewError::engine("order.toml", &error))?;
    register(&ctx).await?;
    Ok(public_schemas(&ctx).await)
}

/// Every view, those over the signals included, with the schemas of all public tables: what people can query.
///
/// # Errors
/// When a view cannot be planned; the tests prove that none is.
pub async fn all_public(data: &DataTables) -> Result<(Vec<View>, BTreeMap<String, SchemaRef>), ViewError> {
    let public = public_tables(data).await?;
    let public = signals::beside(&public).await.map_err(|error| ViewError::engine("order.toml", &error))?;
    Ok((views()?.into_iter().chain(over_signals()?).collect(), public))
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
