//! Reads what the embedded queries of reports and commands give: rows whose columns are named like the fields.

use std::sync::Arc;

use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::record_batch::RecordBatch;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::detect::catalog::QUERIES;
use crate::detect::run::at_once;
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

/// Answers several queries side by side: planning one keeps one processor busy.
pub(super) struct SideBySide {
    session: Arc<Session>,
    turns: Arc<Semaphore>,
    /// How many turns there are.
    all: u32,
}

impl SideBySide {
    /// For queries over a session.
    pub(super) fn new(session: &Arc<Session>) -> Self {
        let all = at_once();
        let (session, turns) = (Arc::clone(session), Arc::new(Semaphore::new(all)));
        Self { session, turns, all: u32::try_from(all).unwrap_or(1) }
    }

    /// Rows of `queries/<name>.sql`. A query that fails is tried again alone, because several share the memory of the
    /// session.
    ///
    /// # Errors
    /// As [`read`].
    pub(super) async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, Error> {
        let sql = sql(name)?;
        let batches = match self.run(sql, 1).await {
            Ok(batches) => batches,
            Err(_) => self.run(sql, self.all).await?,
        };
        from_batches(&batches).map_err(|e| Error::Engine(format!("queries/{name}.sql: {e}")))
    }

    async fn run(&self, sql: &'static str, turns: u32) -> Result<Vec<RecordBatch>, Error> {
        let (session, free) = (Arc::clone(&self.session), Arc::clone(&self.turns));
        // The wait for a turn is the task's own: nobody who is busy planning something else keeps it from starting.
        let mut task = JoinSet::new();
        task.spawn(async move {
            let turn = free.acquire_many(turns).await;
            let rows = session.run(sql).await;
            drop(turn);
            rows
        });
        match task.join_next().await {
            Some(Ok(rows)) => Ok(rows?),
            // A panic of the engine may quote data.
            Some(Err(_)) | None => Err(Error::Engine(INTERNAL.to_owned())),
        }
    }
}

/// What is said of a panic in the engine.
const INTERNAL: &str = "an internal error of the query engine; the log says where";

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::lake::SessionOptions;

    #[tokio::test]
    async fn a_query_that_fails_is_tried_again_alone_and_tells_why() {
        let session = Arc::new(Session::empty(&SessionOptions::default()).unwrap());
        let side = SideBySide::new(&session);
        let (one, other) = tokio::join!(side.run("SELECT 1 AS n", 1), side.read::<Value>("report/agents"));
        assert_eq!(one.unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 1);
        // The views are not there.
        assert!(other.unwrap_err().to_string().contains("not found"));
        assert_eq!(side.turns.available_permits(), at_once(), "every turn was given back");
        assert!(side.read::<Value>("report/nowhere").await.is_err());
    }
}
