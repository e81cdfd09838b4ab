//! Results of queries as a Parquet file.

use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;

use super::{Error, part};

/// Writes batches of one schema as a Parquet file, compressed like the parts of the lake.
pub struct ParquetFile<W: Write + Send>(ArrowWriter<W>);

impl<W: Write + Send> ParquetFile<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When the schema cannot be stored as Parquet.
    pub fn new(out: W, schema: SchemaRef) -> Result<Self, Error> {
        ArrowWriter::try_new(out, schema, Some(part::properties(false))).map(Self).map_err(failed)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When they do not fit or cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.0.write(batch).map_err(failed)
    }

    /// Writes what is left; without it the file cannot be read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<(), Error> {
        self.0.close().map(|_| ()).map_err(failed)
    }
}

fn failed(source: parquet::errors::ParquetError) -> Error {
    Error::Write { table: "the result".to_owned(), source }
}
