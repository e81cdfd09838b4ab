//! Finding the next record after bytes that are not CBOR.

use std::io::Read;

use super::cbor::{self, Item, Step, Walker};
use super::frames::Frames;
use super::{Limits, wire};

/// Bytes kept unsearched at the end of the buffer, because a head may continue in the next bytes: a map head of up to
/// nine bytes, a text head and the longest key.
const OVERLAP: usize = 32;
/// Bytes searched at a time.
const CHUNK: usize = 256 << 10;
/// Candidates walked before the search is given up. Text that imitates records could cost a walk per byte otherwise.
const MAX_CANDIDATES: u32 = 4096;
/// Items that candidates may hold in all before the search is given up.
const MAX_HEADS: u64 = 1 << 27;

/// First keys of the records seen, one bit for each of [`wire::TOP_KEYS`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FirstKeys(u16);

impl FirstKeys {
    /// Remembers the first key of a good record.
    pub(super) fn learn(&mut self, record: &[u8]) {
        if let Some(Item::Map(mut pairs)) = cbor::item(record)
            && let Some(key) = pairs.next().and_then(cbor::text)
            && let Some(known) = wire::TOP_KEYS.iter().position(|known| *known == key.as_ref())
        {
            self.0 |= 1 << known;
        }
    }

    /// Whether a record may start with this key: one that was seen first, or any known key before the first record.
    fn allows(self, key: &[u8]) -> bool {
        wire::TOP_KEYS.iter().enumerate().any(|(i, known)| *known == key && (self.0 == 0 || self.0 >> i & 1 == 1))
    }
}

/// Moves `frames` to the next record, at `skip` bytes or later. True if there is one; otherwise the bytes ended or the
/// search was given up.
pub(super) fn resync<R: Read>(frames: &mut Frames<R>, skip: usize, first: FirstKeys, limits: &Limits) -> bool {
    frames.consume(skip);
    let mut candidates = 0;
    let mut walker = Walker::new(0, limits.max_record_bytes, limits.max_nesting);
    loop {
        let more = frames.fill(CHUNK);
        let bytes = frames.bytes();
        let searched = if more { bytes.len() - OVERLAP } else { bytes.len() };
        match bytes[..searched]
            .iter()
            .enumerate()
            .position(|(at, byte)| is_head(*byte) && starts_record(&bytes[at..], first))
        {
            None => {
                frames.consume(searched);
                if !more {
                    return false;
                }
            }
            Some(at) => {
                frames.consume(at);
                walker.restart();
                let end = walk(frames, &mut walker);
                if end.is_some_and(|end| wire::is_record(&frames.bytes()[..end])) {
                    return true;
                }
                candidates += 1;
                if candidates >= MAX_CANDIDATES || walker.heads() >= MAX_HEADS {
                    return false;
                }
                frames.consume(1);
            }
        }
    }
}

/// Walks the item at the front to its end.
fn walk<R: Read>(frames: &mut Frames<R>, walker: &mut Walker) -> Option<usize> {
    loop {
        match walker.walk(frames.bytes()).ok()? {
            Step::Done(end) => return Some(end),
            Step::Need(count) if frames.fill(count) => {}
            Step::Need(_) => return None,
        }
    }
}

/// Whether a byte can start a map that is not empty.
fn is_head(byte: u8) -> bool {
    matches!(byte, 0xa1..=0xbb | 0xbf)
}

/// Whether a map starts here whose first key is one that records start with.
fn starts_record(bytes: &[u8], first: FirstKeys) -> bool {
    let Ok(Some(map)) = cbor::Head::read(bytes, 0) else {
        return false;
    };
    let Ok(Some(key)) = cbor::Head::read(bytes, map.end) else {
        return false;
    };
    let Ok(length) = usize::try_from(key.argument) else {
        return false;
    };
    key.is_text() && length < OVERLAP && bytes.get(key.end..key.end + length).is_some_and(|key| first.allows(key))
}
