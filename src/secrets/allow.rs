//! Exceptions of rules and of rule files: matches that are known to be none.

use regex::bytes::Regex;

use super::compiled::compile;
use super::rule_error::RuleError;
use super::rule_file::AllowSpec;

/// Exceptions of a rule or of a file.
#[derive(Debug, Clone)]
pub(super) struct Allow {
    regexes: Vec<Regex>,
    target: Target,
    stopwords: Vec<String>,
    both: bool,
    pub rules: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Secret,
    Match,
    Line,
}

impl Allow {
    fn compile(spec: &AllowSpec, rule: &str) -> Result<Option<Self>, RuleError> {
        let regexes = spec.regexes.iter().map(|regex| compile(regex, rule)).collect::<Result<Vec<_>, _>>()?;
        let both = spec.condition.eq_ignore_ascii_case("and");
        // Paths and commits are facts of a repository: with AND they can never hold here, with OR they say nothing.
        let elsewhere = !spec.paths.is_empty() || !spec.commits.is_empty();
        if regexes.is_empty() && spec.stopwords.is_empty() || both && elsewhere {
            return Ok(None);
        }
        let target = match spec.regex_target.as_str() {
            "match" => Target::Match,
            "line" => Target::Line,
            _ => Target::Secret,
        };
        let stopwords = spec.stopwords.iter().map(|word| word.to_ascii_lowercase()).collect();
        Ok(Some(Self { regexes, target, stopwords, both, rules: spec.target_rules.clone() }))
    }

    /// Whether the exception holds for a match.
    pub(super) fn covers(&self, secret: &[u8], whole: &[u8], line: &[u8]) -> bool {
        let target = match self.target {
            Target::Secret => secret,
            Target::Match => whole,
            Target::Line => line,
        };
        let by_regex = self.regexes.iter().any(|regex| regex.is_match(target));
        let lower = secret.to_ascii_lowercase();
        let by_word = self.stopwords.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some());
        if self.both {
            (self.regexes.is_empty() || by_regex) && (self.stopwords.is_empty() || by_word)
        } else {
            by_regex || by_word
        }
    }
}

/// Exceptions of a list of specifications.
pub(super) fn allowlists<'a>(specs: impl Iterator<Item = &'a AllowSpec>, rule: &str) -> Result<Vec<Allow>, RuleError> {
    specs.filter_map(|spec| Allow::compile(spec, rule).transpose()).collect()
}
