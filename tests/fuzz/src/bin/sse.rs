//! Answers told in pieces, as text or in the frames of Bedrock, for every format.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lightmeter_fuzz::{PATHS, exchange, normalise::Recognition, rows};

fuzz_target!(|input: &[u8]| {
    let Some((&first, stream)) = input.split_first() else { return };
    let path = PATHS[usize::from(first) % PATHS.len()];
    let mut record = exchange(path, br#"{"messages":[{"role":"user","content":"q"}],"contents":[],"input":"q"}"#);
    match first < 128 {
        true => record.response_body = stream.into(),
        false => record.raw_response_body = Some(stream.into()),
    }
    rows(&[&record], Recognition::Hash);
});
