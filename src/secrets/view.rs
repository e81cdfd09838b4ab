//! Readings of a text: with escapes resolved, line numbers removed, URL- or base64-decoded; each knows where its bytes
//! came from.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2_iter, memmem};

/// Longest value that may cross the end of a window.
const NEAR: usize = 256;
/// Begins a control sequence of a terminal.
const ESCAPE: u8 = 0x1b;
/// Longest control sequence.
const SEQUENCE: usize = 40;
/// Entities of HTML that stand in text for what would end it.
const ENTITIES: [(&[u8], u8); 8] = [
    (b"&quot;", b'"'),
    (b"&#34;", b'"'),
    (b"&#x22;", b'"'),
    (b"&#39;", b'\''),
    (b"&#x27;", b'\''),
    (b"&amp;", b'&'),
    (b"&lt;", b'<'),
    (b"&gt;", b'>'),
];

/// A reading of a text and the way back to it.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    /// What the reading says.
    pub text: Cow<'a, [u8]>,
    /// (offset here, offset in the source) of every run; the distance is constant until the next entry. Empty for the
    /// source itself.
    map: Vec<(usize, usize)>,
    source_len: usize,
}

impl<'a> View<'a> {
    /// The text itself.
    pub(super) fn raw(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text.as_bytes()), map: Vec::new(), source_len: text.len() }
    }

    /// The text with escape sequences of any nesting resolved, without the colours of a terminal and the line numbers of
    /// a numbered listing, and with quotes that HTML writes as entities.
    pub(super) fn decoded(text: &'a str) -> Self {
        let mut view = Self::raw(text);
        if memchr(b'\\', text.as_bytes()).is_some() {
            view = view.rewrite(unescape);
        }
        if memchr(ESCAPE, &view.text).is_some() {
            view = view.rewrite(strip_colours);
        }
        if is_numbered(&view.text) {
            view = view.rewrite(strip_numbers);
        }
        let named = |name: &[u8]| memmem::find(&view.text, name).is_some();
        if memchr(b'&', &view.text).is_some() && [&b"&quot;"[..], b"&amp;", b"&lt;", b"&#"].into_iter().any(named) {
            view = view.rewrite(resolve_entities);
        }
        view
    }

    /// Applies a rewriting function and keeps the way back to the first source.
    pub(super) fn rewrite(self, with: fn(&[u8], &mut Builder)) -> Self {
        let mut builder = Builder { text: Vec::with_capacity(self.text.len()), map: vec![(0, 0)] };
        with(&self.text, &mut builder);
        let map = builder.map.iter().map(|&(here, there)| (here, self.source(there))).collect::<Vec<_>>();
        // A run that crosses one of the inner view's breaks needs that break too.
        let mut merged = Vec::with_capacity(map.len() + self.map.len());
        for (at, &(here, _)) in builder.map.iter().enumerate() {
            let (_, from) = builder.map[at];
            let end = builder.map.get(at + 1).map_or(builder.text.len(), |next| next.0);
            merged.push(map[at]);
            let first = self.map.partition_point(|entry| entry.0 <= from);
            for &(inner, source) in self.map[first..].iter().take_while(|entry| entry.0 < from + (end - here)) {
                merged.push((here + inner - from, source));
            }
        }
        Self { text: Cow::Owned(builder.text), map: merged, source_len: self.source_len }
    }

    /// Offset in the source of an offset here.
    pub(super) fn source(&self, at: usize) -> usize {
        let index = self.map.partition_point(|entry| entry.0 <= at).saturating_sub(1);
        let (here, there) = self.map.get(index).copied().unwrap_or((0, 0));
        (there + at.saturating_sub(here)).min(self.source_len)
    }

    /// Range in the source of a range here.
    pub(super) fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.source(start);
        let to = if end >= self.text.len() {
            self.source_len
        } else if end > start {
            // The end belongs to the last byte inside: what follows may be the first byte of a removed prefix.
            let last = self.source(end - 1);
            let next = self.source(end);
            if next == last + 1 || !self.breaks_at(end) { last + 1 } else { next.min(last + 24) }
        } else {
            from
        };
        (from, to.max(from))
    }

    /// Whether the source reads differently somewhere in or near this part of it. A value that begins there may end
    /// beyond, so the part counts as longer than it is.
    pub(super) fn breaks_within(&self, part: &Range<usize>) -> bool {
        let next = self.map.partition_point(|entry| entry.1 + NEAR <= part.start);
        self.map[next..].iter().find(|entry| entry.1 > 0).is_some_and(|entry| entry.1 <= part.end + NEAR)
    }

    fn breaks_at(&self, at: usize) -> bool {
        self.map.binary_search_by_key(&at, |entry| entry.0).is_ok()
            && self.map.binary_search_by_key(&(at - 1), |e| e.0).is_ok()
    }
}

/// Collects a rewritten text and its map.
#[derive(Debug)]
pub(super) struct Builder {
    text: Vec<u8>,
    map: Vec<(usize, usize)>,
}

impl Builder {
    fn copy(&mut self, from: usize, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.mark(from);
            self.text.extend_from_slice(bytes);
        }
    }

    /// The next byte stands for the source from `from` on.
    fn mark(&mut self, from: usize) {
        let here = self.text.len();
        match self.map.last_mut() {
            Some(last) if last.0 == here => last.1 = from,
            Some(last) if last.1 + (here - last.0) == from => {}
            _ => self.map.push((here, from)),
        }
    }
}

/// Resolves JSON and programming-language escapes. A run of backslashes before an escape letter is one escape, however
/// often the text was wrapped into JSON.
fn unescape(text: &[u8], out: &mut Builder) {
    let mut at = 0;
    while let Some(step) = memchr(b'\\', &text[at..]) {
        let slash = at + step;
        out.copy(at, &text[at..slash]);
        let run = text[slash..].iter().take_while(|&&b| b == b'\\').count();
        let letter = slash + run;
        let plain: Option<(u32, usize)> = match text.get(letter) {
            Some(b'n') => Some((0x0a, 1)),
            Some(b'r') => Some((0x0d, 1)),
            Some(b't') => Some((0x09, 1)),
            Some(quote @ (b'"' | b'\'' | b'/' | b'`')) => Some((u32::from(*quote), 1)),
            Some(b'u') => text
                .get(letter + 1..letter + 5)
                .and_then(|hex| std::str::from_utf8(hex).ok())
                .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .map(|code| (code, 5)),
            _ => None,
        };
        match plain.and_then(|(code, used)| char::from_u32(code).map(|c| (c, used))) {
            Some((c, used)) => {
                let mut buffer = [0; 4];
                out.mark(slash);
                out.text.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                at = letter + used;
            }
            None => {
                out.mark(letter - 1);
                out.text.push(b'\\');
                at = letter;
            }
        }
        out.mark(at);
    }
    out.copy(at, &text[at..]);
}

/// Leaves out what a terminal reads as commands: `ESC [ … letter`.
fn strip_colours(text: &[u8], out: &mut Builder) {
    let mut at = 0;
    while let Some(step) = memchr(ESCAPE, &text[at..]) {
        let start = at + step;
        out.copy(at, &text[at..start]);
        let rest = &text[start + 1..text.len().min(start + SEQUENCE)];
        let length = match rest.strip_prefix(b"[") {
            Some(inside) => inside.iter().position(|byte| (0x40..0x7f).contains(byte)).map_or(1, |last| last + 2),
            None => 0,
        };
        at = start + 1 + length;
    }
    out.copy(at, &text[at..]);
}

/// Puts the characters for [`ENTITIES`].
fn resolve_entities(text: &[u8], out: &mut Builder) {
    let mut at = 0;
    while let Some(step) = memchr(b'&', &text[at..]) {
        let start = at + step;
        out.copy(at, &text[at..start]);
        match ENTITIES.iter().find(|(name, _)| text[start..].starts_with(name)) {
            Some((name, byte)) => {
                out.mark(start);
                out.text.push(*byte);
                at = start + name.len();
                out.mark(at);
            }
            None => {
                out.copy(start, b"&");
                at = start + 1;
            }
        }
    }
    out.copy(at, &text[at..]);
}

/// Length of a line-number prefix (`   12→`, `   12<tab>`) at the start of a line, 0 if there is none.
fn number_prefix(line: &[u8]) -> usize {
    let blank = line.iter().take(10).take_while(|&&b| b == b' ').count();
    let digits = line[blank..].iter().take(8).take_while(|b| b.is_ascii_digit()).count();
    let rest = &line[blank + digits..];
    match (digits, rest) {
        (1..=7, [0xe2, 0x86, 0x92, ..]) => blank + digits + 3,
        (1..=7, [b'\t', ..]) => blank + digits + 1,
        _ => 0,
    }
}

fn is_numbered(text: &[u8]) -> bool {
    let ends_number = |at: usize| {
        let digits = text[..at].iter().rev().take(8).take_while(|byte| byte.is_ascii_digit()).count();
        let before = text[..at - digits].iter().rev().take(11).find(|&&byte| byte != b' ');
        digits > 0 && before.is_none_or(|&byte| byte == b'\n')
    };
    // The digits before a mark are asked for first, since few marks have any; the line itself decides.
    memchr2_iter(0xe2, b'\t', text).filter(|&at| ends_number(at)).any(|at| {
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
        number_prefix(&text[start..]) > 0
    })
}

fn strip_numbers(text: &[u8], out: &mut Builder) {
    let mut at = 0;
    for end in memchr_iter(b'\n', text).map(|end| end + 1).chain([text.len()]) {
        let skip = number_prefix(&text[at..end]);
        out.copy(at + skip, &text[at + skip..end]);
        at = end;
    }
}

/// Resolves `%XX` in the stretches of `text` that hold any, each with the text before it on its line; other text is left
/// out. Nothing if there is none.
pub(super) fn url_decode(text: &[u8], out: &mut Builder) {
    let is_escape = |at: usize| {
        text.get(at) == Some(&b'%') && text.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    let mut done = 0;
    let mut at = 0;
    while let Some(step) = memchr(b'%', &text[at..]) {
        let hit = at + step;
        at = hit + 1;
        if !is_escape(hit) {
            continue;
        }
        let start = text[done..hit]
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(done, |p| done + p + 1)
            .max(hit.saturating_sub(200));
        let end = text[hit..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |p| hit + p);
        out.mark(start);
        let mut from = start;
        while from < end {
            match memchr(b'%', &text[from..end]) {
                Some(step) if is_escape(from + step) => {
                    out.copy(from, &text[from..from + step]);
                    out.mark(from + step);
                    let hex = |b: u8| (char::from(b).to_digit(16).unwrap_or(0)) as u8;
                    out.text.push(hex(text[from + step + 1]) << 4 | hex(text[from + step + 2]));
                    from += step + 3;
                    out.mark(from);
                }
                Some(step) => {
                    out.copy(from, &text[from..=from + step]);
                    from += step + 1;
                }
                None => {
                    out.copy(from, &text[from..end]);
                    from = end;
                }
            }
        }
        out.mark(end);
        out.text.push(b'\n');
        done = end;
        at = end;
    }
}
