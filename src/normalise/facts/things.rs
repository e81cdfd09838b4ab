//! What one source names: collected once each, and not more than a source may.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Things of one kind kept of one source.
const MAX_PER_KIND: usize = 128;

/// Longest value kept, in bytes.
pub(super) const MAX_VALUE: usize = 512;

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) domain: Option<String>,
    pub(super) ecosystem: Option<Arc<str>>,
    pub(super) relation: &'static str,
    pub(super) place: &'static str,
    pub(super) name: Option<Arc<str>>,
}

/// The things of one source.
#[derive(Debug, Default)]
pub(super) struct Things {
    pub(super) list: Vec<Thing>,
    seen: BTreeSet<(&'static str, String, &'static str, Option<Arc<str>>)>,
    counts: std::collections::BTreeMap<&'static str, usize>,
    /// How many were over the limit.
    pub(super) left_out: u64,
    /// Where the text that is being read stands.
    pub(super) place: &'static str,
    /// Its name there.
    pub(super) name: Option<Arc<str>>,
    /// What is done with what it names.
    pub(super) relation: &'static str,
}

impl Things {
    /// For text of a message.
    pub(super) fn of_text() -> Self {
        Self { place: "text", relation: "mention", ..Self::default() }
    }

    /// Sets where the text that follows stands.
    pub(super) fn at(&mut self, place: &'static str, name: Option<Arc<str>>, relation: &'static str) {
        self.place = place;
        self.name = name;
        self.relation = relation;
    }

    /// Adds a thing with nothing more to say about it.
    pub(super) fn add(&mut self, kind: &'static str, value: impl Into<String>) {
        self.push(kind, value.into(), None, None);
    }

    /// Adds a thing.
    pub(super) fn push(
        &mut self,
        kind: &'static str,
        value: String,
        domain: Option<String>,
        ecosystem: Option<Arc<str>>,
    ) {
        if value.is_empty() || value.len() > 4 * MAX_VALUE {
            return;
        }
        let count = self.counts.entry(kind).or_default();
        if *count >= MAX_PER_KIND {
            self.left_out += 1;
            return;
        }
        if self.seen.insert((kind, value.clone(), self.relation, self.name.clone())) {
            *count += 1;
            let (relation, place, name) = (self.relation, self.place, self.name.clone());
            self.list.push(Thing { kind, value, domain, ecosystem, relation, place, name });
        }
    }
}

/// The table's word for a relation, `mention` for words that are none.
pub(super) fn relation(word: &str) -> &'static str {
    const WORDS: [&str; 9] = ["destination", "source", "read", "write", "delete", "execute", "install", "add", "move"];
    WORDS.iter().find(|known| **known == word).copied().unwrap_or("mention")
}
