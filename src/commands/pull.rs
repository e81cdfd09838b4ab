//! `lightmeter pull`, and the pulling half of `analyze`: what is new in the sources becomes part of the lake.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;

use super::access::WantedSource;
use super::convert::{ConvertError, Settings};
use super::hits::Ledgerer;
use super::plan::{Job, Plan, plan};
use super::policy::Content;
use super::sources::{Listed, list};
use super::stop::Stop;
use super::vanished::vanished;
use super::workers::{Done, Workers};
use crate::acquire::{Keep, Object};
use crate::decode::Limits;
use crate::error::Error;
use crate::lake::{Committed, Index, Lake, Writer};
use crate::normalise::Options;
use crate::normalise::facts::Readers;
use crate::progress::Progress;
use crate::secrets::Scanner;
use crate::window::Window;

/// What to pull and how.
pub struct PullOptions {
    /// Where to look, and how to get there.
    pub sources: Vec<WantedSource>,
    /// Exports that surely lie before it are left out.
    pub window: Window,
    /// Exports converted at the same time.
    pub workers: usize,
    /// How records are normalised.
    pub normalise: Options,
    /// How much text is kept.
    pub content: Content,
    /// Folder in which originals are kept.
    pub keep_raw: Option<PathBuf>,
    /// Finds secrets.
    pub scanner: Scanner,
    /// No progress.
    pub quiet: bool,
    /// Ends the pull.
    pub stop: Stop,
}

/// An object or a place that could not be read in this run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Object or place.
    pub name: String,
    /// Why, and what to do about it.
    pub reason: String,
}

/// What a pull did.
#[derive(Debug, Default, Clone)]
pub struct Pulled {
    /// Exports found.
    pub found: usize,
    /// Exports that are new in the lake.
    pub added: usize,
    /// Exports that replaced an older state of themselves.
    pub replaced: usize,
    /// Exports that the lake held already.
    pub unchanged: usize,
    /// Exports left out because they lie before the window.
    pub before_window: u64,
    /// Files and objects that are no exports by their name.
    pub ignored: u64,
    /// What could not be read, sorted.
    pub unread: Vec<Unread>,
    /// Exports found that are in the lake but were not wholly readable, sorted.
    pub damaged: Vec<Unread>,
    /// Exports of the lake that are no longer where they were found, as this run was the first to notice.
    pub vanished: Vec<String>,
    /// How many vanished before.
    pub vanished_before: usize,
}

/// Pulls and converts what is new into the lake in a folder. A lake that is not there yet is made once a source could
/// be looked at: a mistake in the command leaves nothing behind.
///
/// # Errors
/// When no source can be looked at, the lake is in use or cannot be written, or the run was ended before all was done.
pub fn pull(folder: &Path, options: &PullOptions, runtime: &Handle) -> Result<(Lake, Pulled), Error> {
    let _watched = options.stop.watched();
    let progress = Progress::stderr(options.quiet);
    let pulled = pull_showing(folder, options, runtime, &progress);
    progress.finish();
    pulled
}

fn pull_showing(
    folder: &Path,
    options: &PullOptions,
    runtime: &Handle,
    progress: &Progress,
) -> Result<(Lake, Pulled), Error> {
    Lake::check(folder)?;
    let mut pulled = Pulled::default();
    let listed = list(options, runtime, progress, &mut pulled.unread)?;
    let lake = Lake::open(folder)?;
    let pulled = take(&listed, &lake, options, pulled, progress)?;
    Ok((lake, pulled))
}

/// Takes what is new of what was found.
fn take(
    listed: &[Listed],
    lake: &Lake,
    options: &PullOptions,
    mut pulled: Pulled,
    progress: &Progress,
) -> Result<Pulled, Error> {
    let keep = options.keep_raw.as_deref().map(Keep::new).transpose()?;
    pulled.count(listed);
    progress.preparing("comparing what was found with the lake");
    // Without anything to read there is no need for being the writer.
    let writer = if pulled.found > 0 { Some(lake.writer()?) } else { None };
    let mut index = lake.index()?;
    let before = pulled.unread.len();
    let Plan { jobs, ids } = plan(listed, &index, options, keep.as_ref(), &mut pulled);
    if let (Some(writer), false) = (&writer, jobs.is_empty()) {
        let results = carry_out(&jobs, options, keep.as_ref(), lake, writer, progress)?;
        pulled.take_in(&jobs, results)?;
        if pulled.replaced > 0 {
            writer.settle()?;
        }
        index = lake.index()?;
    }
    let left = pulled.found.saturating_sub(pulled.in_lake() + pulled.unread.len() - before);
    if let (Some(signal), true) = (options.stop.requested(), left > 0) {
        return Err(Error::Stopped { signal, done: Some(pulled.so_far(left)) });
    }
    if pulled.found > 0 && pulled.in_lake() == 0 {
        return Err(Error::NothingReadable(std::mem::take(&mut pulled.unread)));
    }
    let gone = vanished(listed, &index, &ids, &options.window);
    pulled.damaged = damaged(&index, &ids);
    pulled.note_vanished(&index, &gone);
    if gone != index.vanished {
        writer.map_or_else(|| lake.writer(), Ok)?.note_vanished(&gone)?;
    }
    pulled.unread.sort();
    Ok(pulled)
}

fn carry_out(
    jobs: &[Job<'_>],
    options: &PullOptions,
    keep: Option<&Keep>,
    lake: &Lake,
    writer: &Writer,
    progress: &Progress,
) -> Result<Vec<Done>, Error> {
    let readers = Readers::new(options.scanner.clone()).map_err(|e| Error::Engine(e.to_string()))?;
    let ledgerer = Ledgerer { scanner: options.scanner.clone(), key: super::key::of_lake(lake)? };
    progress.expect(jobs.len() as u64, jobs.iter().map(|job| job.object.size).sum());
    let settings = Settings {
        limits: Limits::default(),
        options: options.normalise,
        content: &options.content,
        readers: &readers,
        ledgerer: &ledgerer,
        keep,
        stop: &options.stop,
    };
    let conversions = options.workers;
    let results = Workers { writer, settings, progress, stop: &options.stop, conversions }.run(jobs);
    Ok(results)
}

impl Pulled {
    pub(super) fn count(&mut self, listed: &[Listed]) {
        self.found = listed.iter().map(|l| l.listing.objects.len()).sum();
        self.before_window = listed.iter().map(|l| l.listing.before_window).sum();
        self.ignored = listed.iter().map(|l| l.listing.ignored).sum();
    }

    /// Counts what the workers did.
    fn take_in(&mut self, jobs: &[Job<'_>], results: Vec<Done>) -> Result<(), Error> {
        let mut failed = None;
        for (job, result) in jobs.iter().zip(results) {
            match result {
                None => {}
                Some(Ok(Committed::Added)) => self.added += 1,
                Some(Ok(Committed::Replaced)) => self.replaced += 1,
                Some(Ok(Committed::Unchanged)) => self.unchanged += 1,
                Some(Err(ConvertError::Lake(error))) => failed = Some(Error::from(error)),
                Some(Err(ConvertError::Keep(error))) => failed = Some(Error::from(error)),
                Some(Err(error)) => self.unread.push(unread(&job.object, &error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn in_lake(&self) -> usize {
        self.added + self.replaced + self.unchanged
    }

    fn so_far(&self, left: usize) -> String {
        let mut text = format!("{} exports added, {} replaced, {left} left", self.added, self.replaced);
        if !self.unread.is_empty() {
            text.push_str(&format!(", {} not readable", self.unread.len()));
        }
        text
    }

    /// Names the vanished exports in the order of the index, those that are news first.
    pub(super) fn note_vanished(&mut self, index: &Index, gone: &BTreeSet<String>) {
        let of = |known: bool| {
            let entries = index.entries.iter().filter(move |e| index.vanished.contains(&e.id) == known);
            let entries = entries.filter(|e| gone.contains(&e.id));
            entries.map(|e| crate::text::one_line(&e.export_key, 200).into_owned()).collect::<Vec<_>>()
        };
        self.vanished = of(false);
        self.vanished_before = of(true).len();
    }
}

pub(super) fn unread(object: &Object, error: &ConvertError) -> Unread {
    let reason = error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"));
    Unread { name: crate::text::one_line(&object.export_key, 200).into_owned(), reason }
}

/// What is wrong with the exports of the given identities, one line each.
fn damaged(index: &Index, ids: &BTreeSet<String>) -> Vec<Unread> {
    let wrong = index.entries.iter().filter(|e| ids.contains(&e.id) && (e.partial || e.skipped > 0));
    let mut damaged: Vec<Unread> = wrong
        .map(|entry| {
            let mut reason = entry.problem.as_ref().map_or_else(String::new, |problem| format!("{problem}, "));
            reason.push_str(&format!("{} records read, {} skipped", entry.records, entry.skipped));
            if entry.partial {
                reason.push_str(", the end is missing");
            }
            Unread { name: crate::text::one_line(&entry.export_key, 200).into_owned(), reason }
        })
        .collect();
    damaged.sort();
    damaged
}
