//! `lightmeter pull`: pull, or list what would be read, and say what became of it.

use std::io::Write;
use std::path::PathBuf;

use tokio::runtime::Handle;

use super::plan::plan;
use super::pull::{self, PullOptions, Pulled, Unread};
use super::sources::list;
use super::vanished::vanished;
use super::{note, output, query};
use crate::acquire::Keep;
use crate::cli;
use crate::error::{Error, showable};
use crate::lake::{self, Index, Lake};
use crate::outcome::Outcome;
use crate::progress::Progress;

/// Vanished exports that are named; the rest are counted.
const NAMED: usize = 20;

/// Runs the command.
///
/// # Errors
/// See [`pull::pull`].
pub(super) fn run(args: &cli::Pull, lake: PathBuf, options: &PullOptions, handle: &Handle) -> Result<Outcome, Error> {
    let pulled = match args.dry_run {
        true => dry_run(lake, options, handle)?,
        false => {
            let pulled = pull::pull(&lake, options, handle)?.1;
            note(options.quiet, &summary(&pulled));
            pulled
        }
    };
    list_unread(options, "not read", &pulled.unread);
    list_unread(options, "not wholly readable", &pulled.damaged);
    list_vanished(options, &pulled.vanished);
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
    let vanished = pulled.vanished.len() + pulled.vanished_before;
    if vanished > 0 {
        text.push_str(&format!("; {vanished} of the lake are no longer where they were found, their rows stay"));
    }
    if pulled.ignored > 0 {
        text.push_str(&format!("; {} other files are no exports by their name", pulled.ignored));
    }
    text
}

/// Lists what a pull would read; nothing is read but what tells that, nothing is written.
fn dry_run(lake: PathBuf, options: &PullOptions, handle: &Handle) -> Result<Pulled, Error> {
    let _watched = options.stop.watched();
    let index = match Lake::open_existing(lake) {
        Ok(lake) => lake.index()?,
        Err(lake::Error::Missing(_)) => Index::default(),
        Err(error) => return Err(error.into()),
    };
    let mut pulled = Pulled::default();
    let keep = options.keep_raw.as_deref().map(Keep::look);
    let progress = Progress::stderr(options.quiet);
    let listed = list(options, handle, &progress, &mut pulled.unread);
    progress.finish();
    let listed = listed?;
    pulled.count(&listed);
    let plan = plan(&listed, &index, options, keep.as_ref(), &mut pulled);
    if let Some(signal) = options.stop.requested() {
        return Err(Error::Stopped { signal, done: None });
    }
    pulled.note_vanished(&index, &vanished(&listed, &index, &plan.ids, &options.window));
    let scanner = query::scanner()?;
    output::write(None, |out| {
        for job in &plan.jobs {
            let name = scanner.redact(&job.object.export_key);
            writeln!(out, "{:>12}  {}", job.object.size, crate::text::one_line(&name, 300))?;
        }
        let total: u64 = plan.jobs.iter().map(|job| job.object.size).sum();
        writeln!(out, "{total:>12}  bytes in {} exports", plan.jobs.len())
    })?;
    note(
        options.quiet,
        &format!("nothing was read; {} of {} exports found are in the lake", pulled.unchanged, pulled.found),
    );
    Ok(pulled)
}

/// Names what could not be read. Names and reasons come from the field, so secrets in them are replaced.
fn list_unread(options: &PullOptions, what: &str, unread: &[Unread]) {
    let lines: Vec<String> = unread.iter().map(|u| format!("lightmeter: {what}: {}: {}", u.name, u.reason)).collect();
    say(options, &lines);
}

fn list_vanished(options: &PullOptions, names: &[String]) {
    let mut lines: Vec<String> =
        names.iter().take(NAMED).map(|name| format!("lightmeter: no longer there, its rows stay: {name}")).collect();
    if names.len() > NAMED {
        let query = "SELECT export_key FROM exports WHERE vanished";
        lines.push(format!("lightmeter: and {} more; lightmeter query \"{query}\" lists all", names.len() - NAMED));
    }
    say(options, &lines);
}

fn say(options: &PullOptions, lines: &[String]) {
    if !options.quiet && !lines.is_empty() {
        // A closed standard error is no reason to stop.
        let _ = writeln!(std::io::stderr(), "{}", showable(&lines.join("\n")));
    }
}
