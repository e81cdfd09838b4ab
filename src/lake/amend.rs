//! Writing some tables of an export anew, while the rest of it stays as it is.
//!
//! The new parts get their names first and the ledger entry is replaced last, so a reader sees the old rows or the new
//! ones, and a crash leaves files that no entry names.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::sync::{Arc, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StringArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::compact::Placed;
use super::layout::Day;
use super::ledger::{self, LedgerEntry, Part};
use super::writer::Staging;
use super::{Error, Ledger, disk, prune};
use crate::tables;

/// Rows of a part that are in memory at a time.
const BATCH_ROWS: usize = 1024;

/// Gives a text another form; `None` where it stays.
pub(super) type Change<'c> = dyn Fn(&str) -> Option<String> + 'c;

impl Staging {
    /// The present rows of a table of `entry` go; those that are written take their place.
    pub fn replace_table(&mut self, entry: &LedgerEntry, table: &str) {
        let parts = entry.parts.iter().filter(|part| part.table == table);
        self.replaced.extend(parts.map(|part| part.path.clone()));
    }

    /// Changes the texts in some columns of a table of `entry`, which `ledger` has. Parts in which nothing changes stay as
    /// they are.
    ///
    /// # Errors
    /// When a part cannot be read or written.
    pub fn change_texts(
        &mut self,
        ledger: &Ledger,
        entry: &LedgerEntry,
        table: &str,
        columns: &[&str],
        change: &Change<'_>,
    ) -> Result<(), Error> {
        let Some(table) = tables::all().into_iter().map(|one| one.name).find(|name| *name == table) else {
            return Ok(());
        };
        for part in entry.parts.iter().filter(|part| part.table == table) {
            // Most parts hold nothing to change, and are not written again.
            let mut changes = false;
            self.batches(ledger, part, |_, batch| {
                changes |= changed(&batch, columns, change)?.is_some();
                Ok(())
            })?;
            if changes {
                let folder = part.path.split('/').nth(1).unwrap_or_default();
                let day = Day::parse(folder).unwrap_or_else(|| Day::of(part.first_time));
                self.batches(ledger, part, |staging, batch| {
                    let batch = changed(&batch, columns, change)?.unwrap_or(batch);
                    staging.parts.add(table, day, batch, (part.first_time, part.last_time))
                })?;
                self.replaced.insert(part.path.clone());
            }
        }
        Ok(())
    }

    fn batches(
        &mut self,
        ledger: &Ledger,
        part: &Part,
        mut with: impl FnMut(&mut Self, RecordBatch) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (file, rows) = ledger.place_of(part);
        let path = self.shared.layout.part(&file.path);
        let file = File::open(&path).map_err(Error::io("read", &path))?;
        let bad = || Error::BadPart { path: path.clone(), reason: "it cannot be read" };
        let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| bad())?;
        if let Some(rows) = rows {
            let count = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
            reader = reader.with_offset(count(rows.start)).with_limit(count(rows.end - rows.start));
        }
        for batch in reader.with_batch_size(BATCH_ROWS).build().map_err(|_| bad())? {
            with(self, batch.map_err(|_| bad())?)?;
        }
        Ok(())
    }

    /// Makes the new parts of `entry` visible in place of those that they replace, and notes the rules for secrets that
    /// its texts were searched with. `false` when the lake no longer holds the export as `entry` describes it; nothing is
    /// changed then.
    ///
    /// # Errors
    /// When a file cannot be written; the lake is then as it was before.
    pub fn amend(mut self, entry: &LedgerEntry, rule_set: &str) -> Result<bool, Error> {
        let mut finished = self.parts.finish()?;
        let shared = Arc::clone(&self.shared);
        let layout = &shared.layout;
        let _turn = shared.commit.lock().unwrap_or_else(PoisonError::into_inner);
        let first_day = prune::first_day(layout)?;
        finished.retain(|part| first_day.as_ref().is_none_or(|first| part.day.folder() >= *first));
        let Some(old) = ledger::read_entry(&layout.entry(&entry.id), &entry.id)? else { return Ok(false) };
        if !old.same_conversion(entry) {
            return Ok(false);
        }
        let mut placed = Placed { layout, paths: Vec::new(), keep: false };
        let taken = old.parts.iter().map(|part| part.path.as_str()).collect();
        let files: Vec<_> = finished.iter().map(|part| part.path.clone()).collect();
        disk::sync_all(&files, disk::sync_file).into_iter().collect::<Result<(), Error>>()?;
        let mut folders = BTreeSet::new();
        let new = self.place(finished, &old, &taken, &mut placed, &mut folders)?;
        let folders: Vec<_> = folders.into_iter().collect();
        disk::sync_all(&folders, disk::sync_folder).into_iter().collect::<Result<(), Error>>()?;
        let (gone, kept): (Vec<Part>, Vec<Part>) =
            old.parts.iter().cloned().partition(|part| self.replaced.contains(&part.path));
        let mut parts: Vec<Part> = kept.into_iter().chain(new).collect();
        parts.sort_by(|a, b| a.path.cmp(&b.path));
        let entry = LedgerEntry { parts, rule_set: Some(rule_set.to_owned()), ..old };
        ledger::publish(layout, &self.folder, &entry, true)?;
        placed.keep = true;
        for part in gone {
            // Should this fail, nobody reads the file any more and the next writer removes it. Rows in a merged file have
            // none; they stop counting.
            let _ = fs::remove_file(layout.part(&part.path));
        }
        Ok(true)
    }
}

/// The batch with its texts changed; `None` where none changes.
fn changed(batch: &RecordBatch, columns: &[&str], change: &Change<'_>) -> Result<Option<RecordBatch>, Error> {
    let mut any = false;
    let arrays = batch
        .columns()
        .iter()
        .zip(batch.schema_ref().fields())
        .map(|(array, field)| {
            let new = columns.contains(&field.name().as_str()).then(|| changed_array(array, change)).flatten();
            any |= new.is_some();
            new.unwrap_or_else(|| Arc::clone(array))
        })
        .collect();
    if !any {
        return Ok(None);
    }
    let batch = RecordBatch::try_new(batch.schema(), arrays).map_err(|e| Error::planning(&e.into()))?;
    Ok(Some(batch))
}

fn changed_array(array: &ArrayRef, change: &Change<'_>) -> Option<ArrayRef> {
    match array.data_type() {
        DataType::Utf8 => {
            let texts: &StringArray = array.as_string();
            let mut any = false;
            let new: StringArray = texts
                .iter()
                .map(|text| {
                    let text = text?;
                    let new = change(text);
                    any |= new.is_some();
                    Some(new.unwrap_or_else(|| text.to_owned()))
                })
                .collect();
            any.then(|| Arc::new(new) as ArrayRef)
        }
        DataType::List(field) => {
            let list = array.as_list::<i32>();
            let values = changed_array(list.values(), change)?;
            let list = ListArray::try_new(Arc::clone(field), list.offsets().clone(), values, list.nulls().cloned());
            list.ok().map(|list| Arc::new(list) as ArrayRef)
        }
        _ => None,
    }
}
