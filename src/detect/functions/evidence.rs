//! `evidence(export_key, record_id)`: the address of a raw record, as findings carry it.

use std::sync::Arc;

use arrow::array::{Array, AsArray, StringBuilder};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};

use super::Function;
use crate::finding::Evidence;

pub(super) fn function() -> Function {
    Function {
        signature: "evidence(export_key, record_id) → text",
        doc: "Address of a raw record for the column `evidence`. Null without an export key; a record without an id \
              gives the export alone.",
        example: "evidence('a.cbor.zstd', 7) = 'a.cbor.zstd#7'",
        udf: ScalarUDF::from(EvidenceFn {
            signature: Signature::one_of(
                vec![TypeSignature::Exact(vec![DataType::Utf8, DataType::Int64])],
                Volatility::Immutable,
            ),
        }),
    }
}

/// Reads what the function wrote. Export keys may hold `#` themselves, so the last one separates.
pub(in crate::detect) fn parse(text: &str) -> Evidence {
    match text.rsplit_once('#') {
        Some((key, "")) => Evidence { export_key: key.to_owned(), record_id: None },
        Some((key, id)) if id.parse::<i64>().is_ok() => {
            Evidence { export_key: key.to_owned(), record_id: id.parse().ok() }
        }
        _ => Evidence { export_key: text.to_owned(), record_id: None },
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct EvidenceFn {
    signature: Signature,
}

impl ScalarUDFImpl for EvidenceFn {
    fn name(&self) -> &str {
        "evidence"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let (keys, ids) = (arrays[0].as_string::<i32>(), arrays[1].as_primitive::<Int64Type>());
        let mut out = StringBuilder::with_capacity(keys.len(), keys.value_data().len() + keys.len() * 8);
        for (key, id) in keys.iter().zip(ids) {
            match (key, id) {
                (Some(key), Some(id)) => out.append_value(format!("{key}#{id}")),
                (Some(key), None) => out.append_value(format!("{key}#")),
                (None, _) => out.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn what_is_written_is_read_back() {
        for (sql, written, key, id) in [
            ("evidence('s3://b/x#1.zstd', 7)", "s3://b/x#1.zstd#7", "s3://b/x#1.zstd", Some(7)),
            ("evidence('a.zstd', NULL)", "a.zstd#", "a.zstd", None),
            ("evidence(arrow_cast('a.zstd', 'Utf8View'), -1)", "a.zstd#-1", "a.zstd", Some(-1)),
        ] {
            assert_eq!(sql_text(sql).await.as_deref(), Some(written));
            assert_eq!(parse(written), Evidence { export_key: key.into(), record_id: id });
        }
        assert_eq!(sql_text("evidence(NULL, 1)").await, None);
        assert_eq!(parse("odd#name"), Evidence { export_key: "odd#name".into(), record_id: None });
    }
}
