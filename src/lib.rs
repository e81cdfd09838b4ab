//! lightmeter: offline forensic analysis of Tailscale Aperture exports.

pub mod acquire;
pub mod cli;
pub mod commands;
pub mod config;
pub mod decode;
pub mod detect;
pub mod error;
pub mod finding;
pub mod lake;
pub mod normalise;
pub mod outcome;
pub mod progress;
pub mod report;
pub mod secrets;
pub mod shown;
pub mod tables;
pub mod text;
pub mod window;
