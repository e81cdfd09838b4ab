//! A list as a table for the terminal, narrow enough for it.

use std::io::{self, Write};

use serde_json::Value;

use super::{Column, List, Narrow, plain};
use crate::report::fit::{Wish, fit, shorten};
use crate::text::one_line;

/// Characters between two columns of a table.
const BETWEEN: usize = 2;

/// Characters of a moment in whole seconds.
const MOMENT: usize = 20;

/// What a screen does not show of a list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unshown {
    /// Cells that end early.
    pub cells: usize,
    /// Names of columns that are left out.
    pub columns: Vec<&'static str>,
}

impl Unshown {
    /// How to see all of it, if anything is missing.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let cells = match self.cells {
            0 => None,
            1 => Some("1 cell is cut".to_owned()),
            more => Some(format!("{more} cells are cut")),
        };
        let columns =
            (!self.columns.is_empty()).then(|| format!("left out for want of room: {}", self.columns.join(", ")));
        let missing: Vec<String> = cells.into_iter().chain(columns).collect();
        let see = "--wide shows every column of a table, --format jsonl (json, csv) everything";
        (!missing.is_empty()).then(|| format!("{}; {see}", missing.join("; ")))
    }
}

/// A column as it is shown: its title and the cells of every row.
struct Shown {
    column: Column,
    title: String,
    cells: Vec<String>,
}

impl Shown {
    /// Characters of its longest cell.
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.chars().count());
        cells.chain([self.title.chars().count()]).max().unwrap_or_default()
    }

    fn wish(&self) -> Wish {
        let whole = self.width();
        match self.column.narrow {
            Narrow::Whole | Narrow::Leave(_) | Narrow::Start(_) => Wish { whole, least: whole },
            Narrow::Least(least) => Wish { whole, least: least.max(self.title.chars().count()) },
        }
    }

    /// Cuts the cells; returns how many end early.
    fn cut(&mut self, width: usize) -> usize {
        let mut shorter = 0;
        for cell in &mut self.cells {
            if cell.chars().count() > width {
                *cell = shorten(cell, width).into_owned();
                shorter += 1;
            }
        }
        shorter
    }
}

/// Columns that people see, and how many of their cells end early.
fn shown(list: &List) -> (Vec<Shown>, usize) {
    let mut shorter = 0;
    let wanted = list.columns.iter().enumerate().filter(|(_, c)| c.width > 0);
    let columns = wanted
        .map(|(at, column)| {
            let mut cell = |row: &Vec<Value>| {
                let text = row.get(at).map(plain).unwrap_or_default();
                shorter += usize::from(one_line(text.trim(), usize::MAX).chars().count() > column.width);
                one_line(text.trim(), column.width).into_owned()
            };
            let cells = list.rows.iter().map(&mut cell).collect();
            Shown { column: *column, title: column.name.replace('_', " "), cells }
        })
        .collect();
    (columns, shorter)
}

/// Makes the columns narrow enough for a screen.
fn narrowed(mut columns: Vec<Shown>, screen: usize, unshown: &mut Unshown) -> Vec<Shown> {
    let wide = |columns: &[Shown]| {
        columns.iter().map(Shown::width).sum::<usize>() + BETWEEN * columns.len().saturating_sub(1) > screen
    };
    if !wide(&columns) {
        return columns;
    }
    for shown in &mut columns {
        for cell in &mut shown.cells {
            *cell = match shown.column.narrow {
                Narrow::Start(chars) => cell.chars().take(chars).collect(),
                _ => in_seconds(cell),
            };
        }
    }
    let leaves = |shown: &Shown| match shown.column.narrow {
        Narrow::Leave(order) => Some(order),
        _ => None,
    };
    loop {
        let wishes: Vec<Wish> = columns.iter().map(Shown::wish).collect();
        if let Some(widths) = fit(&wishes, BETWEEN, screen) {
            unshown.cells += columns.iter_mut().zip(widths).map(|(shown, width)| shown.cut(width)).sum::<usize>();
            return columns;
        }
        let Some(order) = columns.iter().filter_map(leaves).max() else {
            // The screen is narrower than what matters: as little as possible of each.
            let least = wishes.iter().map(|wish| wish.least.min(wish.whole));
            unshown.cells += columns.iter_mut().zip(least).map(|(shown, width)| shown.cut(width)).sum::<usize>();
            return columns;
        };
        let out = |shown: &Shown| leaves(shown) == Some(order);
        unshown.columns.extend(columns.iter().filter(|shown| out(shown)).map(|shown| shown.column.name));
        columns.retain(|shown| !out(shown));
    }
}

/// A moment without its fractions of a second; any other text as it is.
fn in_seconds(cell: &str) -> String {
    let is_moment = cell.len() == "2026-03-31T10:00:00.000000Z".len() && cell.ends_with('Z');
    match cell.split_once('.') {
        Some((seconds, _)) if is_moment && seconds.len() == MOMENT - 1 => seconds.replace('T', " ") + "Z",
        _ => cell.to_owned(),
    }
}

/// Writes a table for a screen of so many characters a line, or for readers who want whole cells. Returns what it does
/// not show.
///
/// # Errors
/// When the writer fails.
pub fn table(list: &List, screen: Option<usize>, out: &mut dyn Write) -> io::Result<Unshown> {
    let (mut columns, cells) = shown(list);
    let mut unshown = Unshown { cells, ..Unshown::default() };
    if list.rows.is_empty() {
        return Ok(unshown);
    }
    if let Some(screen) = screen {
        columns = narrowed(columns, screen, &mut unshown);
    }
    let widths: Vec<usize> = columns.iter().map(Shown::width).collect();
    let mut line = |texts: Vec<&str>| {
        let padded = texts
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count()))));
        writeln!(out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    line(columns.iter().map(|shown| shown.title.as_str()).collect())?;
    (0..list.rows.len()).try_for_each(|row| line(columns.iter().map(|shown| shown.cells[row].as_str()).collect()))?;
    Ok(unshown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_narrow_screen_shows_what_matters_and_the_rest_is_told() {
        let column = |name, narrow| Column { name, width: 40, narrow };
        let list = List {
            columns: vec![
                column("time", Narrow::Whole),
                column("id", Narrow::Start(4)),
                column("text", Narrow::Least(8)),
                column("place", Narrow::Leave(1)),
            ],
            rows: vec![vec![
                json!("2026-03-31T10:00:00.123456Z"),
                json!("abcdefgh"),
                json!("words ".repeat(5)),
                json!("x".repeat(30)),
            ]],
        };
        let on = |screen| {
            let mut out = Vec::new();
            let unshown = table(&list, screen, &mut out).unwrap();
            (String::from_utf8(out).unwrap().lines().last().unwrap().to_owned(), unshown)
        };
        let (whole, unshown) = on(None);
        assert!(
            whole.contains("10:00:00.123456Z  abcdefgh  words words words words words  xxx")
                && unshown == Unshown::default()
        );
        let (narrow, unshown) = on(Some(40));
        assert_eq!(narrow, "2026-03-31 10:00:00Z  abcd  words words…");
        assert_eq!(unshown, Unshown { cells: 1, columns: vec!["place"] });
        assert!(unshown.told().unwrap().starts_with("1 cell is cut; left out for want of room: place; --wide"));
    }
}
