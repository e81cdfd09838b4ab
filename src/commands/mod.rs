//! The commands: the only code that joins the stages.

pub mod access;
pub mod analyze;
mod cells;
pub mod convert;
pub mod detections;
pub mod engine;
pub mod export;
pub mod exposure;
pub mod fill;
mod found;
mod hidden;
pub mod hits;
mod hunt;
mod joined;
mod kept;
pub mod key;
mod look;
mod lookup;
pub mod measure;
mod metrics;
pub mod output;
mod pager;
mod plan;
pub mod policy;
mod prompt;
pub mod pull;
mod pull_only;
pub mod query;
mod query_table;
mod record;
mod record_part;
mod rescan;
mod review;
mod rows;
pub mod rules;
mod schema;
mod screen;
mod select;
mod session;
mod sessions;
mod settings;
mod sources;
mod start;
pub mod stop;
mod target;
mod timeline;
mod told;
mod unattended;
mod upkeep;
mod uses;
mod vanished;
mod verify;
mod workers;

pub use start::run;

/// Says something on standard error, unless asked to be quiet. A closed standard error is no reason to stop.
fn note(quiet: bool, text: &str) {
    use std::io::Write as _;
    if !quiet {
        let _ = crate::progress::beside(|| writeln!(std::io::stderr(), "lightmeter: {text}"));
    }
}
