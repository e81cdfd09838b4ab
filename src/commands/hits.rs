//! From a text to what the ledger of secrets says about it: which secrets, how often, where in it; never their values.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::secrets::{Confidence, Key, Look, Match, Scanner, Tier, preview};

/// Secrets listed of one text; a text with more is a dump whose first ones tell the story.
const MAX_PER_TEXT: usize = 2_000;
/// Longest path kept, in characters, and deepest JSON that is followed.
const MAX_PATH: usize = 200;
const MAX_DEPTH: usize = 64;

/// Finds secrets and names them.
pub struct Ledgerer {
    /// The rules in force.
    pub scanner: Scanner,
    /// The lake's key.
    pub key: Key,
}

/// One secret of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Keyed hash of the value.
    pub fingerprint: String,
    /// Rule that found it.
    pub rule: Arc<str>,
    /// What it is.
    pub kind: Arc<str>,
    /// Whose it is.
    pub vendor: Arc<str>,
    /// How specific the rule is.
    pub tier: &'static str,
    /// How likely it is one.
    pub confidence: &'static str,
    /// Whether it opens everything.
    pub root: bool,
    /// What may be shown.
    pub preview: String,
    /// How it is written.
    pub encoding: &'static str,
    /// Place in the text where that is JSON.
    pub path: Option<String>,
    /// How often it stands there.
    pub occurrences: i64,
}

impl Ledgerer {
    /// The secrets of a text, each once, in the order in which they appear.
    #[must_use]
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        self.named(text, &self.scanner.scan(text))
    }

    /// As [`Ledgerer::hits`], of a text that was looked at for other reasons, too.
    #[must_use]
    pub fn hits_of(&self, look: &Look<'_>) -> Vec<Hit> {
        self.named(look.text(), look.found())
    }

    fn named(&self, text: &str, found: &[Match]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut by_print = BTreeMap::<String, usize>::new();
        for one in found {
            let fields = fields_at(text, one.span.start);
            if fields.iter().any(|field| self.scanner.never_secret(field)) {
                continue;
            }
            let fingerprint = one.secret.fingerprint(&self.key);
            if let Some(&at) = by_print.get(&fingerprint) {
                hits[at].occurrences += 1;
            } else if hits.len() < MAX_PER_TEXT {
                by_print.insert(fingerprint.clone(), hits.len());
                // Names in JSON come from the field, too.
                let path = path(&fields).map(|path| self.scanner.redact(&path).into_owned());
                hits.push(hit(one, fingerprint, path));
            }
        }
        hits
    }
}

fn hit(found: &Match, fingerprint: String, path: Option<String>) -> Hit {
    Hit {
        fingerprint,
        rule: found.rule_id.clone(),
        kind: found.kind.clone(),
        vendor: found.vendor.clone(),
        tier: match found.tier {
            Tier::Provider => "provider",
            Tier::Generic => "generic",
            Tier::Pii => "pii",
            Tier::Count => "count",
        },
        confidence: match found.confidence {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        },
        root: found.root,
        preview: preview(found),
        encoding: found.encoding,
        path,
        occurrences: 1,
    }
}

fn path(fields: &[String]) -> Option<String> {
    let path: String = fields.join("/").chars().take(MAX_PATH).collect();
    (!path.is_empty()).then_some(path)
}

/// Names and indices that lead to the byte `at` of a JSON text, outermost first; none where the text is no JSON.
fn fields_at(text: &str, at: usize) -> Vec<String> {
    let bytes = text.as_bytes();
    if !matches!(bytes.iter().find(|b| !b.is_ascii_whitespace()), Some(b'{' | b'[')) {
        return Vec::new();
    }
    // For each open value: the name or index of the member that is being read.
    let mut open: Vec<Field> = Vec::new();
    let mut pos = 0;
    while pos < bytes.len().min(at) {
        match bytes[pos] {
            b'{' | b'[' if open.len() >= MAX_DEPTH => return Vec::new(),
            b'{' => open.push(Field::Name(0..0)),
            b'[' => open.push(Field::Index(0)),
            b'}' | b']' if open.pop().is_none() => return Vec::new(),
            b',' => {
                if let Some(Field::Index(index)) = open.last_mut() {
                    *index += 1;
                }
            }
            b'"' => {
                let end = string_end(bytes, pos);
                let is_name = bytes[end.min(bytes.len())..].iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                match open.last_mut() {
                    Some(Field::Name(name)) if is_name && end <= at => *name = pos + 1..end.saturating_sub(1),
                    _ => {}
                }
                pos = end;
                continue;
            }
            _ => {}
        }
        pos += 1;
    }
    open.iter().map(|field| field.shown(text)).collect()
}

/// What leads into one level of JSON.
enum Field {
    Name(std::ops::Range<usize>),
    Index(usize),
}

impl Field {
    fn shown(&self, text: &str) -> String {
        match self {
            Self::Index(index) => index.to_string(),
            Self::Name(range) => {
                let name = text.get(range.clone()).unwrap_or_default();
                name.chars().filter(|c| !c.is_control()).take(80).collect()
            }
        }
    }
}

/// Just after the closing quote of the string that opens at `pos`.
fn string_end(bytes: &[u8], pos: usize) -> usize {
    let mut at = pos + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledgerer() -> Ledgerer {
        Ledgerer { scanner: Scanner::builtin().unwrap(), key: Key::from_bytes([7; 32]) }
    }

    fn token(tail: &str) -> String {
        format!("glpat-{tail}")
    }

    #[test]
    fn a_secret_is_one_hit_with_its_place_however_often_it_stands_there() {
        let token = token("x7Kq2mVb9TzR4wLp8NcD");
        let text = format!(r#"{{"a":[1,{{"env":"T={token}","b":"{token}"}}],"z":"\"{token}\""}}"#);
        let hits = ledgerer().hits(&text);
        assert_eq!(hits.len(), 1, "{hits:?}");
        assert_eq!((hits[0].path.as_deref(), hits[0].occurrences), (Some("a/1/env"), 3));
        assert!(!format!("{hits:?}").contains(&token));
    }

    #[test]
    fn fields_that_never_hold_a_secret_are_passed_over() {
        let token = token("x7Kq2mVb9TzR4wLp8NcD");
        assert!(ledgerer().hits(&format!(r#"{{"signature":"{token}"}}"#)).is_empty());
        assert_eq!(ledgerer().hits(&format!(r#"{{"signed":"{token}"}}"#)).len(), 1);
        assert_eq!(ledgerer().hits(&format!("signature {token}")).len(), 1);
    }

    #[test]
    fn paths_survive_text_that_only_begins_like_json() {
        for text in ["", "{", "[[[[", "{\"a\":", "]}", "{\"a", "{\"a\\", "[1,2"] {
            for at in 0..=text.len() + 1 {
                let _ = fields_at(text, at);
            }
        }
        assert_eq!(fields_at(&"[".repeat(1000), 999), Vec::<String>::new());
        assert_eq!(fields_at("{\"a\":{\"b\":\"x\"},\"c\":\"y\"}", 19), ["c"]);
    }
}
