//! From what was typed to a running command: settings resolved once, in one place.

use std::io::Write;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use tokio::runtime::Handle;

use super::policy::Content;
use super::pull::{self, PullOptions, Pulled, Unread};
use super::{analyze, detections, query};
use crate::acquire::{PathStyle, S3Options};
use crate::cli::{self, Cli, Command};
use crate::config::Config;
use crate::error::{Error, showable};
use crate::lake::Lake;
use crate::normalise::{Options, Recognition};
use crate::outcome::Outcome;
use crate::window::Window;

/// Runs what was asked for. `now` is the moment that spans such as `7d` count back from.
///
/// # Errors
/// Whatever the command fails with.
pub async fn run(cli: &Cli, now: jiff::Timestamp) -> Result<Outcome, Error> {
    let config = Config::load(cli.global.config.as_deref())?;
    let window = |range: &cli::Range| Window::new(range.since.as_deref(), range.until.as_deref(), now);
    match &cli.command {
        Command::Analyze(args) => {
            let window = window(&args.range)?;
            let lake = lake_path(cli, &config)?;
            let options = match args.offline {
                true => None,
                false => pull_options(cli, &args.input, window, &config)?,
            };
            Box::pin(analyze::run(args, &lake, window, &config, options)).await
        }
        Command::Pull(args) => {
            let window = window(&args.range)?;
            let lake = lake_path(cli, &config)?;
            let options = pull_options(cli, &args.input, window, &config)?.ok_or_else(|| {
                Error::Usage(
                    "no source: name a folder, files or s3://bucket/prefix, or list sources in lightmeter.toml"
                        .to_owned(),
                )
            })?;
            let handle = Handle::current();
            tokio::task::block_in_place(|| pull_only(cli, args, lake, &options, &handle))
        }
        Command::Query(args) => {
            let lake = Lake::open_existing(lake_path(cli, &config)?)?;
            if args.reveal {
                note(cli, "secrets are shown as they are (--reveal)");
            }
            Box::pin(query::run(args, &lake, window(&args.range)?, &config)).await
        }
        Command::Detections(args) => Box::pin(detections::run(args, &config)).await,
    }
}

fn pull_only(
    cli: &Cli,
    args: &cli::Pull,
    lake: PathBuf,
    options: &PullOptions,
    handle: &Handle,
) -> Result<Outcome, Error> {
    if args.dry_run {
        return dry_run(cli, args, options, handle);
    }
    let pulled = pull::pull(&Lake::open(lake)?, options, handle)?;
    note(cli, &summary(&pulled));
    list_unread(cli, "not read", &pulled.unread);
    list_unread(cli, "not wholly readable", &pulled.damaged);
    Ok(match (pulled.unread.is_empty() && pulled.damaged.is_empty(), pulled.found == 0 && !args.allow_empty) {
        (false, _) => Outcome::Incomplete,
        (true, true) => Outcome::NothingToDo,
        (true, false) => Outcome::Done,
    })
}

fn summary(pulled: &Pulled) -> String {
    let mut text = format!(
        "{} exports found: {} added, {} replaced, {} already in the lake",
        pulled.found, pulled.added, pulled.replaced, pulled.unchanged
    );
    if pulled.before_window > 0 {
        text.push_str(&format!(", {} before the window", pulled.before_window));
    }
    if pulled.ignored > 0 {
        text.push_str(&format!("; {} other files are no exports by their name", pulled.ignored));
    }
    text
}

fn dry_run(cli: &Cli, args: &cli::Pull, options: &PullOptions, handle: &Handle) -> Result<Outcome, Error> {
    let mut unread = Vec::new();
    let listed = pull::list(options, handle, &mut unread)?;
    let scanner = query::scanner()?;
    let objects: Vec<_> = listed.iter().flat_map(|l| &l.listing.objects).collect();
    super::output::write(None, |out| {
        for object in &objects {
            let name = scanner.redact(&object.export_key);
            writeln!(out, "{:>12}  {}", object.size, crate::text::one_line(&name, 300))?;
        }
        writeln!(out, "{:>12}  in {} exports", objects.iter().map(|o| o.size).sum::<u64>(), objects.len())
    })?;
    list_unread(cli, "not read", &unread);
    Ok(match (unread.is_empty(), objects.is_empty() && !args.allow_empty) {
        (false, _) => Outcome::Incomplete,
        (true, true) => Outcome::NothingToDo,
        (true, false) => Outcome::Done,
    })
}

/// Names what could not be read. Names and reasons come from the field, so secrets in them are replaced.
fn list_unread(cli: &Cli, what: &str, unread: &[Unread]) {
    let lines: Vec<String> = unread.iter().map(|u| format!("lightmeter: {what}: {}: {}", u.name, u.reason)).collect();
    if !cli.global.quiet && !lines.is_empty() {
        let _ = writeln!(std::io::stderr(), "{}", showable(&lines.join("\n")));
    }
}

/// What to pull; `None` when neither the command line nor the settings name a source.
fn pull_options(cli: &Cli, input: &cli::Input, window: Window, config: &Config) -> Result<Option<PullOptions>, Error> {
    let sources = if input.sources.is_empty() { config.sources.clone() } else { input.sources.clone() };
    if sources.is_empty() {
        return Ok(None);
    }
    let s3 = &input.s3;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Some(PullOptions {
        sources,
        s3: S3Options {
            profile: s3.profile.clone(),
            region: s3.region.clone(),
            endpoint_url: s3.endpoint_url.clone(),
            path_style: match s3.path_style {
                cli::PathStyle::Auto => PathStyle::Auto,
                cli::PathStyle::Always => PathStyle::Always,
                cli::PathStyle::Never => PathStyle::Never,
            },
            no_sign_request: s3.no_sign_request,
            request_payer: s3.request_payer,
            ..S3Options::default()
        },
        window,
        workers: input.workers.map_or(processors, usize::from),
        normalise: Options { recognition: if input.strict { Recognition::Bytes } else { Recognition::Hash } },
        content: match input.content {
            cli::Content::Full => Content::Full,
            cli::Content::Redacted => Content::Redacted(Box::new(query::scanner()?)),
            cli::Content::None => Content::None,
        },
        quiet: cli.global.quiet,
    }))
}

/// Where the lake is: flag or environment, settings file, else the platform's folder for application data.
fn lake_path(cli: &Cli, config: &Config) -> Result<PathBuf, Error> {
    let named = cli.global.lake.clone().or_else(|| config.lake.clone());
    let platform = || etcetera::choose_base_strategy().ok().map(|base| base.data_dir().join("lightmeter").join("lake"));
    named.or_else(platform).ok_or_else(|| {
        Error::Usage("no place for the lake is known: give --lake DIR or set LIGHTMETER_LAKE".to_owned())
    })
}

/// Says something on standard error, unless asked to be quiet. A closed standard error is no reason to stop.
fn note(cli: &Cli, text: &str) {
    if !cli.global.quiet {
        let _ = writeln!(std::io::stderr(), "lightmeter: {text}");
    }
}
