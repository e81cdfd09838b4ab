//! Bytes to records: zstd frames, then a CBOR sequence, one record at a time.

mod record;

pub use record::{Record, Usage};
