//! Small tables of a lake in memory, for a run of many queries.

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;
use datafusion::common::TableReference;
use futures::StreamExt as _;

use super::Error;
use super::session::{Session, memory_table};

impl Session {
    /// Takes the small ones of the stored tables into memory, the smallest first, before many queries are run: opening
    /// every column of every part costs a query more than the few rows that are in them.
    ///
    /// A table that cannot be read stays as it is; the first query that reads it tells why.
    ///
    /// All of them together take at most so many bytes. Views that were registered before still read the parts.
    ///
    /// # Errors
    /// When the engine refuses a table.
    pub async fn hold_small(&self, most: usize) -> Result<(), Error> {
        let mut left = most;
        let mut tables: Vec<_> = self.sizes.iter().map(|(name, bytes)| (*bytes, *name)).collect();
        tables.sort_unstable();
        for (bytes, name) in tables {
            // What is larger on disk than in memory does not exist.
            if bytes > left as u64 {
                break;
            }
            let Ok(Some(rows)) = self.read_up_to(name, left).await else { continue };
            left = left.saturating_sub(rows.get_array_memory_size());
            let table = memory_table(&rows.schema(), vec![rows])?;
            let place = TableReference::partial("lake", name);
            self.context().deregister_table(place.clone()).map_err(|e| Error::planning(&e))?;
            self.context().register_table(place, table).map_err(|e| Error::planning(&e))?;
        }
        Ok(())
    }

    /// All rows of a stored table, unless they take more bytes than that.
    async fn read_up_to(&self, name: &str, most: usize) -> Result<Option<RecordBatch>, Error> {
        let mut rows = self.stream(&format!("SELECT * FROM lake.{name}")).await?;
        let (mut held, mut bytes) = (Vec::new(), 0);
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(|e| self.failed(&e))?;
            bytes += batch.get_array_memory_size();
            if bytes > most {
                return Ok(None);
            }
            held.push(batch);
        }
        concat_batches(&rows.schema(), &held).map(Some).map_err(|e| Error::planning(&e.into()))
    }
}
