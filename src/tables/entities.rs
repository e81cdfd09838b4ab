//! `entities`: what content and calls name.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per thing that a message or a tool call names, once per source, place and relation.
    pub struct Entity in "entities", partitioned by time;
    example "SELECT domain, count(DISTINCT source_id) AS places FROM entities WHERE kind = 'host' GROUP BY domain ORDER BY places DESC";
    {
        /// The message (`message_id`) or call (`call_uid`) that names it.
        pub source_id: String,
        /// `message` or `call`.
        pub source: &'static str,
        /// `url`, `host`, `ip`, `email`, `path`, `package`, `repository`, `remote`, `iban`, `wallet`, `cloud_resource`, `hash`,
        /// `hidden_text` or `argument`.
        pub kind: &'static str,
        /// Normalised: hosts lower case and in ASCII form, defanged forms resolved, paths with `~` for the home and without
        /// `.` and `..`; secrets redacted.
        pub value: String,
        /// Registrable domain by the public suffix list; null where the kind has no host or the host none.
        pub domain: Option<String>,
        /// Who speaks: `system`, `user`, `assistant` or `tool`.
        pub role: &'static str,
        /// `in` for text that enters the model's context, `out` for what the model proposes or says.
        pub direction: &'static str,
        /// `text`, `argument` (an argument of a call) or `command` (a command in a shell call).
        pub place: &'static str,
        /// Name of the argument with the names around it (`to.0.address`), or program of the command; null in text.
        pub name: Option<Arc<str>>,
        /// What the grammar of a command, a path or a parameter says is done with it: `mention`, `destination`, `source`,
        /// `read`, `write`, `delete`, `execute`, `install`, `add` or `move`.
        pub relation: &'static str,
        /// Ecosystem of a package (`npm`, `pypi`, …), chain of a wallet, provider of a cloud resource, algorithm of a hash.
        pub ecosystem: Option<Arc<str>>,
        /// Export object of the first request that shows the source.
        pub export_key: Arc<str>,
        /// Record id of that request.
        pub record_id: Option<i64>,
        /// Time of the source.
        pub time: Time,
        /// Tailscale login.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// lightmeter's session.
        pub session_id: Arc<str>,
        /// Rebuilt conversation.
        pub conversation_id: Arc<str>,
        /// Position of the source's message in its conversation.
        pub position: i64,
        /// Position of the source in its message.
        pub part: i64,
    }
}
