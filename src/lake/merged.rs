//! Which merged files there are, and whose rows they hold.
//!
//! The ledger alone says which parts count, and merging does not change it. Beside it lies one small file per day,
//! `v1/merged/date=YYYY-MM-DD.json`: the merged files of the day, each with the parts whose rows it holds, one after the
//! other. It is replaced in one step, and with it all merges of a day happen or none.
//!
//! Rows of a merged file count while the ledger names their part with the same hash. When an export is replaced, its old
//! rows stop counting the moment its new entry exists, as they do in files of their own; readers pass over them, and
//! the writer then writes the file anew without them, for readers that know no ledger.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::compact::{Input, join};
use super::known::{Known, is_file};
use super::layout::{self, Layout};
use super::ledger::{self, LedgerEntry, Part};
use super::seal::{seal, unseal_or_plain};
use super::{Error, Lake, Ledger, disk};

/// Lists larger than this are not ours; a real one has about 250 bytes per part.
const MAX_LIST_BYTES: u64 = 256 * 1024 * 1024;

/// A Parquet file that holds the rows of several parts, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merged {
    /// The file, described like a part.
    pub(super) file: Part,
    /// Whose rows it holds, in their order.
    pub(super) holds: Vec<Piece>,
}

/// A part whose rows are in a merged file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// Path of the part, as the ledger names it.
    pub(super) path: String,
    /// SHA-256 of the file that it was.
    pub(super) sha256: String,
    /// Rows.
    pub(super) rows: u64,
}

/// The merged files of a lake.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By day, as the name of a partition.
    days: BTreeMap<String, Vec<Merged>>,
    /// Days whose list cannot be understood.
    damaged: BTreeSet<String>,
}

/// A file of the lake with rows that count.
#[derive(Debug, Clone)]
pub struct DataFile<'l> {
    /// The file: a part, or several merged ones.
    pub part: &'l Part,
    /// The rows that count, in order, when not all do.
    pub kept: Option<Vec<Range<u64>>>,
}

impl DataFile<'_> {
    /// Number of rows that count.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.kept.as_ref().map_or(self.part.rows, |kept| kept.iter().map(|range| range.end - range.start).sum())
    }
}

impl Index {
    /// Reads the lists of all days. A damaged one is added to `damaged`.
    pub(super) fn read(layout: &Layout, damaged: &mut Vec<Error>) -> Result<Self, Error> {
        let mut index = Self::default();
        for day in days(layout)? {
            match read_day(layout, &day) {
                Ok(list) => drop(index.days.insert(day, list)),
                Err(error @ Error::Damaged { .. }) => {
                    damaged.push(error);
                    index.damaged.insert(day);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(index)
    }

    /// The merged files of a day.
    pub(super) fn of_day(&self, day: &str) -> &[Merged] {
        self.days.get(day).map_or(&[], Vec::as_slice)
    }

    /// Whether the list of a day cannot be understood: then nobody knows whose the files of the day are.
    pub(super) fn is_damaged(&self, day: &str) -> bool {
        self.damaged.contains(day)
    }

    fn files(&self) -> impl Iterator<Item = &Merged> {
        self.days.values().flatten()
    }
}

impl Ledger {
    /// The files that hold what the entries name: parts with files of their own, and merged ones, without those that are
    /// left out.
    #[must_use]
    pub fn files(&self) -> Vec<DataFile<'_>> {
        let named = self.named();
        let mut merged_parts = HashSet::new();
        let mut files = Vec::new();
        for merged in self.merged.files() {
            let kept = merged.kept(|piece| {
                // A part counts once, whatever the lists say.
                named.contains(&(piece.path.as_str(), piece.sha256.as_str()))
                    && merged_parts.insert(piece.path.as_str())
            });
            if !kept.is_empty() {
                let whole = merged.is_whole(&kept);
                files.push(DataFile { part: &merged.file, kept: (!whole).then_some(kept) });
            }
        }
        let own = self.parts().filter(|part| !merged_parts.contains(part.path.as_str()));
        files.extend(own.map(|part| DataFile { part, kept: None }));
        files.retain(|file| !self.left_out.iter().any(|left| left.part.path == file.part.path));
        files
    }

    /// Names of the exports whose rows are in a file.
    #[must_use]
    pub fn exports_in(&self, file: &DataFile<'_>) -> Vec<&str> {
        let merged = self.merged.files().find(|merged| merged.file.path == file.part.path);
        let pieces = merged.map_or(&[][..], |merged| &merged.holds);
        let inside = |part: &Part| part.path == file.part.path || pieces.iter().any(|piece| piece.is(part));
        self.entries.iter().filter(|e| e.parts.iter().any(inside)).map(|e| e.export_key.as_str()).collect()
    }

    /// The part of the ledger that one of its entries needs.
    #[must_use]
    pub fn only(&self, entry: &LedgerEntry) -> Self {
        let needed = |merged: &&Merged| merged.holds.iter().any(|piece| entry.parts.iter().any(|part| piece.is(part)));
        let mut one = Self { entries: vec![entry.clone()], ..Self::default() };
        for day in entry.parts.iter().map(day_of).collect::<BTreeSet<_>>() {
            let list: Vec<Merged> = self.merged.of_day(day).iter().filter(needed).cloned().collect();
            one.merged.days.insert(day.to_owned(), list);
        }
        one
    }

    /// Whether all files that hold rows of an entry are there.
    #[must_use]
    pub fn files_of(&self, lake: &Lake, entry: &LedgerEntry) -> bool {
        entry.parts.iter().all(|part| lake.part_path(self.place_of(part).0).is_file())
    }

    /// The file that holds the rows of a part, and which of its rows they are when they are not all of them.
    pub(super) fn place_of<'l>(&'l self, part: &'l Part) -> (&'l Part, Option<Range<u64>>) {
        for merged in self.merged.of_day(day_of(part)) {
            let mut start = 0;
            for piece in &merged.holds {
                if piece.is(part) {
                    return (&merged.file, Some(start..start + piece.rows));
                }
                start += piece.rows;
            }
        }
        (part, None)
    }

    /// Leaves out the exports that cannot be read because the list of a day is damaged; they are pulled again.
    pub(super) fn leave_out_lost(&mut self, layout: &Layout) {
        let damaged = &self.merged.damaged;
        let lost = |part: &Part| damaged.contains(day_of(part)) && !layout.part(&part.path).is_file();
        self.entries.retain(|entry| damaged.is_empty() || !entry.parts.iter().any(lost));
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.entries.iter().flat_map(|entry| &entry.parts)
    }

    fn named(&self) -> HashSet<(&str, &str)> {
        self.parts().map(|part| (part.path.as_str(), part.sha256.as_str())).collect()
    }
}

impl Merged {
    /// The rows of the pieces that are wanted, neighbours joined.
    fn kept<'m>(&'m self, mut wanted: impl FnMut(&'m Piece) -> bool) -> Vec<Range<u64>> {
        let mut kept: Vec<Range<u64>> = Vec::new();
        let mut start = 0;
        for piece in &self.holds {
            let end = start + piece.rows;
            if wanted(piece) {
                match kept.last_mut().filter(|last| last.end == start) {
                    Some(last) => last.end = end,
                    None => kept.push(start..end),
                }
            }
            start = end;
        }
        kept
    }

    fn is_whole(&self, kept: &[Range<u64>]) -> bool {
        matches!(kept, [only] if *only == (0..self.file.rows))
    }
}

impl Piece {
    fn is(&self, part: &Part) -> bool {
        self.path == part.path && self.sha256 == part.sha256
    }
}

/// The day that a part lies on, as the name of its folder.
pub(super) fn day_of(part: &Part) -> &str {
    part.path.split('/').nth(1).unwrap_or_default()
}

/// Whether the rows of a part are on the disk, in a file of its own or in a merged one.
pub(super) fn is_there(layout: &Layout, part: &Part) -> bool {
    is_file(layout, part)
        || read_day(layout, day_of(part)).is_ok_and(|list| {
            list.iter().any(|m| m.holds.iter().any(|piece| piece.is(part)) && is_file(layout, &m.file))
        })
}

/// Days that have a list, as the names of their folders.
pub(super) fn days(layout: &Layout) -> Result<Vec<String>, Error> {
    let names = disk::names(&layout.merged())?;
    let days = names.iter().filter_map(|name| name.strip_suffix(".json")).filter(|day| layout::is_partition(day));
    Ok(days.map(str::to_owned).collect())
}

/// The list of a day.
pub(super) fn read_day(layout: &Layout, day: &str) -> Result<Vec<Merged>, Error> {
    let path = layout.merged_of(day);
    let damaged = |reason: &str| Error::Damaged { path: path.clone(), reason: reason.to_owned() };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_LIST_BYTES).read_to_end(&mut bytes).map_err(Error::io("read", &path))?;
    let list: Vec<Merged> = unseal_or_plain(&bytes).map_err(|reason| damaged(&reason))?;
    let fits = |merged: &Merged| {
        let table = &merged.file.table;
        let placed = |path: &str| layout::is_part_path(table, path) && path.split('/').nth(1) == Some(day);
        let rows = merged.holds.iter().try_fold(0_u64, |sum, piece| sum.checked_add(piece.rows));
        placed(&merged.file.path)
            && rows == Some(merged.file.rows)
            && merged.holds.iter().all(|piece| placed(&piece.path))
    };
    if list.iter().all(fits) { Ok(list) } else { Err(damaged("it names what cannot be a merged file")) }
}

/// Replaces the list of a day; a reader sees the old one or the new one.
pub(super) fn publish(layout: &Layout, staging: &Path, day: &str, list: &[Merged]) -> Result<(), Error> {
    let path = layout.merged_of(day);
    if list.is_empty() {
        fs::remove_file(&path).map_err(Error::io("remove", &path))?;
    } else {
        disk::create_folder(&layout.merged())?;
        let temporary = staging.join("merged.json");
        let bytes = seal(list)?;
        let mut file = disk::create_file(&temporary)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", &temporary))?;
        fs::rename(&temporary, &path).map_err(Error::io("replace", &path))?;
    }
    disk::sync_folder(&layout.merged())?;
    disk::sync_folder(&layout.data())
}

/// Brings the merged files in line with the ledger: one without rows that count goes, one with rows that no longer
/// count is written anew without them. The caller holds the writer lock.
pub(super) fn settle(layout: &Layout, known: &Known, staging: &Path) -> Result<(), Error> {
    for day in known.days_to_settle() {
        let wanted = |piece: &Piece| known.wants(day, piece);
        let (mut kept, mut gone) = (Vec::new(), Vec::new());
        let list = read_day(layout, day)?;
        for merged in &list {
            let rows = merged.kept(wanted);
            let whole = merged.is_whole(&rows);
            let intact = || ledger::verify(layout, &merged.file).inspect_err(|e| tracing::warn!("{e}")).is_ok();
            if rows.is_empty() {
                gone.push(&merged.file.path);
            } else if !whole && intact() {
                let holds = merged.holds.iter().filter(|piece| wanted(piece)).cloned().collect();
                kept.push(join(layout, staging, day, &[Input { file: &merged.file, kept: Some(rows), holds }])?);
                gone.push(&merged.file.path);
            } else {
                kept.push(merged.clone());
            }
        }
        if !gone.is_empty() {
            publish(layout, staging, day, &kept)?;
            for path in gone {
                // Should this fail, nobody reads the file any more and the next writer removes it.
                let _ = fs::remove_file(layout.part(path));
            }
        }
    }
    for day in known.days_to_forget() {
        publish(layout, staging, day, &[])?;
    }
    Ok(())
}
