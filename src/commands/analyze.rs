//! `lightmeter analyze`: pull what is new, run the detections, write the report.

use std::io::Read as _;
use std::path::Path;

use super::fill::{Sources, fill};
use super::look::{Look, bring};
use super::output;
use super::pull::PullOptions;
use super::select::Selection;
use super::target::named;
use crate::cli::{self, ReportFormat};
use crate::config::Config;
use crate::error::Error;
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
    quiet: bool,
) -> Result<Outcome, Error> {
    let selection = Selection::from(&args.findings);
    let folders = &args.findings.detections;
    let brought = bring(lake, config, folders, &selection, options.as_ref())?;
    let look = Look::open(brought, window, config, folders, &selection).await?;
    let wanted = Wanted {
        format: args.format,
        budget: args.budget.unwrap_or(if args.full { u32::MAX } else { BUDGET }),
        options: Options { max_bytes: args.max_bytes, full: args.full, ..Options::default() },
        baseline: args.baseline.as_deref(),
        remember: args.remember,
        show_suppressed: args.show_suppressed,
        quiet,
    };
    report(&look, &selection, &wanted, named(args.output.as_deref())).await?;
    look.tell_unread(quiet, "The report's coverage tells all");
    Ok(look.outcome(&selection))
}

/// Incidents told of a day, where nobody says otherwise.
pub(super) const BUDGET: u32 = 10;

/// What a report is to be.
pub(super) struct Wanted<'w> {
    /// Format.
    pub(super) format: ReportFormat,
    /// Incidents shown per day.
    pub(super) budget: u32,
    /// How it is rendered, apart from the format.
    pub(super) options: Options,
    /// The earlier report to compare with; the newest one that the lake remembers when absent.
    pub(super) baseline: Option<&'w Path>,
    /// Whether the lake remembers it.
    pub(super) remember: bool,
    /// Whether incidents that a review hides are shown.
    pub(super) show_suppressed: bool,
    /// Whether nothing is said beside the report.
    pub(super) quiet: bool,
}

/// Writes one report.
///
/// # Errors
/// When a query of the report fails or the report cannot be written.
pub(super) async fn report(
    look: &Look,
    selection: &Selection,
    wanted: &Wanted<'_>,
    to: Option<&Path>,
) -> Result<(), Error> {
    let mut result = look.result.clone();
    let below = selection.cut(&mut result.incidents);
    let earlier = match wanted.baseline {
        Some(path) => Some(baseline(path)?),
        None => remembered(&look.lake, look.window.end.or(look.data_end))?,
    };
    let sources = Sources {
        engine: &look.engine,
        ledger: &look.ledger,
        window: look.window,
        unread: &look.pulled.unread,
        result,
        budget: wanted.budget,
        earlier,
        reviews: &look.reviews,
        show_suppressed: wanted.show_suppressed,
    };
    let mut report = fill(sources).await?;
    report.cut.extend(below);
    let report = report.redacted(&|text| look.scanner.redact(text).into_owned());
    let format = match wanted.format {
        ReportFormat::Markdown => Format::Markdown,
        ReportFormat::Json => Format::Json,
        ReportFormat::Html => Format::Html,
    };
    if let Some(note) = same_end(look, wanted, &report)? {
        super::note(wanted.quiet, &note);
    }
    output::write(to, |out| render(&report, Options { format, ..wanted.options }, out))?;
    if wanted.remember && look.requests > 0 {
        remember(&look.lake, &report)?;
    }
    Ok(())
}

/// Largest baseline that is read, in bytes.
const MAX_BASELINE: u64 = 256 << 20;

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

/// What to say where the lake keeps a report that ends where this one does: the report itself must not tell, because a
/// run that is repeated writes the same bytes.
fn same_end(look: &Look, wanted: &Wanted<'_>, report: &Redacted) -> Result<Option<String>, Error> {
    let Some(end) = report.report().window.ends().filter(|_| wanted.baseline.is_none()) else { return Ok(None) };
    let newest = remembered(&look.lake, Some(end.saturating_add(1)))?;
    Ok(newest.filter(|(previous, _)| previous.end == end).map(|_| {
        format!(
            "the lake keeps a report that ends at {} like this one: no later record came, so this is that report again \
             and not compared with it; --until 0m compares the two and tells in one line that nothing is new",
            crate::text::clock_time(end)
        )
    }))
}

fn remember(lake: &Lake, report: &Redacted) -> Result<(), Error> {
    let Some(end) = report.report().window.ends() else { return Ok(()) };
    let mut bytes = Vec::new();
    write_memory(report, &mut bytes).map_err(|e| Error::Engine(e.to_string()))?;
    Ok(lake.remember(end, &bytes)?)
}
