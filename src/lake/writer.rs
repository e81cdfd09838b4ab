//! Getting an export into the lake, wholly or not at all.
//!
//! ```text
//! begin → write … → finish → commit:  parts synced in staging → renamed into place → folders synced → ledger entry
//! ```
//! Until the ledger entry exists, readers see nothing; after it exists, everything is on the disk. A crash in between
//! leaves files that no entry names; the next writer removes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::commit::Queue;
use super::compact::Placed;
use super::known::Known;
use super::ledger::{self, LedgerEntry, Origin, Part};
use super::lock::{self, Lock};
use super::part::{Finished, Parts};
use super::{Error, disk, layout, layout::Layout, merged};
use crate::tables::Rows;

/// The one writer of a lake. Several exports may be in progress at once, also in several threads.
#[derive(Debug, Clone)]
pub struct Writer {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) layout: Layout,
    /// Commits happen one after the other: two exports with the same content and name share their file names.
    pub(super) commit: Mutex<()>,
    queue: Queue,
    next: AtomicU64,
    _lock: Lock,
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// The export is new in the lake.
    Added,
    /// The lake held another state of it, which is gone now.
    Replaced,
    /// The lake already held exactly this; nothing was changed.
    Unchanged,
}

impl Writer {
    /// Takes the lock and removes what an interrupted writer left.
    pub(super) fn new(layout: Layout) -> Result<Self, Error> {
        disk::create_folder(&layout.ledger())?;
        disk::create_folder(&layout.staging())?;
        let lock = Lock::take(&layout)?;
        lock::recover(&layout)?;
        disk::sync_folder(&layout.data())?;
        disk::sync_folder(layout.root())?;
        let shared =
            Shared { layout, commit: Mutex::default(), queue: Queue::default(), next: AtomicU64::new(0), _lock: lock };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Starts an export. Its rows become visible with [`Staging::commit`]; dropping it removes them.
    ///
    /// # Errors
    /// When the staging folder cannot be created.
    pub fn begin(&self) -> Result<Staging, Error> {
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let folder = self.shared.layout.staging().join(number.to_string());
        disk::create_folder(&folder)?;
        let parts = Parts::new(folder.clone());
        Ok(Staging { shared: Arc::clone(&self.shared), parts, folder, replaced: BTreeSet::new() })
    }

    /// Lets commits wait until the result is dropped.
    #[cfg(test)]
    pub(super) fn hold_commits_for_tests(&self) -> std::sync::MutexGuard<'_, ()> {
        self.shared.commit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which exports are no longer where they were found; their rows stay.
    ///
    /// # Errors
    /// When the note cannot be written.
    pub fn note_vanished(&self, ids: &BTreeSet<String>) -> Result<(), Error> {
        let staging = self.begin()?;
        ledger::write_vanished(&self.shared.layout, &staging.folder, ids)
    }

    /// Writes merged files anew that hold rows of replaced exports, without these. Readers pass over such rows anyway;
    /// this is for those that know no ledger.
    ///
    /// # Errors
    /// When a file cannot be read or written; the lake is then as it was before.
    pub fn settle(&self) -> Result<(), Error> {
        let staging = self.begin()?;
        let _turn = self.shared.commit.lock().unwrap_or_else(PoisonError::into_inner);
        merged::settle(&self.shared.layout, &Known::read(&self.shared.layout)?, &staging.folder)
    }

    /// Notes a new version tag and place of an export whose content turned out to be the same, so that the next run
    /// can skip it without reading it. Does nothing when the lake does not hold the export.
    ///
    /// # Errors
    /// When the entry is damaged or cannot be written.
    pub fn seen_again(&self, id: &str, etag: Option<String>, origin: Option<Origin>) -> Result<(), Error> {
        let layout = &self.shared.layout;
        if !layout::is_id(id) {
            return Ok(());
        }
        let staging = self.begin()?;
        let _turn = self.shared.commit.lock().unwrap_or_else(PoisonError::into_inner);
        match ledger::read_entry(&layout.entry(id), id)? {
            Some(old) => refresh(layout, &staging.folder, &old, etag, origin),
            None => Ok(()),
        }
    }
}

/// Publishes the entry with another tag and origin, unless it has these already.
pub(super) fn refresh(
    layout: &Layout,
    staging: &Path,
    old: &LedgerEntry,
    etag: Option<String>,
    origin: Option<Origin>,
) -> Result<(), Error> {
    if old.etag == etag && old.origin == origin {
        return Ok(());
    }
    ledger::publish(layout, staging, &LedgerEntry { etag, origin, ..old.clone() }, true)
}

/// An export on its way into the lake.
pub struct Staging {
    pub(super) shared: Arc<Shared>,
    pub(super) parts: Parts,
    pub(super) folder: PathBuf,
    /// Parts of an export that the lake holds whose rows were written anew; see [`Staging::amend`].
    pub(super) replaced: BTreeSet<String>,
}

impl Staging {
    /// Takes all rows; they leave memory in steps.
    ///
    /// # Errors
    /// When a part cannot be written; the export must then be given up.
    pub fn write(&mut self, rows: &mut Rows) -> Result<(), Error> {
        rows.drain_into(&mut self.parts)
    }

    /// Writes what is left of the rows and lets go of all memory; what remains is to be committed. `entry` says what
    /// the export is; its list of parts is filled in by the commit.
    ///
    /// # Errors
    /// When the entry is not acceptable, or a part cannot be written.
    pub fn finish(mut self, entry: LedgerEntry) -> Result<Ready, Error> {
        ledger::check(&entry).map_err(Error::BadEntry)?;
        Ok(Ready { finished: self.parts.finish()?, staging: self, entry })
    }

    /// Makes the export visible: [`Self::finish`] and [`Ready::commit`].
    ///
    /// # Errors
    /// When the entry is not acceptable, or a file cannot be written; the lake is then as it was before.
    pub fn commit(self, entry: LedgerEntry) -> Result<Committed, Error> {
        self.finish(entry)?.commit()
    }

    #[cfg(test)]
    pub(super) fn folder_for_tests(&self) -> &Path {
        &self.folder
    }

    /// Gives synced parts their final names. `folders` takes those that have to be synced then.
    pub(super) fn place(
        &self,
        finished: Vec<Finished>,
        entry: &LedgerEntry,
        taken: &BTreeSet<&str>,
        placed: &mut Placed<'_>,
        folders: &mut BTreeSet<PathBuf>,
    ) -> Result<Vec<Part>, Error> {
        let layout = &self.shared.layout;
        let mut parts = Vec::with_capacity(finished.len());
        for part in finished {
            let folder = format!("{}/{}", part.table, part.day.folder());
            let full = layout.part(&folder);
            if !full.is_dir() {
                disk::create_folder(&full)?;
                folders.insert(layout.data());
                folders.insert(layout.part(part.table));
            }
            let path = free_name(layout, &folder, entry, taken);
            let target = layout.part(&path);
            fs::rename(&part.path, &target).map_err(Error::io("rename into place", &target))?;
            placed.paths.push(path.clone());
            folders.insert(full);
            parts.push(Part {
                table: part.table.to_owned(),
                path,
                rows: part.rows,
                bytes: part.bytes,
                sha256: part.sha256,
                first_time: part.first,
                last_time: part.last,
            });
        }
        Ok(parts)
    }
}

/// An export whose parts are written; dropping it removes them.
pub struct Ready {
    pub(super) finished: Vec<Finished>,
    pub(super) staging: Staging,
    pub(super) entry: LedgerEntry,
}

impl Ready {
    /// Makes the export visible.
    ///
    /// An export that the lake already holds in the same conversion is left as it is, but for its tag and origin; should
    /// a part of it be missing on disk, it is replaced. Another conversion or content
    /// under the same identity replaces the older one in one step.
    ///
    /// Waits for the disk, for most of the time. Commits of several threads share that wait.
    ///
    /// # Errors
    /// When a file cannot be written; the lake is then as it was before.
    pub fn commit(self) -> Result<Committed, Error> {
        let shared = Arc::clone(&self.staging.shared);
        shared.queue.commit(&shared, self)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next writer.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The first name that is free. Names of the older state are taken even where its files are lost: they are removed
/// once the new entry has replaced the old one.
fn free_name(layout: &Layout, folder: &str, entry: &LedgerEntry, taken: &BTreeSet<&str>) -> String {
    let mut number = 1;
    loop {
        let path = format!("{folder}/{}", layout::part_name(&entry.export_key, &entry.id, number));
        if !taken.contains(path.as_str()) && !layout.part(&path).exists() {
            return path;
        }
        number += 1;
    }
}
