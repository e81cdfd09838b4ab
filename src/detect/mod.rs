//! SQL → findings: loads detection files, proves them, runs them, and turns their rows into [`crate::finding::Finding`]s.
//!
//! ```text
//! queries/<family>/*.sql ─ front_matter ─ catalog ─┬─ check (contract + cases)
//! lightmeter.toml ──────── settings ───────────────┤
//! queries/catalog/*.toml ─ data ───────────────────┴─ run: signals, then incidents ─ rows ─ Finding
//! ```
//! What is bad is written in `queries/`; nothing here knows any tool, host or threshold.

mod cases;
pub mod catalog;
pub mod check;
pub mod contract;
pub mod data;
pub mod docs;
pub mod front_matter;
pub mod functions;
mod json;
pub mod measure;
pub mod mutate;
mod rows;
pub mod run;
pub mod settings;
pub mod signals;
pub mod statements;
mod suggest;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod usage_tests;
#[cfg(test)]
mod view_cases;
pub mod views;

pub use catalog::{Catalog, Detection, FileProblem};
pub use check::check;
pub use data::DataTables;
pub use run::{DetectionFailure, RunResult, run};
pub use settings::DetectionSettings;
