//! Rows in memory as a table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::ViewTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};

/// A table of rows in memory. Where there are none, the planner is told so: whatever joins or filters them is then left
/// out of the plans of queries, and planning is most of what a query over a few rows costs.
///
/// # Errors
/// When a batch does not have the schema.
pub fn rows_table(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    if batches.iter().any(|batch| batch.num_rows() > 0) {
        return Ok(Arc::new(MemTable::try_new(Arc::clone(schema), vec![batches])?));
    }
    let schema = Arc::new(DFSchema::try_from(Arc::clone(schema))?);
    let nothing = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema });
    Ok(Arc::new(ViewTable::new(nothing, None)))
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;
    use datafusion::prelude::SessionContext;

    use super::*;

    async fn plan(rows: Vec<i64>, sql: &str) -> (String, usize) {
        let ctx = SessionContext::new();
        let batch = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(rows)) as _)]).unwrap();
        ctx.register_table("some", rows_table(&batch.schema(), vec![batch]).unwrap()).unwrap();
        let frame = ctx.sql(sql).await.unwrap();
        let plan = frame.clone().into_optimized_plan().unwrap().to_string();
        (plan, frame.collect().await.unwrap().iter().map(RecordBatch::num_rows).sum())
    }

    #[tokio::test]
    async fn what_reads_no_rows_is_not_planned() {
        let sql =
            "SELECT a.n, count(*) AS c FROM some a JOIN some b ON a.n = b.n WHERE a.n > 1 GROUP BY a.n ORDER BY 1";
        assert_eq!(plan(vec![], sql).await, ("EmptyRelation: rows=0".to_owned(), 0));
        assert_eq!(plan(vec![1, 2, 3], sql).await.1, 2);
        assert_eq!(plan(vec![], "SELECT count(*) FROM some").await.1, 1, "what counts them still says none");
    }

    #[tokio::test]
    async fn batches_without_rows_are_no_rows() {
        let schema = Arc::new(arrow::datatypes::Schema::empty());
        let table = rows_table(&schema, vec![RecordBatch::new_empty(Arc::clone(&schema))]).unwrap();
        assert!(table.get_logical_plan().is_some() && table.schema().fields().is_empty());
    }
}
