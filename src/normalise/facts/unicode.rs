//! Characters that people do not see and models read: tag letters, variation selectors that carry bytes, zero-width
//! characters and direction controls.

use std::collections::BTreeMap;

use super::things::Things;

/// Invisible characters in a row that no script needs.
const MIN_RUN: usize = 5;

/// Different invisible characters in one text that no script needs.
const MIN_KINDS: usize = 3;

/// Tag letters of the longest flag, with the one that ends it.
const LONGEST_FLAG: usize = 7;

/// Most decoded text that is kept, in bytes.
const MAX_DECODED: usize = 1024;

/// Adds what is hidden in a text.
pub(super) fn hidden(text: &str, things: &mut Things) {
    // Nearly all text has none of these lead bytes.
    let bytes = text.as_bytes();
    if memchr::memchr3(0xe2, 0xf3, 0xef, bytes).is_none() {
        return;
    }
    let mut state = State::default();
    let mut before = '\0';
    for c in text.chars() {
        if c.is_ascii() {
            state.end_run(things);
        } else {
            state.next(c, before, things);
        }
        before = c;
    }
    state.end_run(things);
    if !state.right_to_left && state.kinds.len() >= MIN_KINDS {
        let list: Vec<String> = state.kinds.iter().map(|(c, n)| format!("U+{:04X} ×{n}", u32::from(*c))).collect();
        things.add("hidden_text", format!("invisible characters: {}", list.join(", ")));
    }
}

#[derive(Default)]
struct State {
    tags: String,
    selectors: Vec<u8>,
    run: Vec<char>,
    kinds: BTreeMap<char, usize>,
    right_to_left: bool,
    in_flag: bool,
    flag: usize,
    started: bool,
}

impl State {
    fn next(&mut self, c: char, before: char, things: &mut Things) {
        let first = !std::mem::replace(&mut self.started, true) && before == '\0';
        match c {
            '\u{e0000}'..='\u{e007f}' => {
                // A flag of a region: black flag, tag letters, cancel tag.
                if before == '\u{1f3f4}' {
                    (self.in_flag, self.flag) = (true, 0);
                }
                self.flag += 1;
                if (!self.in_flag || self.flag > LONGEST_FLAG) && self.tags.len() < MAX_DECODED {
                    self.tags.extend(char::from_u32(u32::from(c) - 0xe0000).filter(|c| !c.is_control()));
                }
                if c == '\u{e007f}' {
                    self.in_flag = false;
                }
            }
            '\u{fe00}'..='\u{fe0f}' => self.selector((u32::from(c) - 0xfe00) as u8),
            '\u{e0100}'..='\u{e01ef}' => self.selector((u32::from(c) - 0xe0100 + 16) as u8),
            '\u{feff}' if first => {}
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{180e}'
            | '\u{00ad}' => {
                if self.run.len() < MAX_DECODED {
                    self.run.push(c);
                }
                // Joiners belong to many scripts and to emoji, soft hyphens to typeset text.
                if !matches!(c, '\u{200c}' | '\u{200d}' | '\u{00ad}') {
                    *self.kinds.entry(c).or_default() += 1;
                }
            }
            _ => {
                self.right_to_left |= matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc);
                self.in_flag = false;
                self.end_run(things);
            }
        }
    }

    fn selector(&mut self, byte: u8) {
        if self.selectors.len() < MAX_DECODED {
            self.selectors.push(byte);
        }
    }

    fn end_run(&mut self, things: &mut Things) {
        if !self.tags.is_empty() {
            things.add("hidden_text", std::mem::take(&mut self.tags));
        }
        if self.selectors.len() >= MIN_RUN {
            let decoded = String::from_utf8_lossy(&self.selectors).into_owned();
            things.add("hidden_text", super::cut(&decoded, MAX_DECODED));
        }
        self.selectors.clear();
        if self.run.len() >= MIN_RUN {
            let mut counts = BTreeMap::<char, usize>::new();
            self.run.iter().for_each(|c| *counts.entry(*c).or_default() += 1);
            let list: Vec<String> = counts.iter().map(|(c, n)| format!("U+{:04X} ×{n}", u32::from(*c))).collect();
            things.add("hidden_text", format!("invisible run: {}", list.join(", ")));
        }
        self.run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut things = Things::of_text();
        hidden(text, &mut things);
        things.list.into_iter().map(|thing| thing.value).collect()
    }

    #[test]
    fn hidden_text_is_decoded() {
        let tags: String = "send it".chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).collect();
        assert_eq!(found(&format!("hello{tags} world")), ["send it"]);
        let bytes: String = b"run me".iter().filter_map(|b| char::from_u32(0xe0100 + u32::from(*b) - 16)).collect();
        assert_eq!(found(&format!("😀{bytes}")), ["run me"]);
        assert_eq!(found(&format!("a{}b", "\u{200b}".repeat(6))), ["invisible run: U+200B ×6"]);
        assert_eq!(found("a\u{202e}b\u{2066}c\u{200b}d").len(), 1);
    }

    #[test]
    fn scripts_and_emoji_are_not_hidden_text() {
        for text in [
            "\u{feff}plain",
            "👨\u{200d}👩\u{200d}👧",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} wins",
            "❤\u{fe0f}",
            "מה\u{200f} קורה\u{202b}\u{202c}\u{200e}",
            "نمی\u{200c}خواهم",
            "soft\u{ad}hyphen",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text:?}");
        }
    }
}
