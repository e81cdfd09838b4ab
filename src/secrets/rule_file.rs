//! Rule files as they are written: the gitleaks dialect with the extra keys that `queries/catalog/secrets.toml` explains.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::rule_error::RuleError;
use super::rules::{Confidence, Shape, Tier};

/// Longest rule file, in bytes.
const MAX_FILE: usize = 8 << 20;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleFile {
    pub macros: BTreeMap<String, String>,
    pub suppress: SuppressSpec,
    pub rules: Vec<RuleSpec>,
    pub allowlist: Option<AllowSpec>,
    pub allowlists: Vec<AllowSpec>,
    pub extend: Extend,
    pub disable: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extend {
    pub disabled_rules: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SuppressSpec {
    pub stopwords: Vec<String>,
    pub generic_stopwords: Vec<String>,
    pub weak: Vec<String>,
    pub references: Vec<String>,
    pub benign_prefixes: Vec<String>,
    pub names: Option<String>,
    pub shapes: Vec<String>,
    pub word_shapes: Vec<String>,
    pub famous: Vec<String>,
    pub never_secret: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RuleSpec {
    pub id: String,
    pub description: String,
    pub regex: Option<String>,
    #[serde(rename = "secretGroup")]
    pub secret_group: usize,
    pub entropy: Option<f64>,
    pub keywords: Vec<String>,
    pub allowlist: Option<AllowSpec>,
    pub allowlists: Vec<AllowSpec>,
    pub tags: Vec<String>,
    pub vendor: String,
    pub kind: Option<String>,
    pub tier: Option<Tier>,
    pub confidence: Option<Confidence>,
    pub checksum: Option<String>,
    pub require: Vec<String>,
    pub shape: Option<Shape>,
    pub max_length: Option<usize>,
    pub prefixes: Vec<String>,
    pub family: Option<String>,
    pub before: Option<usize>,
    pub after: Option<usize>,
    pub anchor: Option<String>,
    pub not_after: Option<String>,
    pub follows: Option<String>,
    pub redact_only: bool,
    pub dense: bool,
    pub starts_word: bool,
    pub table: bool,
    pub placeholders: Option<String>,
    pub examples: Vec<String>,
    pub negative_examples: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct AllowSpec {
    pub condition: String,
    pub paths: Vec<String>,
    pub commits: Vec<String>,
    pub regexes: Vec<String>,
    pub regex_target: String,
    pub stopwords: Vec<String>,
    pub target_rules: Vec<String>,
}

/// Reads a rule file.
pub(super) fn parse(text: &str) -> Result<RuleFile, RuleError> {
    if text.len() > MAX_FILE {
        return Err(RuleError::Limit(format!("the file is longer than {MAX_FILE} bytes")));
    }
    let mut file: RuleFile = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        RuleError::Syntax { line, message: error.message().to_owned() }
    })?;
    if !file.macros.is_empty() {
        for rule in &mut file.rules {
            for (name, meaning) in &file.macros {
                let name = format!("{{{{{name}}}}}");
                for regex in [&mut rule.regex, &mut rule.follows].into_iter().flatten() {
                    *regex = regex.replace(&name, meaning);
                }
            }
        }
    }
    Ok(file)
}
