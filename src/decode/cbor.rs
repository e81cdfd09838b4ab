//! CBOR without copies: where an item ends, and what it holds.
//!
//! [`Walker`] finds the end of one item in a buffer that is still being filled. It never recurses, skips strings in
//! one step and continues where it stopped. [`item`] then looks at items that are known to be complete.

use std::borrow::Cow;

/// Major types, the top three bits of a head.
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const SIMPLE: u8 = 7;

/// Why bytes are not an acceptable item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not CBOR, with the offset from the start of the item.
    Bad(&'static str, usize),
    /// Nested deeper than allowed.
    TooDeep(usize),
    /// Larger than allowed, by its declared lengths.
    TooLarge(usize),
}

/// Outcome of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The item is complete and ends here.
    Done(usize),
    /// At least this many bytes are needed, counted from the start of the item.
    Need(usize),
}

/// The first bytes of an item.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) major: u8,
    /// Low five bits: how the argument is written.
    info: u8,
    /// Value, length or count; zero for indefinite lengths.
    pub(super) argument: u64,
    /// Offset after the head.
    pub(super) end: usize,
}

impl Head {
    /// Reads the head at `at`; `Err(n)` when `n` bytes are needed, `Ok(None)` when the encoding is reserved.
    pub(super) fn read(bytes: &[u8], at: usize) -> Result<Option<Self>, usize> {
        let first = *bytes.get(at).ok_or(at + 1)?;
        let (major, info) = (first >> 5, first & 31);
        let width = match info {
            0..=23 | 31 => 0,
            24..=27 => 1usize << (info - 24),
            _ => return Ok(None),
        };
        let end = at + 1 + width;
        let tail = bytes.get(at + 1..end).ok_or(end)?;
        let argument = match info {
            0..=23 => u64::from(info),
            _ => tail.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)),
        };
        let indefinite_allowed = matches!(major, BYTES | TEXT | ARRAY | MAP | SIMPLE);
        Ok((info != 31 || indefinite_allowed).then_some(Self { major, info, argument, end }))
    }

    fn is_indefinite(self) -> bool {
        self.info == 31 && self.major != SIMPLE
    }

    /// Whether this ends an indefinite-length item.
    fn is_break(self) -> bool {
        self.info == 31 && self.major == SIMPLE
    }

    pub(super) fn is_map(self) -> bool {
        self.major == MAP
    }

    pub(super) fn is_text(self) -> bool {
        self.major == TEXT
    }

    /// For arrays and maps: the number of entries, none inside for indefinite lengths.
    pub(super) fn count(self) -> Option<Option<u64>> {
        matches!(self.major, ARRAY | MAP).then(|| (!self.is_indefinite()).then_some(self.argument))
    }
}

/// A container whose end has not been reached.
#[derive(Debug, Clone, Copy)]
enum Open {
    /// Items left to come.
    Items(u64),
    /// Indefinite array.
    Array,
    /// Indefinite map; whether a value must follow.
    Map(bool),
    /// Indefinite string of this major type.
    Pieces(u8),
}

/// Finds the end of one item; resumes after more bytes have arrived.
#[derive(Debug)]
pub(super) struct Walker {
    at: usize,
    open: Vec<Open>,
    after_tag: bool,
    /// Heads read, the cost of the walk.
    heads: u64,
    max_bytes: usize,
    max_depth: usize,
}

impl Walker {
    /// A walk from `at`, of an item that may reach to `max_bytes`.
    pub(super) fn new(at: usize, max_bytes: usize, max_depth: usize) -> Self {
        Self { at, open: Vec::new(), after_tag: false, heads: 0, max_bytes, max_depth }
    }

    /// Heads read in all walks.
    pub(super) fn heads(&self) -> u64 {
        self.heads
    }

    /// Forgets the walk and starts another one at 0, keeping memory.
    pub(super) fn restart(&mut self) {
        (self.at, self.after_tag) = (0, false);
        self.open.clear();
    }

    /// Walks on. `bytes` must start where it started in earlier calls of the same walk.
    pub(super) fn walk(&mut self, bytes: &[u8]) -> Result<Step, Fault> {
        loop {
            let head = match Head::read(bytes, self.at) {
                Ok(Some(head)) => head,
                Ok(None) => return Err(Fault::Bad("reserved head byte", self.at)),
                Err(need) if need > self.max_bytes => return Err(Fault::TooLarge(self.at)),
                Err(need) => return Ok(Step::Need(need)),
            };
            self.heads += 1;
            if head.is_break() {
                self.close(head.end)?;
            } else {
                let inside = self.open.last().copied();
                if matches!(inside, Some(Open::Pieces(major)) if major != head.major || head.is_indefinite()) {
                    return Err(Fault::Bad("foreign piece in a string", self.at));
                }
                match head.major {
                    TAG => {
                        (self.at, self.after_tag) = (head.end, true);
                        continue;
                    }
                    BYTES | TEXT if !head.is_indefinite() => {
                        let end = self.bounded(head, 1)?;
                        if end > bytes.len() {
                            return Ok(Step::Need(end));
                        }
                        self.at = end;
                    }
                    BYTES | TEXT | ARRAY | MAP => {
                        if self.enter(head)? {
                            continue;
                        }
                    }
                    _ => self.at = head.end,
                }
            }
            self.after_tag = false;
            if self.complete() {
                return Ok(Step::Done(self.at));
            }
        }
    }

    /// Offset where the announced bytes (or at least the announced items) end, if that is allowed.
    fn bounded(&self, head: Head, per_count: u64) -> Result<usize, Fault> {
        head.argument
            .checked_mul(per_count)
            .and_then(|size| usize::try_from(size).ok())
            .and_then(|size| head.end.checked_add(size))
            .filter(|end| *end <= self.max_bytes)
            .ok_or(Fault::TooLarge(self.at))
    }

    /// Opens a container; false when it is empty and therefore already complete.
    fn enter(&mut self, head: Head) -> Result<bool, Fault> {
        let per_count = if head.is_map() { 2 } else { 1 };
        self.bounded(head, per_count)?;
        let open = match head.major {
            _ if !head.is_indefinite() => Open::Items(head.argument * per_count),
            ARRAY => Open::Array,
            MAP => Open::Map(false),
            major => Open::Pieces(major),
        };
        if matches!(open, Open::Items(0)) {
            self.at = head.end;
            return Ok(false);
        }
        if self.open.len() >= self.max_depth {
            return Err(Fault::TooDeep(self.at));
        }
        (self.at, self.after_tag) = (head.end, false);
        self.open.push(open);
        Ok(true)
    }

    /// Takes the break that ends an indefinite-length item.
    fn close(&mut self, end: usize) -> Result<(), Fault> {
        match self.open.pop() {
            Some(Open::Array | Open::Map(false) | Open::Pieces(_)) if !self.after_tag => {
                self.at = end;
                Ok(())
            }
            _ => Err(Fault::Bad("misplaced break", self.at)),
        }
    }

    /// Counts a finished item in the containers around it; true when the outermost item is finished.
    fn complete(&mut self) -> bool {
        loop {
            match self.open.last_mut() {
                None => return true,
                Some(Open::Items(left)) => {
                    *left -= 1;
                    if *left > 0 {
                        return false;
                    }
                    self.open.pop();
                }
                Some(Open::Map(value_follows)) => {
                    *value_follows = !*value_follows;
                    return false;
                }
                Some(Open::Array | Open::Pieces(_)) => return false,
            }
        }
    }
}

/// A complete item. Tags are left out, except that bignums are `Other`.
#[derive(Debug, Clone)]
pub(super) enum Item<'a> {
    Integer(i128),
    Float(f64),
    Bool(bool),
    Null,
    Bytes(Cow<'a, [u8]>),
    /// Not checked to be UTF-8.
    Text(Cow<'a, [u8]>),
    Array(Items<'a>),
    /// Keys and values in turn.
    Map(Items<'a>),
    Other,
}

/// The items of an array or map as raw slices.
#[derive(Debug, Clone)]
pub(super) struct Items<'a> {
    bytes: &'a [u8],
    /// Items to come; none for indefinite lengths.
    left: Option<u64>,
}

impl<'a> Items<'a> {
    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.clone().next().is_none()
    }

    /// The next key and value of a map.
    pub(super) fn pair(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        Some((self.next()?, self.next()?))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match &mut self.left {
            Some(0) => return None,
            Some(left) => *left -= 1,
            None if self.bytes.first() == Some(&0xff) => return None,
            None => {}
        }
        let (raw, rest) = self.bytes.split_at(skip(self.bytes)?);
        self.bytes = rest;
        Some(raw)
    }
}

/// Where the item at the start of `bytes` ends; none if it is not complete.
pub(super) fn skip(bytes: &[u8]) -> Option<usize> {
    match Walker::new(0, bytes.len(), usize::MAX).walk(bytes) {
        Ok(Step::Done(end)) => Some(end),
        _ => None,
    }
}

/// Looks at the complete item that starts `raw`.
pub(super) fn item(raw: &[u8]) -> Option<Item<'_>> {
    let (head, bignum) = untagged(raw, 0)?;
    let rest = raw.get(head.end..)?;
    let left = (!head.is_indefinite()).then_some(head.argument);
    Some(match head.major {
        BYTES if bignum => Item::Other,
        BYTES => Item::Bytes(string(rest, left)?),
        TEXT => Item::Text(string(rest, left)?),
        ARRAY => Item::Array(Items { bytes: rest, left }),
        MAP => Item::Map(Items { bytes: rest, left: left.map(|n| n.saturating_mul(2)) }),
        SIMPLE => simple(head),
        NEGATIVE => Item::Integer(-1 - i128::from(head.argument)),
        _ => Item::Integer(i128::from(head.argument)),
    })
}

/// The head behind any tags, and whether the innermost tag makes it a bignum.
pub(super) fn untagged(bytes: &[u8], mut at: usize) -> Option<(Head, bool)> {
    let mut bignum = false;
    loop {
        let head = Head::read(bytes, at).ok()??;
        if head.major != TAG {
            return Some((head, bignum));
        }
        bignum = matches!(head.argument, 2 | 3);
        at = head.end;
    }
}

/// The text of a complete item, if it is text.
pub(super) fn text(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    match item(raw)? {
        Item::Text(text) => Some(text),
        _ => None,
    }
}

/// A string of `length` bytes at the start of `bytes`; in pieces when there is no length.
pub(super) fn string(bytes: &[u8], length: Option<u64>) -> Option<Cow<'_, [u8]>> {
    if let Some(length) = length {
        return bytes.get(..usize::try_from(length).ok()?).map(Cow::Borrowed);
    }
    let (mut whole, mut at) = (Vec::new(), 0);
    loop {
        let piece = Head::read(bytes, at).ok()??;
        if piece.is_break() {
            return Some(Cow::Owned(whole));
        }
        at = piece.end.checked_add(usize::try_from(piece.argument).ok()?)?;
        whole.extend_from_slice(bytes.get(piece.end..at)?);
    }
}

/// Meaning of a head of major type 7.
fn simple(head: Head) -> Item<'static> {
    let bits = head.argument;
    match head.info {
        20 => Item::Bool(false),
        21 => Item::Bool(true),
        22 | 23 => Item::Null,
        25 => Item::Float(half(bits)),
        26 => Item::Float(f64::from(f32::from_bits(u32::try_from(bits).unwrap_or_default()))),
        27 => Item::Float(f64::from_bits(bits)),
        _ => Item::Other,
    }
}

/// A half-precision number.
fn half(bits: u64) -> f64 {
    let (sign, exponent, fraction) = (bits >> 15 & 1, bits >> 10 & 31, bits & 0x3ff);
    let fraction = f64::from(u16::try_from(fraction).unwrap_or_default());
    let magnitude = match i32::try_from(exponent).unwrap_or_default() {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    if sign == 1 { -magnitude } else { magnitude }
}
