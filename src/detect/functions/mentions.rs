//! `mentions(text, value)` and `shared_words(a, b, n)`: whether what stands in one text stands in another.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array as _, AsArray, BooleanArray, Int64Array};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use twox_hash::XxHash3_64;

use super::Function;
use super::prose::plain;

pub(super) fn function() -> Function {
    Function {
        signature: "mentions(text, value) → bool",
        doc: "Whether the value stands in the text as a whole word or words, without regard to case, white space, \
              quoting and escapes. An empty value is never mentioned.",
        example: "mentions('Pay to DE12, today', 'de12') = true",
        udf: ScalarUDF::from(Mentions {
            signature: Signature::exact(vec![DataType::Utf8, DataType::Utf8], Volatility::Immutable),
        }),
    }
}

pub(super) fn shared() -> Function {
    Function {
        signature: "shared_words(a, b, n) → int",
        doc: "How many distinct runs of n words stand in both texts, without regard to case and punctuation; the proof \
              that a passage was copied.",
        example: "shared_words('the quick red fox', 'A quick red fox!', 3) = 1",
        udf: ScalarUDF::from(SharedWords {
            signature: Signature::exact(vec![DataType::Utf8, DataType::Utf8, DataType::Int64], Volatility::Immutable),
        }),
    }
}

/// Both in plain form. Letters and digits right beside a place make it part of a longer word, unless the value itself
/// begins or ends with something else. A single word is not found inside a longer name such as a host or a path.
fn stands_in(text: &str, value: &str) -> bool {
    let value = value.trim();
    let (Some(first), Some(last)) = (value.chars().next(), value.chars().next_back()) else { return false };
    let single = value.chars().all(is_word);
    let joins = |edge: char, mut outside: std::iter::Take<&mut dyn Iterator<Item = char>>| match outside.next() {
        Some(next) if is_word(next) => is_word(edge),
        Some('-' | '.' | '@' | '/') => single && outside.next().is_some_and(char::is_alphanumeric),
        _ => false,
    };
    text.match_indices(value).any(|(at, _)| {
        let mut before = text[..at].chars().rev();
        let mut after = text[at + value.len()..].chars();
        let (before, after): (&mut dyn Iterator<Item = char>, &mut dyn Iterator<Item = char>) =
            (&mut before, &mut after);
        !joins(first, before.take(2)) && !joins(last, after.take(2))
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Hashes of every run of `n` words.
fn runs(text: &str, n: usize) -> BTreeSet<u64> {
    let text = plain(text);
    let words: Vec<&str> = text.split(|c: char| !is_word(c)).filter(|w| !w.is_empty()).collect();
    words.windows(n).map(|run| XxHash3_64::oneshot(run.join(" ").as_bytes())).collect()
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Mentions {
    signature: Signature,
}

impl ScalarUDFImpl for Mentions {
    fn name(&self) -> &str {
        "mentions"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (texts, values) = (arrays[0].as_string::<i32>(), arrays[1].as_string::<i32>());
        // The same text stands beside many values in a join.
        let mut last: Option<(&str, String)> = None;
        let mut out = Vec::with_capacity(texts.len());
        for (text, value) in texts.iter().zip(values) {
            out.push(match (text, value) {
                (Some(text), Some(value)) => {
                    if last.as_ref().is_none_or(|(known, _)| *known != text) {
                        last = Some((text, plain(text)));
                    }
                    Some(last.as_ref().is_some_and(|(_, text)| stands_in(text, &plain(value))))
                }
                _ => None,
            });
        }
        Ok(ColumnarValue::Array(Arc::new(BooleanArray::from(out))))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SharedWords {
    signature: Signature,
}

impl ScalarUDFImpl for SharedWords {
    fn name(&self) -> &str {
        "shared_words"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (left, right) = (arrays[0].as_string::<i32>(), arrays[1].as_string::<i32>());
        let counts = arrays[2].as_primitive::<Int64Type>();
        let shared = left.iter().zip(right).zip(counts).map(|((a, b), n)| {
            let n = usize::try_from(n?).ok().filter(|n| *n > 0)?;
            i64::try_from(runs(a?, n).intersection(&runs(b?, n)).count()).ok()
        });
        Ok(ColumnarValue::Array(Arc::new(shared.collect::<Int64Array>())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn a_value_is_found_as_a_whole_only() {
        for (text, value, wanted) in [
            ("Mail it to Ann.Lee@x.example now", "ann.lee@x.example", true),
            ("Mail it to joann.lee@x.example", "ann.lee@x.example", false),
            ("file with ID ''13'' please", "13", true),
            ("at 13:30 or 130", "30", true),
            ("at 130", "13", false),
            ("a\n   long   title", "Long Title", true),
            ("anything", "", false),
            ("anything", "  ", false),
            ("path ~/.env, then", "~/.env", true),
            ("see one-two.example/three", "two", false),
            ("see one-two.example/three", "three", false),
            ("see one-two.example/three", "one-two.example", true),
            ("I said two. Then", "two", true),
            ("two - three", "two", true),
            ("x", "x x", false),
        ] {
            assert_eq!(stands_in(&plain(text), &plain(value)), wanted, "{text:?} {value:?}");
        }
        assert_eq!(sql_text("mentions('A b', 'B')").await.as_deref(), Some("true"));
        assert_eq!(sql_text("mentions('A b', NULL)").await, None);
    }

    #[tokio::test]
    async fn copied_words_are_counted_once() {
        for (sql, wanted) in [
            ("shared_words('a b c d a b c', 'x a, b. C d', 3)", Some("2")),
            ("shared_words('a b', 'a b', 3)", Some("0")),
            ("shared_words('a b', 'a b', 0)", None),
            ("shared_words('a b', NULL, 1)", None),
        ] {
            assert_eq!(sql_text(sql).await.as_deref(), wanted, "{sql}");
        }
    }
}
