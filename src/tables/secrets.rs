//! `secrets`: where models were told a secret. Never the secret.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per secret and place that shows it: a message, the arguments of a call, a header of a session, a credential
    /// in a request body. Once per place and export, at its first appearance. The value itself is not here.
    pub struct SecretUse in "secrets", partitioned by time;
    example "SELECT fingerprint, min(kind) AS kind, min(preview) AS preview, count(*) AS places FROM secrets WHERE tier <> 'pii' GROUP BY fingerprint ORDER BY places DESC";
    {
        /// Identity of the place with its secret: a hash of source, surface, path and fingerprint; the same in every export.
        pub occurrence_id: String,
        /// Keyed hash (HMAC-SHA-256, 32 hex digits) of the secret under the lake's own key: equal for the same secret
        /// wherever and in whatever encoding it appears, and worthless without the key.
        pub fingerprint: String,
        /// Rule that found it.
        pub rule: Arc<str>,
        /// What it is: `cloud-key`, `token`, `password`, `private-key`, `card`, …
        pub kind: Arc<str>,
        /// Whose it is; empty where the form does not say.
        pub vendor: Arc<str>,
        /// How specific the rule is: `provider` (a published form), `generic` (a name or place says so) or `pii`.
        pub tier: &'static str,
        /// `high`, `medium` or `low`; a checksum that does not fit makes it low.
        pub confidence: &'static str,
        /// Whether it opens everything: a private key, a root credential of a cloud.
        pub root: bool,
        /// What may be shown of it: the vendor's prefix and at most the last four characters, or kind and length.
        pub preview: String,
        /// How it entered: `system`, `prompt`, `tool_result`, `tool_arguments`, `tool_definition`, `answer`, `header` or
        /// `mcp_credential`.
        pub surface: &'static str,
        /// Header, argument or JSON pointer that holds it; null for plain text.
        pub path: Option<String>,
        /// How it is written there: `plain`, `escaped`, `url` or `base64`.
        pub encoding: &'static str,
        /// How often it stands in that place.
        pub occurrences: i64,
        /// `message_id` of the message, `call_uid` for tool arguments, `definition_id` for tool definitions; null for
        /// headers and credentials in request bodies.
        pub source_id: Option<String>,
        /// Message element that holds it; joins to `carries`. Null where there is none.
        pub element_id: Option<String>,
        /// Export object of the first request that shows it.
        pub export_key: Arc<str>,
        /// Record id of the first request that shows it, in its body or, where the model wrote it, in the answer. What a
        /// tool returned first stands in the request that carries it to the model, the one after the call.
        pub record_id: Option<i64>,
        /// When: start of that request, its end for what the model answered.
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
        /// Position of the message in its conversation; null for headers, definitions and credentials.
        pub position: Option<i64>,
        /// Position of the block in its message; null as `position`.
        pub part: Option<i64>,
        /// `request` when the client sent it, `response` when the model answered it.
        pub direction: &'static str,
        /// Provider that the request went to.
        pub provider: Option<Arc<str>>,
        /// Model that the request went to.
        pub model: Option<Arc<str>>,
        /// Requests of the export that carry a header, a credential or a definition; null for messages and calls, see
        /// `carries`.
        pub requests: Option<i64>,
        /// Start of the last of these requests; null as `requests`.
        pub last_time: Option<Time>,
        /// Short hash of the rules that were in force when it was found.
        pub rule_set: Arc<str>,
    }
}
