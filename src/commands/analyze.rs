//! `lightmeter analyze`: pull what is new, run the detections, write the report.

use std::path::Path;

use tokio::runtime::Handle;

use super::fill::{Filled, Sources, fill};
use super::pull::{PullOptions, Pulled, pull};
use super::{engine, output, query};
use crate::cli::{self, FailOn, ReportFormat};
use crate::config::Config;
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::finding::Severity;
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::report::{Format, MAX_BYTES, Options, render};
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
    let engine = engine::open(Some((&lake, &ledger)), window, config, &args.detections).await?;
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let sources =
        Sources { engine: &engine, ledger: &ledger, window, unread: &pulled.unread, result, budget: args.budget };
    let Filled { report, requests } = fill(sources).await?;
    let worst = worst(&report);
    let totals = report.coverage.totals();
    let complete = report.complete();
    let report = report.redacted(&|text| scanner.redact(text).into_owned());
    let format = match args.format {
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Json => Format::Json,
    };
    output::write(args.output.as_deref(), |out| render(&report, Options { format, max_bytes: MAX_BYTES }, out))?;
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

/// The worst severity among all incidents, shown or not.
fn worst(report: &crate::report::Report) -> Option<Severity> {
    let cut = report.cut.iter().filter_map(|c| c.severity.parse().ok());
    report.incidents.iter().map(|f| f.severity).chain(cut).max()
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
