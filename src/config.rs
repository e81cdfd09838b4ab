//! `lightmeter.toml`: the settings file. Flags are stronger than environment, environment than file, file than defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

mod source;

pub use source::{S3Config, SourceConfig};

use crate::triage::{self, Reviews};

/// Name of the settings file that is read from the current folder.
pub const FILE_NAME: &str = "lightmeter.toml";

/// A settings file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// `--set` says something that means nothing. Values are not told: they may be secrets.
    #[error("--set is not valid: {0}")]
    Set(String),
    /// The file is not what it should be. The text may hold secrets, so only the place is told.
    #[error("the settings file {path} is not valid: {reason}")]
    Invalid {
        /// The file.
        path: String,
        /// Where and what.
        reason: String,
    },
}

/// Settings that are not tables of their own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    lake: Option<PathBuf>,
    #[serde(default)]
    sources: Vec<SourceConfig>,
    #[serde(default)]
    detection_folders: Vec<PathBuf>,
    #[serde(default)]
    s3: S3Config,
    reviews: Option<PathBuf>,
    #[serde(default)]
    secret_rules: Vec<PathBuf>,
    #[serde(default)]
    secrets: SecretLists,
    /// Read by the catalogue.
    #[serde(default, rename = "catalog")]
    _catalog: toml::Table,
    /// Read by the detections.
    #[serde(default, rename = "detections")]
    _detections: toml::Table,
    /// Read by `lightmeter run`.
    #[serde(default, rename = "profiles")]
    _profiles: toml::Table,
}

/// What counts as a secret here, besides what everybody's rules say: `[secrets]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretLists {
    /// Words that must not leave, by what they are: code names, names of customers.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// Regular expressions, by id.
    #[serde(default)]
    pub patterns: BTreeMap<String, String>,
    /// Ids of rules that are switched off.
    #[serde(default)]
    pub disable: Vec<String>,
}

impl SecretLists {
    /// The lists as a rule file; `None` when there is nothing in them.
    #[must_use]
    pub fn rules(&self) -> Option<String> {
        if self.words.is_empty() && self.patterns.is_empty() && self.disable.is_empty() {
            return None;
        }
        let text = |text: &str| toml::Value::String(text.to_owned());
        let list = |items: &[String]| toml::Value::Array(items.iter().map(|item| text(item)).collect());
        let rule = |id: &str, regex: String, more: Vec<(&str, toml::Value)>| {
            let mut rule = toml::Table::new();
            rule.insert("id".to_owned(), text(id));
            rule.insert("regex".to_owned(), toml::Value::String(regex));
            rule.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
            toml::Value::Table(rule)
        };
        let words = self.words.iter().filter(|(_, words)| !words.is_empty()).map(|(name, words)| {
            let any = words.iter().map(|word| escaped(word)).collect::<Vec<_>>().join("|");
            let more = vec![("keywords", list(words)), ("kind", text("word")), ("placeholders", text("allow"))];
            rule(name, format!("(?i)\\b({any})\\b"), more)
        });
        let patterns = self.patterns.iter().map(|(id, regex)| rule(id, regex.clone(), vec![("kind", text("custom"))]));
        let mut file = toml::Table::new();
        file.insert("rules".to_owned(), toml::Value::Array(words.chain(patterns).collect()));
        file.insert("disable".to_owned(), list(&self.disable));
        Some(file.to_string())
    }
}

/// A word as a regular expression that matches nothing else.
fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len() + 8);
    for c in word.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The settings file, read.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Folder of the lake.
    pub lake: Option<PathBuf>,
    /// Sources that are read when the command line names none.
    pub sources: Vec<SourceConfig>,
    /// Verdicts of the organisation.
    pub reviews: Reviews,
    /// Folders with detections of the user's own.
    pub detection_folders: Vec<PathBuf>,
    /// How to reach S3.
    pub s3: S3Config,
    /// Files with rules for secrets, in the gitleaks format.
    pub secret_rules: Vec<PathBuf>,
    /// What counts as a secret here.
    pub secrets: SecretLists,
    /// The whole file, for the parts that read their own tables (`catalog`, `detections`, `profiles`).
    pub table: toml::Table,
    /// The file, when one was read.
    pub file: Option<PathBuf>,
    /// What `--set` laid over the file.
    pub set: toml::Table,
}

impl Config {
    /// Reads the file that was named, else `lightmeter.toml` in the current folder when there is one.
    ///
    /// Relative paths in the file are relative to the file. `set` are lines of the form `KEY=VALUE` that are laid over
    /// what stands in the file.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or it or `set` holds a key that means nothing.
    pub fn load(named: Option<&Path>, set: &[String]) -> Result<Self, ConfigError> {
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => Some(PathBuf::from(FILE_NAME)).filter(|path| path.is_file()),
        };
        let (shown, text) = match &path {
            Some(path) => {
                let shown = crate::text::one_line(&path.to_string_lossy(), 200).into_owned();
                let text = std::fs::read_to_string(path);
                (shown.clone(), text.map_err(|source| ConfigError::Read { path: shown, source })?)
            }
            None => ("(none)".to_owned(), String::new()),
        };
        let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let config = Self::parse(&text, folder).map_err(|reason| ConfigError::Invalid { path: shown, reason })?;
        if set.is_empty() {
            return Ok(Self { file: path, ..config });
        }
        let mut over = toml::Table::new();
        for line in set {
            lay_over(&mut over, setting(line).map_err(ConfigError::Set)?);
        }
        let mut table = config.table;
        lay_over(&mut table, over.clone());
        let config = Self::build(table, folder).map_err(|e| ConfigError::Set(e.message().to_owned()))?;
        Ok(Self { file: path, set: over, ..config })
    }

    /// The folder that relative paths in the file start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }

    /// Reads the reviews file: the one named, else the one that the settings name, else `lightmeter-reviews.toml`
    /// beside the settings file. One that is named has to be there, unless this command may be the first to write it.
    ///
    /// # Errors
    /// When it cannot be read or holds something that means nothing.
    pub fn load_reviews(
        &mut self,
        named: Option<&Path>,
        settings: Option<&Path>,
        writes: bool,
    ) -> Result<(), triage::ReviewsError> {
        let set = Some(self.reviews.path.as_path()).filter(|path| !path.as_os_str().is_empty());
        let beside = settings.and_then(Path::parent).unwrap_or(Path::new("")).join(triage::FILE_NAME);
        self.reviews = Reviews::load(named.or(set).unwrap_or(&beside), named.is_some() && !writes)?;
        Ok(())
    }

    fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let explain = |error: toml::de::Error| match error.span() {
            Some(span) => {
                let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
                format!("line {line}: {}", error.message())
            }
            None => error.message().to_owned(),
        };
        // From the text, because then an error knows its line.
        let _: Plain = toml::from_str(text).map_err(explain)?;
        Self::build(toml::from_str(text).map_err(explain)?, folder).map_err(explain)
    }

    fn build(table: toml::Table, folder: &Path) -> Result<Self, toml::de::Error> {
        let plain: Plain = table.clone().try_into()?;
        let place = |path: PathBuf| if path.is_absolute() { path } else { folder.join(path) };
        Ok(Self {
            reviews: Reviews { path: plain.reviews.map(place).unwrap_or_default(), ..Reviews::default() },
            lake: plain.lake.map(place),
            sources: plain.sources.into_iter().map(|source| source.below(folder)).collect(),
            detection_folders: plain.detection_folders.into_iter().map(place).collect(),
            s3: plain.s3,
            secret_rules: plain.secret_rules.into_iter().map(place).collect(),
            secrets: plain.secrets,
            table,
            file: None,
            set: toml::Table::new(),
        })
    }
}

/// A line of `--set`, as the table that it would be in the file. Texts need no quotes.
fn setting(line: &str) -> Result<toml::Table, String> {
    let (key, value) = line.split_once('=').ok_or_else(|| "--set takes KEY=VALUE".to_owned())?;
    let read = |text: String| toml::from_str::<toml::Table>(&text).ok();
    let table = read(line.to_owned()).or_else(|| read(format!("{key} = {}", toml::Value::String(value.to_owned()))));
    table.ok_or_else(|| "--set takes KEY=VALUE, with the key as in the settings file, such as s3.attempts".to_owned())
}

/// Lays one table over another: tables are joined, everything else is replaced.
fn lay_over(under: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => lay_over(under, over),
            (_, value) => drop(under.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_and_addresses_are_left_alone() {
        let text = "lake = 'lake'\nsources = ['s3://b/p', 'exports', '/abs']\n[detections.\"a.b\"]\nenabled = false\n";
        let config = Config::parse(text, Path::new("/etc/lm")).unwrap();
        assert_eq!(config.lake, Some(PathBuf::from("/etc/lm/lake")));
        let addresses: Vec<&str> = config.sources.iter().map(|source| source.address.as_str()).collect();
        assert_eq!(addresses, ["s3://b/p", "/etc/lm/exports", "/abs"]);
        assert!(config.table.contains_key("detections"));
    }

    #[test]
    fn words_and_patterns_become_rules_that_find_them() {
        let text = "[secrets]\ndisable = ['jwt']\nwords = { code-names = ['Blue Bird', 'C++ikon'] }\n\
                    patterns = { badge = 'BADGE-[0-9]{6}' }\n";
        let rules = Config::parse(text, Path::new("")).unwrap().secrets.rules().unwrap();
        let scanner = crate::secrets::Scanner::with_rules(&[&rules]).unwrap();
        let found = scanner.scan("the blue bird has BADGE-482913, bluebirds have none");
        let found: Vec<&str> = found.iter().map(|one| &*one.rule_id).collect();
        assert_eq!(found, ["code-names", "badge"]);
        assert!(scanner.rule_ids().all(|id| id != "jwt"));
        assert_eq!(Config::default().secrets.rules(), None);
        assert!(Config::parse("[secrets]\nword = {}\n", Path::new("")).unwrap_err().contains("line 2"));
    }

    #[test]
    fn single_settings_are_laid_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lightmeter.toml");
        std::fs::write(&file, "sources = ['a']\n[s3]\nregion = 'x'\nattempts = 2\n[profiles.p]\nsince = '7d'\n")
            .unwrap();
        let set =
            |lines: &[&str]| Config::load(Some(&file), &lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>());
        let config = set(&["s3.attempts=5", "profiles.p.since=30d", "sources=['s3://b']", "lake=l=1"]).unwrap();
        assert_eq!((config.s3.attempts, config.s3.region.as_deref()), (Some(5), Some("x")));
        assert_eq!(config.sources[0].address, "s3://b");
        assert_eq!(config.lake, Some(folder.path().join("l=1")));
        assert_eq!(config.table["profiles"]["p"]["since"].as_str(), Some("30d"));
        for (line, says) in [("x", "KEY=VALUE"), ("a b=1", "KEY=VALUE"), ("sauces=1", "sauces"), ("s3=1", "S3Config")] {
            let error = set(&[line]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let error = Config::parse("lake = 'x'\n\nsauces = []\n", Path::new("")).unwrap_err();
        assert!(error.contains("line 3") && error.contains("sauces"), "{error}");
        assert!(Config::parse("lake = ", Path::new("")).unwrap_err().contains("line 1"));
    }
}
