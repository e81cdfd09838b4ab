//! Text without its secrets: every output of the program passes through here.

use std::borrow::Cow;
use std::ops::Range;

use regex::Regex;

use super::Scanner;
use super::value::{Match, short_form};

/// Replacing a secret can bring what stood around it together, so the result is searched again, at most this often.
const ROUNDS: usize = 6;

/// The form of a mark, `‹rule preview›`; [`Scanner::redact`] also checks that the parts are ones it writes.
fn marker_pattern() -> Result<Regex, regex::Error> {
    Regex::new(r"‹([A-Za-z0-9_.-]{1,120})(?: (?:([^\s‹›…]{0,40})…([A-Za-z0-9_-]{4})|\d{1,9} chars))?›")
}

impl Scanner {
    /// `text` with every secret replaced by a mark like `‹github-pat ghp_…1stg›`. Hides more than [`Scanner::scan`]
    /// reports: any credential in a header, any value assigned to a name that says password or token. Deterministic, and
    /// redacting the result again changes nothing.
    #[must_use]
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.without(text, &self.read_all(text, true).1) {
            Some(redacted) => Cow::Owned(redacted),
            None => Cow::Borrowed(text),
        }
    }

    /// `text` with what was found in it replaced, and with what shows only then; `None` if there is nothing to hide.
    pub(super) fn without(&self, text: &str, found: &[Match]) -> Option<String> {
        let mut current = self.replace(text, found)?;
        for _ in 1..ROUNDS {
            match self.replace(&current, &self.read_all(&current, true).1) {
                Some(next) => current = next,
                None => break,
            }
        }
        Some(current)
    }

    /// What is replaced first: spans of bytes in `text`, by position, with their marks.
    pub(super) fn marked(&self, text: &str, found: &[Match]) -> Vec<(Range<usize>, String)> {
        if found.is_empty() {
            return Vec::new();
        }
        let marks = self.marks(text);
        let mut spans: Vec<(Range<usize>, String)> = Vec::new();
        for found in found {
            let span = whole_chars(text, &found.span);
            // Text that already is a mark stays; a match that runs over one hides what is left of and right of it.
            for part in outside(&span, &marks) {
                spans.push((part, mark(found)));
            }
        }
        spans.sort_by(|a, b| a.0.start.cmp(&b.0.start).then(b.0.end.cmp(&a.0.end)));
        spans
    }

    /// One round; `None` if there is nothing to hide.
    fn replace(&self, text: &str, found: &[Match]) -> Option<String> {
        let spans = self.marked(text, found);
        if spans.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for (span, mark) in spans {
            if span.start >= done {
                out.push_str(text.get(done..span.start)?);
                out.push_str(&mark);
            }
            done = done.max(span.end);
        }
        out.push_str(text.get(done..)?);
        Some(out)
    }

    /// Spans of the marks that this scanner wrote: known rule, prefix of that rule.
    fn marks(&self, text: &str) -> Vec<Range<usize>> {
        if !text.contains('‹') {
            return Vec::new();
        }
        let genuine = |found: &regex::Captures<'_>| {
            let prefix = found.get(2).map_or("", |prefix| prefix.as_str());
            let known = found.get(1).and_then(|rule| self.inner.prefixes.get(rule.as_str()));
            known.is_some_and(|prefixes| prefix.is_empty() || prefixes.iter().any(|one| one == prefix))
        };
        let Some(marker) = self.inner.marker.get_or_init(|| marker_pattern().ok()) else { return Vec::new() };
        marker.captures_iter(text).filter(genuine).filter_map(|found| found.get(0)).map(|all| all.range()).collect()
    }
}

/// What stands for a secret.
fn mark(found: &Match) -> String {
    match short_form(found) {
        Some(short) => format!("‹{} {short}›", found.rule_id),
        None => format!("‹{} {} chars›", found.rule_id, found.secret.chars()),
    }
}

/// The parts of `span` that are in no mark.
fn outside(span: &Range<usize>, marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = span.start;
    for mark in marks.iter().filter(|mark| mark.start < span.end && span.start < mark.end) {
        if from < mark.start {
            parts.push(from..mark.start);
        }
        from = from.max(mark.end);
    }
    if from < span.end {
        parts.push(from..span.end);
    }
    parts
}

fn whole_chars(text: &str, span: &Range<usize>) -> Range<usize> {
    text.floor_char_boundary(span.start)..text.ceil_char_boundary(span.end)
}
