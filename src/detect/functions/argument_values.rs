//! `argument_values(arguments)`: the single values in the arguments of a call.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, AsArray, ListBuilder, StringBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};
use serde_json::Value;

use super::Function;

/// Values of one call, at most, and characters of one value.
const MAX_VALUES: usize = 200;
const MAX_CHARS: usize = 4_096;

pub(super) fn function() -> Function {
    Function {
        signature: "argument_values(arguments) → list",
        doc: "The texts and numbers in the arguments of a call, as entries with `name` and `value`; values in lists and \
              objects have the name of the nearest key. At most 200 values of 4096 characters. Arguments that are no \
              object give one value without a name.",
        example: "argument_values('{\"to\":[\"a@b.example\"]}')[1]['value'] = 'a@b.example'",
        udf: ScalarUDF::from(ArgumentValues {
            signature: Signature::exact(vec![DataType::Utf8], Volatility::Immutable),
        }),
    }
}

fn fields() -> Fields {
    Fields::from(vec![Field::new("name", DataType::Utf8, true), Field::new("value", DataType::Utf8, true)])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct ArgumentValues {
    signature: Signature,
}

impl ScalarUDFImpl for ArgumentValues {
    fn name(&self) -> &str {
        "argument_values"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::new_list(DataType::Struct(fields()), true))
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let texts = arrays[0].as_string::<i32>();
        let mut out = ListBuilder::new(StructBuilder::from_fields(fields(), texts.len()));
        for text in texts {
            let Some(text) = text else {
                out.append_null();
                continue;
            };
            let mut found = Vec::new();
            match serde_json::from_str::<Value>(text) {
                Ok(value) => collect(&value, "", &mut found),
                Err(_) => found.push((String::new(), cut(text))),
            }
            for (name, value) in found {
                let entry = out.values();
                for (index, text) in [name, value].into_iter().enumerate() {
                    if let Some(column) = entry.field_builder::<StringBuilder>(index) {
                        column.append_value(text);
                    }
                }
                entry.append(true);
            }
            out.append(true);
        }
        let list: ArrayRef = Arc::new(out.finish());
        Ok(ColumnarValue::Array(list))
    }
}

/// `serde_json` refuses values nested deeper than 128, which bounds the recursion.
fn collect(value: &Value, name: &str, out: &mut Vec<(String, String)>) {
    if out.len() >= MAX_VALUES {
        return;
    }
    match value {
        Value::String(text) => out.push((name.to_owned(), cut(text))),
        Value::Number(number) => out.push((name.to_owned(), number.to_string())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, out)),
        Value::Object(entries) => entries.iter().for_each(|(key, item)| collect(item, key, out)),
        Value::Null | Value::Bool(_) => {}
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn every_text_and_number_is_a_value() {
        let all = |arguments: &str| {
            let mut out = Vec::new();
            collect(&serde_json::from_str(arguments).unwrap(), "", &mut out);
            out.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>()
        };
        assert_eq!(
            all(r#"{"a":["x",2],"b":{"c":"y","d":[{"e":1.5}]},"f":null,"g":true}"#),
            ["a=x", "a=2", "c=y", "e=1.5"]
        );
        assert_eq!(all("\"plain\""), ["=plain"]);
        assert_eq!(all(&format!("[{}]", vec!["1"; 500].join(","))).len(), MAX_VALUES);
        assert_eq!(sql_text("argument_values('not json')[1]['value']").await.as_deref(), Some("not json"));
        assert_eq!(sql_text("argument_values(NULL)[1]['value']").await, None);
    }
}
