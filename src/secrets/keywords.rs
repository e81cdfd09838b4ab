//! Finds keywords in text, whatever their case.
//!
//! There are hundreds of keywords and few of them in a text, so the first three bytes decide: a bit for each triple that
//! a keyword starts with says at every place of the text whether it is worth looking closer. The bits stay in a core's
//! first cache, which the tables of an automaton for so many words do not.

use std::collections::BTreeMap;

/// Bytes that decide.
const HEAD: usize = 3;
/// Bits of a byte's class.
const BITS: u32 = 6;
/// Triples of classes.
const TRIPLES: usize = 1 << (BITS * HEAD as u32);

/// A list of keywords, ready to be looked for.
#[derive(Debug)]
pub(super) struct Keywords {
    /// In lower case, in the order in which they were given.
    words: Vec<Vec<u8>>,
    /// Class of each byte, the same for both cases of a letter; 0 for bytes that no keyword has in its head.
    classes: [u8; 256],
    /// Whether a keyword starts with the triple.
    starts: Vec<u64>,
    /// Keywords by their triple.
    by_triple: BTreeMap<u32, Vec<usize>>,
    /// Keywords too short for a triple, by their first byte in lower case.
    short: BTreeMap<u8, Vec<usize>>,
    is_short: [bool; 256],
}

impl Keywords {
    /// Prepares the words, which must not be empty.
    pub(super) fn new<'w>(words: impl Iterator<Item = &'w [u8]>) -> Self {
        let words: Vec<Vec<u8>> = words.map(<[u8]>::to_ascii_lowercase).collect();
        let mut classes = [0_u8; 256];
        let mut known = 0;
        for byte in words.iter().flat_map(|word| word.iter().take(HEAD)) {
            let class = &mut classes[usize::from(*byte)];
            if *class == 0 {
                // Should there be more different bytes than classes, some share one: that costs a closer look.
                known = known % ((1 << BITS) - 1) + 1;
                *class = known;
            }
        }
        for upper in b'A'..=b'Z' {
            classes[usize::from(upper)] = classes[usize::from(upper.to_ascii_lowercase())];
        }
        let mut all = Self {
            starts: vec![0; TRIPLES / 64],
            by_triple: BTreeMap::new(),
            short: BTreeMap::new(),
            is_short: [false; 256],
            words: Vec::new(),
            classes,
        };
        for (at, word) in words.iter().enumerate() {
            match word.first_chunk::<HEAD>() {
                Some(head) => {
                    let triple = head.iter().fold(0, |triple, byte| all.with(triple, *byte));
                    all.starts[triple as usize / 64] |= 1 << (triple % 64);
                    all.by_triple.entry(triple).or_default().push(at);
                }
                None => {
                    let Some(first) = word.first() else { continue };
                    all.short.entry(*first).or_default().push(at);
                    all.is_short[usize::from(*first)] = true;
                    all.is_short[usize::from(first.to_ascii_uppercase())] = true;
                }
            }
        }
        all.words = words;
        all
    }

    /// The last three classes, after one more byte.
    fn with(&self, triple: u32, byte: u8) -> u32 {
        (triple << BITS | u32::from(self.classes[usize::from(byte)])) & (TRIPLES as u32 - 1)
    }

    /// Calls `hit` with the number of each keyword and where it starts, by place.
    pub(super) fn find(&self, text: &[u8], mut hit: impl FnMut(usize, usize)) {
        let mut triple = 0;
        for (at, byte) in text.iter().enumerate() {
            triple = self.with(triple, *byte);
            if self.starts[triple as usize / 64] >> (triple % 64) & 1 == 1 && at + 1 >= HEAD {
                self.confirm(self.by_triple.get(&triple), text, at + 1 - HEAD, &mut hit);
            }
            if self.is_short[usize::from(*byte)] {
                self.confirm(self.short.get(&byte.to_ascii_lowercase()), text, at, &mut hit);
            }
        }
    }

    fn confirm(&self, words: Option<&Vec<usize>>, text: &[u8], at: usize, hit: &mut impl FnMut(usize, usize)) {
        for &word in words.into_iter().flatten() {
            let wanted = &self.words[word];
            if text.get(at..at + wanted.len()).is_some_and(|found| found.eq_ignore_ascii_case(wanted)) {
                hit(word, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn found(words: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        Keywords::new(words.iter().map(|word| word.as_bytes())).find(text, |word, at| all.push((word, at)));
        all.sort_unstable();
        all
    }

    fn expected(words: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(words).unwrap();
        let mut all: Vec<_> =
            automaton.find_overlapping_iter(text).map(|hit| (hit.pattern().as_usize(), hit.start())).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn words_of_every_length_are_found_in_every_place_and_case() {
        let words = ["@", "ab", "key", "keys", "api-key", "sécu", "://", "e"];
        for text in ["", "k", "key", "KEYS", "an Api-Key@abc", "sécu SÉCU", "x://", "keykeys@", "eabe"] {
            assert_eq!(found(&words, text.as_bytes()), expected(&words, text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn more_different_bytes_than_classes_are_no_obstacle() {
        let words: Vec<String> = (b' '..=b'~').map(|byte| format!("{0}{0}{0}z", char::from(byte))).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let text = words.concat();
        assert_eq!(found(&words, text.as_bytes()), expected(&words, text.as_bytes()));
    }

    proptest! {
        #[test]
        fn an_automaton_finds_the_same(
            words in proptest::collection::vec("[a-dA-D@é]{1,5}", 1..12),
            text in "[a-dA-D@é x]{0,80}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            prop_assert_eq!(found(&words, text.as_bytes()), expected(&words, text.as_bytes()));
        }
    }
}
