//! The SQL engine and its limits: memory, temporary files, settings that results may not depend on.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::Error;
use super::temporary::Temporary;
use crate::window::Window;

/// Rows per batch. Texts of a megabyte are normal here, so batches are smaller than the engine's default.
pub(super) const BATCH_ROWS: usize = 2048;
/// Operators named when memory runs out.
const NAMED_CONSUMERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(2);

/// How a session runs.
#[derive(Debug, Clone)]
pub struct SessionOptions {
    /// Bytes that running queries may hold in memory before they spill to disk or fail. Close to the limit, whether a
    /// query spills or fails can depend on how threads happen to run; what it returns cannot.
    pub memory_limit: usize,
    /// The window of the run, readable as `lake.window` (`start`, `end`; null when open). It does not filter by itself.
    pub window: Window,
    /// Parallel parts of a query. Results with an explicit order do not depend on it.
    pub partitions: usize,
    /// Folder for spilled data and stored views; the system's temporary folder when absent.
    pub temporary: Option<PathBuf>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { memory_limit: 2 * 1024 * 1024 * 1024, window: Window::default(), partitions: 2, temporary: None }
    }
}

/// The engine with its limits and settings, without tables.
pub(super) fn engine(options: &SessionOptions, temporary: &Temporary) -> Result<SessionContext, Error> {
    let spill = DiskManagerMode::Directories(vec![temporary.path().to_owned()]);
    let pool = TrackConsumersPool::new(FairSpillPool::new(options.memory_limit), NAMED_CONSUMERS);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(pool))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(spill))
        .build_arc()
        .map_err(|e| Error::planning(&e))?;
    let mut config = SessionConfig::new()
        .with_target_partitions(options.partitions.max(1))
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(true)
        .with_collect_statistics(false);
    let settings = config.options_mut();
    settings.execution.time_zone = Some("UTC".to_owned());
    // Set aside per sort for merging what was spilled; the engine's fixed 10 MB would not fit a small limit.
    let reserve = &mut settings.execution.sort_spill_reservation_bytes;
    *reserve = (*reserve).min(options.memory_limit / 16);
    // Tables declare plain text; results keep that type.
    settings.execution.parquet.schema_force_view_types = false;
    settings.sql_parser.map_string_types_to_utf8view = false;
    // The lake writes no page index.
    settings.execution.parquet.enable_page_index = false;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// A folder of its own that only the owner may enter, removed when dropped.
pub(super) fn temporary_folder(options: &SessionOptions) -> Result<Temporary, Error> {
    Temporary::create_in(&options.temporary.clone().unwrap_or_else(std::env::temp_dir))
}
