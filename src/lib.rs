//! lightmeter: offline forensic analysis of Tailscale Aperture exports.

pub mod decode;
pub mod detect;
pub mod finding;
pub mod outcome;
pub mod tables;
pub mod window;
