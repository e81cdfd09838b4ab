//! Recognises message elements that were seen before, so that the echoed history of a request is never parsed again.
//!
//! Every request repeats its conversation. For each content that was seen, the store remembers which raw elements
//! followed it: their length, their last bytes and a hash. At the start of an element it guesses: is this the same
//! length of bytes as one of the successors of the element before? If a separator stands where the guess says the
//! element ends, the last bytes agree and the hash agrees, the element is known and is stepped over; the hash is the
//! only pass over its bytes. A wrong guess costs a scan of that one element, nothing else.
//!
//! Guesses are keyed by content, not by conversation, so forks, sub-agents, interleaved sessions and compaction need
//! no special case, and raw variants of the same content (a cache marker that moved) lead to the same successors.
//! The hash is seeded at random per process, since its function is not made to resist an attacker who knows the seed.
//! What no record carried while many new elements came is let go, see [`Quiet`]; should it come again, it is parsed again.
//! With [`Recognition::Bytes`] the bytes themselves are kept and compared; with [`Recognition::Off`] nothing is learnt, so
//! nothing is recognised.

use hashbrown::HashMap;
use twox_hash::XxHash3_128;

use super::Recognition;
use super::content::{ContentId, Message, Role, RootKey};
use super::offered::ToolsetIndex;
use super::quiet::Quiet;

/// Raw variants remembered as successors of one content.
const MAX_SUCCESSORS: usize = 64;

/// Elements held before the store starts over, however lively: about 250 bytes each.
const MAX_ELEMENTS: usize = 400_000;

/// Index of a content in the store.
pub type ContentIndex = u32;

/// Where a conversation starts: the predecessor of first elements.
pub const START: ContentIndex = 0;

/// Part of a body that holds content. The same bytes mean something else in another part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The system prompt.
    System,
    /// The message list.
    Messages,
}

struct Raw {
    place: Place,
    len: u32,
    tail: u64,
    hash: u128,
    content: ContentIndex,
    bytes: Option<Box<[u8]>>,
}

/// What is remembered of one content.
pub struct Content {
    /// Content identity.
    pub id: ContentId,
    /// Contribution to the identity of a conversation.
    pub root_key: RootKey,
    /// Who speaks.
    pub role: Role,
    /// Nothing in it is worth a row.
    pub empty: bool,
    /// Tools that it shows to the model.
    pub toolset: Option<ToolsetIndex>,
    /// Serial number of the last record that carried it, and how often that record did.
    pub occurrence: (u64, u32),
    next: Vec<u32>,
}

/// A recognised element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its content.
    pub content: ContentIndex,
    /// Position just after it.
    pub end: usize,
}

/// The hash of an element that was not found, so that its bytes are not hashed again to remember it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unseen(u128);

/// Seen elements of one wire format.
pub struct Elements {
    seed: u64,
    recognition: Recognition,
    raws: Vec<Raw>,
    contents: Vec<Content>,
    by_hash: HashMap<u128, u32>,
    by_content: HashMap<ContentId, ContentIndex>,
    has_toolsets: bool,
    usual_length: usize,
    quiet: Quiet,
}

impl Elements {
    /// An empty store. `seed` should be unpredictable; it has no influence on results. `remembered` is how many elements
    /// may come before those that are no longer repeated are let go.
    #[must_use]
    pub fn new(seed: u64, recognition: Recognition, remembered: usize) -> Self {
        let start = Content {
            id: [0; 16],
            root_key: RootKey::Nothing,
            role: Role::System,
            empty: true,
            toolset: None,
            occurrence: (0, 0),
            next: Vec::new(),
        };
        Self {
            seed,
            recognition,
            raws: Vec::new(),
            contents: vec![start],
            by_hash: HashMap::new(),
            by_content: HashMap::new(),
            has_toolsets: false,
            usual_length: 0,
            quiet: Quiet::new(remembered),
        }
    }

    /// To be called after each record, when nobody holds an index any more: lets go of what was quiet for long.
    pub fn settle(&mut self, serial: u64) {
        let held = self.raws.len().max(self.contents.len());
        let Some(since) = self.quiet.since(held, serial) else { return };
        let contents = keep(&mut self.contents, |at, content| at == START || content.occurrence.0 >= since);
        let raws = keep(&mut self.raws, |_, raw| {
            raw.content = contents[raw.content as usize];
            raw.content != GONE
        });
        for content in &mut self.contents {
            content.next.retain_mut(|raw| {
                *raw = raws[*raw as usize];
                *raw != GONE
            });
        }
        let moved = |index: &mut u32, to: &[u32]| {
            *index = to[*index as usize];
            *index != GONE
        };
        self.by_hash.retain(|_, raw| moved(raw, &raws));
        self.by_content.retain(|_, content| moved(content, &contents));
        self.quiet.left(self.raws.len().max(self.contents.len()));
    }

    /// About how many messages a request has.
    #[must_use]
    pub fn usual_length(&self) -> usize {
        self.usual_length
    }

    /// Notes how many messages a request had.
    pub fn note_length(&mut self, length: usize) {
        self.usual_length = length + length / 8;
    }

    /// Whether the store has reached its limit; the owner then drops everything that refers to it and starts over.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.raws.len() >= MAX_ELEMENTS || self.contents.len() >= MAX_ELEMENTS
    }

    /// What is remembered of a content.
    #[must_use]
    pub fn content(&self, index: ContentIndex) -> &Content {
        &self.contents[index as usize]
    }

    /// Notes that a content shows tools to the model.
    pub fn shows(&mut self, index: ContentIndex, toolset: ToolsetIndex) {
        self.contents[index as usize].toolset = Some(toolset);
        self.has_toolsets = true;
    }

    /// Whether any content shows tools, so that nobody looks for them in vain.
    #[must_use]
    pub fn has_toolsets(&self) -> bool {
        self.has_toolsets
    }

    /// Counts one more occurrence of the content in the record and returns how many came before it.
    pub fn occurrence(&mut self, index: ContentIndex, record_serial: u64) -> u32 {
        let occurrence = &mut self.contents[index as usize].occurrence;
        *occurrence =
            if occurrence.0 == record_serial { (record_serial, occurrence.1 + 1) } else { (record_serial, 0) };
        occurrence.1
    }

    /// Tries to recognise the element at `pos` as one that followed `before` earlier.
    pub fn guess(&mut self, text: &[u8], pos: usize, before: ContentIndex, place: Place) -> Option<Known> {
        let candidates = &self.contents[before as usize].next;
        for (rank, &index) in candidates.iter().enumerate() {
            let raw = &self.raws[index as usize];
            let end = pos + raw.len as usize;
            if raw.place != place
                || !matches!(text.get(end), Some(b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t'))
                || tail(&text[pos..end]) != raw.tail
                || !self.is_same(raw, &text[pos..end])
            {
                continue;
            }
            let known = Known { content: raw.content, end };
            self.promote(before, rank);
            return Some(known);
        }
        None
    }

    fn is_same(&self, raw: &Raw, bytes: &[u8]) -> bool {
        match &raw.bytes {
            Some(kept) => **kept == *bytes,
            None => raw.hash == self.hash(bytes, raw.place),
        }
    }

    fn hash(&self, bytes: &[u8], place: Place) -> u128 {
        XxHash3_128::oneshot_with_seed(self.seed.wrapping_add(place as u64), bytes)
    }

    /// Moves a successor that was right to the front.
    fn promote(&mut self, before: ContentIndex, rank: usize) {
        if rank > 0 {
            self.contents[before as usize].next[..=rank].rotate_right(1);
        }
    }

    /// Looks the element up wherever it was seen, and remembers that it follows `before`.
    ///
    /// # Errors
    /// When it was not: what [`Elements::learn`] takes.
    pub fn find(&mut self, bytes: &[u8], before: ContentIndex, place: Place) -> Result<ContentIndex, Unseen> {
        let hash = self.hash(bytes, place);
        let Some(&index) = self.by_hash.get(&hash) else { return Err(Unseen(hash)) };
        let raw = &self.raws[index as usize];
        // The hash agrees already.
        let differs = raw.bytes.as_ref().is_some_and(|kept| **kept != *bytes);
        if raw.place != place || raw.len as usize != bytes.len() || differs {
            return Err(Unseen(hash));
        }
        let content = raw.content;
        self.follow(before, index);
        Ok(content)
    }

    /// Remembers an element that [`Elements::find`] did not find at that place, that it was parsed into `message`, and
    /// that it follows `before`.
    pub fn learn(
        &mut self,
        Unseen(hash): Unseen,
        bytes: &[u8],
        before: ContentIndex,
        place: Place,
        message: &Message,
    ) -> ContentIndex {
        let content = self.intern(message);
        if self.recognition == Recognition::Off {
            return content;
        }
        let Ok(len) = u32::try_from(bytes.len()) else { return content };
        let index = u32::try_from(self.raws.len()).unwrap_or(u32::MAX);
        let bytes_kept = (self.recognition == Recognition::Bytes).then(|| bytes.into());
        self.raws.push(Raw { place, len, tail: tail(bytes), hash, content, bytes: bytes_kept });
        self.by_hash.insert(hash, index);
        self.follow(before, index);
        content
    }

    /// The index of a content, which may never have been seen as an element (a model's answer).
    pub fn intern(&mut self, message: &Message) -> ContentIndex {
        let id = message.content_id();
        if let Some(&index) = self.by_content.get(&id) {
            return index;
        }
        let index = u32::try_from(self.contents.len()).unwrap_or(u32::MAX);
        self.contents.push(Content {
            id,
            root_key: message.root_key(),
            role: message.role,
            empty: message.is_empty(),
            toolset: None,
            occurrence: (0, 0),
            next: Vec::new(),
        });
        self.by_content.insert(id, index);
        index
    }

    fn follow(&mut self, before: ContentIndex, raw: u32) {
        let next = &mut self.contents[before as usize].next;
        next.truncate(MAX_SUCCESSORS - 1);
        next.insert(0, raw);
    }
}

/// Where an entry went that is no longer there.
const GONE: u32 = u32::MAX;

/// Keeps some of the entries, in order, and tells where each of them went.
fn keep<T>(entries: &mut Vec<T>, mut wanted: impl FnMut(u32, &mut T) -> bool) -> Vec<u32> {
    let mut places = Vec::with_capacity(entries.len());
    let (mut at, mut kept) = (0, 0);
    entries.retain_mut(|entry| {
        let is_kept = wanted(at, entry);
        places.push(if is_kept { kept } else { GONE });
        (at, kept) = (at + 1, kept + u32::from(is_kept));
        is_kept
    });
    places
}

/// The last eight bytes, a cheap first check.
fn tail(bytes: &[u8]) -> u64 {
    let mut last = [0; 8];
    let from = bytes.len().saturating_sub(8);
    last[..bytes.len() - from].copy_from_slice(&bytes[from..]);
    u64::from_le_bytes(last)
}

#[cfg(test)]
mod tests {
    use super::super::content::Block;
    use super::*;

    fn learn(elements: &mut Elements, bytes: &[u8], before: ContentIndex, place: Place, message: &Message) -> u32 {
        let unseen = elements.find(bytes, before, place).unwrap_err();
        elements.learn(unseen, bytes, before, place, message)
    }

    fn message(text: &str) -> Message {
        Message { role: Role::User, blocks: vec![Block::text(text)] }
    }

    #[test]
    fn a_seen_element_is_recognised_after_its_predecessor_only_when_every_byte_agrees() {
        for recognition in [Recognition::Hash, Recognition::Bytes] {
            let mut elements = Elements::new(7, recognition, 1000);
            let a = learn(&mut elements, br#"{"x":"hello world"}"#, START, Place::Messages, &message("a"));
            let b = learn(&mut elements, br#"{"y":"hello there"}"#, a, Place::Messages, &message("b"));
            let body = br#"[{"x":"hello world"},{"y":"hello there"}]"#;
            let first = elements.guess(body, 1, START, Place::Messages).unwrap();
            assert_eq!((first.content, body[first.end]), (a, b','));
            let second = elements.guess(body, first.end + 1, a, Place::Messages).unwrap();
            assert_eq!((second.content, second.end), (b, body.len() - 1));
            // The same length and the same last bytes, one byte changed in the middle.
            assert_eq!(elements.guess(br#"[{"x":"hellO world"}]"#, 1, START, Place::Messages), None);
            // Cut off, or followed by something that is no separator.
            assert_eq!(elements.guess(br#"[{"x":"hello world"}"#, 1, START, Place::Messages), None);
            assert_eq!(elements.guess(br#"[{"x":"hello world"}x"#, 1, START, Place::Messages), None);
            // Not a successor of b, but found by its bytes, and recognised from then on.
            assert_eq!(elements.guess(body, 1, b, Place::Messages), None);
            assert_eq!(elements.find(&body[1..20], b, Place::Messages).ok(), Some(a));
            assert!(elements.guess(body, 1, b, Place::Messages).is_some());
        }
    }

    #[test]
    fn the_same_bytes_in_another_part_of_the_body_are_another_element() {
        for recognition in [Recognition::Hash, Recognition::Bytes] {
            let mut elements = Elements::new(7, recognition, 1000);
            let (bytes, body) = (br#"{"text":"x"}"#, br#"[{"text":"x"}]"#);
            learn(&mut elements, bytes, START, Place::System, &message("a"));
            assert_eq!(elements.guess(body, 1, START, Place::Messages), None);
            assert_eq!(elements.find(bytes, START, Place::Messages).ok(), None);
            let b = learn(&mut elements, bytes, START, Place::Messages, &message("b"));
            assert_eq!(elements.find(bytes, START, Place::Messages).ok(), Some(b));
            assert_eq!(elements.guess(body, 1, START, Place::Messages).map(|k| k.content), Some(b));
        }
    }

    #[test]
    fn variants_of_one_content_share_their_successors() {
        let mut elements = Elements::new(7, Recognition::Hash, 1000);
        let plain = learn(&mut elements, b"{\"t\":1}", START, Place::Messages, &message("same"));
        let marked = learn(&mut elements, b"{\"t\":1,\"cache_control\":{}}", START, Place::Messages, &message("same"));
        assert_eq!(plain, marked);
        let next = learn(&mut elements, b"{\"n\":2}", marked, Place::Messages, &message("next"));
        assert_eq!(elements.guess(b"{\"n\":2}]", 0, plain, Place::Messages).map(|k| k.content), Some(next));
    }

    #[test]
    fn successors_are_bounded_and_the_latest_survive() {
        let mut elements = Elements::new(7, Recognition::Hash, 1000);
        for i in 0..200 {
            learn(
                &mut elements,
                format!("{{\"i\":{i:05}}}").as_bytes(),
                START,
                Place::Messages,
                &message(&i.to_string()),
            );
        }
        assert!(elements.contents[START as usize].next.len() <= MAX_SUCCESSORS);
        assert!(elements.guess(b"{\"i\":00199}]", 0, START, Place::Messages).is_some());
        assert!(elements.guess(b"{\"i\":00000}]", 0, START, Place::Messages).is_none());
        assert!(elements.find(b"{\"i\":00000}", START, Place::Messages).ok().is_some());
    }

    #[test]
    fn occurrences_are_counted_within_one_record() {
        let mut elements = Elements::new(7, Recognition::Hash, 1000);
        let yes = elements.intern(&message("yes"));
        assert_eq!([elements.occurrence(yes, 1), elements.occurrence(yes, 1), elements.occurrence(yes, 2)], [0, 1, 0]);
    }

    #[test]
    fn elements_that_are_still_repeated_outlive_those_that_are_not() {
        let mut elements = Elements::new(7, Recognition::Hash, 64);
        let raw = |n: u64| format!("{{\"n\":{n:06}}}");
        let first = learn(&mut elements, raw(0).as_bytes(), START, Place::Messages, &message("0"));
        let second = learn(&mut elements, raw(1).as_bytes(), first, Place::Messages, &message("1"));
        elements.occurrence(first, 1);
        elements.occurrence(second, 1);
        for n in 2..1000 {
            let body = format!("{},{}]", raw(0), raw(1));
            let first = elements.guess(body.as_bytes(), 0, START, Place::Messages).or_else(|| {
                // Pushed out of the successors by others, as in real exports.
                let content = elements.find(raw(0).as_bytes(), START, Place::Messages).ok()?;
                Some(Known { content, end: raw(0).len() })
            });
            let first = first.expect("repeated by every record");
            let second =
                elements.guess(body.as_bytes(), first.end + 1, first.content, Place::Messages).expect("it follows");
            let new = learn(&mut elements, raw(n).as_bytes(), START, Place::Messages, &message(&n.to_string()));
            for content in [first.content, second.content, new] {
                elements.occurrence(content, n);
            }
            elements.settle(n);
            assert!(elements.contents.len() <= 96 && elements.raws.len() <= 96, "at {n}");
        }
        assert_eq!(elements.find(raw(500).as_bytes(), START, Place::Messages).ok(), None);
        assert!(elements.find(raw(999).as_bytes(), START, Place::Messages).ok().is_some());
        assert_eq!(
            (elements.by_hash.len(), elements.by_content.len()),
            (elements.raws.len(), elements.contents.len() - 1)
        );
    }
}
