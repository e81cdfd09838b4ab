//! Requests that hold only what is new, because the provider keeps the history.
//!
//! Such a request names the history: by the answer it continues, or by a conversation that the provider holds. Within
//! an export the answer leads to the conversation it was given in; where that answer is in another export, the name
//! itself is the conversation, so that what belongs together later still does.

use hashbrown::HashMap;
use serde_json::Value;

use super::content::{ContentId, digest};
use super::conversation::Identity;
use super::principal::Seen;

/// Answers remembered before the owner starts over; about 100 bytes each.
const MAX_KEPT: usize = 200_000;

/// A history that a request names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Identity of the name, scoped to the principal, since clients choose it.
    key: ContentId,
    /// Whether the name stays the same while the history grows.
    is_lasting: bool,
}

/// Where a request continues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    /// The conversation.
    pub identity: Identity,
    /// Messages in front of those of the request.
    pub before: i64,
    /// Tells the same words in two such requests apart; zero when the request repeats its history.
    pub salt: u32,
}

/// The histories that answers of one export stand for.
#[derive(Default)]
pub(super) struct Histories(HashMap<ContentId, (Identity, i64)>);

/// The history that a request names, if any; `keys` in order of strength.
pub(super) fn named(keys: &[&str], fields: &[(&str, &[u8])], seen: &Seen) -> Option<Named> {
    keys.iter().find_map(|key| {
        let (_, raw) = fields.iter().find(|(name, _)| name == key)?;
        let value: Value = serde_json::from_slice(raw).ok()?;
        let id = value.as_str().or_else(|| value.get("id")?.as_str()).filter(|id| !id.is_empty())?;
        Some(Named { key: key_of(seen, id), is_lasting: *key == "conversation" })
    })
}

fn key_of(seen: &Seen, id: &str) -> ContentId {
    digest(&[b"history", seen.login.as_bytes(), seen.device.as_bytes(), id.as_bytes()])
}

impl Histories {
    /// Whether so much is remembered that the owner should start over.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_KEPT
    }

    /// Where a request that names a history continues. `request` tells two requests apart.
    pub(super) fn join(&self, named: &Named, request: &str) -> Joined {
        let (identity, before) = match self.0.get(&named.key) {
            Some((identity, length)) => (identity.clone(), *length),
            None => (Identity { conversation: named.key, root: named.key }, 0),
        };
        // Asking again after the same answer is a repetition; a lasting conversation grows with every request.
        let salt = if named.is_lasting { digest(&[&named.key, request.as_bytes()]) } else { named.key };
        let salt = u32::from_le_bytes([salt[0], salt[1], salt[2], salt[3]]).max(1);
        Joined { identity, before, salt }
    }

    /// Remembers what the request was part of, under its answer's id and under a lasting name.
    pub(super) fn keep(&mut self, seen: &Seen, answer: Option<&str>, named: Option<&Named>, at: (&Identity, i64)) {
        let lasting = named.filter(|n| n.is_lasting).map(|n| n.key);
        for key in answer.map(|id| key_of(seen, id)).into_iter().chain(lasting) {
            self.0.insert(key, (at.0.clone(), at.1));
        }
    }
}
