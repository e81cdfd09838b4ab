//! The patterns of a rule, compiled when a text first meets its keywords.

use regex::bytes::{Regex, RegexBuilder};

use super::pattern::{self, ByteSet};
use super::rule_error::{RuleError, shown};

/// What of a rule takes time to make. Most texts meet the keywords of few rules, so it is made when one is met.
#[derive(Debug)]
pub(super) struct Compiled {
    pub regex: Regex,
    /// Group of the name that the value is assigned to.
    pub name_group: Option<usize>,
    pub not_after: Option<Regex>,
}

impl Compiled {
    pub(super) fn new(spec: &Patterns, rule: &str) -> Result<Self, RuleError> {
        let regex = compile(&spec.regex, rule)?;
        let name_group = regex.capture_names().position(|name| name == Some("name"));
        let not_after = spec.not_after.as_deref().map(|regex| compile(regex, rule)).transpose()?;
        Ok(Self { regex, name_group, not_after })
    }
}

/// The patterns of a rule as they were written.
#[derive(Debug)]
pub(super) struct Patterns {
    pub regex: String,
    pub not_after: Option<String>,
    pub follows: Option<String>,
}

impl Patterns {
    /// The pattern that has to match from a keyword on, tied to where it is asked.
    pub(super) fn at_keyword(&self, rule: &str) -> Option<Result<Regex, RuleError>> {
        self.follows.as_deref().map(|regex| compile(&format!("\\A(?:{regex})"), rule))
    }
}

/// The stretch around a keyword that a regex sees.
#[derive(Debug)]
pub(super) struct Reach {
    /// The regex can only start with a keyword, behind a word boundary.
    pub bounded: bool,
    pub before: usize,
    pub after: usize,
    /// What the bytes from the keyword on can be, if the regex can only start with a keyword.
    pub head: Vec<ByteSet>,
    /// The value is the whole match: no group has to be asked for.
    pub group_is_match: bool,
}

pub(super) fn compile(regex: &str, rule: &str) -> Result<Regex, RuleError> {
    let refuse = |reason: String| RuleError::Rule { rule: shown(rule), reason };
    if regex.len() > pattern::MAX_PATTERN {
        return Err(refuse(format!("the regex is longer than {} bytes", pattern::MAX_PATTERN)));
    }
    let fixed = pattern::from_go(regex);
    let build = |unicode: bool| {
        RegexBuilder::new(&fixed)
            .unicode(unicode)
            .size_limit(pattern::SIZE_LIMIT)
            .dfa_size_limit(pattern::DFA_LIMIT)
            .nest_limit(pattern::NEST_LIMIT)
            .build()
    };
    // Byte classes are what the dialect means and ten times smaller; only a pattern with other letters needs Unicode.
    build(false).or_else(|first| if fixed.is_ascii() { Err(first) } else { build(true) }).map_err(|error| {
        refuse(match error {
            regex::Error::CompiledTooBig(limit) => format!("the regex is too large (more than {limit} bytes compiled)"),
            regex::Error::Syntax(text) => {
                let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                format!("the regex is not valid: {}", shown(last))
            }
            _ => "the regex cannot be compiled".to_owned(),
        })
    })
}
