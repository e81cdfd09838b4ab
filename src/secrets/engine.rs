//! From a text to candidates: keywords, windows, regexes, gates.

use std::ops::Range;

use regex::bytes::CaptureLocations;

use super::allow::Allow;
use super::checks::Verdict;
use super::compiled::Compiled;
use super::dense;
use super::keywords::Keywords;
use super::rules::{Anchor, Confidence, Rule, Shape, Tier};
use super::suppress::{Suppress, entropy, holds};
use super::table;
use super::windows::{Windows, digit_groups};

/// A window is widened up to this when a match reaches its end.
const WIDEST: usize = 1 << 20;
/// A refused match up to this length is searched again from its value on.
const RETRY: usize = 1024;
/// Values that one rule may find in one text apart; what it finds beyond belongs to the last one. No text has so many
/// secrets of one kind, but a rule may match every letter.
const MAX_FOUND: usize = 20_000;
/// Bytes around a group of digits that digit rules see.
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
#[derive(Debug)]
pub(super) struct Engine {
    pub rules: Vec<Rule>,
    pub suppress: Suppress,
    allow: Vec<Allow>,
    keywords: Keywords,
    /// For every keyword, its length and the rules that wait for it.
    waiting: Vec<(usize, Vec<usize>)>,
    digit_rules: Vec<usize>,
    other_rules: Vec<usize>,
}

impl Engine {
    pub(super) fn new(rules: Vec<Rule>, suppress: Suppress, allow: Vec<Allow>) -> Self {
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
        let keywords = Keywords::new(index.keys().map(|(word, cased)| (word.as_slice(), *cased)));
        let waiting = index.into_iter().map(|((word, _), rules)| (word.len(), rules)).collect();
        Self { keywords, waiting, rules, suppress, allow, digit_rules, other_rules }
    }

    /// Every candidate in `text`, in no particular order of rules; rules that only hide are asked if `hiding`. Only in
    /// windows that are `wanted`.
    pub(super) fn candidates(
        &self,
        text: &[u8],
        hiding: bool,
        wanted: impl Fn(&Range<usize>) -> bool,
    ) -> Vec<Candidate> {
        let mut windows = Windows::default();
        self.keywords.find(text, |keyword, start| {
            let inside_word = start > 0 && is_word(text[start - 1]);
            let (length, waiting) = &self.waiting[keyword];
            for &at in waiting {
                let rule = &self.rules[at];
                if rule.redact_only && !hiding {
                    continue;
                }
                let reach = rule.reach();
                if !(reach.bounded && inside_word) && rule.may_match(reach, &text[start..], *length) {
                    let end = start.saturating_add(reach.after).min(text.len());
                    windows.add(at, start.saturating_sub(reach.before)..end, self.rules.len());
                }
            }
        });
        if !self.digit_rules.is_empty() {
            digit_groups(text, |from, to| {
                let around = from.saturating_sub(AROUND_DIGITS)..(to + AROUND_DIGITS).min(text.len());
                self.digit_rules.iter().for_each(|&at| windows.add(at, around.clone(), self.rules.len()));
            });
        }
        self.other_rules.iter().for_each(|&at| windows.add(at, 0..text.len(), self.rules.len()));
        let mut windows = windows.by_rule();
        windows.retain(|(_, window)| wanted(window));
        let mut found = Vec::new();
        let runs = std::cell::OnceCell::new();
        for of_rule in windows.chunk_by(|a, b| a.0 == b.0) {
            let at = of_rule[0].0;
            if self.rules[at].dense {
                let parts = dense::around(of_rule, runs.get_or_init(|| self.dense_runs(text, &windows)));
                self.run(at, text, &parts, &mut found);
            } else {
                self.run(at, text, of_rule, &mut found);
            }
        }
        found
    }

    /// The runs that may be random values, as far as a rule that asks for them looks.
    fn dense_runs(&self, text: &[u8], windows: &[(usize, Range<usize>)]) -> Vec<Range<usize>> {
        let dense = windows.iter().filter(|(rule, _)| self.rules[*rule].dense);
        let mut places: Vec<Range<usize>> = dense.map(|(_, window)| window.clone()).collect();
        places.sort_unstable_by_key(|place| place.start);
        dense::runs(text, &places)
    }

    /// Runs one rule in its windows.
    fn run(&self, at: usize, text: &[u8], windows: &[(usize, Range<usize>)], found: &mut Vec<Candidate>) {
        let rule = &self.rules[at];
        let Some(compiled) = rule.compiled() else { return };
        let mut places = None;
        let mut done = 0;
        let most = found.len() + MAX_FOUND;
        for (_, window) in windows {
            let mut from = window.start.max(done);
            let mut end = window.end;
            while from < end {
                let Some(hit) = next_hit(rule, compiled, &mut places, &text[..end], from) else { break };
                let (start, stop) = (hit.whole.start, hit.whole.end);
                // Cut off by the window: look again with more text before the match is believed.
                if stop == end && end < text.len() && end - start < WIDEST {
                    end = (end + (end - start).max(256)).min(text.len());
                    continue;
                }
                from = self.take((at, compiled), text, hit, found, most).max(start + 1);
                done = from;
            }
        }
    }

    /// Adds what a match shows to what was found; says where to go on.
    fn take(
        &self,
        (at, compiled): (usize, &Compiled),
        text: &[u8],
        Hit { whole, value, name }: Hit,
        found: &mut Vec<Candidate>,
        most: usize,
    ) -> usize {
        let rule = &self.rules[at];
        let mut add = |value: Range<usize>, confidence| {
            let structured = rule.keywords.iter().any(|(word, _)| contains(&text[value.clone()], word));
            match found.get_mut(most - 1) {
                Some(last) => last.value.end = last.value.end.max(value.end),
                None => found.push(Candidate { rule: at, value, confidence, structured }),
            }
        };
        if rule.table {
            let (cells, end) = table::values(text, &value);
            for mut cell in cells {
                // Only a phrase has blanks; after another value the text around the table goes on.
                if rule.shape != Shape::Words {
                    let blank = text[cell.clone()].iter().position(u8::is_ascii_whitespace);
                    cell.end = cell.start + blank.unwrap_or(cell.len());
                }
                if let Some(confidence) = self.judge((rule, compiled), text, &cell, Some(value.clone()), cell.clone()) {
                    add(cell, confidence);
                }
            }
            // Each line is read once, whatever it looks like.
            return end.max(whole.end);
        }
        match self.judge((rule, compiled), text, &value, name, whole.clone()) {
            Some(confidence) => {
                // What follows the value may start the next match.
                let next = value.end;
                add(value, confidence);
                next
            }
            None if whole.len() <= RETRY && value.start > whole.start => value.start,
            None => whole.end,
        }
    }

    /// The gates after the regex, cheap ones first; the confidence if the value passes.
    fn judge(
        &self,
        (rule, compiled): (&Rule, &Compiled),
        text: &[u8],
        value: &Range<usize>,
        name: Option<Range<usize>>,
        whole: Range<usize>,
    ) -> Option<Confidence> {
        let bytes = text.get(value.clone()).filter(|bytes| !bytes.is_empty())?;
        if rule.entropy > 0.0 && entropy(bytes) < rule.entropy || rule.require.iter().any(|class| !holds(class, bytes))
        {
            return None;
        }
        let words = String::from_utf8_lossy(bytes);
        let name = name.and_then(|name| text.get(word_start(text, name.start)..name.end));
        if self.suppress.rejects(rule, &words, name) {
            return None;
        }
        if let Some(before) = &compiled.not_after
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

/// A match of a rule's regex.
struct Hit {
    whole: Range<usize>,
    value: Range<usize>,
    /// The name that the value is assigned to, as far as the regex takes it.
    name: Option<Range<usize>>,
}

/// The first match in `text` from a place on. Nearly always there is none: groups are asked for, and room for them is
/// made, only where there is one and they differ from it.
fn next_hit(
    rule: &Rule,
    compiled: &Compiled,
    places: &mut Option<CaptureLocations>,
    text: &[u8],
    from: usize,
) -> Option<Hit> {
    let regex = &compiled.regex;
    if rule.reach().group_is_match {
        let whole = regex.find_at(text, from)?.range();
        return Some(Hit { value: whole.clone(), whole, name: None });
    }
    regex.shortest_match_at(text, from)?;
    let places = places.get_or_insert_with(|| regex.capture_locations());
    let whole = regex.captures_read_at(places, text, from)?.range();
    let name = compiled.name_group.and_then(|group| places.get(group)).map(|(start, end)| start..end);
    let mut value = value_range(rule, compiled, places, whole.clone());
    if rule.tier == Tier::Generic {
        value.end = value.start + before_next_parameter(&text[value.clone()]);
    }
    Some(Hit { value, whole, name })
}

/// Length of a value without what follows it in a query: `&name=…`.
fn before_next_parameter(value: &[u8]) -> usize {
    let is_parameter = |at: usize| {
        let rest = &value[at + 1..];
        let name = rest.iter().take_while(|&&byte| is_word(byte) || matches!(byte, b'-' | b'.')).count();
        name > 1 && rest[0].is_ascii_alphabetic() && rest.get(name) == Some(&b'=')
    };
    memchr::memchr_iter(b'&', value).find(|&at| at > 0 && is_parameter(at)).unwrap_or(value.len())
}

/// The range of the value: the named group number, else the first group that took part, else the match.
fn value_range(rule: &Rule, compiled: &Compiled, places: &CaptureLocations, whole: Range<usize>) -> Range<usize> {
    let group = if rule.group > 0 {
        places.get(rule.group)
    } else {
        (1..places.len())
            .filter(|&group| Some(group) != compiled.name_group)
            .find_map(|group| places.get(group).filter(|g| g.0 < g.1))
    };
    group.map_or(whole, |(start, end)| start..end)
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

/// Where the word begins that goes on at `at`; a name has at most fifty bytes before what a rule knows of it.
fn word_start(text: &[u8], at: usize) -> usize {
    let before = text[at.saturating_sub(50)..at].iter().rev();
    at - before.take_while(|&&b| is_word(b) || matches!(b, b'.' | b'-')).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn contains(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    let fits = |part: &[u8]| part[0].eq_ignore_ascii_case(&word[0]) && part.eq_ignore_ascii_case(word);
    word.len() >= 2 && text.windows(word.len()).any(fits)
}

fn line_around<'a>(text: &'a [u8], whole: &Range<usize>) -> &'a [u8] {
    let start = memchr::memrchr(b'\n', &text[..whole.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &text[whole.end..]).map_or(text.len(), |at| whole.end + at);
    &text[start.max(whole.start.saturating_sub(2048))..end.min(whole.end + 2048)]
}
