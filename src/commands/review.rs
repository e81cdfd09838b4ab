//! `lightmeter review`: verdicts of the organisation, written to the reviews file.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::fill::rows;
use super::{engine, output, query};
use crate::cli;
use crate::config::Config;
use crate::detect::run::run as run_detections;
use crate::error::Error;
use crate::finding::Finding;
use crate::lake::{Lake, Session};
use crate::outcome::Outcome;
use crate::text;
use crate::triage::{
    AgentReview, FindingReview, FindingVerdict, HASH_CHARS, IntegrationReview, Reviews, ToolReview, Verdict, is_day,
};
use crate::window::Window;

/// Shortest start of a finding's id that may stand for it.
const SHORTEST_ID: usize = 6;

/// Related findings that are named.
const RELATED: usize = 20;

/// A definition that was offered.
#[derive(Deserialize)]
struct Definition {
    integration: String,
    tool: String,
    hash: String,
}

/// Runs the command.
///
/// # Errors
/// When what is reviewed is not in the lake, or the file cannot be written.
pub(super) async fn run(args: &cli::Review, lake: &Path, config: &Config) -> Result<Outcome, Error> {
    let mut reviews = config.reviews.clone();
    let said = match args {
        cli::Review::List => return list(&reviews),
        cli::Review::Approve(args) => judge(args, Verdict::Approved, lake, config, &mut reviews).await?,
        cli::Review::Deny(args) => judge(args, Verdict::Denied, lake, config, &mut reviews).await?,
        cli::Review::Accept(args) => settle(args, FindingVerdict::Accepted, lake, config, &mut reviews).await?,
        cli::Review::Suppress(args) => settle(args, FindingVerdict::Suppressed, lake, config, &mut reviews).await?,
        cli::Review::Close(args) => settle(args, FindingVerdict::Closed, lake, config, &mut reviews).await?,
        cli::Review::Remove(args) => remove(args, &mut reviews)?,
    };
    let content = reviews.to_text().map_err(Error::Engine)?;
    output::write(Some(&reviews.path), |out| out.write_all(content.as_bytes()))?;
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

async fn judge(
    args: &cli::Judge,
    verdict: Verdict,
    lake: &Path,
    config: &Config,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let cli::Judge { name, tool, agent, any_definition, why } = args;
    let (reason, owner, expires) = said(why)?;
    let word = if verdict == Verdict::Approved { "approved" } else { "denied" };
    if *agent {
        let known: Vec<Named> = ask(lake, config, "SELECT agent AS name FROM agents").await?;
        must_be_known(&known, name, "agent")?;
        reviews.agents.retain(|r| r.agent != *name);
        let definitions = Vec::new();
        reviews.agents.push(AgentReview { agent: name.clone(), verdict, reason, owner, expires, definitions });
        return Ok(format!("{word} the agent {name}"));
    }
    let known: Vec<Named> = ask(lake, config, "SELECT integration AS name FROM integrations").await?;
    must_be_known(&known, name, "integration")?;
    if let Some(tool) = tool {
        let tools: Vec<Named> =
            ask(lake, config, &format!("SELECT tool AS name FROM tools WHERE integration = {}", quoted(name))).await?;
        must_be_known(&tools, tool, "tool")?;
    }
    // A denial stands whatever the definition becomes.
    let pinned = verdict == Verdict::Approved && !any_definition;
    let definitions = match pinned {
        true => pins(&open(lake, config, Some(DEFINITIONS)).await?.session, name, tool.as_deref()).await?,
        false => BTreeSet::new(),
    };
    let definitions: Vec<String> = definitions.into_iter().collect();
    let pinned = match definitions.len() {
        0 => String::new(),
        1 => ", pinned to 1 definition".to_owned(),
        count => format!(", pinned to {count} definitions"),
    };
    match tool {
        Some(tool) => {
            reviews.tools.retain(|r| r.integration != *name || r.tool != *tool);
            let (integration, tool) = (name.clone(), tool.clone());
            let line = format!("{word} the tool {tool} of {name}{pinned}");
            reviews.tools.push(ToolReview { integration, tool, verdict, reason, owner, expires, definitions });
            Ok(line)
        }
        None => {
            reviews.integrations.retain(|r| r.integration != *name);
            let integration = name.clone();
            reviews.integrations.push(IntegrationReview { integration, verdict, reason, owner, expires, definitions });
            Ok(format!("{word} the integration {name}{pinned}"))
        }
    }
}

/// A name that the lake knows.
#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn ask(lake: &Path, config: &Config, sql: &str) -> Result<Vec<Named>, Error> {
    let session = open(lake, config, Some(sql)).await?.session;
    super::fill::answer(&session, sql).await
}

/// A text as SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn must_be_known(known: &[Named], name: &str, what: &str) -> Result<(), Error> {
    if known.iter().any(|known| known.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
    let list = text::one_line(&names.join(", "), 600).into_owned();
    let known = if names.is_empty() { "it holds none".to_owned() } else { format!("it holds {list}") };
    Err(Error::Usage(format!("the lake holds no {what} named {:?}; {known}", text::one_line(name, 80))))
}

/// Query that the definitions of tools are read with.
const DEFINITIONS: &str = "SELECT * FROM tool_offers";

/// Definitions that tools of an integration, or one of them, have in the window, as `tool hash`.
///
/// # Errors
/// When they cannot be read.
pub(super) async fn pins(session: &Session, integration: &str, tool: Option<&str>) -> Result<BTreeSet<String>, Error> {
    let all: Vec<Definition> = rows(session, "definitions").await?;
    let mine = all.iter().filter(|d| d.integration == integration && tool.is_none_or(|tool| d.tool == tool));
    Ok(mine.map(|d| format!("{} {}", d.tool, d.hash.get(..HASH_CHARS).unwrap_or(&d.hash))).collect())
}

/// Definitions behind a finding, as `tool hash`; none where it names no integration.
///
/// # Errors
/// When they cannot be read.
pub(super) async fn finding_pins(session: &Session, finding: &Finding) -> Result<BTreeSet<String>, Error> {
    match &finding.scope.integration {
        Some(integration) => pins(session, integration, finding.scope.tool.as_deref()).await,
        None => Ok(BTreeSet::new()),
    }
}

async fn settle(
    args: &cli::Settle,
    verdict: FindingVerdict,
    lake: &Path,
    config: &Config,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let why = said(&args.why)?;
    let engine = open(lake, config, None).await?;
    let result = run_detections(engine.session.context(), &engine.catalog).await;
    let fits = |finding: &&Finding| {
        finding.id == args.finding || (args.finding.len() >= SHORTEST_ID && finding.id.starts_with(&args.finding))
    };
    let found: Vec<&Finding> = result.incidents.iter().filter(fits).collect();
    let finding = match found.as_slice() {
        [one] => *one,
        [] => {
            let id = text::one_line(&args.finding, 80).into_owned();
            return Err(Error::Usage(format!(
                "no finding of the lake has the id {id:?}; the report shows ids as Finding"
            )));
        }
        several => return Err(Error::Usage(format!("{} findings begin with that id; give more of it", several.len()))),
    };
    let cause = finding.scope.cause();
    let mut related: Vec<&Finding> =
        result.incidents.iter().filter(|f| f.id != finding.id && cause.is_some() && f.scope.cause() == cause).collect();
    related.sort_by(|a, b| a.order(b));
    let mut line = settled(finding, verdict, &why, &engine.session, reviews).await?;
    if args.related {
        for other in related {
            line = format!("{line}\n{}", settled(other, verdict, &why, &engine.session, reviews).await?);
        }
        return Ok(line);
    }
    related.retain(|f| reviews.findings.iter().all(|review| review.id != f.id));
    Ok(format!("{line}{}", still_reported(&related, cause.map_or("session", |(kind, _)| kind))))
}

/// Tells what else of the same story the reports go on to show.
fn still_reported(related: &[&Finding], kind: &str) -> String {
    if related.is_empty() {
        return String::new();
    }
    let one = |f: &&Finding| {
        format!(
            "\n  {}  {}  {}: {}",
            f.id.get(..12).unwrap_or(&f.id),
            f.severity.as_str(),
            f.detection.title,
            f.subject
        )
    };
    let (what, all) = match related.len() {
        1 => ("1 related finding".to_owned(), "it"),
        count => (format!("{count} related findings"), "them"),
    };
    let mut lines: String = related.iter().take(RELATED).map(one).collect();
    if related.len() > RELATED {
        lines.push_str(&format!("\n  and {} more", related.len() - RELATED));
    }
    let stay = if related.len() == 1 { "stays" } else { "stay" };
    format!(
        "\n{what} of the same {kind} {stay} in the reports; the same command with --related hides {all} too:{lines}"
    )
}

/// Notes a verdict on a finding, and tells it.
async fn settled(
    finding: &Finding,
    verdict: FindingVerdict,
    (reason, owner, expires): &(String, String, Option<String>),
    session: &Session,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let definitions = finding_pins(session, finding).await?.into_iter().collect();
    reviews.findings.retain(|r| r.id != finding.id);
    reviews.findings.push(FindingReview {
        id: finding.id.clone(),
        verdict,
        detection: finding.detection.id.clone(),
        subject: query::scanner()?.redact(&text::one_line(&finding.subject, text::NAME_CHARS)).into_owned(),
        severity: finding.severity,
        last_seen: text::rfc3339(finding.last_seen),
        reason: reason.clone(),
        owner: owner.clone(),
        expires: expires.clone(),
        definitions,
    });
    Ok(format!("{} {} ({}: {})", verdict.as_str(), finding.id, finding.detection.title, finding.subject))
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
    let word = |verdict: Verdict| if verdict == Verdict::Approved { "approved" } else { "denied" };
    for r in &reviews.integrations {
        line(word(r.verdict), format!("integration {}", r.integration), &r.owner, r.expires.as_ref(), &r.reason);
    }
    for r in &reviews.tools {
        let what = format!("tool {} of {}", r.tool, r.integration);
        line(word(r.verdict), what, &r.owner, r.expires.as_ref(), &r.reason);
    }
    for r in &reviews.agents {
        line(word(r.verdict), format!("agent {}", r.agent), &r.owner, r.expires.as_ref(), &r.reason);
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
