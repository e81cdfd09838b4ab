//! The lake: rows become Parquet, a ledger says which files count, a session answers SQL over them.
//!
//! ```text
//! Rows → Staging (parts in .staging) → commit → parts in place → ledger entry → Session
//! ```
//! The Parquet files lie in a plain hive layout that other engines read as it is; only the ledger is ours. One process
//! writes at a time, any number may read. A reader that keeps a session open while an export is replaced or parts are
//! merged may find that a file is gone; a new session sees the new state.

mod accounts;
mod amend;
mod analyses;
mod commit;
mod compact;
mod disk;
mod engine;
mod error;
mod exports;
mod held;
mod index;
mod known;
mod layout;
mod ledger;
mod lock;
mod memory;
mod merged;
mod parquet_file;
mod part;
mod parts_table;
mod prune;
mod reader;
mod rows_table;
mod seal;
mod session;
mod sound;
mod stored_view;
mod temporary;
#[cfg(test)]
mod tests;
mod writer;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use accounts::Held;
pub use compact::{Compacted, Compaction};
pub use engine::SessionOptions;
pub use error::Error;
pub use exports::{columns as exports_columns, schema as exports_schema};
pub use index::{Index, IndexEntry};
pub use layout::{VERSION, object_id};
pub use ledger::{Ledger, LedgerEntry, Origin, Part};
pub use merged::DataFile;
pub use parquet_file::ParquetFile;
pub use prune::Pruned;
pub use rows_table::rows_table;
pub use session::{RowStream, Session};
pub use sound::DamagedFile;
pub use writer::{Committed, Ready, Staging, Writer};

use layout::Layout;

/// A lake on disk.
#[derive(Debug, Clone)]
pub struct Lake {
    layout: Layout,
}

/// What the marker file says.
#[derive(Serialize, Deserialize)]
struct Marker {
    format: String,
    version: u32,
}

const FORMAT: &str = "lightmeter-lake";
const MARKER_DRAFT: &str = ".lightmeter-lake.new";

impl Lake {
    /// Opens the lake at `path`, making an absent or empty folder into one.
    ///
    /// # Errors
    /// When the folder holds something else, belongs to a newer version, or cannot be created.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let layout = Layout::new(path.into());
        if !layout.marker().exists() {
            disk::create_folder(layout.root())?;
            if !is_unused(&layout)? && !layout.marker().exists() {
                return Err(Error::Foreign(layout.root().to_owned()));
            }
            adopt(&layout)?;
        }
        check_marker(&layout)?;
        disk::create_folder(&layout.ledger())?;
        Ok(Self { layout })
    }

    /// Whether [`Lake::open`] would take the folder; nothing on disk is changed.
    ///
    /// # Errors
    /// When it holds something else, or belongs to a newer version.
    pub fn check(path: &Path) -> Result<(), Error> {
        match Self::open_existing(path) {
            Ok(_) | Err(Error::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Opens a lake that must exist; nothing on disk is changed.
    ///
    /// # Errors
    /// When there is no lake, or it belongs to a newer version.
    pub fn open_existing(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let layout = Layout::new(path.into());
        if !layout.marker().exists() {
            let root = layout.root().to_owned();
            return Err(if is_unused(&layout)? { Error::Missing(root) } else { Error::Foreign(root) });
        }
        check_marker(&layout)?;
        Ok(Self { layout })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.layout.root()
    }

    /// Reads the ledger.
    ///
    /// # Errors
    /// When files cannot be read. Entries that are damaged are listed in the result instead.
    pub fn ledger(&self) -> Result<Ledger, Error> {
        Ledger::read(&self.layout)
    }

    /// Reads the ledger without the parts of its exports. Damaged entries are left out.
    ///
    /// # Errors
    /// When files cannot be read.
    pub fn index(&self) -> Result<Index, Error> {
        Index::read(&self.layout)
    }

    /// Becomes the one writer, until the last clone of the writer and the last staging are dropped.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process writes; otherwise when files cannot be read or written.
    pub fn writer(&self) -> Result<Writer, Error> {
        Writer::new(self.layout.clone())
    }

    /// Checks that a part is there and has the size and content that the ledger recorded.
    ///
    /// # Errors
    /// [`Error::BadPart`] when it differs.
    pub fn verify(&self, part: &Part) -> Result<(), Error> {
        ledger::verify(&self.layout, part)
    }

    /// Whether the file of a part is there and has its size. Its content may still be another.
    #[must_use]
    pub fn holds(&self, part: &Part) -> bool {
        known::is_file(&self.layout, part)
    }

    /// Full path of a part.
    #[must_use]
    pub fn part_path(&self, part: &Part) -> PathBuf {
        self.layout.part(&part.path)
    }
}

/// Whether the folder is absent, empty, or was left by a process that died while it made a lake of it.
fn is_unused(layout: &Layout) -> Result<bool, Error> {
    Ok(disk::names(layout.root())?.iter().all(|name| name == MARKER_DRAFT))
}

/// Makes an empty folder a lake. The marker appears in one step, so that a crash cannot leave half of it.
fn adopt(layout: &Layout) -> Result<(), Error> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(layout.root(), mode).map_err(Error::io("protect", layout.root()))?;
    }
    let marker = Marker { format: FORMAT.to_owned(), version: VERSION };
    let json = serde_json::to_vec(&marker).map_err(|_| Error::BadEntry("the marker cannot be written as JSON"))?;
    let draft = layout.root().join(MARKER_DRAFT);
    let mut file =
        disk::private_file().create(true).truncate(true).open(&draft).map_err(Error::io("create", &draft))?;
    file.write_all(&json).and_then(|()| file.sync_all()).map_err(Error::io("write", &draft))?;
    fs::rename(&draft, layout.marker()).map_err(Error::io("create", &layout.marker()))?;
    disk::sync_folder(layout.root())
}

fn check_marker(layout: &Layout) -> Result<(), Error> {
    let path = layout.marker();
    let text = fs::read(&path).map_err(Error::io("read", &path))?;
    let foreign = || Error::Foreign(layout.root().to_owned());
    let marker: Marker = serde_json::from_slice(&text).map_err(|_| foreign())?;
    if marker.format != FORMAT {
        return Err(foreign());
    }
    if marker.version > VERSION {
        return Err(Error::Newer { path: layout.root().to_owned(), version: marker.version, known: VERSION });
    }
    Ok(())
}
