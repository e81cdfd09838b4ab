//! `tool_offers`: who was offered which definition.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per definition, login, device and user agent of an export: who offered the tool to a model, and how often.
    pub struct ToolOffer in "tool_offers", partitioned by time;
    example "SELECT login, count(DISTINCT definition_id) AS offered FROM tool_offers GROUP BY login";
    {
        /// The definition; joins to `tool_definitions`.
        pub definition_id: String,
        /// Export that was counted.
        pub export_key: Arc<str>,
        /// Record id of the first request of the export that offered it to this principal.
        pub record_id: Option<i64>,
        /// Start of that request.
        pub time: Time,
        /// Start of the last request of the export that offered it.
        pub last_time: Time,
        /// Tailscale login.
        pub login: Arc<str>,
        /// Stable node id of the device.
        pub device: Arc<str>,
        /// `User-Agent` header.
        pub user_agent: Option<Arc<str>>,
        /// First product token of the user agent, lower case.
        pub ua_product: Option<Arc<str>>,
        /// Requests of the export that offered it.
        pub requests: i64,
    }
}
