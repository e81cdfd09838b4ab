//! `lightmeter sessions`: the sessions of the window, to choose one from.

use super::target::named;
use super::told::Overview;
use super::{engine, output, query, rows, screen};
use crate::cli::{self, AtLeast, ListFormat, SessionOrder};
use crate::config::Config;
use crate::error::Error;
use crate::finding::Severity;
use crate::lake::Lake;
use crate::report::list::{self, Layout, List, Unshown};
use crate::report::session::SessionRow;
use crate::window::Window;

/// Runs the command. Returns what is to be said beside the list.
///
/// # Errors
/// When the lake cannot be read or the list cannot be written.
pub(super) async fn run(
    args: &cli::Sessions,
    lake: &Lake,
    window: Window,
    config: &Config,
) -> Result<Vec<String>, Error> {
    let ledger = lake.ledger()?;
    let name = "session/list";
    let engine = engine::open(Some((lake, &ledger)), window, config, &[], Some(rows::sql(name)?)).await?;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let risk = args.risk.map_or("", |level| match level {
        AtLeast::Low => "low",
        AtLeast::Medium => "medium",
        AtLeast::High => "high",
        AtLeast::Critical => "critical",
    });
    // Whoever asks for the risky ones wants the riskiest first.
    let usual = if args.risk.is_some() || args.incidents.is_some() { SessionOrder::Risk } else { SessionOrder::Recent };
    let order = args.sort.unwrap_or(usual);
    let sort = match order {
        SessionOrder::Recent => "recent",
        SessionOrder::Risk => "risk",
        SessionOrder::Cost => "cost",
        SessionOrder::Calls => "calls",
        SessionOrder::Requests => "requests",
    };
    let values = [
        ("text", text(&args.text)),
        ("user", text(&args.user)),
        ("agent", text(&args.agent)),
        ("tool", text(&args.tool)),
        ("risk", risk.to_owned()),
        ("sort", sort.to_owned()),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut found: Vec<SessionRow> = rows::read(&engine.session, name, &values).await?;
    let unknown = judge(&mut found, lake)?;
    if let Some(least) = args.incidents {
        found.retain(|row| severity(row) >= Some(least.into()));
    }
    if order == SessionOrder::Risk {
        // Stable: the riskiest tools, then the latest, stay first among equals.
        found.sort_by_key(|row| std::cmp::Reverse(severity(row)));
    }
    let all = found.len();
    if args.limit > 0 {
        found.truncate(args.limit);
    }
    let scanner = query::scanner()?;
    let list = SessionRow::list(found, &|text| scanner.redact(text).into_owned());
    let shown = list.rows.len();
    let width = screen::width(named(args.output.as_deref())).filter(|_| !args.wide);
    let unshown = write(&list, args.format, width, named(args.output.as_deref()))?;
    let mut said = Vec::new();
    match (all, all > shown) {
        (0, _) => said.push("no session fits".to_owned()),
        (_, true) => said.push(format!(
            "{shown} of {all} sessions are shown, {}; --limit 0 shows all, --sort chooses which come first",
            first_words(order)
        )),
        _ => {}
    }
    if unknown > 0 {
        said.push(format!(
            "no analysis has looked at {unknown} sessions, so their incidents are not known; \
             `lightmeter analyze --offline` looks at all"
        ));
    }
    if shown > 0 && args.format == ListFormat::Table {
        said.push(
            "risk is what the riskiest tool called in a session could do; worst incident is what the last analysis \
             found in it (--incidents LEVEL lists those)"
                .to_owned(),
        );
        if named(args.output.as_deref()).is_none() {
            said.extend(unshown.told());
        }
    }
    Ok(said)
}

/// Notes at each session what the last analysis found in it. Returns how many none has looked at.
fn judge(rows: &mut [SessionRow], lake: &Lake) -> Result<usize, Error> {
    let overview = Overview::of(lake)?;
    let mut unknown = 0;
    for row in rows {
        let times = Window { start: Some(row.first_micros), end: Some(row.last_micros.saturating_add(1)) };
        match overview.incidents(&row.session_id, times) {
            Some(found) => {
                row.incidents = Some(found.count);
                row.worst_incident = Some(found.worst.map_or("none", Severity::as_str).to_owned());
            }
            None => unknown += 1,
        }
    }
    Ok(unknown)
}

fn severity(row: &SessionRow) -> Option<Severity> {
    row.worst_incident.as_deref()?.parse().ok()
}

/// What comes first, in words.
fn first_words(order: SessionOrder) -> &'static str {
    match order {
        SessionOrder::Recent => "the latest first",
        SessionOrder::Risk => "the worst incidents and riskiest tools first",
        SessionOrder::Cost => "the most expensive first",
        SessionOrder::Calls => "those with the most tool calls first",
        SessionOrder::Requests => "those with the most requests first",
    }
}

/// Writes a list in the format that was asked for; a table for a screen of so many characters a line. Returns what it
/// does not show.
fn write(
    list: &List,
    format: ListFormat,
    width: Option<usize>,
    to: Option<&std::path::Path>,
) -> Result<Unshown, Error> {
    let mut unshown = Unshown::default();
    let layout = match format {
        ListFormat::Table => {
            output::write(to, |out| list::table(list, width, out).map(|missing| unshown = missing))?;
            return Ok(unshown);
        }
        ListFormat::Json => Layout::Json,
        ListFormat::Jsonl => Layout::Jsonl,
        ListFormat::Csv => Layout::Csv,
        ListFormat::Markdown => Layout::Markdown,
    };
    output::write(to, |out| list::write(list, layout, out))?;
    Ok(unshown)
}
