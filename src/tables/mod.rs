//! The analyst's vocabulary: one file per lake table with its row, its Arrow schema and a sentence per column.
//!
//! A table is declared once with the macro `table!`; the row struct, the Arrow schema, the column documentation and the
//! builder that turns rows into record batches all come from that declaration, so they cannot drift apart.
//! Rows are facts. Nothing here knows whether a row is good or bad: that is decided in `queries/`.

pub mod carries;
mod column;
pub mod commands;
pub mod entities;
pub mod messages;
pub mod requests;
pub mod secrets;
pub mod tool_calls;
pub mod tool_definitions;
pub mod tool_offers;
pub mod tool_results;

pub use column::{Column, Time};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

/// Documentation of one column, as shown by the table reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDoc {
    /// Column name.
    pub name: &'static str,
    /// One sentence: meaning, unit, when it is null.
    pub doc: &'static str,
}

/// A row type of the lake.
pub trait Row: Send + 'static {
    /// Turns rows into Arrow arrays.
    type Builder: RowBuilder<Row = Self>;
    /// Table name, also the folder name in the lake.
    const TABLE: &'static str;
    /// What a row of the table is, in a sentence or two.
    const DOC: &'static str;
    /// A query that a newcomer can run as it is.
    const EXAMPLE: &'static str;
    /// Name of the column that [`Row::time`] returns.
    const TIME_COLUMN: &'static str;
    /// The time that decides which `date=` partition the row belongs to.
    fn time(&self) -> Time;
    /// Rough size in memory in bytes, used to keep batches bounded.
    fn weight(&self) -> usize;
    /// Arrow schema of the table.
    fn schema() -> SchemaRef;
    /// Documentation of every column, in schema order.
    fn columns() -> Vec<ColumnDoc>;
}

/// Collects rows of one table into Arrow arrays.
pub trait RowBuilder: Default + Send {
    /// The row this builder takes.
    type Row;
    /// Adds one row.
    fn append(&mut self, row: &Self::Row);
    /// Takes everything appended so far as one batch; the builder is empty afterwards.
    ///
    /// # Errors
    /// Only if Arrow refuses the arrays, which the generated code makes impossible short of 2^31 bytes in one column.
    fn finish(&mut self) -> Result<RecordBatch, arrow::error::ArrowError>;
}

/// Declares a lake table: row struct, schema, documentation and builder.
macro_rules! table {
    (
        $(#[doc = $tdoc:literal])+
        pub struct $row:ident in $table:literal, partitioned by $time:ident;
        example $example:literal;
        {
            $( $(#[doc = $cdoc:literal])+ pub $col:ident : $ty:ty, )+
        }
    ) => {
        $(#[doc = $tdoc])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $row { $( $(#[doc = $cdoc])+ pub $col: $ty, )+ }

        #[doc = concat!("Builds record batches of the table `", $table, "`.")]
        #[derive(Default)]
        pub struct Builder { $( $col: <$ty as $crate::tables::Column>::Builder, )+ }

        impl $crate::tables::Row for $row {
            type Builder = Builder;
            const TABLE: &'static str = $table;
            const DOC: &'static str = concat!($($tdoc),+);
            const EXAMPLE: &'static str = $example;
            const TIME_COLUMN: &'static str = stringify!($time);
            fn time(&self) -> $crate::tables::Time { self.$time }
            fn weight(&self) -> usize {
                0 $( + $crate::tables::Column::weight(&self.$col) )+
            }
            fn schema() -> arrow::datatypes::SchemaRef {
                std::sync::Arc::new(arrow::datatypes::Schema::new(vec![
                    $( arrow::datatypes::Field::new(
                        stringify!($col),
                        <$ty as $crate::tables::Column>::data_type(),
                        <$ty as $crate::tables::Column>::NULLABLE,
                    ), )+
                ]))
            }
            fn columns() -> Vec<$crate::tables::ColumnDoc> {
                vec![ $( $crate::tables::ColumnDoc { name: stringify!($col), doc: concat!($($cdoc),+).trim_ascii() }, )+ ]
            }
        }

        impl $crate::tables::RowBuilder for Builder {
            type Row = $row;
            fn append(&mut self, row: &$row) {
                $( $crate::tables::Column::append(&row.$col, &mut self.$col); )+
            }
            fn finish(&mut self) -> Result<arrow::record_batch::RecordBatch, arrow::error::ArrowError> {
                let columns: Vec<arrow::array::ArrayRef> = vec![
                    $( std::sync::Arc::new(self.$col.finish()), )+
                ];
                arrow::record_batch::RecordBatch::try_new(<$row as $crate::tables::Row>::schema(), columns)
            }
        }
    };
}
pub(crate) use table;

/// Rows of every table, on their way from normalise to the lake.
///
/// The normaliser pushes, the lake writer drains ([`Rows::drain_into`]).
#[derive(Debug, Default)]
pub struct Rows {
    /// Rows of `requests`.
    pub requests: Vec<requests::Request>,
    /// Rows of `messages`.
    pub messages: Vec<messages::Message>,
    /// Rows of `carries`.
    pub carries: Vec<carries::Carry>,
    /// Rows of `tool_calls`.
    pub tool_calls: Vec<tool_calls::ToolCall>,
    /// Rows of `tool_results`.
    pub tool_results: Vec<tool_results::ToolResult>,
    /// Rows of `tool_definitions`.
    pub tool_definitions: Vec<tool_definitions::ToolDefinition>,
    /// Rows of `tool_offers`.
    pub tool_offers: Vec<tool_offers::ToolOffer>,
    /// Rows of `commands`.
    pub commands: Vec<commands::Command>,
    /// Rows of `entities`.
    pub entities: Vec<entities::Entity>,
    /// Rows of `secrets`.
    pub secrets: Vec<secrets::SecretUse>,
}

/// Where rows go: takes the rows of one table after the other.
pub trait RowSink {
    /// Why rows could not be taken.
    type Error;
    /// Takes all rows of one table, in order; the vector is empty afterwards.
    ///
    /// # Errors
    /// As the sink defines.
    fn take<R: Row>(&mut self, rows: &mut Vec<R>) -> Result<(), Self::Error>;
}

impl Rows {
    /// Hands the rows of every table to `sink`, in the order of [`all`].
    ///
    /// # Errors
    /// The first error of the sink; rows not yet taken stay.
    pub fn drain_into<S: RowSink>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        sink.take(&mut self.requests)?;
        sink.take(&mut self.messages)?;
        sink.take(&mut self.carries)?;
        sink.take(&mut self.tool_calls)?;
        sink.take(&mut self.tool_results)?;
        sink.take(&mut self.tool_definitions)?;
        sink.take(&mut self.tool_offers)?;
        sink.take(&mut self.commands)?;
        sink.take(&mut self.entities)?;
        sink.take(&mut self.secrets)
    }
}

/// Name, sentence, schema, column documentation and example query of one table.
pub struct TableDoc {
    /// Table name.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Arrow schema.
    pub schema: SchemaRef,
    /// A sentence per column.
    pub columns: Vec<ColumnDoc>,
    /// A query to start from.
    pub example: &'static str,
    /// Column that decides which `date=` partition a row belongs to.
    pub time_column: &'static str,
}

fn doc_of<R: Row>() -> TableDoc {
    TableDoc {
        name: R::TABLE,
        doc: R::DOC,
        schema: R::schema(),
        columns: R::columns(),
        example: R::EXAMPLE,
        time_column: R::TIME_COLUMN,
    }
}

/// Every table that is stored as Parquet, in the order of the pipeline.
#[must_use]
pub fn all() -> Vec<TableDoc> {
    vec![
        doc_of::<requests::Request>(),
        doc_of::<messages::Message>(),
        doc_of::<carries::Carry>(),
        doc_of::<tool_calls::ToolCall>(),
        doc_of::<tool_results::ToolResult>(),
        doc_of::<tool_definitions::ToolDefinition>(),
        doc_of::<tool_offers::ToolOffer>(),
        doc_of::<commands::Command>(),
        doc_of::<entities::Entity>(),
        doc_of::<secrets::SecretUse>(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_handed_to_the_sink_in_the_order_of_the_list() {
        struct Names(Vec<&'static str>);
        impl RowSink for Names {
            type Error = std::convert::Infallible;
            fn take<R: Row>(&mut self, _: &mut Vec<R>) -> Result<(), Self::Error> {
                self.0.push(R::TABLE);
                Ok(())
            }
        }
        let mut names = Names(Vec::new());
        Rows::default().drain_into(&mut names).unwrap();
        assert_eq!(names.0, all().iter().map(|t| t.name).collect::<Vec<_>>());
    }

    #[test]
    fn the_partition_column_exists_and_is_a_utc_time() {
        for table in all() {
            let schema = table.schema;
            let field = schema.field_with_name(table.time_column).unwrap();
            assert_eq!(field.data_type(), &<Time as Column>::data_type(), "{}", table.name);
        }
    }
}
