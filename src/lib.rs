//! lightmeter: offline forensic analysis of Tailscale Aperture exports.

pub mod decode;
pub mod finding;
pub mod outcome;
pub mod report;
pub mod tables;
pub mod text;
pub mod window;
