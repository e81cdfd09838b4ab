//! lightmeter: offline forensic analysis of Tailscale Aperture exports.

pub mod acquire;
pub mod decode;
pub mod finding;
pub mod outcome;
pub mod progress;
pub mod shown;
pub mod tables;
pub mod window;
