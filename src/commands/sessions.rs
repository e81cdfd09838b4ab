//! `lightmeter sessions`: the sessions of the window, to choose one from.

use super::{engine, output, query, rows};
use crate::cli::{self, FailOn, ListFormat, SessionOrder};
use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::report::list::{self, Layout, List};
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
        FailOn::Low => "low",
        FailOn::Medium => "medium",
        FailOn::High => "high",
        FailOn::Critical => "critical",
    });
    let sort = match args.sort {
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
    let all = found.len();
    if args.limit > 0 {
        found.truncate(args.limit);
    }
    let scanner = query::scanner()?;
    let list = SessionRow::list(found, &|text| scanner.redact(text).into_owned());
    let shown = list.rows.len();
    write(&list, args.format, args.output.as_deref())?;
    Ok(match (all, all > shown) {
        (0, _) => vec!["no session fits".to_owned()],
        (_, true) => vec![format!("{shown} of {all} sessions are shown; --limit 0 shows all")],
        _ => Vec::new(),
    })
}

/// Writes a list in the format that was asked for.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(list: &List, format: ListFormat, to: Option<&std::path::Path>) -> Result<(), Error> {
    let layout = match format {
        ListFormat::Table => Layout::Table,
        ListFormat::Json => Layout::Json,
        ListFormat::Jsonl => Layout::Jsonl,
        ListFormat::Csv => Layout::Csv,
        ListFormat::Markdown => Layout::Markdown,
    };
    output::write(to, |out| list::write(list, layout, out))
}
