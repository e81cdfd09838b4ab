//! Labelled texts that are data: documents without a secret, and values with a name that says what they are.

use serde::Deserialize;

use super::frames::{numbered, quoted};
use super::template::Fakes;

#[derive(Deserialize)]
struct Clean {
    document: Vec<Document>,
}

#[derive(Deserialize)]
struct Document {
    kind: String,
    name: String,
    #[serde(default = "once")]
    repeat: usize,
    text: String,
}

fn once() -> usize {
    1
}

#[derive(Deserialize)]
struct Contexts {
    contexts: Vec<String>,
    values: Vec<String>,
    passwords: Vec<String>,
}

/// A document without a secret.
pub(super) struct CleanText {
    /// What agents read there.
    pub kind: String,
    /// Which of the kind.
    pub name: String,
    /// The text.
    pub text: String,
}

/// The documents of a seed: as they are, numbered, in JSON, or in JSON inside JSON.
pub(super) fn clean_documents(seed: u64) -> Vec<CleanText> {
    let Ok(clean) = toml::from_str::<Clean>(include_str!("clean.toml")) else { return Vec::new() };
    let mut fakes = Fakes::new(seed ^ 0x5eed);
    let mut texts = Vec::new();
    for document in clean.document {
        let text: String = (0..document.repeat).map(|_| fakes.expand(&document.text) + "\n").collect();
        let text = match seed % 4 {
            0 => text,
            1 => numbered(&text),
            2 => format!("{{\"content\":{}}}", quoted(&text)),
            _ => format!("{{\"arguments\":{}}}", quoted(&format!("{{\"text\":{}}}", quoted(&text)))),
        };
        texts.push(CleanText { kind: document.kind, name: document.name, text });
    }
    texts
}

/// A value that only its name makes a secret.
pub(super) struct Assigned {
    /// How the name is given.
    pub context: String,
    /// The value, where it is known apart from the text.
    pub value: Option<String>,
    /// The text.
    pub text: String,
}

/// Keys, tokens and passwords as people and programs write them.
pub(super) fn assignments(seed: u64) -> Vec<Assigned> {
    let Ok(all) = toml::from_str::<Contexts>(include_str!("contexts.toml")) else { return Vec::new() };
    let mut fakes = Fakes::new(seed);
    let mut texts = Vec::new();
    for context in &all.contexts {
        for value in &all.values {
            let value = fakes.expand(value);
            texts.push(Assigned { context: context.clone(), text: context.replace('§', &value), value: Some(value) });
        }
    }
    texts.extend(all.passwords.iter().map(|context| Assigned {
        context: context.clone(),
        value: None,
        text: fakes.expand(context),
    }));
    texts
}
