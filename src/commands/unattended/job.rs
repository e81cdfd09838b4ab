//! What a profile and the flags over it ask for, understood before anything is done.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::{self, AtLeast, Cli, Content, ExportFormat, Level, ReportFormat};
use crate::commands::access::Access;
use crate::commands::export::{Place, Plan};
use crate::commands::pull::PullOptions;
use crate::commands::select::Selection;
use crate::commands::start::with_sources;
use crate::commands::stop::Stop;
use crate::config::Config;
use crate::error::Error;
use crate::finding::Severity;
use crate::profile::{self, ExportSpec, Profile, ReportSpec};
use crate::window::Window;

/// A profile with everything in it understood.
pub(super) struct Job {
    pub(super) selection: Selection,
    pub(super) pull: Option<PullOptions>,
    pub(super) window: Window,
    pub(super) reports: Vec<(ReportSpec, ReportFormat, Window)>,
    pub(super) exports: Vec<(Plan, Window)>,
    pub(super) prune_before: Option<i64>,
    pub(super) compact: bool,
    pub(super) metrics: Option<PathBuf>,
    pub(super) now: jiff::Timestamp,
    pub(super) stop: Stop,
}

impl Job {
    /// Reads the profile of the settings file, and what flags say over it.
    ///
    /// # Errors
    /// When the profile does not exist or says something that means nothing.
    pub(super) fn new(
        cli: &Cli,
        args: &cli::Run,
        config: &Config,
        now: jiff::Timestamp,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let environment = |name: &str| std::env::var(name).ok();
        let mut profile = profile::named(&config.table, &args.profile, config.folder(), &environment)
            .map_err(|e| Error::Settings(vec![e]))?;
        override_with(&mut profile, args);
        understand(cli, args, config, profile, now, stop)
    }

    /// Whether somebody wants to know what the detections say. A run for none of that only keeps the lake.
    pub(super) fn asks(&self) -> bool {
        !self.reports.is_empty() || !self.exports.is_empty() || self.selection.fail_on.is_some()
    }
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
    profile: Profile,
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
        None => setting::<AtLeast>("fail_on", profile.fail_on.as_ref())?,
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
        false => Some(pulling(cli, args, config, &profile, now, stop)?),
    };
    let compact = profile.compact.unwrap_or(true);
    let (window, stop) = (window(None)?, stop.clone());
    let metrics = profile.metrics;
    Ok(Job { selection, pull, window, reports, exports, prune_before, compact, metrics, now, stop })
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
