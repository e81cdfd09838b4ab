//! Text from the field (object keys, file names, server messages) made safe to show on a terminal or in a log line.
//!
//! Control characters could move the cursor or recolour the terminal, bidirectional marks could reorder a line and
//! zero-width characters could hide a difference, so all of them are written as escapes.

/// Longest name that [`name`] shows, in characters.
const NAME_LIMIT: usize = 160;

/// A name as one line of at most 160 characters: anything invisible or reordering is written as `\u{…}`, and the
/// middle of a longer name is left out, because the ends of keys and paths are what tells them apart.
#[must_use]
pub fn name(text: &str) -> String {
    cut(text, NAME_LIMIT)
}

/// Like [`name`], with a limit of the caller's choice (at least 3 characters).
#[must_use]
pub fn cut(text: &str, limit: usize) -> String {
    let limit = limit.max(3);
    // Twice the limit from either end suffices: escapes only make the text longer.
    let escaped: Vec<char> = if text.len() > limit * 16 {
        let head = text.chars().take(limit).flat_map(escape);
        let tail: Vec<char> = text.chars().rev().take(limit).collect();
        head.chain(tail.into_iter().rev().flat_map(escape)).collect()
    } else {
        text.chars().flat_map(escape).collect()
    };
    if escaped.len() <= limit {
        return escaped.into_iter().collect();
    }
    let head = limit / 2;
    let tail = limit - head - 1;
    let mut shown: String = escaped[..head].iter().collect();
    shown.push('…');
    shown.extend(&escaped[escaped.len() - tail..]);
    shown
}

fn escape(c: char) -> impl Iterator<Item = char> {
    let mut plain = None;
    let mut escaped = None;
    if hidden(c) {
        escaped = Some(c.escape_unicode());
    } else {
        plain = Some(c);
    }
    plain.into_iter().chain(escaped.into_iter().flatten())
}

/// Control characters, line separators, and characters that are invisible or change the direction of text.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_are_spelled_out() {
        assert_eq!(name("a\u{1b}[31mb\r\n\u{202e}c\u{200b}"), "a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c\\u{200b}");
        assert_eq!(name("müller/日本.cbor.zstd"), "müller/日本.cbor.zstd");
    }

    #[test]
    fn long_names_keep_both_ends() {
        let shown = cut(&format!("start{}end.cbor.zstd", "x".repeat(100_000)), 40);
        assert_eq!(shown.chars().count(), 40);
        assert!(shown.starts_with("start") && shown.ends_with("end.cbor.zstd") && shown.contains('…'));
    }
}
