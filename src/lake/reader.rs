//! Reads Parquet parts straight from the local disk, and keeps footers of small files in memory between queries.
//!
//! The general object store path of the engine costs several tasks per file; a lake has thousands of small files.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use datafusion::common::exec_datafusion_err;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::FutureExt;
use futures::future::BoxFuture;
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

/// Memory that kept footers may take. When it is full the rest are read again each time: queries pass over all files
/// in the same order, which makes throwing out the oldest useless.
const KEPT_FOOTERS: usize = 64 * 1024 * 1024;

/// Footers by file, shared by all tables of a session.
#[derive(Debug, Default)]
pub(super) struct Footers {
    kept: Mutex<(HashMap<PathBuf, Arc<ParquetMetaData>>, usize)>,
}

impl Footers {
    fn get(&self, path: &Path) -> Option<Arc<ParquetMetaData>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).0.get(path).cloned()
    }

    fn keep(&self, path: &Path, footer: &Arc<ParquetMetaData>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let size = footer.memory_size();
        if kept.1 + size <= KEPT_FOOTERS && kept.0.insert(path.to_owned(), Arc::clone(footer)).is_none() {
            kept.1 += size;
        }
    }
}

/// Where on the disk a scanned file is.
#[derive(Debug, Clone)]
pub(super) struct OnDisk(pub(super) PathBuf);

/// Makes readers of local files.
#[derive(Debug, Clone)]
pub(super) struct LocalFiles(pub(super) Arc<Footers>);

impl ParquetFileReaderFactory for LocalFiles {
    fn create_reader(
        &self,
        _partition: usize,
        file: PartitionedFile,
        _hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> datafusion::error::Result<Box<dyn AsyncFileReader + Send>> {
        let OnDisk(path) =
            file.extension::<OnDisk>().ok_or_else(|| exec_datafusion_err!("a scanned file has no place on disk"))?;
        Ok(Box::new(LocalFile { path: path.clone(), file: None, footers: Arc::clone(&self.0) }))
    }
}

struct LocalFile {
    path: PathBuf,
    file: Option<File>,
    footers: Arc<Footers>,
}

impl LocalFile {
    fn file(&mut self) -> Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => File::open(&self.path).map_err(|e| cannot_open(&self.path, &e))?,
        };
        Ok(self.file.insert(file))
    }

    fn read(&mut self, range: &Range<u64>) -> Result<Bytes> {
        let file = self.file()?;
        let length = range.end.saturating_sub(range.start);
        // A damaged footer may name any range; the size of the file bounds what is set aside for it.
        if range.end > file.metadata()?.len() {
            return Err(ParquetError::EOF(format!("the part {} is too short", self.path.display())));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length)?);
        file.seek(SeekFrom::Start(range.start))?;
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    fn footer(&mut self) -> Result<Arc<ParquetMetaData>> {
        if let Some(footer) = self.footers.get(&self.path) {
            return Ok(footer);
        }
        let footer = ParquetMetaDataReader::new()
            .parse_and_finish(self.file()?)
            .map_err(|e| ParquetError::General(format!("cannot read the part {}: {e}", self.path.display())))?;
        let footer = Arc::new(footer);
        self.footers.keep(&self.path, &footer);
        Ok(footer)
    }
}

fn cannot_open(path: &Path, error: &std::io::Error) -> ParquetError {
    // Files go when an export is replaced or parts are merged; their rows are elsewhere by then.
    let hint = match error.kind() {
        std::io::ErrorKind::NotFound => "; should the lake have been written meanwhile, run again",
        _ => "",
    };
    ParquetError::General(format!("cannot open the part {}: {error}{hint}", path.display()))
}

impl AsyncFileReader for LocalFile {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes>> {
        let bytes = self.read(&range);
        async move { bytes }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>>> {
        let footer = self.footer();
        async move { footer }.boxed()
    }
}
