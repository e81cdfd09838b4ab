//! The rows of a view in a temporary file, for views too large for memory.

use std::fs::File;
use std::path::PathBuf;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;

use super::engine::BATCH_ROWS;
use super::parts_table::PartFile;
use super::{Error, disk, part};

/// Encoded bytes of a row group.
const GROUP: usize = 16 * 1024 * 1024;
/// Bytes that the values of a row group may take in memory when it is read; reached before by long texts.
const GROUP_DECODED: usize = 64 * 1024 * 1024;

/// A file that takes the rows of one view.
pub(super) struct StoredView {
    name: String,
    path: PathBuf,
    writer: ArrowWriter<File>,
    rows: u64,
    decoded: usize,
}

impl StoredView {
    /// An empty file for the view.
    pub(super) fn create(name: &str, path: PathBuf, schema: &SchemaRef) -> Result<Self, Error> {
        let file = disk::create_file(&path)?;
        let name = name.to_owned();
        match ArrowWriter::try_new(file, SchemaRef::clone(schema), Some(part::properties(false))) {
            Ok(writer) => Ok(Self { name, path, writer, rows: 0, decoded: 0 }),
            Err(source) => Err(Error::Write { table: name, source }),
        }
    }

    /// Adds rows behind those already there.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.write(batch).map_err(|source| Error::Write { table: self.name.clone(), source })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        self.writer.write(batch)?;
        self.rows += batch.num_rows() as u64;
        // A slice reports the whole buffer it was cut from, hence the second condition.
        self.decoded += batch.get_array_memory_size();
        let long = self.decoded >= GROUP_DECODED && self.writer.in_progress_rows() >= BATCH_ROWS;
        if long || self.writer.memory_size() >= GROUP {
            self.writer.flush()?;
            self.decoded = 0;
        }
        Ok(())
    }

    /// Closes the file.
    pub(super) fn finish(mut self) -> Result<PartFile, Error> {
        let closed = self.writer.finish();
        closed.map_err(|source| Error::Write { table: self.name, source })?;
        let bytes = self.writer.bytes_written() as u64;
        Ok(PartFile { path: self.path, bytes, rows: self.rows, times: None, kept: None })
    }
}
