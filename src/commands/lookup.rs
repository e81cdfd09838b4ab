//! The lookup tables: each is one query in `queries/export/`, whose first column is the key.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::record_batch::RecordBatch;
use serde_json::{Map, Value};

use super::look::Look;
use crate::detect::catalog::QUERIES;
use crate::error::Error;
use crate::finding::{Finding, Severity};
use crate::report::SafeRows;

/// Names of the tables, in the order in which they are written.
pub(super) const TABLES: [&str; 5] = ["integrations", "requests", "secrets", "tools", "user_agents"];

/// The tables over what the look saw; findings are those that are exported.
///
/// # Errors
/// When a query fails.
pub(super) async fn tables(look: &Look, findings: &[Finding]) -> Result<Vec<(&'static str, SafeRows)>, Error> {
    register(look, findings)?;
    let mut tables = Vec::new();
    for name in TABLES {
        let (columns, rows) = rows(look, name).await?;
        tables.push((name, SafeRows::new(columns, rows, &|text| look.scanner.redact(text).into_owned())));
    }
    Ok(tables)
}

/// Runs one query; its rows are JSON objects.
async fn rows(look: &Look, name: &str) -> Result<(Vec<String>, Vec<Map<String, Value>>), Error> {
    let failed = |e: String| Error::Engine(format!("queries/export/{name}.sql: {e}"));
    let file = QUERIES.get_file(format!("export/{name}.sql"));
    let sql = file.and_then(|f| f.contents_utf8()).ok_or_else(|| failed("is missing".to_owned()))?;
    let frame = look.engine.session.plan(sql).await?;
    let columns = frame.schema().fields().iter().map(|f| f.name().clone()).collect();
    let batches = look.engine.session.run(sql).await?;
    let mut bytes = Vec::new();
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(&mut bytes);
    for batch in &batches {
        writer.write(batch).map_err(|e| failed(e.to_string()))?;
    }
    writer.finish().map_err(|e| failed(e.to_string()))?;
    let rows = if bytes.is_empty() {
        Vec::new()
    } else {
        serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string()))?
    };
    Ok((columns, rows))
}

/// Registers `finding_evidence`: which raw records stand behind which finding.
fn register(look: &Look, findings: &[Finding]) -> Result<(), Error> {
    let all = || findings.iter().flat_map(|f| f.evidence.iter().map(move |e| (f, e)));
    let field = |name: &str, data_type| Field::new(name, data_type, true);
    let schema = Arc::new(Schema::new(vec![
        field("finding_id", DataType::Utf8),
        field("severity_rank", DataType::Int64),
        field("export_key", DataType::Utf8),
        field("record_id", DataType::Int64),
    ]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(all().map(|(f, _)| Some(f.id.as_str())).collect::<StringArray>()),
        Arc::new(all().map(|(f, _)| rank(f.severity)).collect::<Int64Array>()),
        Arc::new(all().map(|(_, e)| Some(e.export_key.as_str())).collect::<StringArray>()),
        Arc::new(all().map(|(_, e)| e.record_id).collect::<Int64Array>()),
    ];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(|e| Error::Engine(e.to_string()))?;
    Ok(look.engine.session.register_batches("finding_evidence", &schema, vec![batch])?)
}

fn rank(severity: Severity) -> i64 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}
