//! lightmeter: offline forensic analysis of Tailscale Aperture exports.
//!
//! Data flows one way, and only [`commands`] joins two stages:
//!
//! ```text
//! bytes          Record            rows (tables)         SQL session         Finding
//! acquire ──→ decode ──→ normalise ──────→ lake ──────→ detect ──────→ report | export
//! ```
//!
//! Three waists hold it together, and everything else plugs into one of them: [`decode::Record`] between the export
//! container and the wire formats, the [`tables`] between wire formats and SQL, and [`finding::Finding`] between SQL and
//! every output. Rust turns hostile bytes into typed facts; whether a fact is bad is decided by the SQL and the data in
//! `queries/`.
//!
//! | to … | add or edit |
//! |---|---|
//! | add a detection | one file `queries/<family>/<name>.sql` |
//! | teach it an agent, a tool, an integration, a word | a row in `queries/catalog/` |
//! | change a public table | its view in `queries/views/` |
//! | support a wire format | one file in `src/normalise/provider/` and its line in `PROVIDERS` |
//! | add a column | the table's file in `src/tables/` and whoever fills it |
//! | read exports from elsewhere | one file in `src/acquire/` |
//! | accept another record version | `src/decode/wire.rs` |
//! | add a report format | one file in `src/report/` |
//! | add a SIEM shape | one file in `src/export/` |
//! | add an enrichment table | one file in `queries/export/` |
//! | add a SQL function | one file in `src/detect/functions/` |
//! | add a command | a variant in `src/cli.rs` and one file in `src/commands/` |

pub mod acquire;
pub mod cli;
pub mod commands;
pub mod config;
pub mod decode;
pub mod detect;
pub mod error;
pub mod export;
pub mod finding;
pub mod lake;
pub mod logging;
pub mod normalise;
pub mod outcome;
pub mod panics;
pub mod profile;
pub mod progress;
pub mod report;
pub mod secrets;
pub mod tables;
pub mod text;
pub mod triage;
pub mod window;
