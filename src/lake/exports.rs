//! `lake.exports`: the ledger as a table, one row per export.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::{Ledger, LedgerEntry};
use crate::tables::{Column, ColumnDoc, Time};

/// Documentation of the columns of `lake.exports`, in order.
#[must_use]
pub fn columns() -> Vec<ColumnDoc> {
    [
        ("export_key", "Name of the export; every row of the other tables carries it."),
        ("source", "`file`, or the bucket as `s3://bucket`."),
        ("size", "Size of the object in bytes."),
        ("etag", "The store's version tag; null where it has none."),
        ("sha256", "SHA-256 of the object's bytes."),
        ("records", "Records that became rows."),
        ("skipped", "Records that could not be read."),
        ("partial", "Whether the end of the export is missing or unreadable."),
        ("decompressed_bytes", "Decompressed bytes read."),
        ("first_time", "Earliest request start; null when there is no record."),
        ("last_time", "Latest record time; null when there is no record."),
        ("first_record_id", "Smallest record id; null when none was read."),
        ("last_record_id", "Largest record id; null when none was read."),
        ("problems", "How many problems were met, of all kinds."),
        ("vanished", "Whether the last pull that looked at its place did not find it there any more; its rows stay."),
        (
            "rule_set",
            "Short hash of the rules for secrets that its texts were last searched with; null where that is not known.",
        ),
    ]
    .map(|(name, doc)| ColumnDoc { name, doc })
    .to_vec()
}

/// Arrow schema of `lake.exports`.
#[must_use]
pub fn schema() -> SchemaRef {
    let text = <String as Column>::data_type;
    let number = <i64 as Column>::data_type;
    let types = [text(), text(), number(), text(), text(), number(), number(), <bool as Column>::data_type()]
        .into_iter()
        .chain([number(), <Time as Column>::data_type(), <Time as Column>::data_type(), number(), number(), number()])
        .chain([<bool as Column>::data_type(), text()]);
    Arc::new(Schema::new(columns().iter().zip(types).map(|(c, t)| Field::new(c.name, t, true)).collect::<Vec<_>>()))
}

/// The ledger as one batch, in its order.
pub(super) fn batch(ledger: &Ledger) -> Result<RecordBatch, ArrowError> {
    let entries = &ledger.entries;
    let text =
        |f: fn(&LedgerEntry) -> Option<&str>| -> ArrayRef { Arc::new(entries.iter().map(f).collect::<StringArray>()) };
    let int =
        |f: fn(&LedgerEntry) -> Option<i64>| -> ArrayRef { Arc::new(entries.iter().map(f).collect::<Int64Array>()) };
    let time = |f: fn(&LedgerEntry) -> Option<i64>| -> ArrayRef {
        Arc::new(entries.iter().map(f).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    };
    RecordBatch::try_new(
        schema(),
        vec![
            text(|e| Some(&e.export_key)),
            text(|e| Some(&e.source)),
            int(|e| Some(signed(e.size))),
            text(|e| e.etag.as_deref()),
            text(|e| Some(&e.sha256)),
            int(|e| Some(signed(e.stats.records))),
            int(|e| Some(signed(e.stats.skipped))),
            Arc::new(entries.iter().map(|e| Some(e.stats.partial)).collect::<BooleanArray>()),
            int(|e| Some(signed(e.stats.decompressed_bytes))),
            time(|e| e.stats.first_time),
            time(|e| e.stats.last_time),
            int(|e| e.stats.first_record_id),
            int(|e| e.stats.last_record_id),
            int(|e| Some(signed(e.stats.problem_counts.values().fold(0, |sum, n| sum.saturating_add(*n))))),
            Arc::new(entries.iter().map(|e| Some(ledger.vanished.contains(&e.id))).collect::<BooleanArray>()),
            text(|e| e.rule_set.as_deref()),
        ],
    )
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
