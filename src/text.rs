//! Making hostile text safe to show: visible escapes, sane lengths, defanged addresses, inert Markdown.
//!
//! Everything inside a record is chosen by somebody else, and reports are pasted into terminals, tickets and chats.
//! Functions here never judge and never drop text silently: what cannot be shown is shown as an escape, what is cut
//! is counted. All of them depend on their arguments only.
//!
//! Markdown has no escape that every renderer honours: code hosts link `user@host`, `@name`, `#12` and `www.` in
//! plain text *after* parsing, so backslashes and entities do not help. Code spans do. [`md_prose`] therefore leaves
//! ordinary words as they are and puts everything else into code spans; [`md_code`] is for names.

mod visible;

use jiff::Timestamp;

pub use visible::{both_ends, cut, cut_inside, gist, one_line, opening, visible};

/// Longest name shown, in characters.
pub const NAME_CHARS: usize = 80;

/// Longest name of an object, a file or a place shown, in characters.
const PLACE_CHARS: usize = 160;

/// Longest quotation kept in one code span, in words.
const QUOTED_WORDS: usize = 60;

/// Longest sentence shown, in characters.
pub const SENTENCE_CHARS: usize = 600;

/// The name of an object, a file or a place as one line of at most 160 characters; both ends of a longer one stay.
#[must_use]
pub fn place(name: &str) -> String {
    both_ends(name, PLACE_CHARS)
}

/// Time in RFC 3339, UTC, always with six decimals, so that times sort as text. Input is microseconds since the
/// epoch; values outside the years -9999 to 9999 are shown as the nearest time inside.
#[must_use]
pub fn rfc3339(micros: i64) -> String {
    format!("{:.6}", timestamp(micros))
}

/// Like [`rfc3339`] in whole seconds and with a space: `2026-03-31 10:00:00Z`.
#[must_use]
pub fn clock_time(micros: i64) -> String {
    timestamp(micros).strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// The day of a time: `2026-03-31`.
#[must_use]
pub fn day(micros: i64) -> String {
    timestamp(micros).strftime("%Y-%m-%d").to_string()
}

fn timestamp(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// Makes a place that data was sent to impossible to follow: a host, an address or anything else with dots.
#[must_use]
pub fn defang_place(place: &str) -> String {
    place.replace("://", "[:]//").replace('.', "[.]").replace('@', "[@]")
}

/// Breaks a host so that nothing links it: `evil[.]example`. Doing it twice changes nothing.
#[must_use]
pub fn defang_host(host: &str) -> String {
    let mut out = String::with_capacity(host.len() + 8);
    let mut rest = host;
    while let Some(at) = rest.find('.') {
        let (before, after) = rest.split_at(at);
        let done = before.ends_with('[') && after.starts_with(".]");
        out.push_str(before);
        out.push_str(if done { "." } else { "[.]" });
        rest = &after[1..];
    }
    out.push_str(rest);
    out
}

/// Breaks URLs (`hxxps://evil[.]example/x`), `www.` names, IPv4 addresses and hosts that are followed by a path.
/// A lone dotted word such as `main.rs` stays: it is more often a file than a host. What stands in double quotes is
/// quoted from traffic, so e-mail addresses are broken there as well, and a host that is all that is quoted; elsewhere
/// they are logins and files. Doing it twice changes nothing.
#[must_use]
pub fn defang(text: &str) -> String {
    let separator = |c: char| c.is_whitespace() || "\"'<>()`,;|".contains(c);
    let text = defang_schemes(text);
    let text: String = text.split_inclusive(separator).map(defang_word).collect();
    if !text.contains('"') {
        return text;
    }
    let part = |(at, part): (usize, &str)| match at % 2 == 1 {
        true if is_host(part) => defang_host(part),
        true => defang_mails(part, |_| false),
        false => part.to_owned(),
    };
    text.split('"').enumerate().map(part).collect::<Vec<_>>().join("\"")
}

/// [`defang`] of what was quoted from traffic as a whole: every e-mail address is broken.
#[must_use]
pub fn defang_quoted(text: &str) -> String {
    defang_but(text, |_| false)
}

/// [`defang_quoted`] but for the addresses that are known, such as logins.
#[must_use]
pub fn defang_but(text: &str, known: impl Fn(&str) -> bool) -> String {
    defang_mails(&defang(text), known)
}

/// Breaks e-mail addresses that are not known: `me[@]mail[.]example`.
fn defang_mails(text: &str, known: impl Fn(&str) -> bool) -> String {
    let local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let host = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let name = before.len() - before.trim_end_matches(local).len();
        let domain = after.find(|c| !host(c)).unwrap_or(after.len());
        let domain = after[..domain].trim_end_matches(['.', '-']);
        if name == 0 || !domain.contains('.') {
            out.push_str(&rest[..=at]);
            rest = after;
            continue;
        }
        let (lead, name) = before.split_at(before.len() - name);
        match known(&format!("{name}@{domain}")) {
            true => out.extend([lead, name, "@", domain]),
            false => out.extend([lead, &defang_host(name), "[@]", &defang_host(domain)]),
        }
        rest = &after[domain.len()..];
    }
    out.push_str(rest);
    out
}

/// `http://` becomes `hxxp://`, other schemes lose their colon.
fn defang_schemes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let before = &rest[..at];
        let is = |scheme: &str| {
            before
                .len()
                .checked_sub(scheme.len())
                .and_then(|from| before.get(from..))
                .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
        };
        if is("http") {
            out.extend([&before[..at - 4], "hxxp://"]);
        } else if is("https") {
            out.extend([&before[..at - 5], "hxxps://"]);
        } else if is("hxxp") || is("hxxps") {
            out.extend([before, "://"]);
        } else {
            out.extend([before, "[:]//"]);
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

/// Breaks what stands behind every `//`, and the start of the word if it looks like an address.
fn defang_word(word: &str) -> String {
    let (start, mut rest) = word.split_at(word.find("//").unwrap_or(word.len()));
    let end = start.find(['/', '?', '#', ':']).unwrap_or(start.len());
    let (host, tail) = start.split_at(end);
    let www = host.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
    let trimmed = host.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let path = if tail.is_empty() { rest } else { tail }.starts_with('/');
    let address = www || is_ipv4(trimmed) || (path && is_host(host));
    let mut out = if address { format!("{}{tail}", defang_host(host)) } else { start.to_owned() };
    while let Some(at) = rest.find("//") {
        let (path, host) = rest.split_at(at + 2);
        let (host, tail) = host.split_at(host.find(['/', '?', '#', '\\']).unwrap_or(host.len()));
        out.push_str(path);
        out.push_str(&defang_host(host));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn is_ipv4(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// Whether a text has the form of a host of at least two labels.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let label = |l: &str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let last = text.rsplit('.').next().unwrap_or_default();
    text.contains('.')
        && text.split('.').all(label)
        && last.len() >= 2
        && last.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}

/// A name as a Markdown code span: one line, at most [`NAME_CHARS`] characters, defanged, inert in every renderer.
#[must_use]
pub fn md_code(text: &str) -> String {
    md_code_long(text, NAME_CHARS)
}

/// [`md_code`] with another length.
#[must_use]
pub fn md_code_long(text: &str, max: usize) -> String {
    span(&defang(&one_line(text, max)))
}

/// [`md_code_long`] of what was quoted from traffic: e-mail addresses are defanged as well.
#[must_use]
pub fn md_quoted(text: &str, max: usize) -> String {
    span(&defang_quoted(&one_line(text, max)))
}

/// [`md_code_long`] without defanging, for what must stay exact to be of use: commands, keys of exports, references.
#[must_use]
pub fn md_verbatim(text: &str, max: usize) -> String {
    span(&one_line(text, max))
}

fn span(text: &str) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    let fence = "`".repeat(longest_run(text, '`') + 1);
    // A code span loses one space at both ends, and a backtick must not touch the fence.
    let pad = text.starts_with('`')
        || text.ends_with('`')
        || (text.starts_with(' ') && text.ends_with(' ') && text.trim() != "");
    let pad = if pad { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// A sentence as inline Markdown: one line, at most [`SENTENCE_CHARS`] characters, defanged. Ordinary words stay
/// as they are; whatever could mean something to a renderer stands in code spans.
#[must_use]
pub fn md_prose(text: &str) -> String {
    md_prose_long(text, SENTENCE_CHARS)
}

/// [`md_prose`] with another length.
#[must_use]
pub fn md_prose_long(text: &str, max: usize) -> String {
    let text = defang(&one_line(text, max));
    let mut words: Vec<String> = Vec::new();
    // Neighbouring words that need a code span share one: opening punctuation, content, closing punctuation.
    let mut open: Option<(&str, String, &str)> = None;
    let all: Vec<&str> = text.split(' ').filter(|w| !w.is_empty()).collect();
    let mut at = 0;
    while let Some(word) = all.get(at) {
        if let Some((behind, quotation)) = quotation(&all, at) {
            words.extend(open.take().map(close));
            words.push(quotation);
            at = behind;
            continue;
        }
        at += 1;
        let (lead, core, trail) = peel(word);
        let plain = is_plain(core);
        if let Some((_, code, end)) = &mut open
            && !plain
            && lead.is_empty()
            && end.is_empty()
        {
            code.push(' ');
            code.push_str(core);
            *end = trail;
            continue;
        }
        words.extend(open.take().map(close));
        if plain {
            // `1.` and `1)` would start a list.
            let list = words.is_empty() && core.bytes().all(|b| b.is_ascii_digit()) && trail.starts_with(['.', ')']);
            words.push(format!("{lead}{core}{}{trail}", if list { "\\" } else { "" }));
        } else {
            open = Some((lead, core.to_owned(), trail));
        }
    }
    words.extend(open.map(close));
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// A quotation that begins with the word at a place and is not only ordinary words, in one code span: a command that is
/// quoted stays in one piece. With it comes the place of the word behind.
fn quotation(words: &[&str], at: usize) -> Option<(usize, String)> {
    let opening = words[at].trim_start_matches('(');
    let lead = &words[at][..words[at].len() - opening.len()];
    let first = opening.strip_prefix('"')?;
    let mut inside: Vec<&str> = Vec::new();
    for (end, word) in words.iter().enumerate().skip(at).take(QUOTED_WORDS) {
        let word = if end == at { first } else { word };
        let closing = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let Some(last) = closing.strip_suffix('"') else {
            inside.push(word);
            continue;
        };
        inside.push(last);
        let plain = inside.iter().all(|word| is_plain(peel(word).1));
        let text = inside.join(" ");
        if plain || text.trim().is_empty() {
            return None;
        }
        return Some((end + 1, format!("{lead}\"{}{}", span(&text), &word[last.len()..])));
    }
    None
}

fn close((lead, code, trail): (&str, String, &str)) -> String {
    format!("{lead}{}{trail}", span(&code))
}

/// Splits a word into opening punctuation, the word itself and closing punctuation, all three harmless at the ends.
fn peel(word: &str) -> (&str, &str, &str) {
    let core = word.trim_start_matches(['(', '"', '\'', '“', '‘']);
    let lead = &word[..word.len() - core.len()];
    let inner = core.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'', '”', '’', '…']);
    if inner.is_empty() {
        return ("", word, "");
    }
    // The possessive of a name is not part of it.
    let inner =
        inner.strip_suffix("'s").or_else(|| inner.strip_suffix("’s")).filter(|s| !s.is_empty()).unwrap_or(inner);
    (lead, inner, &core[inner.len()..])
}

/// Whether a word means itself to every renderer: letters, or a number, a date or a time of day, or letters joined by
/// `-`, `/` or `'`.
fn is_plain(word: &str) -> bool {
    if is_date_or_time(word) {
        return true;
    }
    let number = word.strip_suffix('%').unwrap_or(word);
    if number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
        return number.bytes().next().is_some_and(|b| b.is_ascii_digit());
    }
    // Code hosts link commit hashes.
    if word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit()) {
        return false;
    }
    if word == "–" || word == "—" || word == "…" {
        return true;
    }
    let mut previous_letter = false;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let joint = matches!(c, '-' | '/' | '\'' | '’');
        // `GH-12` is a link on some hosts, so a joint needs a letter behind it.
        if joint && (!previous_letter || !chars.peek().is_some_and(|next| next.is_alphabetic())) {
            return false;
        }
        if !joint && !c.is_alphanumeric() {
            return false;
        }
        previous_letter = c.is_alphanumeric();
    }
    true
}

/// `2026-03-31`, or `10:00`.
fn is_date_or_time(word: &str) -> bool {
    let shape: String = word.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00" | "00:00")
}

/// Makes finished inline Markdown fit a table cell: pipes no longer end it.
#[must_use]
pub fn md_cell(markdown: &str) -> String {
    // A backslash before a pipe would undo the escape in some renderers.
    markdown.replace("\\|", "\\u{5c}|").replace('|', "\\|")
}

/// A fenced block that its content cannot leave. `info` is the language of the block and must be a plain word.
/// Escapes stay visible, lines stay lines; nothing is cut or defanged.
#[must_use]
pub fn md_fence(info: &str, body: &str) -> String {
    let body = body.replace("\r\n", "\n");
    let body = visible(&body);
    let fence = "`".repeat(3.max(longest_run(&body, '`') + 1));
    let info: String = info.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{fence}{info}\n{}\n{fence}\n", body.trim_end_matches('\n'))
}

/// A label for a Mermaid chart: ASCII letters, digits, spaces, `_`, `.` and `-`; anything else becomes `_`. At most
/// `max` characters, never empty.
#[must_use]
pub fn mermaid_label(text: &str, max: usize) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "_.- ".contains(c) { c } else { '_' };
    let label: String = text.trim().chars().take(max).map(plain).collect();
    if label.is_empty() { "_".to_owned() } else { label }
}

#[cfg(test)]
pub(crate) mod tests;
