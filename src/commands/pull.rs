//! `lightmeter pull`, and the pulling half of `analyze`: what is new in the sources becomes part of the lake.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Handle;

use super::convert::{ConvertError, Settings, convert};
use super::plan::{Job, plan};
use super::policy::Content;
use crate::acquire::{DirSource, Listing, Object, Place, S3Client, S3Options, S3Source, Source};
use crate::decode::Limits;
use crate::error::Error;
use crate::lake::{Committed, Lake, Ledger};
use crate::normalise::Options;
use crate::normalise::facts::Readers;
use crate::progress::Progress;
use crate::window::Window;

/// Times that an export is read from its start when its transfer fails in a way that may pass. Sources resume broken
/// transfers themselves; this is for what shows only at the end, such as a checksum that does not agree.
const ATTEMPTS: u32 = 3;

/// What to pull and how.
pub struct PullOptions {
    /// Sources as written.
    pub sources: Vec<String>,
    /// How to reach S3.
    pub s3: S3Options,
    /// Exports that surely lie before it are left out.
    pub window: Window,
    /// Exports converted at the same time.
    pub workers: usize,
    /// How records are normalised.
    pub normalise: Options,
    /// How much text is kept.
    pub content: Content,
    /// No progress.
    pub quiet: bool,
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
#[derive(Debug, Default)]
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
}

/// A place that was looked at.
pub struct Listed {
    /// The source.
    pub source: Box<dyn Source>,
    /// What it holds.
    pub listing: Listing,
}

/// Looks at every source. Places that cannot be looked at are noted, unless there is no other.
///
/// # Errors
/// When a source is written wrongly, or none of them can be looked at.
pub fn list(options: &PullOptions, runtime: &Handle, unread: &mut Vec<Unread>) -> Result<Vec<Listed>, Error> {
    let mut client: Option<S3Client> = None;
    let mut listed = Vec::new();
    let mut failures = Vec::new();
    for text in &options.sources {
        let source: Box<dyn Source> = match text.parse::<Place>()? {
            Place::Path(path) => Box::new(DirSource::new(path)),
            Place::S3(location) => {
                let client = match &client {
                    Some(client) => client.clone(),
                    None => client.insert(S3Client::connect(&options.s3, runtime)?).clone(),
                };
                Box::new(S3Source::new(client, location))
            }
        };
        match source.list(&options.window) {
            Ok(listing) => {
                let skipped = listing.skipped.iter();
                unread.extend(skipped.map(|s| Unread { name: s.location.clone(), reason: s.reason.clone() }));
                listed.push(Listed { source, listing });
            }
            Err(error) => failures.push((source.name(), error)),
        }
    }
    if listed.is_empty()
        && let Some((_, error)) = failures.pop()
    {
        return Err(error.into());
    }
    unread.extend(failures.into_iter().map(|(name, error)| Unread { name, reason: explain(&error) }));
    Ok(listed)
}

fn explain(error: &crate::acquire::Error) -> String {
    error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"))
}

/// Pulls and converts what is new.
///
/// # Errors
/// When no source can be looked at, the lake is in use or cannot be written.
pub fn pull(lake: &Lake, options: &PullOptions, runtime: &Handle) -> Result<Pulled, Error> {
    let mut pulled = Pulled::default();
    let listed = list(options, runtime, &mut pulled.unread)?;
    pulled.found = listed.iter().map(|l| l.listing.objects.len()).sum();
    pulled.before_window = listed.iter().map(|l| l.listing.before_window).sum();
    pulled.ignored = listed.iter().map(|l| l.listing.ignored).sum();
    if pulled.found > 0 {
        let writer = lake.writer()?;
        let ledger = lake.ledger()?;
        let progress = Progress::stderr(options.quiet);
        let (jobs, ids) = plan(&listed, &ledger, options, &mut pulled);
        let sizes = jobs.iter().map(|job| job.object.size);
        progress.expect(jobs.len() as u64, sizes.sum());
        let results = if jobs.is_empty() {
            Vec::new()
        } else {
            let readers = Readers::new(super::query::scanner()?).map_err(|e| Error::Engine(e.to_string()))?;
            run(&jobs, options, &readers, &writer, &progress)
        };
        progress.finish();
        for (job, result) in jobs.iter().zip(results) {
            match result {
                None => {}
                Some(Ok(Committed::Added)) => pulled.added += 1,
                Some(Ok(Committed::Replaced)) => pulled.replaced += 1,
                Some(Ok(Committed::Unchanged)) => pulled.unchanged += 1,
                Some(Err(ConvertError::Lake(error))) => return Err(error.into()),
                Some(Err(error)) => pulled.unread.push(unread(&job.object, &error)),
            }
        }
        if pulled.unread.len() >= pulled.found && pulled.added + pulled.replaced + pulled.unchanged == 0 {
            return Err(Error::NothingReadable(std::mem::take(&mut pulled.unread)));
        }
        pulled.damaged = damaged(&lake.ledger()?, &ids);
    }
    pulled.unread.sort();
    Ok(pulled)
}

pub(super) fn unread(object: &Object, error: &ConvertError) -> Unread {
    let reason = error.help().map_or_else(|| error.to_string(), |help| format!("{error}; {help}"));
    Unread { name: crate::text::one_line(&object.export_key, 200).into_owned(), reason }
}

/// What is wrong with the exports of the given identities, one line each.
fn damaged(ledger: &Ledger, ids: &BTreeSet<String>) -> Vec<Unread> {
    let wrong = ledger.entries.iter().filter(|e| ids.contains(&e.id) && (e.stats.partial || e.stats.skipped > 0));
    let mut damaged: Vec<Unread> = wrong
        .map(|entry| {
            let stats = &entry.stats;
            let mut reason = stats.problems.first().map_or_else(String::new, |p| format!("{}, ", p.reason));
            reason.push_str(&format!("{} records read, {} skipped", stats.records, stats.skipped));
            if stats.partial {
                reason.push_str(", the end is missing");
            }
            Unread { name: crate::text::one_line(&entry.export_key, 200).into_owned(), reason }
        })
        .collect();
    damaged.sort();
    damaged
}

/// Converts the jobs on worker threads, one export per worker. A lake that cannot be written stops all of them.
fn run(
    jobs: &[Job<'_>],
    options: &PullOptions,
    readers: &Readers,
    writer: &crate::lake::Writer,
    progress: &Progress,
) -> Vec<Option<Result<Committed, ConvertError>>> {
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let results = Mutex::new(Vec::new());
    results.lock().unwrap_or_else(PoisonError::into_inner).resize_with(jobs.len(), || None);
    let settings =
        Settings { limits: Limits::default(), options: options.normalise, content: &options.content, readers };
    std::thread::scope(|scope| {
        for _ in 0..options.workers.min(jobs.len()) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    let attempt = || convert(job.source, &job.object, &job.identity, writer, settings, progress);
                    let mut result = attempt();
                    for _ in 1..ATTEMPTS {
                        if !result.as_ref().is_err_and(ConvertError::is_transient) {
                            break;
                        }
                        result = attempt();
                    }
                    if matches!(result, Err(ConvertError::Lake(_))) {
                        stop.store(true, Ordering::Relaxed);
                    }
                    progress.object_done();
                    results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}
