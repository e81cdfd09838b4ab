//! The table `signals`: what signal detections found, for the SQL of incidents.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use super::{contract, views};
use crate::finding::{Evidence, Finding};
use crate::lake::rows_table;

/// Name of the table.
pub const TABLE: &str = "signals";

/// Columns of the table with a sentence each, in schema order.
pub const COLUMNS: [(&str, &str); 16] = [
    ("detection", "Id of the signal detection."),
    ("subject", "What the signal is about, a short name."),
    ("reason", "Why it was flagged, a finished sentence."),
    ("first_seen", "First time."),
    ("last_seen", "Last time."),
    ("count", "Rows behind the signal."),
    ("session_id", "Session; null where the signal spans several."),
    ("login", "Login of the user; null where the signal does not say."),
    ("device", "Stable node id; null where the signal does not say."),
    ("agent", "Agent; null where the signal does not say."),
    ("tool", "Tool; null where the signal does not say."),
    ("integration", "Integration; null where the signal does not say."),
    ("severity", "Impact if true, a word."),
    ("confidence", "How likely it is what it says, a word."),
    ("evidence", "Addresses of raw records as `export_key#record_id`, at most 50."),
    ("finding_id", "Id of the signal: the same in every run; tells apart signals that are equal in all else."),
];

/// Schema of the table.
#[must_use]
pub fn schema() -> SchemaRef {
    let time = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let field = |name: &str| match name {
        "first_seen" | "last_seen" => Field::new(name, time(), false),
        "count" => Field::new(name, DataType::Int64, false),
        "evidence" => Field::new(name, DataType::new_list(DataType::Utf8, true), false),
        "session_id" | "login" | "device" | "agent" | "tool" | "integration" | "finding_id" => {
            Field::new(name, DataType::Utf8, true)
        }
        _ => Field::new(name, DataType::Utf8, false),
    };
    Arc::new(Schema::new(COLUMNS.iter().map(|(name, _)| field(name)).collect::<Vec<_>>()))
}

/// The given tables with the signals and the views over them: what incidents may read.
///
/// # Errors
/// When a view over the signals cannot be planned; the tests prove that none is.
pub async fn beside(tables: &BTreeMap<String, SchemaRef>) -> Result<BTreeMap<String, SchemaRef>, DataFusionError> {
    let mut tables = without(tables);
    tables.insert(TABLE.to_owned(), schema());
    let ctx = contract::empty_session(&tables)?;
    for view in over()? {
        views::register_plain(&ctx, &view).await?;
        tables.insert(view.name.clone(), ctx.table_provider(view.name.as_str()).await?.schema());
    }
    Ok(tables)
}

/// The given tables without the signals and the views over them: what signals may read.
#[must_use]
pub fn without(tables: &BTreeMap<String, SchemaRef>) -> BTreeMap<String, SchemaRef> {
    let mut tables = tables.clone();
    tables.remove(TABLE);
    for view in over().unwrap_or_default() {
        tables.remove(&view.name);
    }
    tables
}

/// (Re)places the table and the views over it in a session.
///
/// # Errors
/// When the engine refuses one of them.
pub async fn register(ctx: &SessionContext, signals: &[Finding]) -> Result<(), DataFusionError> {
    let table = rows_table(&schema(), vec![batch(signals)?])?;
    ctx.deregister_table(TABLE)?;
    ctx.register_table(TABLE, table)?;
    for view in over()? {
        views::register_plain(ctx, &view).await?;
    }
    Ok(())
}

fn over() -> Result<Vec<views::View>, DataFusionError> {
    views::over_signals().map_err(|error| DataFusionError::External(Box::new(error)))
}

/// Signals as one batch of the table.
///
/// # Errors
/// Only when a column would exceed 2 GiB.
pub fn batch(signals: &[Finding]) -> Result<RecordBatch, ArrowError> {
    let text = |value: fn(&Finding) -> &str| -> ArrayRef {
        Arc::new(signals.iter().map(|f| Some(value(f))).collect::<StringArray>())
    };
    let optional = |value: fn(&Finding) -> Option<&str>| -> ArrayRef {
        Arc::new(signals.iter().map(value).collect::<StringArray>())
    };
    let time = |value: fn(&Finding) -> i64| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(signals.iter().map(value)).with_timezone("UTC"))
    };
    let mut evidence = ListBuilder::new(StringBuilder::new());
    for signal in signals {
        evidence.append_value(signal.evidence.iter().map(|e| Some(address(e))));
    }
    RecordBatch::try_new(
        schema(),
        vec![
            text(|f| &f.detection.id),
            text(|f| &f.subject),
            text(|f| &f.reason),
            time(|f| f.first_seen),
            time(|f| f.last_seen),
            Arc::new(signals.iter().map(|f| f.count).collect::<Int64Array>()),
            optional(|f| f.scope.session_id.as_deref()),
            optional(|f| f.scope.login.as_deref()),
            optional(|f| f.scope.device.as_deref()),
            optional(|f| f.scope.agent.as_deref()),
            optional(|f| f.scope.tool.as_deref()),
            optional(|f| f.scope.integration.as_deref()),
            text(|f| f.severity.as_str()),
            text(|f| f.confidence.as_str()),
            Arc::new(evidence.finish()),
            text(|f| &f.id),
        ],
    )
}

/// Address of a raw record, `export_key#record_id`.
#[must_use]
pub fn address(evidence: &Evidence) -> String {
    match evidence.record_id {
        Some(id) => format!("{}#{id}", evidence.export_key),
        None => format!("{}#", evidence.export_key),
    }
}
