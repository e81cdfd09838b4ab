//! Runs the cases of views: the given rows become the tables that the view reads, its rows are compared with what is
//! expected.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use super::cases::{compare, row_message};
use super::contract::{bare_session, empty_session, explain};
use super::data::DataTables;
use super::front_matter::Case;
use super::json;
use super::views::{LAKE, View, register_empty_lake};
use crate::lake::rows_table;
use crate::tables;

/// Everything that is wrong with the cases of a view, as sentences. `public` are the schemas of all public tables.
///
/// # Errors
/// When the engine refuses the empty tables.
pub(super) async fn problems(
    view: &View,
    public: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> Result<Vec<String>, DataFusionError> {
    let mut problems = Vec::new();
    for case in &view.cases {
        // Exports arrive in any order, so the same rows in another order must give the same rows.
        for turned in [false, true] {
            let ctx = session(view, public, data)?;
            let found = match execute(&ctx, view, case, turned).await {
                Ok((rows, schema)) => compare(case, &rows, &schema),
                Err(message) => vec![message],
            };
            problems.extend(found.into_iter().map(|message| format!("{}: case {:?}: {message}", view.name, case.name)));
        }
    }
    Ok(problems)
}

/// Everything that a view may read, empty but for the data tables.
fn session(
    view: &View,
    public: &BTreeMap<String, SchemaRef>,
    data: &DataTables,
) -> Result<SessionContext, DataFusionError> {
    let read: BTreeMap<String, SchemaRef> = public
        .iter()
        .filter(|(name, _)| view.sql.contains(name.as_str()))
        .map(|(n, s)| (n.clone(), Arc::clone(s)))
        .collect();
    let ctx = if read.is_empty() { bare_session() } else { empty_session(&read)? };
    for table in data.tables.values().filter(|table| read.contains_key(&table.table_name())) {
        ctx.deregister_table(table.table_name().as_str())?;
        table.register(&ctx)?;
    }
    register_empty_lake(&ctx)?;
    Ok(ctx)
}

async fn execute(
    ctx: &SessionContext,
    view: &View,
    case: &Case,
    turned: bool,
) -> Result<(Vec<serde_json::Map<String, serde_json::Value>>, SchemaRef), String> {
    let said = |error: DataFusionError| explain(&error);
    for (name, rows) in &case.tables {
        let schema = schema(ctx, name).await.ok_or_else(|| format!("the view reads no table {name}"))?;
        let mut rows: Vec<_> = rows.iter().map(json::from_table).collect();
        if turned {
            rows.reverse();
        }
        let batch = json::to_batch(&schema, &rows).map_err(|e| row_message(name, &schema, &rows, &e.to_string()))?;
        ctx.deregister_table(name.as_str()).map_err(said)?;
        let table = rows_table(&schema, vec![batch]).map_err(said)?;
        ctx.register_table(name.as_str(), table).map_err(said)?;
    }
    let frame = ctx.sql(&view.sql).await.map_err(said)?;
    let schema = Arc::clone(frame.schema().inner());
    let mut rows = Vec::new();
    for batch in frame.collect().await.map_err(said)? {
        let all: Vec<usize> = (0..batch.num_columns()).collect();
        rows.extend(json::objects(&batch, &all).map_err(|e| e.to_string())?);
    }
    Ok((rows, schema))
}

/// Schema of a table that a case names: a stored one as `lake.<name>`, else a public one.
async fn schema(ctx: &SessionContext, name: &str) -> Option<SchemaRef> {
    match name.strip_prefix(LAKE).and_then(|rest| rest.strip_prefix('.')) {
        Some(stored) => tables::all().into_iter().find(|t| t.name == stored).map(|t| t.schema),
        None => ctx.table_provider(name).await.ok().map(|table| table.schema()),
    }
}
