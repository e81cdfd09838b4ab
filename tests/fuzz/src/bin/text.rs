//! What texts name, and what they hide.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::facts("text", "note", "", &String::from_utf8_lossy(input)));
