//! Where which rule has to look.

use std::ops::Range;

/// Digits in a group that digit rules look at.
const DIGIT_RUN: usize = 9;

/// The stretches of a text that each rule sees. Costs nothing for a text without keywords.
#[derive(Default)]
pub(super) struct Windows {
    all: Vec<(usize, Range<usize>)>,
    /// For every rule, the number of its last window in `all`, counted from 1; empty until there is one.
    last: Vec<u32>,
}

impl Windows {
    /// Adds a window, or widens the rule's last one when they touch.
    pub(super) fn add(&mut self, rule: usize, window: Range<usize>, rules: usize) {
        if self.last.is_empty() {
            self.last.resize(rules, 0);
        }
        match self.last[rule].checked_sub(1).map(|last| &mut self.all[last as usize].1) {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => {
                self.all.push((rule, window));
                self.last[rule] = u32::try_from(self.all.len()).unwrap_or(0);
            }
        }
    }

    /// The windows rule by rule, those of a rule by place.
    pub(super) fn by_rule(mut self) -> Vec<(usize, Range<usize>)> {
        self.all.sort_by_key(|(rule, window)| (*rule, window.start));
        self.all
    }
}

/// Calls `with` for every group of nine digits and more, single separators allowed.
pub(super) fn digit_groups(text: &[u8], mut with: impl FnMut(usize, usize)) {
    let separates = |byte: u8| matches!(byte, b' ' | b'-' | b'.');
    let fits = |byte: u8| byte.is_ascii_digit() || separates(byte);
    let mut at = 0;
    while let Some(ahead) = text.get(at..at + DIGIT_RUN) {
        // Most text is no number: look at the far end of where one would be first.
        if let Some(gap) = ahead.iter().rposition(|&byte| !fits(byte)) {
            at += gap + 1;
            continue;
        }
        if !ahead[0].is_ascii_digit() {
            at += ahead.iter().position(u8::is_ascii_digit).unwrap_or(DIGIT_RUN);
            continue;
        }
        let start = at;
        let mut count = 0;
        while text.get(at).is_some_and(u8::is_ascii_digit) {
            count += 1;
            let joined = text.get(at + 1).is_some_and(|&byte| separates(byte));
            at += 1 + usize::from(joined && text.get(at + 2).is_some_and(u8::is_ascii_digit));
        }
        if count >= DIGIT_RUN {
            with(start, at);
        }
    }
}
