//! `held_span(days, first, time)`: how much of the days before a time the lake can speak of, for sentences.

use std::sync::Arc;

use arrow::array::{AsArray, StringArray};
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::Function;

/// Microseconds of each unit, the largest first.
const UNITS: [(i64, &str); 3] = [(86_400_000_000, "day"), (3_600_000_000, "hour"), (60_000_000, "minute")];

pub(super) fn function() -> Function {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let signature = Signature::exact(vec![DataType::Int64, time.clone(), time], Volatility::Immutable);
    Function {
        signature: "held_span(int, timestamp, timestamp) → text",
        doc: "That many days before the second time, or what there is of them when the lake begins at the first; for \
              sentences in `reason` such as `in the … before`.",
        example: "held_span(30, TIMESTAMP '2026-03-01T08:00:00Z', TIMESTAMP '2026-03-01T09:34:00Z') = \
                  '94 minutes that the lake holds'",
        udf: ScalarUDF::from(HeldSpan { signature }),
    }
}

/// Whole units, of the largest of which there are two. A lake without a beginning is a long one.
fn held_span(days: i64, first: Option<i64>, time: i64) -> String {
    let held = first.map_or(i64::MAX, |first| time.saturating_sub(first).max(0));
    let (day, name) = UNITS[0];
    if held >= days.saturating_mul(day) {
        return format!("{days} {name}{}", if days == 1 { "" } else { "s" });
    }
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| held >= 2 * unit).unwrap_or(UNITS[2]);
    let count = held / unit;
    format!("{count} {name}{} that the lake holds", if count == 1 { "" } else { "s" })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct HeldSpan {
    signature: Signature,
}

impl ScalarUDFImpl for HeldSpan {
    fn name(&self) -> &str {
        "held_span"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let days = arrays[0].as_primitive::<Int64Type>().iter();
        let (first, time) = (&arrays[1], &arrays[2]);
        let first = first.as_primitive::<TimestampMicrosecondType>().iter();
        let time = time.as_primitive::<TimestampMicrosecondType>().iter();
        let out: StringArray =
            days.zip(first).zip(time).map(|((days, first), time)| Some(held_span(days?, first, time?))).collect();
        Ok(ColumnarValue::Array(Arc::new(out)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::test_support::sql_text;

    #[tokio::test]
    async fn no_more_is_claimed_than_there_is() {
        let minute = 60_000_000;
        let day = 1440 * minute;
        for (held, wanted) in [
            (0, "0 minutes that the lake holds"),
            (minute, "1 minute that the lake holds"),
            (94 * minute, "94 minutes that the lake holds"),
            (121 * minute, "2 hours that the lake holds"),
            (2 * day - 1, "47 hours that the lake holds"),
            (30 * day - 1, "29 days that the lake holds"),
            (30 * day, "30 days"),
        ] {
            assert_eq!(held_span(30, Some(5), 5 + held), wanted);
        }
        assert_eq!(held_span(30, None, 0), "30 days");
        assert_eq!(held_span(1, Some(9), 5), "0 minutes that the lake holds");
        let sql = "held_span(30, NULL, TIMESTAMP '2026-03-01T09:34:00Z')";
        assert_eq!(sql_text(sql).await.as_deref(), Some("30 days"));
    }
}
