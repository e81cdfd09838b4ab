//! Cells of a query's result, made fit to be shown.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, GenericStringArray, LargeStringArray, ListArray, OffsetSizeTrait, StringArray, StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::json::writer::{LineDelimited, WriterBuilder as JsonBuilder};
use arrow::record_batch::RecordBatch;

use crate::cli::QueryFormat;
use crate::secrets::Scanner;

/// Makes a batch fit to be shown: secrets replaced, and what could drive a terminal written as escapes.
pub(super) fn showable(
    batch: &RecordBatch,
    scanner: Option<&Scanner>,
    format: QueryFormat,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let change = |text: &str| {
        let redacted = scanner.map_or(std::borrow::Cow::Borrowed(text), |s| s.redact(text));
        match format {
            // Cut where the table knows how much there is.
            QueryFormat::Table => crate::text::one_line(&redacted, usize::MAX).into_owned(),
            // Nobody looks at these bytes as they are.
            QueryFormat::Parquet => redacted.into_owned(),
            // Line breaks are data in the other formats; the rest of the invisible characters is made visible.
            _ => redacted.split_inclusive('\n').map(visible_line).collect(),
        }
    };
    let columns: Vec<ArrayRef> = batch.columns().iter().map(|c| map_text(c, &change)).collect::<Result<_, _>>()?;
    let fields: Vec<Field> = batch
        .schema()
        .fields()
        .iter()
        .zip(&columns)
        .map(|(f, c)| Field::new(change(f.name()), c.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

fn visible_line(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(line) => crate::text::visible(line).into_owned() + "\n",
        None => crate::text::visible(line).into_owned(),
    }
}

/// Applies a change to every text in an array; nested types other than lists become JSON text first.
fn map_text(array: &ArrayRef, change: &dyn Fn(&str) -> String) -> Result<ArrayRef, arrow::error::ArrowError> {
    fn mapped<O: OffsetSizeTrait>(array: &GenericStringArray<O>, change: &dyn Fn(&str) -> String) -> ArrayRef {
        Arc::new(array.iter().map(|v| v.map(change)).collect::<GenericStringArray<O>>())
    }
    Ok(match array.data_type() {
        DataType::Utf8 => match array.as_any().downcast_ref::<StringArray>() {
            Some(text) => mapped(text, change),
            None => Arc::clone(array),
        },
        DataType::LargeUtf8 => match array.as_any().downcast_ref::<LargeStringArray>() {
            Some(text) => mapped(text, change),
            None => Arc::clone(array),
        },
        DataType::Utf8View | DataType::Dictionary(..) => map_text(&cast(array, &DataType::Utf8)?, change)?,
        DataType::List(_) => match array.as_any().downcast_ref::<ListArray>() {
            Some(list) => {
                let values = map_text(list.values(), change)?;
                let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
                Arc::new(ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?)
            }
            None => Arc::clone(array),
        },
        DataType::Struct(_) | DataType::Map(..) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            let text: StringArray = json_cells(array)?.into_iter().map(|v| v.map(|v| change(&v))).collect();
            Arc::new(text)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            let text: StringViewArray = json_cells(array)?.into_iter().collect();
            map_text(&(Arc::new(text) as ArrayRef), change)?
        }
        _ => Arc::clone(array),
    })
}

/// Every value of an array as JSON text.
fn json_cells(array: &ArrayRef) -> Result<Vec<Option<String>>, arrow::error::ArrowError> {
    let schema = Arc::new(Schema::new(vec![Field::new("v", array.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(schema, vec![Arc::clone(array)])?;
    let mut bytes = Vec::new();
    let mut writer = JsonBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(&mut bytes);
    writer.write(&batch)?;
    writer.finish()?;
    let text = String::from_utf8_lossy(&bytes);
    let cells = text.lines().map(|line| {
        let cell = line.strip_prefix("{\"v\":").and_then(|l| l.strip_suffix('}')).unwrap_or_default();
        (cell != "null").then(|| cell.to_owned())
    });
    Ok(cells.collect())
}

/// A batch whose list columns are JSON text.
pub(super) fn flat(batch: &RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|column| match column.data_type() {
            DataType::List(_) => Ok(Arc::new(StringArray::from(json_cells(column)?)) as ArrayRef),
            _ => Ok(Arc::clone(column)),
        })
        .collect::<Result<_, arrow::error::ArrowError>>()?;
    let fields: Vec<Field> = batch
        .schema()
        .fields()
        .iter()
        .zip(&columns)
        .map(|(f, c)| Field::new(f.name(), c.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
