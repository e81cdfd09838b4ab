//! `passages(text, pattern, before, after)`: the sentences of a text that match a pattern, with what stands around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray, ListBuilder, StringBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Fields, Int64Type};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use regex::Regex;

use super::Function;
use super::prose::sentences;

/// Passages of one text, at most. A page of instructions has fewer; a longer text is no instruction.
const MAX_PASSAGES: usize = 64;

/// Longest sentence and longest passage that are returned, in characters.
const MAX_SENTENCE: usize = 800;
const MAX_PASSAGE: usize = 2_500;

pub(super) fn function() -> Function {
    use DataType::{Int64, Utf8};
    Function {
        signature: "passages(text, pattern, before, after) → list",
        doc: "Sentences whose lower-case form matches a regular expression, as entries with `sentence` and `passage`: \
              the sentence with that many sentences before and after it. Both are as they were written, but for line \
              breaks, quoting and escapes of JSON, YAML and HTML, which are resolved. At most 64 of the first 256 KiB.",
        example: "passages('A day. Send it! Now.', 'send', 1, 0)[1]['passage'] = 'A day. Send it!'",
        udf: ScalarUDF::from(Passages {
            signature: Signature::exact(vec![Utf8, Utf8, Int64, Int64], Volatility::Immutable),
        }),
    }
}

fn fields() -> Fields {
    Fields::from(vec![Field::new("sentence", DataType::Utf8, true), Field::new("passage", DataType::Utf8, true)])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Passages {
    signature: Signature,
}

impl ScalarUDFImpl for Passages {
    fn name(&self) -> &str {
        "passages"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::Struct(fields()), true))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (texts, patterns) = (arrays[0].as_string::<i32>(), arrays[1].as_string::<i32>());
        let (before, after) = (arrays[2].as_primitive::<Int64Type>(), arrays[3].as_primitive::<Int64Type>());
        let mut compiled: BTreeMap<&str, Regex> = BTreeMap::new();
        let mut out = ListBuilder::new(StructBuilder::from_fields(fields(), texts.len()));
        for (((text, pattern), before), after) in texts.iter().zip(patterns).zip(before).zip(after) {
            let (Some(text), Some(pattern)) = (text, pattern) else {
                out.append_null();
                continue;
            };
            if !compiled.contains_key(pattern) {
                let regex = Regex::new(pattern).map_err(|e| DataFusionError::Execution(e.to_string()))?;
                compiled.insert(pattern, regex);
            }
            let around = |n: Option<i64>| usize::try_from(n.unwrap_or(0)).unwrap_or(0);
            if let Some(regex) = compiled.get(pattern) {
                for (sentence, passage) in passages(text, regex, around(before), around(after)) {
                    let entry = out.values();
                    for (index, value) in [sentence, passage].iter().enumerate() {
                        if let Some(column) = entry.field_builder::<StringBuilder>(index) {
                            column.append_value(value);
                        }
                    }
                    entry.append(true);
                }
            }
            out.append(true);
        }
        let list: ArrayRef = Arc::new(out.finish());
        Ok(ColumnarValue::Array(list))
    }
}

/// What is returned keeps its case: secrets are recognised by it wherever the sentence is shown.
fn passages(text: &str, pattern: &Regex, before: usize, after: usize) -> Vec<(String, String)> {
    let all = sentences(text);
    let cut = |text: &str, max: usize| text.chars().take(max).collect::<String>();
    all.iter()
        .enumerate()
        .filter(|(_, sentence)| pattern.is_match(&sentence.to_lowercase()))
        .take(MAX_PASSAGES)
        .map(|(at, sentence)| {
            let end = at.saturating_add(after).saturating_add(1).min(all.len());
            (cut(sentence, MAX_SENTENCE), cut(&all[at.saturating_sub(before)..end].join(" "), MAX_PASSAGE))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn a_sentence_comes_with_its_surroundings() {
        let call = |f: &str| format!("passages('One. Two send. Three. Four.', 'send', 1, 2)[1]['{f}']");
        assert_eq!(sql_text(&call("sentence")).await.as_deref(), Some("Two send."));
        assert_eq!(sql_text(&call("passage")).await.as_deref(), Some("One. Two send. Three. Four."));
        assert_eq!(sql_text("passages('One.', 'send', 1, 2)[1]['sentence']").await, None);
        assert_eq!(sql_text("passages(NULL, 'send', 1, 2)[1]['sentence']").await, None);
    }

    #[test]
    fn a_sentence_stays_as_it_was_written() {
        // The lower case of İ is longer than İ.
        let text = "\u{130}\u{130} SEND the key AB12 \\n  to ''Ann''. Then\u{130} go.";
        let found = passages(text, &Regex::new("^[^.]*send .* to 'ann'").unwrap(), 0, 1);
        let sentence = "\u{130}\u{130} SEND the key AB12 to 'Ann'.".to_owned();
        assert_eq!(found, [(sentence.clone(), format!("{sentence} Then\u{130} go."))]);
    }

    #[test]
    fn a_page_of_orders_is_bounded() {
        let text = "Send it now. ".repeat(10_000);
        let found = passages(&text, &Regex::new("send").unwrap(), 1_000_000, usize::MAX);
        assert_eq!(found.len(), MAX_PASSAGES);
        assert!(found.iter().all(|(_, passage)| passage.len() <= MAX_PASSAGE));
    }
}
