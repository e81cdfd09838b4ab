//! A session as it is shown.

use serde::Serialize;

use crate::report::redact::rows;

rows! {
    /// A session: who, what it cost, what was found, and everything that was said, in threads.
    #[derive(Serialize)]
    pub struct Session {
        /// Layout of the JSON form.
        pub schema: String,
        /// The session.
        pub session_id: String,
        /// Whether secrets are shown as they are.
        pub revealed: bool,
        /// What the reader has to know before anything else.
        pub notes: Vec<String>,
        /// Who and how much.
        pub head: Head,
        /// What it comes from, what it began and when it was resumed, in order of time.
        pub links: Vec<Link>,
        /// Findings that are about the session or one of its requests, worst first.
        pub findings: Vec<Mark>,
        /// What was said. The first thread is the first conversation; branches and sub-agents follow in the order in which they leave.
        pub threads: Vec<Thread>,
        /// Whether only what surrounds some records is shown.
        pub excerpt: bool,
        /// Requests that failed or show no new content.
        pub silent: Vec<SilentRequest>,
        /// Further such requests that are not listed.
        pub silent_more: u64,
    }

    /// Who and how much.
    #[derive(Serialize)]
    pub struct Head {
        /// Logins.
        pub logins: Vec<String>,
        /// Stable node ids of the devices.
        pub devices: Vec<String>,
        /// Agents, with their versions.
        pub agents: Vec<String>,
        /// Models.
        pub models: Vec<String>,
        /// Start of the first request, microseconds since the epoch.
        pub first_time: i64,
        /// Start of the last request.
        pub last_time: i64,
        /// Requests.
        pub requests: u64,
        /// Requests that did not end well.
        pub failed_requests: u64,
        /// Messages that are shown.
        pub messages: u64,
        /// Tool calls.
        pub calls: u64,
        /// Calls whose result was an error.
        pub failed_calls: u64,
        /// Calls that a person or a policy refused.
        pub refused_calls: u64,
        /// Input tokens.
        pub input_tokens: i64,
        /// Output tokens.
        pub output_tokens: i64,
        /// Estimated cost in US dollars; null when the gateway gave none.
        pub cost_usd: Option<f64>,
        /// Exports that hold it.
        pub exports: Vec<String>,
    }

    /// A sub-agent, or a session that was resumed.
    #[derive(Serialize)]
    pub struct Link {
        /// `sub-agent` or `resumed`.
        pub relation: String,
        /// What tells so: `call` (its first words are the text of a call), `header` (the client says so), `conversation`
        /// (an earlier session holds the same conversation) or `pause` (nothing was sent before).
        pub evidence: String,
        /// Session that was begun or resumed.
        pub session_id: String,
        /// Its conversation.
        pub conversation_id: String,
        /// Session that it comes from; the same one for its own sub-agents and after a pause.
        pub from_session_id: Option<String>,
        /// Tool of the call that began it.
        pub tool: Option<String>,
        /// When, microseconds since the epoch.
        pub time: i64,
        /// Minutes of silence before.
        pub pause_minutes: Option<i64>,
    }

    /// A finding, and where it stands in the session.
    #[derive(Serialize)]
    pub struct Mark {
        /// Id of the finding.
        pub id: String,
        /// Detection.
        pub detection: String,
        /// Title of the detection.
        pub title: String,
        /// `incident` or `signal`.
        pub tier: String,
        /// Severity.
        pub severity: String,
        /// Confidence.
        pub confidence: String,
        /// Why it was flagged.
        pub reason: String,
        /// Numbers of the messages it is about; none when they show in another session or in no message.
        pub messages: Vec<u64>,
    }

    /// A run of messages, each answering the one before.
    #[derive(Serialize)]
    pub struct Thread {
        /// Number, from 1.
        pub number: u64,
        /// `conversation`, `branch` or `sub-agent`.
        pub kind: String,
        /// Rebuilt conversation.
        pub conversation_id: String,
        /// The message it leaves from; null for a conversation.
        pub from_message: Option<u64>,
        /// Whether the message it leaves from is the likeliest, not the only one possible.
        pub uncertain: bool,
        /// Start of what was asked first.
        pub opening: String,
        /// First moment, microseconds since the epoch.
        pub first_time: i64,
        /// Last moment.
        pub last_time: i64,
        /// Estimated cost of its requests in US dollars.
        pub cost_usd: Option<f64>,
        /// Messages.
        pub messages: Vec<Entry>,
    }

    /// One message.
    #[derive(Serialize)]
    pub struct Entry {
        /// Number in the session, from 1.
        pub number: u64,
        /// When, microseconds since the epoch.
        pub time: i64,
        /// `system`, `user`, `assistant` or `tool`.
        pub role: String,
        /// Whether it replaced words that were sent before, without being answered by itself.
        pub replaced: bool,
        /// Export of the first request that carried it.
        pub export_key: String,
        /// Record id of that request.
        pub record_id: Option<i64>,
        /// The request that it is the answer to.
        pub request: Option<Answered>,
        /// What it says.
        pub blocks: Vec<Block>,
        /// Findings about it, as positions in the list of findings, from 0.
        pub findings: Vec<u64>,
        /// Threads that leave from here.
        pub threads: Vec<u64>,
    }

    /// The request behind an answer.
    #[derive(Serialize)]
    pub struct Answered {
        /// Model.
        pub model: Option<String>,
        /// How it ended.
        pub outcome: String,
        /// Duration in milliseconds.
        pub duration_ms: Option<i64>,
        /// Input tokens.
        pub input_tokens: Option<i64>,
        /// Output tokens.
        pub output_tokens: Option<i64>,
        /// Estimated cost in US dollars.
        pub cost_usd: Option<f64>,
    }

    /// One piece of a message.
    #[derive(Serialize)]
    pub struct Block {
        /// `text`, `thinking`, `tool_call`, `tool_result`, `image`, `document`, `error` or the block's own type.
        pub kind: String,
        /// The text; arguments for a call.
        pub text: String,
        /// Size in bytes as it was sent.
        pub bytes: i64,
        /// Characters that were left out at the end of the text.
        pub left_out: u64,
        /// The call, for calls and results.
        pub call: Option<Call>,
    }

    /// A tool call.
    #[derive(Serialize)]
    pub struct Call {
        /// Number among the calls of the session, from 1.
        pub number: u64,
        /// Tool name as on the wire.
        pub raw_name: String,
        /// What brings the tool.
        pub integration: Option<String>,
        /// Name of the tool without any server prefix.
        pub tool: Option<String>,
        /// attempted, ok, error or refused.
        pub outcome: Option<String>,
        /// Seconds to the result.
        pub seconds: Option<f64>,
        /// Suggested risk of the tool.
        pub risk: Option<String>,
        /// Why.
        pub risk_reason: Option<String>,
    }

    /// A request without a message of its own.
    #[derive(Serialize)]
    pub struct SilentRequest {
        /// Start, microseconds since the epoch.
        pub time: i64,
        /// Model.
        pub model: Option<String>,
        /// How it ended.
        pub outcome: String,
        /// Error type, or the HTTP status.
        pub error: Option<String>,
        /// How much of the traffic the record holds.
        pub content_grade: String,
        /// Export that holds it.
        pub export_key: String,
        /// Record id.
        pub record_id: Option<i64>,
    }
}
