//! Reads what the embedded queries of reports and commands give: rows whose columns are named like the fields.

use std::sync::Arc;

use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::record_batch::RecordBatch;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::detect::catalog::QUERIES;
use crate::detect::run::{PANICKED, at_once};
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

/// Something that is done with a session.
type Work<T> = BoxFuture<'static, Result<T, Error>>;

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

    /// Rows of `queries/<name>.sql`.
    ///
    /// # Errors
    /// As the function [`read`].
    pub(super) async fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>, Error> {
        let sql = sql(name)?;
        let batches = self.take_turns(|session| async move { Ok(session.run(sql).await?) }.boxed()).await?;
        from_batches(&batches).map_err(|e| Error::Engine(format!("queries/{name}.sql: {e}")))
    }

    /// As [`SideBySide::read`], into a part of something larger.
    ///
    /// # Errors
    /// As the function [`read`].
    pub(super) async fn fill<T: DeserializeOwned>(&self, rows: &mut Vec<T>, name: &str) -> Result<(), Error> {
        *rows = self.read(name).await?;
        Ok(())
    }

    /// Registers what `queries/<name>.sql` gives as a table.
    ///
    /// # Errors
    /// When the query fails or its rows cannot be kept.
    pub(super) async fn materialise(&self, table: &'static str, name: &str) -> Result<(), Error> {
        let sql = sql(name)?;
        self.take_turns(|session| async move { Ok(session.materialise(table, sql).await.map(drop)?) }.boxed()).await
    }

    /// Does something with the session when it is its turn. What fails is tried again alone, because several share the
    /// memory of the session.
    async fn take_turns<T: Send + 'static>(&self, work: impl Fn(Arc<Session>) -> Work<T>) -> Result<T, Error> {
        match self.apart(work(Arc::clone(&self.session)), 1).await {
            Ok(done) => Ok(done),
            Err(_) => self.apart(work(Arc::clone(&self.session)), self.all).await,
        }
    }

    /// Waits for so many turns and works, in a task of its own: nobody who is busy planning something else keeps it from
    /// starting, and a panic of the engine, which may quote data, ends here.
    async fn apart<T: Send + 'static>(&self, work: Work<T>, turns: u32) -> Result<T, Error> {
        let free = Arc::clone(&self.turns);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let turn = free.acquire_many(turns).await;
            let done = work.await;
            drop(turn);
            done
        });
        match task.join_next().await {
            Some(Ok(done)) => done,
            Some(Err(_)) | None => Err(Error::Engine(PANICKED.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::Value;

    use super::*;
    use crate::lake::SessionOptions;

    fn side() -> SideBySide {
        SideBySide::new(&Arc::new(Session::empty(&SessionOptions::default()).unwrap()))
    }

    #[tokio::test]
    async fn what_fails_is_tried_again_alone() {
        let side = side();
        let free = Arc::clone(&side.turns);
        let tries = Arc::new(AtomicUsize::new(0));
        let left = side.take_turns(|_| {
            let (free, tries) = (Arc::clone(&free), Arc::clone(&tries));
            async move {
                match tries.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(Error::Engine("no memory".to_owned())),
                    _ => Ok(free.available_permits()),
                }
            }
            .boxed()
        });
        assert_eq!(left.await.unwrap(), 0, "nothing else has a turn");
        assert_eq!((tries.load(Ordering::Relaxed), free.available_permits()), (2, at_once()));
    }

    #[tokio::test]
    async fn what_fails_again_tells_why_and_keeps_no_turn() {
        let side = side();
        // The views are not there.
        let (one, other) = tokio::join!(side.read::<Value>("report/agents"), side.read::<Value>("report/nowhere"));
        assert!(one.unwrap_err().to_string().contains("not found"));
        assert!(other.unwrap_err().to_string().contains("is missing"));
        let panics = side.take_turns::<()>(|_| async { panic!("a secret") }.boxed()).await;
        assert!(!panics.unwrap_err().to_string().contains("secret"));
        assert_eq!(side.turns.available_permits(), at_once());
    }
}
