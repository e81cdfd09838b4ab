//! Verdicts on integrations, tools and agents.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;

use super::{open, said};
use crate::cli;
use crate::commands::fill;
use crate::config::Config;
use crate::error::Error;
use crate::lake::Session;
use crate::text;
use crate::triage::{AgentReview, HASH_CHARS, IntegrationReview, Reviews, ToolReview, Verdict};

/// A definition that was offered.
#[derive(Deserialize)]
struct Definition {
    integration: String,
    tool: String,
    hash: String,
}

/// What is decided.
#[derive(Clone, Copy)]
pub(super) enum Judgement {
    Approve {
        /// Whatever the definitions become.
        any_definition: bool,
    },
    Deny {
        /// From when on it counts, microseconds since the epoch, where that was said.
        since: Option<i64>,
        /// The moment of the verdict.
        now: jiff::Timestamp,
    },
}

impl Judgement {
    fn verdict(self) -> Verdict {
        match self {
            Self::Approve { .. } => Verdict::Approved,
            Self::Deny { .. } => Verdict::Denied,
        }
    }

    /// From when on a denial counts. One that is only given again, with other words for example, counts from when it
    /// did.
    fn since(self, before: Option<(Verdict, Option<String>)>) -> Option<String> {
        match (self, before) {
            (Self::Approve { .. }, _) => None,
            (Self::Deny { since: Some(since), .. }, _) => Some(moment(since)),
            (Self::Deny { .. }, Some((Verdict::Denied, since))) => since,
            (Self::Deny { now, .. }, _) => Some(moment(now.as_microsecond())),
        }
    }
}

/// A moment in the file, in whole seconds.
fn moment(micros: i64) -> String {
    text::clock_time(micros).replace(' ', "T")
}

/// Notes a verdict on an integration, a tool or an agent, and tells it.
pub(super) async fn judge(
    args: &cli::Judged,
    judgement: Judgement,
    lake: &Path,
    config: &Config,
    reviews: &mut Reviews,
) -> Result<String, Error> {
    let cli::Judged { name, tool, agent, why } = args;
    let why = said(why)?;
    if *agent {
        let known: Vec<Named> = ask(lake, config, "SELECT agent AS name FROM agents").await?;
        must_be_known(&known, name, "agent")?;
        return Ok(on_agent(name, judgement, why, reviews));
    }
    let known: Vec<Named> = ask(lake, config, "SELECT integration AS name FROM integrations").await?;
    must_be_known(&known, name, "integration")?;
    if let Some(tool) = tool {
        let tools: Vec<Named> =
            ask(lake, config, &format!("SELECT tool AS name FROM tools WHERE integration = {}", quoted(name))).await?;
        must_be_known(&tools, tool, "tool")?;
    }
    // A denial stands whatever the definition becomes.
    let definitions = match judgement {
        Judgement::Approve { any_definition: false } => {
            pins(&open(lake, config, Some(DEFINITIONS)).await?.session, name, tool.as_deref()).await?
        }
        _ => BTreeSet::new(),
    };
    let definitions: Vec<String> = definitions.into_iter().collect();
    Ok(match tool {
        Some(tool) => on_tool(name, tool, judgement, why, definitions, reviews),
        None => on_integration(name, judgement, why, definitions, reviews),
    })
}

type Why = (String, String, Option<String>);

fn on_agent(name: &str, judgement: Judgement, (reason, owner, expires): Why, reviews: &mut Reviews) -> String {
    let before = reviews.agents.iter().find(|r| r.agent == name).map(|r| (r.verdict, r.since.clone()));
    let (verdict, since) = (judgement.verdict(), judgement.since(before));
    let line = format!("{} the agent {name}{}", verdict.as_str(), from(since.as_deref()));
    reviews.agents.retain(|r| r.agent != name);
    let (agent, definitions) = (name.to_owned(), Vec::new());
    reviews.agents.push(AgentReview { agent, verdict, since, reason, owner, expires, definitions });
    line
}

fn on_tool(
    name: &str,
    tool: &str,
    judgement: Judgement,
    (reason, owner, expires): Why,
    definitions: Vec<String>,
    reviews: &mut Reviews,
) -> String {
    let same = |r: &ToolReview| r.integration == name && r.tool == tool;
    let before = reviews.tools.iter().find(|r| same(r)).map(|r| (r.verdict, r.since.clone()));
    let (verdict, since) = (judgement.verdict(), judgement.since(before));
    let (pinned, counts) = (pinned(&definitions), from(since.as_deref()));
    let line = format!("{} the tool {tool} of {name}{pinned}{counts}", verdict.as_str());
    reviews.tools.retain(|r| !same(r));
    let (integration, tool) = (name.to_owned(), tool.to_owned());
    reviews.tools.push(ToolReview { integration, tool, verdict, since, reason, owner, expires, definitions });
    line
}

fn on_integration(
    name: &str,
    judgement: Judgement,
    (reason, owner, expires): Why,
    definitions: Vec<String>,
    reviews: &mut Reviews,
) -> String {
    let before = reviews.integrations.iter().find(|r| r.integration == name).map(|r| (r.verdict, r.since.clone()));
    let (verdict, since) = (judgement.verdict(), judgement.since(before));
    let (pinned, counts) = (pinned(&definitions), from(since.as_deref()));
    let line = format!("{} the integration {name}{pinned}{counts}", verdict.as_str());
    reviews.integrations.retain(|r| r.integration != name);
    let integration = name.to_owned();
    reviews.integrations.push(IntegrationReview { integration, verdict, since, reason, owner, expires, definitions });
    line
}

fn pinned(definitions: &[String]) -> String {
    match definitions.len() {
        0 => String::new(),
        1 => ", pinned to 1 definition".to_owned(),
        count => format!(", pinned to {count} definitions"),
    }
}

/// From when on a denial counts, as the end of a line.
fn from(since: Option<&str>) -> String {
    since.map_or_else(String::new, |since| {
        format!(
            "; what is called from {since} on is an incident, what was called before is told in the inventory \
             (--since TIME takes another moment)"
        )
    })
}

/// A name that the lake knows.
#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn ask(lake: &Path, config: &Config, sql: &str) -> Result<Vec<Named>, Error> {
    let session = open(lake, config, Some(sql)).await?.session;
    fill::answer(&session, sql).await
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
    let all: Vec<Definition> = fill::rows(session, "definitions").await?;
    let mine = all.iter().filter(|d| d.integration == integration && tool.is_none_or(|tool| d.tool == tool));
    Ok(mine.map(|d| format!("{} {}", d.tool, d.hash.get(..HASH_CHARS).unwrap_or(&d.hash))).collect())
}
