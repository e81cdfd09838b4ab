//! Words of shell text: quotes removed, and the scripts found that a word runs (`$(…)`, backquotes, `<(…)`).
//!
//! Also the splitter that reads what the grammar refuses (too long, too deep, not a POSIX shell): it knows quotes,
//! operators, redirections and here-documents, runs in one pass and never fails.

use super::shell::Dialect;

/// A word without its quotes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What the program would get, with expansions left as written.
    pub text: String,
    /// Scripts that run inside it.
    pub scripts: Vec<String>,
}

/// One simple command, its words as written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Simple {
    /// Words, program first.
    pub words: Vec<String>,
    /// Variables assigned before the program, with their values.
    pub assigns: Vec<(String, String)>,
    /// Words that input is redirected from.
    pub reads: Vec<String>,
    /// Words that output is redirected to.
    pub writes: Vec<String>,
    /// Here-documents and here-strings.
    pub inputs: Vec<String>,
    /// Scripts inside that are no words (`<(…)`).
    pub scripts: Vec<String>,
    /// How it follows the command before it.
    pub operator: &'static str,
    /// Index of the command whose output it reads.
    pub pipe_from: Option<usize>,
    /// Stands in the body of a function.
    pub in_function: bool,
    /// No command of its own: words of a loop or a `case`, read for the scripts in them.
    pub silent: bool,
    /// As written.
    pub text: String,
}

/// Removes quotes from a word and collects the scripts that run in it.
pub(super) fn word(raw: &str) -> Word {
    let bytes = raw.as_bytes();
    let mut out = Word { text: String::with_capacity(raw.len()), scripts: Vec::new() };
    let (mut at, mut from, mut double) = (0, 0, false);
    while at < bytes.len() {
        let keep = |out: &mut Word, from: usize, to: usize| out.text.push_str(raw.get(from..to).unwrap_or_default());
        match bytes[at] {
            b'\\' if !double || matches!(bytes.get(at + 1), Some(b'"' | b'\\' | b'$' | b'`' | b'\n')) => {
                keep(&mut out, from, at);
                from = at + 1;
                if bytes.get(from) == Some(&b'\n') {
                    from += 1;
                }
                at += 2;
            }
            b'\'' if !double => {
                let ansi = at > from && bytes[at - 1] == b'$';
                keep(&mut out, from, at - usize::from(ansi));
                let end = quote_end(bytes, at + 1, ansi);
                let inner = raw.get(at + 1..end).unwrap_or_default();
                if ansi {
                    ansi_c(inner, &mut out.text)
                } else {
                    out.text.push_str(inner)
                }
                at = (end + 1).min(bytes.len());
                from = at;
            }
            b'"' => {
                keep(&mut out, from, at);
                double = !double;
                at += 1;
                from = at;
            }
            b'`' => {
                let end = backquote_end(bytes, at + 1);
                out.scripts.push(raw.get(at + 1..end).unwrap_or_default().replace("\\`", "`"));
                at = (end + 1).min(bytes.len());
            }
            b'$' | b'<' | b'>' if bytes.get(at + 1) == Some(&b'(') && (bytes[at] == b'$' || !double) => {
                let end = paren_end(bytes, at + 2);
                let inner = raw.get(at + 2..end).unwrap_or_default();
                // `$((…))` is arithmetic, unless it is a subshell in a substitution.
                if !(inner.starts_with('(') && inner.ends_with(')')) {
                    out.scripts.push(inner.to_owned());
                }
                at = (end + 1).min(bytes.len());
            }
            _ => at += 1,
        }
    }
    out.text.push_str(raw.get(from.min(raw.len())..).unwrap_or_default());
    out
}

/// Position of the closing quote, or the end.
fn quote_end(bytes: &[u8], mut at: usize, escapes: bool) -> usize {
    while at < bytes.len() && bytes[at] != b'\'' {
        at += if escapes && bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

fn backquote_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() && bytes[at] != b'`' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// Position of the parenthesis that closes one opened before `at`, or the end.
fn paren_end(bytes: &[u8], mut at: usize) -> usize {
    let (mut depth, mut quote) = (1_u32, 0_u8);
    while at < bytes.len() {
        match (bytes[at], quote) {
            (b'\\', q) if q != b'\'' => at += 1,
            (b'\'', 0) => quote = b'\'',
            (b'"', 0) => quote = b'"',
            (b, q) if b == q && q != 0 => quote = 0,
            (b'(', 0) => depth += 1,
            (b')', 0) => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Appends the text of `$'…'`.
pub(super) fn ansi_c(inner: &str, to: &mut String) {
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            to.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => to.push('\n'),
            Some('t') => to.push('\t'),
            Some('r') => to.push('\r'),
            Some('e' | 'E') => to.push('\u{1b}'),
            Some('x') => to.extend(number_of(&mut chars, 16, 2, None)),
            Some('u') => to.extend(number_of(&mut chars, 16, 4, None)),
            Some('U') => to.extend(number_of(&mut chars, 16, 8, None)),
            Some(digit @ '0'..='7') => to.extend(number_of(&mut chars, 8, 3, Some(digit))),
            Some(other) => to.push(other),
            None => {}
        }
    }
}

/// The character with a number of at most `most` digits.
fn number_of(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    radix: u32,
    most: usize,
    first: Option<char>,
) -> Option<char> {
    let mut digits: String = first.into_iter().collect();
    while digits.len() < most {
        match chars.next_if(|c| c.is_digit(radix)) {
            Some(digit) => digits.push(digit),
            None => break,
        }
    }
    u32::from_str_radix(&digits, radix).ok().and_then(char::from_u32)
}

/// Splits text into commands without a grammar.
pub(super) fn split(script: &str, dialect: Dialect) -> Vec<Simple> {
    let mut splitter = Splitter { dialect, out: Vec::new(), now: Simple::default(), redirect: 0, pending: Vec::new() };
    splitter.run(script);
    splitter.out
}

/// Words that may stand before a command without being one.
const KEYWORDS: [&str; 12] = ["if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!"];

struct Splitter {
    dialect: Dialect,
    out: Vec<Simple>,
    now: Simple,
    /// What the next word is: 0 an argument, `<` or `>` the file of a redirection, `h` the end of a here-document.
    redirect: u8,
    /// Ends of here-documents whose text starts with the next line.
    pending: Vec<String>,
}

impl Splitter {
    fn run(&mut self, script: &str) {
        let bytes = script.as_bytes();
        let mut at = 0;
        while at < bytes.len() && self.out.len() < super::shell::MAX_COMMANDS {
            let (next, operator) = self.operator(bytes, at);
            if let Some(operator) = operator {
                at = next;
                let newline = operator == "\n";
                self.end(if newline { ";" } else { operator });
                if newline {
                    at = self.documents(script, at);
                }
                continue;
            }
            match bytes[at] {
                b' ' | b'\t' | b'\r' | b'(' | b')' | b'&' => at += 1,
                b'#' if self.dialect != Dialect::Cmd => {
                    at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                }
                b'<' | b'>' => at = self.redirection(bytes, at),
                _ => {
                    let end = self.word_end(bytes, at);
                    self.word(script.get(at..end).unwrap_or_default());
                    at = end.max(at + 1);
                }
            }
        }
        self.end("");
    }

    fn operator(&self, bytes: &[u8], at: usize) -> (usize, Option<&'static str>) {
        let twice = bytes.get(at + 1) == Some(&bytes[at]);
        match bytes[at] {
            b'\n' => (at + 1, Some("\n")),
            b';' if self.dialect != Dialect::Cmd => (at + 1, Some(";")),
            b'|' if twice => (at + 2, Some("||")),
            b'|' => (at + 1, Some("|")),
            b'&' if twice => (at + 2, Some("&&")),
            // `&>` redirects; in PowerShell `&` calls what follows.
            b'&' if bytes.get(at + 1) == Some(&b'>') || self.dialect == Dialect::PowerShell => (at + 1, None),
            b'&' => (at + 1, Some("&")),
            _ => (at, None),
        }
    }

    fn redirection(&mut self, bytes: &[u8], at: usize) -> usize {
        let sign = bytes[at];
        let mut end = at + 1;
        while end < bytes.len() && end < at + 3 && matches!(bytes[end], b'<' | b'>' | b'|' | b'&' | b'-') {
            end += 1;
        }
        // The number before the sign is no argument.
        if at > 0
            && bytes[at - 1].is_ascii_digit()
            && self.now.words.last().is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()))
        {
            self.now.words.pop();
        }
        self.redirect = match &bytes[at..end] {
            [b'<', b'<', b'<', ..] => b's',
            [b'<', b'<', ..] => b'h',
            _ if bytes.get(at + 1) == Some(&b'(') => 0,
            [_, b'&', ..] => b'&',
            _ => sign,
        };
        end
    }

    fn word_end(&self, bytes: &[u8], mut at: usize) -> usize {
        let escape = self.dialect.escape();
        let mut quote = 0;
        while at < bytes.len() {
            match (bytes[at], quote) {
                (b, q) if b == escape && q != b'\'' => at += 1,
                (b'$' | b'<' | b'>', q) if q != b'\'' && bytes.get(at + 1) == Some(&b'(') => {
                    at = paren_end(bytes, at + 2);
                }
                (b'\'', 0) if self.dialect != Dialect::Cmd => quote = b'\'',
                (b'"', 0) => quote = b'"',
                (b, q) if q != 0 && b == q => quote = 0,
                (b' ' | b'\t' | b'\r' | b'\n' | b'|' | b'&' | b'<' | b'>' | b'(' | b')', 0) => break,
                (b';', 0) if self.dialect != Dialect::Cmd => break,
                _ => {}
            }
            at += 1;
        }
        at.min(bytes.len())
    }

    fn word(&mut self, raw: &str) {
        match std::mem::take(&mut self.redirect) {
            b'<' => self.now.reads.push(raw.to_owned()),
            b'>' => self.now.writes.push(raw.to_owned()),
            b'h' => self.pending.push(word(raw).text),
            b's' => self.now.inputs.push(raw.to_owned()),
            b'&' => {}
            _ if self.now.words.is_empty() && KEYWORDS.contains(&raw) => {}
            _ if self.now.words.is_empty() && self.dialect == Dialect::Sh => match assignment(raw) {
                Some((name, value)) => self.now.assigns.push((name.to_owned(), value.to_owned())),
                None => self.now.words.push(raw.to_owned()),
            },
            _ => self.now.words.push(raw.to_owned()),
        }
    }

    /// Takes the here-documents that start at a new line.
    fn documents(&mut self, script: &str, mut at: usize) -> usize {
        for tag in std::mem::take(&mut self.pending) {
            let start = at;
            let mut end = script.len();
            for line in script.get(at..).unwrap_or_default().split_inclusive('\n') {
                at += line.len();
                if line.trim_end_matches(['\n', '\r']).trim_start_matches('\t') == tag {
                    end = at - line.len();
                    break;
                }
            }
            if let (Some(command), Some(text)) = (self.out.last_mut(), script.get(start..end.max(start))) {
                command.inputs.push(text.to_owned());
            }
        }
        at
    }

    fn end(&mut self, operator: &'static str) {
        let mut done = std::mem::take(&mut self.now);
        self.redirect = 0;
        self.now.operator = operator;
        if done.words.is_empty() && done.assigns.is_empty() && done.writes.is_empty() && done.reads.is_empty() {
            self.now.operator = if done.operator.is_empty() { "" } else { operator };
            return;
        }
        if self.dialect != Dialect::Sh {
            done.words.iter_mut().for_each(|word| *word = self.dialect.plain(word));
        }
        done.pipe_from = (done.operator == "|" && !self.out.is_empty()).then(|| self.out.len() - 1);
        let assigned = done.assigns.iter().map(|(name, value)| format!("{name}={value}"));
        let redirected = done.reads.iter().map(|file| format!("< {file}"));
        let written = done.writes.iter().map(|file| format!("> {file}"));
        let parts: Vec<String> = assigned.chain(done.words.iter().cloned()).chain(redirected).chain(written).collect();
        done.text = parts.join(" ");
        self.out.push(done);
    }
}

/// Splits `NAME=value`.
pub(super) fn assignment(raw: &str) -> Option<(&str, &str)> {
    let (name, value) = raw.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let valid = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then_some((name, value))
}
