//! Tables and small phrases that all sections share.

use crate::report::commands;
use crate::text;

/// Names listed in one cell.
const NAMES: usize = 3;

/// A Markdown table. Cells are finished inline Markdown; pipes in them are taken care of.
pub(super) struct Table {
    columns: usize,
    head: String,
    rows: Vec<String>,
}

impl Table {
    pub(super) fn new(columns: &[&str]) -> Self {
        let rule = "|---".repeat(columns.len());
        Self { columns: columns.len(), head: format!("\n| {} |\n{rule}|\n", columns.join(" | ")), rows: Vec::new() }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.columns, "a row has as many cells as the table has columns");
        self.rows.push(format!("| {} |\n", cells.map(|cell| text::md_cell(&cell)).join(" | ")));
    }

    /// The first `limit` rows, and where to see the rest; nothing when there are no rows.
    pub(super) fn finish(self, limit: usize, sql: &str) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let shown: String = self.rows.iter().take(limit).map(String::as_str).collect();
        format!("{}{shown}{}", self.head, more(self.rows.len().saturating_sub(limit), sql))
    }
}

/// The line that says how many are not shown and what shows them; nothing when all are.
pub(super) fn more(hidden: usize, sql: &str) -> String {
    if hidden == 0 {
        return String::new();
    }
    format!("\n{} more, shown by {}.\n", number(hidden as u64), text::md_verbatim(&commands::query(sql), 400))
}

/// A few names and how many there are beyond them.
pub(super) fn names(all: &[String]) -> String {
    let mut shown: Vec<String> = all.iter().take(NAMES).map(|name| text::md_code(name)).collect();
    if all.len() > NAMES {
        shown.push(format!("{} more", all.len() - NAMES));
    }
    if shown.is_empty() { "–".to_owned() } else { shown.join(", ") }
}

/// A name, or a dash.
pub(super) fn name_or_dash(name: Option<&str>) -> String {
    name.map_or_else(|| "–".to_owned(), text::md_code)
}

/// A number with thousands separators.
pub(super) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 export`, `2 exports`.
pub(super) fn plural(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", number(count), if count == 1 { "" } else { "s" })
}

/// Calls and how many of them may not have happened: `10 calls, 1 of them without a result`.
pub(super) fn with_result(calls: u64, attempted: u64) -> String {
    let all = plural(calls, "call");
    match attempted {
        0 => all,
        _ if attempted >= calls => format!("{all} without a result"),
        some => format!("{all}, {} of them without a result", number(some)),
    }
}

/// A part of a whole in per cent, rounded down so that only everything is 100%.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    format!("{}%", u128::from(part) * 100 / u128::from(whole))
}

/// Visual mark and word of a severity or risk word; other words are shown as names.
pub(super) fn mark(word: &str) -> String {
    let mark = match word {
        "critical" => "🔴",
        "high" => "🟠",
        "medium" => "🟡",
        "low" => "🔵",
        "informational" => "⚪",
        _ => return text::md_code(word),
    };
    format!("{mark} {word}")
}
