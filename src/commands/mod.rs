//! The commands: the only code that joins the stages.

pub mod analyze;
pub mod convert;
pub mod detections;
pub mod engine;
pub mod fill;
pub mod output;
mod plan;
pub mod policy;
pub mod pull;
pub mod query;
mod start;
mod timeline;

pub use start::run;
