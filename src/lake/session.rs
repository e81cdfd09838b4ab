//! SQL over the lake: read-only, bounded in memory, in UTC.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{ArrayRef, TimestampMicrosecondArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::common::ScalarValue;
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
pub use datafusion::execution::SendableRecordBatchStream as RowStream;
use datafusion::execution::context::SQLOptions;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionContext, col, lit};
use futures::{StreamExt, TryStreamExt};
use parquet::arrow::arrow_reader::RowSelection;

use super::engine::{SessionOptions, engine, temporary_folder};
use super::parts_table::{PartFile, PartsTable};
use super::reader::Footers;
use super::rows_table::rows_table;
use super::stored_view::StoredView;
use super::temporary::Temporary;
use super::{Error, Lake, Ledger, exports};
use crate::tables::{self, Column, Time};
use crate::window::Window;

/// Bytes up to which the rows of a view stay in memory. Reading a file of a few rows costs a query more than the rows.
const HELD_VIEW: usize = 1024 * 1024;

/// Answers read-only SQL.
pub struct Session {
    context: SessionContext,
    footers: Arc<Footers>,
    memory_limit: usize,
    stored: AtomicUsize,
    /// Bytes of the stored tables on disk, by name.
    pub(super) sizes: BTreeMap<&'static str, u64>,
    /// Spilled data and stored views; removed with the session.
    temporary: Temporary,
}

impl Session {
    /// A session over what the ledger names now, as tables `lake.<name>`.
    ///
    /// # Errors
    /// When the ledger cannot be read or the temporary folder cannot be created. Damaged ledger entries are left out;
    /// [`Lake::ledger`] lists them.
    pub fn open(lake: &Lake, options: &SessionOptions) -> Result<Self, Error> {
        Self::over(lake, &lake.ledger()?, options)
    }

    /// A session over the given entries of the ledger.
    ///
    /// # Errors
    /// When the temporary folder cannot be created.
    pub fn over(lake: &Lake, ledger: &Ledger, options: &SessionOptions) -> Result<Self, Error> {
        let mut files: BTreeMap<&str, Vec<PartFile>> = BTreeMap::new();
        for file in ledger.files() {
            let part = file.part;
            files.entry(&part.table).or_default().push(PartFile {
                path: lake.part_path(part),
                bytes: part.bytes,
                rows: file.rows(),
                times: Some((part.first_time, part.last_time)),
                kept: file.kept.map(|ranges| selection(&ranges, part.rows)),
            });
        }
        Self::build(files, ledger, options)
    }

    /// A session over an empty lake, for checking queries.
    ///
    /// # Errors
    /// When the temporary folder cannot be created.
    pub fn empty(options: &SessionOptions) -> Result<Self, Error> {
        Self::build(BTreeMap::new(), &Ledger::default(), options)
    }

    fn build(
        mut files: BTreeMap<&str, Vec<PartFile>>,
        ledger: &Ledger,
        options: &SessionOptions,
    ) -> Result<Self, Error> {
        let temporary = temporary_folder(options)?;
        let context = engine(options, &temporary)?;
        let footers = Arc::<Footers>::default();
        let mut sizes = BTreeMap::new();
        let lake = MemorySchemaProvider::new();
        let add = |name: &str, table| lake.register_table(name.to_owned(), table).map_err(|e| Error::planning(&e));
        for table in tables::all() {
            let files = files.remove(table.name).unwrap_or_default();
            sizes.insert(table.name, files.iter().map(|file| file.bytes).sum());
            let parts = PartsTable::new(&table.schema, Some(table.time_column), files, Arc::clone(&footers));
            add(
                table.name,
                if parts.is_empty() { memory_table(&parts.schema(), Vec::new())? } else { Arc::new(parts) },
            )?;
        }
        let exports = exports::batch(ledger).map_err(|e| Error::planning(&e.into()))?;
        add("exports", memory_table(&exports::schema(), vec![exports])?)?;
        add("window", window_table(options.window)?)?;
        let catalog = context.catalog("datafusion").ok_or_else(|| Error::Plan("there is no catalog".to_owned()))?;
        catalog.register_schema("lake", Arc::new(lake)).map_err(|e| Error::planning(&e))?;
        let memory_limit = options.memory_limit;
        Ok(Self { context, footers, memory_limit, stored: AtomicUsize::new(0), sizes, temporary })
    }

    /// The engine's context, for registering functions and looking at plans. Queries go through [`Session::run`].
    #[must_use]
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Plans a query without running it. Anything but one reading statement is refused.
    ///
    /// # Errors
    /// [`Error::Plan`] with what is wrong.
    pub async fn plan(&self, sql: &str) -> Result<DataFrame, Error> {
        let read_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame = Box::pin(self.context.sql_with_options(sql, read_only)).await;
        frame.map_err(|e| Error::planning(&e))
    }

    /// Runs a query and collects its rows.
    ///
    /// # Errors
    /// [`Error::Plan`] before anything was read, [`Error::Memory`] or [`Error::Query`] while it ran.
    pub async fn run(&self, sql: &str) -> Result<Vec<RecordBatch>, Error> {
        self.collect(self.plan(sql).await?).await
    }

    /// Runs a query with values for its `$name` parameters and collects its rows.
    ///
    /// # Errors
    /// As [`Session::run`]; a parameter without a value is a planning error.
    pub async fn run_with(&self, sql: &str, values: &[(String, ScalarValue)]) -> Result<Vec<RecordBatch>, Error> {
        let frame = self.plan(sql).await?.with_param_values(values.to_vec()).map_err(|e| Error::planning(&e))?;
        self.collect(frame).await
    }

    /// Runs a query with texts for its `$name` parameters and collects its rows.
    ///
    /// # Errors
    /// As [`Session::run_with`].
    pub async fn run_texts(&self, sql: &str, values: &[(&str, &str)]) -> Result<Vec<RecordBatch>, Error> {
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), ScalarValue::from(*value));
        self.run_with(sql, &values.iter().map(text).collect::<Vec<_>>()).await
    }

    /// Runs a query; its rows come as they are found.
    ///
    /// # Errors
    /// As [`Session::run`]; errors while it runs come through the stream, see [`Session::failed`].
    pub async fn stream(&self, sql: &str) -> Result<RowStream, Error> {
        self.start(self.plan(sql).await?).await
    }

    /// Turns an error of a running query into one that may be shown.
    #[must_use]
    pub fn failed(&self, error: &DataFusionError) -> Error {
        Error::running(error, self.memory_limit)
    }

    /// Registers a query under a name; it runs anew whenever the name is read. An older table of that name is replaced.
    ///
    /// # Errors
    /// As [`Session::plan`].
    pub async fn view(&self, name: &str, sql: &str) -> Result<(), Error> {
        let view = self.plan(sql).await?.into_view();
        self.register(name, view)
    }

    /// Runs a query once and registers its result under a name; for views that many queries read. A small result stays
    /// in memory, the rows of a larger one wait in a temporary file. Their order is that of the query if it has one.
    ///
    /// # Errors
    /// As [`Session::run`], and when the temporary file cannot be written. Returns the number of rows.
    pub async fn materialise(&self, name: &str, sql: &str) -> Result<u64, Error> {
        let mut rows = self.stream(sql).await?;
        let schema = all_nullable(&rows.schema());
        let (mut count, mut bytes, mut held) = (0, 0, Vec::new());
        let mut file: Option<StoredView> = None;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|e| self.failed(&e))?;
            let batch = RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())
                .map_err(|e| Error::planning(&e.into()))?;
            count += batch.num_rows() as u64;
            bytes += batch.get_array_memory_size();
            held.push(batch);
            if bytes > HELD_VIEW || file.is_some() {
                let file = match &mut file {
                    Some(file) => file,
                    none => none.insert(self.stored_view(name, &schema)?),
                };
                for batch in held.drain(..) {
                    file.add(&batch)?;
                }
            }
        }
        let table = match file {
            None => {
                // One batch: many small ones would be handled one by one in every query.
                let all = concat_batches(&schema, &held).map_err(|e| Error::planning(&e.into()))?;
                memory_table(&schema, vec![all])?
            }
            Some(file) => Arc::new(PartsTable::new(&schema, None, vec![file.finish()?], Arc::clone(&self.footers))),
        };
        self.register(name, table)?;
        Ok(count)
    }

    fn stored_view(&self, name: &str, schema: &SchemaRef) -> Result<StoredView, Error> {
        let number = self.stored.fetch_add(1, Ordering::Relaxed);
        StoredView::create(name, self.temporary.path().join(format!("view-{number}.parquet")), schema)
    }

    /// Leaves in every stored table with that text column only the rows with one of the values. Views that were
    /// registered before still read all rows.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn narrow(&self, column: &str, values: &[String]) -> Result<(), Error> {
        let wanted = col(column).in_list(values.iter().map(|value| lit(value.as_str())).collect(), false);
        for table in tables::all().iter().filter(|table| table.schema.column_with_name(column).is_some()) {
            let place = TableReference::partial("lake", table.name);
            let all = self.context.deregister_table(place.clone()).map_err(|e| Error::planning(&e))?;
            let Some(all) = all else { continue };
            let some = self.context.read_table(all).and_then(|frame| frame.filter(wanted.clone()));
            let some = some.map_err(|e| Error::planning(&e))?.into_view();
            self.context.register_table(place, some).map_err(|e| Error::planning(&e))?;
        }
        Ok(())
    }

    /// Registers rows in memory under a name. An older table of that name is replaced.
    ///
    /// # Errors
    /// When a batch does not have the schema.
    pub fn register_batches(&self, name: &str, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<(), Error> {
        self.register(name, memory_table(schema, batches)?)
    }

    #[cfg(test)]
    pub(super) fn temporary_for_tests(&self) -> &std::path::Path {
        self.temporary.path()
    }

    fn register(&self, name: &str, table: Arc<dyn TableProvider>) -> Result<(), Error> {
        let place = TableReference::bare(name);
        self.context.deregister_table(place.clone()).map_err(|e| Error::planning(&e))?;
        self.context.register_table(place, table).map_err(|e| Error::planning(&e))?;
        Ok(())
    }

    /// Starts a planned query. Up to here errors speak of the SQL only, from here on they may quote rows.
    async fn start(&self, frame: DataFrame) -> Result<RowStream, Error> {
        let task = Arc::new(frame.task_ctx());
        let plan = Box::pin(frame.create_physical_plan()).await.map_err(|e| Error::planning(&e))?;
        execute_stream(plan, task).map_err(|e| self.failed(&e))
    }

    async fn collect(&self, frame: DataFrame) -> Result<Vec<RecordBatch>, Error> {
        self.start(frame).await?.try_collect().await.map_err(|e| self.failed(&e))
    }
}

/// The rows in the ranges, of so many rows.
fn selection(ranges: &[Range<u64>], rows: u64) -> RowSelection {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let ranges = ranges.iter().map(|range| number(range.start)..number(range.end));
    RowSelection::from_consecutive_ranges(ranges, number(rows))
}

/// The schema with every column nullable: what was planned and what was computed may differ in that.
fn all_nullable(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().iter().map(|f| Field::clone(f).with_nullable(true)).collect::<Vec<_>>()))
}

pub(super) fn memory_table(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Arc<dyn TableProvider>, Error> {
    rows_table(schema, batches).map_err(|e| Error::planning(&e))
}

fn window_table(window: Window) -> Result<Arc<dyn TableProvider>, Error> {
    let field = |name| Field::new(name, <Time as Column>::data_type(), true);
    let schema = Arc::new(Schema::new(vec![field("start"), field("end")]));
    let column = |t| Arc::new(TimestampMicrosecondArray::from(vec![t]).with_timezone("UTC")) as ArrayRef;
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column(window.start), column(window.end)])
        .map_err(|e| Error::planning(&e.into()))?;
    memory_table(&schema, vec![batch])
}
