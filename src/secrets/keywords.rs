//! Finds keywords in text, whatever their case.
//!
//! There are hundreds of keywords and few of them in a text, so the first bytes decide: what three bytes hash to says
//! which fourth bytes may follow. That is one look into a table that stays in a core's first cache, which the tables of
//! an automaton for so many words do not, and no look depends on the one before.

/// Bytes that are hashed.
const HEAD: usize = 3;
/// Bits of a hash.
const BITS: u32 = 14;
const SLOTS: usize = 1 << BITS;
/// Places that are looked at before the first branch.
const STRIDE: usize = 8;
/// Sets the bit in which the cases of a letter differ. Other bytes become alike too; that costs a closer look.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// A keyword that is looked for.
#[derive(Debug)]
struct Word {
    /// As it is written if its case counts, otherwise in lower case.
    text: Vec<u8>,
    cased: bool,
}

/// A word where its hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    slot: u32,
    word: u32,
    /// Its first eight bytes, folded, and which of them it has.
    start: u64,
    mask: u64,
}

/// A list of keywords, ready to be looked for.
#[derive(Debug)]
pub(super) struct Keywords {
    /// In the order in which they were given.
    words: Vec<Word>,
    /// For every hash of three bytes, the fourth bytes that may follow: a bit for each remainder of sixteen.
    heads: Box<[u16; SLOTS]>,
    /// For every hash, where its entries begin; one more for the end.
    first: Vec<u32>,
    entries: Vec<Entry>,
    /// Words of one byte.
    single: Vec<usize>,
}

impl Keywords {
    /// Prepares the words, which must not be empty, each with whether its case counts.
    pub(super) fn new<'w>(words: impl Iterator<Item = (&'w [u8], bool)>) -> Self {
        let prepare = |(text, cased): (&[u8], bool)| Word {
            text: if cased { text.to_vec() } else { text.to_ascii_lowercase() },
            cased,
        };
        let words: Vec<Word> = words.map(prepare).collect();
        let mut heads = Box::new([0_u16; SLOTS]);
        let mut entries = Vec::new();
        let mut single = Vec::new();
        for (at, Word { text, .. }) in words.iter().enumerate() {
            let known = u64::MAX >> (64 - 8 * text.len().clamp(1, 8));
            let mut enter = |start: u64, follows: u16| {
                let slot = slot(start as u32);
                heads[slot] |= follows;
                entries.push(Entry { slot: slot as u32, word: at as u32, start: folded(text) & known, mask: known });
            };
            match text.len() {
                0 => {}
                1 => single.push(at),
                2 => (0..=u8::MAX).for_each(|third| enter(folded(&[text[0], text[1], third]), !0)),
                HEAD => enter(folded(text), !0),
                _ => enter(folded(text), 1 << (text[HEAD] & 0xf)),
            }
        }
        entries.sort_unstable();
        entries.dedup();
        let first = (0..=SLOTS as u32).map(|slot| entries.partition_point(|entry| entry.slot < slot) as u32).collect();
        Self { words, heads, first, entries, single }
    }

    /// Calls `hit` with the number of each keyword and where it starts: by place, those of one byte afterwards.
    pub(super) fn find(&self, text: &[u8], mut hit: impl FnMut(usize, usize)) {
        let mut at = 0;
        while let Some(block) = text[at..].first_chunk::<{ STRIDE + HEAD }>() {
            let mut places = 0_u32;
            for place in 0..STRIDE {
                let head = [block[place], block[place + 1], block[place + 2], block[place + 3]];
                places |= self.may_start(u32::from_le_bytes(head) | FOLD as u32) << place;
            }
            while places != 0 {
                self.confirm(text, at + places.trailing_zeros() as usize, &mut hit);
                places &= places - 1;
            }
            at += STRIDE;
        }
        for last in at..text.len() {
            if self.may_start(folded(&text[last..]) as u32) == 1 {
                self.confirm(text, last, &mut hit);
            }
        }
        for &word in &self.single {
            let Word { text: wanted, cased } = &self.words[word];
            let other = if *cased { wanted[0] } else { wanted[0].to_ascii_uppercase() };
            memchr::memchr2_iter(wanted[0], other, text).for_each(|at| hit(word, at));
        }
    }

    /// 1 if a word may start with these bytes, otherwise 0.
    fn may_start(&self, head: u32) -> u32 {
        u32::from(self.heads[slot(head)]) >> (head >> 24 & 0xf) & 1
    }

    fn confirm(&self, text: &[u8], at: usize, hit: &mut impl FnMut(usize, usize)) {
        let rest = &text[at..];
        let start = folded(rest);
        let slot = slot(start as u32);
        for entry in &self.entries[self.first[slot] as usize..self.first[slot + 1] as usize] {
            if start & entry.mask != entry.start {
                continue;
            }
            let Word { text: wanted, cased } = &self.words[entry.word as usize];
            let same = |found: &[u8]| if *cased { found == wanted } else { found.eq_ignore_ascii_case(wanted) };
            if rest.get(..wanted.len()).is_some_and(same) {
                hit(entry.word as usize, at);
            }
        }
    }
}

/// The first eight bytes, the first one lowest, without the case of their letters.
fn folded(text: &[u8]) -> u64 {
    let start = text.first_chunk::<8>().copied().unwrap_or_else(|| {
        let mut start = [0; 8];
        start[..text.len()].copy_from_slice(text);
        start
    });
    u64::from_le_bytes(start) | FOLD
}

/// Where the table says what may follow the first three bytes.
fn slot(head: u32) -> usize {
    ((head << 8).wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    use super::*;

    fn found(words: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        Keywords::new(words.iter().map(|word| (word.as_bytes(), false))).find(text, |word, at| all.push((word, at)));
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
    fn case_counts_where_it_is_said() {
        let mut all = Vec::new();
        let words: [(&[u8], bool); 4] = [(b"AKIA", true), (b"Q~", true), (b"Z", true), (b"akia", false)];
        Keywords::new(words.into_iter()).find(b"akia AKIA q~ Q~ zZ", |word, at| all.push((word, at)));
        assert_eq!(all, [(3, 0), (0, 5), (3, 5), (1, 13), (2, 17)]);
    }

    #[test]
    fn words_of_all_bytes_are_found() {
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
