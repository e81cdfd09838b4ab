//! lightmeter's command line.
fn main() {}
