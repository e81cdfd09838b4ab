//! HTML: one self-contained page per output, with no script and nothing loaded from elsewhere.
//!
//! A page is a template of its own inside `base.html` with the shared `style.css`. Whatever a template prints is
//! escaped for HTML, and invisible characters in it are written as escapes ([`crate::text::visible`]); only `|safe`
//! switches that off, and is for markup that this program made itself. The content security policy allows nothing but
//! the one style sheet, by its hash: neither `style` attributes nor event handlers would work.

use std::io::{self, Write};

use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::text;

const BASE: &str = include_str!("base.html");
/// Names listed in one place.
const NAMES: usize = 4;

/// Characters of a text that is only a glance at what stands elsewhere.
const GIST: usize = 340;

const STYLE: &str = include_str!("style.css");

/// Fills a template and writes it as a page. Templates have the filters `time` (microseconds since the epoch as
/// `2026-03-31 10:00:00Z`), `clock` (the same from RFC 3339), `number` (digits in groups of three), `names` (a few of a
/// list), `truncate_line` (the start of a text on one line), `gist` (its first sentences), `defang` (addresses that nothing links), `quoted` (the same of what was quoted from traffic), `place` (the same of a host or an address alone) and
/// `tone` (class of a severity) beside the engine's own; a name that the values do not hold is an error.
///
/// # Errors
/// When the template or its values are wrong, or the writer fails.
pub fn write(title: &str, template: &str, values: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let env = environment();
    let filled = env.template_from_named_str("page.html", template).and_then(|t| t.render(values));
    let body = filled.map_err(io::Error::other)?;
    let style_hash = format!("sha256-{}", base64(&Sha256::digest(STYLE)));
    let page = env
        .template_from_named_str("base.html", BASE)
        .and_then(|t| t.render(context! { title, body, style => STYLE, style_hash }));
    writeln!(out, "{}", page.map_err(io::Error::other)?)
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::Html);
    env.set_trim_blocks(true);
    env.set_lstrip_blocks(true);
    env.set_formatter(|out, state, value| match value.as_str() {
        Some(string) if value.kind() == ValueKind::String && !value.is_safe() => {
            minijinja::escape_formatter(out, state, &Value::from(text::visible(string).into_owned()))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    env.add_filter("time", |micros: i64| text::clock_time(micros));
    env.add_filter("truncate_line", |line: String| text::one_line(line.trim_start(), 120).into_owned());
    env.add_filter("gist", |text: String| text::gist(&text, GIST).into_owned());
    env.add_filter("defang", |text: String| text::defang(&text));
    env.add_filter("quoted", |text: String| text::defang_quoted(&text));
    env.add_filter("place", |place: String| text::defang_place(&place));
    env.add_filter("number", |number: i64| grouped(number));
    env.add_filter("clock", |time: String| clock(&time));
    env.add_filter("names", |all: Vec<String>| names(&all));
    env.add_filter("tone", |word: String| tone(&word));
    env
}

/// A time in RFC 3339 in whole seconds, with a space.
fn clock(time: &str) -> String {
    time.parse::<jiff::Timestamp>().map_or_else(|_| time.to_owned(), |at| text::clock_time(at.as_microsecond()))
}

/// A few names and how many there are beyond them.
fn names(all: &[String]) -> String {
    let shown =
        all.iter().take(NAMES).map(|name| text::one_line(name, text::NAME_CHARS)).collect::<Vec<_>>().join(", ");
    match all.len() {
        0 => "–".to_owned(),
        count if count > NAMES => format!("{shown}, {} more", count - NAMES),
        _ => shown,
    }
}

/// The class of the style sheet for a severity or risk word.
fn tone(word: &str) -> &'static str {
    ["critical", "high", "medium", "low"].into_iter().find(|known| *known == word).unwrap_or("informational")
}

/// Digits in groups of three: `12,345`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(values: &impl Serialize) -> String {
        let mut out = Vec::new();
        write("<b>title\u{202e}", "<p id=\"{{ text }}\">{{ text }} {{ at|time }} {{ n|number }}</p>", values, &mut out)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn whatever_a_template_prints_is_text() {
        let hostile = "<script>x</script>\"'\u{1b}[31m\u{202e}{{ 7 }}";
        let page = page(&context! { text => hostile, at => 1_774_951_200_000_000_i64, n => -1_234_567 });
        assert!(page.contains("&lt;script&gt;") && page.contains("\\u{1b}[31m\\u{202e}{{ 7 }}"), "{page}");
        assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
        assert!(page.contains("id=\"&lt;script&gt;") && page.contains("2026-03-31 10:00:00Z -1,234,567"), "{page}");
        assert!(page.contains("<title>&lt;b&gt;title\\u{202e}</title>"));
    }

    #[test]
    fn the_policy_allows_the_style_by_its_hash_and_nothing_else() {
        assert_eq!(base64(&Sha256::digest("")), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let page = page(&context! { text => "", at => 0, n => 0 });
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert!(
            page.contains(&format!("style-src 'sha256-{}'", base64(&Sha256::digest(style)).replace('/', "&#x2f;"))),
            "{page}"
        );
        assert!(!page.contains("unsafe") && page.contains("default-src 'none'"));
    }

    #[test]
    fn a_value_that_is_not_there_is_an_error() {
        assert!(write("t", "{{ missing }}", &context! {}, &mut Vec::new()).is_err());
    }
}
