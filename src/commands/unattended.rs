//! `lightmeter run`: one unattended run by a profile of the settings file.
//!
//! ```text
//! lock → pull → prune → merge small files → (per window: look → reports, exports → rotate) → metrics
//! ```
//! Every step can be interrupted and is done again by the next run: what was pulled stays, files appear whole or not at
//! all, and the account of an export is written after its files.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use super::access::Access;
use super::analyze::{self, Wanted};
use super::export::{self, Place, Plan};
use super::fill;
use super::look::{Look, bring};
use super::metrics::Metrics;
use super::output;
use super::pull::{PullOptions, Pulled};
use super::select::Selection;
use super::start::with_sources;
use super::stop::Stop;
use crate::cli::{self, Cli, Content, ExportFormat, FailOn, Level, ReportFormat};
use crate::config::Config;
use crate::error::Error;
use crate::export::State;
use crate::finding::Severity;
use crate::lake::{Compacted, Compaction, Lake, Pruned};
use crate::outcome::Outcome;
use crate::profile::{self, ExportSpec, Profile, ReportSpec};
use crate::report::Options;
use crate::window::Window;

/// A profile with everything in it understood.
struct Job {
    selection: Selection,
    pull: Option<PullOptions>,
    window: Window,
    reports: Vec<(ReportSpec, ReportFormat, Window)>,
    exports: Vec<(Plan, Window)>,
    prune_before: Option<i64>,
    compact: bool,
    now: jiff::Timestamp,
    stop: Stop,
}

impl Job {
    /// Whether somebody wants to know what the detections say. A run for none of that only keeps the lake.
    fn asks(&self) -> bool {
        !self.reports.is_empty() || !self.exports.is_empty() || self.selection.fail_on.is_some()
    }
}

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
    let environment = |name: &str| std::env::var(name).ok();
    let mut profile = profile::named(&config.table, &args.profile, config.folder(), &environment)
        .map_err(|e| Error::Settings(vec![e]))?;
    override_with(&mut profile, args);
    let job = understand(cli, args, config, &profile, now, stop)?;
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
    if let Some(path) = &profile.metrics {
        metrics.write(path)?;
    }
    ended
}

async fn work(lake: &Path, config: &Config, job: &Job, metrics: &mut Metrics) -> Result<Outcome, Error> {
    let opened = if job.pull.is_some() { Lake::open(lake)? } else { Lake::open_existing(lake)? };
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
        let pruned = prune(&lake, before)?;
        if pruned.parts > 0 {
            tracing::info!(files = pruned.parts, rows = pruned.rows, "pruned");
        }
    }
    if job.compact {
        let compacted = tokio::task::block_in_place(|| compact(&lake, &Compaction::default(), &job.stop))?;
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

/// Merges small files of the lake.
///
/// # Errors
/// When the lake is being written or cannot be written.
pub(super) fn compact(lake: &Lake, how: &Compaction, stop: &Stop) -> Result<Compacted, Error> {
    let compacted = lake.compact(how, &|| stop.requested().is_some())?;
    for error in &compacted.left {
        tracing::warn!("left as it is: {error}");
    }
    match stop.requested() {
        Some(signal) => Err(Error::Stopped { signal, done: None }),
        None => Ok(compacted),
    }
}

impl From<&cli::Compact> for Compaction {
    fn from(args: &cli::Compact) -> Self {
        let least = usize::try_from(args.at_least).unwrap_or(usize::MAX);
        Self { small: args.smaller_than << 20, least, ..Self::default() }
    }
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
        for (spec, format, _) in job.reports.iter().filter(|(.., w)| *w == window) {
            report(&look, job, spec, *format).await?;
        }
        for (plan, _) in job.exports.iter().filter(|(_, w)| *w == window) {
            if let Place::Folder(folder) = &plan.place {
                output::remove_drafts(folder)?;
            }
            let exported = export::export(&look, &job.selection, plan).await?;
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
        budget: spec.budget.unwrap_or(10),
        options: Options::default(),
        baseline: None,
        remember: spec.remember.unwrap_or(false),
        show_suppressed: false,
    };
    analyze::report(look, &job.selection, &wanted, Some(&spec.output)).await?;
    tracing::info!(file = %spec.output.display(), "report written");
    Ok(())
}

/// Removes days from the lake, and from the accounts of exports what they know of these days.
///
/// # Errors
/// When the lake is being written or cannot be written.
pub(super) fn prune(lake: &Lake, before: i64) -> Result<Pruned, Error> {
    let pruned = lake.prune(before)?;
    if let Some(start) = lake.pruned_before()? {
        for name in lake.account_names()? {
            let _turn = lake.account_lock(&name)?;
            // An account that cannot be read is the business of whoever exports for it.
            let Some(Ok(mut state)) = lake.read_account(&name)?.map(|bytes| State::parse(&bytes)) else { continue };
            let known = state.findings.len();
            state.forget_before(start);
            if state.findings.len() < known {
                lake.write_account(&name, &state.to_bytes())?;
            }
        }
    }
    Ok(pruned)
}

/// Flags are stronger than the profile.
fn override_with(profile: &mut Profile, args: &cli::Run) {
    let set = |to: &mut Option<String>, from: &Option<String>| {
        if from.is_some() {
            to.clone_from(from);
        }
    };
    set(&mut profile.since, &args.range.since);
    set(&mut profile.until, &args.range.until);
    set(&mut profile.retention, &args.retention);
    if !args.only.is_empty() {
        profile.only.clone_from(&args.only);
    }
    if args.metrics.is_some() {
        profile.metrics.clone_from(&args.metrics);
    }
    profile.workers = args.workers.or(profile.workers);
    profile.compact = args.compact.or(profile.compact);
}

fn understand(
    cli: &Cli,
    args: &cli::Run,
    config: &Config,
    profile: &Profile,
    now: jiff::Timestamp,
    stop: &Stop,
) -> Result<Job, Error> {
    let window = |since: Option<&String>| {
        let since = since.or(profile.since.as_ref()).map(String::as_str);
        Window::new(since, profile.until.as_deref(), now)
    };
    let min_severity = match args.min_severity {
        Some(level) => Some(level),
        None => setting::<Level>("min_severity", profile.min_severity.as_ref())?,
    };
    let fail_on = match args.fail_on {
        Some(level) => Some(level),
        None => setting::<FailOn>("fail_on", profile.fail_on.as_ref())?,
    };
    let selection = Selection {
        min_severity: min_severity.map(Severity::from),
        only: profile.only.clone(),
        fail_on: fail_on.map(Severity::from),
        allow_empty: profile.allow_empty.unwrap_or(true),
    };
    let mut reports = Vec::new();
    for spec in &profile.reports {
        let format = setting::<ReportFormat>("format", Some(&spec.format))?.unwrap_or(ReportFormat::Markdown);
        spec.keep_for.as_deref().map(|age| Window::new(Some(age), None, now)).transpose()?;
        reports.push((spec.clone(), format, window(spec.since.as_ref())?));
    }
    let mut exports = Vec::new();
    for spec in &profile.exports {
        exports.push((plan(spec, &args.profile)?, window(spec.since.as_ref())?));
    }
    let prune_before = match &profile.retention {
        Some(span) => Window::new(Some(span), None, now)?.start,
        None => None,
    };
    let pull = match args.offline {
        true => None,
        false => Some(pulling(cli, args, config, profile, now, stop)?),
    };
    let compact = profile.compact.unwrap_or(true);
    let (window, stop) = (window(None)?, stop.clone());
    Ok(Job { selection, pull, window, reports, exports, prune_before, compact, now, stop })
}

/// What to pull: everything that is not in the lake yet, however old, unless the profile says otherwise.
fn pulling(
    cli: &Cli,
    args: &cli::Run,
    config: &Config,
    profile: &Profile,
    now: jiff::Timestamp,
    stop: &Stop,
) -> Result<PullOptions, Error> {
    let content = match args.content {
        Some(content) => Some(content),
        None => setting::<Content>("content", profile.content.as_ref())?,
    };
    if profile.workers.is_some_and(|n| !(1..=64).contains(&n)) {
        return Err(Error::Settings(vec!["workers: expected a number from 1 to 64".to_owned()]));
    }
    let access = Access { flags: &args.s3, profile: &profile.s3, file: &config.s3 };
    let settings = [profile.sources.as_slice(), config.sources.as_slice()];
    let sources = match (args.sources.as_slice(), settings) {
        ([], [[], all]) => access.of(all)?,
        ([], [own, _]) => access.of(own)?,
        (named, settings) => access.of_named(named, &settings.concat())?,
    };
    let input = cli::Input {
        sources: Vec::new(),
        content: content.unwrap_or(Content::Full),
        strict: false,
        workers: profile.workers,
        keep_raw: None,
        secret_rules: Vec::new(),
        s3: args.s3.clone(),
    };
    let window = Window::new(profile.pull_since.as_deref(), None, now)?;
    with_sources(cli, &input, sources, window, config, stop)?.ok_or_else(|| {
        Error::Usage(
            "no source: the profile and the settings file name none; or pull nothing with --offline".to_owned(),
        )
    })
}

fn plan(spec: &ExportSpec, profile: &str) -> Result<Plan, Error> {
    let formats: BTreeSet<ExportFormat> = spec
        .formats
        .iter()
        .map(|format| Ok(setting::<ExportFormat>("formats", Some(format))?.unwrap_or(ExportFormat::Ndjson)))
        .collect::<Result<_, Error>>()?;
    let ocsf = setting::<cli::OcsfVersion>("ocsf_version", spec.ocsf_version.as_ref())?;
    let consumer = spec.consumer.clone().unwrap_or_else(|| profile.to_owned());
    let plan = Plan {
        formats,
        place: Place::Folder(spec.output_dir.clone()),
        consumer: spec.only_new.unwrap_or(true).then_some(consumer),
        ocsf: ocsf.unwrap_or(cli::OcsfVersion::V1_8).into(),
        keep: spec.keep,
    };
    plan.check()?;
    Ok(plan)
}

/// A word of the profile, read as the same word of the command line.
fn setting<T: cli::Word>(name: &str, text: Option<&String>) -> Result<Option<T>, Error> {
    text.map(|text| cli::word(text).map_err(|e| Error::Settings(vec![format!("{name}: {e}")]))).transpose()
}
