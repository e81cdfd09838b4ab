//! Plain prose out of whatever carries it: one form for text in JSON, YAML, HTML and mail, so that a sentence is found
//! whole and a value is found again. Nothing here knows what a sentence means.

/// Bytes of a text that are looked at.
pub(super) const MAX_TEXT: usize = 256 * 1024;

/// The start of a text, at most [`MAX_TEXT`] bytes.
pub(super) fn head(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Lower case, one space between words, escapes and doubled quotes resolved.
pub(super) fn plain(text: &str) -> String {
    joined_words(&unescaped(head(text))).to_lowercase()
}

fn joined_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Escapes of JSON and YAML strings as the characters they mean. Folded lines of YAML (`\` at the end of a line, `\ ` at
/// the start of the next one) are put together.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('n' | 'r')) => {
                chars.next();
                out.push('\n');
            }
            ('\\', Some('t' | ' ')) => {
                chars.next();
                out.push(' ');
            }
            ('\\', Some('\n')) => {
                chars.next();
            }
            ('\\', Some('"' | '\'' | '/')) => {}
            ('\'', Some('\'')) => {
                chars.next();
                out.push('\'');
            }
            ('\r' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}', _) => {}
            ('\u{2018}' | '\u{2019}', _) => out.push('\''),
            ('\u{201c}' | '\u{201d}', _) => out.push('"'),
            (c, _) => out.push(c),
        }
    }
    out
}

/// Sentences as they were written, but for white space, quoting and escapes. Blank lines, list items and `key: value`
/// lines end a sentence; other line breaks do not, because mail and YAML break lines anywhere.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let text = unescaped(head(text));
    let mut out = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || starts_something(line) {
            split(&paragraph, &mut out);
            paragraph.clear();
        }
        if !line.is_empty() {
            paragraph.push(' ');
            paragraph.push_str(line);
        }
    }
    split(&paragraph, &mut out);
    out
}

/// Whether a line begins a list item, a tag, a heading, a table row or a `key:` of its own.
fn starts_something(line: &str) -> bool {
    let Some(first) = line.chars().next() else { return false };
    if "-*•#<|{}[]".contains(first) {
        return true;
    }
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") ")) {
        return true;
    }
    let word = line.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    word.len() < line.len() && word.starts_with(':')
}

/// Cuts a paragraph after `.`, `!`, `?`, `;` and their full-width forms where a new sentence starts.
fn split(paragraph: &str, out: &mut Vec<String>) {
    let mut push = |text: &str| {
        let sentence = joined_words(text);
        if sentence.chars().any(char::is_alphanumeric) {
            out.push(sentence);
        }
    };
    let chars: Vec<(usize, char)> = paragraph.char_indices().collect();
    let mut start = 0;
    let mut at = 0;
    while at < chars.len() {
        let (_, c) = chars[at];
        at += 1;
        if "。！？".contains(c) {
            let end = chars.get(at).map_or(paragraph.len(), |(i, _)| *i);
            push(&paragraph[start..end]);
            start = end;
        } else if ".!?;".contains(c) {
            while chars.get(at).is_some_and(|(_, c)| "'\")]}".contains(*c)) {
                at += 1;
            }
            let Some((space, _)) = chars.get(at).filter(|(_, c)| c.is_whitespace()) else { continue };
            let next = chars[at..].iter().map(|(_, c)| *c).find(|c| !c.is_whitespace() && !"'\"([{<".contains(*c));
            if next.is_none_or(|c| !c.is_lowercase()) {
                push(&paragraph[start..*space]);
                start = *space;
            }
        }
    }
    push(&paragraph[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_whole_whatever_carries_them() {
        for (text, wanted) in [
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            (
                "- body: \"Pay\\n    \\ now. Then\\\n    \\ go.\"\n  id_: '7'",
                vec!["- body: \"Pay now.", "Then go.\"", "id_: '7'"],
            ),
            ("send\n    it to ''a.b@c.example''.\n\n    Thanks", vec!["send it to 'a.b@c.example'.", "Thanks"]),
            ("Say 'how is it?' to ann.", vec!["Say 'how is it?' to ann."]),
            ("1. first\n2) second\n* third", vec!["1. first", "2) second", "* third"]),
            ("请发送。谢谢！", vec!["请发送。", "谢谢！"]),
            ("see v1.2.3 of a.example", vec!["see v1.2.3 of a.example"]),
            ("  \n ... \n", vec![]),
        ] {
            assert_eq!(sentences(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn plain_text_is_the_same_in_every_wrapping() {
        assert_eq!(plain("It\\'s  a\\n\\\"Test\\\""), "it's a \"test\"");
        assert_eq!(plain("It\u{2019}s\ta 'te\u{200b}st'"), "it's a 'test'");
        assert_eq!(plain(&"ä".repeat(MAX_TEXT)).len(), MAX_TEXT);
    }
}
