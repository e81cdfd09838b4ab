//! Secrets of a source, so that no fact taken from it carries one.

use std::ops::Range;

use crate::secrets::Scanner;

/// The secrets of one source, with the marks that stand for them.
pub(super) struct Hidden<'s> {
    scanner: &'s Scanner,
    /// Longest first, since one can be part of another.
    secrets: Vec<(String, String)>,
}

impl<'s> Hidden<'s> {
    /// The secrets in the JSON text of a call's arguments, where the names around a value tell what it is. `spans` is
    /// where the scanner found them.
    pub(super) fn in_json(scanner: &'s Scanner, json: &str, spans: Vec<(Range<usize>, String)>) -> Self {
        let mut secrets: Vec<(String, String)> = spans
            .into_iter()
            .filter_map(|(span, mark)| {
                let raw = json.get(span)?;
                let text = if raw.contains('\\') { serde_json::from_str(&format!("\"{raw}\"")).ok() } else { None };
                Some((text.unwrap_or_else(|| raw.to_owned()), mark))
            })
            .filter(|(secret, _)| secret.len() >= 4)
            .collect();
        secrets.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
        Self { scanner, secrets }
    }

    /// `text` without secrets, cut to at most `bytes`.
    pub(super) fn clean(&self, text: &str, bytes: usize) -> String {
        // A secret that the cut would halve is whole here.
        let text = super::cut(text, bytes.saturating_mul(2).max(4096));
        let mut out = text.to_owned();
        for (secret, mark) in &self.secrets {
            if out.contains(secret.as_str()) {
                out = out.replace(secret.as_str(), mark);
            }
        }
        if let std::borrow::Cow::Owned(redacted) = self.scanner.redact(&out) {
            out = redacted;
        }
        if out.len() > bytes {
            out.truncate(out.floor_char_boundary(bytes));
        }
        out
    }

    /// A list of words without secrets.
    pub(super) fn clean_all(&self, words: &[String], bytes: usize) -> Vec<String> {
        words.iter().map(|word| self.clean(word, bytes)).collect()
    }
}
