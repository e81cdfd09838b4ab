//! The ledger without what only readers of rows need: enough to tell what a pull has to do, and small enough to hold a
//! few hundred thousand exports.

use std::collections::BTreeSet;

use super::Error;
use super::known::Presence;
use super::layout::Layout;
use super::ledger::{self, LedgerEntry, Origin};

/// What the lake knows of its exports, without their parts.
#[derive(Debug, Default)]
pub struct Index {
    /// Entries sorted by export key, then identity. Damaged ones are left out: their exports are pulled again.
    pub entries: Vec<IndexEntry>,
    /// See [`Ledger::vanished`](super::Ledger::vanished).
    pub vanished: BTreeSet<String>,
}

/// One export; the fields are those of [`LedgerEntry`].
#[derive(Debug, Clone, PartialEq)]
pub struct IndexEntry {
    /// Identity.
    pub id: String,
    /// The name that rows and findings carry.
    pub export_key: String,
    /// Size of the object in bytes.
    pub size: u64,
    /// The store's version tag, where it has one.
    pub etag: Option<String>,
    /// SHA-256 of the object's bytes, lower-case hex.
    pub sha256: String,
    /// Where a local file was found.
    pub origin: Option<Origin>,
    /// Version of the conversion.
    pub converter: u32,
    /// How much text was kept.
    pub content: String,
    /// Whether the end of the export is missing or unreadable.
    pub partial: bool,
    /// Records that became rows.
    pub records: u64,
    /// Records that were skipped because they could not be read.
    pub skipped: u64,
    /// The first thing that was wrong, without any content of the record.
    pub problem: Option<String>,
    /// Whether some of its rows are no longer on the disk.
    pub lost: bool,
}

impl From<LedgerEntry> for IndexEntry {
    fn from(entry: LedgerEntry) -> Self {
        let stats = entry.stats;
        Self {
            id: entry.id,
            export_key: entry.export_key,
            size: entry.size,
            etag: entry.etag,
            sha256: entry.sha256,
            origin: entry.origin,
            converter: entry.converter,
            content: entry.content,
            partial: stats.partial,
            records: stats.records,
            skipped: stats.skipped,
            problem: stats.problems.into_iter().next().map(|problem| problem.reason),
            lost: false,
        }
    }
}

impl Index {
    /// Reads every entry; of each, only what is kept of it stays in memory.
    ///
    /// # Errors
    /// When the ledger folder cannot be listed or a file cannot be read.
    pub(super) fn read(layout: &Layout) -> Result<Self, Error> {
        let presence = Presence::read(layout)?;
        let mut entries: Vec<IndexEntry> = Vec::new();
        ledger::each(layout, |_, entry| {
            if let Ok(entry) = entry {
                let lost = !presence.is_whole(&entry);
                entries.push(IndexEntry { lost, ..entry.into() });
            }
        })?;
        let lost = entries.iter().filter(|entry| entry.lost).count();
        if lost > 0 {
            tracing::warn!(
                exports = lost,
                "files of the lake are missing; their exports are pulled again if they are found"
            );
        }
        entries.sort_by(|a, b| (&a.export_key, &a.id).cmp(&(&b.export_key, &b.id)));
        Ok(Self { entries, vanished: ledger::read_vanished(&layout.vanished()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::{Lake, object_id};
    use crate::outcome::{ExportStats, Problem};

    #[test]
    fn it_holds_what_the_ledger_holds_and_leaves_out_what_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open(folder.path().join("lake")).unwrap();
        let mut stats = ExportStats { records: 3, skipped: 2, ..ExportStats::default() };
        for reason in ["first", "second"] {
            let (kind, reason) = ("corrupt".to_owned(), reason.to_owned());
            stats.problem(Problem { kind, record_number: None, record_id: None, offset: None, reason });
        }
        for key in ["b", "a", "c"] {
            let entry = LedgerEntry {
                id: object_id("file", key),
                export_key: key.to_owned(),
                source: "file".to_owned(),
                size: 10,
                etag: Some("\"e\"".to_owned()),
                sha256: object_id("content", key),
                origin: None,
                converter: 1,
                content: "full".to_owned(),
                rule_set: None,
                stats: stats.clone(),
                parts: Vec::new(),
            };
            lake.writer().unwrap().begin().unwrap().commit(entry).unwrap();
        }
        std::fs::write(lake.layout.entry(&object_id("file", "b")), "{}").unwrap();
        let index = lake.index().unwrap();
        let expected: Vec<IndexEntry> = lake.ledger().unwrap().entries.into_iter().map(IndexEntry::from).collect();
        assert_eq!(index.entries, expected);
        let keys: Vec<&str> = index.entries.iter().map(|entry| entry.export_key.as_str()).collect();
        assert_eq!(keys, ["a", "c"]);
        let entry = &index.entries[0];
        assert_eq!((entry.records, entry.skipped, entry.problem.as_deref()), (3, 2, Some("first")));
    }
}
