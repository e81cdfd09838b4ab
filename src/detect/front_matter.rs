//! The metadata at the head of a detection file: TOML in `--` line comments between two `-- +++` lines.
//!
//! Line comments, because a block comment ends or nests on ordinary metadata such as `src/*`, and because a file
//! can then be pasted unchanged into any SQL shell.

use std::collections::BTreeMap;

use datafusion::scalar::ScalarValue;
use serde::Deserialize;

use crate::finding::{Confidence, Severity};

/// The line that opens and closes the metadata.
const FENCE: &str = "+++";

/// How far a detection can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Still being measured; off unless enabled.
    Experimental,
    /// Measured and on.
    Stable,
    /// Kept for old findings; off unless enabled.
    Deprecated,
}

impl Status {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Experimental => "experimental",
            Self::Stable => "stable",
            Self::Deprecated => "deprecated",
        }
    }
}

/// Who a detection's rows are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Wide and cheap; read by other detections through the table `signals`.
    Signal,
    /// For people.
    Incident,
}

impl Tier {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Incident => "incident",
        }
    }
}

/// Value of a parameter; SQL refers to it as `$name`.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

impl Param {
    /// Reads a parameter value.
    ///
    /// # Errors
    /// When the value is neither a number, nor a text, nor a boolean; the text says so.
    pub fn from_toml(value: &toml::Value) -> Result<Self, String> {
        match value {
            toml::Value::Integer(i) => Ok(Self::Int(*i)),
            toml::Value::Float(f) if f.is_finite() => Ok(Self::Float(*f)),
            toml::Value::String(s) => Ok(Self::Text(s.clone())),
            toml::Value::Boolean(b) => Ok(Self::Bool(*b)),
            other => Err(format!("a parameter is a number, a text or true/false, not {}", other.type_str())),
        }
    }

    /// Name of the type, as shown to people.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "text",
            Self::Bool(_) => "bool",
        }
    }

    /// The value as the query engine takes it.
    #[must_use]
    pub fn scalar(&self) -> ScalarValue {
        match self {
            Self::Int(v) => ScalarValue::from(*v),
            Self::Float(v) => ScalarValue::from(*v),
            Self::Text(v) => ScalarValue::from(v.as_str()),
            Self::Bool(v) => ScalarValue::from(*v),
        }
    }
}

impl std::fmt::Display for Param {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Int(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{v}"),
            Self::Text(v) => write!(f, "{}", toml::Value::from(v.as_str())),
            Self::Bool(v) => write!(f, "{v}"),
        }
    }
}

/// One proof that a detection does what it says: rows in, findings out.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What the case shows.
    pub name: String,
    /// Rows by table.
    pub tables: BTreeMap<String, Vec<toml::Table>>,
    /// The columns that each finding must have; empty when nothing may be found.
    pub expect: Vec<toml::Table>,
}

/// Everything that a detection file says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct FrontMatter {
    /// One line for a person.
    pub title: String,
    /// Impact if true.
    pub severity: Severity,
    /// How likely a finding is what it says.
    pub confidence: Confidence,
    /// How far it can be relied on.
    pub status: Status,
    /// Who its rows are for.
    pub tier: Tier,
    /// First version that has it.
    pub since: String,
    /// What was found.
    pub what: String,
    /// What it means for the organisation.
    pub impact: String,
    /// Ordinary explanations.
    pub false_positives: Vec<String>,
    /// What to do next, as prose or as queries to run.
    pub next_steps: Vec<String>,
    /// Links.
    pub references: Vec<String>,
    /// Framework ids.
    pub tags: Vec<String>,
    /// Parameters with their defaults.
    pub params: BTreeMap<String, Param>,
    /// Rows in, findings out.
    pub cases: Vec<Case>,
}

/// Metadata that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct FrontMatterError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    title: String,
    severity: Severity,
    confidence: Confidence,
    status: Status,
    tier: Tier,
    since: String,
    what: String,
    impact: String,
    false_positives: Vec<String>,
    next_steps: Vec<String>,
    references: Vec<String>,
    tags: Vec<String>,
    #[serde(default)]
    params: BTreeMap<String, toml::Spanned<toml::Value>>,
    #[serde(default, rename = "case")]
    cases: Vec<toml::Spanned<toml::Table>>,
}

/// Reads the metadata of a detection file.
///
/// # Errors
/// When the fences are missing, the TOML is broken, a key is missing, unknown or of the wrong type.
pub fn parse(file: &str) -> Result<FrontMatter, FrontMatterError> {
    let text = fenced(file)?;
    let line_at = |offset: usize| 2 + text.bytes().take(offset).filter(|b| *b == b'\n').count();
    let raw: Raw = toml::from_str(&text).map_err(|error| FrontMatterError {
        line: error
            .span()
            .filter(|span| span.end > span.start && span.end < text.len())
            .map_or(1, |s| line_at(s.start)),
        message: error.message().replace('`', "\""),
    })?;
    let mut params = BTreeMap::new();
    for (name, value) in raw.params {
        let at = |message| FrontMatterError { line: line_at(value.span().start), message };
        if !is_name(&name, '_') {
            return Err(at(format!("parameter name {name:?}: use lower-case letters, digits and _")));
        }
        let param = Param::from_toml(value.get_ref()).map_err(|e| at(format!("parameter {name}: {e}")))?;
        params.insert(name, param);
    }
    let mut cases = Vec::new();
    for case in raw.cases {
        let line = line_at(case.span().start);
        cases.push(parse_case(case.into_inner()).map_err(|message| FrontMatterError { line, message })?);
    }
    Ok(FrontMatter {
        title: raw.title,
        severity: raw.severity,
        confidence: raw.confidence,
        status: raw.status,
        tier: raw.tier,
        since: raw.since,
        what: raw.what,
        impact: raw.impact,
        false_positives: raw.false_positives,
        next_steps: raw.next_steps,
        references: raw.references,
        tags: raw.tags,
        params,
        cases,
    })
}

/// Whether a name is made of lower-case letters, digits and one separator, and begins with a letter or digit.
pub(super) fn is_name(name: &str, separator: char) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == separator)
}

/// Takes the TOML out of the comments; line n of the result is line n + 1 of the file.
fn fenced(file: &str) -> Result<String, FrontMatterError> {
    let mut text = String::new();
    for (number, line) in file.lines().enumerate() {
        let error = |message: &str| FrontMatterError { line: number + 1, message: message.to_owned() };
        let Some(comment) = line.trim_end().strip_prefix("--") else {
            return Err(error(match number {
                0 => "a detection begins with a line \"-- +++\", then metadata in \"--\" lines, then \"-- +++\" again",
                _ => "metadata lines begin with \"--\"; close the metadata with a line \"-- +++\" before the SQL",
            }));
        };
        let comment = comment.strip_prefix(' ').unwrap_or(comment);
        match (number, comment.trim() == FENCE) {
            (0, true) => {}
            (0, false) => return Err(error("a detection begins with a line \"-- +++\"")),
            (_, true) => return Ok(text),
            (_, false) => {
                text.push_str(comment);
                text.push('\n');
            }
        }
    }
    Err(FrontMatterError {
        line: file.lines().count().max(1),
        message: "the metadata is not closed: add a line \"-- +++\"".into(),
    })
}

/// A case as it stands in the metadata.
pub(super) fn parse_case(mut table: toml::Table) -> Result<Case, String> {
    let name = match table.remove("name") {
        Some(toml::Value::String(name)) if !name.trim().is_empty() => name,
        _ => return Err("every [[case]] has a name (a text that says what it shows)".into()),
    };
    let expect = match table.remove("expect") {
        Some(value) => rows(value).map_err(|e| format!("case {name:?}: expect {e}"))?,
        None => return Err(format!("case {name:?} has no expect: use expect = [] when nothing may be found")),
    };
    let mut tables = BTreeMap::new();
    for (table, value) in table {
        let rows = rows(value).map_err(|e| format!("case {name:?}: {table} {e}"))?;
        tables.insert(table, rows);
    }
    Ok(Case { name, tables, expect })
}

fn rows(value: toml::Value) -> Result<Vec<toml::Table>, String> {
    let wrong = || "is a list of rows: [ { column = value, … }, … ]".to_owned();
    let toml::Value::Array(items) = value else { return Err(wrong()) };
    items
        .into_iter()
        .map(|item| match item {
            toml::Value::Table(row) => Ok(row),
            _ => Err(wrong()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"-- +++
-- title = "A title"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "Something."
-- impact = "Something else, see src/* and a*/b."
-- false_positives = []
-- next_steps = []
-- references = []
-- tags = []
-- [params]
-- min_calls = 3
-- [[case]]
-- name = "fires"
-- calls = [
--   { call_uid = "a", time = 2026-01-01T00:00:00Z },
-- ]
-- expect = [ { count = 1 } ]
-- +++
SELECT 1
"#;

    #[test]
    fn a_complete_head_is_read() {
        let meta = parse(GOOD).unwrap();
        assert_eq!(meta.severity, Severity::High);
        assert_eq!(meta.params["min_calls"], Param::Int(3));
        assert_eq!(meta.cases[0].tables["calls"].len(), 1);
        assert_eq!(meta.cases[0].expect.len(), 1);
    }

    #[test]
    fn every_mistake_is_refused_with_its_line_and_what_to_do() {
        let broken = |from: &str, to: &str| parse(&GOOD.replace(from, to)).unwrap_err();
        for (from, to, line, help) in [
            ("-- +++\n-- title", "-- title", 1, "begins with a line"),
            ("-- +++\nSELECT", "SELECT", 22, "before the SQL"),
            ("-- title = \"A title\"", "-- titel = \"A title\"", 2, "unknown field \"titel\""),
            ("\"high\"", "\"hgh\"", 3, "expected one of"),
            ("\"incident\"", "\"alert\"", 6, "expected"),
            ("-- tags = []\n", "", 1, "missing field \"tags\""),
            ("min_calls = 3", "min_calls = [3]", 15, "a parameter is a number"),
            ("min_calls = 3", "minCalls = 3", 15, "lower-case"),
            ("-- name = \"fires\"\n", "", 16, "has a name"),
            ("-- expect = [ { count = 1 } ]\n", "", 16, "expect = []"),
            ("calls = [\n", "calls = [ 3,\n", 16, "a list of rows"),
            ("-- what = \"Something.\"", "-- what = Something.", 8, ""),
        ] {
            let error = broken(from, to);
            assert_eq!(error.line, line, "{to}: {error}");
            assert!(error.message.contains(help), "{to}: {error}");
        }
        assert!(parse("-- +++\n-- title = 1\n").unwrap_err().message.contains("not closed"));
        assert!(parse("").unwrap_err().message.contains("not closed"));
    }
}
