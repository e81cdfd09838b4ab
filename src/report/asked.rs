//! What a person had written last before a call: of a long text both ends, and the sentence that has to do with the call.

use std::collections::BTreeSet;

use super::redact::rows;
use crate::finding::Evidence;
use crate::text;

/// Part of the length that may be added so that nothing has to be left out: one half.
const MORE: usize = 2;

rows! {
    /// What a person had written last before a call.
    pub struct AskedRow {
        /// The words, cut in the middle; null where no person wrote before that call in its conversation.
        pub text: Option<String>,
        /// Tool and arguments of the call, which tell what of the words has to do with it; gone once they are cut.
        #[serde(default)]
        pub about: Option<String>,
        /// Whether some of the words are missing.
        #[serde(default)]
        pub cut: bool,
        /// Characters that are missing in the middle of the words before they are cut.
        #[serde(default)]
        pub left_out: u64,
        /// Export object of the first record that carried them.
        pub export_key: Option<String>,
        /// The gateway's record id of it.
        pub record_id: Option<i64>,
        /// Record of the call.
        pub call_record: Option<i64>,
    }
}

impl AskedRow {
    /// The words as they are shown, about so many characters: the start and the end, where a wish or an address often
    /// stands, and between them the sentence that shares most words with the call.
    pub(super) fn cut_at(&mut self, chars: usize) {
        let about = self.about.take().unwrap_or_default();
        if let Some(text) = &mut self.text {
            let line = text::one_line(text, usize::MAX).into_owned();
            let left_out = usize::try_from(self.left_out).unwrap_or(usize::MAX);
            let room = if left_out == 0 && line.chars().count() <= chars + chars / MORE { usize::MAX } else { chars };
            let shown = excerpt(&line, &about, room, left_out);
            self.cut = shown != line;
            *text = shown;
        }
    }

    /// Where the words can be read.
    pub(super) fn place(&self) -> Option<Evidence> {
        Some(Evidence { export_key: self.export_key.clone()?, record_id: self.record_id })
    }
}

/// Both ends and the best sentence between them, a third of the room each; only the ends where no sentence has anything
/// to do with the call.
fn excerpt(line: &str, about: &str, chars: usize, left_out: usize) -> String {
    let all: Vec<char> = line.chars().collect();
    let third = chars / 3;
    let best = sentences(&all)
        .filter(|(from, to)| all.len() > chars && *to > third && *from < all.len() - third)
        .map(|(from, to)| (shared(&all[from..to], about), from, to))
        .max_by_key(|(words, from, _)| (*words, std::cmp::Reverse(*from)));
    let Some((1.., from, to)) = best else { return text::cut_inside(line, chars, left_out).into_owned() };
    // What the ends do not show of it, as much as there is room for.
    let (mut from, tail) = (from.max(third), all.len() - third);
    while from > third && from < tail && all[from] == ' ' {
        from += 1;
    }
    let to = to.min(from + third).min(tail);
    let part = |from: usize, to: usize| all[from..to].iter().collect::<String>();
    let gap = |missing: usize| if missing == 0 { String::new() } else { format!(" …[+{missing}]… ") };
    // What was left out before stands in the longer gap, most likely.
    let (before, after) = (from - third, tail - to);
    let (before, after) = if before > after { (before + left_out, after) } else { (before, after + left_out) };
    format!("{}{}{}{}{}", part(0, third), gap(before), part(from, to), gap(after), part(tail, all.len()))
}

/// Start and end of each sentence or line.
fn sentences(all: &[char]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let ends = |at: usize| {
        let next = |n: usize| all.get(at + n).copied();
        match all[at] {
            '.' | '!' | '?' | ';' => next(1) == Some(' '),
            // A line feed as it is written on one line.
            'n' => at > 0 && all[at - 1] == '\\',
            _ => at + 1 == all.len(),
        }
    };
    let mut start = 0;
    (0..all.len()).filter(move |at| ends(*at)).map(move |at| (std::mem::replace(&mut start, at + 1), at + 1))
}

/// How many different words of a sentence the call has too, those of its tool among them.
fn shared(sentence: &[char], about: &str) -> usize {
    let sentence: String = sentence.iter().collect();
    let about = words(about);
    words(&sentence).iter().filter(|word| about.contains(*word)).count()
}

/// Words that mean something: numbers, and words of at least four letters without an ending of grammar.
fn words(text: &str) -> BTreeSet<String> {
    const LETTERS: usize = 4;
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let means = |part: &&str| part.chars().count() >= LETTERS || part.bytes().all(|b| b.is_ascii_digit());
    let stem = |part: &str| part.strip_suffix("es").or_else(|| part.strip_suffix('s')).unwrap_or(part).to_owned();
    parts.filter(means).map(|part| stem(part).trim_end_matches('e').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, about: &str, left_out: u64) -> (String, bool) {
        let mut row =
            AskedRow { text: Some(text.to_owned()), about: Some(about.to_owned()), left_out, ..AskedRow::default() };
        row.cut_at(90);
        assert_eq!(row.about, None, "nothing of the call stays");
        (row.text.unwrap(), row.cut)
    }

    #[test]
    fn what_little_would_be_left_out_is_shown() {
        let text = "so ".repeat(45);
        assert_eq!(cut(&text, "", 0), (text.clone(), false));
        assert!(cut(&text, "", 1).1, "more is missing than that");
        assert!(cut(&"so ".repeat(46), "", 0).1);
    }

    #[test]
    fn of_a_long_text_the_sentence_about_the_call_is_shown() {
        let text = format!(
            "Look at my mails first. {}After that, delete each of the files. {}Thank you, Keiko.",
            "And so on. ".repeat(9),
            "Then more. ".repeat(9)
        );
        let (shown, cut_off) = cut(&text, "delete_file {\"file_id\":\"11\"}", 0);
        assert!(cut_off);
        assert_eq!(
            shown,
            "Look at my mails first. And so …[+93]… After that, delete each of the …[+94]… . Then more. Thank you, Keiko."
        );
        let (shown, _) = cut(&text, "reserve_hotel {}", 0);
        assert_eq!(shown, text::cut_inside(&text, 90, 0), "nothing has to do with it");
        // A sentence that begins in what is shown anyway goes on.
        let text = format!("Please do delete all the files of the folder named old. {}", "Then more. ".repeat(20));
        assert!(
            cut(&text, "delete_file", 7).0.starts_with("Please do delete all the files of the folder named old. …[+"),
            "{:?}",
            cut(&text, "delete_file", 7)
        );
    }

    #[test]
    fn any_text_is_cut_between_characters() {
        for text in ["ü".repeat(200), "\u{202e}a. ".repeat(80), "\n".repeat(300), String::new()] {
            let (shown, _) = cut(&text, &text, 3);
            assert!(shown.chars().count() <= 90 + 45 + 40, "{shown}");
        }
    }
}
