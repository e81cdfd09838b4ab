//! JSON layouts, one module per version. A layout only ever grows; removing or renaming a field is a new version.

pub(in crate::report) mod earlier;
mod rows;
pub mod v1;
mod values;
