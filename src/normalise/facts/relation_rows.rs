//! Rows of the lists that say what commands and parameters do.

use regex::Regex;
use serde::{Deserialize, Deserializer};

#[derive(Debug, Deserialize)]
pub(super) struct CommandRow {
    pub(super) program: String,
    pub(super) subcommand: String,
    pub(super) operands: String,
    pub(super) relation: String,
    #[serde(default)]
    pub(super) last: String,
    #[serde(default)]
    pub(super) options: Vec<String>,
    #[serde(default)]
    pub(super) verbs: Vec<String>,
    #[serde(default, deserialize_with = "pattern")]
    pub(super) rewrites: Option<Regex>,
    #[serde(default)]
    pub(super) texts: usize,
    #[serde(default, deserialize_with = "pattern")]
    pub(super) text: Option<Regex>,
}

/// A regular expression of a list.
fn pattern<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(from)?;
    Regex::new(&text).map(Some).map_err(serde::de::Error::custom)
}

impl CommandRow {
    /// What the verb of a command does with all that it names; the verb is the first known word before any address.
    /// None where `relation` and `last` say it.
    pub(super) fn by_verb(&self, subcommand: Option<&str>, operands: &[&str]) -> Option<&str> {
        let words = operands.iter().copied().take_while(|word| !word.contains([':', '/']));
        let does = |word: &str| {
            let mut rows = self.verbs.iter().filter_map(|row| row.split_once(':'));
            rows.find(|(verbs, _)| verbs.split('|').any(|verb| verb == word)).map(|(_, does)| does)
        };
        let known: Vec<&str> = subcommand.into_iter().chain(words).filter_map(does).collect();
        // Values of options stand among these words: nobody hides a copy behind one that reads like another verb.
        known.first().copied().filter(|_| known.iter().all(|does| !does.is_empty()))
    }

    /// Whether an option makes the command write the files that it would only read.
    pub(super) fn writes_back(&self, words: &[String]) -> bool {
        self.rewrites.as_ref().is_some_and(|option| words.iter().any(|word| option.is_match(word)))
    }

    /// Whether a word is an option that gives the program's text, and then whether the text is the next word.
    pub(super) fn gives_text(&self, word: &str) -> Option<bool> {
        self.text.as_ref()?.find(word).map(|found| found.end() == word.len())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ParameterRow {
    pub(super) parameter: String,
    pub(super) tools: String,
    pub(super) relation: String,
    pub(super) path: bool,
}

#[derive(Deserialize)]
pub(super) struct File<R> {
    pub(super) rows: Vec<R>,
}
