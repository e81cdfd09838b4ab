//! `decoded(text)`: what base64, hexadecimal and percent-encoded parts of a text say.

use std::sync::Arc;

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::DataType;
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::Function;
use super::prose::head;

/// Shortest encoded part that is tried, in characters. Shorter ones are words.
const MIN_CHARS: usize = 16;

/// Encodings inside encodings that are followed.
const MAX_LAYERS: usize = 3;

/// Encoded parts that are tried in one text.
const MAX_PARTS: usize = 1_000;

pub(super) fn function() -> Function {
    Function {
        signature: "decoded(text) → text",
        doc: "The text, followed by what its base64, hexadecimal and percent-encoded parts say, one per line, up to three \
              layers deep. Parts that are no text when decoded are left out; line breaks inside a part do not matter.",
        example: "strpos(decoded('x%2Fy'), 'x/y') = 7",
        udf: ScalarUDF::from(Decoded { signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable) }),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Decoded {
    signature: Signature,
}

impl ScalarUDFImpl for Decoded {
    fn name(&self) -> &str {
        "decoded"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let out: StringArray = arrays[0].as_string::<i32>().iter().map(|text| text.map(decoded)).collect();
        Ok(ColumnarValue::Array(Arc::new(out)))
    }
}

fn decoded(text: &str) -> String {
    let mut lines = vec![text.to_owned()];
    let mut layer = vec![head(text).to_owned()];
    for _ in 0..MAX_LAYERS {
        let next: Vec<String> = layer.iter().flat_map(|text| parts(text)).take(MAX_PARTS).collect();
        if next.is_empty() {
            break;
        }
        lines.extend(next.iter().cloned());
        layer = next;
    }
    lines.join("\n")
}

/// Readable texts that are encoded in this one.
fn parts(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(plain) = percent(text) {
        out.push(plain);
    }
    // Long lines are broken when they are sent; quotes and commas are not part of any of these alphabets.
    let compact: String = text.lines().map(str::trim).collect();
    let mut tried = std::collections::BTreeSet::new();
    for source in [text, compact.as_str()] {
        let runs = source.split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_=".contains(c)));
        for run in runs.filter(|run| run.len() >= MIN_CHARS).take(MAX_PARTS) {
            // `key=value` is one run in this alphabet.
            for run in run.trim_end_matches('=').split('=').filter(|part| part.len() >= MIN_CHARS) {
                if tried.insert(run.to_owned()) {
                    out.extend(bytes(run).and_then(|bytes| String::from_utf8(bytes).ok()).filter(|t| readable(t)));
                }
            }
        }
    }
    out
}

fn bytes(run: &str) -> Option<Vec<u8>> {
    if run.len().is_multiple_of(2) && run.bytes().all(|b| b.is_ascii_hexdigit()) {
        return hex::decode(run).ok();
    }
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if run.contains(['-', '_']) { &base64::alphabet::URL_SAFE } else { &base64::alphabet::STANDARD };
    GeneralPurpose::new(alphabet, config).decode(run).ok()
}

fn percent(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut changed) = (0, false);
    while at < bytes.len() {
        let pair = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let byte = pair.and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|p| u8::from_str_radix(p, 16).ok());
        match byte {
            Some(byte) => {
                out.push(byte);
                at += 3;
                changed = true;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    if changed { String::from_utf8(out).ok() } else { None }
}

/// Random bytes are seldom text, and text seldom has control characters.
fn readable(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_resolved_also_inside_another() {
        for text in [
            "body=c2VjcmV0LXZhbHVlLTEyMw==",
            "c2VjcmV0LXZhbHVlLTEyMw",
            "curl -d c2VjcmV0LXZh\n  bHVlLTEyMw== https://x.example",
            "7365637265742d76616c75652d313233",
            "q=%73ecret%2Dvalue-123",
            "YzJWamNtVjBMWFpoYkhWbExURXlNdz09",
        ] {
            assert!(decoded(text).contains("secret-value-123"), "{text}: {}", decoded(text));
        }
    }

    #[test]
    fn what_is_not_encoded_stays_alone() {
        for text in ["", "plain words only here", "a_long_identifier_name_in_code", "100% of it", "%zz%"] {
            let out = decoded(text);
            assert!(out.lines().skip(1).all(readable), "{out:?}");
            assert_eq!(out.lines().next().unwrap_or_default(), text);
        }
    }
}
