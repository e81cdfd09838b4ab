//! The result of a query as a table for people.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use arrow::util::pretty::pretty_format_batches;

use super::query::{Batches, Shape};
use crate::report::fit::{Wish, fit, shorten};
use crate::text::cut;

/// Rows of a table; the other formats have no limit.
const MAX_ROWS: usize = 10_000;

/// Longest cell on a screen, in characters.
pub(super) const MAX_CELL: usize = 200;

/// Characters that a column keeps on a screen, and those that frame it.
const LEAST: usize = 12;
const BETWEEN: usize = 3;
const FRAME: usize = 4;

/// Text that a table holds, and characters that it has with the space around it. All rows of a column are as wide as
/// its longest cell, so one large cell among many rows would make a table that fills disks.
const MAX_TEXT: usize = 64 << 20;

/// Rows as text, column by column.
#[derive(Default)]
struct Rows {
    columns: Vec<Vec<String>>,
    count: usize,
    text: usize,
    /// Rows that found no place.
    left: usize,
}

/// Writes the table; cells that are longer than the shape allows are cut. Returns what is to be said of that.
///
/// # Errors
/// When the query or the writer fails.
pub(super) fn write(out: &mut dyn Write, next: Batches<'_>, shape: Shape) -> io::Result<Option<String>> {
    let max_cell = shape.max_cell;
    let mut rows = Rows::default();
    let mut names: Option<Vec<String>> = None;
    while let Some(batch) = next()? {
        names.get_or_insert_with(|| {
            batch.schema().fields().iter().map(|f| cut(f.name(), MAX_CELL).into_owned()).collect()
        });
        rows.add(&batch).map_err(io::Error::other)?;
    }
    let names = names.unwrap_or_default();
    let cell = rows.fitting(max_cell);
    // Without rows only the names are shown.
    let screen = shape.width.filter(|_| rows.count > 0);
    let widths = screen.map_or(Some(None), |width| rows.widths(&names, cell, width).map(Some));
    let cells = match widths {
        Some(widths) if !shape.expanded => {
            let (batch, cells) = rows.batch(&names, cell, widths.as_deref()).map_err(io::Error::other)?;
            writeln!(out, "{}", pretty_format_batches(&[batch]).map_err(io::Error::other)?)?;
            cells
        }
        // More columns than the screen has room for.
        _ => rows.expanded(&names, cell, out)?,
    };
    let count = rows.count;
    match rows.left {
        0 => writeln!(out, "{count} {}", if count == 1 { "row" } else { "rows" })?,
        more => writeln!(out, "the first {count} rows; {more} more are shown by --format csv, json or jsonl")?,
    }
    let what = if cells == 1 { "1 cell is".to_owned() } else { format!("{cells} cells are") };
    let told = match shape.width {
        Some(_) => {
            format!("{what} cut to fit the screen; -x (\\x at the prompt) or --format jsonl (csv, json) shows all")
        }
        None if cell < max_cell => format!("{what} cut to {cell} characters; --format csv (json, jsonl) shows all"),
        None => format!("{what} cut to {cell} characters; --max-cell 0 or --format csv (json, jsonl) shows all"),
    };
    Ok((cells > 0).then_some(told))
}

impl Rows {
    /// Takes rows while there is room.
    fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let options = FormatOptions::default();
        let columns: Vec<ArrayFormatter<'_>> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options)).collect::<Result<_, _>>()?;
        self.columns.resize_with(columns.len(), Vec::new);
        for row in 0..batch.num_rows() {
            if self.count == MAX_ROWS || self.text > MAX_TEXT {
                self.left += batch.num_rows() - row;
                break;
            }
            for (column, cells) in columns.iter().zip(&mut self.columns) {
                let cell = column.value(row).try_to_string()?;
                self.text += cell.len();
                cells.push(cell);
            }
            self.count += 1;
        }
        Ok(())
    }

    /// The longest cell that is shown whole, so that the table keeps its size.
    fn fitting(&self, max_cell: usize) -> usize {
        let longest = |cells: &Vec<String>| cells.iter().map(|cell| cell.chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = self.columns.iter().map(longest).collect();
        let size = |cell: usize| widths.iter().map(|width| *width.min(&cell)).sum::<usize>().saturating_mul(self.count);
        let widest = widths.iter().copied().max().unwrap_or_default();
        if max_cell <= MAX_CELL || size(max_cell) <= MAX_TEXT {
            return max_cell;
        }
        let mut cell = widest.min(max_cell);
        while cell > MAX_CELL && size(cell) > MAX_TEXT {
            cell /= 2;
        }
        cell.max(MAX_CELL)
    }

    /// Widths of columns that fit a screen; none when it has no room for all of them.
    fn widths(&self, names: &[String], cell: usize, screen: usize) -> Option<Vec<usize>> {
        let wish = |(name, cells): (&String, &Vec<String>)| {
            let (title, longest) = (name.chars().count(), cells.iter().map(|cell| cell.chars().count()).max());
            let whole = longest.unwrap_or_default().min(cell).max(title);
            // A title is not cut.
            Wish { whole, least: LEAST.max(title) }
        };
        let wishes: Vec<Wish> = names.iter().zip(&self.columns).map(wish).collect();
        fit(&wishes, BETWEEN, screen.saturating_sub(FRAME))
    }

    /// Writes one line per column of each row; returns how many cells are cut.
    fn expanded(&self, names: &[String], max_cell: usize, out: &mut dyn Write) -> io::Result<usize> {
        let mut shorter = 0;
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        for row in 0..self.count {
            writeln!(out, "-- row {}", row + 1)?;
            for (name, cells) in names.iter().zip(&self.columns) {
                let shown = cut(&cells[row], max_cell);
                shorter += usize::from(shown.len() != cells[row].len());
                writeln!(out, "{name}{}  {shown}", " ".repeat(widest - name.chars().count()))?;
            }
        }
        Ok(shorter)
    }

    /// The rows with their cells cut, and how many were.
    fn batch(
        &self,
        names: &[String],
        max_cell: usize,
        widths: Option<&[usize]>,
    ) -> Result<(RecordBatch, usize), ArrowError> {
        let mut shorter = 0;
        let mut columns: Vec<ArrayRef> = Vec::new();
        for (at, cells) in self.columns.iter().enumerate() {
            let width = widths.and_then(|widths| widths.get(at));
            let shown: StringArray = cells
                .iter()
                .map(|cell| {
                    let shown = width.map_or_else(|| cut(cell, max_cell), |width| shorten(cell, *width));
                    shorter += usize::from(shown.len() != cell.len());
                    Some(shown)
                })
                .collect();
            columns.push(Arc::new(shown));
        }
        let fields: Vec<Field> = names.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
        let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(self.count));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?;
        Ok((batch, shorter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::QueryFormat;

    fn table(cells: &[String], max_cell: usize) -> (String, Option<String>) {
        let array: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
        let mut batches = vec![RecordBatch::try_from_iter([("text", array)]).unwrap()];
        let mut out = Vec::new();
        let shape = Shape { format: QueryFormat::Table, max_cell, width: None, expanded: false };
        let said = write(&mut out, &mut || Ok(batches.pop()), shape).unwrap();
        (String::from_utf8(out).unwrap(), said)
    }

    #[test]
    fn a_screen_is_fitted_and_too_many_columns_become_lines() {
        let on = |columns: usize, width, expanded| {
            let array: ArrayRef = Arc::new(StringArray::from(vec!["word ".repeat(30)]));
            let names = (0..columns).map(|n| (format!("column {n}"), Arc::clone(&array)));
            let mut batches = vec![RecordBatch::try_from_iter(names).unwrap()];
            let mut out = Vec::new();
            let shape = Shape { format: QueryFormat::Table, max_cell: MAX_CELL, width, expanded };
            let said = write(&mut out, &mut || Ok(batches.pop()), shape).unwrap();
            (String::from_utf8(out).unwrap(), said)
        };
        let (fitted, said) = on(4, Some(80), false);
        assert!(fitted.lines().all(|line| line.chars().count() <= 80) && fitted.contains("…"), "{fitted}");
        assert!(said.unwrap().starts_with("4 cells are cut to fit the screen; -x"));
        let (lines, said) = on(9, Some(80), false);
        assert!(lines.starts_with("-- row 1\ncolumn 0  word word") && said.is_none(), "{lines}");
        assert_eq!(on(1, None, true).0.lines().count(), 3);
    }

    #[test]
    fn cells_are_whole_unless_asked_and_what_is_cut_is_said() {
        let cells = ["short".to_owned(), "x".repeat(3_000)];
        let (whole, said) = table(&cells, usize::MAX);
        assert!(whole.contains(&cells[1]) && whole.ends_with("2 rows\n") && said.is_none());
        let (short, said) = table(&cells, 50);
        assert!(short.lines().all(|line| line.chars().count() <= 54), "{short}");
        assert_eq!(
            said.unwrap(),
            "1 cell is cut to 50 characters; --max-cell 0 or --format csv (json, jsonl) shows all"
        );
    }

    #[test]
    fn one_large_cell_among_many_does_not_make_a_table_that_fills_disks() {
        let mut cells = vec!["a".to_owned(); MAX_ROWS - 1];
        cells.push("x".repeat(1 << 20));
        let (table, said) = table(&cells, usize::MAX);
        assert!(table.len() < 2 * MAX_TEXT, "{}", table.len());
        let said = said.unwrap();
        assert!(said.starts_with("1 cell is cut to ") && !said.contains("--max-cell"), "{said}");
    }

    #[test]
    fn rows_beyond_the_limit_are_counted() {
        let (table, _) = table(&vec![String::new(); MAX_ROWS + 3], usize::MAX);
        assert!(table.ends_with("the first 10000 rows; 3 more are shown by --format csv, json or jsonl\n"));
    }
}
