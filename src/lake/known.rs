//! Which files of a lake count, as hashes: a writer looks at all of them each time, and a lake may have hundreds of
//! thousands, so no entry stays in memory.

use std::collections::{BTreeMap, HashSet};

use super::ledger::{self, LedgerEntry, Part};
use super::merged::{self, Merged, Piece, day_of};
use super::{Error, layout, layout::Layout, prune};

/// The files that count.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What the entries name.
    named: HashSet<u128>,
    /// Paths of files: parts with files of their own, and merged ones.
    files: HashSet<u128>,
    merged: Pieces,
    /// Days whose list of merged files cannot be understood, and whether there are exports that cannot be read without
    /// it.
    damaged_days: BTreeMap<String, bool>,
    /// Starts of the identities of the damaged entries: their parts must not be taken for garbage.
    damaged_entries: Vec<String>,
    first_day: Option<String>,
}

/// Parts whose rows are in merged files, by the name of their day.
#[derive(Debug, Default)]
struct Pieces(BTreeMap<String, HashSet<u128>>);

impl Pieces {
    /// Whether a merged file has the rows of a part.
    fn hold(&self, part: &Part) -> bool {
        self.0.get(day_of(part)).is_some_and(|day| day.contains(&content(&part.path, &part.sha256)))
    }
}

impl Known {
    /// Reads every entry and every list of merged files, one at a time.
    pub(super) fn read(layout: &Layout) -> Result<Self, Error> {
        let mut known = Self { first_day: prune::first_day(layout)?, ..Self::default() };
        for day in merged::days(layout)? {
            match merged::read_day(layout, &day) {
                Ok(list) => {
                    known.files.extend(list.iter().map(|merged| path(&merged.file.path)));
                    known.merged.0.insert(day, list.iter().flat_map(|merged| &merged.holds).map(of_piece).collect());
                }
                Err(Error::Damaged { .. }) => drop(known.damaged_days.insert(day, false)),
                Err(error) => return Err(error),
            }
        }
        ledger::each(layout, |id, entry| match entry {
            Ok(entry) => known.take(layout, &entry),
            Err(_) => known.damaged_entries.push(layout::hash_of(id)),
        })?;
        Ok(known)
    }

    fn take(&mut self, layout: &Layout, entry: &LedgerEntry) {
        let parts = || entry.parts.iter().filter(|part| prune::stays(part, self.first_day.as_deref()));
        let lost: Vec<String> = parts()
            .filter(|part| self.damaged_days.contains_key(day_of(part)) && !layout.part(&part.path).is_file())
            .map(|part| day_of(part).to_owned())
            .collect();
        if !lost.is_empty() {
            self.damaged_entries.push(layout::hash_of(&entry.id));
            self.damaged_days.extend(lost.into_iter().map(|day| (day, true)));
            return;
        }
        let own: Vec<u128> = parts().filter(|part| !self.merged.hold(part)).map(|part| path(&part.path)).collect();
        let named: Vec<u128> = parts().map(|part| content(&part.path, &part.sha256)).collect();
        self.files.extend(own);
        self.named.extend(named);
    }

    /// Whether a file with the name of a part may be removed.
    pub(super) fn is_garbage(&self, file: &str, day: &str, hash: &str) -> bool {
        !self.files.contains(&path(file)) && !self.damaged_days.contains_key(day) && !self.is_of_damaged(Some(hash))
    }

    /// Whether the rows of a piece of a merged file count, or may count.
    pub(super) fn wants(&self, day: &str, piece: &Piece) -> bool {
        // What a damaged entry named is kept: the entry may be all that is wrong.
        let hash = piece.path.rsplit('/').next().and_then(layout::hash_of_part);
        self.stays(day) && (self.named.contains(&of_piece(piece)) || self.is_of_damaged(hash))
    }

    /// Days with merged files that may hold rows which no longer count.
    pub(super) fn days_to_settle(&self) -> impl Iterator<Item = &str> {
        let settled = |(day, pieces): &(&String, &HashSet<u128>)| self.stays(day) && pieces.is_subset(&self.named);
        self.merged.0.iter().filter(move |day| !settled(day)).map(|(day, _)| day.as_str())
    }

    /// Days with a damaged list that no export needs any more: what it named is garbage.
    pub(super) fn days_to_forget(&self) -> impl Iterator<Item = &str> {
        self.damaged_days.iter().filter(|(_, needed)| !**needed).map(|(day, _)| day.as_str())
    }

    fn stays(&self, day: &str) -> bool {
        self.first_day.as_deref().is_none_or(|first| day >= first)
    }

    fn is_of_damaged(&self, hash: Option<&str>) -> bool {
        self.damaged_entries.iter().any(|damaged| Some(damaged.as_str()) == hash)
    }
}

/// Tells whether all rows of an export are on the disk, by names and sizes: who reads the rows finds out the rest.
pub(super) struct Presence<'l> {
    layout: &'l Layout,
    merged: Pieces,
    first_day: Option<String>,
}

impl<'l> Presence<'l> {
    pub(super) fn read(layout: &'l Layout) -> Result<Self, Error> {
        let mut merged = Pieces::default();
        for day in merged::days(layout)? {
            match merged::read_day(layout, &day) {
                Ok(list) => {
                    let there = |merged: &&Merged| is_file(layout, &merged.file);
                    let pieces = list.iter().filter(there).flat_map(|merged| &merged.holds);
                    merged.0.insert(day, pieces.map(of_piece).collect());
                }
                // Its exports cannot be read without it.
                Err(Error::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { layout, merged, first_day: prune::first_day(layout)? })
    }

    pub(super) fn is_whole(&self, entry: &LedgerEntry) -> bool {
        let mut parts = entry.parts.iter().filter(|part| prune::stays(part, self.first_day.as_deref()));
        parts.all(|part| is_file(self.layout, part) || self.merged.hold(part))
    }
}

/// Whether the file is there with the size that it had.
pub(super) fn is_file(layout: &Layout, part: &Part) -> bool {
    layout.part(&part.path).metadata().is_ok_and(|found| found.is_file() && found.len() == part.bytes)
}

fn path(path: &str) -> u128 {
    twox_hash::XxHash3_128::oneshot(path.as_bytes())
}

fn content(path: &str, sha256: &str) -> u128 {
    twox_hash::XxHash3_128::oneshot(format!("{path}\n{sha256}").as_bytes())
}

fn of_piece(piece: &Piece) -> u128 {
    content(&piece.path, &piece.sha256)
}
