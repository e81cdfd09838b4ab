//! `excerpt(text, n)`: as much of a text as a sentence quotes.

use std::sync::Arc;

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::Function;

pub(super) fn function() -> Function {
    Function {
        signature: "excerpt(text, n) → text",
        doc: "The start of a text, at most n characters and cut between words, with `…` where something is missing; for \
              quotes in `reason`. Its double quotes become single ones, so that nothing in it ends the quotation. A word is \
              cut only when it is longer than n: half a secret is harder to recognise.",
        example: "excerpt('send it to Ann', 9) = 'send it …'",
        udf: ScalarUDF::from(Excerpt {
            signature: Signature::exact(vec![DataType::Utf8, DataType::Int64], Volatility::Immutable),
        }),
    }
}

fn excerpt(text: &str, max: usize) -> String {
    let text = text.trim().replace('"', "'");
    let Some((end, next)) = text.char_indices().nth(max) else { return text };
    let start = &text[..end];
    let words =
        if next.is_whitespace() { start } else { start.rsplit_once(char::is_whitespace).map_or(start, |w| w.0) };
    format!("{} …", words.trim_end_matches(|c: char| c.is_whitespace() || ",;:.('".contains(c)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Excerpt {
    signature: Signature,
}

impl ScalarUDFImpl for Excerpt {
    fn name(&self) -> &str {
        "excerpt"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (texts, most) = (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<Int64Type>());
        let cut = |(text, most): (Option<&str>, Option<i64>)| Some(excerpt(text?, usize::try_from(most?).unwrap_or(0)));
        let out: StringArray = texts.iter().zip(most).map(cut).collect();
        Ok(ColumnarValue::Array(Arc::new(out)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn a_quote_ends_between_words() {
        for (text, max, wanted) in [
            ("cat a.txt.", 10, "cat a.txt."),
            ("  cat\n", 3, "cat"),
            ("cat a.txt; rm b", 10, "cat a.txt …"),
            ("cat a.txt; rm b", 12, "cat a.txt …"),
            ("aaaaaaaaaa", 4, "aaaa …"),
            ("äöü äöü", 4, "äöü …"),
            ("say \"a\" b", 20, "say 'a' b"),
            ("", 4, ""),
        ] {
            assert_eq!(excerpt(text, max), wanted);
        }
        assert_eq!(sql_text("excerpt('a b', -1)").await.as_deref(), Some(" …"));
        assert_eq!(sql_text("excerpt(NULL, 3)").await, None);
    }
}
