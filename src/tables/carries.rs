//! `carries`: how often each message was sent, counted per export.

use std::sync::Arc;

use super::{Time, table};

table! {
    /// One row per message element and export: how many requests of the export carried it.
    pub struct Carry in "carries", partitioned by time;
    example "SELECT element_id, sum(requests) AS sent FROM carries GROUP BY element_id ORDER BY sent DESC LIMIT 10";
    {
        /// Identity of the message element; joins to `messages`.
        pub element_id: String,
        /// Export that was counted.
        pub export_key: Arc<str>,
        /// Record id of the export's first request that carried it.
        pub record_id: Option<i64>,
        /// Start of that request.
        pub time: Time,
        /// Requests of the export that carried it, the first included.
        pub requests: i64,
        /// Start of the last request of the export that carried it.
        pub last_time: Time,
    }
}
