//! What the rest of the program may see of an export record, whatever wire version it came in.

use std::borrow::Cow;

/// Token counts as the gateway wrote them; a key that is absent was zero or unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Input tokens. Whether cached tokens are included depends on the provider.
    pub input: Option<i64>,
    /// Output tokens.
    pub output: Option<i64>,
    /// Input tokens read from cache.
    pub cached: Option<i64>,
    /// Input tokens written to cache.
    pub cache_creation: Option<i64>,
    /// Output tokens spent on reasoning.
    pub reasoning: Option<i64>,
    /// Web searches run by the provider.
    pub web_searches: Option<i64>,
}

/// One request and its answer, borrowed from the decode buffer.
///
/// Texts are UTF-8 (invalid bytes replaced); bodies are raw bytes that nobody has looked at yet.
#[derive(Debug, Clone, Default)]
pub struct Record<'a> {
    /// Position of the record in its export, from 0; skipped records count.
    pub number: u64,
    /// Offset of the record in the decompressed export, in bytes.
    pub offset: u64,
    /// Size of the record in bytes, decompressed.
    pub size: u64,
    /// The gateway's record id.
    pub id: Option<i64>,
    /// Layout version of the record.
    pub ver: Option<i64>,
    /// Record time, microseconds since the epoch; normally the end of the request.
    pub timestamp: Option<i64>,
    /// Request start, microseconds since the epoch.
    pub start: Option<i64>,
    /// Login of the caller.
    pub login: Cow<'a, str>,
    /// Stable node id of the caller's device.
    pub device: Cow<'a, str>,
    /// Tags of the caller's device.
    pub tags: Vec<Cow<'a, str>>,
    /// Model as written, with or without `provider/`.
    pub model: Cow<'a, str>,
    /// `api_type` as written.
    pub api_type: Cow<'a, str>,
    /// Token counts.
    pub usage: Usage,
    /// Cost estimate in US dollars.
    pub cost_usd: Option<f64>,
    /// Price list entry behind the estimate.
    pub cost_basis: Cow<'a, str>,
    /// Duration in milliseconds.
    pub duration_ms: Option<i64>,
    /// Capture id.
    pub capture_id: Cow<'a, str>,
    /// Session id as the gateway wrote it.
    pub session_id: Cow<'a, str>,
    /// Request path, possibly with a query string.
    pub path: Cow<'a, str>,
    /// HTTP status code.
    pub status_code: Option<i64>,
    /// Request headers, one entry per value, names as written. Empty when purged.
    pub request_headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Response headers, one entry per value.
    pub response_headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// Request body text; empty when purged.
    pub request_body: Cow<'a, [u8]>,
    /// Response body text; empty when purged.
    pub response_body: Cow<'a, [u8]>,
    /// Raw request bytes, where the gateway keeps them.
    pub raw_request_body: Option<Cow<'a, [u8]>>,
    /// Raw response bytes, where the gateway keeps them; typically SSE text.
    pub raw_response_body: Option<Cow<'a, [u8]>>,
    /// The `toolUseData` array as raw CBOR; empty when absent, null or an empty array.
    pub tool_use: Cow<'a, [u8]>,
    /// Names of top-level and capture keys that this version does not know, at most 16.
    pub unknown_keys: Vec<Cow<'a, str>>,
    /// Keys whose value had an unexpected type and was ignored, or exceeded a limit and was cut; at most 16.
    /// Those inside other maps are written with a dot (`identity.tags`).
    pub mistyped_keys: Vec<Cow<'a, str>>,
}
