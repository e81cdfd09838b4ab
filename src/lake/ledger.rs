//! Which exports are in the lake: one small JSON file per export, created last. A part that no entry names does not exist.
//!
//! Parts are trusted because an entry holds their hash, so an entry has to be able to prove itself: see the seal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::layout::{self, Layout};
use super::merged::Index;
use super::seal::{seal, unseal};
use super::{DamagedFile, Error, disk, prune};
use crate::outcome::ExportStats;

/// Entries larger than this are not ours; a real one is a few kilobytes.
const MAX_ENTRY_BYTES: u64 = 64 * 1024 * 1024;

/// One export as the lake knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Identity, 16 to 64 lower-case hex digits: SHA-256 of the content for a local file,
    /// [`object_id`](super::object_id) for an object of a bucket.
    pub id: String,
    /// The name that rows and findings carry.
    pub export_key: String,
    /// `file`, or the bucket as `s3://bucket`.
    pub source: String,
    /// Size of the object in bytes.
    pub size: u64,
    /// The store's version tag, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// SHA-256 of the object's bytes, lower-case hex.
    pub sha256: String,
    /// Where a local file was found, to skip it cheaply while it is unchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Version of the conversion; another version converts again.
    pub converter: u32,
    /// How much text was kept: `full`, `redacted` or `none`.
    pub content: String,
    /// Rules for secrets that its texts were last searched with, as their short hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<String>,
    /// What was read and what was not.
    #[serde(default)]
    pub stats: ExportStats,
    /// The parts that its rows were written as, sorted by path. Filled in by the commit. Where they are now tells
    /// [`Ledger::files`]: small ones may have been merged.
    #[serde(default)]
    pub parts: Vec<Part>,
}

impl LedgerEntry {
    /// Whether the other entry stands for the same content, converted in the same way.
    #[must_use]
    pub fn same_conversion(&self, other: &Self) -> bool {
        self.id == other.id
            && self.sha256 == other.sha256
            && self.converter == other.converter
            && self.content == other.content
    }
}

/// A local file as it was when it was converted. Never shown: paths name people and machines.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Full path.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Modification time in nanoseconds since the epoch.
    pub mtime: i64,
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Origin(not shown)")
    }
}

/// One Parquet file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Table that the rows belong to.
    pub table: String,
    /// Path below the data folder of the lake, `<table>/date=YYYY-MM-DD/<name>.parquet`.
    pub path: String,
    /// Rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Earliest row time, microseconds since the epoch.
    pub first_time: i64,
    /// Latest row time, microseconds since the epoch.
    pub last_time: i64,
}

/// Everything that the ledger holds.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Entries sorted by export key, then identity.
    pub entries: Vec<LedgerEntry>,
    /// One [`Error::Damaged`] per entry or list of merged files that could not be understood; exports that cannot be
    /// read without it are left out.
    pub damaged: Vec<Error>,
    /// Identities of exports that the last pull did not find where they had been found; their rows stay.
    pub vanished: BTreeSet<String>,
    /// Files that are not read because they are not what was written; see [`Lake::leave_out_damaged`](super::Lake).
    pub left_out: Vec<DamagedFile>,
    /// Files that hold the rows of several parts.
    pub(super) merged: Index,
}

impl Ledger {
    /// Reads every entry.
    ///
    /// # Errors
    /// Only when the ledger folder itself cannot be listed or a file cannot be read.
    pub(super) fn read(layout: &Layout) -> Result<Self, Error> {
        let mut ledger = Self { vanished: read_vanished(&layout.vanished()), ..Self::default() };
        each(layout, |_, entry| match entry {
            Ok(entry) => ledger.entries.push(entry),
            Err(error) => ledger.damaged.push(error),
        })?;
        ledger.merged = Index::read(layout, &mut ledger.damaged)?;
        prune::apply(&mut ledger, layout)?;
        ledger.leave_out_lost(layout);
        ledger.entries.sort_by(|a, b| (&a.export_key, &a.id).cmp(&(&b.export_key, &b.id)));
        Ok(ledger)
    }

    /// Short hash over everything that an answer can depend on: the same state, the same rows.
    #[must_use]
    pub fn state(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.entries.iter().flat_map(|entry| &entry.parts) {
            hash.update(&part.path);
            hash.update(&part.sha256);
        }
        // An entry without rows changes nothing but the list of exports.
        self.entries.iter().for_each(|entry| hash.update(&entry.id));
        self.left_out.iter().for_each(|file| hash.update(&file.part.path));
        hex::encode(&hash.finalize()[..16])
    }

    /// Entries by identity.
    #[must_use]
    pub fn by_id(&self) -> BTreeMap<&str, &LedgerEntry> {
        self.entries.iter().map(|e| (e.id.as_str(), e)).collect()
    }

    /// Entries of local files by the full path at which they were found.
    #[must_use]
    pub fn by_path(&self) -> BTreeMap<&str, &LedgerEntry> {
        self.entries.iter().filter_map(|e| e.origin.as_ref().map(|o| (o.path.as_str(), e))).collect()
    }
}

/// Reads every entry, one after the other, with its identity; a damaged one is an [`Error::Damaged`].
pub(super) fn each(layout: &Layout, mut take: impl FnMut(&str, Result<LedgerEntry, Error>)) -> Result<(), Error> {
    let folder = layout.ledger();
    for name in disk::names(&folder)? {
        let Some(id) = name.strip_suffix(".json") else { continue };
        match read_entry(&folder.join(&name), id) {
            Ok(Some(entry)) => take(id, Ok(entry)),
            Ok(None) => {}
            Err(error @ Error::Damaged { .. }) => take(id, Err(error)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads the note of vanished exports. It is a convenience that every pull writes anew: one that cannot be read is none.
pub(super) fn read_vanished(path: &Path) -> BTreeSet<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_ENTRY_BYTES).read_to_end(&mut bytes));
    read.ok().and_then(|_| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Writes the note of vanished exports; a reader sees the old one or the new one.
pub(super) fn write_vanished(layout: &Layout, staging: &Path, ids: &BTreeSet<String>) -> Result<(), Error> {
    let (path, temporary) = (layout.vanished(), staging.join("vanished.json"));
    let json = serde_json::to_vec(ids).map_err(|_| Error::BadEntry("it cannot be written as JSON"))?;
    let mut file = disk::create_file(&temporary)?;
    file.write_all(&json).and_then(|()| file.sync_all()).map_err(Error::io("write", &temporary))?;
    fs::rename(&temporary, &path).map_err(Error::io("replace", &path))?;
    disk::sync_folder(&layout.data())
}

/// Reads one entry; `None` when there is none.
pub(super) fn read_entry(path: &Path, id: &str) -> Result<Option<LedgerEntry>, Error> {
    let damaged = |reason: String| Error::Damaged { path: path.to_owned(), reason };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", path)(e)),
    };
    let mut bytes = Vec::new();
    file.take(MAX_ENTRY_BYTES + 1).read_to_end(&mut bytes).map_err(Error::io("read", path))?;
    if bytes.len() as u64 > MAX_ENTRY_BYTES {
        return Err(damaged("too large".to_owned()));
    }
    let entry: LedgerEntry = unseal(&bytes).map_err(damaged)?;
    if entry.id != id {
        return Err(damaged("it names another export".to_owned()));
    }
    check(&entry).map_err(|reason| damaged(reason.to_owned()))?;
    if !entry.parts.iter().all(|p| layout::is_part_path(&p.table, &p.path)) {
        return Err(damaged("it names a file that cannot be a part".to_owned()));
    }
    Ok(Some(entry))
}

/// What an entry must fulfil before it may be written or believed.
pub(super) fn check(entry: &LedgerEntry) -> Result<(), &'static str> {
    if !layout::is_id(&entry.id) {
        return Err("the identity is not 16 to 64 lower-case hex digits");
    }
    if entry.export_key.is_empty() {
        return Err("the export has no name");
    }
    Ok(())
}

/// Publishes an entry. Without `replace` it is created, never overwritten; with it, an older entry is replaced in one step.
///
/// The caller holds the writer lock. Returns only after the entry is on the disk.
pub(super) fn publish(layout: &Layout, staging: &Path, entry: &LedgerEntry, replace: bool) -> Result<(), Error> {
    let draft = draft(staging, entry)?;
    disk::sync_file(&draft)?;
    name(layout, &draft, &entry.id, replace)?;
    disk::sync_folder(&layout.ledger())
}

/// Writes an entry under a temporary name.
pub(super) fn draft(staging: &Path, entry: &LedgerEntry) -> Result<PathBuf, Error> {
    let path = staging.join("entry.json");
    let bytes = seal(entry)?;
    disk::create_file(&path)?.write_all(&bytes).map_err(Error::io("write", &path))?;
    Ok(path)
}

/// Gives an entry that is on the disk its name, see [`publish`].
pub(super) fn name(layout: &Layout, draft: &Path, id: &str, replace: bool) -> Result<(), Error> {
    let path = layout.entry(id);
    if replace { fs::rename(draft, &path).map_err(Error::io("replace", &path)) } else { create_only(draft, &path) }
}

/// Gives the file its final name unless that name is taken.
fn create_only(temporary: &Path, path: &Path) -> Result<(), Error> {
    match fs::hard_link(temporary, path) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Err(Error::io("create", path)(e)),
        // Some file systems have no hard links. The writer lock is held, so nobody creates the name in between.
        Err(_) if !path.exists() => fs::rename(temporary, path).map_err(Error::io("create", path)),
        Err(e) => Err(Error::io("create", path)(e)),
    }
}

/// Checks that a part is there and has the size and the content that the ledger recorded.
pub(super) fn verify(layout: &Layout, part: &Part) -> Result<(), Error> {
    let path = layout.part(&part.path);
    let bad = |reason| Error::BadPart { path: path.clone(), reason };
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(bad("it is missing")),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    if file.metadata().map_err(Error::io("read", &path))?.len() != part.bytes {
        return Err(bad("its size differs"));
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer).map_err(Error::io("read", &path))? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    if hex::encode(hash.finalize()) == part.sha256 { Ok(()) } else { Err(bad("its content differs")) }
}
