//! The lake as a whole: what readers see after commits, crashes and hostile input.

mod commit;
mod damage;
mod merged;
mod queries;
mod storage;

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

use super::layout::part_name;
use super::*;
use crate::outcome::{ExportStats, Problem};
use crate::tables::carries::Carry;
use crate::tables::messages::Message;
use crate::tables::{Column, Row, Rows, Time};
use crate::window::Window;

const DAY: i64 = 86_400_000_000;
/// 2026-03-31, midnight.
const START: i64 = 1_774_915_200_000_000;

struct Place {
    _folder: TempDir,
    lake: Lake,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    Place { _folder: folder, lake }
}

fn entry(key: &str) -> LedgerEntry {
    LedgerEntry {
        id: object_id("file", key),
        export_key: key.to_owned(),
        source: "file".to_owned(),
        size: 10,
        etag: None,
        sha256: object_id("content", key),
        origin: None,
        converter: 1,
        content: "full".to_owned(),
        rule_set: None,
        stats: ExportStats::default(),
        parts: Vec::new(),
    }
}

fn carry(key: &str, element: &str, time: i64) -> Carry {
    Carry {
        element_id: element.to_owned(),
        export_key: key.into(),
        record_id: Some(1),
        time: Time(time),
        requests: 1,
        last_time: Time(time),
    }
}

fn message(key: &str, id: &str, time: i64, text: String) -> Message {
    Message {
        message_id: id.to_owned(),
        element_id: id.to_owned(),
        content_id: id.to_owned(),
        export_key: key.into(),
        record_id: Some(1),
        time: Time(time),
        login: "ana@example.com".into(),
        device: "n1".into(),
        user_agent: None,
        session_id: "s1".into(),
        conversation_id: "c1".into(),
        position: 0,
        part: 0,
        role: "user",
        kind: "text".into(),
        bytes: i64::try_from(text.len()).unwrap(),
        text,
        direction: "request",
        call_id: None,
        asked_id: None,
    }
}

fn carries(key: &str, elements: &[&str]) -> Rows {
    let step = |i: usize| START + i64::try_from(i).unwrap() * DAY;
    Rows { carries: elements.iter().enumerate().map(|(i, e)| carry(key, e, step(i))).collect(), ..Rows::default() }
}

fn add(lake: &Lake, key: &str, mut rows: Rows) -> Committed {
    let mut staging = lake.writer().unwrap().begin().unwrap();
    staging.write(&mut rows).unwrap();
    staging.commit(entry(key)).unwrap()
}

async fn ask(session: &Session, sql: &str) -> String {
    pretty_format_batches(&session.run(sql).await.unwrap()).unwrap().to_string()
}

async fn count(lake: &Lake, table: &str) -> i64 {
    let session = Session::open(lake, &SessionOptions::default()).unwrap();
    let rows = session.run(&format!("SELECT count(*) AS n FROM lake.{table}")).await.unwrap();
    rows[0].column(0).as_any().downcast_ref::<arrow::array::Int64Array>().unwrap().value(0)
}

/// Every file below the lake, relative to it, sorted.
fn files(lake: &Lake) -> Vec<String> {
    fn walk(at: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(lake.path(), &mut found);
    let mut names: Vec<String> =
        found.iter().map(|p| p.strip_prefix(lake.path()).unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn parquet_files(lake: &Lake) -> Vec<String> {
    files(lake).into_iter().filter(|f| f.ends_with(".parquet")).collect()
}
