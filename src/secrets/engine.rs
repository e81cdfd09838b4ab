//! From a text to candidates: keywords, windows, regexes, gates.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::CaptureLocations;

use super::checks::Verdict;
use super::rules::{Allow, Anchor, Confidence, Rule, RuleError, Tier};
use super::suppress::{Suppress, entropy, holds};

/// A window is widened up to this when a match reaches its end.
const WIDEST: usize = 1 << 20;
/// A refused match up to this length is searched again from its value on.
const RETRY: usize = 1024;
/// Digits in a group that digit rules look at, and the bytes around it that they see.
const DIGIT_RUN: usize = 9;
const AROUND_DIGITS: usize = 48;

/// What a rule found in a reading of the text.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Index of the rule.
    pub rule: usize,
    /// The value.
    pub value: Range<usize>,
    pub confidence: Confidence,
    /// A keyword is part of the value: the form alone says what it is.
    pub structured: bool,
}

/// Rules with their keyword index.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub rules: Vec<Rule>,
    pub suppress: Suppress,
    allow: Vec<Allow>,
    keywords: Option<AhoCorasick>,
    /// For every keyword: its case-exact text and the rules that wait for it.
    waiting: Vec<(Vec<u8>, Vec<usize>)>,
    digit_rules: Vec<usize>,
    other_rules: Vec<usize>,
}

impl Engine {
    pub(super) fn new(rules: Vec<Rule>, suppress: Suppress, allow: Vec<Allow>) -> Result<Self, RuleError> {
        let mut index = std::collections::BTreeMap::<(Vec<u8>, bool), Vec<usize>>::new();
        let (mut digit_rules, mut other_rules) = (Vec::new(), Vec::new());
        for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.tier != Tier::Count) {
            match rule.anchor {
                Anchor::Digits => digit_rules.push(at),
                Anchor::Everywhere => other_rules.push(at),
                Anchor::Keywords => {
                    for (word, cased) in &rule.keywords {
                        let word = if *cased { word.clone() } else { word.to_lowercase() };
                        let waiting = index.entry((word.into_bytes(), *cased)).or_default();
                        if !waiting.contains(&at) {
                            waiting.push(at);
                        }
                    }
                }
            }
        }
        let keywords = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(index.keys().map(|(word, _)| word))
            .map_err(|_| RuleError::Limit("too many keywords".to_owned()))?;
        let waiting = index.into_iter().map(|((word, cased), rules)| (if cased { word } else { Vec::new() }, rules));
        let waiting: Vec<_> = waiting.collect();
        Ok(Self {
            keywords: (!waiting.is_empty()).then_some(keywords),
            waiting,
            rules,
            suppress,
            allow,
            digit_rules,
            other_rules,
        })
    }

    /// Every candidate in `text`, in no particular order of rules; rules that only hide are asked if `hiding`.
    pub(super) fn candidates(&self, text: &[u8], hiding: bool) -> Vec<Candidate> {
        let mut windows: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.rules.len()];
        let mut touched = Vec::new();
        let mut add = |rule: usize, from: usize, to: usize| {
            let list = &mut windows[rule];
            match list.last_mut() {
                Some(last) if from <= last.end => last.end = last.end.max(to),
                Some(_) => list.push(from..to),
                None => {
                    touched.push(rule);
                    list.push(from..to);
                }
            }
        };
        for hit in self.keywords.iter().flat_map(|keywords| keywords.find_overlapping_iter(text)) {
            let (exact, rules) = &self.waiting[hit.pattern().as_usize()];
            if !exact.is_empty() && text.get(hit.range()) != Some(exact) {
                continue;
            }
            let inside_word = hit.start() > 0 && is_word(text[hit.start() - 1]);
            for &at in rules {
                let rule = &self.rules[at];
                if !(rule.bounded && inside_word || rule.redact_only && !hiding) {
                    let end = hit.start().saturating_add(rule.after).min(text.len());
                    add(at, hit.start().saturating_sub(rule.before), end);
                }
            }
        }
        if !self.digit_rules.is_empty() {
            digit_groups(text, |from, to| {
                let range = (from.saturating_sub(AROUND_DIGITS), (to + AROUND_DIGITS).min(text.len()));
                self.digit_rules.iter().for_each(|&at| add(at, range.0, range.1));
            });
        }
        self.other_rules.iter().for_each(|&at| add(at, 0, text.len()));
        let mut found = Vec::new();
        touched.sort_unstable();
        for at in touched {
            self.run(at, text, &windows[at], &mut found);
        }
        found
    }

    /// Runs one rule in its windows.
    fn run(&self, at: usize, text: &[u8], windows: &[Range<usize>], found: &mut Vec<Candidate>) {
        let rule = &self.rules[at];
        let mut places = rule.regex.capture_locations();
        let mut done = 0;
        for window in windows {
            let mut from = window.start.max(done);
            let mut end = window.end;
            while from < end {
                if rule.regex.captures_read_at(&mut places, &text[..end], from).is_none() {
                    break;
                }
                let Some((start, stop)) = places.get(0) else { break };
                // Cut off by the window: look again with more text before the match is believed.
                if stop == end && end < text.len() && end - start < WIDEST {
                    end = (end + (end - start).max(256)).min(text.len());
                    continue;
                }
                let value = Self::value(rule, &places, start..stop);
                from = match self.judge(rule, text, &value, &places, start..stop) {
                    Some(confidence) => {
                        let structured = rule.keywords.iter().any(|(word, _)| contains(&text[value.clone()], word));
                        // What follows the value may start the next match.
                        let next = value.end.max(start + 1);
                        found.push(Candidate { rule: at, value, confidence, structured });
                        next
                    }
                    None if stop - start <= RETRY && value.start > start => value.start,
                    None => stop.max(start + 1),
                };
                done = from;
            }
        }
    }

    /// The range of the value: the named group number, else the first group that took part, else the match.
    fn value(rule: &Rule, places: &CaptureLocations, whole: Range<usize>) -> Range<usize> {
        let group = if rule.group > 0 {
            places.get(rule.group)
        } else {
            (1..places.len())
                .filter(|&group| Some(group) != rule.name_group)
                .find_map(|group| places.get(group).filter(|g| g.0 < g.1))
        };
        group.map_or(whole, |(start, end)| start..end)
    }

    /// The gates after the regex, cheap ones first; the confidence if the value passes.
    fn judge(
        &self,
        rule: &Rule,
        text: &[u8],
        value: &Range<usize>,
        places: &CaptureLocations,
        whole: Range<usize>,
    ) -> Option<Confidence> {
        let bytes = text.get(value.clone()).filter(|bytes| !bytes.is_empty())?;
        if rule.entropy > 0.0 && entropy(bytes) < rule.entropy || rule.require.iter().any(|class| !holds(class, bytes))
        {
            return None;
        }
        let words = String::from_utf8_lossy(bytes);
        let name = rule.name_group.and_then(|group| places.get(group)).and_then(|(start, end)| text.get(start..end));
        if self.suppress.rejects(rule, &words, name) {
            return None;
        }
        if let Some(before) = &rule.not_after
            && before.is_match(&text[value.start.saturating_sub(48)..value.start])
        {
            return None;
        }
        let confidence = match rule.check.map(|check| check.verdict(&words)) {
            Some(Verdict::Refused) => return None,
            Some(Verdict::Doubtful) => Confidence::Low,
            Some(Verdict::Valid) | None => rule.confidence,
        };
        let shared =
            self.allow.iter().filter(|allow| allow.rules.is_empty() || allow.rules.iter().any(|id| **id == *rule.id));
        let line = line_around(text, &whole);
        let excepted = rule.allow.iter().chain(shared).any(|allow| allow.covers(bytes, &text[whole.clone()], line));
        (!excepted).then_some(confidence)
    }
}

/// One per span: candidates that overlap are reduced to the most specific one.
pub(super) fn resolve(rules: &[Rule], mut found: Vec<Candidate>) -> Vec<Candidate> {
    let weight = |one: &Candidate| (rank(&rules[one.rule], one), one.confidence, one.value.len());
    found.sort_by(|a, b| weight(b).cmp(&weight(a)).then(a.value.start.cmp(&b.value.start)).then(a.rule.cmp(&b.rule)));
    let mut kept = std::collections::BTreeMap::<usize, Candidate>::new();
    for one in found {
        let before = kept.range(..one.value.end).next_back();
        if before.is_none_or(|(_, other)| other.value.end <= one.value.start) {
            kept.insert(one.value.start, one);
        }
    }
    kept.into_values().collect()
}

/// Structured forms before contextual ones before generic ones before those that only hide.
pub(super) fn rank(rule: &Rule, one: &Candidate) -> u8 {
    match rule.tier {
        _ if rule.redact_only => 0,
        Tier::Count => 0,
        Tier::Generic => 1,
        Tier::Pii => 2,
        Tier::Provider => 3 + u8::from(one.structured),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn contains(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    word.len() >= 2 && text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word))
}

fn line_around<'a>(text: &'a [u8], whole: &Range<usize>) -> &'a [u8] {
    let start = memchr::memrchr(b'\n', &text[..whole.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &text[whole.end..]).map_or(text.len(), |at| whole.end + at);
    &text[start.max(whole.start.saturating_sub(2048))..end.min(whole.end + 2048)]
}

/// Calls `with` for every group of nine digits and more, single separators allowed.
fn digit_groups(text: &[u8], mut with: impl FnMut(usize, usize)) {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut count = 0;
        loop {
            while text.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
                count += 1;
            }
            let joined = matches!(text.get(at), Some(b' ' | b'-' | b'.'));
            if !(joined && text.get(at + 1).is_some_and(u8::is_ascii_digit)) {
                break;
            }
            at += 1;
        }
        if count >= DIGIT_RUN {
            with(start, at);
        }
    }
}
