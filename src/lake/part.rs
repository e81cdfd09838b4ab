//! Parquet parts of one export while they are written: bounded memory, few open files.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use sha2::{Digest, Sha256};

use super::layout::Day;
use super::{Error, disk};
use crate::tables::{Row, RowBuilder, RowSink, Time};

/// Rows are turned into Arrow arrays in steps of about this many bytes.
const BATCH_WEIGHT: usize = 1024 * 1024;
/// A row group ends when its encoded form in memory reaches this many bytes …
const GROUP_ENCODED: usize = 2 * 1024 * 1024;
/// … or the values in it this many: repeated values encode to little, but a reader has to hold them all.
const GROUP_DECODED: usize = 32 * 1024 * 1024;
/// Encoded bytes at which a page ends. The compressor reserves as much again for each.
const PAGE: usize = 256 * 1024;
/// A part that begins with fewer bytes than this stays uncompressed. Each column of a compressed one needs machinery that
/// costs more than all else of a small export; and where a table has so little of a batch, nothing is lost.
const SMALL: usize = 32 * 1024;
/// Row groups after which a part ends: the writer remembers each with all its columns until then.
const GROUPS_PER_PART: usize = 32;
/// Bytes that all open row groups of an export may hold together.
const OPEN_ENCODED: usize = 6 * 1024 * 1024;
/// Files of one table that are open at a time.
const OPEN_PER_TABLE: usize = 8;
/// Parts of one table and export. Beyond that, rows join the open part of the nearest day: an export that scatters
/// its times over the centuries must not become a hundred thousand files.
const MAX_PARTS: usize = 512;

/// Properties of every Parquet file that the lake writes; a small one is not compressed.
pub(super) fn properties(small: bool) -> WriterProperties {
    let compression = if small { Compression::UNCOMPRESSED } else { Compression::ZSTD(ZstdLevel::default()) };
    WriterProperties::builder()
        .set_compression(compression)
        .set_data_page_size_limit(PAGE)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by(concat!("lightmeter ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

/// A file that knows the hash and size of what was written to it.
pub(super) struct HashedFile {
    file: File,
    hash: Sha256,
    bytes: u64,
    failure: Failure,
}

/// Why the system refused a write. The Parquet writer turns such errors into texts, which nobody can act on.
#[derive(Clone, Default)]
struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    fn note(&self, error: &io::Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| disk::same_failure(error));
    }

    fn explain(&self, table: &str, path: &Path, source: ParquetError) -> Error {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(failure) => Error::io("write", path)(failure),
            None => Error::Write { table: table.to_owned(), source },
        }
    }
}

impl Write for HashedFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.file.write(buf).inspect_err(|error| self.failure.note(error))?;
        self.hash.update(&buf[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

struct OpenPart {
    table: &'static str,
    day: Day,
    path: PathBuf,
    writer: ArrowWriter<HashedFile>,
    failure: Failure,
    rows: u64,
    decoded: usize,
    groups: usize,
    first: i64,
    last: i64,
    used: u64,
}

/// A finished part that has no final name yet.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) table: &'static str,
    pub(super) day: Day,
    pub(super) path: PathBuf,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) first: i64,
    pub(super) last: i64,
}

/// All parts of one export.
pub(super) struct Parts {
    folder: PathBuf,
    open: Vec<OpenPart>,
    finished: Vec<Finished>,
    clock: u64,
}

/// A batch on its way into a part.
struct Chunk {
    batch: RecordBatch,
    decoded: usize,
    /// Whether a part that begins with it is to be small, see [`SMALL`].
    small: bool,
    first: i64,
    last: i64,
}

impl Parts {
    /// Parts that are written into `folder`.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, open: Vec::new(), finished: Vec::new(), clock: 0 }
    }

    /// Finishes every part, in the order of table, day and first row.
    pub(super) fn finish(&mut self) -> Result<Vec<Finished>, Error> {
        while let Some(part) = self.open.pop() {
            self.finished.push(close(part)?);
        }
        let mut finished = std::mem::take(&mut self.finished);
        finished.sort_by(|a, b| (a.table, a.day, &a.path).cmp(&(b.table, b.day, &b.path)));
        Ok(finished)
    }

    /// Takes rows that are a batch already. They belong to one day, and their times lie between the two.
    pub(super) fn add(
        &mut self,
        table: &'static str,
        day: Day,
        batch: RecordBatch,
        (first, last): (i64, i64),
    ) -> Result<(), Error> {
        let decoded = batch.get_array_memory_size();
        // More of them come to make a large file.
        self.write(table, day, &Chunk { decoded, small: false, batch, first, last })
    }

    fn write(&mut self, table: &'static str, day: Day, chunk: &Chunk) -> Result<(), Error> {
        let at = match self.open.iter().position(|p| p.table == table && p.day == day) {
            Some(at) => at,
            None => self.part_for(table, day, &chunk.batch, chunk.small)?,
        };
        self.clock += 1;
        let part = &mut self.open[at];
        part.writer.write(&chunk.batch).map_err(|e| part.failure.explain(table, &part.path, e))?;
        part.used = self.clock;
        part.rows += chunk.batch.num_rows() as u64;
        part.decoded += chunk.decoded;
        part.first = part.first.min(chunk.first);
        part.last = part.last.max(chunk.last);
        if part.decoded >= GROUP_DECODED || part.writer.memory_size() >= GROUP_ENCODED {
            self.end_group(at)?;
        }
        self.bound_memory()
    }

    /// The part for rows of a day that has no open one.
    fn part_for(&mut self, table: &'static str, day: Day, batch: &RecordBatch, small: bool) -> Result<usize, Error> {
        let of_table = |p: &(usize, &OpenPart)| p.1.table == table;
        let open = self.open.iter().enumerate().filter(of_table);
        let finished = self.finished.iter().filter(|p| p.table == table).count();
        let count = open.clone().count();
        if finished + count >= MAX_PARTS {
            let nearest = open.clone().min_by_key(|(_, p)| ((p.day.0 - day.0).abs(), p.day));
            if let Some((at, _)) = nearest {
                return Ok(at);
            }
        }
        if count >= OPEN_PER_TABLE {
            let oldest = open.min_by_key(|(_, p)| p.used).map(|(at, _)| at);
            if let Some(at) = oldest {
                let part = self.open.swap_remove(at);
                self.finished.push(close(part)?);
            }
        }
        self.clock += 1;
        let path = self.folder.join(format!("{table}-{:06}-{:012}", day.0, self.clock));
        let failure = Failure::default();
        let file =
            HashedFile { file: disk::create_file(&path)?, hash: Sha256::new(), bytes: 0, failure: failure.clone() };
        let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties(small)))
            .map_err(|e| failure.explain(table, &path, e))?;
        self.open.push(OpenPart {
            table,
            day,
            path,
            writer,
            failure,
            rows: 0,
            decoded: 0,
            groups: 0,
            first: i64::MAX,
            last: i64::MIN,
            used: self.clock,
        });
        Ok(self.open.len() - 1)
    }

    /// Ends the largest row group while the open ones hold too much together.
    fn bound_memory(&mut self) -> Result<(), Error> {
        let total: usize = self.open.iter().map(|p| p.writer.memory_size()).sum();
        if total < OPEN_ENCODED {
            return Ok(());
        }
        let largest = self.open.iter().enumerate().max_by_key(|(_, p)| p.writer.memory_size()).map(|(at, _)| at);
        largest.map_or(Ok(()), |at| self.end_group(at))
    }

    /// Ends the row group of an open part, and with the last one the part.
    fn end_group(&mut self, at: usize) -> Result<(), Error> {
        let part = &mut self.open[at];
        (part.decoded, part.groups) = (0, part.groups + 1);
        part.writer.flush().map_err(|e| part.failure.explain(part.table, &part.path, e))?;
        if part.groups >= GROUPS_PER_PART {
            let part = self.open.swap_remove(at);
            self.finished.push(close(part)?);
        }
        Ok(())
    }
}

impl RowSink for Parts {
    type Error = Error;

    fn take<R: Row>(&mut self, rows: &mut Vec<R>) -> Result<(), Error> {
        let failed = |e: arrow::error::ArrowError| Error::Write { table: R::TABLE.to_owned(), source: e.into() };
        let day = |r: &R| Day::of(r.time().0);
        // Stable: within a day, rows stay in the order in which they were met.
        if !rows.is_sorted_by_key(day) {
            rows.sort_by_key(day);
        }
        let mut builder: Option<R::Builder> = None;
        let (mut weight, mut first, mut last) = (0, i64::MAX, i64::MIN);
        let mut rest = rows.drain(..).peekable();
        while let Some(row) = rest.next() {
            let Time(time) = row.time();
            builder.get_or_insert_default().append(&row);
            weight += row.weight();
            (first, last) = (first.min(time), last.max(time));
            let ends = rest.peek().is_none_or(|next| day(next) != day(&row));
            if (ends || weight >= BATCH_WEIGHT)
                && let Some(mut full) = builder.take()
            {
                let batch = full.finish().map_err(failed)?;
                let small = weight < SMALL;
                self.write(R::TABLE, day(&row), &Chunk { batch, decoded: weight, small, first, last })?;
                (weight, first, last) = (0, i64::MAX, i64::MIN);
            }
        }
        Ok(())
    }
}

fn close(part: OpenPart) -> Result<Finished, Error> {
    let OpenPart { table, day, path, writer, failure, rows, first, last, .. } = part;
    let file = writer.into_inner().map_err(|e| failure.explain(table, &path, e))?;
    Ok(Finished { table, day, path, rows, bytes: file.bytes, sha256: hex::encode(file.hash.finalize()), first, last })
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    #[test]
    fn a_part_ends_after_so_many_row_groups_and_no_row_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let mut parts = Parts::new(folder.path().to_owned());
        let groups = GROUPS_PER_PART * 2 + 3;
        for n in 0..i64::try_from(groups).unwrap() {
            let numbers = Arc::new(Int64Array::from(vec![n])) as _;
            let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
            parts.add("numbers", Day(20_000), batch, (n, n)).unwrap();
            parts.end_group(0).unwrap();
            assert!(parts.open.len() <= 1);
        }
        let finished = parts.finish().unwrap();
        assert_eq!(
            finished.iter().map(|p| (p.rows, p.first, p.last)).collect::<Vec<_>>(),
            [(32, 0, 31), (32, 32, 63), (3, 64, 66)]
        );
        for part in finished {
            let rows = ParquetRecordBatchReaderBuilder::try_new(File::open(part.path).unwrap()).unwrap();
            assert_eq!(rows.metadata().file_metadata().num_rows(), i64::try_from(part.rows).unwrap());
        }
    }
}
