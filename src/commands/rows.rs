//! Reads what the embedded queries of reports and commands give: rows whose columns are named like the fields.

use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::record_batch::RecordBatch;
use serde::de::DeserializeOwned;

use crate::detect::catalog::QUERIES;
use crate::error::Error;
use crate::lake::Session;

/// Text of `queries/<name>.sql`.
///
/// # Errors
/// When there is no such file, which the tests exclude.
pub(super) fn sql(name: &str) -> Result<&'static str, Error> {
    let file = QUERIES.get_file(format!("{name}.sql")).and_then(include_dir::File::contents_utf8);
    file.ok_or_else(|| Error::Engine(format!("queries/{name}.sql: is missing")))
}

/// Runs `queries/<name>.sql` with texts for its parameters and reads its rows.
///
/// # Errors
/// When the query fails or its columns do not fit the rows.
pub(super) async fn read<T: DeserializeOwned>(
    session: &Session,
    name: &str,
    values: &[(&str, &str)],
) -> Result<Vec<T>, Error> {
    let batches = session.run_texts(sql(name)?, values).await?;
    from_batches(&batches).map_err(|e| Error::Engine(format!("queries/{name}.sql: {e}")))
}

pub(super) fn from_batches<T: DeserializeOwned>(batches: &[RecordBatch]) -> Result<Vec<T>, String> {
    let mut bytes = Vec::new();
    let mut writer = WriterBuilder::new().with_explicit_nulls(true).build::<_, JsonArray>(&mut bytes);
    for batch in batches {
        writer.write(batch).map_err(|e| e.to_string())?;
    }
    writer.finish().map_err(|e| e.to_string())?;
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&bytes).map_err(|e| e.to_string())
}

/// Runs a query of ours and reads its rows.
///
/// # Errors
/// As [`read`].
pub(super) async fn run<T: DeserializeOwned>(
    session: &Session,
    sql: &str,
    values: &[(&str, &str)],
) -> Result<Vec<T>, Error> {
    from_batches(&session.run_texts(sql, values).await?).map_err(Error::Engine)
}
