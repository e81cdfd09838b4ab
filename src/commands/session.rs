//! `lightmeter session`: what happened in one session.

use serde::Deserialize;

use super::engine::{self, Engine};
use super::target::named;
use super::{fill, kept, output, pager, query, rows, told};
use crate::cli;
use crate::config::Config;
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::lake::{Lake, Ledger};
use crate::outcome::Outcome;
use crate::report::session::{Facts, SessionFormat, build, render};
use crate::text::{clock_time, one_line};
use crate::window::Window;

/// The tables that a session is shown from.
const TABLES: &str =
    "SELECT 1 FROM history_requests, history_messages, history_tool_calls, call_sightings, session_links";

/// Candidates that are named when the start of an id fits several sessions.
const NAMED: usize = 10;

/// A session that fits what was typed.
#[derive(Deserialize)]
struct Candidate {
    session_id: String,
    logins: Vec<String>,
    requests: u64,
    first_time: i64,
    last_time: i64,
}

/// Runs the command.
///
/// # Errors
/// When no session or more than one fits, the lake cannot be read, or the timeline cannot be written.
pub(super) async fn run(args: &cli::Session, lake: &Lake, config: &Config) -> Result<Outcome, Error> {
    let scanner = query::scanner()?;
    let ledger = lake.ledger()?;
    let found = find(args, lake, &ledger, config).await?;
    let facts = facts(args, lake, &ledger, config, &found).await?;
    let session = build(&facts);
    let session = match args.reveal {
        true => session.revealed(),
        false => session.redacted(&|text| scanner.redact(text).into_owned()),
    };
    let session = match args.thread {
        Some(thread) => session.only(thread).map_err(Error::Usage)?,
        None if args.fold => session.folded(),
        None => session,
    };
    let session = match args.around.as_slice() {
        [] => session,
        records => session.around(records, args.context).map_err(Error::Usage)?,
    };
    let session = if args.full { session } else { session.shortened() };
    let format = match args.format {
        cli::SessionFormat::Text => SessionFormat::Text,
        cli::SessionFormat::Markdown => SessionFormat::Markdown,
        cli::SessionFormat::Json => SessionFormat::Json,
        cli::SessionFormat::Html => SessionFormat::Html,
    };
    match (named(args.output.as_deref()), format) {
        (None, SessionFormat::Text) => pager::write(|out| render(&session, format, out))?,
        (to, _) => output::write(to, |out| render(&session, format, out))?,
    }
    Ok(Outcome::Done)
}

/// The one session that fits.
async fn find(args: &cli::Session, lake: &Lake, ledger: &Ledger, config: &Config) -> Result<Candidate, Error> {
    let name = "session/find";
    let engine = engine::open(Some((lake, ledger)), Window::default(), config, &[], Some(rows::sql(name)?)).await?;
    let id = args.id.trim();
    let shown = one_line(id, 80).into_owned();
    if id.is_empty() {
        return Err(Error::Usage("the id of the session is empty; `lightmeter sessions` lists them".to_owned()));
    }
    let mut found: Vec<Candidate> = rows::read(&engine.session, name, &[("id", id)]).await?;
    if found.first().is_some_and(|c| c.session_id == id) {
        found.truncate(1);
    }
    match found.len() {
        0 => {
            Err(Error::Usage(format!("no session is called or begins with {shown}; `lightmeter sessions` lists them")))
        }
        1 => Ok(found.remove(0)),
        more => {
            let line = |c: &Candidate| {
                let logins = c.logins.join(", ");
                let (time, login) = (clock_time(c.first_time), one_line(&logins, 60));
                format!("\n  {}  {time}  {login}  {} requests", one_line(&c.session_id, 80), c.requests)
            };
            let lines: String = found.iter().take(NAMED).map(line).collect();
            let rest = if more > NAMED { format!("\n  and {} more", more - NAMED) } else { String::new() };
            Err(Error::Usage(format!("{more} sessions fit {shown}; give more of the id of one of them:{lines}{rest}")))
        }
    }
}

/// Everything known of the session.
async fn facts(
    args: &cli::Session,
    lake: &Lake,
    ledger: &Ledger,
    config: &Config,
    found: &Candidate,
) -> Result<Facts, Error> {
    let id = found.session_id.as_str();
    // What other sessions did before counts as known; what came later is left out.
    let window = Window { start: Some(found.first_time), end: Some(found.last_time.saturating_add(1)) };
    let now = args.findings || !args.detections.is_empty();
    let question = (!now).then_some(TABLES);
    // Detections compare with what others do.
    let logins = if now { &[] } else { found.logins.as_slice() };
    let engine = engine::open_for(Some((lake, ledger)), window, config, &args.detections, question, logins).await?;
    if !now {
        let mut facts = read(&engine, id, Vec::new(), Vec::new()).await?;
        let found = told::of_session(lake, ledger, &fill::rules(&engine), window, &facts)?;
        found.rate(&mut facts.calls);
        if args.no_findings {
            facts.notes.push("Findings are left out (--no-findings).".to_owned());
        } else {
            facts.findings = found.findings;
            facts.notes.push(found.note);
        }
        return Ok(facts);
    }
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let mut notes = Vec::new();
    if !result.failures.is_empty() {
        notes.push(format!("{} detections failed; `lightmeter analyze` says why.", result.failures.len()));
    }
    let mut findings = Vec::new();
    findings.extend(result.incidents.into_iter().map(|f| (f, false)));
    findings.extend(result.signals.into_iter().map(|f| (f, true)));
    let mut facts = read(&engine, id, findings, notes).await?;
    let risks = rows::read(&engine.session, kept::RISKS, &[]).await?;
    told::rate(&risks, &mut facts.calls);
    Ok(facts)
}

async fn read(
    engine: &Engine,
    id: &str,
    findings: Vec<(crate::finding::Finding, bool)>,
    notes: Vec<String>,
) -> Result<Facts, Error> {
    let (session, values) = (&engine.session, [("id", id)]);
    Ok(Facts {
        session_id: id.to_owned(),
        requests: rows::read(session, "session/requests", &values).await?,
        messages: rows::read(session, "session/messages", &values).await?,
        calls: rows::read(session, "session/calls", &values).await?,
        elsewhere: rows::read(session, "session/elsewhere", &values).await?,
        links: rows::read(session, "session/links", &values).await?,
        findings,
        notes,
    })
}
