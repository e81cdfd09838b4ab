//! Text to the things it names, in one pass: the text falls into words, and the form of a word says what it can be.

use super::hosts::{self, Endings};
use super::packages::Managers;
use super::shell_programs::Programs;
use super::things::Things;
use super::{numbers, paths, unicode};

/// Longest text that is read; the rest is left out and counted.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// Longest word that is looked at.
const MAX_WORD: usize = 4096;

/// Lines with an installation that are read in one text.
const MAX_INSTALLS: usize = 32;

/// What reading takes.
#[derive(Debug)]
pub(super) struct TextReader {
    pub(super) endings: Endings,
    pub(super) managers: Managers,
}

impl TextReader {
    /// With the built-in lists.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        Ok(Self { endings: Endings::builtin()?, managers: Managers::builtin()? })
    }

    /// Adds what a text names. `base` is the folder that relative paths start from.
    pub(super) fn read(&self, text: &str, base: Option<&str>, programs: &Programs, things: &mut Things) {
        let head = super::cut(text, MAX_TEXT);
        things.left_out += u64::from(head.len() < text.len());
        unicode::hidden(head, things);
        let bytes = head.as_bytes();
        let (mut at, mut installs) = (0, 0);
        while at < bytes.len() {
            if is_separator(bytes, at) {
                // `\n` in text that is JSON inside JSON.
                let escape = bytes[at] == b'\\' && matches!(bytes.get(at + 1), Some(b'n' | b'r' | b't'));
                at += 1 + usize::from(escape);
                continue;
            }
            let (end, form) = word_end(bytes, at);
            let word = head.get(at..end).unwrap_or_default();
            if form.letters && word.len() <= 8 && installs < MAX_INSTALLS && self.managers.starts_with(word) {
                let line_end = memchr::memchr2(b'\n', b'`', &bytes[end..]).map_or(bytes.len(), |n| end + n);
                let line = super::cut(head.get(at..line_end).unwrap_or_default(), 300);
                installs += usize::from(self.managers.line(line, programs, things));
            }
            self.word(word, form, base, things);
            if form.iban_start {
                spaced_iban(bytes, at, things);
            }
            at = end.max(at + 1);
        }
    }

    /// Adds what one word is.
    fn word(&self, word: &str, form: Form, base: Option<&str>, things: &mut Things) {
        if word.len() < 3 || word.len() > MAX_WORD {
            return;
        }
        if form.defanged {
            let plain = refang(word);
            let form = word_end(plain.as_bytes(), 0).1;
            if form.dots > 0 || form.scheme {
                self.word(&plain, Form { defanged: false, ..form }, base, things);
            }
            return;
        }
        if form.scheme {
            // `href=https://…` and the like: what stands before the scheme is not part of it.
            let start = word.find("://").map_or(0, |at| {
                word[..at].rfind(|c: char| !c.is_ascii_alphanumeric() && !"+.-".contains(c)).map_or(0, |p| p + 1)
            });
            let word = word.get(start..).unwrap_or(word);
            let scheme = word.split(':').next().unwrap_or_default().to_ascii_lowercase();
            let plain = match scheme.as_str() {
                "hxxp" | "hxxps" | "fxp" => Some(refang(word)),
                _ => None,
            };
            hosts::url(plain.as_deref().unwrap_or(word), &self.endings, things);
            return;
        }
        // Emphasis of Markdown.
        let word = word.trim_start_matches(['*', '_', '#']);
        if form.at_signs > 0 && !word.starts_with('@') {
            let _ = hosts::email(word, things) || hosts::scp_like(word, &self.endings, things);
            return;
        }
        if form.colons >= 5 && word.starts_with("arn:") {
            let value = word.trim_end_matches(['.', ',', ':', '*']);
            things.push("cloud_resource", value.to_owned(), None, Some("aws".into()));
            return;
        }
        if word.starts_with("/subscriptions/") {
            things.push("cloud_resource", word.to_owned(), None, Some("azure".into()));
            return;
        }
        if form.plain {
            if let Some(chain) = numbers::wallet(word) {
                things.push("wallet", word.to_owned(), None, Some(chain.into()));
            } else if let Some(algorithm) = numbers::hash(word) {
                things.push("hash", word.to_lowercase(), None, Some(algorithm.into()));
            } else if numbers::is_iban(word) {
                things.add("iban", word);
            }
            return;
        }
        if (form.slashes > 0 || word.contains('\\')) && paths::looks_like_path(word) && !bare_host_with_path(word) {
            paths::path(word, base, things);
            return;
        }
        if form.dots == 3 || form.colons >= 2 {
            let bare = word.trim_end_matches(['.', ':', ',']);
            let bare = bare.split('/').next().unwrap_or(bare);
            let no_port = if form.dots == 3 { bare.split(':').next().unwrap_or(bare) } else { bare };
            if let Ok(ip) = no_port.parse::<std::net::IpAddr>() {
                // `a::b` stands in code for other things.
                if no_port.len() >= 4 && no_port.bytes().any(|b| b.is_ascii_digit()) {
                    things.add("ip", ip.to_string());
                }
                return;
            }
        }
        if form.dots > 0 {
            if word.starts_with(".env") || word.ends_with("/.env") {
                paths::path(word, base, things);
            } else {
                hosts::bare_host(word.trim_end_matches(['.', ':', '!', '?', '*']), &self.endings, things);
            }
        }
    }
}

/// `example.com/path`: a relative path by its form, a host by its first part.
fn bare_host_with_path(word: &str) -> bool {
    let first = word.split('/').next().unwrap_or_default();
    first.contains('.')
        && !first.starts_with('.')
        && psl::domain(first.as_bytes()).is_some_and(|d| d.suffix().is_known())
}

/// What the bytes of a word tell.
#[derive(Debug, Default, Clone, Copy)]
struct Form {
    dots: u32,
    slashes: u32,
    colons: u32,
    at_signs: u32,
    scheme: bool,
    defanged: bool,
    /// Letters and digits only, ASCII.
    plain: bool,
    /// Lower-case letters only, and digits.
    letters: bool,
    /// Two capitals and two digits.
    iban_start: bool,
}

/// Length of `[.]`, `(dot)`, `[at]`, `[:]` and the like at `at`, 0 if there is none.
fn defang_mark(bytes: &[u8], at: usize) -> usize {
    const MARKS: [(&[u8], u8); 10] = [
        (b"[.]", 0),
        (b"(.)", 0),
        (b"{.}", 0),
        (b"[dot]", 0),
        (b"(dot)", 0),
        (b"[:]", 0),
        (b"[://]", 0),
        (b"[at]", 0),
        (b"(at)", 0),
        (b"[@]", 0),
    ];
    let rest = &bytes[at..];
    MARKS.iter().find(|(mark, _)| rest.starts_with(mark)).map_or(0, |(mark, _)| mark.len())
}

fn refang(word: &str) -> String {
    let mut text = word.to_owned();
    for (mark, plain) in [
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("[://]", "://"),
        ("[:]", ":"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("[@]", "@"),
    ] {
        if text.contains(mark) {
            text = text.replace(mark, plain);
        }
    }
    for (mark, plain) in [("hxxps://", "https://"), ("hxxp://", "http://"), ("fxp://", "ftp://")] {
        if text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
            text = format!("{plain}{}", &text[mark.len()..]);
        }
    }
    text
}

fn is_separator(bytes: &[u8], at: usize) -> bool {
    SEPARATORS[bytes[at] as usize] || bytes[at] == b'\\' && bytes.get(at + 1) != Some(&b'\\')
}

/// Bytes that end a word.
const SEPARATORS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte <= 0x20 {
        table[byte] = true;
        byte += 1;
    }
    let marks = b"\"'<>()[]{}|,;`";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Where the word at `at` ends, and what its bytes tell.
fn word_end(bytes: &[u8], at: usize) -> (usize, Form) {
    let mut form = Form { plain: true, letters: true, ..Form::default() };
    let windows =
        bytes.len() > at + 2 && bytes[at].is_ascii_alphabetic() && bytes[at + 1] == b':' && bytes[at + 2] == b'\\';
    let mut end = at;
    while end < bytes.len() {
        let byte = bytes[end];
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => {}
            b'A'..=b'Z' => form.letters = false,
            other if SEPARATORS[other as usize] && defang_mark(bytes, end) == 0 => break,
            // A backslash belongs to Windows paths; elsewhere it begins an escape.
            b'\\' if !windows && bytes.get(at) != Some(&b'\\') => break,
            _ => {
                form.letters = false;
                form.plain = false;
                match byte {
                    b'.' => form.dots += 1,
                    b'/' => {
                        form.slashes += 1;
                        if end > at + 1 && bytes[end - 1] == b':' && bytes.get(end + 1) == Some(&b'/') {
                            form.scheme = true;
                        }
                    }
                    b':' => form.colons += 1,
                    b'@' => form.at_signs += 1,
                    b'[' | b'(' | b'{' if defang_mark(bytes, end) > 0 => {
                        form.defanged = true;
                        end += defang_mark(bytes, end);
                        continue;
                    }
                    _ => {}
                }
            }
        }
        end += 1;
    }
    form.iban_start = form.plain
        && end - at == 4
        && bytes[at].is_ascii_uppercase()
        && bytes[at + 1].is_ascii_uppercase()
        && bytes[at + 2].is_ascii_digit()
        && bytes[at + 3].is_ascii_digit();
    (end, form)
}

/// An IBAN in groups of four.
fn spaced_iban(bytes: &[u8], at: usize, things: &mut Things) {
    let mut joined = String::new();
    let mut end = at;
    while end < bytes.len() && joined.len() < 34 {
        let group = bytes[end..].iter().take(5).take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
        if group == 0 || group > 4 {
            break;
        }
        joined.extend(bytes[end..end + group].iter().map(|b| char::from(*b)));
        end += group;
        if group < 4 || bytes.get(end) != Some(&b' ') {
            break;
        }
        end += 1;
    }
    if numbers::is_iban(&joined) {
        things.add("iban", joined);
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
