//! From what was typed to a running command: settings resolved once, in one place.

use std::path::PathBuf;

use etcetera::BaseStrategy;
use futures::future::LocalBoxFuture;
use tokio::runtime::Handle;

use super::access::{Access, WantedSource};
use super::policy::Content;
use super::pull::{self, PullOptions};
use super::stop::{self, Stop};
use super::{
    analyze, detections, export, hunt, key, measure, pull_only, query, record, rescan, review, rules, schema, session,
    sessions, settings, unattended, upkeep, verify,
};
use crate::cli::{self, Cli, Command};
use crate::config::{Config, S3Config};
use crate::error::Error;
use crate::lake::Lake;
use crate::normalise::{Options, Recognition};
use crate::outcome::Outcome;
use crate::window::Window;

/// Runs what was asked for. `now` is the moment that spans such as `7d` count back from.
///
/// The type of the future is hidden, so that all commands are compiled with this crate and not once more by whoever
/// awaits it.
///
/// # Errors
/// Whatever the command fails with.
pub fn run(cli: &Cli, now: jiff::Timestamp) -> LocalBoxFuture<'_, Result<Outcome, Error>> {
    Box::pin(until_stopped(cli, now))
}

async fn until_stopped(cli: &Cli, now: jiff::Timestamp) -> Result<Outcome, Error> {
    let stop = Stop::default();
    let quiet = cli.global.silent();
    stop::on_signals(&stop, move |signal| {
        let text = "ending in order, what is not finished is rolled back; once more ends at once";
        super::note(quiet, &format!("{}: {text}", signal.name()));
    });
    tokio::select! {
        // A pull ends by itself and says what it did; everything else can be dropped where it stands.
        biased;
        result = Box::pin(command(cli, now, &stop)) => result,
        signal = stop.wait() => Err(Error::Stopped { signal, done: None }),
    }
}

async fn command(cli: &Cli, now: jiff::Timestamp, stop: &Stop) -> Result<Outcome, Error> {
    let now = cli.global.now.unwrap_or(now);
    let mut config = Config::load(cli.global.config.as_deref(), &cli.global.set)?;
    let writes = matches!(&cli.command, Command::Review(args) if args.adds());
    config.load_reviews(cli.global.reviews.as_deref(), cli.global.config.as_deref(), writes)?;
    let window = |range: &cli::Range| Window::new(range.since.as_deref(), range.until.as_deref(), now);
    match &cli.command {
        Command::Analyze(args) => {
            let window = window(&args.range)?;
            let lake = lake_path(cli, &config)?;
            let options = match args.findings.offline {
                true => None,
                false => pull_options(cli, &args.input, window, &config, stop)?,
            };
            let outcome = Box::pin(analyze::run(args, &lake, window, &config, options, cli.global.silent())).await?;
            if let Some(set) = settings::lake_for_commands(cli) {
                super::note(cli.global.silent(), &format!("for the commands in the report, first: {set}"));
            }
            Ok(outcome)
        }
        Command::Pull(args) => {
            let window = window(&args.range)?;
            let lake = lake_path(cli, &config)?;
            let options = pull_options(cli, &args.input, window, &config, stop)?.ok_or_else(|| {
                Error::Usage(
                    "no source: name a folder, files or s3://bucket/prefix, or list sources in lightmeter.toml"
                        .to_owned(),
                )
            })?;
            let handle = Handle::current();
            tokio::task::block_in_place(|| pull_only::run(args, lake, &options, &handle))
        }
        Command::Sessions(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            let left = Box::pin(sessions::run(args, &lake, window(&args.range)?, &config)).await?;
            left.iter().for_each(|text| super::note(cli.global.silent(), text));
            Ok(Outcome::Done)
        }
        Command::Session(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            if args.reveal {
                super::note(cli.global.silent(), "secrets are shown as they are (--reveal)");
            }
            Box::pin(session::run(args, &lake, &config)).await
        }
        Command::Export(args) => {
            let window = window(&args.range)?;
            let lake = lake_path(cli, &config)?;
            let options = match args.findings.offline {
                true => None,
                false => pull_options(cli, &args.input, window, &config, stop)?,
            };
            Box::pin(export::run(args, &lake, window, &config, options, cli.global.silent())).await
        }
        Command::Run(args) => {
            let lake = lake_path(cli, &config)?;
            Box::pin(unattended::run(cli, args, &lake, &config, now, stop)).await
        }
        Command::Prune(args) => {
            let before = Window::new(Some(&args.older_than), None, now)?.start.unwrap_or(i64::MIN);
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            let _turn = lake.run_lock()?;
            let pruned = upkeep::prune(&lake, before)?;
            super::note(cli.global.silent(), &format!("{} files with {} rows removed", pruned.parts, pruned.rows));
            Ok(Outcome::Done)
        }
        Command::Compact(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            let _turn = lake.run_lock()?;
            let compacted = tokio::task::block_in_place(|| upkeep::compact(&lake, &args.into(), stop))?;
            let (before, after) = compacted.bytes;
            let text =
                format!("{} files merged into {}, {before} bytes into {after}", compacted.merged, compacted.into);
            super::note(cli.global.silent(), &text);
            Ok(if compacted.left.is_empty() { Outcome::Done } else { Outcome::Incomplete })
        }
        Command::Rescan(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            Box::pin(rescan::run(args, &lake, &config, cli.global.silent(), stop)).await
        }
        Command::Key(args) => key::run(args, lake_path(cli, &config)?, cli.global.silent()),
        Command::Config(_) => settings::print(cli, &config, lake_path(cli, &config)?),
        Command::Query(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            if args.reveal {
                super::note(cli.global.silent(), "secrets are shown as they are (--reveal)");
            }
            let history = history_path();
            Box::pin(query::run(args, &lake, window(&args.range)?, &config, history.as_deref(), cli.global.silent()))
                .await
        }
        Command::Schema(args) => Box::pin(schema::run(args, &config)).await,
        Command::Hunt(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            let said = Box::pin(hunt::run(args, &lake, window(&args.range)?, &config)).await?;
            said.iter().for_each(|text| super::note(cli.global.silent(), text));
            Ok(Outcome::Done)
        }
        Command::Record(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            if args.reveal {
                super::note(cli.global.silent(), "secrets are shown as they are (--reveal)");
            }
            let options = look_options(&args.source, &args.s3, &config, stop)?;
            Box::pin(record::run(args, &lake, &config, options)).await
        }
        Command::Verify(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            let options = look_options(&args.source, &args.s3, &config, stop)?;
            Box::pin(verify::run(args, &lake, &config, options)).await
        }
        Command::Review(args) => Box::pin(review::run(args, &lake_path(cli, &config)?, &config, now)).await,
        Command::Detections(cli::Detections::Measure(args)) => {
            if args.sources.is_empty() {
                let lake = Lake::open_existing(lake_path(cli, &config)?)?;
                return Box::pin(measure::run(&lake, args, &config)).await;
            }
            let folder = tempfile::tempdir()
                .map_err(|source| Error::Output { to: "the folder for temporary files".to_owned(), source })?;
            let options = measure_options(cli, &args.sources, &config, stop)?;
            let (place, handle) = (folder.path().join("lake"), Handle::current());
            let (lake, _) = tokio::task::block_in_place(|| pull::pull(&place, &options, &handle))?;
            Box::pin(measure::run(&lake, args, &config)).await
        }
        Command::Detections(cli::Detections::Catalogue(args)) => Box::pin(detections::run(args, &config)).await,
    }
}

/// What to pull; `None` when neither the command line nor the settings name a source.
pub(super) fn pull_options(
    cli: &Cli,
    input: &cli::Input,
    window: Window,
    config: &Config,
    stop: &Stop,
) -> Result<Option<PullOptions>, Error> {
    let access = Access { flags: &input.s3, profile: &S3Config::default(), file: &config.s3 };
    let sources = match input.sources.as_slice() {
        [] => access.of(&config.sources)?,
        named => access.of_named(named, &config.sources)?,
    };
    with_sources(cli, input, sources, window, config, stop)
}

/// What to pull from sources that are known; `None` when there are none.
pub(super) fn with_sources(
    cli: &Cli,
    input: &cli::Input,
    sources: Vec<WantedSource>,
    window: Window,
    config: &Config,
    stop: &Stop,
) -> Result<Option<PullOptions>, Error> {
    if sources.is_empty() {
        return Ok(None);
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Some(PullOptions {
        sources,
        window,
        workers: input.workers.map_or(processors, usize::from),
        normalise: Options {
            recognition: if input.strict { Recognition::Bytes } else { Recognition::Hash },
            ..Options::default()
        },
        content: match input.content {
            cli::Content::Full => Content::Full,
            cli::Content::Redacted => Content::Redacted,
            cli::Content::None => Content::None,
        },
        keep_raw: input.keep_raw.clone(),
        scanner: rules::scanner(config, &input.secret_rules)?,
        quiet: cli.global.silent(),
        stop: stop.clone(),
    }))
}

/// How to look at places again without pulling; `None` when none is named.
fn look_options(sources: &[String], s3: &cli::S3, config: &Config, stop: &Stop) -> Result<Option<PullOptions>, Error> {
    if sources.is_empty() {
        return Ok(None);
    }
    let access = Access { flags: s3, profile: &S3Config::default(), file: &config.s3 };
    Ok(Some(PullOptions {
        sources: access.of_named(sources, &config.sources)?,
        window: Window::default(),
        workers: 1,
        normalise: Options::default(),
        content: Content::Full,
        keep_raw: None,
        scanner: query::scanner()?,
        quiet: true,
        stop: stop.clone(),
    }))
}

/// Where the prompt keeps what was typed, beside the lake of this platform.
fn history_path() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.data_dir().join("lightmeter").join("query-history"))
}

/// How the sources of a measurement are pulled: all of them, with their text.
fn measure_options(cli: &Cli, sources: &[String], config: &Config, stop: &Stop) -> Result<PullOptions, Error> {
    let access = Access { flags: &cli::S3::default(), profile: &S3Config::default(), file: &config.s3 };
    Ok(PullOptions {
        sources: access.of_named(sources, &config.sources)?,
        window: Window::default(),
        workers: std::thread::available_parallelism().map_or(1, usize::from),
        normalise: Options::default(),
        content: Content::Full,
        keep_raw: None,
        scanner: rules::scanner(config, &[])?,
        quiet: cli.global.silent(),
        stop: stop.clone(),
    })
}

/// Where the lake is: flag or environment, settings file, else the platform's folder for application data.
fn lake_path(cli: &Cli, config: &Config) -> Result<PathBuf, Error> {
    let named = cli.global.lake.clone().or_else(|| config.lake.clone());
    let platform = || etcetera::choose_base_strategy().ok().map(|base| base.data_dir().join("lightmeter").join("lake"));
    named.or_else(platform).ok_or_else(|| {
        Error::Usage("no place for the lake is known: give --lake DIR or set LIGHTMETER_LAKE".to_owned())
    })
}
