//! `lightmeter analyze`: pull what is new, run the detections, write the report.

use std::io::Read as _;
use std::path::Path;

use tokio::runtime::Handle;

use super::fill::{Filled, Sources, data_range, fill};
use super::pull::{PullOptions, Pulled, pull};
use super::{engine, output, query};
use crate::cli::{self, FailOn, ReportFormat};
use crate::config::Config;
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::finding::Severity;
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::report::{Format, IndexRow, Options, PreviousRow, Redacted, read_earlier, render, write_memory};
use crate::window::Window;

/// Runs the command. `options` is absent when nothing is to be pulled.
///
/// # Errors
/// When nothing can be read, the lake cannot be used, or the report cannot be written.
pub async fn run(
    args: &cli::Analyze,
    lake: &Path,
    window: Window,
    config: &Config,
    options: Option<PullOptions>,
) -> Result<Outcome, Error> {
    let scanner = query::scanner()?;
    // Mistakes in the user's settings show before an hour of pulling, not after.
    engine::detections(config, &args.detections)?;
    engine::catalogue(config)?;
    let (lake, pulled) = match options {
        Some(options) => {
            let lake = Lake::open(lake)?;
            let handle = Handle::current();
            let pulled = tokio::task::block_in_place(|| pull(&lake, &options, &handle))?;
            (lake, pulled)
        }
        None => (Lake::open_existing(lake)?, Pulled::default()),
    };
    let ledger = lake.ledger()?;
    let engine = engine::open(Some((&lake, &ledger)), window, config, &args.detections, None).await?;
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let earlier = match &args.baseline {
        Some(path) => Some(baseline(path)?),
        None => remembered(&lake, end(&engine, window).await?)?,
    };
    let sources = Sources {
        engine: &engine,
        ledger: &ledger,
        window,
        unread: &pulled.unread,
        result,
        budget: args.budget,
        earlier,
        reviews: &config.reviews,
        show_suppressed: args.show_suppressed,
    };
    let Filled { report, requests, worst } = fill(sources).await?;
    let totals = report.coverage.totals();
    let complete = report.complete();
    let report = report.redacted(&|text| scanner.redact(text).into_owned());
    let format = match args.format {
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Json => Format::Json,
        ReportFormat::Html => Format::Html,
    };
    let options = Options { format, max_bytes: args.max_bytes, full: args.full };
    output::write(args.output.as_deref(), |out| render(&report, options, out))?;
    if args.remember && requests > 0 {
        remember(&lake, &report)?;
    }
    if let Some(found) = args.fail_on.and_then(|level| found_at(level, worst)) {
        return Ok(found);
    }
    if !complete {
        return Ok(Outcome::Incomplete);
    }
    if requests == 0 && totals.skipped == 0 && !args.allow_empty {
        return Ok(Outcome::NothingToDo);
    }
    Ok(Outcome::Done)
}

/// Largest baseline that is read, in bytes.
const MAX_BASELINE: u64 = 256 << 20;

/// End of the window, or the last record where it is open.
async fn end(engine: &engine::Engine, window: Window) -> Result<Option<i64>, Error> {
    match window.end {
        Some(end) => Ok(Some(end)),
        None => Ok(data_range(&engine.session).await?.data_end),
    }
}

type Earlier = (PreviousRow, Vec<IndexRow>);

/// The report that the user named.
fn baseline(path: &Path) -> Result<Earlier, Error> {
    let shown = crate::text::one_line(&path.to_string_lossy(), 200).into_owned();
    let failed = |why: String| Error::Usage(format!("the baseline {shown} cannot be used: {why}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| failed(e.to_string()))?;
    file.take(MAX_BASELINE).read_to_end(&mut bytes).map_err(|e| failed(e.to_string()))?;
    read_earlier(&bytes).map_err(failed)
}

/// The newest report that the lake remembers and that ended before this one. One that cannot be read is none.
fn remembered(lake: &Lake, end: Option<i64>) -> Result<Option<Earlier>, Error> {
    let Some(end) = end else { return Ok(None) };
    Ok(lake.remembered_before(end)?.and_then(|bytes| read_earlier(&bytes).ok()))
}

fn remember(lake: &Lake, report: &Redacted) -> Result<(), Error> {
    let window = &report.report().window;
    let Some(end) = window.end.or(window.data_end) else { return Ok(()) };
    let mut bytes = Vec::new();
    write_memory(report, &mut bytes).map_err(|e| Error::Engine(e.to_string()))?;
    Ok(lake.remember(end, &bytes)?)
}

/// The outcome when the worst incident reaches the level.
fn found_at(level: FailOn, worst: Option<Severity>) -> Option<Outcome> {
    let (worst, floor) = (
        worst?,
        match level {
            FailOn::Low => Severity::Low,
            FailOn::Medium => Severity::Medium,
            FailOn::High => Severity::High,
            FailOn::Critical => Severity::Critical,
        },
    );
    let outcome = match worst {
        Severity::Informational => return None,
        Severity::Low => Outcome::FoundLow,
        Severity::Medium => Outcome::FoundMedium,
        Severity::High => Outcome::FoundHigh,
        Severity::Critical => Outcome::FoundCritical,
    };
    (worst >= floor).then_some(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_tells_the_worst_finding_at_or_above_the_level() {
        assert_eq!(found_at(FailOn::Low, Some(Severity::Critical)), Some(Outcome::FoundCritical));
        assert_eq!(found_at(FailOn::High, Some(Severity::High)), Some(Outcome::FoundHigh));
        assert_eq!(found_at(FailOn::High, Some(Severity::Medium)), None);
        assert_eq!(found_at(FailOn::Low, Some(Severity::Informational)), None);
        assert_eq!(found_at(FailOn::Low, None), None);
    }
}
