//! How much of an export is believed before it is refused.

/// Bounds on what one export may cost. The defaults are far above what gateways write and far below what hurts.
///
/// There is no limit on the compression ratio: every request repeats its conversation, so 300:1 is normal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest record in bytes, decompressed; 256 MB. Enforced on declared lengths, before anything is buffered.
    pub max_record_bytes: usize,
    /// Decompressed bytes read of one export; 64 GB.
    pub max_export_bytes: u64,
    /// Largest zstd window as a power of two; 27, which is 128 MB. The window is memory the decoder must hold.
    pub max_window_log: u32,
    /// Deepest nesting a record may have; 4096. The walk does not recurse, so depth costs eight bytes a level, and a
    /// low limit would be a way to hide a record.
    pub max_nesting: usize,
    /// Deepest nesting that is turned into JSON; 32. What lies deeper becomes null.
    pub max_json_depth: usize,
    /// Values in one JSON document; 250 000. What comes later is left out.
    pub max_json_values: usize,
    /// Longest text of a field other than a body, and all header bytes of one message; 1 MB. The rest is cut off.
    pub max_text_bytes: usize,
    /// Headers of one message and tags of one device; 1024. The rest is left out.
    pub max_list: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_record_bytes: 256 << 20,
            max_export_bytes: 64 << 30,
            max_window_log: 27,
            max_nesting: 4096,
            max_json_depth: 32,
            max_json_values: 250_000,
            max_text_bytes: 1 << 20,
            max_list: 1024,
        }
    }
}
