//! Rules: what a rule file says, made ready to run.

use std::sync::{Arc, OnceLock};

use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

use super::allow::{Allow, allowlists};
use super::checks::Check;
use super::compiled::{Compiled, Patterns, Reach};
use super::pattern;
use super::rule_error::{RuleError, shown};
use super::rule_file::RuleSpec;
use super::table;

/// Most rules in one scanner.
pub(super) const MAX_RULES: usize = 5_000;
/// Longest time that all rules may take to compile.
pub(super) const COMPILE_TIME: std::time::Duration = std::time::Duration::from_secs(60);
/// Most rules of the user's that look at the whole of every text: those without a keyword of three letters.
pub(super) const MAX_SLOW: usize = 64;
/// Shortest keyword that spares most texts a rule.
pub(super) const SHORT_KEYWORD: usize = 3;
/// Most keywords of one rule, and the longest keyword in bytes.
const MAX_KEYWORDS: usize = 256;
const MAX_KEYWORD: usize = 200;
/// Bytes before a keyword that a regex sees unless the rule says otherwise.
const BEFORE: usize = 160;
/// The most that a rule may ask to see around a keyword.
const MAX_REACH: usize = 1 << 20;

/// How specific a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Only counted.
    Count,
    /// A name or a place says that the value is a secret.
    Generic,
    /// Personal data.
    Pii,
    /// A vendor's published form.
    Provider,
}

/// How likely a match is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Often something else.
    Low,
    /// More often right than not.
    Medium,
    /// Rarely wrong.
    High,
}

/// How much a value must look like a secret when only its name or place says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// The regex says enough.
    Token,
    /// Random letters and digits.
    Random,
    /// Letters with digits or punctuation, and no code.
    Password,
    /// Letters alone too, if they are many.
    Words,
    /// Everything but placeholders.
    Any,
}

/// Where a rule's regex runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Keywords,
    Digits,
    Everywhere,
}

/// A rule ready to run.
#[derive(Debug)]
pub(super) struct Rule {
    pub id: Arc<str>,
    pub kind: Arc<str>,
    pub vendor: Arc<str>,
    pub family: Option<Arc<str>>,
    pub tier: Tier,
    pub confidence: Confidence,
    pub root: bool,
    patterns: Patterns,
    compiled: OnceLock<Option<Compiled>>,
    /// Keyword and whether its case counts.
    pub keywords: Vec<(String, bool)>,
    /// Bytes around a keyword that the rule asks to see, before and after it.
    asks: (Option<usize>, Option<usize>),
    reach: OnceLock<Reach>,
    follows: OnceLock<Option<Regex>>,
    /// Group of the value, 0 for the first that takes part.
    pub group: usize,
    pub entropy: f64,
    pub allow: Vec<Allow>,
    pub check: Option<Check>,
    pub require: Vec<String>,
    pub shape: Shape,
    pub max_length: usize,
    pub prefixes: Vec<String>,
    pub anchor: Anchor,
    pub redact_only: bool,
    /// Runs only around runs that may be random values.
    pub dense: bool,
    /// A keyword inside a word is none.
    starts_word: bool,
    /// The value is the name of a column of a table, below which the secrets stand.
    pub table: bool,
    pub placeholders: bool,
}

impl Rule {
    /// Whether it looks at the whole of most texts.
    pub(super) fn is_slow(&self) -> bool {
        self.anchor == Anchor::Everywhere
            || self.anchor == Anchor::Keywords && self.keywords.iter().any(|(word, _)| word.len() < SHORT_KEYWORD)
    }

    /// Makes a rule; `None` for a rule about paths only. Of the built-in rules, whose patterns are known to be good, the
    /// case of keywords counts, and patterns are compiled when they are needed; those of the user are compiled at once.
    pub(super) fn compile(spec: &RuleSpec, builtin: bool) -> Result<Option<Self>, RuleError> {
        let refuse = |reason: &str| RuleError::Rule { rule: shown(&spec.id), reason: reason.to_owned() };
        let Some(source) = spec.regex.as_deref().filter(|regex| !regex.is_empty()) else { return Ok(None) };
        if spec.id.is_empty() {
            return Err(RuleError::Rule { rule: "(without id)".to_owned(), reason: "a rule needs an id".to_owned() });
        }
        if spec.keywords.len() > MAX_KEYWORDS || spec.keywords.iter().any(|word| word.len() > MAX_KEYWORD) {
            return Err(refuse("too many or too long keywords"));
        }
        let patterns = Patterns {
            regex: source.to_owned(),
            not_after: spec.not_after.clone(),
            follows: spec.follows.clone().filter(|_| !spec.keywords.is_empty()),
        };
        let compiled = OnceLock::new();
        if !builtin {
            let ready = Compiled::new(&patterns, &spec.id)?;
            if ready.regex.captures_len() <= spec.secret_group {
                return Err(refuse("secretGroup names a group that the regex does not have"));
            }
            let _ = compiled.set(Some(ready));
            patterns.at_keyword(&spec.id).transpose()?;
        }
        let named: Vec<&String> = spec.keywords.iter().filter(|word| !word.is_empty()).collect();
        let prefixes = if named.is_empty() { pattern::facts(source).prefixes } else { Vec::new() };
        let words = if named.is_empty() { prefixes.iter().collect() } else { named };
        let anchor = match spec.anchor.as_deref() {
            Some("digits") => Anchor::Digits,
            Some(_) => return Err(refuse("anchor can only be \"digits\"")),
            None if !words.is_empty() => Anchor::Keywords,
            None => Anchor::Everywhere,
        };
        let plain = source.replace('\\', "");
        let cased = builtin && !source.contains("(?i") && words.iter().all(|word| plain.contains(word.as_str()));
        let check = match spec.checksum.as_deref() {
            None => None,
            Some(name) => Some(Check::from_name(name).ok_or_else(|| refuse("unknown checksum"))?),
        };
        Ok(Some(Self {
            id: spec.id.as_str().into(),
            kind: spec.kind.as_deref().unwrap_or("secret").into(),
            vendor: spec.vendor.as_str().into(),
            family: spec.family.as_deref().map(Into::into),
            tier: spec.tier.unwrap_or(Tier::Provider),
            confidence: spec.confidence.unwrap_or(Confidence::High),
            root: spec.tags.iter().any(|tag| tag == "root"),
            group: spec.secret_group,
            keywords: words.iter().map(|word| ((*word).clone(), cased)).collect(),
            asks: (spec.before, spec.after),
            reach: OnceLock::new(),
            follows: OnceLock::new(),
            entropy: spec.entropy.unwrap_or(0.0),
            allow: allowlists(spec.allowlists.iter().chain(&spec.allowlist), &spec.id)?,
            check,
            require: spec.require.clone(),
            shape: spec.shape.unwrap_or(Shape::Token),
            max_length: spec.max_length.unwrap_or(usize::MAX),
            prefixes: if spec.prefixes.is_empty() { spec.keywords.clone() } else { spec.prefixes.clone() },
            anchor,
            redact_only: spec.redact_only,
            dense: spec.dense,
            starts_word: spec.starts_word,
            table: spec.table,
            placeholders: spec.placeholders.as_deref() != Some("allow"),
            patterns,
            compiled,
        }))
    }

    /// The compiled patterns; none for a built-in rule that is broken, which the tests keep from happening.
    pub(super) fn compiled(&self) -> Option<&Compiled> {
        self.compiled.get_or_init(|| Compiled::new(&self.patterns, &self.id).ok()).as_ref()
    }

    /// Whether what starts at a keyword can be part of a match at all. `text` starts with the keyword, which is so long.
    pub(super) fn may_match(&self, reach: &Reach, text: &[u8], keyword: usize) -> bool {
        if self.table {
            return table::may_end_name(&text[keyword..]);
        }
        if !pattern::may_start(&reach.head, text) {
            return false;
        }
        if self.patterns.follows.is_none() {
            return true;
        }
        let follows = self.follows.get_or_init(|| self.patterns.at_keyword(&self.id).and_then(Result::ok));
        follows.as_ref().is_none_or(|regex| regex.is_match(&text[..text.len().min(reach.after)]))
    }

    /// How much of the text around a keyword the regex sees.
    pub(super) fn reach(&self) -> &Reach {
        self.reach.get_or_init(|| {
            let source = &self.patterns.regex;
            let facts = pattern::facts(source);
            let cased = self.keywords.iter().all(|(_, cased)| *cased);
            let starts = |literal: &String| self.keywords.iter().any(|(word, _)| literal.starts_with(word.as_str()));
            let at_keyword = cased && !facts.prefixes.is_empty() && facts.prefixes.iter().all(starts);
            let longest = facts.longest.map_or(1024, |longest| longest + 8);
            let (before, after) = self.asks;
            Reach {
                bounded: self.starts_word || at_keyword && source.starts_with("\\b"),
                before: before.unwrap_or(if at_keyword { 1 } else { BEFORE }).min(MAX_REACH),
                after: after.unwrap_or(longest.max(64)).min(MAX_REACH),
                head: if at_keyword { facts.head } else { Vec::new() },
                group_is_match: facts.group_is_match && self.group <= 1 && !source.contains("(?P<name>"),
            }
        })
    }
}
