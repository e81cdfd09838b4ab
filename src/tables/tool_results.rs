//! `tool_results`: what came back for a tool call.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per tool result, once per conversation and export; its text is in `messages`.
    pub struct ToolResult in "tool_results", partitioned by time;
    example "SELECT outcome, count(*) AS results FROM tool_results GROUP BY outcome";
    {
        /// The provider's id of the call it answers.
        pub call_id: Option<String>,
        /// The block in `messages` that holds the text.
        pub message_id: String,
        /// Export object of the first request that carried it.
        pub export_key: Arc<str>,
        /// Record id of the first request that carried it.
        pub record_id: Option<i64>,
        /// Start of that request.
        pub time: Time,
        /// Tailscale login.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// Rebuilt conversation.
        pub conversation_id: Arc<str>,
        /// Position of the message in its conversation.
        pub position: i64,
        /// Position of the block in its message.
        pub part: i64,
        /// Tool name where the result repeats it (formats without call ids).
        pub raw_name: Option<Arc<str>>,
        /// `ok`, `error` when the format says so, or `unknown` when it cannot say.
        pub outcome: &'static str,
        /// Size of the result text in bytes.
        pub bytes: i64,
        /// Hash of the result text.
        pub digest: String,
    }
}
