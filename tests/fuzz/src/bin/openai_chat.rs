//! Requests and answers of OpenAI Chat Completions.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::body(lightmeter_fuzz::PATHS[1], input));
