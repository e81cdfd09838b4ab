//! `lightmeter hunt`: who touched an indicator, when and where.

use std::io::{self, Read as _};

use super::target::named;
use super::{engine, output, query, rows, screen};
use crate::cli::{self, ListFormat};
use crate::config::Config;
use crate::error::Error;
use crate::lake::Lake;
use crate::report::hunt::{HitFact, Hunt, Indicator};
use crate::report::list::{self, Layout};
use crate::text::one_line;
use crate::window::Window;

/// Longest file of indicators, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Runs the command. Returns what is to be said beside the answer.
///
/// # Errors
/// When the indicators cannot be read, the lake cannot be searched or the answer cannot be written.
pub(super) async fn run(args: &cli::Hunt, lake: &Lake, window: Window, config: &Config) -> Result<Vec<String>, Error> {
    let hunt = Hunt::new(indicators(args)?).map_err(Error::Usage)?;
    let ledger = lake.ledger()?;
    let name = "session/hunt";
    let engine = engine::open(Some((lake, &ledger)), window, config, &[], Some(rows::sql(name)?)).await?;
    let mut facts: Vec<HitFact> = Vec::new();
    for pattern in hunt.prefilters() {
        facts.extend(rows::read::<HitFact>(&engine.session, name, &[("pattern", &pattern)]).await?);
    }
    let scanner = query::scanner()?;
    let found = hunt.sort(facts, args.limit, &|text| scanner.redact(text).into_owned());
    let width = screen::width(named(args.output.as_deref())).filter(|_| !args.wide);
    let mut unshown = list::Unshown::default();
    output::write(named(args.output.as_deref()), |out| match args.format {
        ListFormat::Table => {
            list::table(&found.summary, width, out)?;
            if !found.hits.rows.is_empty() {
                writeln!(out)?;
            }
            unshown = list::table(&found.hits, width, out)?;
            Ok(())
        }
        ListFormat::Markdown => {
            list::write(&found.summary, Layout::Markdown, out)?;
            writeln!(out)?;
            list::write(&found.hits, Layout::Markdown, out)
        }
        ListFormat::Json => {
            let value = |list: &list::List| list::value(list);
            let answer = serde_json::json!({ "indicators": value(&found.summary), "hits": value(&found.hits) });
            serde_json::to_writer_pretty(&mut *out, &answer)?;
            writeln!(out)
        }
        ListFormat::Jsonl => list::write(&found.hits, Layout::Jsonl, out),
        ListFormat::Csv => list::write(&found.hits, Layout::Csv, out),
    })?;
    let mut notes = Vec::new();
    if found.missing > 0 {
        notes.push(format!("{} of {} indicators were not found", found.missing, found.summary.rows.len()));
    }
    if width.is_some() {
        notes.extend(unshown.told());
    }
    if found.left_out > 0 {
        notes.push(format!("{} more hits are not shown; --limit 0 shows all", found.left_out));
    }
    Ok(notes)
}

/// What was typed and what stands in the file, comments left out.
fn indicators(args: &cli::Hunt) -> Result<Vec<Indicator>, Error> {
    let mut texts = args.indicators.clone();
    if let Some(path) = &args.file {
        let name = one_line(&path.to_string_lossy(), 200).into_owned();
        let failed = |source: io::Error| Error::Input { from: name.clone(), source };
        let mut text = String::new();
        if path.as_os_str() == "-" {
            io::stdin().take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
        } else {
            let file = std::fs::File::open(path).map_err(failed)?;
            file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
        }
        // A number sign inside is part of an address, one behind a space begins a comment.
        let line = |line: &str| line.split(" #").next().unwrap_or_default().trim().to_owned();
        texts.extend(text.lines().filter(|l| !l.trim_start().starts_with('#')).map(line));
    }
    let parsed: Result<Vec<Option<Indicator>>, String> = texts.iter().map(|t| Indicator::parse(t)).collect();
    Ok(parsed.map_err(Error::Usage)?.into_iter().flatten().collect())
}
