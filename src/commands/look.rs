//! One look at the lake: pull what is new, open it, run the detections. Reports and exports start from here.

use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use super::engine::{self, Engine};
use super::fill;
use super::hidden;
use super::kept::{self, Analysis};
use super::pull::{PullOptions, Pulled, pull};
use super::query;
use super::rows;
use super::select::Selection;
use crate::config::Config;
use crate::detect::run::{RunResult, run as run_detections};
use crate::error::{Error, showable};
use crate::finding::{Finding, Severity};
use crate::lake::{Lake, Ledger};
use crate::outcome::Outcome;
use crate::report::{ExportRow, SafeFindings, Totals};
use crate::secrets::Scanner;
use crate::text::one_line;
use crate::triage::Reviews;
use crate::window::Window;

/// What a run has before it writes anything.
pub(super) struct Look {
    pub(super) scanner: Scanner,
    pub(super) lake: Lake,
    pub(super) ledger: Ledger,
    pub(super) window: Window,
    pub(super) pulled: Pulled,
    pub(super) engine: Engine,
    /// What the detections gave, without the findings that the selection leaves out.
    pub(super) result: RunResult,
    /// Requests in the window.
    pub(super) requests: u64,
    /// Last record in the window, microseconds since the epoch.
    pub(super) data_end: Option<i64>,
    pub(super) totals: Totals,
    /// Verdicts of the organisation.
    pub(super) reviews: Reviews,
    /// The incidents but for those that a review hides.
    pub(super) open: Vec<Finding>,
}

/// Pulls what is new; `options` is absent when nothing is to be pulled, and then the lake must exist.
///
/// # Errors
/// When nothing can be read, the settings are wrong, or the lake cannot be used.
pub(super) fn bring(
    lake: &Path,
    config: &Config,
    folders: &[PathBuf],
    selection: &Selection,
    options: Option<&PullOptions>,
) -> Result<(Lake, Pulled), Error> {
    // Mistakes in the user's settings show before an hour of pulling, not after.
    selection.check(&engine::detections(config, folders)?)?;
    engine::catalogue(config)?;
    match options {
        Some(options) => {
            let handle = Handle::current();
            tokio::task::block_in_place(|| pull(lake, options, &handle))
        }
        None => Ok((Lake::open_existing(lake)?, Pulled::default())),
    }
}

impl Look {
    /// Looks at what the lake holds of a window.
    ///
    /// # Errors
    /// When the lake or the settings cannot be used.
    pub(super) async fn open(
        (lake, pulled): (Lake, Pulled),
        window: Window,
        config: &Config,
        folders: &[PathBuf],
        selection: &Selection,
    ) -> Result<Self, Error> {
        let scanner = query::scanner()?;
        let mut ledger = lake.ledger()?;
        tokio::task::block_in_place(|| lake.leave_out_damaged(&mut ledger));
        let engine = engine::open(Some((&lake, &ledger)), window, config, folders, None).await?;
        let mut result = run_detections(engine.session.context(), &engine.catalog).await;
        let range = fill::data_range(&engine.session).await?;
        let (requests, data_end) = (range.requests, range.data_end);
        let analysis = Analysis::of(&ledger, window, data_end, fill::rules(&engine), &result);
        let risks = rows::read(&engine.session, kept::RISKS, &[]).await?;
        if let Err(error) = analysis.keep(&lake, &result, &risks, &scanner) {
            // A lake that may only be read is read all the same.
            tracing::warn!("the findings are not kept for `lightmeter session`: {error}");
        }
        result.incidents.retain(|finding| selection.counts(finding));
        let totals = fill::coverage(&ledger, window, &pulled.unread).totals();
        let last = window.end.map_or(data_end, |end| Some(end - 1));
        let reviews = config.reviews.clone();
        let (open, _) = hidden::split(&engine.session, result.incidents.clone(), &reviews, last).await?;
        Ok(Self { scanner, lake, ledger, window, pulled, engine, result, requests, data_end, totals, reviews, open })
    }

    /// Says on standard error what could not be read, if anything, and where all of it stands.
    pub(super) fn tell_unread(&self, quiet: bool, see: &str) {
        if let Some(unread) = self.unread() {
            super::note(quiet, &showable(&format!("could not read everything: {unread}. {see}.")));
        }
    }

    /// What could not be read, in one line.
    fn unread(&self) -> Option<String> {
        let totals = &self.totals;
        let counts = [
            (totals.unreadable, "not readable"),
            (totals.partial, "cut short"),
            (totals.skipped, "records skipped"),
            (self.result.failures.len() as u64, "detections failed"),
        ];
        let counts: Vec<String> =
            counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        if counts.is_empty() {
            return None;
        }
        let bad = |e: &&ExportRow| e.stats.partial || e.stats.skipped > 0;
        let coverage = fill::coverage(&self.ledger, self.window, &self.pulled.unread);
        let inputs = coverage.unreadable.iter().map(|row| (&row.export_key, Some(&row.reason)));
        let exports = coverage.exports.iter().filter(bad);
        let exports = exports.map(|row| (&row.export_key, row.stats.problems.first().map(|problem| &problem.reason)));
        let failures = self.result.failures.iter().map(|failure| (&failure.id, Some(&failure.message)));
        let first = inputs.chain(exports).chain(failures).next();
        let first = first.map(|(name, reason)| {
            let reason = reason.map_or_else(String::new, |reason| format!(": {}", one_line(reason, 300)));
            format!("; first {}{reason}", one_line(name, 200))
        });
        Some(format!("{}{}", counts.join(", "), first.unwrap_or_default()))
    }

    /// How the run ends when everything that was asked for could be written.
    pub(super) fn outcome(&self, selection: &Selection) -> Outcome {
        let worst = self.open.iter().map(|f| f.severity).max();
        if let Some(found) = selection.found(worst) {
            return found;
        }
        if self.totals.incomplete() || !self.result.failures.is_empty() {
            return Outcome::Incomplete;
        }
        if self.requests == 0 && self.totals.skipped == 0 && !selection.allow_empty {
            return Outcome::NothingToDo;
        }
        Outcome::Done
    }

    /// The findings to be shown, without secrets.
    pub(super) fn findings(&self, selection: &Selection) -> SafeFindings {
        let shown = self.open.iter().filter(|f| selection.shows(f)).cloned().collect();
        SafeFindings::new(shown, &|text| self.scanner.redact(text).into_owned())
    }

    /// All findings that count, shown or not, without secrets.
    pub(super) fn all_findings(&self) -> SafeFindings {
        SafeFindings::new(self.open.clone(), &|text| self.scanner.redact(text).into_owned())
    }

    /// Whether part of what the lake holds could not be read, so that less may be found than there is. Exports that were
    /// cut short when they came lack the same records in every run, and count as read.
    pub(super) fn lake_is_incomplete(&self) -> bool {
        !self.ledger.left_out.is_empty() || !self.ledger.damaged.is_empty()
    }

    /// Incidents by severity, worst first, shown or not.
    pub(super) fn by_severity(&self) -> [(Severity, u64); 5] {
        use Severity::{Critical, High, Informational, Low, Medium};
        [Critical, High, Medium, Low, Informational]
            .map(|s| (s, self.open.iter().filter(|f| f.severity == s).count() as u64))
    }
}
