//! `lightmeter schema`: every table and column, with a sentence each.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{engine, pager};
use crate::cli::{self, PlainFormat};
use crate::config::Config;
use crate::detect::docs::{self, TableReference};
use crate::detect::views;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::text::one_line;

/// Runs the command.
///
/// # Errors
/// When there is no such table, or the output cannot be written.
pub(super) async fn run(args: &cli::Schema, config: &Config) -> Result<Outcome, Error> {
    let failed = |e: views::ViewError| Error::Engine(e.to_string());
    let (data, _) = engine::catalogue(config)?;
    let (views, public) = views::all_public(&data).await.map_err(failed)?;
    let mut tables = docs::tables(&data, &views, &public);
    if let Some(wanted) = &args.table {
        let name = wanted.trim().to_ascii_lowercase();
        let plain = name.strip_prefix("history_").unwrap_or(&name);
        let near = docs::nearest(&name, tables.iter().map(|t| t.name.as_str()), &data);
        tables.retain(|t| t.name == name || t.name == plain);
        if tables.is_empty() {
            let wanted = one_line(wanted, 80);
            return Err(Error::Usage(format!("there is no table {wanted}{near}; `lightmeter schema` shows all")));
        }
    }
    match args.format {
        PlainFormat::Text => pager::write(|out| out.write_all(text(&tables).as_bytes()))?,
        PlainFormat::Json => super::output::write(None, |out| write_json(&tables, out))?,
    }
    Ok(Outcome::Done)
}

fn text(tables: &[TableReference]) -> String {
    let mut out = String::new();
    for table in tables {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}\n  {}\n", table.name, table.doc);
        let width =
            |pick: fn(&docs::ColumnReference) -> usize| table.columns.iter().map(pick).max().unwrap_or_default();
        let (name, kind) = (width(|c| c.name.len()), width(|c| kind(c).chars().count()));
        for column in &table.columns {
            let pad = " ".repeat(kind.saturating_sub(self::kind(column).chars().count()));
            let line = format!("  {:name$}  {}{pad}  {}", column.name, self::kind(column), column.doc);
            let _ = writeln!(out, "{}", line.trim_end());
        }
        let _ = writeln!(out, "\n  Example: {}", table.example);
    }
    out
}

fn kind(column: &docs::ColumnReference) -> String {
    format!("{}{}", column.kind, if column.nullable { "?" } else { "" })
}

fn write_json(tables: &[TableReference], out: &mut dyn Write) -> io::Result<()> {
    let tables: Vec<Value> = tables
        .iter()
        .map(|table| {
            let column = |c: &docs::ColumnReference| {
                json!({ "name": c.name, "type": c.kind, "nullable": c.nullable, "doc": c.doc })
            };
            let columns: Vec<Value> = table.columns.iter().map(column).collect();
            json!({ "name": table.name, "doc": table.doc, "example": table.example, "columns": columns })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &tables)?;
    writeln!(out)
}
