//! Requests and answers of Bedrock Converse.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::body(lightmeter_fuzz::PATHS[4], input));
