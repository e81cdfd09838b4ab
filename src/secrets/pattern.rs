//! Patterns written for Go's regex engine, made fit for ours, and what can be read from a pattern.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;

/// Longest pattern in bytes.
pub(super) const MAX_PATTERN: usize = 64 << 10;
/// Largest compiled pattern in bytes: bounds memory and the time per byte of text.
pub(super) const SIZE_LIMIT: usize = 4 << 20;
/// Largest cache of one pattern while it runs, in bytes.
pub(super) const DFA_LIMIT: usize = 8 << 20;
/// Deepest nesting of groups.
pub(super) const NEST_LIMIT: u32 = 60;

/// What a pattern says about itself.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Literals of which every match starts with one; empty if there are none.
    pub prefixes: Vec<String>,
    /// Longest match in bytes, if bounded.
    pub longest: Option<usize>,
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
    Facts { prefixes: prefixes.unwrap_or_default(), longest: hir.properties().maximum_len() }
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
