//! `messages`: every piece of content once per conversation, at its first appearance.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per content block, once per conversation and export, at its first appearance.
    pub struct Message in "messages", partitioned by time;
    example "SELECT time, role, kind, left(text, 80) AS start FROM messages WHERE conversation_id = '…' ORDER BY position, part";
    {
        /// Identity: a hash of conversation, content and occurrence; the same in every export that carries it.
        pub message_id: String,
        /// Identity of the message element that holds this block; joins to `carries`.
        pub element_id: String,
        /// Hash of the content alone; equal wherever the same content appears.
        pub content_id: String,
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
        /// `User-Agent` header of that request.
        pub user_agent: Option<Arc<str>>,
        /// lightmeter's session.
        pub session_id: Arc<str>,
        /// Rebuilt conversation.
        pub conversation_id: Arc<str>,
        /// Position of the message in its conversation, system prompt first, from 0.
        pub position: i64,
        /// Position of the block in its message, from 0.
        pub part: i64,
        /// `system`, `user`, `assistant` or `tool`.
        pub role: &'static str,
        /// `text`, `thinking`, `tool_call`, `tool_result`, `image`, `document`, `error` or the block's own type when unknown.
        pub kind: Arc<str>,
        /// The text; for other kinds a short description. Tool calls have their arguments here.
        pub text: String,
        /// Size of the text in bytes before any content policy.
        pub bytes: i64,
        /// `request` when the client sent it, `response` when the model answered it.
        pub direction: &'static str,
        /// Provider's id of the tool call, for tool calls and tool results.
        pub call_id: Option<String>,
        /// `content_id` that the prompt in a user's text would have by itself, where a client puts tags or white space
        /// around it; null where it stands alone.
        pub asked_id: Option<String>,
    }
}
