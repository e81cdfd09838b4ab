//! Secrets of a source, so that no fact taken from it carries one.

use std::ops::Range;

use crate::secrets::Scanner;

/// Shortest secret that is looked for in lower case too, in bytes: a shorter one can be a word.
const LEAST_LOWER: usize = 8;

/// The secrets of one source, with the marks that stand for them.
pub(super) struct Hidden<'s> {
    scanner: &'s Scanner,
    /// Longest first, since one can be part of another. Those of some length also in lower case, in which hosts,
    /// addresses and programs are kept.
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
            .flat_map(|(secret, mark)| {
                let lower = secret.to_lowercase();
                let other = (secret.len() >= LEAST_LOWER && lower != secret).then(|| (lower, mark.clone()));
                [(secret, mark)].into_iter().chain(other)
            })
            .collect();
        secrets.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then(a.cmp(b)));
        Self { scanner, secrets }
    }

    /// `text` without secrets, cut to at most `bytes`.
    pub(super) fn clean(&self, text: &str, bytes: usize) -> String {
        // A secret that the cut would halve is whole here.
        let text = super::cut(text, bytes.saturating_mul(2).max(4096));
        let mut out = self.without_known(text.to_owned());
        if let std::borrow::Cow::Owned(redacted) = self.scanner.redact(&out) {
            out = redacted;
        }
        if out.len() > bytes {
            out.truncate(out.floor_char_boundary(bytes));
        }
        out
    }

    /// `text` without the secrets of its source, for values whose form alone looks like one.
    pub(super) fn without_known(&self, mut text: String) -> String {
        for (secret, mark) in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), mark);
            }
        }
        text
    }

    /// A list of words without secrets.
    pub(super) fn clean_all(&self, words: &[String], bytes: usize) -> Vec<String> {
        words.iter().map(|word| self.clean(word, bytes)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_where_its_case_is_lost() {
        let scanner = Scanner::builtin().unwrap();
        let id = ["AK", "IAQ3EGR7ZD5MLPVC2X"].concat();
        let json = format!(r#"{{"url": "https://{id}.evil.example/", "pin": "AbC9"}}"#);
        let pin = json.find("AbC9").unwrap();
        let mut spans = scanner.look(&json).hidden();
        spans.push((pin..pin + 4, "‹pin›".to_owned()));
        let hidden = Hidden::in_json(&scanner, &json, spans);
        let host = format!("{}.evil.example", id.to_lowercase());
        assert_eq!(hidden.without_known(host.clone()), "‹aws-access-key-id AKIA…VC2X›.evil.example");
        assert!(!hidden.clean(&format!("https://{host}/"), 200).contains("q3egr7zd5mlp"));
        assert_eq!(hidden.without_known("AbC9 abc9".to_owned()), "‹pin› abc9", "a short one can be a word");
    }
}
