//! Answers told in pieces: server-sent events, a JSON list, or binary frames. Pieces are parsed one at a time.

use serde_json::Value;

use super::frames;
use crate::normalise::request::parse_value;
use crate::normalise::scan::{skip_space, value_end};

/// Pieces of one answer that are looked at. A model writes some hundred thousand tokens at most, one piece each.
const MAX_EVENTS: usize = 500_000;

/// How the pieces are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Lines of server-sent events.
    Lines,
    /// Elements of a JSON list.
    List,
    /// Binary frames.
    Frames,
}

/// Reads the pieces of a streamed answer, in order. Pieces that are not JSON are left out.
pub struct Events<'a> {
    body: &'a [u8],
    pos: usize,
    shape: Shape,
    /// Data lines of an event that are only JSON together.
    held: Vec<u8>,
    count: usize,
    cut: bool,
}

impl<'a> Events<'a> {
    /// The pieces of a body, `None` when it is no stream.
    #[must_use]
    pub fn new(body: &'a [u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let start = skip_space(body, 0);
        let fields: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];
        let (shape, pos) = if body.get(start) == Some(&b'[') {
            (Shape::List, start + 1)
        } else if fields.iter().any(|field| body[start..].starts_with(field)) {
            (Shape::Lines, start)
        } else if frames::starts_frame(body) {
            (Shape::Frames, 0)
        } else {
            return None;
        };
        Some(Self { body, pos, shape, held: Vec::new(), count: 0, cut: false })
    }

    /// Whether pieces are known to be missing or to be unreadable, once all were read.
    #[must_use]
    pub fn was_cut(&self) -> bool {
        self.cut
    }

    /// The next element of a list.
    fn element(&mut self) -> Option<Value> {
        loop {
            self.pos = skip_space(self.body, self.pos);
            match self.body.get(self.pos) {
                Some(b',') => self.pos += 1,
                Some(b']') => return None,
                Some(_) => {
                    let end = value_end(self.body, self.pos);
                    let Some(end) = end.filter(|end| *end > self.pos) else { break };
                    let raw = &self.body[self.pos..end];
                    self.pos = end;
                    match parse_value(raw) {
                        Some(value) => return Some(value),
                        None => self.cut = true,
                    }
                }
                None => break,
            }
        }
        self.cut = true;
        self.pos = self.body.len();
        None
    }

    /// The data of the next event. An event normally has one data line that is JSON, and then it is taken at once, so
    /// that a missing blank line costs nothing; otherwise the lines up to the blank line belong together.
    fn event(&mut self) -> Option<Value> {
        while self.pos < self.body.len() {
            let rest = &self.body[self.pos..];
            let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            let line = &rest[..len];
            self.pos += len + 1;
            let is_crlf = rest.get(len) == Some(&b'\r') && rest.get(len + 1) == Some(&b'\n');
            self.pos += usize::from(is_crlf);
            if line.is_empty() {
                if let Some(value) = self.take_held() {
                    return Some(value);
                }
            } else if let Some(data) = line.strip_prefix(b"data:") {
                let data = data.strip_prefix(b" ").unwrap_or(data);
                if data.trim_ascii() == b"[DONE]" {
                    continue;
                }
                if self.held.is_empty()
                    && let Some(value) = parse_value(data)
                {
                    return Some(value);
                }
                self.held.extend_from_slice(data);
                self.held.push(b'\n');
            }
        }
        self.take_held()
    }

    /// The next frame that holds an event.
    fn frame(&mut self) -> Option<Value> {
        while self.pos < self.body.len() {
            let Some((event, size)) = frames::read(&self.body[self.pos..]) else {
                self.cut = true;
                self.pos = self.body.len();
                break;
            };
            self.pos += size;
            if event.is_some() {
                return event;
            }
            self.cut = true;
        }
        None
    }

    fn take_held(&mut self) -> Option<Value> {
        if self.held.is_empty() {
            return None;
        }
        let value = parse_value(&self.held);
        self.held.clear();
        self.cut |= value.is_none();
        value
    }
}

impl Iterator for Events<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.count >= MAX_EVENTS {
            self.cut = true;
            return None;
        }
        self.count += 1;
        match self.shape {
            Shape::Lines => self.event(),
            Shape::List => self.element(),
            Shape::Frames => self.frame(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Vec<String>, bool) {
        let mut events = Events::new(body.as_bytes()).unwrap();
        let values = events.by_ref().map(|v| v.to_string()).collect();
        (values, events.was_cut())
    }

    #[test]
    fn events_are_read_whatever_the_line_ends() {
        let lines = [": hello", "event: a", "data: {\"a\":1}", "", "data:{\"b\":", "data: 2}", "", "data: [DONE]", ""];
        for end in ["\n", "\r\n", "\r"] {
            assert_eq!(read(&lines.join(end)), (vec![r#"{"a":1}"#.into(), r#"{"b":2}"#.into()], false), "{end:?}");
        }
        assert_eq!(read("data: 1\ndata: 2"), (vec!["1".into(), "2".into()], false));
    }

    #[test]
    fn a_cut_stream_keeps_what_is_whole_and_says_so() {
        assert_eq!(read("data: {\"a\":1}\n\ndata: {\"b\":"), (vec![r#"{"a":1}"#.into()], true));
        assert_eq!(read(r#"[{"a":1},{"b":"#), (vec![r#"{"a":1}"#.into()], true));
        assert_eq!(read(r#"[{"a":1} , 2]"#), (vec![r#"{"a":1}"#.into(), "2".into()], false));
        assert_eq!(read("[1,}"), (vec!["1".into()], true));
        assert_eq!(read("[]"), (vec![], false));
    }

    #[test]
    fn other_bodies_are_no_streams() {
        for body in ["", "{}", "plain text", "upstream data: x"] {
            assert!(Events::new(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn a_stream_without_end_is_bounded() {
        let (values, cut) = read(&"data: 1\n".repeat(MAX_EVENTS + 10));
        assert_eq!((values.len(), cut), (MAX_EVENTS, true));
    }
}
