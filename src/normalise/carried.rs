//! What the conversations of an export have shown: which messages and calls are new, and how often each was sent.
//!
//! A conversation that was quiet while many others went on is let go: its counts become rows, and should it go on after
//! all, its messages are new once more. So memory follows what is being repeated, not the size of the export.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::content::{ContentId, digest};
use super::quiet::Quiet;
use crate::tables::carries::Carry;
use crate::tables::{Rows, Time};

/// Messages or calls tracked before counting starts over, however lively; about 150 bytes each.
const MAX_TRACKED: usize = 1_000_000;

/// Messages of a conversation that are looked through one by one; most conversations have no more.
const FEW: usize = 8;

/// A message in a conversation: the content, and the how-manieth occurrence of it.
pub type Occurrence = (ContentId, u32);

/// How often one message was carried.
struct Carried {
    occurrence: Occurrence,
    /// What followed it in the last record that carried it: a guess at what comes next.
    next: u32,
    record_id: Option<i64>,
    time: Time,
    last_time: Time,
    requests: i64,
    last_serial: u64,
}

/// What was found of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// First time in this conversation and export; its rows are wanted.
    New,
    /// Already there.
    Echo,
}

/// What one conversation has shown.
pub struct Conversation {
    id: ContentId,
    carried: Vec<Carried>,
    /// Where the messages stand in `carried`, once they are more than a few; boxed, because most conversations have few.
    places: Option<Box<HashMap<Occurrence, u32>>>,
    /// The calls, once there is one.
    calls: Option<Box<HashSet<ContentId>>>,
    /// What was carried last.
    last: Option<u32>,
    /// The record that carried it.
    last_serial: u64,
    /// What of it is in [`Conversations::tracked`].
    tracked: usize,
}

impl Conversation {
    fn new(id: ContentId) -> Self {
        Self { id, carried: Vec::new(), places: None, calls: None, last: None, last_serial: 0, tracked: 0 }
    }

    /// Notes that the current record carries the message.
    pub fn carry(&mut self, occurrence: Occurrence, record_id: Option<i64>, time: Time) -> Appearance {
        let before = self.last.map(|index| index as usize);
        let guess = before.map(|before| self.carried[before].next);
        let is_it = |index: &u32| self.carried.get(*index as usize).is_some_and(|c| c.occurrence == occurrence);
        let known = guess.filter(is_it).or_else(|| self.place(&occurrence));
        let index = known.unwrap_or_else(|| u32::try_from(self.carried.len()).unwrap_or(u32::MAX));
        if let Some(before) = before {
            self.carried[before].next = index;
        }
        self.last = Some(index);
        if known.is_some() {
            let carried = &mut self.carried[index as usize];
            if carried.last_serial != self.last_serial {
                carried.last_serial = self.last_serial;
                carried.requests += 1;
            }
            if time < carried.time {
                (carried.time, carried.record_id) = (time, record_id);
            }
            carried.last_time = carried.last_time.max(time);
            return Appearance::Echo;
        }
        if self.carried.is_empty() {
            // A question and its answer; the usual first step of a growing list would be twice as long.
            self.carried.reserve_exact(2);
        }
        self.carried.push(Carried {
            occurrence,
            next: u32::MAX,
            record_id,
            time,
            last_time: time,
            requests: 1,
            last_serial: self.last_serial,
        });
        self.note_place(occurrence, index);
        Appearance::New
    }

    fn place(&self, occurrence: &Occurrence) -> Option<u32> {
        if self.carried.len() > FEW {
            return self.places.as_ref()?.get(occurrence).copied();
        }
        let place = self.carried.iter().position(|c| c.occurrence == *occurrence)?;
        u32::try_from(place).ok()
    }

    fn note_place(&mut self, occurrence: Occurrence, index: u32) {
        match (&mut self.places, self.carried.len()) {
            (_, few) if few <= FEW => {}
            (Some(places), _) => {
                places.insert(occurrence, index);
            }
            (none, _) => *none = Some(Box::new(self.carried.iter().map(|c| c.occurrence).zip(0..).collect())),
        }
    }

    /// Identity of a message of the conversation.
    #[must_use]
    pub fn element_id(&self, occurrence: &Occurrence) -> String {
        hex::encode(digest(&[b"message", &self.id, &occurrence.0, &occurrence.1.to_le_bytes()]))
    }

    /// Whether the call is new to the conversation. The same call can stand in two messages when a client splits one.
    pub fn is_new_call(&mut self, call: ContentId) -> bool {
        self.calls.get_or_insert_default().insert(call)
    }

    /// Emits how often each message was carried.
    fn finish(self, export_key: &Arc<str>, rows: &mut Rows) {
        rows.carries.extend(self.carried.iter().map(|c| Carry {
            element_id: self.element_id(&c.occurrence),
            export_key: export_key.clone(),
            record_id: c.record_id,
            time: c.time,
            requests: c.requests,
            last_time: c.last_time,
        }));
    }
}

/// Everything the conversations of one export have shown.
pub struct Conversations {
    by_id: HashMap<ContentId, u32>,
    all: Vec<Conversation>,
    /// The one that the current record belongs to.
    current: Option<u32>,
    /// Messages and calls of all.
    tracked: usize,
    quiet: Quiet,
}

impl Conversations {
    /// None yet. `remembered` is how many messages and calls may come before the quiet conversations are let go.
    #[must_use]
    pub fn new(remembered: usize) -> Self {
        Self { by_id: HashMap::new(), all: Vec::new(), current: None, tracked: 0, quiet: Quiet::new(remembered) }
    }

    /// Whether so much is tracked that the owner should finish and start over.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.tracked >= MAX_TRACKED
    }

    /// The conversation that a record belongs to. Each record has its own serial number, higher than that before it.
    pub fn of(&mut self, id: &ContentId, serial: u64) -> &mut Conversation {
        let index = *self.by_id.entry(*id).or_insert_with(|| {
            self.all.push(Conversation::new(*id));
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        });
        self.current = Some(index);
        let conversation = &mut self.all[index as usize];
        if conversation.last_serial != serial {
            (conversation.last, conversation.last_serial) = (None, serial);
        }
        conversation
    }

    /// To be called after each record: lets go of what was quiet for long, and emits its counts.
    pub fn settle(&mut self, serial: u64, export_key: &Arc<str>, rows: &mut Rows) {
        if let Some(current) = self.current.take() {
            let conversation = &mut self.all[current as usize];
            let size = conversation.carried.len() + conversation.calls.as_ref().map_or(0, |calls| calls.len());
            self.tracked += size - std::mem::replace(&mut conversation.tracked, size);
        }
        let Some(since) = self.quiet.since(self.tracked, serial) else { return };
        for quiet in self.all.extract_if(.., |c| c.last_serial < since) {
            self.tracked -= quiet.tracked;
            quiet.finish(export_key, rows);
        }
        self.by_id.clear();
        self.by_id.extend(self.all.iter().map(|c| c.id).zip(0..));
        self.quiet.left(self.tracked);
    }

    /// Emits how often each message was carried, and forgets everything.
    pub fn finish(&mut self, export_key: &Arc<str>, rows: &mut Rows) {
        for conversation in std::mem::take(&mut self.all) {
            conversation.finish(export_key, rows);
        }
        *self = Self::new(self.quiet.step());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carry(all: &mut Conversations, id: u8, serial: u64, occurrence: Occurrence, time: i64) -> bool {
        let record = i64::try_from(serial).ok();
        all.of(&[id; 16], serial).carry(occurrence, record, Time(time)) == Appearance::New
    }

    fn counts(rows: &Rows) -> Vec<(i64, i64, i64, Option<i64>)> {
        rows.carries.iter().map(|c| (c.requests, c.time.0, c.last_time.0, c.record_id)).collect()
    }

    #[test]
    fn each_message_is_new_once_and_then_counted_per_request() {
        let mut all = Conversations::new(100);
        assert!(carry(&mut all, 1, 1, ([7; 16], 0), 10));
        assert!(!carry(&mut all, 1, 1, ([7; 16], 0), 10), "the same occurrence in the same record counts once");
        assert!(carry(&mut all, 1, 2, ([7; 16], 1), 20), "a second occurrence is another message");
        assert!(!carry(&mut all, 1, 2, ([7; 16], 0), 20));
        assert!(!carry(&mut all, 1, 3, ([7; 16], 0), 30));
        let conversation = all.of(&[1; 16], 3);
        assert!(conversation.is_new_call([1; 16]) && !conversation.is_new_call([1; 16]));
        let mut rows = Rows::default();
        all.finish(&"e".into(), &mut rows);
        assert_eq!(counts(&rows), vec![(3, 10, 30, Some(1)), (1, 20, 20, Some(2))]);
    }

    #[test]
    fn a_long_conversation_knows_its_messages_in_any_order() {
        let mut all = Conversations::new(1000);
        for n in 0..40 {
            assert!(carry(&mut all, 1, 1, ([n; 16], 0), 10));
        }
        for n in (0..40).rev().chain([3, 3, 17]) {
            assert!(!carry(&mut all, 1, 2, ([n; 16], 0), 20), "{n}");
        }
        assert!(carry(&mut all, 2, 3, ([3; 16], 0), 30), "another conversation has shown nothing yet");
    }

    #[test]
    fn quiet_conversations_are_let_go_with_their_counts_and_lively_ones_stay() {
        let mut all = Conversations::new(8);
        let mut rows = Rows::default();
        let mut serial = 0;
        for n in 0..100 {
            for (conversation, content) in [(200, 200), (n, n)] {
                serial += 1;
                let new = carry(&mut all, conversation, serial, ([content; 16], 0), i64::try_from(serial).unwrap());
                assert_eq!(new, n == 0 || conversation == n, "{conversation} at {n}");
                all.settle(serial, &"e".into(), &mut rows);
                assert!(all.tracked <= 12 && all.all.len() <= 12);
            }
        }
        assert!(rows.carries.len() > 80, "{}", rows.carries.len());
        all.finish(&"e".into(), &mut rows);
        assert_eq!(rows.carries.iter().filter(|c| c.requests == 100).count(), 1);
        assert_eq!((rows.carries.len(), rows.carries.iter().filter(|c| c.requests == 1).count()), (101, 100));
        assert!(carry(&mut all, 1, 900, ([1; 16], 0), 900), "finishing forgets everything");
    }
}
