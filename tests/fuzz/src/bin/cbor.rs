//! CBOR sequences: records and what only looks like one.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::sequence(input));
