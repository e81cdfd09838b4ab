//! `lightmeter review`: verdicts of the organisation, written to the reviews file.

mod judge;
mod settle;
mod turn;

use std::path::Path;

use super::{engine, output, query};
use crate::cli;
use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::outcome::Outcome;
use crate::text;
use crate::triage::{FindingReview, FindingVerdict, Reviews, is_day};
use crate::window::Window;

use judge::{Judgement, judge};
pub(super) use settle::finding_pins;
use settle::settle;
use turn::Turn;

/// Shortest start of a finding's id that may stand for it.
const SHORTEST_ID: usize = 6;

/// Runs the command.
///
/// # Errors
/// When what is reviewed is not in the lake, or the file cannot be written.
pub(super) async fn run(
    args: &cli::Review,
    lake: &Path,
    config: &Config,
    now: jiff::Timestamp,
) -> Result<Outcome, Error> {
    if matches!(args, cli::Review::List) {
        return list(&config.reviews);
    }
    // Others may have decided since the file was read.
    let turn = Turn::wait(&config.reviews.path).await?;
    let mut reviews = Reviews::load(&config.reviews.path, false)?;
    let config = &Config { reviews: reviews.clone(), ..config.clone() };
    let said = match args {
        cli::Review::List => return list(&reviews),
        cli::Review::Approve(args) => {
            let judgement = Judgement::Approve { any_definition: args.any_definition };
            judge(&args.judged, judgement, lake, config, &mut reviews).await?
        }
        cli::Review::Deny(args) => {
            let since = Window::new(args.since.as_deref(), None, now)?.start;
            judge(&args.judged, Judgement::Deny { since, now }, lake, config, &mut reviews).await?
        }
        cli::Review::Accept(args) => settle(args, FindingVerdict::Accepted, lake, config, &mut reviews).await?,
        cli::Review::Suppress(args) => settle(args, FindingVerdict::Suppressed, lake, config, &mut reviews).await?,
        cli::Review::Close(args) => settle(args, FindingVerdict::Closed, lake, config, &mut reviews).await?,
        cli::Review::Remove(args) => remove(args, &mut reviews)?,
    };
    let content = reviews.to_text().map_err(Error::Engine)?;
    output::write(Some(&reviews.path), |out| out.write_all(content.as_bytes()))?;
    drop(turn);
    let path = reviews.path.to_string_lossy().into_owned();
    say(&said)?;
    say(&format!("written to {path}"))?;
    Ok(Outcome::Done)
}

/// Lines for the person who decided. Names come from the field, so secrets in them are replaced.
fn say(lines: &str) -> Result<(), Error> {
    let scanner = query::scanner()?;
    let lines = scanner.redact(lines);
    output::write(None, |out| lines.lines().try_for_each(|line| writeln!(out, "{}", text::one_line(line, 2_000))))
}

/// Opens the lake for one question.
async fn open(lake: &Path, config: &Config, question: Option<&str>) -> Result<engine::Engine, Error> {
    let lake = Lake::open_existing(lake)?;
    let ledger = lake.ledger()?;
    let window = Window { start: None, end: None };
    engine::open(Some((&lake, &ledger)), window, config, &[], question).await
}

/// Reason, owner and expiry, checked.
fn said(why: &cli::Why) -> Result<(String, String, Option<String>), Error> {
    if why.reason.trim().is_empty() || why.owner.trim().is_empty() {
        return Err(Error::Usage("a verdict needs a reason and an owner".to_owned()));
    }
    match &why.expires {
        Some(day) if !is_day(day) => Err(Error::Usage("--expires takes a day, YYYY-MM-DD".to_owned())),
        expires => Ok((why.reason.clone(), why.owner.clone(), expires.clone())),
    }
}

fn remove(args: &cli::Remove, reviews: &mut Reviews) -> Result<String, Error> {
    let count = |r: &Reviews| r.integrations.len() + r.tools.len() + r.agents.len() + r.findings.len();
    let before = count(reviews);
    let name = &args.name;
    match &args.tool {
        Some(tool) => reviews.tools.retain(|r| r.integration != *name || r.tool != *tool),
        None => {
            reviews.integrations.retain(|r| r.integration != *name);
            reviews.agents.retain(|r| r.agent != *name);
            let prefix = name.len() >= SHORTEST_ID;
            let named = |r: &FindingReview| r.id == *name || prefix && r.id.starts_with(name.as_str());
            let together = |a: &FindingReview, b: &FindingReview| {
                (a.verdict, &a.reason, &a.owner, &a.expires) == (b.verdict, &b.reason, &b.owner, &b.expires)
            };
            let gone: Vec<FindingReview> = reviews.findings.iter().filter(|r| named(r)).cloned().collect();
            let goes = |r: &FindingReview| named(r) || args.related && gone.iter().any(|g| together(g, r));
            reviews.findings.retain(|r| !goes(r));
        }
    }
    match before - count(reviews) {
        0 => Err(Error::Usage("there is no such verdict; lightmeter review list shows all".to_owned())),
        1 => Ok("removed 1 verdict".to_owned()),
        gone => Ok(format!("removed {gone} verdicts")),
    }
}

fn list(reviews: &Reviews) -> Result<Outcome, Error> {
    let scanner = query::scanner()?;
    let mut lines = Vec::new();
    let mut line = |verdict: &str, what: String, owner: &str, expires: Option<&String>, reason: &str| {
        let until = expires.map_or_else(|| "-".to_owned(), Clone::clone);
        let all = format!("{verdict:<10}  {until:<10}  {what}  ({owner}: {reason})");
        lines.push(text::one_line(&scanner.redact(&all), 400).into_owned());
    };
    for r in &reviews.integrations {
        line(r.verdict.as_str(), format!("integration {}", r.integration), &r.owner, r.expires.as_ref(), &r.reason);
    }
    for r in &reviews.tools {
        let what = format!("tool {} of {}", r.tool, r.integration);
        line(r.verdict.as_str(), what, &r.owner, r.expires.as_ref(), &r.reason);
    }
    for r in &reviews.agents {
        line(r.verdict.as_str(), format!("agent {}", r.agent), &r.owner, r.expires.as_ref(), &r.reason);
    }
    for r in &reviews.findings {
        let what = format!("finding {} {} {}", r.id, r.detection, r.subject);
        line(r.verdict.as_str(), what, &r.owner, r.expires.as_ref(), &r.reason);
    }
    lines.sort();
    output::write(None, |out| {
        if lines.is_empty() {
            return writeln!(out, "no verdicts yet");
        }
        writeln!(out, "{:<10}  {:<10}  on", "verdict", "expires")?;
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(Outcome::Done)
}
