//! Requests and answers of Gemini.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::body(lightmeter_fuzz::PATHS[3], input));
