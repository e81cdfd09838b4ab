//! Finds where JSON values end without parsing them.
//!
//! Almost every byte of an export is history that was seen before; it must be stepped over, not parsed. The scanner
//! only follows strings and brackets. It accepts some text that is not JSON, so whatever is new goes through a
//! validating parser afterwards.

use memchr::memchr2;

/// Deepest nesting that the scanner follows; deeper values are refused as a whole.
const MAX_DEPTH: u32 = 512;

/// Index of the first byte at or after `pos` that is not JSON white space.
#[must_use]
pub fn skip_space(text: &[u8], mut pos: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(pos) {
        pos += 1;
    }
    pos
}

/// End of the string whose opening quote is at `pos`, just after its closing quote.
fn string_end(text: &[u8], pos: usize) -> Option<usize> {
    let mut at = pos + 1;
    loop {
        let found = at + memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// End of the value that starts at `pos`, or `None` when the text ends before the value does or is no value at all.
#[must_use]
pub fn value_end(text: &[u8], pos: usize) -> Option<usize> {
    match *text.get(pos)? {
        b'"' => string_end(text, pos),
        b'{' | b'[' => container_end(text, pos),
        b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
            let rest = &text[pos..];
            let len = rest.iter().position(|b| matches!(b, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t'));
            Some(pos + len.unwrap_or(rest.len()))
        }
        _ => None,
    }
}

/// Number of values in a piece of JSON, at least: commas and opening brackets outside strings. A parsed tree costs tens
/// of bytes per value, so this tells how much memory parsing would take before anything is parsed.
#[must_use]
pub fn value_count(text: &[u8]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match string_end(text, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => return count,
            },
            b',' | b'{' | b'[' => count += 1,
            _ => {}
        }
        at += 1;
    }
    count
}

fn container_end(text: &[u8], pos: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = pos;
    loop {
        match *text.get(at)? {
            b'"' => {
                at = string_end(text, at)?;
                continue;
            }
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
            }
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Walks the members of an object: yields each raw key (without quotes, escapes untouched) and where its value starts.
///
/// The caller steps over the value and says where it ended, which lets it jump over values it recognises.
pub struct Members<'a> {
    text: &'a [u8],
    pos: usize,
    first: bool,
}

/// What [`Members::next_member`] found.
pub enum Member<'a> {
    /// A key, and the position of its value.
    At(&'a [u8], usize),
    /// The closing bracket; the position just after it.
    End(usize),
    /// The text ends early or is not an object.
    Broken,
}

impl<'a> Members<'a> {
    /// Starts at the opening bracket at `pos`; `None` when there is none.
    #[must_use]
    pub fn new(text: &'a [u8], pos: usize) -> Option<Self> {
        let pos = skip_space(text, pos);
        (text.get(pos) == Some(&b'{')).then_some(Self { text, pos: pos + 1, first: true })
    }

    /// Moves to the next member. `ended` is where the previous value ended.
    pub fn next_member(&mut self, ended: Option<usize>) -> Member<'a> {
        let mut pos = skip_space(self.text, ended.unwrap_or(self.pos));
        match (self.text.get(pos), self.first) {
            (Some(b'}'), _) => return Member::End(pos + 1),
            (Some(b','), false) => pos = skip_space(self.text, pos + 1),
            (Some(b'"'), true) => {}
            _ => return Member::Broken,
        }
        self.first = false;
        if self.text.get(pos) != Some(&b'"') {
            return Member::Broken;
        }
        let Some(end) = string_end(self.text, pos) else { return Member::Broken };
        let key = &self.text[pos + 1..end - 1];
        let colon = skip_space(self.text, end);
        if self.text.get(colon) != Some(&b':') {
            return Member::Broken;
        }
        self.pos = skip_space(self.text, colon + 1);
        Member::At(key, self.pos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(text: &str) -> Option<usize> {
        value_end(text.as_bytes(), 0)
    }

    #[test]
    fn values_end_where_json_says() {
        for text in [
            r#""a""#,
            r#""a\"b\\""#,
            r#"{"a":[1,2,{"b":"]}"}]}"#,
            "[]",
            "-1.5e3",
            "true",
            "null",
            "{ \"a\" : [ ] }",
            r#"["\\","\"",{}]"#,
        ] {
            assert_eq!(end_of(text), Some(text.len()), "{text}");
            let padded = format!("{text},1");
            assert_eq!(end_of(&padded), Some(text.len()), "{padded}");
        }
    }

    #[test]
    fn cut_values_have_no_end() {
        for text in [r#""a"#, r#""a\"#, r#"{"a":[1,2"#, "[", r#"["a]"#, "", "}"] {
            assert_eq!(end_of(text), None, "{text}");
        }
        assert_eq!(end_of(&"[".repeat(10_000)), None);
    }

    #[test]
    fn members_are_walked_in_order() {
        let text = br#" { "a" : 1 , "b\"c":{"x":[]}, "d": "e" } tail"#;
        let mut members = Members::new(text, 0).unwrap();
        let mut ended = None;
        let mut seen = Vec::new();
        loop {
            match members.next_member(ended) {
                Member::At(key, pos) => {
                    let end = value_end(text, pos).unwrap();
                    seen.push((key.to_vec(), text[pos..end].to_vec()));
                    ended = Some(end);
                }
                Member::End(end) => {
                    assert_eq!(&text[end..], b" tail");
                    break;
                }
                Member::Broken => panic!("broken"),
            }
        }
        assert_eq!(seen.len(), 3);
        assert_eq!(seen[1], (br#"b\"c"#.to_vec(), br#"{"x":[]}"#.to_vec()));
    }

    #[test]
    fn broken_objects_are_reported() {
        for text in [r#"{"a" 1}"#, r#"{"a":1 "b":2}"#, r#"{,}"#, r#"{"a"#] {
            let bytes = text.as_bytes();
            let mut members = Members::new(bytes, 0).unwrap();
            let mut ended = None;
            let broken = loop {
                match members.next_member(ended) {
                    Member::At(_, pos) => match value_end(bytes, pos) {
                        Some(end) => ended = Some(end),
                        None => break true,
                    },
                    Member::End(_) => break false,
                    Member::Broken => break true,
                }
            };
            assert!(broken, "{text}");
        }
        assert!(Members::new(b"[1]", 0).is_none());
    }
}
