//! Conversations: which one a request continues, and which of its messages that conversation has not shown before.
//!
//! A conversation is named by its beginning: everything before the model's first answer, and that answer. Each later
//! request repeats it, so the name needs no state, does not depend on the order or grouping of exports, and survives
//! forks, retries and interleaving. Two conversations that begin with the same words differ by the first answer (the
//! ids of its tool calls are never equal). Where no answer exists yet, the beginning alone is the name.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::content::{ContentId, Hasher, Role, RootKey, digest};
use crate::tables::carries::Carry;
use crate::tables::{Rows, Time};

/// Messages tracked before counting starts over; about 100 bytes each.
const MAX_TRACKED: usize = 1_000_000;

/// Identity of a conversation and of its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Identity of the conversation.
    pub conversation: ContentId,
    /// Identity of everything before the first answer.
    pub root: ContentId,
}

/// Names a conversation from the contributions of its messages, in order, the current answer last.
///
/// `split_answers` says that the format tells one answer in several messages: then the first of them that has call ids
/// names the conversation, since the words before it may be repeated differently or not at all.
///
/// `None` when there is no message besides the system prompt.
pub fn identify(
    login: &str,
    device: &str,
    split_answers: bool,
    messages: impl Iterator<Item = (Role, RootKey)>,
) -> Option<Identity> {
    let mut root = Hasher::default();
    root.part(login.as_bytes());
    root.part(device.as_bytes());
    let mut asked = false;
    let mut answer = None;
    for (role, key) in messages {
        let (key, decides) = match key {
            RootKey::Nothing => continue,
            RootKey::Words(key) => (key, !split_answers),
            RootKey::Ids(key) => (key, true),
        };
        match role {
            Role::System => {}
            // An answer before any question is a greeting that the client put there.
            Role::Assistant if asked => {
                if decides || answer.is_none() {
                    answer = Some(key);
                }
                if decides {
                    break;
                }
            }
            _ if answer.is_some() => break,
            _ => {
                asked |= role != Role::Assistant;
                root.part(&key);
            }
        }
    }
    let root = root.finish();
    asked.then(|| {
        let conversation = match answer {
            Some(answer) => digest(&[b"conversation", &root, &answer]),
            None => digest(&[b"conversation", &root]),
        };
        Identity { conversation, root }
    })
}

/// How often one message was carried.
struct Carried {
    conversation: ContentId,
    occurrence: Occurrence,
    /// What followed it in the last record that carried it: a guess at what comes next.
    next: u32,
    element_id: String,
    record_id: Option<i64>,
    time: Time,
    last_time: Time,
    requests: i64,
    last_serial: u64,
}

/// A message in a conversation: the content, and the how-manieth occurrence of it.
type Occurrence = (ContentId, u32);

#[derive(Default)]
struct Conversation {
    messages: HashMap<Occurrence, u32>,
    calls: HashSet<ContentId>,
}

/// What was found of one message.
pub enum Appearance {
    /// First time in this conversation and export; its rows are wanted. Holds the message's identity.
    New(String),
    /// Already there. Leads to the message's identity, see [`Conversations::element_id`].
    Echo(u32),
}

/// Everything the conversations of one export have shown.
#[derive(Default)]
pub struct Conversations {
    by_id: HashMap<ContentId, Conversation>,
    carried: Vec<Carried>,
    /// What was carried last, and by which record.
    last: Option<(u32, u64)>,
    calls: usize,
}

impl Conversations {
    /// Whether so much is tracked that the owner should finish and start over.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.carried.len() >= MAX_TRACKED || self.calls >= MAX_TRACKED
    }

    /// Notes that the record carries the message.
    pub fn carry(
        &mut self,
        conversation: &ContentId,
        occurrence: Occurrence,
        serial: u64,
        record_id: Option<i64>,
        time: Time,
    ) -> Appearance {
        let before = self.last.filter(|(_, record)| *record == serial).map(|(index, _)| index as usize);
        let guess = before.map(|before| self.carried[before].next);
        let is_it = |index: &u32| {
            let carried = self.carried.get(*index as usize);
            carried.is_some_and(|c| c.occurrence == occurrence && c.conversation == *conversation)
        };
        let known = guess
            .filter(is_it)
            .or_else(|| self.by_id.get(conversation).and_then(|state| state.messages.get(&occurrence)).copied());
        let index = known.unwrap_or_else(|| u32::try_from(self.carried.len()).unwrap_or(u32::MAX));
        if let Some(before) = before {
            self.carried[before].next = index;
        }
        self.last = Some((index, serial));
        if known.is_some() {
            let carried = &mut self.carried[index as usize];
            if carried.last_serial != serial {
                carried.last_serial = serial;
                carried.requests += 1;
            }
            if time < carried.time {
                (carried.time, carried.record_id) = (time, record_id);
            }
            carried.last_time = carried.last_time.max(time);
            return Appearance::Echo(index);
        }
        let element_id = hex::encode(digest(&[b"message", conversation, &occurrence.0, &occurrence.1.to_le_bytes()]));
        self.by_id.entry(*conversation).or_default().messages.insert(occurrence, index);
        self.carried.push(Carried {
            conversation: *conversation,
            occurrence,
            next: u32::MAX,
            element_id: element_id.clone(),
            record_id,
            time,
            last_time: time,
            requests: 1,
            last_serial: serial,
        });
        Appearance::New(element_id)
    }

    /// Identity of a message that was already there.
    #[must_use]
    pub fn element_id(&self, echo: u32) -> &str {
        &self.carried[echo as usize].element_id
    }

    /// Whether the call is new to the conversation. The same call can stand in two messages when a client splits one.
    pub fn is_new_call(&mut self, conversation: &ContentId, call: ContentId) -> bool {
        let new = self.by_id.entry(*conversation).or_default().calls.insert(call);
        self.calls += usize::from(new);
        new
    }

    /// Emits how often each message was carried, and forgets everything.
    pub fn finish(&mut self, export_key: &Arc<str>, rows: &mut Rows) {
        rows.carries.extend(self.carried.drain(..).map(|c| Carry {
            element_id: c.element_id,
            export_key: export_key.clone(),
            record_id: c.record_id,
            time: c.time,
            requests: c.requests,
            last_time: c.last_time,
        }));
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(keys: &[(Role, u8)]) -> Option<Identity> {
        identify("alice", "n1", false, keys.iter().map(|(r, k)| (*r, RootKey::Words([*k; 16]))))
    }

    #[test]
    fn a_conversation_keeps_its_name_as_it_grows() {
        use Role::{Assistant, System, User};
        let first = name(&[(System, 9), (User, 1), (Assistant, 2)]).unwrap();
        let later = name(&[(System, 8), (User, 1), (Assistant, 2), (User, 3), (Assistant, 4)]).unwrap();
        let fork = name(&[(User, 1), (Assistant, 2), (User, 5)]).unwrap();
        assert_eq!(first, later);
        assert_eq!(first, fork);
    }

    #[test]
    fn equal_questions_with_other_answers_are_other_conversations_with_one_root() {
        use Role::{Assistant, User};
        let a = name(&[(User, 1), (Assistant, 2)]).unwrap();
        let b = name(&[(User, 1), (Assistant, 3)]).unwrap();
        let unanswered = name(&[(User, 1)]).unwrap();
        assert_ne!(a.conversation, b.conversation);
        assert_ne!(a.conversation, unanswered.conversation);
        assert_eq!((a.root, a.root), (b.root, unanswered.root));
        let words = |k| RootKey::Words([k; 16]);
        let elsewhere = identify("bob", "n1", false, [(User, words(1)), (Assistant, words(2))].into_iter()).unwrap();
        assert_ne!(a.root, elsewhere.root);
        assert_eq!(name(&[(Role::System, 1)]), None);
        assert_eq!(name(&[]), None);
    }

    #[test]
    fn an_answer_in_several_messages_counts_by_its_first_call() {
        use Role::{Assistant, User};
        let name = |split, keys: &[(Role, RootKey)]| identify("a", "n", split, keys.iter().copied()).unwrap();
        let (asked, said, called) = ((User, RootKey::Words([1; 16])), RootKey::Words([2; 16]), RootKey::Ids([3; 16]));
        let whole = name(true, &[asked, (Assistant, RootKey::Nothing), (Assistant, said), (Assistant, called)]);
        assert_eq!(whole, name(true, &[asked, (Assistant, called)]));
        assert_ne!(whole, name(true, &[asked, (Assistant, said), (User, said), (Assistant, called)]));
        assert_eq!(
            name(false, &[asked, (Assistant, said), (Assistant, called)]),
            name(true, &[asked, (Assistant, said)])
        );
    }

    #[test]
    fn each_message_is_new_once_and_then_counted_per_request() {
        let mut all = Conversations::default();
        let conversation = [1; 16];
        let mut carry = |serial, occurrence, time| {
            matches!(
                all.carry(&conversation, ([7; 16], occurrence), serial, Some(serial as i64), Time(time)),
                Appearance::New(_)
            )
        };
        assert!(carry(1, 0, 10));
        assert!(!carry(1, 0, 10), "the same occurrence in the same record counts once");
        assert!(carry(2, 1, 20), "a second occurrence is another message");
        assert!(!carry(2, 0, 20));
        assert!(!carry(3, 0, 30));
        assert!(all.is_new_call(&conversation, [1; 16]) && !all.is_new_call(&conversation, [1; 16]));
        let mut rows = Rows::default();
        all.finish(&"e".into(), &mut rows);
        let counts: Vec<_> = rows.carries.iter().map(|c| (c.requests, c.time.0, c.last_time.0, c.record_id)).collect();
        assert_eq!(counts, vec![(3, 10, 30, Some(1)), (1, 20, 20, Some(2))]);
    }
}
