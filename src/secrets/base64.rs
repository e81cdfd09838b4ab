//! Base64 inside of a text.

use std::borrow::Cow;

const INVALID: u8 = 0xff;
const SEXTETS: [u8; 256] = {
    let mut table = [INVALID; 256];
    let mut at = 0;
    while at < 26 {
        table[b'A' as usize + at] = at as u8;
        table[b'a' as usize + at] = at as u8 + 26;
        at += 1;
    }
    at = 0;
    while at < 10 {
        table[b'0' as usize + at] = at as u8 + 52;
        at += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table
};

/// Decodes base64 of either alphabet, with or without padding; line breaks are skipped.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0_u32, 0);
    for &byte in text.iter().filter(|b| !b.is_ascii_whitespace() && **b != b'=') {
        let value = SEXTETS[usize::from(byte)];
        if value == INVALID {
            return None;
        }
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    Some(out)
}

/// Longest name and sign before an encoded text.
const NAME: usize = 80;
/// Shortest base64 run that is looked into.
const SHORTEST: usize = 24;

/// Ranges of `text` that are base64 of readable text, with what they say.
pub(super) fn texts(text: &[u8]) -> Vec<(usize, usize, String)> {
    let fits = |at: usize| text.get(at).is_some_and(|&b| SEXTETS[usize::from(b)] != INVALID);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(ahead) = text.get(at..).and_then(|rest| rest.first_chunk::<SHORTEST>()) {
        // Most stretches end before they are long enough: look at the far end first.
        if let Some(gap) = ahead.iter().rposition(|&byte| SEXTETS[usize::from(byte)] == INVALID) {
            at += gap + 1;
            continue;
        }
        let end = run_end(at, text, fits);
        if let Some(inner) = readable_base64(&text[at..end]) {
            found.push((at, end, inner));
        }
        at = end + 1;
    }
    found
}

/// The name and the sign between it and what stands at `at`, as in `name: ` and `"name": "`; empty if there is none.
pub(super) fn name_before(text: &[u8], at: usize) -> Cow<'_, str> {
    let before = &text[at.saturating_sub(NAME)..at];
    let trimmed = |text: &[u8], what: fn(&u8) -> bool| text.len() - text.iter().rev().take_while(|b| what(b)).count();
    let sign = trimmed(before, |byte| matches!(byte, b' ' | b'"' | b'\'' | b':' | b'='));
    let name = trimmed(&before[..sign], |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let assigns = before[sign..].iter().any(|byte| matches!(byte, b':' | b'='));
    if assigns { String::from_utf8_lossy(&before[name..]) } else { Cow::Borrowed("") }
}

/// End of the base64 run at `start`, which may continue on the next line when the lines are as long as encoders make them.
fn run_end(start: usize, text: &[u8], fits: impl Fn(usize) -> bool) -> usize {
    let (mut line, mut at) = (start, start);
    loop {
        while fits(at) {
            at += 1;
        }
        if !(text.get(at) == Some(&b'\n') && at - line >= 56 && fits(at + 1)) {
            return at;
        }
        at += 1;
        line = at;
    }
}

fn readable_base64(run: &[u8]) -> Option<String> {
    let readable = |bytes: &[u8]| bytes.iter().all(|&b| b >= 0x20 && b != 0x7f || matches!(b, b'\n' | b'\r' | b'\t'));
    decode(run.get(..16)?).filter(|head| head.is_ascii() && readable(head))?;
    decode(run).and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| readable(text.as_bytes()))
}
