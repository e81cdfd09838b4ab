//! `tool_calls`: what models asked for.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per tool call, once per conversation and export. A call is a proposal until a result for it is seen.
    pub struct ToolCall in "tool_calls", partitioned by time;
    example "SELECT user_agent, raw_name, count(*) AS calls FROM tool_calls GROUP BY user_agent, raw_name ORDER BY calls DESC";
    {
        /// Identity: a hash of login, device, conversation, the provider's call id, name and arguments.
        pub call_uid: String,
        /// The provider's id of the call; null where the format has none.
        pub call_id: Option<String>,
        /// The message that asks for it, the same in the model's answer and in every repetition. A call without
        /// `call_id` that is seen in the history is the one of the answer with the same message, where that was seen.
        pub element_id: String,
        /// Export object of the first request that shows it.
        pub export_key: Arc<str>,
        /// Record id of the first request that shows it.
        pub record_id: Option<i64>,
        /// End of the request that proposed it, or start of the first request that echoed it.
        pub time: Time,
        /// Tailscale login.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// Tags of the device.
        pub tags: Vec<String>,
        /// `User-Agent` header.
        pub user_agent: Option<Arc<str>>,
        /// First product token of the user agent, lower case.
        pub ua_product: Option<Arc<str>>,
        /// lightmeter's session.
        pub session_id: Arc<str>,
        /// Rebuilt conversation.
        pub conversation_id: Arc<str>,
        /// Position of the message in its conversation.
        pub position: i64,
        /// Position of the call in its message.
        pub part: i64,
        /// `response` when seen as the model's answer, `request` when only seen as history.
        pub direction: &'static str,
        /// Provider of the model that asked.
        pub provider: Option<Arc<str>>,
        /// Model that asked.
        pub model: Option<Arc<str>>,
        /// Tool name exactly as on the wire.
        pub raw_name: Arc<str>,
        /// Server that the wire format names beside the tool (server name, label, namespace, meta-tool parameter).
        pub named_server: Option<Arc<str>>,
        /// Naming scheme recognised in the raw name: `mcp__S__T`, `mcp--S--T`, `S__T`, `mcp_S_T`, `X0mcp0T`, `S___T`, `S_T`, `plain`.
        pub naming: &'static str,
        /// Server part of the name by that scheme.
        pub name_server: Option<Arc<str>>,
        /// Tool part of the name by that scheme; the raw name where there is none.
        pub name_tool: Arc<str>,
        /// Other tools offered in the same request that share the server part.
        pub name_peers: i64,
        /// `client` when the client runs it, `provider` when the provider does.
        pub runs_at: &'static str,
        /// Arguments as JSON text; text that is not JSON becomes a JSON string.
        pub arguments: String,
        /// Hash of tool name and canonical arguments.
        pub arguments_digest: String,
        /// `content_id` or `asked_id` of a message whose text is the longest text among the arguments: leads from a call
        /// that begins a sub-agent to what that was asked. Null when no text has 24 bytes.
        pub told_id: Option<String>,
    }
}
