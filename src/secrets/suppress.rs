//! Values that have the form of a secret and are none: placeholders, references, famous examples, code.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::bytes::Regex;

use super::compiled::compile;
use super::rule_error::RuleError;
use super::rule_file::SuppressSpec;
use super::rules::{Rule, Shape, Tier};
use super::template::Fakes;

/// From this length on a random value holds any short word by chance.
const LONG: usize = 200;

/// What the `[suppress]` table of the rule file says.
#[derive(Debug)]
pub(super) struct Suppress {
    stopwords: AhoCorasick,
    generic: AhoCorasick,
    references: AhoCorasick,
    weak: BTreeSet<String>,
    famous: BTreeSet<String>,
    benign: Vec<String>,
    names: Lazy,
    shapes: Lazy,
    word_shapes: Lazy,
}

/// Patterns that are compiled when they are first asked, since most texts ask none of them.
#[derive(Debug)]
struct Lazy {
    name: &'static str,
    patterns: Vec<String>,
    compiled: OnceLock<Vec<Regex>>,
}

impl Lazy {
    fn new(name: &'static str, patterns: Vec<String>) -> Self {
        Self { name, patterns, compiled: OnceLock::new() }
    }

    /// Whether one of them matches. The tests keep patterns that do not compile from being built in.
    fn match_any(&self, text: &[u8]) -> bool {
        let make = || self.patterns.iter().filter_map(|pattern| compile(pattern, self.name).ok()).collect();
        self.compiled.get_or_init(make).iter().any(|pattern| pattern.is_match(text))
    }
}

impl Suppress {
    pub(super) fn compile(spec: &SuppressSpec) -> Result<Self, RuleError> {
        let words = |list: &[String]| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(list)
                .map_err(|_| RuleError::Limit("the lists of stop words are too large".to_owned()))
        };
        let lower = |text: &String| text.to_ascii_lowercase();
        Ok(Self {
            stopwords: words(&spec.stopwords)?,
            generic: words(&spec.generic_stopwords)?,
            references: words(&spec.references)?,
            weak: spec.weak.iter().map(lower).collect(),
            famous: spec.famous.iter().map(|one| Fakes::new(0).expand(one)).collect(),
            benign: spec.benign_prefixes.clone(),
            names: Lazy::new("suppress.names", spec.names.iter().cloned().collect()),
            shapes: Lazy::new("suppress.shapes", spec.shapes.clone()),
            word_shapes: Lazy::new("suppress.word_shapes", spec.word_shapes.clone()),
        })
    }

    /// How many patterns there are and how many of them compile.
    #[cfg(test)]
    pub(super) fn patterns(&self) -> (usize, usize) {
        let lists = [&self.names, &self.shapes, &self.word_shapes];
        for list in lists {
            list.match_any(b"");
        }
        let compiled = lists.iter().filter_map(|list| list.compiled.get()).map(Vec::len).sum();
        (lists.iter().map(|list| list.patterns.len()).sum(), compiled)
    }

    /// Whether the value is none although the regex matched.
    pub(super) fn rejects(&self, rule: &Rule, value: &str, name: Option<&[u8]>) -> bool {
        if name.is_some_and(|name| self.names.match_any(name)) {
            return true;
        }
        self.is_famous(rule, value) || self.is_placeholder(rule, value) || !self.has_shape(rule, value)
    }

    fn is_famous(&self, rule: &Rule, value: &str) -> bool {
        if rule.tier == Tier::Pii {
            let plain: String = value.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
            return self.famous.contains(value) || self.famous.contains(&plain);
        }
        let decoded = || super::base64::decode(value.as_bytes()).and_then(|bytes| String::from_utf8(bytes).ok());
        let weak_pair = |pair: String| pair.split_once(':').is_some_and(|(_, word)| self.is_weak(word));
        self.famous.contains(value)
            || value.rsplit(['.', ':']).next().is_some_and(|tail| tail.len() >= 20 && self.famous.contains(tail))
            || &*rule.kind == "basic" && decoded().is_some_and(weak_pair)
    }

    fn is_weak(&self, value: &str) -> bool {
        let plain = value.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '*' && c != '.');
        self.weak.contains(&value.to_ascii_lowercase()) || self.weak.contains(&plain.to_ascii_lowercase())
    }

    fn is_placeholder(&self, rule: &Rule, value: &str) -> bool {
        if !rule.placeholders || &*rule.kind == "private-key" || rule.tier == Tier::Pii {
            return false;
        }
        let token = rule.shape == Shape::Token;
        if self.references.is_match(value) {
            return true;
        }
        if value.len() < LONG && (self.stopwords.is_match(value) || repeats(value)) {
            return true;
        }
        if value.len() >= LONG && self.stopwords.find_iter(value).any(|hit| is_long_word(&value[hit.range()])) {
            return true;
        }
        let variable = value.starts_with('$')
            && &*rule.kind != "password-hash"
            && value[1..].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let bracketed = value.starts_with(['<', '[', '{', '%']) && value.ends_with(['>', ']', '}', '%']);
        if variable || bracketed || value.starts_with('<') && !token {
            return true;
        }
        if matches!(&*rule.kind, "password" | "secret" | "credential") && self.is_weak(value) {
            return true;
        }
        let contextual = matches!(rule.shape, Shape::Random | Shape::Password | Shape::Words);
        contextual && value.len() < LONG && self.has_telling_word(value)
    }

    /// Whether a value that only its surroundings make a secret holds a word that says that it is none. Three or four
    /// letters in the middle of a long value stand there by chance.
    fn has_telling_word(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        let letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        self.generic.find_overlapping_iter(value).any(|hit| {
            let chance =
                hit.len() <= 4 && bytes.len() >= 20 && bytes[hit.range()].iter().all(u8::is_ascii_alphanumeric);
            !(chance && letter(hit.start().checked_sub(1)) && letter(Some(hit.end())))
        })
    }

    fn has_shape(&self, rule: &Rule, value: &str) -> bool {
        if value.len() > rule.max_length {
            return false;
        }
        let digit = value.bytes().any(|b| b.is_ascii_digit());
        let letter = value.bytes().any(|b| b.is_ascii_alphabetic());
        let special = value.bytes().any(|b| !b.is_ascii_alphanumeric());
        // A random value may begin with a sign of its alphabet, a password with any if it does not look like code.
        let signs: &[char] = match rule.shape {
            Shape::Password if mixes_three(value) => &['-', '_', '=', '+', '!', '#', '^', '*', '@', '%', '~', '?', '&'],
            _ => &['-', '_', '=', '+'],
        };
        let core = value.trim_start_matches(signs);
        let shortest = if signs.len() > 4 { 8 } else { 12 };
        let core = if core.len() >= shortest { core } else { value };
        // A slash begins a path, but also one of 64 values in base64.
        let core = if value.ends_with('=') { core.trim_start_matches('/') } else { core };
        let benign = || self.benign.iter().any(|prefix| core.starts_with(prefix.as_str()));
        let bytes = core.as_bytes();
        // What obeys the rules for passwords is one, even where it can be read.
        let obeys = rule.shape == Shape::Password && mixes_four(core);
        let code = || self.shapes.match_any(bytes) || self.word_shapes.match_any(bytes) && !obeys && !gibberish(core);
        // Letters alone are a name, unless their case changes all the time and they cannot be read.
        let scrambled = || {
            core.len() >= 12
                && core.bytes().all(|b| b.is_ascii_alphabetic())
                && gibberish(core)
                && (changes(core) >= 5 || changes(core) >= 3 && !self.word_shapes.match_any(bytes))
        };
        match rule.shape {
            Shape::Token => true,
            Shape::Random => digit && letter && changes(value) >= 4 && !benign() && !code(),
            Shape::Password if !digit && !special => scrambled() && !benign(),
            Shape::Password => letter && distinct(value) >= 5 && !benign() && !code(),
            Shape::Words if !digit && !special => core.len() >= 10 && distinct(value) >= 5 && !benign(),
            Shape::Words => letter && distinct(value) >= 4 && !benign(),
            Shape::Any => letter || digit,
        }
    }
}

/// Shannon entropy in bits per byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let total = value.len() as f64;
    counts.iter().filter(|&&n| n > 0).map(|&n| f64::from(n) / total).map(|p| -p * p.log2()).sum()
}

/// Whether the value holds the class of characters that a rule calls `name`.
pub(super) fn holds(name: &str, value: &[u8]) -> bool {
    value.iter().any(|b| match name {
        "digit" => b.is_ascii_digit(),
        "upper" => b.is_ascii_uppercase(),
        "lower" => b.is_ascii_lowercase(),
        "letter" => b.is_ascii_alphabetic(),
        "nonletter" => !b.is_ascii_alphabetic(),
        _ => !b.is_ascii_alphanumeric(),
    })
}

/// Whether there are digits, upper and lower case.
fn mixes_three(value: &str) -> bool {
    ["digit", "upper", "lower"].iter().all(|class| holds(class, value.as_bytes()))
}

/// Whether there are upper and lower case, digits at the end, and a sign that is no part of a path.
fn mixes_four(value: &str) -> bool {
    mixes_three(value)
        && value.bytes().rev().take_while(u8::is_ascii_digit).count() >= 2
        && value.bytes().any(|b| !b.is_ascii_alphanumeric())
        && !value.contains(['.', '/', ':'])
}

/// Whether a word is too long to stand in a random value by chance.
fn is_long_word(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|b| b.is_ascii_alphabetic()) && distinct(word) > 3
}

/// How often neighbours are of different classes (digit, upper, lower).
fn changes(value: &str) -> usize {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    value.as_bytes().windows(2).filter(|pair| class(pair[0]) != class(pair[1]) && class(pair[0]) < 3).count()
}

/// Whether the letters of a value cannot be words: digits between them again and again, hardly a vowel, a heap of
/// consonants, or letters that are rare in every language that identifiers are taken from.
fn gibberish(value: &str) -> bool {
    // Of a path, only a long part says something.
    let value = value.split('/').max_by_key(|part| part.len()).unwrap_or(value);
    let (mut letters, mut vowels, mut between, mut run, mut longest) = (0, 0, 0, 0, 0);
    let mut rare = [0_usize; 4];
    let mut before = 0;
    for byte in value.bytes().map(|b| b.to_ascii_lowercase()) {
        let is_vowel = matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        letters += usize::from(byte.is_ascii_lowercase());
        vowels += usize::from(is_vowel);
        if let Some(at) = b"jqxz".iter().position(|letter| *letter == byte) {
            rare[at] += 1;
        }
        between += usize::from(byte.is_ascii_digit() && u8::is_ascii_lowercase(&before));
        run = if byte.is_ascii_lowercase() && !is_vowel { run + 1 } else { 0 };
        longest = longest.max(run);
        before = byte;
    }
    // One of them alone, doubled, still makes a name (`xxhash`).
    let several = rare.iter().filter(|count| **count > 0).count() >= 2;
    between >= 4
        || longest >= 6
        || letters >= 8 && (vowels * 5 < letters || several && rare.iter().sum::<usize>() * 14 >= letters)
}

fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// One character many times over, or few different ones in a long value.
fn repeats(value: &str) -> bool {
    let mut run = 1;
    for pair in value.as_bytes().windows(2) {
        run = if pair[0] == pair[1] { run + 1 } else { 1 };
        if run >= 7 {
            return true;
        }
    }
    value.len() >= 16 && distinct(value) <= 5
}
