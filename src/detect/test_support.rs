//! What the tests of this module share.

use arrow::array::{Array, AsArray};

use super::contract::bare_session;

/// The value of a SQL expression of type text.
pub(super) async fn sql_text(expression: &str) -> Option<String> {
    let frame = bare_session().sql(&format!("SELECT CAST({expression} AS VARCHAR)")).await.unwrap();
    let batches = frame.collect().await.unwrap();
    let column = arrow::compute::cast(batches[0].column(0), &arrow::datatypes::DataType::Utf8).unwrap();
    let column = column.as_string::<i32>();
    column.is_valid(0).then(|| column.value(0).to_owned())
}
