//! Secrets and personal data in text: find them, name them without showing them, hide them.
//!
//! ```text
//! text ─→ readings (escapes, line numbers, %XX, base64)     view.rs
//!      ─→ keywords → windows → regex → gates                engine.rs   (rules.rs, pattern.rs: rule files)
//!                     entropy, classes, placeholders         suppress.rs
//!                     checksums                              checks.rs, national.rs
//!      ─→ one match per span ─→ Match { Secret, … }         value.rs    (fingerprint, preview)
//!                             └→ text without secrets       redact.rs
//! ```
//! What a secret looks like is data: `queries/catalog/secrets.toml`, and rule files of the user in the gitleaks dialect.
//! Nothing is verified against a vendor: a match is valid in form, not known to be live.

use std::collections::BTreeMap;
use std::sync::Arc;

pub mod checks;
mod engine;
pub mod national;
mod pattern;
mod redact;
mod rules;
mod suppress;
pub mod template;
mod value;
mod view;

#[cfg(test)]
mod frames;
#[cfg(test)]
mod tests;

pub use rules::{Confidence, RuleError, Tier};
pub use value::{Key, KeyError, Match, Secret, preview};

use engine::{Candidate, Engine};
use regex::Regex;
use rules::{Rule, RuleFile};
use suppress::Suppress;
use view::View;

const BUILTIN: &str = include_str!("../../queries/catalog/secrets.toml");

/// Rules ready to scan text. Making one takes a fraction of a second: make one and share it.
#[derive(Debug, Clone)]
pub struct Scanner {
    engine: Engine,
    marker: Regex,
    prefixes: BTreeMap<String, Vec<String>>,
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
        let builtin = rules::parse(BUILTIN)?;
        let suppress = Suppress::compile(&builtin.suppress)?;
        let mut all = BTreeMap::<String, (rules::RuleSpec, bool)>::new();
        let mut allow = Vec::new();
        for (at, file) in std::iter::once(Ok(builtin)).chain(files.iter().map(|text| rules::parse(text))).enumerate() {
            let RuleFile { rules, allowlist, allowlists, extend, disable, .. } = file?;
            allow.extend(rules::allowlists(allowlists.iter().chain(&allowlist), "allowlist")?);
            all.extend(rules.into_iter().map(|rule| (rule.id.clone(), (rule, at == 0))));
            for id in disable.iter().chain(&extend.disabled_rules) {
                all.remove(id);
            }
        }
        if all.len() > rules::MAX_RULES {
            return Err(RuleError::Limit(format!("more than {} rules", rules::MAX_RULES)));
        }
        let compiled = all.values().map(|(spec, builtin)| Rule::compile(spec, *builtin));
        let compiled = compiled.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
        let prefixes = compiled.iter().map(|rule| (rule.id.to_string(), rule.prefixes.clone())).collect();
        let marker = redact::marker_pattern()
            .map_err(|_| RuleError::Limit("the pattern of redaction marks does not compile".to_owned()))?;
        Ok(Self { engine: Engine::new(compiled, suppress, allow)?, marker, prefixes })
    }

    /// Ids of the rules in force, sorted.
    pub fn rule_ids(&self) -> impl Iterator<Item = &str> {
        self.engine.rules.iter().map(|rule| &*rule.id)
    }

    /// Every secret in `text`, by position: one match per span, the most specific rule wins. Found through JSON escapes
    /// of any nesting, numbered listings, URL encoding and base64; spans are bytes of `text` as given.
    #[must_use]
    pub fn scan(&self, text: &str) -> Vec<Match> {
        self.matches(text, false)
    }

    /// How many e-mail addresses, phone numbers and the like stand in `text`, by kind.
    #[must_use]
    pub fn count_personal(&self, text: &str) -> BTreeMap<String, usize> {
        let counted = self.engine.rules.iter().filter(|rule| rule.tier == Tier::Count);
        counted
            .map(|rule| (rule.kind.to_string(), rule.regex.find_iter(text.as_bytes()).count()))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    fn matches(&self, text: &str, hiding: bool) -> Vec<Match> {
        let mut found: Vec<(u8, Match)> = Vec::new();
        let decoded = View::decoded(text);
        self.read(&decoded, hiding, None, &mut found);
        if hiding && matches!(decoded.text, std::borrow::Cow::Owned(_)) {
            // What looks like an escape may be none (a Windows path): outputs hide what either reading shows.
            self.read(&View::raw(text), hiding, None, &mut found);
        }
        let encoded = view::base64_texts(&decoded.text);
        if memchr::memchr(b'%', &decoded.text).is_some() {
            let url = decoded.clone().rewrite(view::url_decode);
            self.read(&url, hiding, None, &mut found);
        }
        for (start, end, inner) in encoded {
            let (start, end) = decoded.span(start, end);
            // Forms that are base64 themselves (web tokens) were read already.
            let taken = found.iter().any(|(rank, one)| *rank > 2 && one.span.start <= start && end <= one.span.end);
            if !taken {
                self.read(&View::decoded(&inner), hiding, Some((start, end)), &mut found);
            }
        }
        merge(found)
    }

    /// Adds what one reading shows. `within` is the span of a text that is encoded as a whole.
    fn read(&self, view: &View<'_>, hiding: bool, within: Option<(usize, usize)>, found: &mut Vec<(u8, Match)>) {
        let candidates = engine::resolve(&self.engine.rules, self.engine.candidates(&view.text, hiding));
        for one in candidates {
            let rank = engine::rank(&self.engine.rules[one.rule], &one);
            let (start, end) = within.unwrap_or_else(|| view.span(one.value.start, one.value.end));
            found.push((rank, self.finish(&one, &view.text, start, end)));
        }
    }

    fn finish(&self, one: &Candidate, text: &[u8], start: usize, end: usize) -> Match {
        let rule = &self.engine.rules[one.rule];
        let value = String::from_utf8_lossy(&text[one.value.clone()]).into_owned();
        let prefix = rule.prefixes.iter().filter(|prefix| value.starts_with(prefix.as_str())).max_by_key(|p| p.len());
        let prefix = prefix.filter(|_| one.structured).cloned().unwrap_or_default();
        // A value that only its surroundings make a secret is the same secret under every rule that sees it.
        let shared =
            || if one.structured || rule.tier == Tier::Pii { Arc::clone(&rule.id) } else { Arc::from("value") };
        let family = rule.family.clone().unwrap_or_else(shared);
        Match {
            rule_id: Arc::clone(&rule.id),
            kind: Arc::clone(&rule.kind),
            vendor: Arc::clone(&rule.vendor),
            tier: rule.tier,
            confidence: one.confidence,
            root: rule.root,
            span: start..end,
            secret: Secret::new(value, family, Arc::clone(&rule.kind)),
            prefix,
            structured: one.structured,
        }
    }
}

/// Joins the readings: where they overlap, the more specific match stays, of equals the earlier reading's. Several
/// secrets inside one encoded text all stay.
fn merge(found: Vec<(u8, Match)>) -> Vec<Match> {
    let mut order: Vec<(usize, (u8, Match))> = found.into_iter().enumerate().collect();
    order.sort_by(|(at, (rank, _)), (bt, (other, _))| other.cmp(rank).then(at.cmp(bt)));
    let mut kept = BTreeMap::<usize, Vec<Match>>::new();
    for (_, (_, one)) in order {
        let before = kept.range(..one.span.end).next_back().map(|(_, list)| list);
        match before.and_then(|list| list.first()).filter(|other| other.span.end > one.span.start) {
            None => kept.entry(one.span.start).or_default().push(one),
            Some(other) if other.span == one.span => {
                let list = kept.entry(one.span.start).or_default();
                if !list.iter().any(|other| other.secret.expose().contains(one.secret.expose()))
                    && encoded_apart(list, &one)
                {
                    list.push(one);
                }
            }
            Some(_) => {}
        }
    }
    kept.into_values().flatten().collect()
}

/// Whether both can be parts of one encoded text: the span is longer than each of them.
fn encoded_apart(list: &[Match], one: &Match) -> bool {
    list.iter().chain([one]).all(|each| each.secret.expose().len() < one.span.len())
}
