//! Text from the field as something that can be looked at: nothing hidden, nothing that drives a terminal, cut to size.
//!
//! Control characters could move the cursor or recolour the terminal, bidirectional marks could reorder a line and
//! zero-width characters could hide a difference, so all of them are written as escapes.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character draws nothing, moves text around or drives a terminal.
pub(super) fn hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || matches!(c,
            // Direction marks, overrides and isolates.
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}'
            // Zero width, joiners, soft hyphen, line and paragraph separators, blank letters.
            | '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200D}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            // Variation selectors and tags, which can carry whole messages unseen.
            | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}'
            // Private use draws whatever a font likes; the rest are not characters.
            | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}' | '\u{FDD0}'..='\u{FDEF}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

fn escape(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(start) = text.find(|c| hidden(c) && !keep(c)) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at(start);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for c in rest.chars() {
        match c {
            c if keep(c) || !hidden(c) => out.push(c),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
        }
    }
    Cow::Owned(out)
}

/// Shows control, bidi, zero-width, tag and private-use characters as escapes such as `\u{202e}`. Line feeds and
/// tabs stay. Doing it twice changes nothing.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, |c| matches!(c, '\n' | '\t'))
}

/// Cuts to at most `max` characters, with a mark that says how many are missing. Doing it twice changes nothing.
#[must_use]
pub fn cut(text: &str, max: usize) -> Cow<'_, str> {
    // Bytes are an upper bound of characters, and cheap.
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let total = text.chars().count();
    if total <= max {
        return Cow::Borrowed(text);
    }
    // The mark is sized for the largest number it can hold.
    let room = max.saturating_sub(format!("…[+{total}]").chars().count());
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let mark: String = format!("…[+{}]", total - room).chars().take(max).collect();
    Cow::Owned(format!("{}{mark}", &text[..end]))
}

/// Cuts to at most `max` characters by leaving out what stands behind the first two thirds of them and before the last
/// third, with a mark that says how many are missing, `already` included.
#[must_use]
pub fn cut_inside(text: &str, max: usize, already: usize) -> Cow<'_, str> {
    let total = text.chars().count();
    if total <= max {
        return Cow::Borrowed(text);
    }
    let room = max.saturating_sub(format!(" …[+{}]… ", total.saturating_add(already)).chars().count());
    let (head, tail) = (room - room / 3, room / 3);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(total - tail).collect();
    let mark = format!(" …[+{}]… ", (total - head - tail).saturating_add(already));
    Cow::Owned(format!("{start}{mark}{end}").chars().take(max).collect())
}

/// One line of at most `max` characters in which everything can be seen: [`visible`], with line breaks and tabs as
/// `\n`, `\r`, `\t`. Doing it twice changes nothing.
#[must_use]
pub fn one_line(text: &str, max: usize) -> Cow<'_, str> {
    match escape(text, |_| false) {
        Cow::Borrowed(same) => cut(same, max),
        Cow::Owned(new) => Cow::Owned(cut(&new, max).into_owned()),
    }
}

/// The start of a text on one line, of at most `max` characters and cut between words: for a glance at what is shown in
/// full elsewhere.
#[must_use]
pub fn opening(text: &str, max: usize) -> Cow<'_, str> {
    let line = one_line(text, usize::MAX);
    let Some((end, _)) = line.char_indices().nth(max) else { return line };
    let start = &line[..end];
    let start = start.rfind(' ').map_or(start, |space| &start[..space]);
    Cow::Owned(format!("{} …", start.trim_end_matches([' ', ',', ';', ':', '.', '(', '"'])))
}

/// The first sentences of a text on one line, as many as `max` characters hold. Of a longer first sentence its first
/// clauses become one; neither ends inside quotes, code or parentheses. Only a text without such a place is cut
/// between words, as by [`opening`].
#[must_use]
pub fn gist(text: &str, max: usize) -> Cow<'_, str> {
    let line = one_line(text, usize::MAX);
    let Some((end, _)) = line.char_indices().nth(max) else { return line };
    let (mut sentence, mut clause, mut aside) = (None, None, None);
    let mut inside = Inside::default();
    for (at, c) in line.char_indices().take_while(|(at, _)| *at < end) {
        inside.pass(c);
        let next = at + c.len_utf8();
        if inside.something() || !line[next..].starts_with(' ') {
            continue;
        }
        match c {
            '.' | '!' | '?' => sentence = Some(next),
            ';' => clause = Some(at),
            ',' => aside = Some(at),
            _ => {}
        }
    }
    if let Some(end) = sentence {
        return Cow::Owned(line[..end].to_owned());
    }
    match clause.or(aside).filter(|at| line[..*at].chars().count() >= LEAST_CLAUSE) {
        Some(end) => Cow::Owned(format!("{}.", &line[..end])),
        None => Cow::Owned(opening(&line, max).into_owned()),
    }
}

/// Shortest clause that stands for a sentence, in characters.
const LEAST_CLAUSE: usize = 40;

/// What a place in a sentence is inside of.
#[derive(Default)]
struct Inside {
    quotes: bool,
    code: bool,
    brackets: usize,
}

impl Inside {
    fn pass(&mut self, c: char) {
        match c {
            '"' => self.quotes = !self.quotes,
            '`' => self.code = !self.code,
            '(' | '[' | '{' => self.brackets += 1,
            ')' | ']' | '}' => self.brackets = self.brackets.saturating_sub(1),
            _ => {}
        }
    }

    fn something(&self) -> bool {
        self.quotes || self.code || self.brackets > 0
    }
}

/// Like [`one_line`], but the middle of a longer text is left out, because the ends of keys and paths are what tells
/// them apart. `max` is at least 3.
#[must_use]
pub fn both_ends(text: &str, max: usize) -> String {
    let max = max.max(3);
    // Escapes only make text longer, so this much from either end suffices.
    let near = |text: String| escape(&text, |_| false).chars().collect::<Vec<char>>();
    let shown = if text.len() > max * 16 {
        let tail: Vec<char> = text.chars().rev().take(max).collect();
        let mut ends = near(text.chars().take(max).collect());
        ends.extend(near(tail.into_iter().rev().collect()));
        ends
    } else {
        near(text.to_owned())
    };
    if shown.len() <= max {
        return shown.into_iter().collect();
    }
    let head = max / 2;
    let tail = max - head - 1;
    shown[..head].iter().chain(&['…']).chain(&shown[shown.len() - tail..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_both_ends() {
        let shown = both_ends(&format!("start{}end.cbor.zstd", "x".repeat(100_000)), 40);
        assert_eq!(shown.chars().count(), 40);
        assert!(shown.starts_with("start") && shown.ends_with("end.cbor.zstd") && shown.contains('…'));
        assert_eq!(both_ends("a\u{1b}[31mb\r\n\u{202e}c\u{200b}", 80), "a\\u{1b}[31mb\\r\\n\\u{202e}c\\u{200b}");
        assert_eq!(both_ends("müller/日本.cbor.zstd", 80), "müller/日本.cbor.zstd");
    }

    #[test]
    fn a_long_text_keeps_its_start_and_its_end_and_says_how_much_is_missing() {
        let text = format!("{}{}", "a".repeat(500), "ü".repeat(500));
        let shown = cut_inside(&text, 100, 7);
        let missing = 1_007 - shown.chars().filter(|c| "aü".contains(*c)).count();
        assert_eq!(shown, format!("{} …[+{missing}]… {}", "a".repeat(60), "ü".repeat(29)));
        assert_eq!(cut_inside("short", 5, 0), "short");
        assert!(cut_inside(&text, 3, 0).chars().count() <= 3);
    }
}
