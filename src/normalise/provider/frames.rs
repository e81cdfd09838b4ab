//! The binary frames in which Amazon Bedrock streams answers: lengths, headers that name the event, a JSON payload and
//! checksums. Layout as in the public description of the AWS event stream encoding. Checksums are not looked at: a
//! damaged frame at worst gives a piece that is no JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::take_text;
use crate::normalise::request::parse_value;

/// Lengths and their checksum in front, checksum of the frame behind.
const PRELUDE: usize = 12;
const TRAILER: usize = 4;

/// Largest headers that the encoding allows, in bytes.
const MAX_HEADERS: usize = 128 * 1024;

/// Whether a body starts like a frame.
pub(super) fn starts_frame(body: &[u8]) -> bool {
    // A JSON or text body would have to be gigabytes long to pass for one.
    body.first() == Some(&0) && sizes(body).is_some_and(|(total, headers)| total <= 16 << 20 && headers > 0)
}

/// Sizes of the frame and of its headers.
fn sizes(frame: &[u8]) -> Option<(usize, usize)> {
    let number = |at: usize| {
        let bytes: [u8; 4] = frame.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(bytes)).ok()
    };
    let (total, headers) = (number(0)?, number(4)?);
    let fits = headers <= MAX_HEADERS && total >= PRELUDE + headers + TRAILER;
    fits.then_some((total, headers))
}

/// The event in the frame at the start of `body`, and the size of the frame; `None` where the frame is not whole.
pub(super) fn read(body: &[u8]) -> Option<(Option<Value>, usize)> {
    let (total, headers) = sizes(body)?;
    let frame = body.get(..total)?;
    let name = event_name(&frame[PRELUDE..PRELUDE + headers]);
    let payload = parse_value(&frame[PRELUDE + headers..total - TRAILER]);
    Some((payload.and_then(|payload| event(name, payload)), total))
}

/// A payload with its name as the one key of an object. What `invoke` streams is the model's own event, in Base64.
fn event(name: Option<&str>, mut payload: Value) -> Option<Value> {
    match (name, take_text(&mut payload, "bytes")) {
        (Some("chunk"), Some(bytes)) => parse_value(&STANDARD.decode(bytes).ok()?),
        (name, _) => {
            let name = name?;
            Some(json!({ name: payload }))
        }
    }
}

/// Value of the header that names the event or the exception.
fn event_name(mut headers: &[u8]) -> Option<&str> {
    let mut found = None;
    while let Some((&len, rest)) = headers.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(len))?;
        let (&kind, rest) = rest.split_first()?;
        let (size, rest) = match kind {
            // Yes and no have no value; then come one to eight bytes, bytes, text, a time and an id.
            0 | 1 => (0, rest),
            2 => (1, rest),
            3 => (2, rest),
            4 => (4, rest),
            5 | 8 => (8, rest),
            6 | 7 => {
                let (size, rest) = rest.split_at_checked(2)?;
                (usize::from(u16::from_be_bytes([size[0], size[1]])), rest)
            }
            9 => (16, rest),
            _ => return found,
        };
        let (value, rest) = rest.split_at_checked(size)?;
        if kind == 7 && matches!(name, b":event-type" | b":exception-type") {
            found = std::str::from_utf8(value).ok();
        }
        headers = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::Events;
    use super::*;

    fn frame(name: &str, payload: &Value) -> Vec<u8> {
        let mut headers = Vec::new();
        for (key, value) in [(":message-type", "event"), (":event-type", name)] {
            headers.push(u8::try_from(key.len()).unwrap());
            headers.extend_from_slice(key.as_bytes());
            headers.push(7);
            headers.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
            headers.extend_from_slice(value.as_bytes());
        }
        let payload = payload.to_string();
        let total = PRELUDE + headers.len() + payload.len() + TRAILER;
        let mut frame = u32::try_from(total).unwrap().to_be_bytes().to_vec();
        frame.extend_from_slice(&u32::try_from(headers.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(&headers);
        frame.extend_from_slice(payload.as_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame
    }

    #[test]
    fn frames_are_named_events_and_chunks_are_unpacked() {
        let mut body = frame("contentBlockDelta", &json!({"delta": {"text": "hi"}, "p": "abc"}));
        body.extend(frame("chunk", &json!({"bytes": STANDARD.encode(r#"{"type":"message_stop"}"#)})));
        let mut events = Events::new(&body).unwrap();
        let found: Vec<Value> = events.by_ref().collect();
        assert_eq!(found[0]["contentBlockDelta"]["delta"]["text"], "hi");
        assert_eq!(found[1], json!({"type": "message_stop"}));
        assert!(!events.was_cut());
    }

    #[test]
    fn frames_cut_anywhere_keep_what_is_whole() {
        let mut body = frame("messageStart", &json!({"role": "assistant"}));
        let first = body.len();
        body.extend(frame("messageStop", &json!({"stopReason": "end_turn"})));
        for keep in PRELUDE..body.len() {
            let Some(mut events) = Events::new(&body[..keep]) else { panic!("no stream at {keep}") };
            assert_eq!(events.by_ref().count(), usize::from(keep >= first), "{keep}");
            assert_eq!(events.was_cut(), keep != first, "{keep}");
        }
    }

    #[test]
    fn lying_lengths_are_no_danger() {
        let good = frame("messageStart", &json!({}));
        for at in 0..good.len() {
            for value in [0, 1, 7, 127, 255] {
                let mut bad = good.clone();
                bad[at] = value;
                if let Some(events) = Events::new(&bad) {
                    assert!(events.count() <= 2);
                }
            }
        }
    }
}
