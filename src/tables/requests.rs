//! `requests`: one row per export record, whatever could be understood of it.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per request that went through the gateway, also when its bodies were purged or not understood.
    pub struct Request in "requests", partitioned by time;
    example "SELECT login, user_agent, count(*) AS requests, sum(cost_usd) AS usd FROM requests GROUP BY login, user_agent ORDER BY requests DESC";
    {
        /// Identity of the request: a hash of login, device and capture id (of record id and time where there is none).
        pub request_id: String,
        /// Export object that holds the raw record.
        pub export_key: Arc<str>,
        /// The gateway's record id (`id`); null when the record carries none.
        pub record_id: Option<i64>,
        /// Position of the record in its export, from 0.
        pub record_number: i64,
        /// Start of the request; the record's time minus its duration where the capture gives no start.
        pub time: Time,
        /// When the record was written, normally at the end of the request.
        pub time_end: Option<Time>,
        /// Tailscale login, or the sorted, comma-joined tags of a tagged device.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// Tags of the device; a tagged device is an identity shared by everybody behind it.
        pub tags: Vec<String>,
        /// `User-Agent` header; null when headers were purged. The client chooses it.
        pub user_agent: Option<Arc<str>>,
        /// First product token of the user agent, lower case (`claude-cli`).
        pub ua_product: Option<Arc<str>>,
        /// Version that follows the first product token.
        pub ua_version: Option<Arc<str>>,
        /// Other headers and body fields that name the client (`X-Title`, `originator`, `X-App`, …) as a JSON object.
        pub client_hints: Option<Arc<str>>,
        /// Provider: the part of `model` before the first slash, else what the cost basis or the path tells.
        pub provider: Option<Arc<str>>,
        /// Model name without the provider.
        pub model: Option<Arc<str>>,
        /// The gateway's `api_type`, as written.
        pub api_type: Option<Arc<str>>,
        /// Wire format decided from path and body: `anthropic_messages`, `openai_chat`, …; `other` for traffic that carries no
        /// conversation (embeddings, images, audio, lists of models), `unknown` where none fits.
        pub wire_format: &'static str,
        /// Request path without its query string.
        pub path: Option<Arc<str>>,
        /// HTTP status code.
        pub status_code: Option<i64>,
        /// `ok`, `client_error`, `quota`, `guardrail`, `upstream_error` or `partial` (an answer cut short).
        pub outcome: &'static str,
        /// Error type of the provider's error body.
        pub error_type: Option<String>,
        /// Why the model stopped, in the provider's own word.
        pub stop_reason: Option<String>,
        /// Duration in milliseconds.
        pub duration_ms: Option<i64>,
        /// Input tokens.
        pub input_tokens: Option<i64>,
        /// Output tokens.
        pub output_tokens: Option<i64>,
        /// Input tokens read from the provider's cache.
        pub cached_tokens: Option<i64>,
        /// Input tokens written to the provider's cache.
        pub cache_creation_tokens: Option<i64>,
        /// Output tokens spent on reasoning.
        pub reasoning_tokens: Option<i64>,
        /// Web searches run by the provider.
        pub web_searches: Option<i64>,
        /// The gateway's cost estimate in US dollars; null when it knew no price.
        pub cost_usd: Option<f64>,
        /// Price list entry behind the estimate.
        pub cost_basis: Option<Arc<str>>,
        /// The gateway's capture id; joins to a SIEM that holds the raw export.
        pub capture_id: Option<String>,
        /// Session id as the gateway wrote it; often random per request.
        pub aperture_session_id: Option<String>,
        /// Session id that the client itself sent, as written.
        pub client_session_id: Option<String>,
        /// Where the client's session id was found (`header:…` or `body:…`).
        pub session_evidence: Option<&'static str>,
        /// Account id that the client sent: of Claude Code and Codex, else what an application calls its user.
        pub client_account_id: Option<String>,
        /// Device or installation id that the client sent.
        pub client_device_id: Option<String>,
        /// Agent or thread inside the session, as the client named it.
        pub client_agent_id: Option<String>,
        /// Session or thread that began this one, as the client named it.
        pub client_parent_id: Option<String>,
        /// Kind of sub-agent that the client says is asking, `agent` where it tells no kind; null for the main agent.
        pub client_subagent: Option<String>,
        /// lightmeter's session: the client's id scoped to login and device, else the gateway's when there is no body, else the conversation.
        pub session_id: Arc<str>,
        /// Conversation rebuilt from the echoed messages; equals for every request that continues it.
        pub conversation_id: Arc<str>,
        /// Everything before the first answer, hashed; equal for forks that start alike.
        pub root_id: Arc<str>,
        /// `full`, `tools_only`, `metrics_only` or `partial`: how much of the traffic the record holds.
        pub content_grade: &'static str,
        /// Messages of this request that its export had not carried before.
        pub messages_new: i64,
        /// Messages of this request that its export had carried before.
        pub messages_echoed: i64,
        /// Tools offered to the model.
        pub tools_offered: i64,
        /// Content blocks of a type that lightmeter does not know; they are kept as text.
        pub unknown_blocks: i64,
        /// Size of the request body in bytes.
        pub request_bytes: i64,
        /// Size of the response body in bytes.
        pub response_bytes: i64,
        /// What could not be understood of the record, in a few words; null when nothing.
        pub not_understood: Option<String>,
    }
}
