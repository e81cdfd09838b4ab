//! What a session is made from: rows of the queries in `queries/session/`, whose columns are named like these fields.

use crate::report::redact::rows;

rows! {
    /// One request of the session.
    pub struct RequestFact {
        /// Export that holds it.
        pub export_key: String,
        /// The gateway's record id.
        pub record_id: Option<i64>,
        /// Start, microseconds since the epoch.
        pub time_micros: i64,
        /// Login.
        pub login: String,
        /// Stable node id of the device.
        pub device: String,
        /// Agent.
        pub agent: String,
        /// Version of the agent.
        pub agent_version: Option<String>,
        /// Model.
        pub model: Option<String>,
        /// How it ended.
        pub outcome: String,
        /// HTTP status code.
        pub status_code: Option<i64>,
        /// Error type of the provider's error body.
        pub error_type: Option<String>,
        /// Duration in milliseconds.
        pub duration_ms: Option<i64>,
        /// Input tokens.
        pub input_tokens: Option<i64>,
        /// Output tokens.
        pub output_tokens: Option<i64>,
        /// Estimated cost in billionths of a US dollar.
        pub cost_nano_usd: Option<i64>,
        /// Conversation.
        pub conversation_id: String,
        /// Everything before the first answer, hashed.
        pub root_id: String,
        /// Kind of sub-agent that the client says is asking.
        pub client_subagent: Option<String>,
        /// How much of the traffic the record holds.
        pub content_grade: String,
    }

    /// One piece of content.
    pub struct MessageFact {
        /// Identity of the piece.
        pub message_id: String,
        /// Identity of the message that holds it.
        pub element_id: String,
        /// Hash of the content alone.
        pub content_id: String,
        /// Export of the first request that carried it.
        pub export_key: String,
        /// Record id of that request.
        pub record_id: Option<i64>,
        /// When it appeared, microseconds since the epoch.
        pub time_micros: i64,
        /// Start of the last request that carried it.
        pub last_sent_micros: i64,
        /// Conversation.
        pub conversation_id: String,
        /// Position of the message in its conversation.
        pub position: i64,
        /// Position of the piece in its message.
        pub part: i64,
        /// Who speaks.
        pub role: String,
        /// What it is.
        pub kind: String,
        /// The text.
        pub text: String,
        /// Size in bytes before any content policy.
        pub bytes: i64,
        /// `request` or `response`.
        pub direction: String,
        /// Provider's id of the call, for calls and results.
        pub call_id: Option<String>,
    }

    /// One tool call as the session shows it.
    pub struct CallFact {
        /// Message that asks for it.
        pub element_id: String,
        /// Position in that message.
        pub part: i64,
        /// Tool name as on the wire.
        pub raw_name: String,
        /// What brings the tool.
        pub integration: Option<String>,
        /// Name of the tool without any server prefix.
        pub tool: Option<String>,
        /// What came of it.
        pub outcome: Option<String>,
        /// Seconds to the result.
        pub seconds_to_result: Option<f64>,
        /// The piece that holds the result.
        pub result_message_id: Option<String>,
        /// Suggested risk of the tool.
        pub risk: Option<String>,
        /// Why.
        pub risk_reason: Option<String>,
    }

    /// Earlier messages of a conversation that are shown by another session.
    pub struct ElsewhereFact {
        /// The conversation.
        pub conversation_id: String,
        /// The other session.
        pub session_id: String,
        /// Its messages of that conversation.
        pub messages: i64,
    }

    /// What a conversation comes from.
    pub struct LinkFact {
        /// Session of the conversation.
        pub session_id: String,
        /// The conversation.
        pub conversation_id: String,
        /// `sub-agent` or `resumed`.
        pub relation: String,
        /// `call`, `header`, `conversation` or `pause`.
        pub evidence: String,
        /// Session that it comes from.
        pub from_session_id: Option<String>,
        /// Conversation that it comes from.
        pub from_conversation_id: Option<String>,
        /// Call that began it.
        pub call_uid: Option<String>,
        /// Tool of that call.
        pub tool: Option<String>,
        /// When, microseconds since the epoch.
        pub time_micros: i64,
        /// Minutes of silence before.
        pub pause_minutes: Option<i64>,
    }
}
