//! Secrets and personal data in text: find them, name them without showing them, hide them.
//!
//! ```text
//! text ─→ readings (escapes, line numbers, %XX, base64)     view.rs
//!      ─→ keywords → windows → regex → gates                keywords.rs, dense.rs, engine.rs   (rule_file.rs, rules.rs, pattern.rs: rule files)
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
pub mod checks;
mod dense;
mod engine;
mod keywords;
pub mod national;
mod pattern;
mod redact;
mod rule_file;
mod rules;
mod suppress;
pub mod template;
mod value;
mod view;

// Shared with the program that measures the rules.
#[cfg(test)]
#[path = "../../tests/measure/secrets/documents.rs"]
mod documents;
#[cfg(test)]
#[path = "../../tests/measure/secrets/frames.rs"]
mod frames;
#[cfg(test)]
mod tests;

pub use rules::{Confidence, RuleError, Tier};
pub use value::{Key, KeyError, Match, Secret, preview};

use engine::{Candidate, Engine};
use regex::Regex;
use rule_file::RuleFile;
use rules::Rule;
use sha2::{Digest, Sha256};
use suppress::Suppress;
use view::View;

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
                return Err(rules::too_many_slow(&spec.id));
            }
            compiled.extend(rule);
            // Rules of the user's only: what is built in does not depend on how busy the machine is, nor is it
            // compiled here.
            if !builtin && started.elapsed() > rules::COMPILE_TIME {
                return Err(rules::too_slow(&spec.id));
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

    /// What is a finding, and what outputs hide; the latter only if `hiding`.
    fn read_all(&self, text: &str, hiding: bool) -> (Vec<Match>, Vec<Match>) {
        let mut found = Found::default();
        let decoded = View::decoded(text);
        let all = |_: &Range<usize>| true;
        self.read(&decoded, hiding, Place::Here(text), &mut found, all);
        if hiding && matches!(decoded.text, std::borrow::Cow::Owned(_)) {
            // What looks like an escape may be none (a Windows path): outputs hide what either reading shows. They show
            // the same where nothing looks like one.
            let mut raw = Found::default();
            let differs = |window: &Range<usize>| decoded.breaks_within(window);
            self.read(&View::raw(text), hiding, Place::Here(text), &mut raw, differs);
            found.hidden.append(&mut raw.hidden);
        }
        let encoded = view::base64_texts(&decoded.text);
        if memchr::memchr(b'%', &decoded.text).is_some() {
            let url = decoded.clone().rewrite(view::url_decode);
            self.read(&url, hiding, Place::Url, &mut found, all);
        }
        for (start, end, inner) in encoded {
            let span = decoded.span(start, end);
            let mut inside = Found::default();
            // The name that the encoded text is assigned to says what is in it.
            let name = view::name_before(&decoded.text, start);
            let inner = format!("{name}{inner}");
            self.read(&View::decoded(&inner), hiding, Place::Within(span), &mut inside, all);
            let named = |(_, one): &(u8, Match)| name.is_empty() || !name.contains(one.secret.expose());
            inside.shown.retain(named);
            inside.hidden.retain(named);
            // Forms that are base64 themselves (web tokens) were read already.
            let taken = |list: &[(u8, Match)]| {
                list.iter().any(|(rank, one)| *rank > 2 && one.span.start <= span.0 && span.1 <= one.span.end)
            };
            // First in the list: of equals, what is encoded is the secret, not the code for it.
            if !taken(&found.shown) {
                found.shown.splice(..0, inside.shown);
            }
            if !taken(&found.hidden) {
                found.hidden.splice(..0, inside.hidden);
            }
        }
        (merge(found.shown), merge(found.hidden))
    }

    /// Adds what one reading shows in windows that are `wanted`.
    fn read(
        &self,
        view: &View<'_>,
        hiding: bool,
        place: Place<'_>,
        found: &mut Found,
        wanted: impl Fn(&Range<usize>) -> bool,
    ) {
        let mut candidates = self.inner.engine.candidates(&view.text, hiding, wanted);
        if hiding {
            for one in engine::resolve(&self.inner.engine.rules, candidates.clone()) {
                found.hidden.push(self.finish(&one, view, place));
            }
            candidates.retain(|one| !self.inner.engine.rules[one.rule].redact_only);
        }
        for one in engine::resolve(&self.inner.engine.rules, candidates) {
            found.shown.push(self.finish(&one, view, place));
        }
    }

    fn finish(&self, one: &Candidate, view: &View<'_>, place: Place<'_>) -> (u8, Match) {
        let rule = &self.inner.engine.rules[one.rule];
        let value = String::from_utf8_lossy(&view.text[one.value.clone()]).into_owned();
        let (start, end) = match place {
            Place::Within(span) => span,
            Place::Here(_) | Place::Url => view.span(one.value.start, one.value.end),
        };
        let encoding = match place {
            Place::Within(_) => "base64",
            Place::Url => "url",
            Place::Here(text) if text.get(start..end) == Some(&value) => "plain",
            Place::Here(_) => "escaped",
        };
        let prefix = rule.prefixes.iter().filter(|prefix| value.starts_with(prefix.as_str())).max_by_key(|p| p.len());
        let prefix = prefix.filter(|_| one.structured).cloned().unwrap_or_default();
        // A value that only its surroundings make a secret is the same secret under every rule that sees it.
        let shared =
            || if one.structured || rule.tier == Tier::Pii { Arc::clone(&rule.id) } else { Arc::from("value") };
        let family = rule.family.clone().unwrap_or_else(shared);
        let found = Match {
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
            encoding,
        };
        (engine::rank(rule, one), found)
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

/// Where a reading comes from.
#[derive(Clone, Copy)]
enum Place<'t> {
    /// The text, as it is or with its escapes resolved.
    Here(&'t str),
    /// The text with its URL encoding resolved.
    Url,
    /// A text that is encoded as a whole in this span.
    Within((usize, usize)),
}

/// What readings show, each with its rank.
#[derive(Default)]
struct Found {
    /// Findings.
    shown: Vec<(u8, Match)>,
    /// What outputs hide.
    hidden: Vec<(u8, Match)>,
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
