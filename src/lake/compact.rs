//! Merging small parts, so that a lake of many exports does not become a lake of many files.
//!
//! ```text
//! per day: small files → one per table, synced → renamed into place → list of the day → small files removed
//! ```
//! The list of the day is the commit point, see [`merged`]. A crash before it leaves files that no list names, one after
//! it leaves files that no longer count; the next writer removes both. Rows, ids and ledger entries stay as they are.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, new_null_array};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection};

use super::layout::{self, Day, Layout};
use super::ledger::{self, Part};
use super::merged::{self, DataFile, Merged, Piece, day_of};
use super::part::Parts;
use super::{Error, Lake, Ledger, disk};
use crate::tables::{self, TableDoc};

/// Rows read at a time.
const BATCH_ROWS: usize = 1024;

/// Which files are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compaction {
    /// Files of at least so many bytes are left alone.
    pub small: u64,
    /// A merged file takes no more once it has so many bytes.
    pub target: u64,
    /// Fewer small files of one table and day are left alone.
    pub least: usize,
}

impl Default for Compaction {
    fn default() -> Self {
        Self { small: 16 << 20, target: 128 << 20, least: 8 }
    }
}

/// What a compaction did.
#[derive(Debug, Default)]
pub struct Compacted {
    /// Files that were merged.
    pub merged: u64,
    /// Files that they became.
    pub into: u64,
    /// Bytes before and after.
    pub bytes: (u64, u64),
    /// Why files were left as they are that should have been merged: damage.
    pub left: Vec<Error>,
}

/// A file to be merged: which of its rows, and whose they are.
pub(super) struct Input<'f> {
    pub(super) file: &'f Part,
    pub(super) kept: Option<Vec<Range<u64>>>,
    pub(super) holds: Vec<Piece>,
}

impl Lake {
    /// Merges small files of the same table and day. `ended` is asked between days whether to stop.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process writes; otherwise when a file cannot be written. What was merged before
    /// stays merged, and no row is lost.
    pub fn compact(&self, how: &Compaction, ended: &dyn Fn() -> bool) -> Result<Compacted, Error> {
        let layout = &self.layout;
        let writer = self.writer()?;
        let ledger = self.ledger()?;
        let mut days: BTreeMap<&str, BTreeMap<&str, Vec<DataFile<'_>>>> = BTreeMap::new();
        for file in ledger.files() {
            // Rows that no longer count are the business of the next writer.
            if file.part.bytes < how.small && file.kept.is_none() {
                days.entry(day_of(file.part)).or_default().entry(&file.part.table).or_default().push(file);
            }
        }
        let mut compacted = Compacted::default();
        for (day, tables) in days {
            if ended() {
                break;
            }
            let folder = layout.staging().join("compact");
            disk::create_folder(&folder)?;
            let done = compact_day(layout, &ledger, &folder, (day, tables), how, &mut compacted);
            let _ = fs::remove_dir_all(&folder);
            done?;
        }
        drop(writer);
        Ok(compacted)
    }
}

fn compact_day(
    layout: &Layout,
    ledger: &Ledger,
    staging: &Path,
    (day, tables): (&str, BTreeMap<&str, Vec<DataFile<'_>>>),
    how: &Compaction,
    compacted: &mut Compacted,
) -> Result<(), Error> {
    let old = ledger.merged.of_day(day);
    let mut placed = Placed { layout, paths: Vec::new(), keep: false };
    let (mut new, mut gone) = (Vec::new(), Vec::new());
    for (name, files) in tables {
        let Some(table) = tables::all().into_iter().find(|table| table.name == name) else { continue };
        if ledger.merged.is_damaged(day) || files.len() < how.least.max(2) {
            continue;
        }
        for group in groups(files, how.target) {
            let mut inputs = Vec::new();
            for file in group {
                let usable = ledger::verify(layout, file.part).and_then(|()| fits(layout, file.part, &table.schema));
                match usable {
                    Ok(true) => inputs.push(input(file.part, old)),
                    Ok(false) => {}
                    Err(error) => compacted.left.push(error),
                }
            }
            if inputs.len() < 2 {
                continue;
            }
            let merged = join(layout, staging, day, &inputs)?;
            placed.paths.push(merged.file.path.clone());
            compacted.merged += inputs.len() as u64;
            compacted.into += 1;
            compacted.bytes.0 += inputs.iter().map(|input| input.file.bytes).sum::<u64>();
            compacted.bytes.1 += merged.file.bytes;
            gone.extend(inputs.iter().map(|input| input.file.path.as_str()));
            new.push(merged);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let stay = old.iter().filter(|merged| !gone.contains(&merged.file.path.as_str())).cloned();
    let list: Vec<Merged> = stay.chain(new).collect();
    merged::publish(layout, staging, day, &list)?;
    placed.keep = true;
    for path in gone {
        // Should this fail, nobody reads the file any more and the next writer removes it.
        let _ = fs::remove_file(layout.part(path));
    }
    Ok(())
}

/// Files in the order of their times, in groups that reach the wanted size; a single file is no group.
fn groups(mut files: Vec<DataFile<'_>>, target: u64) -> Vec<Vec<DataFile<'_>>> {
    files.sort_by(|a, b| (a.part.first_time, &a.part.path).cmp(&(b.part.first_time, &b.part.path)));
    let mut groups: Vec<Vec<DataFile<'_>>> = Vec::new();
    let mut size = u64::MAX;
    for file in files {
        if size >= target {
            groups.push(Vec::new());
            size = 0;
        }
        size += file.part.bytes;
        groups.last_mut().into_iter().for_each(|group| group.push(file.clone()));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn input<'f>(file: &'f Part, merged: &[Merged]) -> Input<'f> {
    let own = || vec![Piece { path: file.path.clone(), sha256: file.sha256.clone(), rows: file.rows }];
    let holds = merged.iter().find(|merged| merged.file.path == file.path).map(|merged| merged.holds.clone());
    Input { file, kept: None, holds: holds.unwrap_or_else(own) }
}

/// Whether every column of a file is one that this program knows; another one would be lost.
fn fits(layout: &Layout, file: &Part, schema: &Schema) -> Result<bool, Error> {
    let found = open(layout, file)?;
    let known = |field: &arrow::datatypes::FieldRef| {
        schema.field_with_name(field.name()).is_ok_and(|ours| ours.data_type() == field.data_type())
    };
    Ok(found.schema().fields().iter().all(known))
}

fn open(layout: &Layout, file: &Part) -> Result<ParquetRecordBatchReaderBuilder<File>, Error> {
    let path = layout.part(&file.path);
    let opened = File::open(&path).map_err(Error::io("read", &path))?;
    ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|_| unreadable(layout, file))
}

fn unreadable(layout: &Layout, file: &Part) -> Error {
    Error::BadPart { path: layout.part(&file.path), reason: "it cannot be read" }
}

/// Writes the wanted rows of files of one table and day, one file after the other, into a new file in its place.
///
/// The file counts only once it stands in the list of the day.
pub(super) fn join(layout: &Layout, staging: &Path, day: &str, inputs: &[Input<'_>]) -> Result<Merged, Error> {
    let wrong = |reason| Error::BadPart { path: layout.merged_of(day), reason };
    let first = inputs.first().ok_or(wrong("nothing is merged"))?;
    let table = tables::all().into_iter().find(|table| table.name == first.file.table);
    let table = table.ok_or(wrong("its table is one of a newer version"))?;
    let number = Day::parse(day).ok_or(wrong("its folder is not that of a day"))?;
    let mut parts = Parts::new(staging.to_owned());
    for input in inputs {
        copy(layout, &table, number, input, &mut parts)?;
    }
    let holds: Vec<Piece> = inputs.iter().flat_map(|input| input.holds.iter().cloned()).collect();
    let mut finished = parts.finish()?;
    let (Some(written), true) = (finished.pop(), finished.is_empty()) else {
        return Err(wrong("its rows are not in one file"));
    };
    if written.rows != holds.iter().map(|piece| piece.rows).sum::<u64>() {
        return Err(Error::BadPart { path: written.path, reason: "it does not hold the rows of what was merged" });
    }
    let folder = format!("{}/{day}", table.name);
    let path = place(layout, &folder, &written.path, &written.sha256)?;
    let file = Part {
        table: table.name.to_owned(),
        path,
        rows: written.rows,
        bytes: written.bytes,
        sha256: written.sha256,
        first_time: written.first,
        last_time: written.last,
    };
    Ok(Merged { file, holds })
}

fn copy(layout: &Layout, table: &TableDoc, day: Day, input: &Input<'_>, parts: &mut Parts) -> Result<(), Error> {
    let failed = |source: ArrowError| Error::Write { table: table.name.to_owned(), source: source.into() };
    let broken = |_| unreadable(layout, input.file);
    let nullable = table.schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
    let schema: SchemaRef = Arc::new(Schema::new(nullable.collect::<Vec<_>>()));
    let mut reader = open(layout, input.file)?.with_batch_size(BATCH_ROWS);
    if let Some(kept) = &input.kept {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let ranges = kept.iter().map(|range| number(range.start)..number(range.end));
        reader = reader.with_row_selection(RowSelection::from_consecutive_ranges(ranges, number(input.file.rows)));
    }
    let reader: ParquetRecordBatchReader = reader.build().map_err(|_| unreadable(layout, input.file))?;
    for batch in reader {
        let batch = fitted(&batch.map_err(broken)?, &schema).map_err(failed)?;
        parts.add(table.name, day, batch, (input.file.first_time, input.file.last_time))?;
    }
    Ok(())
}

/// The batch with the columns of the schema; those of an older part that did not exist yet are null.
fn fitted(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let rows = batch.num_rows();
    let column = |field: &arrow::datatypes::FieldRef| {
        batch.column_by_name(field.name()).cloned().unwrap_or_else(|| new_null_array(field.data_type(), rows))
    };
    RecordBatch::try_new(Arc::clone(schema), schema.fields().iter().map(column).collect())
}

/// Gives a merged file its name in the folder of its table and day.
fn place(layout: &Layout, folder: &str, from: &Path, sha256: &str) -> Result<String, Error> {
    disk::sync_file(from)?;
    let named = |number| format!("{folder}/{}", layout::part_name("merged", sha256, number));
    let mut number = 1;
    while layout.part(&named(number)).exists() {
        number += 1;
    }
    let path = named(number);
    let target: PathBuf = layout.part(&path);
    fs::rename(from, &target).map_err(Error::io("rename into place", &target))?;
    disk::sync_folder(&layout.part(folder))?;
    Ok(path)
}

/// Files that have their final names; they are removed again unless what they are for succeeds.
pub(super) struct Placed<'a> {
    pub(super) layout: &'a Layout,
    pub(super) paths: Vec<String>,
    pub(super) keep: bool,
}

impl Drop for Placed<'_> {
    fn drop(&mut self) {
        if !self.keep {
            for path in &self.paths {
                let _ = fs::remove_file(self.layout.part(path));
            }
        }
    }
}
