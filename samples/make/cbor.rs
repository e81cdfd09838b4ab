//! CBOR as the gateway writes it: definite lengths, shortest integers, 64-bit floats.

use super::value::Val;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

/// Appends `value` to `out`.
pub(crate) fn encode(value: &Val, out: &mut Vec<u8>) {
    match value {
        Val::Null => out.push(0xf6),
        Val::Bool(false) => out.push(0xf4),
        Val::Bool(true) => out.push(0xf5),
        Val::Int(n) if *n >= 0 => head(UNSIGNED, n.unsigned_abs(), out),
        Val::Int(n) => head(NEGATIVE, n.unsigned_abs() - 1, out),
        Val::Float(x) => {
            out.push(0xfb);
            out.extend_from_slice(&x.to_be_bytes());
        }
        Val::Text(s) => {
            head(TEXT, s.len() as u64, out);
            out.extend_from_slice(s.as_bytes());
        }
        Val::Bytes(b) => {
            head(BYTES, b.len() as u64, out);
            out.extend_from_slice(b);
        }
        Val::List(items) => {
            head(ARRAY, items.len() as u64, out);
            for item in items {
                encode(item, out);
            }
        }
        Val::Map(fields) => {
            head(MAP, fields.len() as u64, out);
            for (key, value) in fields {
                head(TEXT, key.len() as u64, out);
                out.extend_from_slice(key.as_bytes());
                encode(value, out);
            }
        }
    }
}

fn head(major: u8, n: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = n.to_be_bytes();
    match n {
        0..=23 => out.push(major | bytes[7]),
        24..=0xff => out.extend_from_slice(&[major | 24, bytes[7]]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}
