//! How wide the screen is that a table is written to.

use std::io::{self, IsTerminal as _};
use std::path::Path;

/// Columns of a terminal that does not say how wide it is.
const USUAL: usize = 100;

/// Columns that a table may take: those of the terminal, where the answer goes to one; `COLUMNS` is stronger. None for
/// pipes and files, whose readers want whole cells.
pub(super) fn width(to: Option<&Path>) -> Option<usize> {
    if to.is_some() || !io::stdout().is_terminal() {
        return None;
    }
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let asked = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    said.or_else(asked).filter(|columns| *columns > 0).or(Some(USUAL))
}
