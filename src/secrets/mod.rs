//! Secrets and personal data in text: find them, name them without showing them, hide them.
//!
//! ```text
//! text ─→ readings (escapes, line numbers, %XX, base64)     reading.rs, view.rs, base64.rs
//!      ─→ keywords → windows → regex → gates                keywords.rs, windows.rs, dense.rs, table.rs, engine.rs
//!                     (what rule files say: rule_file.rs, rules.rs, compiled.rs, pattern.rs, allow.rs)
//!                     entropy, classes, placeholders         suppress.rs
//!                     checksums                              checks.rs, national.rs
//!      ─→ one match per span ─→ Match { Secret, … }         value.rs    (fingerprint, preview)
//!                             └→ text without secrets       redact.rs
//! ```
//! What a secret looks like is data: `queries/catalog/secrets.toml`, and rule files of the user in the gitleaks dialect.
//! Nothing is verified against a vendor: a match is valid in form, not known to be live.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

mod allow;
mod base64;
pub mod checks;
mod compiled;
mod dense;
mod engine;
mod keywords;
pub mod national;
mod pattern;
mod reading;
mod redact;
mod rule_error;
mod rule_file;
mod rules;
mod suppress;
mod table;
pub mod template;
mod value;
mod view;
mod windows;

// Shared with the program that measures the rules.
#[cfg(test)]
#[path = "../../tests/measure/secrets/documents.rs"]
mod documents;
#[cfg(test)]
#[path = "../../tests/measure/secrets/frames.rs"]
mod frames;
#[cfg(test)]
mod tests;

pub use rule_error::RuleError;
pub use rules::{Confidence, Tier};
pub use value::{Key, KeyError, Match, Secret, preview};

use engine::Engine;
use regex::Regex;
use rule_file::RuleFile;
use rules::Rule;
use sha2::{Digest, Sha256};
use suppress::Suppress;

const BUILTIN: &str = include_str!("../../queries/catalog/secrets.toml");

/// Rules ready to scan text. Clones share what is compiled.
#[derive(Debug, Clone)]
pub struct Scanner {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    marker: OnceLock<Option<Regex>>,
    prefixes: BTreeMap<String, Vec<String>>,
    never_secret: Vec<String>,
    rule_set: Arc<str>,
}

impl Scanner {
    /// The built-in rules.
    ///
    /// # Errors
    /// The embedded rule file is broken (kept from happening by the tests).
    pub fn builtin() -> Result<Self, RuleError> {
        Self::with_rules(&[])
    }

    /// The built-in rules with the user's files (text of the gitleaks dialect) over them: a rule with the id of an
    /// earlier one replaces it, `disable` and `extend.disabledRules` switch rules off.
    ///
    /// # Errors
    /// A file is not TOML of the right form, a rule's regex is invalid or too large, or there are too many rules. The
    /// message names the rule.
    pub fn with_rules(files: &[&str]) -> Result<Self, RuleError> {
        Self::over(BUILTIN, files)
    }

    /// As [`Scanner::with_rules`], with other rules as the built-in ones.
    fn over(builtin: &str, files: &[&str]) -> Result<Self, RuleError> {
        let builtin = rule_file::parse(builtin)?;
        let suppress = Suppress::compile(&builtin.suppress)?;
        let never_secret = builtin.suppress.never_secret.clone();
        let mut all = BTreeMap::<String, (rule_file::RuleSpec, bool)>::new();
        let mut allow = Vec::new();
        for (at, file) in
            std::iter::once(Ok(builtin)).chain(files.iter().map(|text| rule_file::parse(text))).enumerate()
        {
            let RuleFile { rules, allowlist, allowlists, extend, disable, .. } = file?;
            allow.extend(allow::allowlists(allowlists.iter().chain(&allowlist), "allowlist")?);
            all.extend(rules.into_iter().map(|rule| (rule.id.clone(), (rule, at == 0))));
            for id in disable.iter().chain(&extend.disabled_rules) {
                all.remove(id);
            }
        }
        if all.len() > rules::MAX_RULES {
            return Err(RuleError::Limit(format!("more than {} rules", rules::MAX_RULES)));
        }
        let mut compiled = Vec::new();
        let started = Instant::now();
        let mut slow = 0;
        for (spec, builtin) in all.values() {
            let rule = Rule::compile(spec, *builtin)?;
            slow += usize::from(!builtin && rule.as_ref().is_some_and(Rule::is_slow));
            if slow > rules::MAX_SLOW {
                return Err(rule_error::too_many_slow(&spec.id));
            }
            compiled.extend(rule);
            // Rules of the user's only: what is built in does not depend on how busy the machine is, nor is it
            // compiled here.
            if !builtin && started.elapsed() > rules::COMPILE_TIME {
                return Err(rule_error::too_slow(&spec.id));
            }
        }
        let prefixes = compiled.iter().map(|rule| (rule.id.to_string(), rule.prefixes.clone())).collect();
        let engine = Engine::new(compiled, suppress, allow);
        let rule_set = rule_set(files);
        let inner = Inner { engine, marker: OnceLock::new(), prefixes, never_secret, rule_set };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Ids of the rules in force, sorted.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.inner.engine.rules.iter().map(|rule| &*rule.id)
    }

    /// Short hash over everything that the rules say: two scanners with the same one find the same.
    #[must_use]
    pub fn rule_set(&self) -> &Arc<str> {
        &self.inner.rule_set
    }

    /// Whether a field of this name never holds a secret, whatever its value looks like (signatures, encrypted blobs).
    #[must_use]
    pub fn never_secret(&self, field: &str) -> bool {
        self.inner.never_secret.iter().any(|name| name.eq_ignore_ascii_case(field))
    }

    /// Every secret in `text`, by position: one match per span, the most specific rule wins. Found through JSON escapes
    /// of any nesting, numbered listings, URL encoding and base64; spans are bytes of `text` as given.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Match> {
        self.read_all(text, false).0
    }

    /// Reads a text once for all that is asked of it: findings, what to hide, and the text without secrets.
    #[must_use]
    pub fn look<'a>(&'a self, text: &'a str) -> Look<'a> {
        let (found, hidden) = self.read_all(text, true);
        Look { scanner: self, text, found, hidden }
    }

    /// How many e-mail addresses, phone numbers and the like stand in `text`, by kind.
    #[must_use]
    pub fn count_personal(&self, text: &str) -> BTreeMap<String, usize> {
        let counted = self.inner.engine.rules.iter().filter(|rule| rule.tier == Tier::Count);
        counted
            .filter_map(|rule| Some((rule.kind.to_string(), rule.compiled()?.regex.find_iter(text.as_bytes()).count())))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

/// What one look at a text gave.
pub struct Look<'a> {
    scanner: &'a Scanner,
    text: &'a str,
    found: Vec<Match>,
    hidden: Vec<Match>,
}

impl Look<'_> {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text
    }

    /// Whether there is nothing to find and nothing to hide.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found.is_empty() && self.hidden.is_empty()
    }

    /// What [`Scanner::scan`] finds.
    #[must_use]
    pub fn found(&self) -> &[Match] {
        &self.found
    }

    /// What [`Scanner::redact`] makes of the text; `None` where there is nothing to hide.
    #[must_use]
    pub fn redacted(&self) -> Option<String> {
        self.scanner.without(self.text, &self.hidden)
    }

    /// What [`Scanner::redact`] replaces first: spans of bytes in the text, by position, with their marks.
    #[must_use]
    pub fn hidden(&self) -> Vec<(Range<usize>, String)> {
        self.scanner.marked(self.text, &self.hidden)
    }
}

/// Short hash over the built-in rules and the files over them.
fn rule_set(files: &[&str]) -> Arc<str> {
    let mut hash = Sha256::new();
    for text in std::iter::once(&BUILTIN).chain(files) {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hex::encode(&hash.finalize()[..6]).into()
}
