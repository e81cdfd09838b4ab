//! Queries.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Range;

/// `lightmeter query`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lightmeter query \"SELECT user_agent, count(*) AS calls FROM tool_calls GROUP BY user_agent ORDER BY calls DESC\"
  lightmeter query -f question.sql --format csv -o answer.csv
  lightmeter query \"SELECT * FROM tool_calls\" --format parquet -o calls.parquet
  echo 'SELECT * FROM tools LIMIT 5' | lightmeter query --format jsonl
  lightmeter query -x \"SELECT * FROM tools WHERE risk = 'critical'\"
  lightmeter query

Tables: requests, messages, tool_calls, calls, tools, integrations, agents, users, sessions and more; 'lightmeter
schema' explains them and their columns. Nothing can be written. On a screen a table fits its width, and one with too many
columns becomes one line per column: -x always does that, --wide never.")]
pub struct Query {
    /// The query, or several with a semicolon between; '-', or nothing in a pipe, reads from standard input. In a terminal, nothing opens a prompt.
    #[arg(value_name = "SQL")]
    pub sql: Option<String>,
    /// Read the queries from a file; '-' is standard input.
    #[arg(long, short, value_name = "FILE", conflicts_with = "sql")]
    pub file: Option<PathBuf>,
    /// Format of the result. A table shows 10,000 rows, the others all.
    #[arg(long, value_enum, default_value_t = QueryFormat::Table)]
    pub format: QueryFormat,
    /// Write the result to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write one line per column of each row instead of a table.
    #[arg(long, short = 'x', conflicts_with = "wide")]
    pub expanded: bool,
    /// Write a table as wide as its cells, also where that is wider than the screen.
    #[arg(long)]
    pub wide: bool,
    /// Longest cell of a table, in characters; 0 for no limit. 200 on a screen without it, none in a pipe or a file.
    #[arg(long, value_name = "N")]
    pub max_cell: Option<usize>,
    /// The window that the tables are limited to.
    #[command(flatten)]
    pub range: Range,
    /// Show secrets as they are. Without it, everything that looks like a secret is replaced.
    #[arg(long)]
    pub reveal: bool,
}

/// Format of a query result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// For the terminal.
    Table,
    /// Comma-separated, with a header line.
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// A Parquet file; needs -o.
    Parquet,
}
