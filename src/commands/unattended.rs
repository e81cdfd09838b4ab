//! `lightmeter run`: one unattended run by a profile of the settings file.
//!
//! ```text
//! lock → pull → prune → merge small files → (per window: look → reports, exports → rotate) → metrics
//! ```
//! Every step can be interrupted and is done again by the next run: what was pulled stays, files appear whole or not at
//! all, and the account of an export is written after its files.

mod job;

use std::path::Path;
use std::time::Instant;

use super::analyze::{self, Wanted};
use super::export::{self, Place};
use super::look::{Look, bring};
use super::metrics::Metrics;
use super::pull::{PullOptions, Pulled};
use super::stop::Stop;
use super::{fill, found, output, upkeep};
use crate::cli::{self, Cli, ReportFormat};
use crate::config::Config;
use crate::error::Error;
use crate::lake::{Compaction, Lake};
use crate::outcome::Outcome;
use crate::profile::ReportSpec;
use crate::report::Options;
use crate::window::Window;

use job::Job;

/// Runs the command.
///
/// # Errors
/// When the profile is wrong, another run is at work, nothing can be read, or something cannot be written.
pub(super) async fn run(
    cli: &Cli,
    args: &cli::Run,
    lake: &Path,
    config: &Config,
    now: jiff::Timestamp,
    stop: &Stop,
) -> Result<Outcome, Error> {
    let job = Job::new(cli, args, config, now, stop)?;
    let mut metrics = Metrics { profile: args.profile.clone(), start: now.as_second(), ..Metrics::default() };
    let began = Instant::now();
    tracing::info!(profile = args.profile, "run begins");
    let ended = Box::pin(work(lake, config, &job, &mut metrics)).await;
    metrics.seconds = began.elapsed().as_secs_f64();
    metrics.code = match &ended {
        Ok(outcome) => outcome.code(),
        // The run that is at work writes the metrics.
        Err(error) if error.is_busy() => return ended,
        Err(error) => error.outcome().code(),
    };
    tracing::info!(profile = args.profile, exit_code = metrics.code, seconds = metrics.seconds, "run ends");
    if let Some(path) = &job.metrics {
        metrics.write(path)?;
    }
    ended
}

/// Opens the lake. A new one is made only when a source can be looked at: a mistake in the settings leaves nothing behind.
fn opened(lake: &Path, pull: Option<&PullOptions>) -> Result<Lake, Error> {
    let Some(options) = pull else { return Ok(Lake::open_existing(lake)?) };
    if let Err(crate::lake::Error::Missing(_)) = Lake::open_existing(lake) {
        tokio::task::block_in_place(|| found::list(options, &mut Vec::new()))?;
    }
    Ok(Lake::open(lake)?)
}

async fn work(lake: &Path, config: &Config, job: &Job, metrics: &mut Metrics) -> Result<Outcome, Error> {
    let opened = opened(lake, job.pull.as_ref())?;
    let _turn = opened.run_lock()?;
    let (lake, pulled) = bring(lake, config, &[], &job.selection, job.pull.as_ref())?;
    for unread in pulled.unread.iter().chain(&pulled.damaged) {
        tracing::warn!(export = unread.name, "{}", unread.reason);
    }
    let count = |n: usize| n as u64;
    metrics.exports = [
        ("found", count(pulled.found)),
        ("added", count(pulled.added)),
        ("replaced", count(pulled.replaced)),
        ("unchanged", count(pulled.unchanged)),
        ("unread", count(pulled.unread.len())),
    ];
    tracing::info!(found = pulled.found, added = pulled.added, replaced = pulled.replaced, "pulled");
    if let Some(before) = job.prune_before {
        let pruned = upkeep::prune(&lake, before)?;
        if pruned.parts > 0 {
            tracing::info!(files = pruned.parts, rows = pruned.rows, "pruned");
        }
    }
    if job.compact {
        let compacted = tokio::task::block_in_place(|| upkeep::compact(&lake, &Compaction::default(), &job.stop))?;
        if compacted.merged > 0 {
            tracing::info!(files = compacted.merged, into = compacted.into, "merged small files");
        }
    }
    if !job.asks() {
        let totals = fill::coverage(&lake.ledger()?, job.window, &pulled.unread).totals();
        metrics.records = [("read", totals.records), ("skipped", totals.skipped)];
        return Ok(if totals.incomplete() { Outcome::Incomplete } else { Outcome::Done });
    }
    Box::pin(write(&lake, pulled, config, job, metrics)).await
}

/// Looks at each window once and writes what is about it. The outcome is that of the profile's own window.
async fn write(
    lake: &Lake,
    pulled: Pulled,
    config: &Config,
    job: &Job,
    metrics: &mut Metrics,
) -> Result<Outcome, Error> {
    let others = job.reports.iter().map(|(.., w)| *w).chain(job.exports.iter().map(|(_, w)| *w));
    let mut windows = vec![job.window];
    for window in others {
        if !windows.contains(&window) {
            windows.push(window);
        }
    }
    let mut outcome = Outcome::Done;
    for window in windows {
        let brought = (lake.clone(), pulled.clone());
        let look = Look::open(brought, window, config, &[], &job.selection).await?;
        for failure in &look.result.failures {
            tracing::warn!(detection = failure.id, "{}", failure.message);
        }
        for file in &look.ledger.left_out {
            tracing::warn!(file = file.part.path, "left out: {}", file.reason);
        }
        for (spec, format, _) in job.reports.iter().filter(|(.., w)| *w == window) {
            report(&look, job, spec, *format).await?;
        }
        for (plan, _) in job.exports.iter().filter(|(_, w)| *w == window) {
            if let Place::Folder(folder) = &plan.place {
                output::remove_drafts(folder)?;
            }
            let exported = export::export(&look, &job.selection, plan).await?;
            if let Some(held) = exported.held_back() {
                tracing::warn!(consumer = plan.consumer, "{held}");
            }
            metrics.documents += exported.documents as u64;
            tracing::info!(consumer = plan.consumer, documents = exported.documents, "exported");
        }
        if window == job.window {
            outcome = look.outcome(&job.selection);
            metrics.records = [("read", look.totals.records), ("skipped", look.totals.skipped)];
            metrics.incidents = look.by_severity().to_vec();
            metrics.failed_detections = Some(look.result.failures.len() as u64);
        }
    }
    Ok(outcome)
}

async fn report(look: &Look, job: &Job, spec: &ReportSpec, format: ReportFormat) -> Result<(), Error> {
    let folder = spec.output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    output::create_folder(folder)?;
    output::remove_drafts_of(&spec.output)?;
    if spec.keep.is_some() || spec.keep_for.is_some() {
        let stem = spec.output.file_stem().unwrap_or_default().to_string_lossy().into_owned() + "-";
        let end = spec.output.extension().map_or(String::new(), |e| format!(".{}", e.to_string_lossy()));
        output::set_aside(&spec.output, &stem, &end)?;
        if let Some(keep) = spec.keep {
            output::rotate(folder, &stem, &end, keep)?;
        }
        if let Some(age) = &spec.keep_for {
            let oldest = Window::new(Some(age), None, job.now)?.start.unwrap_or(i64::MIN);
            output::rotate_older(folder, &stem, &end, oldest)?;
        }
    }
    let wanted = Wanted {
        format,
        budget: spec.budget.unwrap_or(analyze::BUDGET),
        options: Options::default(),
        baseline: None,
        remember: spec.remember.unwrap_or(false),
        show_suppressed: false,
        quiet: true,
    };
    analyze::report(look, &job.selection, &wanted, Some(&spec.output)).await?;
    tracing::info!(file = %spec.output.display(), "report written");
    Ok(())
}
