//! Objects as they lie in a bucket: zstd frames around a CBOR sequence.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| lightmeter_fuzz::object(input));
