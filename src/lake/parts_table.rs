//! A table over exactly the parts that were named when the session was opened.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, TimestampMicrosecondArray, UInt64Array};
use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use parquet::arrow::arrow_reader::RowSelection;

use super::reader::{Footers, LocalFiles, OnDisk};

/// One Parquet file of a table.
#[derive(Debug, Clone)]
pub(super) struct PartFile {
    /// Full path.
    pub(super) path: PathBuf,
    /// Size in bytes.
    pub(super) bytes: u64,
    /// Rows.
    pub(super) rows: u64,
    /// Earliest and latest time in the time column, microseconds; `None` when not known.
    pub(super) times: Option<(i64, i64)>,
    /// The rows that count, when not all do.
    pub(super) kept: Option<RowSelection>,
}

/// Parquet files as one read-only table.
#[derive(Debug)]
pub(super) struct PartsTable {
    schema: SchemaRef,
    time_column: Option<&'static str>,
    files: Vec<PartFile>,
    footers: Arc<Footers>,
}

impl PartsTable {
    /// A table with the columns of `schema`, all nullable: a part may be older than a column.
    pub(super) fn new(
        schema: &Schema,
        time_column: Option<&'static str>,
        files: Vec<PartFile>,
        footers: Arc<Footers>,
    ) -> Self {
        let fields = schema.fields().iter().map(|f| Field::clone(f).with_nullable(true)).collect::<Vec<_>>();
        Self { schema: Arc::new(Schema::new(fields)), time_column, files, footers }
    }

    /// Whether there are no files.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files that may hold rows that pass the filters, judged by their times.
    fn pruned(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<&PartFile>> {
        let all = || self.files.iter().collect();
        let Some(filter) = conjunction(filters.iter().cloned()) else { return Ok(all()) };
        let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let filter = state.create_physical_expr(filter, &schema)?;
        let Ok(predicate) = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&self.schema)).try_build(filter)
        else {
            return Ok(all());
        };
        let keep = predicate.prune(self)?;
        Ok(self.files.iter().zip(keep).filter(|(_, keep)| *keep).map(|(file, _)| file).collect())
    }

    fn times(&self, column: &Column, pick: fn((i64, i64)) -> i64) -> Option<ArrayRef> {
        if self.time_column != Some(column.name()) {
            return None;
        }
        let values = self.files.iter().map(|f| f.times.map(pick)).collect::<TimestampMicrosecondArray>();
        Some(Arc::new(values.with_timezone("UTC")))
    }
}

impl PruningStatistics for PartsTable {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.times(column, |(first, _)| first)
    }
    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.times(column, |(_, last)| last)
    }
    fn num_containers(&self) -> usize {
        self.files.len()
    }
    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }
    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(self.files.iter().map(|f| Some(f.rows)).collect::<UInt64Array>()))
    }
    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// Splits files into at most `count` runs of similar size, in order.
fn groups(files: &[&PartFile], count: usize) -> Vec<FileGroup> {
    let total: u64 = files.iter().map(|f| f.bytes).sum();
    let share = (total / count.max(1) as u64).max(1);
    let mut groups: Vec<Vec<PartitionedFile>> = Vec::new();
    let mut seen = 0;
    for file in files {
        let at = usize::try_from(seen / share).unwrap_or(usize::MAX).min(count.max(1) - 1);
        seen += file.bytes;
        if groups.len() <= at {
            groups.push(Vec::new());
        }
        let mut scanned =
            PartitionedFile::new(file.path.to_string_lossy(), file.bytes).with_extension(OnDisk(file.path.clone()));
        if let Some(kept) = &file.kept {
            scanned = scanned.with_extension(ParquetRowSelection::new(kept.clone()));
        }
        if let Some(group) = groups.last_mut() {
            group.push(scanned);
        }
    }
    groups.into_iter().map(FileGroup::new).collect()
}

#[async_trait]
impl TableProvider for PartsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = self.pruned(state, filters)?;
        if files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let rows: u64 = files.iter().map(|f| f.rows).sum();
        let mut statistics = Statistics::new_unknown(&self.schema);
        // Inexact on purpose: a count is answered from the files, not from what the ledger says about them.
        statistics.num_rows = Precision::Inexact(usize::try_from(rows).unwrap_or(usize::MAX));
        let source = ParquetSource::new(TableSchema::from(Arc::clone(&self.schema)))
            .with_table_parquet_options(state.default_table_options().parquet)
            .with_parquet_file_reader_factory(Arc::new(LocalFiles(Arc::clone(&self.footers))));
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups(&files, state.config().target_partitions()))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
