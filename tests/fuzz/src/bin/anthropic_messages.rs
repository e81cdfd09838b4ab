//! Requests and answers of Anthropic Messages.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::body(lightmeter_fuzz::PATHS[0], input));
