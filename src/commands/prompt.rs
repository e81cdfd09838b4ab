//! The prompt of `lightmeter query`: SQL typed by hand, with completion of names and a history.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::engine::Engine;
use super::query::{self, Shape};
use super::query_table::MAX_CELL;
use crate::detect::signals;
use crate::detect::statements::statements;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::secrets::Scanner;

const HELP: &str = "A query ends with a semicolon and may have several lines. Tab completes names; Ctrl-R searches \
what was typed before.\n  \\d          tables\n  \\d TABLE    columns of a table\n  \\x          whole cells, one line per column; again for tables\n  \\q          leave (also Ctrl-D)";

/// Words that complete beside the names of tables, columns and functions.
const KEYWORDS: [&str; 40] = [
    "SELECT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "DISTINCT",
    "JOIN",
    "LEFT JOIN",
    "CROSS JOIN",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "ILIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "WITH",
    "UNION ALL",
    "UNION",
    "EXCEPT",
    "INTERSECT",
    "ASC",
    "DESC",
    "INTERVAL",
    "CAST",
    "OVER",
    "PARTITION BY",
];

/// Answers what is typed until the user leaves.
///
/// # Errors
/// When the terminal cannot be used.
pub(super) async fn run(
    engine: &Engine,
    mut shape: Shape,
    scanner: Option<&Scanner>,
    history: Option<&Path>,
) -> Result<Outcome, Error> {
    let failed = |e: ReadlineError| Error::Input { from: "the terminal".to_owned(), source: std::io::Error::other(e) };
    let config = Config::builder().auto_add_history(true).completion_type(CompletionType::List);
    let config = config.max_history_size(1_000).map_err(failed)?.build();
    let mut editor: Editor<Names, FileHistory> = Editor::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Names::of(engine).await));
    if let Some(history) = history {
        // There is none the first time.
        let _ = editor.load_history(history);
    }
    say("lightmeter: SQL over the lake, read-only. \\? helps, \\q leaves.");
    let mut has_signals = false;
    loop {
        let line = match tokio::task::block_in_place(|| editor.readline("lightmeter> ")) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(failed(error)),
        };
        let sql = match read(&line) {
            Typed::Nothing => continue,
            Typed::Leave => break,
            Typed::Help => {
                say(HELP);
                continue;
            }
            Typed::Expand => {
                shape.expanded = !shape.expanded;
                shape.max_cell = if shape.expanded { usize::MAX } else { MAX_CELL };
                say(if shape.expanded { "one line per column" } else { "tables" });
                continue;
            }
            Typed::Query(sql) => sql,
        };
        if !has_signals && crate::detect::views::reads_signals(engine.session.context(), &sql) {
            let _ = crate::detect::run::run(engine.session.context(), &engine.catalog).await;
            has_signals = true;
        }
        // A mistake ends the query, not the prompt.
        match query::answer(engine, &statements(&sql), shape, None, scanner).await {
            Ok(said) => said.iter().for_each(|text| say(text)),
            Err(error) => say(&error.shown()),
        }
    }
    if let Some(history) = history {
        if let Some(folder) = history.parent() {
            let _ = std::fs::create_dir_all(folder);
        }
        let _ = editor.save_history(history);
    }
    Ok(Outcome::Done)
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Nothing,
    Leave,
    Help,
    /// Lines instead of tables, or back.
    Expand,
    Query(String),
}

fn read(line: &str) -> Typed {
    let text = line.trim().trim_end_matches(';').trim();
    let word = text.to_ascii_lowercase();
    match word.as_str() {
        "" => Typed::Nothing,
        "\\q" | "quit" | "exit" => Typed::Leave,
        "\\x" => Typed::Expand,
        "\\?" | "\\h" | "help" => Typed::Help,
        "\\d" => Typed::Query(
            "SELECT table_schema, table_name FROM information_schema.tables \
             WHERE table_schema IN ('public', 'lake') ORDER BY table_schema DESC, table_name"
                .to_owned(),
        ),
        _ => match text.strip_prefix("\\d ") {
            Some(table) => {
                let (schema, table) = table.trim().split_once('.').unwrap_or(("public", table.trim()));
                let quoted = |name: &str| name.replace('\'', "''");
                Typed::Query(format!(
                    "SELECT column_name, data_type, is_nullable FROM information_schema.columns \
                     WHERE table_schema = '{}' AND table_name = '{}' ORDER BY ordinal_position",
                    quoted(schema),
                    quoted(table)
                ))
            }
            None => Typed::Query(text.to_owned()),
        },
    }
}

/// Completes names and knows when a query is at its end.
struct Names(Vec<String>);

impl Names {
    async fn of(engine: &Engine) -> Self {
        let schemas = crate::detect::run::public_schemas(engine.session.context()).await;
        let mut names: BTreeSet<String> = KEYWORDS.iter().map(|k| (*k).to_owned()).collect();
        names.insert(signals::TABLE.to_owned());
        names.extend(crate::detect::views::over_signals().unwrap_or_default().into_iter().map(|view| view.name));
        for table in crate::tables::all() {
            names.insert(format!("lake.{}", table.name));
        }
        for (table, schema) in schemas {
            names.extend(schema.fields().iter().map(|f| f.name().clone()));
            names.insert(table);
        }
        Self(names.into_iter().collect())
    }

    /// Where the word at the cursor begins, and what it could become.
    fn candidates(&self, line: &str, at: usize) -> (usize, Vec<String>) {
        let before = line.get(..at).unwrap_or_default();
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = before.rfind(|c| !word(c)).map_or(0, |p| p + before[p..].chars().next().map_or(1, char::len_utf8));
        let typed = &before[start..];
        // `t.col` completes the column; `lake.` the table.
        let (start, typed) = match typed.rsplit_once('.') {
            Some((first, rest)) if first != "lake" => (start + first.len() + 1, rest),
            _ => (start, typed),
        };
        if typed.is_empty() {
            return (start, Vec::new());
        }
        let fits = |name: &&String| name.get(..typed.len()).is_some_and(|n| n.eq_ignore_ascii_case(typed));
        (start, self.0.iter().filter(fits).cloned().collect())
    }
}

impl Completer for Names {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.candidates(line, at))
    }
}

impl Validator for Names {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let done = match read(context.input()) {
            Typed::Query(_) => {
                let text = context.input().trim();
                text.ends_with(';') || text.starts_with('\\')
            }
            _ => true,
        };
        Ok(if done { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Borrowed(hint)
    }
}

impl Helper for Names {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_complete_from_what_stands_before_the_cursor() {
        let names =
            Names(["SELECT", "lake.messages", "login", "tool", "tool_calls", "tools"].map(str::to_owned).to_vec());
        let at_end = |line: &str| names.candidates(line, line.len());
        assert_eq!(at_end("SELECT count(*) FROM tool_"), (21, vec!["tool_calls".to_owned()]));
        assert_eq!(at_end("sel"), (0, vec!["SELECT".to_owned()]));
        assert_eq!(at_end("SELECT t.log"), (9, vec!["login".to_owned()]));
        assert_eq!(at_end("FROM lake.me"), (5, vec!["lake.messages".to_owned()]));
        assert_eq!(at_end("SELECT é(too"), (10, vec!["tool".to_owned(), "tool_calls".to_owned(), "tools".to_owned()]));
        assert_eq!(at_end("SELECT ").1, Vec::<String>::new());
        assert_eq!(names.candidates("tool", 99).1, Vec::<String>::new());
    }

    #[test]
    fn lines_are_queries_commands_or_nothing() {
        assert_eq!(read("  ;"), Typed::Nothing);
        assert_eq!(read("EXIT;"), Typed::Leave);
        assert_eq!((read("\\?"), read(" \\X;")), (Typed::Help, Typed::Expand));
        assert_eq!(read("SELECT 1 ;"), Typed::Query("SELECT 1".to_owned()));
        assert!(matches!(read("\\d it's"), Typed::Query(sql) if sql.contains("'it''s'") && sql.contains("'public'")));
        assert!(matches!(read("\\d lake.messages"), Typed::Query(sql) if sql.contains("'lake'")));
    }
}
