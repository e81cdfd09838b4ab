//! Runs the enabled detections of a catalogue: signals first, then incidents, each apart from the others.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use datafusion::common::runtime::SpawnedTask;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::StreamExt as _;

use super::catalog::{Catalog, Detection};
use super::contract::{self, explain};
use super::front_matter::Tier;
use super::rows::Collector;
use super::signals;
use crate::finding::Finding;

/// Rows taken from one detection; the rest are only counted. A detection that returns more is not looking for the
/// exceptional, and hostile exports must not be able to fill memory through one.
pub const MAX_ROWS: u64 = 100_000;

/// Queries that run side by side at most; each holds memory.
const MOST_AT_ONCE: usize = 4;

/// What is said of a panic in the engine.
pub const PANICKED: &str = "an internal error of the query engine; the log says where";

/// A detection that gave no result, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetectionFailure {
    /// The detection, or the file when it could not be read.
    pub id: String,
    /// Why, in one line.
    pub message: String,
}

/// What a run of the detections gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunResult {
    /// Findings of incident detections, in report order.
    pub incidents: Vec<Finding>,
    /// Findings of signal detections, in report order.
    pub signals: Vec<Finding>,
    /// Detections that ran to their end, in id order.
    pub ran: Vec<String>,
    /// Detections that are not enabled, in id order.
    pub not_enabled: Vec<String>,
    /// Detections that gave no result or not all of it, refused files included, in id order.
    pub failures: Vec<DetectionFailure>,
    /// Rows beyond [`MAX_ROWS`] that were counted and left out, by detection.
    pub rows_left_out: BTreeMap<String, u64>,
}

/// Runs every enabled detection over the tables of the session.
///
/// The session's default schema holds the public tables; the table `signals` is (re)placed there.
/// A detection that fails is reported in the result and stops no other.
pub async fn run(ctx: &SessionContext, catalog: &Catalog) -> RunResult {
    super::functions::register(ctx);
    let mut result = RunResult::default();
    let refused = catalog.problems.iter();
    result.failures.extend(refused.map(|p| DetectionFailure { id: p.path.clone(), message: p.message.clone() }));
    let tables = signals::without(&public_schemas(ctx).await);
    for tier in [Tier::Signal, Tier::Incident] {
        // Signals do not read signals: what they see would depend on their order.
        let visible = if tier == Tier::Incident { signals::beside(&tables).await } else { Ok(tables.clone()) };
        // Contracts are read against empty tables: only the public schema is visible, and no data is touched.
        let empty = visible.and_then(|tables| contract::empty_session(&tables));
        let (enabled, not_enabled): (Vec<_>, Vec<_>) =
            catalog.detections.values().filter(|d| d.meta.tier == tier).partition(|d| d.enabled);
        result.not_enabled.extend(not_enabled.into_iter().map(|d| d.id.clone()));
        let outcomes = match &empty {
            Ok(empty) => run_several(ctx, empty, &enabled).await,
            Err(error) => enabled.iter().map(|_| Err(explain(error))).collect(),
        };
        let mut findings = Vec::new();
        for (detection, outcome) in enabled.into_iter().zip(outcomes) {
            findings.extend(result.take(detection, outcome));
        }
        findings.sort_by(Finding::order);
        match tier {
            Tier::Signal => {
                if let Err(error) = signals::register(ctx, &findings).await {
                    let message = format!("the table signals could not be made: {}", explain(&error));
                    result.failures.push(DetectionFailure { id: signals::TABLE.to_owned(), message });
                }
                result.signals = findings;
            }
            Tier::Incident => result.incidents = findings,
        }
    }
    result.ran.sort();
    result.not_enabled.sort();
    result.failures.sort_by(|a, b| a.id.cmp(&b.id));
    result
}

impl RunResult {
    /// Notes how a detection ended; gives its findings.
    fn take(&mut self, detection: &Detection, outcome: Result<Rows, String>) -> Vec<Finding> {
        let id = detection.id.clone();
        let rows = match outcome {
            Ok(rows) => rows,
            Err(message) => {
                self.failures.push(DetectionFailure { id, message });
                return Vec::new();
            }
        };
        if rows.left_out > 0 {
            self.rows_left_out.insert(id.clone(), rows.left_out);
        }
        match rows.refusal {
            None => self.ran.push(id),
            Some(message) => self.failures.push(DetectionFailure { id, message }),
        }
        rows.findings
    }
}

/// How many queries run side by side: planning one keeps one processor busy.
#[must_use]
pub fn at_once() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE)
}

/// Runs detections side by side; what they gave, in their order. One that fails is tried again alone, because several
/// share the memory of the session.
async fn run_several(
    ctx: &SessionContext,
    empty: &SessionContext,
    detections: &[&Detection],
) -> Vec<Result<Rows, String>> {
    let tasks = detections.iter().map(|detection| run_apart(ctx.clone(), empty.clone(), (*detection).clone()));
    // Unordered: in order, those behind a slow one would wait for it to start.
    let numbered = tasks.enumerate().map(|(at, task)| async move { (at, task.await) });
    let mut outcomes: Vec<_> = futures::stream::iter(numbered).buffer_unordered(at_once()).collect().await;
    outcomes.sort_by_key(|(at, _)| *at);
    for (detection, (_, outcome)) in detections.iter().zip(&mut outcomes) {
        if outcome.is_err() {
            *outcome = run_apart(ctx.clone(), empty.clone(), (*detection).clone()).await;
        }
    }
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Runs one detection as a task of its own: a panic in the engine costs that detection, and may quote data.
async fn run_apart(ctx: SessionContext, empty: SessionContext, detection: Detection) -> Result<Rows, String> {
    let task = SpawnedTask::spawn(async move { run_one(&ctx, &empty, &detection, MAX_ROWS).await });
    task.join().await.unwrap_or_else(|_| Err(PANICKED.to_owned()))
}

/// Schemas of the tables in the session's default schema.
pub async fn public_schemas(ctx: &SessionContext) -> BTreeMap<String, SchemaRef> {
    let mut schemas = BTreeMap::new();
    for name in contract::public_tables(ctx) {
        if let Ok(table) = ctx.table_provider(name.as_str()).await {
            schemas.insert(name, table.schema());
        }
    }
    schemas
}

/// Findings of one detection.
pub(super) struct Rows {
    pub(super) findings: Vec<Finding>,
    pub(super) left_out: u64,
    /// Why some rows are not among the findings.
    pub(super) refusal: Option<String>,
}

/// Runs one detection: contract first, then its rows as they come. The contract of a built-in one is proved by the
/// tests; reading it again would double the planning, which is most of the time of a small lake.
pub(super) async fn run_one(
    ctx: &SessionContext,
    empty: &SessionContext,
    detection: &Detection,
    max_rows: u64,
) -> Result<Rows, String> {
    if !detection.built_in {
        let problems = contract::problems(&detection.sql, &detection.params, empty).await;
        if !problems.is_empty() {
            return Err(problems.join("; "));
        }
    }
    let said = |error: DataFusionError| explain(&error);
    let frame = ctx.sql(&detection.sql).await.map_err(said)?;
    let frame = frame.with_param_values(contract::bind(&detection.params)).map_err(said)?;
    let mut stream = frame.execute_stream().await.map_err(said)?;
    let mut collector = Collector::new(detection);
    let (mut taken, mut left_out) = (0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(said)?;
        let rows = batch.num_rows() as u64;
        let take = rows.min(max_rows - taken);
        taken += take;
        left_out += rows - take;
        if take > 0 {
            collector.add(&batch.slice(0, usize::try_from(take).unwrap_or(usize::MAX).min(batch.num_rows())))?;
        }
    }
    let refusal = collector.refusal();
    Ok(Rows { findings: collector.finish(), left_out, refusal })
}
