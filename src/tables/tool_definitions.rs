//! `tool_definitions`: what models were offered.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per distinct tool definition and export: the text that a model reads before it decides to call.
    pub struct ToolDefinition in "tool_definitions", partitioned by time;
    example "SELECT raw_name, count(DISTINCT definition_hash) AS versions FROM tool_definitions GROUP BY raw_name ORDER BY versions DESC";
    {
        /// Identity: a hash of name, server and definition.
        pub definition_id: String,
        /// Hash of description and schema, independent of key order.
        pub definition_hash: String,
        /// Export object of the first request that offered it.
        pub export_key: Arc<str>,
        /// Record id of the first request that offered it.
        pub record_id: Option<i64>,
        /// Start of that request.
        pub time: Time,
        /// Tool name exactly as on the wire.
        pub raw_name: Arc<str>,
        /// Server that the wire format names beside the tool.
        pub named_server: Option<Arc<str>>,
        /// Naming scheme recognised in the raw name, as in `tool_calls`.
        pub naming: &'static str,
        /// Server part of the name by that scheme.
        pub name_server: Option<Arc<str>>,
        /// Tool part of the name by that scheme.
        pub name_tool: Arc<str>,
        /// Other tools offered in the same request that share the server part.
        pub name_peers: i64,
        /// `client` when the client runs it, `provider` when the provider does.
        pub runs_at: &'static str,
        /// Wire type: `function`, `custom`, a typed built-in's own type, `mcp_server`.
        pub wire_type: Arc<str>,
        /// Description as offered.
        pub description: Option<String>,
        /// Parameter schema as JSON text, keys sorted.
        pub schema: Option<String>,
        /// Address of the server when the request names one (provider-side MCP), without credentials.
        pub server_url: Option<String>,
    }
}
