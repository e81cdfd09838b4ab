//! How a Rust value becomes an Arrow column: one implementation per type used in the tables.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, BooleanBuilder, Float64Builder, Int64Builder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field, TimeUnit};

/// Microseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub i64);

/// Builder of a UTC timestamp column.
pub struct TimeBuilder(TimestampMicrosecondBuilder);

impl Default for TimeBuilder {
    fn default() -> Self {
        Self(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
    }
}

impl TimeBuilder {
    /// Takes the values appended so far.
    pub fn finish(&mut self) -> arrow::array::TimestampMicrosecondArray {
        self.0.finish()
    }
}

/// A type that can be a column of a lake table.
pub trait Column {
    /// Arrow builder of the column.
    type Builder: Default;
    /// Whether the column can be null.
    const NULLABLE: bool;
    /// Arrow type of the column.
    fn data_type() -> DataType;
    /// Appends the value.
    fn append(&self, to: &mut Self::Builder);
    /// Rough size of the value in bytes.
    fn weight(&self) -> usize {
        8
    }
}

macro_rules! text_column {
    ($ty:ty, $self:ident => $value:expr) => {
        impl Column for $ty {
            type Builder = StringBuilder;
            const NULLABLE: bool = false;
            fn data_type() -> DataType {
                DataType::Utf8
            }
            fn append(&self, to: &mut Self::Builder) {
                let $self = self;
                to.append_value($value);
            }
            fn weight(&self) -> usize {
                self.len() + 16
            }
        }
        impl Column for Option<$ty> {
            type Builder = StringBuilder;
            const NULLABLE: bool = true;
            fn data_type() -> DataType {
                DataType::Utf8
            }
            fn append(&self, to: &mut Self::Builder) {
                match self {
                    Some($self) => to.append_value($value),
                    None => to.append_null(),
                }
            }
            fn weight(&self) -> usize {
                self.as_ref().map_or(16, |v| v.len() + 16)
            }
        }
    };
}
text_column!(String, v => v.as_str());
text_column!(Arc<str>, v => v.as_ref());
text_column!(&'static str, v => *v);

macro_rules! plain_column {
    ($ty:ty, $builder:ty, $data:expr, $v:ident => $value:expr) => {
        impl Column for $ty {
            type Builder = $builder;
            const NULLABLE: bool = false;
            fn data_type() -> DataType {
                $data
            }
            fn append(&self, to: &mut Self::Builder) {
                let $v = *self;
                to.append_value($value);
            }
        }
        impl Column for Option<$ty> {
            type Builder = $builder;
            const NULLABLE: bool = true;
            fn data_type() -> DataType {
                $data
            }
            fn append(&self, to: &mut Self::Builder) {
                match *self {
                    Some($v) => to.append_value($value),
                    None => to.append_null(),
                }
            }
        }
    };
}
plain_column!(i64, Int64Builder, DataType::Int64, v => v);
plain_column!(f64, Float64Builder, DataType::Float64, v => v);
plain_column!(bool, BooleanBuilder, DataType::Boolean, v => v);

fn time_type() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

impl Column for Time {
    type Builder = TimeBuilder;
    const NULLABLE: bool = false;
    fn data_type() -> DataType {
        time_type()
    }
    fn append(&self, to: &mut Self::Builder) {
        to.0.append_value(self.0);
    }
}

impl Column for Option<Time> {
    type Builder = TimeBuilder;
    const NULLABLE: bool = true;
    fn data_type() -> DataType {
        time_type()
    }
    fn append(&self, to: &mut Self::Builder) {
        to.0.append_option(self.map(|t| t.0));
    }
}

impl Column for Vec<String> {
    type Builder = ListBuilder<StringBuilder>;
    const NULLABLE: bool = false;
    fn data_type() -> DataType {
        DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true)))
    }
    fn append(&self, to: &mut Self::Builder) {
        for value in self {
            to.values().append_value(value);
        }
        to.append(true);
        debug_assert!(!to.is_empty(), "a list row was appended");
    }
    fn weight(&self) -> usize {
        self.iter().map(|v| v.len() + 16).sum::<usize>() + 16
    }
}
