//! Patterns written for Go's regex engine, made fit for ours, and what can be read from a pattern.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Longest pattern in bytes.
pub(super) const MAX_PATTERN: usize = 64 << 10;
/// Largest compiled pattern in bytes: bounds memory and the time per byte of text.
pub(super) const SIZE_LIMIT: usize = 4 << 20;
/// Largest cache of one pattern while it runs, in bytes.
pub(super) const DFA_LIMIT: usize = 256 << 10;
/// Deepest nesting of groups.
pub(super) const NEST_LIMIT: u32 = 60;

/// First bytes of a match that are looked at before the pattern is tried.
const MAX_HEAD: usize = 24;

/// What a pattern says about itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Literals of which every match starts with one; empty if there are none.
    pub prefixes: Vec<String>,
    /// Longest match in bytes, if bounded.
    pub longest: Option<usize>,
    /// What the first bytes of a match can be.
    pub head: Vec<ByteSet>,
    /// The first group that takes part is always the whole match, or there is no group.
    pub group_is_match: bool,
}

/// Bytes that a match can have in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    fn of(ranges: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut set = Self([0; 4]);
        for byte in ranges.flat_map(|(low, high)| low..=high) {
            set.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        set
    }

    fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|part| self.0[part] | other.0[part]))
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

/// Whether a match with such first bytes may begin where `text` does.
pub(super) fn may_start(head: &[ByteSet], text: &[u8]) -> bool {
    head.len() <= text.len() && head.iter().zip(text).all(|(set, &byte)| set.has(byte))
}

/// What the first bytes of every match can be, at most [`MAX_HEAD`] of them; and whether that is all of a match.
fn head(hir: &Hir) -> (Vec<ByteSet>, bool) {
    let single = |byte: u8| ByteSet::of(std::iter::once((byte, byte)));
    let (mut sets, whole) = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (Vec::new(), true),
        HirKind::Literal(literal) => (literal.0.iter().map(|&byte| single(byte)).collect(), true),
        HirKind::Class(Class::Bytes(class)) => {
            (vec![ByteSet::of(class.iter().map(|range| (range.start(), range.end())))], true)
        }
        HirKind::Class(Class::Unicode(class)) => match class.to_byte_class() {
            Some(class) => (vec![ByteSet::of(class.iter().map(|range| (range.start(), range.end())))], true),
            None => (Vec::new(), false),
        },
        HirKind::Capture(capture) => head(&capture.sub),
        HirKind::Repetition(many) => {
            let (once, whole) = head(&many.sub);
            let times = if whole { many.min.min(MAX_HEAD as u32) } else { many.min.min(1) };
            (once.repeat(times as usize), whole && many.max == Some(many.min))
        }
        HirKind::Concat(parts) => {
            let mut sets = Vec::new();
            let whole = parts.iter().all(|part| {
                let (next, whole) = head(part);
                sets.extend(next);
                whole && sets.len() < MAX_HEAD
            });
            (sets, whole)
        }
        HirKind::Alternation(parts) => {
            let each: Vec<_> = parts.iter().map(head).collect();
            let length = each.iter().map(|(sets, _)| sets.len()).min().unwrap_or(0);
            let any = |at: usize| each.iter().fold(ByteSet([0; 4]), |all, (sets, _)| all.or(sets[at]));
            let whole = each.iter().all(|(sets, whole)| *whole && sets.len() == length);
            ((0..length).map(any).collect(), whole)
        }
    };
    let whole = whole && sets.len() <= MAX_HEAD;
    sets.truncate(MAX_HEAD);
    (sets, whole)
}

/// Reads a pattern; nothing is known of one that does not parse.
pub(super) fn facts(pattern: &str) -> Facts {
    let fixed = from_go(pattern);
    let parse =
        |unicode| ParserBuilder::new().unicode(unicode).utf8(false).nest_limit(NEST_LIMIT).build().parse(&fixed).ok();
    let Some(hir) = parse(false).or_else(|| parse(true)) else { return Facts::default() };
    let literals = Extractor::new().limit_class(4).limit_total(32).extract(&hir);
    let prefixes: Option<Vec<String>> = literals.literals().and_then(|all| {
        all.iter()
            .map(|one| std::str::from_utf8(one.as_bytes()).ok().filter(|s| s.len() >= 3).map(str::to_owned))
            .collect()
    });
    Facts {
        prefixes: prefixes.unwrap_or_default(),
        longest: hir.properties().maximum_len(),
        head: head(&hir).0,
        group_is_match: group_is_match(&hir),
    }
}

/// Whether everything that a match consists of stands in its first group.
fn group_is_match(hir: &Hir) -> bool {
    match hir.kind() {
        _ if hir.properties().explicit_captures_len() == 0 => true,
        HirKind::Capture(_) => true,
        HirKind::Concat(parts) => {
            let mut parts = parts.iter().filter(|part| !matches!(part.kind(), HirKind::Look(_)));
            matches!((parts.next().map(Hir::kind), parts.next()), (Some(HirKind::Capture(_)), None))
        }
        _ => false,
    }
}

/// Escapes what Go reads as a literal and our engine as syntax: braces that are no repetition, and brackets and doubled
/// operators inside a character class.
pub(super) fn from_go(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut class = false;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' => {
                taken = escape_length(rest);
                // Go's end of text.
                out.push_str(if rest.starts_with("\\Z") { "\\z" } else { &rest[..taken] });
            }
            '[' if class => match rest.starts_with("[:").then(|| rest.find(":]")).flatten() {
                Some(end) => {
                    taken = end + 2;
                    out.push_str(&rest[..taken]);
                }
                None => out.push_str("\\["),
            },
            '[' => {
                class = true;
                out.push('[');
                // A bracket right after the opening one is a literal.
                let negated = rest[1..].starts_with('^');
                if negated {
                    out.push('^');
                    taken += 1;
                }
                if rest[taken..].starts_with(']') {
                    out.push_str("\\]");
                    taken += 1;
                }
            }
            ']' if class => {
                class = false;
                out.push(']');
            }
            '&' | '~' if class => {
                out.push('\\');
                out.push(c);
            }
            '-' if class && rest.starts_with("--") => out.push_str("\\-"),
            '{' if !class => match repetition(rest) {
                Some(length) if !out.is_empty() => {
                    taken = length;
                    out.push_str(&rest[..taken]);
                }
                _ => out.push_str("\\{"),
            },
            '}' if !class => out.push_str("\\}"),
            _ => out.push(c),
        }
        rest = &rest[taken..];
    }
    out
}

/// Length of an escape that has to stay together: `\x{…}`, `\p{…}` and simple ones.
fn escape_length(text: &str) -> usize {
    let letter = text[1..].chars().next();
    let braced = matches!(letter, Some('x' | 'p' | 'P' | 'u')) && text[2..].starts_with('{');
    match text.find('}') {
        Some(end) if braced => end + 1,
        _ => 1 + letter.map_or(0, char::len_utf8),
    }
}

/// Length of `{n}`, `{n,}` or `{n,m}` at the start of `text`.
fn repetition(text: &str) -> Option<usize> {
    let inner = text[1..].split('}').next().filter(|inner| inner.len() + 1 < text.len())?;
    let (low, high) = inner.split_once(',').unwrap_or((inner, ""));
    let number = |s: &str| s.len() < 10 && s.bytes().all(|b| b.is_ascii_digit());
    (!low.is_empty() && number(low) && number(high)).then_some(inner.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &str, text: &str) -> bool {
        may_start(&facts(pattern).head, text.as_bytes())
    }

    #[test]
    fn a_head_says_what_a_match_begins_with() {
        assert!(begins(r"\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})\b", "patAbcDef01234567.0123456789"));
        assert!(!begins(r"\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})\b", "patterns of the house, all of them"));
        assert!(!begins(r"\b(pat[A-Za-z0-9]{14})", "patAbc"));
        assert!(begins("(?:ab|cde)f", "abf") && begins("(?:ab|cde)f", "cdef") && !begins("(?:ab|cde)f", "xyz"));
        assert!(begins("a(?:b|cd)?e+x", "ae") && begins("a{2,3}b", "aab") && begins("a{2,3}b", "aaab"));
        assert!(begins("(?i:key)=", "KEY=") && begins("ä+b", "äb") && begins("[äö]b", "?"));
        assert_eq!(facts("(?:[a-z]{30}){30}").head.len(), MAX_HEAD);
    }

    #[test]
    fn a_group_around_all_of_a_match_is_known() {
        let known = |pattern| facts(pattern).group_is_match;
        assert!(known(r"\b(ab[0-9]{4})\b") && known("ab[0-9]{4}") && known("(ab|(c)d)") && known(r"(a(b))$"));
        assert!(!known("ab(c)") && !known("(a)(b)") && !known("(a)|(b)") && !known("(?:(a))*"));
    }
}
